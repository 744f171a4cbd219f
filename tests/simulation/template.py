"""Two collectors with three devices each at one server: made once, copied for each world."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from desktop.collection.founding import FIRST_EPOCH, found_tenant
from desktop.sync.joined import Joined, keep_promise
from desktop.sync.pairing import Guest
from desktop.vault.disk import troubles
from desktop.vault.identity import Identity, keep_founding, keep_identity, keep_server
from desktop.vault.lineage import Lineage
from desktop.vault.opening import DATABASE, make_database
from shared.crypto.epochs import Keyring
from shared.domain.stamps import Origin
from shared.ids import INCARNATION_BYTES, Incarnation
from tests.simulation.chance import Fuse, Time, dice, drawn
from tests.simulation.machine import Machine
from tests.simulation.machine_room import ADDRESS, MachineRoom
from tests.simulation.wire import Mailbag, Wire

NAMES = ("artmatt", "begin")
DEVICES = 3
KEY = bytes(range(32))
"""Vaults are opened with it, for a password takes too long."""


@dataclass(frozen=True)
class Template:
    """``folder`` holds the server's disk as ``server`` and vaults as ``artmatt-0.swingtag``.

    ``kits``: the words of each emergency kit.
    """

    folder: Path
    kits: Mapping[str, str]


def make_template(folder: Path, loop: asyncio.AbstractEventLoop) -> Template:
    """Make everything that a world begins with."""
    time = Time()
    room = MachineRoom(folder / "server", time, drawn("server"), loop)
    room.open()
    for name in NAMES:
        first = found(folder, name, time, room)
        machines = [first]
        machines.extend(
            invite(first, new_machine(folder, f"{name}-{number}", time, room))
            for number in range(1, DEVICES)
        )
        for machine in machines * 2:
            machine.sync()
        for machine in machines:
            machine.close()
    room.close()
    return Template(folder, {name: " ".join(found_tenant(drawn(name)).words) for name in NAMES})


def new_machine(folder: Path, name: str, time: Time, room: MachineRoom) -> Machine:
    """Set up a computer on a quiet network; nothing is on it yet."""
    wire = Wire(room.answer, dice(name), Fuse(), Mailbag(), str)
    return Machine(name, folder / f"{name}.swingtag", KEY, time, wire, None, "template")


def found(folder: Path, name: str, time: Time, room: MachineRoom) -> Machine:
    """Make a collection and sign it up."""
    machine = new_machine(folder, f"{name}-0", time, room)
    founded = found_tenant(drawn(name))
    identity = Identity(founded.keys, Keyring(founded.tenant, {FIRST_EPOCH: founded.epoch_key}))
    move_in(machine, Joined("", identity, tuple(made.link for made in founded.links)))
    keep_founding(machine.vault.secrets, founded.links)
    machine.network.sign_up(machine.vault, ADDRESS, name)
    return machine


def move_in(machine: Machine, joined: Joined) -> None:
    """Make the vault of a device that was let in, without a password."""
    identity = joined.identity
    life = Incarnation(machine.network.surroundings.random(INCARNATION_BYTES))
    with troubles():  # as for a folder that the program makes
        machine.folder.mkdir()
    lineage = Lineage(joined.tenant, Origin(identity.keys.device, life))
    make_database(machine.folder / DATABASE, machine.key, lineage)
    machine.open()
    keep_identity(machine.vault.secrets, identity)
    keep_server(machine.vault.secrets, joined.server)
    keep_promise(machine.vault.secrets, joined.heads)
    keep_founding(machine.vault.secrets, joined.founding)
    machine.vault.log.absorb([], joined.links)


def invite(owner: Machine, guest: Machine) -> Machine:
    """Let a device in: one thread plays both sides, each while the other waits."""
    newcomer = guest.network.newcomer(ADDRESS, _give_up)
    met: list[Guest] = []

    def meet(_seconds: float) -> bool:
        met.append(newcomer.meet())
        return True

    reception = owner.network.greet(owner.vault, newcomer.code, meet)
    assert met[0].digits == reception.digits
    owner.network.admit(owner.vault, reception)
    move_in(guest, guest.network.join(met[0], ADDRESS))
    return guest


def _give_up(_seconds: float) -> bool:
    return False
