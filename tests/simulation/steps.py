"""What happens in a world, one step after the other, as its seed decides."""

import shutil
from collections.abc import Callable, Mapping

from desktop.sync.removal import wish
from shared.crypto.attachments import FileSecret, Root, seal_chunks
from shared.domain.operations import Delete, Put, PutMany, Restore
from shared.domain.schema import EMPTIED, TAG_PREFIX, Kind, Value
from shared.ids import RecordId
from tests.simulation.carrying import (
    carry,
    carry_round,
    crash_carrying,
    fill_stick,
    harm_stick,
    keep_stick,
    open_bundle,
    put_stick_back,
    restore_backup,
    save_backup,
    save_bundle,
)
from tests.simulation.chance import drawn
from tests.simulation.collector import Collector
from tests.simulation.machine import Machine
from tests.simulation.rights import change_kit, give_role
from tests.simulation.world import MOST_MACHINES, ServerImage, World

_COPIES = [RecordId(number.to_bytes(16)) for number in range(1, 13)]
_TAGS = [RecordId(number.to_bytes(16)) for number in range(50, 52)]
_FIELDS = [RecordId(number.to_bytes(16)) for number in range(60, 62)]
_TEXTS = ("notes", "number", "x:own")
_FEWEST = 2
"""So many devices of a collector stay in any case."""
_HOUR, _YEAR = 3_600_000, 31_557_600_000

Step = Callable[[World, Collector, Machine], None]


def word(world: World, collector: Collector) -> str:
    """Return a text that nobody has written before."""
    world.words += 1
    return f"{collector.name}{world.words}"


def put(world: World, collector: Collector, machine: Machine) -> None:
    names = world.dice.sample(_TEXTS, world.dice.choice((1, 1, 2)))
    fields = {name: word(world, collector) for name in names}
    record = world.dice.choice(_COPIES[:6])
    world.write(collector, machine, [Put(Kind.COPY, record, fields)])


def put_tag(world: World, collector: Collector, machine: Machine) -> None:
    record = world.dice.choice(_COPIES[:6])
    name = TAG_PREFIX + world.dice.choice(_TAGS).hex()
    world.write(collector, machine, [Put(Kind.COPY, record, {name: world.dice.random() < 0.5})])


def put_many(world: World, collector: Collector, machine: Machine) -> None:
    start = world.dice.randrange(len(_COPIES))
    records = _COPIES[start : start + world.dice.randrange(2, 8)]
    names = tuple(world.dice.sample(_TEXTS, 2))
    columns = tuple([word(world, collector) for _ in records] for _ in names)
    world.write(collector, machine, [PutMany(Kind.COPY, records, names, columns)])


def clear(world: World, collector: Collector, machine: Machine) -> None:
    record, name = world.dice.choice(_COPIES[:6]), world.dice.choice(_TEXTS)
    if machine.vault.records.fields(Kind.COPY, record) is not None:
        world.write(collector, machine, [Put(Kind.COPY, record, {name: None})])


def rename(world: World, collector: Collector, machine: Machine) -> None:
    kind, record = world.dice.choice(
        [(Kind.TAG, tag) for tag in _TAGS] + [(Kind.FIELD, field) for field in _FIELDS]
    )
    world.write(collector, machine, [Put(kind, record, {"name": word(world, collector)})])


def delete(world: World, collector: Collector, machine: Machine) -> None:
    records = sorted(world.dice.sample(_COPIES[:6], world.dice.choice((1, 1, 3))))
    world.write(collector, machine, [Delete(Kind.COPY, records)])


def restore(world: World, collector: Collector, machine: Machine) -> None:
    world.write(collector, machine, [Restore(Kind.COPY, [world.dice.choice(_COPIES[:6])])])


def undo(world: World, collector: Collector, machine: Machine) -> None:
    world.act(collector, machine, machine.vault.undo)


def redo(world: World, collector: Collector, machine: Machine) -> None:
    world.act(collector, machine, machine.vault.redo)


def settle(world: World, collector: Collector, machine: Machine) -> None:
    conflicts = machine.vault.records.conflicts()
    if conflicts:
        number, keep = world.dice.choice(conflicts).number, world.dice.random() < 0.5
        world.act(collector, machine, lambda: machine.vault.settle(number, keep_loser=keep))


def sync(world: World, collector: Collector, machine: Machine) -> None:
    if world.sync(collector, machine):
        world.rest(collector, machine)


def sync_all(world: World, collector: Collector, machine: Machine) -> None:
    """Let all devices sync and rest: what one of them sums up, the others sign."""
    for each in (machine, *collector.machines, machine):
        sync(world, collector, each)


def crash_server(world: World, collector: Collector, machine: Machine) -> None:
    """Let the server go off at one of its next writes, whoever asks for it."""
    world.room.fuse.left = world.dice.choice((1, 2, 3, 4, 5, 8, 13, 21, 34))
    world.dice.choice((sync, sync_all, add_picture))(world, collector, machine)


