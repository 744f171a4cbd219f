"""Two collectors with real vaults at a real server, at the moment when it begins to lie.

Of each, the second device has not synced for a while: entries, a link with a new key, and a
picture wait for it. Made once, copied for each world.
"""

import asyncio
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from desktop.sync.chain import Chain
from desktop.sync.removal import wish
from desktop.vault.entries import entries_where
from desktop.vault.identity import Identity, read_identity
from shared.crypto.attachments import FileSecret, Root, seal_chunks
from shared.crypto.epochs import Keyring
from shared.domain.operations import Put
from shared.domain.schema import Kind
from shared.ids import RecordId
from shared.ledger import rebuild
from shared.protocol.messages import LinkParcel
from tests.attacks.houses import Loot, stranger
from tests.memory_disk import folder_in_memory
from tests.simulation.chance import Fuse, Time, dice, drawn
from tests.simulation.machine import Machine
from tests.simulation.machine_room import MachineRoom, hand_driven_loop
from tests.simulation.template import KEY, NAMES, make_template
from tests.simulation.wire import Mailbag, Wire

_DAYS = 24 * 3_600_000
LATER = 2_000_000
"""So much later than the template a world begins, in milliseconds."""


@dataclass
class Scene:
    """A server and computers, opened in a copy of some folder."""

    folder: Path
    time: Time
    room: MachineRoom
    seed: str

    @classmethod
    def open(cls, folder: Path, seed: str, loop: asyncio.AbstractEventLoop, days: int) -> "Scene":
        time = Time()
        time.millis += LATER + days * _DAYS
        room = MachineRoom(folder / "server", time, drawn(f"{seed}/server"), loop)
        room.open()
        return cls(folder, time, room, seed)

    def machine(self, name: str, folder: str = "") -> Machine:
        """A computer of this scene, not opened yet."""
        wire = Wire(self.room.answer, dice(name), Fuse(), Mailbag(), str)
        place = self.folder / f"{folder or name}.swingtag"
        return Machine(name, place, KEY, self.time, wire, None, self.seed)

    def opened(self, name: str, folder: str = "") -> Machine:
        machine = self.machine(name, folder)
        machine.open()
        return machine


@dataclass(frozen=True)
class Stage:
    """Where worlds begin: ``behind``, and ``based``, where the entries are gone into a snapshot."""

    folder: Path
    loop: asyncio.AbstractEventLoop
    loot: dict[str, Loot]

    @contextmanager
    def scene(self, seed: str, *, based: bool = False) -> Iterator[Scene]:
        place = self.folder / "world"
        shutil.copytree(self.folder / ("based" if based else "behind"), place)
        scene = Scene.open(place, seed, self.loop, 100 if based else 1)
        try:
            yield scene
        finally:
            scene.room.close()
            shutil.rmtree(place)


@contextmanager
def stage() -> Iterator[Stage]:
    """Make everything, in memory if that can be."""
    loop = hand_driven_loop()
    with folder_in_memory("attacks") as home:
        try:
            make_template(home / "behind", loop)
            loot = _fall_behind(home / "behind", loop)
            shutil.copytree(home / "behind", home / "based")
            _put_together(home / "based", loop)
            yield Stage(home, loop, loot)
        finally:
            loop.close()


def put(machine: Machine, number: int, notes: str) -> None:
    machine.vault.apply("Edit", [Put(Kind.COPY, RecordId(number.to_bytes(16)), {"notes": notes})])


