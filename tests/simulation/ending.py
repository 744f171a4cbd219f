"""How a world ends: all is mended and synced until it is quiet, then held against memory."""

from collections.abc import Sequence

from desktop.sync.folder.traffic import FolderNotice
from shared.domain.schema import Value
from shared.domain.stamps import Stamp
from tests.simulation.collector import Collector
from tests.simulation.machine import Item, Machine
from tests.simulation.rights import let_all_write
from tests.simulation.stick import Laid
from tests.simulation.world import Violation, World

_DAY = 25 * 60 * 60_000
"""After which pictures are compared, and what awaits other devices is looked at again."""
_ROUNDS = 8
_NEWCOMERS = 0.1
"""How often a new computer comes at the end, with nothing but the words of the kit."""


def heal(world: World) -> None:
    """Mend everything that is not a device, then sync round and round until all is quiet."""
    world.deliver_late()
    world.room.fuse.left = 0
    for collector in world.collectors:
        for machine in collector.machines:
            machine.wire.faults = 0
        read_sticks(world, collector)
        collector.readable = _readable(world, collector)
    quiet = 0
    for _ in range(_ROUNDS):
        world.time.millis += _DAY
        well = [_round(world, each, rests=not quiet) for each in world.collectors]
        quiet = quiet + 1 if all(well) else 0
        # A copied device hears of its twin's edits one sync later: at first it only learns
        # that the server knows more of its own stream than it does itself.
        if quiet > 1:
            return
    for machine in (each for collector in world.collectors for each in collector.staying):
        said = machine.vault.log.content_hash().hex()[:8]
        world.tell(f"    {machine.name} {machine.me.role.name} {said}")
    raise Violation("it does not become quiet")


def read_sticks(world: World, collector: Collector) -> None:
    """Let a device read each stick: all that lies there whole must come in, if nothing is told."""
    for stick in world.sticks:
        machine = world.dice.choice(collector.staying)
        world.tell(f"    {machine.name} reads a stick")
        traffic = world.exchange(collector, machine, stick)
        told_or_cut = traffic is None or traffic.notices - {FolderNotice.COPIED}
        if told_or_cut or collector.forked or collector.twice:
            continue
        whole = _without_gaps(
            machine, {laid for laid in collector.laid if stick.holds(machine.vault.tenant, laid)}
        )
        edits = frozenset[Stamp]().union(*(collector.laid[laid] for laid in whole))
        lacking = {
            each for each in edits - machine.edits if each.origin.device not in collector.removed
        }
        world.require(not lacking, f"{machine.name} did not take in all that lies on a stick")


def _without_gaps(machine: Machine, whole: set[Laid]) -> set[Laid]:
    """Leave out what lies behind an entry that was lost: nobody takes that in."""
    reached = {origin: head.seq for origin, head in machine.vault.log.state().heads.items()}
    found = set[Laid]()
    for origin, seq, digest in sorted(whole, key=lambda laid: laid[1]):
        if seq <= reached.get(origin, 0) + 1:
            reached[origin] = max(seq, reached.get(origin, 0))
            found.add((origin, seq, digest))
    return found


def _round(world: World, collector: Collector, *, rests: bool) -> bool:
    world.sign_up_again(collector)
    machines = collector.staying
    if rests:
        let_all_write(collector)
    before = [machine.vault.log.content_hash() for machine in machines]
    for machine in collector.machines:
        if machine not in machines:
            world.sync(collector, machine)
    well = [world.sync(collector, machine) for machine in machines]
    for machine, is_well in zip(machines, well, strict=True):
        if is_well and rests:
            world.rest(collector, machine)
    after = [machine.vault.log.content_hash() for machine in machines]
    if any(not machine.me.may_write for machine in machines):
        return False
    if collector.forked or collector.chain_forked or collector.chain_lost:
        return True
    return all(well) and before == after and len(set(after)) == 1