def crash_writing(world: World, collector: Collector, machine: Machine) -> None:
    machine.fuse.left = world.dice.randrange(1, 4)
    world.dice.choice((put, put_many, delete, undo))(world, collector, machine)


def crash_syncing(world: World, collector: Collector, machine: Machine) -> None:
    machine.fuse.left = world.dice.randrange(1, 14)
    world.sync(collector, machine)


def fill_disk(world: World, collector: Collector, machine: Machine) -> None:
    """Let a write or a sync meet a full disk; afterwards there is room again."""
    machine.let_grow(pages=0)
    if world.dice.random() < 0.5:
        long = word(world, collector) + "x" * 60_000
        world.write(collector, machine, [Put(Kind.COPY, _COPIES[0], {"notes": long})])
    else:
        world.sync(collector, machine)
    machine.let_grow(pages=1_000_000)


def crash(_world: World, _: Collector, machine: Machine) -> None:
    machine.lose_power()


def restart(_world: World, _: Collector, machine: Machine) -> None:
    machine.restart()


def keep_image(world: World, _: Collector, machine: Machine) -> None:
    machine.keep_image(world.place())


def put_back(world: World, collector: Collector, machine: Machine) -> None:
    if machine.images:
        collector.copied = True
        machine.put_back(world.dice.choice(machine.images))


def clone(world: World, collector: Collector, machine: Machine) -> None:
    if len(collector.machines) < MOST_MACHINES:
        collector.copied = True
        machine.move_to(world.add_machine(collector, collector.next_name))


def turn_clock(world: World, _: Collector, machine: Machine) -> None:
    machine.clock.ahead = world.dice.choice((0, _HOUR, -_HOUR, 10 * _YEAR, -10 * _YEAR, 1000))


def wait(world: World, _: Collector, __: Machine) -> None:
    world.time.millis += world.dice.choice((1, 1000, _HOUR, 90 * 24 * _HOUR))


def deliver_late(world: World, _: Collector, __: Machine) -> None:
    world.deliver_late()


def restart_server(world: World, _: Collector, __: Machine) -> None:
    world.room.close()
    world.room.open()


def keep_server_image(world: World, _: Collector, __: Machine) -> None:
    image = ServerImage(world.place(), {each.name: each.server_has for each in world.collectors})
    world.room.copy_to(image.folder)
    world.server_images.append(image)


def put_server_back(world: World, _: Collector, __: Machine) -> None:
    if world.server_images:
        image = world.dice.choice(world.server_images)
        world.server_lost = True
        world.room.put_back(image.folder)
        for each in world.collectors:
            each.server_has = image.has[each.name]


def wipe_server(world: World, _: Collector, __: Machine) -> None:
    world.server_lost = True
    world.room.put_back(None)
    for each in world.collectors:
        each.server_has = frozenset()
        if world.dice.random() < 0.7:
            world.sign_up_again(each)


def invite(world: World, collector: Collector, machine: Machine) -> None:
    if machine.me.may_manage and len(collector.machines) < MOST_MACHINES:
        world.invite(collector, machine)


def recover(world: World, collector: Collector, _: Machine) -> None:
    if len(collector.machines) < MOST_MACHINES:
        world.recover(collector, world.dice.choice(list(collector.kits.values())))


def add_picture(world: World, collector: Collector, machine: Machine) -> None:
    """Seal a small picture and speak of it in a record; it is here before the record is."""
    vault, seed = machine.vault, f"{collector.name} picture {collector.pictures + 1}"
    secret = FileSecret.generate(vault.tenant, drawn(seed))
    content = seed.encode()
    chunks, root = list(seal_chunks(secret, len(content), [content])), Root()
    for chunk in chunks:
        root.add(chunk)
    shown: dict[str, Value] = {
        "thumb_file": secret.file,
        "thumb_key": secret.key,
        "thumb_root": root.digest,
        "thumb_size": len(content),
    }

    def keep() -> None:
        vault.files.keep(secret.file, chunks)
        vault.apply("Add a photo", [_new_photo(collector, shown)])

    world.act(collector, machine, keep)


def show_again(world: World, collector: Collector, machine: Machine) -> None:
    """Let one more photo speak of a picture that is here already."""
    photos = machine.vault.records.living(Kind.PHOTO)
    here = [photo for photo, is_here in machine.pictures().items() if is_here]
    if here:
        fields = photos[world.dice.choice(here)]
        shown = {name: value for name, value in fields.items() if name.startswith("thumb_")}
        world.write(collector, machine, [_new_photo(collector, shown)])