def _fall_behind(folder: Path, loop: asyncio.AbstractEventLoop) -> dict[str, Loot]:
    scene = Scene.open(folder, "before", loop, 0)
    with ExitStack() as rooms:
        rooms.callback(scene.room.close)
        homes = {name: [scene.opened(f"{name}-{n}") for n in range(3)] for name in NAMES}
        for name, machines in homes.items():
            for number, machine in enumerate(machines):
                rooms.callback(machine.close)
                put(machine, number, f"{name} {number}, which all know")
                machine.sync()
            for machine in machines:
                machine.sync()
        without = shutil.ignore_patterns("*-shm", "lock")
        shutil.copytree(folder, folder.parent / "older", ignore=without)
        twins = {name: _twin_entries(scene, name) for name in NAMES}
        for name, machines in homes.items():
            _go_on(scene, name, machines)
        return {
            name: _loot(homes[name], homes[NAMES[1 - n]], twins[name])
            for n, name in enumerate(NAMES)
        }


def _go_on(scene: Scene, name: str, machines: list[Machine]) -> None:
    """Let the first and third write, then the first put the third out, all unseen by the second."""
    first, _, third = machines
    for n in range(3):
        scene.time.millis += 5_000
        put(first, 1, f"{name}, the first device, {n}")
        first.sync()
        third.sync()
        put(third, 3 + n, f"{name}, the third device, {n}")
        third.sync()
        first.sync()
    add_picture(first, name)
    wish(first.vault.secrets, third.vault.device)
    first.sync()
    put(first, 1, f"{name}, after the third was put out")
    first.sync()


def add_picture(machine: Machine, name: str) -> None:
    """Seal a small picture and speak of it in a record."""
    secret = FileSecret.generate(machine.vault.tenant, drawn(f"picture of {name}"))
    content = f"picture of {name}".encode()
    chunks, root = list(seal_chunks(secret, len(content), [content])), Root()
    for chunk in chunks:
        root.add(chunk)
    shown = {"file": secret.file, "key": secret.key, "root": root.digest, "size": len(content)}
    fields = {f"thumb_{key}": value for key, value in shown.items()}
    machine.vault.files.keep(secret.file, chunks)
    photo = RecordId((10_000).to_bytes(16))
    copy = {"copy": RecordId((1).to_bytes(16))}
    machine.vault.apply("Add a photo", [Put(Kind.PHOTO, photo, fields | copy)])


def _put_together(folder: Path, loop: asyncio.AbstractEventLoop) -> None:
    """Let the first device make a snapshot, a hundred days later; it waits for nobody."""
    scene = Scene.open(folder, "based", loop, 100)
    for name in NAMES:
        first = scene.opened(f"{name}-0")
        first.sync()
        compaction = first.session._compaction
        standing = compaction.make(first.session._courier.base())
        assert standing.base, "the snapshot is the base at once"
        first.close()
    scene.room.close()


def sealed_entries(machine: Machine) -> tuple[bytes, ...]:
    """All entries that a device holds, as they travel."""
    keyring = read_identity(machine.vault.secrets).keyring
    with machine.vault._database.reading() as cursor:
        return tuple(rebuild(entry, keyring) for entry in entries_where(cursor, "1", ()))


def _twin_entries(scene: Scene, name: str) -> tuple[bytes, ...]:
    """Let a copy of the first device write and seal, and keep it from every server."""
    twin = scene.opened(f"{name}-0", f"../older/{name}-0")
    twin.session._exchange.begin()
    found = list[bytes]()
    for number in range(2):
        put(twin, 1, f"{name}, by a copy of the first device, {number}")
        found = list(twin.session._exchange.parcel().entries)
    twin.close()
    return tuple(found)


def _loot(own: list[Machine], foreign: list[Machine], twins: tuple[bytes, ...]) -> Loot:
    first, third = own[0], read_identity(own[2].vault.secrets)
    keyring = Keyring(third.keyring.tenant, {1: third.keyring.epoch_keys[1]})
    return Loot(
        sealed_entries(first),
        sealed_entries(foreign[0]),
        chain_of(own[1]),
        chain_of(foreign[1]),
        Chain.held(first.vault.log.state()).membership,
        Identity(third.keys, keyring),
        stranger(),
        twins,
    )


def chain_of(machine: Machine) -> tuple[LinkParcel, ...]:
    """The chain as the server shows it to this device."""
    return machine.session._courier.chain().links
