"""Who may do what in a world, and by which words a collector comes back: changed in the middle."""

from desktop.sync.removal import wish_role, withdraw_role
from shared.crypto.paper import PAPER_BYTES, paper_device, words_of
from shared.membership import Role
from tests.simulation.chance import drawn
from tests.simulation.collector import Collector
from tests.simulation.machine import Machine
from tests.simulation.world import EXPECTED, World

_ROLES = (Role.OWNER, Role.EDITOR, Role.VIEWER)


def give_role(world: World, collector: Collector, machine: Machine) -> None:
    """Ask that another device may do more or less; the next sync sees to it."""
    others = [each for each in collector.staying if each.vault.device != machine.vault.device]
    if machine.me.may_manage and others:
        collector.cut = True
        other = world.dice.choice(others)
        wish_role(machine.vault.secrets, other.vault.device, world.dice.choice(_ROLES))


def change_kit(world: World, collector: Collector, machine: Machine) -> None:
    """Make a new emergency kit; if an answer is lost, the next try is for the same words."""
    if not machine.me.may_manage:
        return
    if not collector.next_kit:
        collector.next_kit = drawn(f"{world.seed}/kit {len(collector.kits)}")(PAPER_BYTES)
    paper = paper_device(collector.next_kit)
    collector.kits[paper.device] = " ".join(words_of(collector.next_kit))
    machine.forget_past()  # putting it back would lose the boxes of this link
    try:
        machine.network.change_kit(machine.vault, paper)
    except EXPECTED as error:
        world.tell(f"    {type(error).__name__} {error}")
    else:
        collector.next_kit = b""
    world.sync(collector, machine)


def let_all_write(collector: Collector) -> None:
    """Ask that nobody be left who may only look."""
    for machine in collector.machines:
        members = machine.membership.devices
        for device, member in members.items():
            withdraw_role(machine.vault.secrets, device)
            if machine.me.may_manage and member.live and member.role is Role.VIEWER:
                wish_role(machine.vault.secrets, device, Role.EDITOR)