def empty_photo(world: World, collector: Collector, machine: Machine) -> None:
    """Delete a photo with its picture, for good."""
    photos = list(machine.vault.records.living(Kind.PHOTO))
    if photos:
        photo = world.dice.choice(photos)
        emptied = [Put(Kind.PHOTO, photo, {EMPTIED: True}), Delete(Kind.PHOTO, [photo])]
        world.write(collector, machine, emptied)


def _new_photo(collector: Collector, shown: Mapping[str, Value]) -> Put:
    collector.pictures += 1
    photo = RecordId((10_000 + collector.pictures).to_bytes(16))
    return Put(Kind.PHOTO, photo, {**shown, "copy": _COPIES[0]})


def put_out(world: World, collector: Collector, machine: Machine) -> None:
    """Ask that another device be put out; the next sync does it."""
    staying = collector.staying
    others = [each for each in staying if each.vault.device != machine.vault.device]
    if (
        machine in staying
        and machine.me.may_manage
        and len({each.vault.device for each in staying}) > _FEWEST
        and others
    ):
        device = world.dice.choice(others).vault.device
        collector.removed.add(device)
        collector.cut = True
        wish(machine.vault.secrets, device)


def restore_both(world: World, collector: Collector, machine: Machine) -> None:
    """Put a device and the server back to about the same moment: the worst that can be."""
    keep_image(world, collector, machine)
    keep_server_image(world, collector, machine)
    for _ in range(world.dice.randrange(1, 4)):
        world.time.millis += 1
        put(world, collector, machine)
        sync(world, collector, machine)
    for other in collector.machines:
        if other is not machine:
            sync(world, collector, other)
    put_server_back(world, collector, machine)
    put_back(world, collector, machine)


def go_back_between(world: World, collector: Collector, machine: Machine) -> None:
    """Put a device back to before what a stick has of it, and let it go on writing."""
    collector.copied = True
    stick = world.dice.choice(world.sticks)
    machine.keep_image(world.place())
    world.time.millis += 1
    put(world, collector, machine)
    world.exchange(collector, machine, stick)
    machine.put_back(machine.images[-1])
    world.time.millis += 1
    put(world, collector, machine)
    if world.dice.random() < 0.3:
        world.sync(collector, machine)
    world.exchange(collector, machine, stick)


WEIGHTS: dict[Step, int] = {
    put: 24,
    put_tag: 4,
    put_many: 6,
    clear: 3,
    rename: 4,
    delete: 8,
    restore: 4,
    undo: 6,
    redo: 2,
    settle: 4,
    sync: 40,
    crash_writing: 4,
    crash_syncing: 8,
    fill_disk: 3,
    crash: 2,
    restart: 2,
    keep_image: 4,
    put_back: 3,
    clone: 2,
    turn_clock: 4,
    wait: 6,
    deliver_late: 3,
    restart_server: 1,
    keep_server_image: 2,
    put_server_back: 2,
    wipe_server: 1,
    invite: 2,
    restore_both: 1,
    add_picture: 4,
    show_again: 2,
    empty_photo: 2,
    put_out: 1,
    sync_all: 8,
    crash_server: 6,
    recover: 1,
    carry: 7,
    carry_round: 2,
    crash_carrying: 2,
    fill_stick: 1,
    harm_stick: 2,
    keep_stick: 1,
    put_stick_back: 1,
    save_bundle: 1,
    open_bundle: 2,
    go_back_between: 1,
    save_backup: 2,
    restore_backup: 2,
    change_kit: 1,
    give_role: 3,
}


def live(world: World, steps: int) -> None:
    """Let so many steps happen, as the seed decides."""
    chosen = world.dice.choices(list(WEIGHTS), list(WEIGHTS.values()), k=steps)
    for number, step in enumerate(chosen):
        collector = world.dice.choice(world.collectors)
        machine = world.dice.choice(collector.machines)
        world.time.millis += world.dice.randrange(1, 20_000)
        world.tell(f"{number:3} {machine.name} {step.__name__}")
        step(world, collector, machine)
    if world.seed % 3 == 0:
        world.tell("    delete apart")
        delete_apart(world)


def delete_apart(world: World) -> None:
    """Let two devices delete one record, the newest edit of which only one of them has seen.

    Chance alone brings that about in one world of some hundreds.
    """
    collector = world.dice.choice(world.collectors)
    writer, first, second = world.dice.sample(collector.machines, 3)
    record = world.dice.choice(_COPIES[:6])
    for name, readers in (("notes", (writer, first, second)), ("number", (writer, first))):
        world.write(collector, writer, [Put(Kind.COPY, record, {name: word(world, collector)})])
        for reader in readers:
            world.sync(collector, reader)
    for deleter in world.dice.sample((first, second), 2):
        world.time.millis += 1
        world.write(collector, deleter, [Delete(Kind.COPY, [record])])


def remove(world: World) -> None:
    """Take a world off the disk."""
    try:
        world.close()
    finally:
        shutil.rmtree(world.folder)