def judge(world: World) -> None:
    """Hold every device against what its collector remembers."""
    for collector in world.collectors:
        for machine in collector.machines:
            world.require(not machine.patched(), f"{machine.name} holds one stream of two pasts")
        outcome = _unlike(world, collector)
        if outcome:
            world.outcomes.add(outcome)
            continue
        if collector.summed_up:
            world.outcomes.add("summed up")
        world.outcomes.add("converged, a device put out" if collector.removed else "converged")
        held = collector.server_has.union(*(m.edits for m in collector.staying))
        for machine in collector.staying:
            for fault in collector.memory.faults(machine.sight(), held, collector.removed):
                raise Violation(f"{machine.name}: {fault}")
        _judge_pictures(world, collector)
        teller = world.dice.choice(collector.staying)
        tellers = collector.staying if world.server_lost else [teller]
        _judge_history(collector, tellers, held & collector.readable)
        if world.dice.random() < _NEWCOMERS:
            _judge_newcomer(world, collector)


def _readable(world: World, collector: Collector) -> frozenset[Stamp]:
    """Return the edits that somebody can still read: a server that lost nothing has them all."""
    if not world.server_lost:
        return collector.server_has.union(*(machine.edits for machine in collector.machines))
    return frozenset[Stamp]().union(*(machine.readable for machine in collector.staying))


def _judge_history(
    collector: Collector, machines: Sequence[Machine], held: frozenset[Stamp]
) -> None:
    """All that was ever written is told, but for what was put together when it was a month old.

    What only a server had of the history, and lost, nobody can tell any more.
    """
    told: dict[Item, set[tuple[str, Value]]] = {}
    for machine in machines:
        base = machine.vault.snapshots.base
        if base and any(segment.settled for segment in base.manifest.segments):
            return
        for item, values in machine.history(machine.sight().alive).items():
            told.setdefault(item, set()).update(values)
    for fault in collector.memory.missing(told, held, collector.removed):
        raise Violation(f"{', '.join(machine.name for machine in machines)}: {fault}")


def _judge_newcomer(world: World, collector: Collector) -> None:
    """Whoever comes back by the kit alone has the same as those who were always there."""
    old, world.faults = collector.staying[0], 0
    words = collector.words
    old_ones = [old for old in collector.kits.values() if old != words]
    if old_ones:
        found = world.recover(collector, world.dice.choice(old_ones))
        world.require(found is None, f"an old kit of {collector.name} opens it")
    newcomer = world.recover(collector, words)
    if newcomer is None or not world.sync(collector, newcomer):
        raise Violation(f"nobody comes back to {collector.name} by the kit")
    same = newcomer.vault.log.content_hash() == old.vault.log.content_hash()
    world.require(same, f"who came back to {collector.name} has something else")
    _judge_pictures(world, collector)
    held = collector.server_has.union(*(m.edits for m in collector.staying))
    if not world.server_lost:
        _judge_history(collector, [newcomer], held & collector.readable)
    world.outcomes.add("came back by the kit")


def _unlike(world: World, collector: Collector) -> str:
    """Say why the content of a collector's devices is not to be compared, if so."""
    if collector.chain_forked:
        world.require(world.server_lost, f"the chain of {collector.name} is forked")
        return "chain forked"
    if collector.chain_lost:
        lost = world.server_lost and (collector.came_back or collector.let_in)
        world.require(lost, f"the chain of {collector.name} is lost")
        return "unknown to the server"
    if collector.forked:
        copied = collector.copied and (world.server_lost or collector.twice)
        world.require(copied, f"{collector.name} was told of a fork that there is not")
        return "fork told"
    return ""


def _judge_pictures(world: World, collector: Collector) -> None:
    """A small picture that any device has is on all of them."""
    shown = {machine.name: machine.pictures() for machine in collector.staying}
    for photo in {photo for photos in shown.values() for photo, here in photos.items() if here}:
        lacking = [name for name, photos in shown.items() if not photos.get(photo)]
        world.require(not lacking, f"a picture never came to {lacking}")
