"""What is carried by hand in a world: sticks that all use, bundles, backups."""

from desktop.sync.folder.bundle import BundleSource, BundleTarget
from tests.simulation.collector import Collector
from tests.simulation.machine import Machine
from tests.simulation.stick import full_after
from tests.simulation.world import MOST_MACHINES, World

_TENANT_END = 37
"""A bundle that ends before that is told to be none."""


def carry(world: World, collector: Collector, machine: Machine) -> None:
    """Exchange with a stick."""
    world.exchange(collector, machine, world.dice.choice(world.sticks))


def carry_round(world: World, collector: Collector, _: Machine) -> None:
    """Carry a stick from device to device, and back."""
    stick = world.dice.choice(world.sticks)
    for machine in (*collector.machines, *collector.machines[:1]):
        world.exchange(collector, machine, stick)


def crash_carrying(world: World, collector: Collector, machine: Machine) -> None:
    """Let the computer go off in the middle of an exchange."""
    machine.fuse.left = world.dice.choice((1, 2, 3, 5, 8, 13, 21))
    carry(world, collector, machine)


def fill_stick(world: World, collector: Collector, machine: Machine) -> None:
    """Let a stick be full after some files."""
    stick = world.dice.choice(world.sticks)
    with full_after(world.dice.randrange(6)):
        world.exchange(collector, machine, stick, is_full=True)


def harm_stick(world: World, _: Collector, __: Machine) -> None:
    """Let files of a stick be lost or changed."""
    stick = world.dice.choice(world.sticks)
    if world.dice.random() < 0.7:
        stick.lose(world.dice, world.dice.choice((0.1, 0.5, 1.0)))
    else:
        stick.harm(world.dice)


def keep_stick(world: World, _: Collector, __: Machine) -> None:
    """Leave a copy of a stick behind."""
    world.dice.choice(world.sticks).keep_image(world.place())


def put_stick_back(world: World, _: Collector, __: Machine) -> None:
    """Go on with an older copy of a stick."""
    stick = world.dice.choice(world.sticks)
    if stick.images:
        stick.put_back(world.dice.choice(stick.images))


def save_bundle(world: World, collector: Collector, machine: Machine) -> None:
    """Save all that is here as one file."""
    path = world.place()

    def save() -> None:
        with BundleTarget(path, machine.vault.tenant) as target:
            machine.exchanger.save_bundle(target)

    if world.carry(collector, machine, save):
        collector.bundles.append(path)


def open_bundle(world: World, collector: Collector, machine: Machine) -> None:
    """Open such a file, which may have been cut on the way."""
    if not collector.bundles:
        return
    path = world.dice.choice(collector.bundles)
    whole = path.read_bytes()
    if world.dice.random() < 0.3:
        path = world.place()
        path.write_bytes(whole[: world.dice.randrange(_TENANT_END, len(whole))])

    def take() -> None:
        with BundleSource(path) as source:
            world.told(collector, machine, machine.exchanger.open_bundle(source), is_harmed=True)

    world.carry(collector, machine, take)


def save_backup(world: World, _: Collector, machine: Machine) -> None:
    """Save a backup of a device."""
    machine.save_backup(world.place())


def restore_backup(world: World, collector: Collector, machine: Machine) -> None:
    """Restore one, in place of the device or on another computer beside it."""
    backups = [backup for each in collector.machines for backup in each.backups]
    if not backups:
        return
    backup = world.dice.choice(backups)
    collector.copied = True
    if machine.vault.device == backup.origin.device and world.dice.random() < 0.5:
        machine.let_go()
    elif len(collector.machines) < MOST_MACHINES:
        machine = world.add_machine(collector, collector.next_name)
    else:
        return
    world.tell(f"    on {machine.name}")
    words = collector.kits[backup.paper] if world.dice.random() < 0.5 else None
    machine.restore(backup, words)
    goes_on = machine.vault.log.origin == backup.origin
    world.require(not goes_on, f"{machine.name} goes on in the stream of its backup")
