"""One world: two collectors, their computers, a network and a server, all from one seed."""

import asyncio
import shutil
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from desktop.sync.bases import ForkedBaseError
from desktop.sync.errors import SyncError
from desktop.sync.folder.traffic import FolderNotice, Traffic
from desktop.sync.network import Network
from desktop.sync.notices import Notice
from desktop.sync.rhythm import Most
from desktop.vault.errors import VaultError
from desktop.vault.identity import read_founding
from shared.domain.operations import Operation
from shared.domain.stamps import Stamp
from shared.ledger import NotWritableError
from sync_server.storage.entry_log import EntryLog
from tests.simulation.chance import Fuse, PowerCut, Time, dice, drawn
from tests.simulation.collector import Collector
from tests.simulation.machine import Drawer, Machine
from tests.simulation.machine_room import ADDRESS, MachineRoom, ServerDown
from tests.simulation.stick import Stick
from tests.simulation.template import DEVICES, KEY, NAMES, Template, invite, move_in
from tests.simulation.wire import Mailbag, Wire

EXPECTED = (SyncError, VaultError, NotWritableError)
"""What the program shows in words and tries again later; anything else is a finding."""
MOST_MACHINES = 5
_MOST_ENTRIES = (3, 8, 500)
"""After how many entries a snapshot is made: soon, at times, never."""
STICKS = 2
_BEARABLE = {FolderNotice.WAITS}
_BY_CUT = {FolderNotice.LATE, FolderNotice.SET_ASIDE, FolderNotice.REMOVED}
_BY_HARM = {FolderNotice.DAMAGED, FolderNotice.REFUSED, FolderNotice.ENDS_EARLY}
_BY_SERVER = {FolderNotice.OTHER_LIST, FolderNotice.PARTED}
_BY_COPY = {FolderNotice.COPIED, FolderNotice.FORKED}
"""What a stick may make a device say, and because of what."""
_KEYCHAINS = 0.3
"""How many computers keep their anchor in a keychain, which no copy of the folder takes along."""


class Violation(AssertionError):  # noqa: N818 - it is what the simulator is there to find
    """Something that must never happen has happened in this world."""


@dataclass
class ServerImage:
    """A copy of the server's disk, and the edits of each collector in it."""

    folder: Path
    has: dict[str, frozenset[Stamp]]


class World:
    """Everything that one seed decides. ``tell`` hears each step."""

    def __init__(
        self,
        seed: int,
        folder: Path,
        template: Template,
        loop: asyncio.AbstractEventLoop,
        tell: Callable[[str], None],
    ) -> None:
        self.seed = seed
        self.folder = folder
        self.tell = tell
        self.dice = dice(f"{seed}")
        self.time = Time()
        self.words = 0
        self.copies = 0
        self.outcomes: set[str] = set()
        self.server_images: list[ServerImage] = []
        self.server_lost = False
        self.bag = Mailbag()
        shutil.copytree(template.folder, folder)
        self.room = MachineRoom(folder / "server", self.time, drawn(f"{seed}/server"), loop)
        self.room.open()
        self.faults = self.dice.choice((0, 10, 30))
        self.most = Most(entries=self.dice.choice(_MOST_ENTRIES))
        self.sticks = [Stick(folder / f"stick {number}") for number in range(STICKS)]
        self.collectors = [Collector(name, template.kits[name]) for name in NAMES]
        for collector in self.collectors:
            for number in range(DEVICES):
                self.add_machine(collector, f"{collector.name}-{number}").open()

    def add_machine(self, collector: Collector, name: str) -> Machine:
        """Set up a computer; nothing is on it yet, or what the template has put there."""
        chance = dice(f"{self.seed}/{name}")
        fuse = Fuse()
        wire = Wire(self.room.answer, chance, fuse, self.bag, self.tell, self.faults)
        folder = self.folder / f"{name}.swingtag"
        drawer = Drawer() if chance.random() < _KEYCHAINS else None
        machine = Machine(name, folder, KEY, self.time, wire, drawer, f"{self.seed}", self.most)
        collector.machines.append(machine)
        return machine

    def close(self) -> None:
        """Leave it."""
        for collector in self.collectors:
            for machine in collector.machines:
                machine.close()
        self.room.close()

    def place(self) -> Path:
        """Return a folder for one more copy."""
        self.copies += 1
        return self.folder / f"copy-{self.copies}"

    # What is done in it

    def act(self, collector: Collector, machine: Machine, do: Callable[[], object]) -> None:
        """Do something on one device, and remember what it has changed there.

        One that may only look does nothing: the screens refuse it.
        """
        if machine.me.live and not machine.me.may_write:
            machine.fuse.left = 0
            return
        before, seen, reading = machine.sight(), machine.edits, machine.reading
        try:
            do()
        except PowerCut:
            self.tell("    power cut")
            machine.power_on()
        except EXPECTED as error:
            self.tell(f"    {type(error).__name__}")
            self.require(machine.sight() == before, "what failed has changed something")
            self.require(machine.reading == reading, f"the clock of {machine.name} ran ahead")
        finally:
            machine.fuse.left = 0
        machine.look()
        collector.memory.note(before, machine.sight(), seen, machine.edits - seen)

    def write(
        self, collector: Collector, machine: Machine, operations: Sequence[Operation]
    ) -> None:
        """Write through the one door."""
        self.act(collector, machine, lambda: machine.vault.apply("Edit", operations))

    def sync(self, collector: Collector, machine: Machine) -> bool:
        """Sync once; tell whether it went well."""
        before = machine.session._exchange.backlog
        self.tell(f"    {machine.name} syncs, {before} edits to send")
        reading = machine.reading
        try:
            machine.sync()
        except PowerCut:
            self.tell("    power cut")
            machine.power_on()
            return False
        except EXPECTED as error:
            self.tell(f"    {type(error).__name__} {error}")
            collector.base_forked |= isinstance(error, ForkedBaseError)
            ran = machine.reading not in {reading, machine.newest}
            self.require(not ran, f"the clock of {machine.name} ran ahead")
            collector.laid.update(machine.laid())  # what is under way may yet arrive
            return False
        finally:
            machine.fuse.left = 0
            self.require(not self.room.failures, f"the server failed: {self.room.failures}")
        if machine.vault.device in collector.removed:
            return True
        backlog = machine.session._exchange.backlog
        self.require(not backlog, f"{machine.name} kept edits back")
        device = machine.vault.device
        if machine.me.may_write:
            own = {stamp for stamp in machine.edits if stamp.origin.device == device}
            collector.server_has |= own
        for notice in machine.session._exchange.notices:
            self.tell(f"    {notice.name}")
            lost = notice is Notice.RESTORED and not self.server_lost
            self.require(not lost, f"{machine.name} was told of a loss that there was not")
        return True

    def exchange(
        self, collector: Collector, machine: Machine, stick: Stick, *, is_full: bool = False
    ) -> Traffic | None:
        """Exchange with a stick; None if that was cut short or refused."""
        found = list[Traffic]()

        def exchange() -> None:
            found.append(machine.exchange(stick.folder))
            self.told(collector, machine, found[-1], is_harmed=stick.harmed)

        vault, origin = machine.vault, machine.vault.log.origin
        last, before = stick.last_of(vault.tenant, origin), machine.head
        if not self.carry(collector, machine, exchange):
            return None
        odd = is_full or stick.harmed or collector.chain_forked or collector.forked
        self.require(odd or not found[0].trouble, f"an exchange ended with {found[0].trouble}")
        went_on = vault.log.origin == origin and machine.head > before
        taken = went_on and last > before and not stick.harmed
        self.require(not taken, f"{machine.name} wrote under a number that a stick had")
        return found[0]

    def carry(self, collector: Collector, machine: Machine, do: Callable[[], object]) -> bool:
        """Exchange without the server; tell whether it went well."""
        reading = machine.reading
        collector.laid.update(machine.laid())
        try:
            do()
        except PowerCut:
            self.tell("    power cut")
            machine.power_on()
            return False
        except EXPECTED as error:
            self.tell(f"    {type(error).__name__} {error}")
            ran = machine.reading not in {reading, machine.newest}
            self.require(not ran, f"the clock of {machine.name} ran ahead")
            return False
        finally:
            machine.fuse.left = 0
            machine.look()
            collector.laid.update(machine.laid())
        return True

    def told(
        self, collector: Collector, machine: Machine, traffic: Traffic, *, is_harmed: bool
    ) -> None:
        """Insist that an exchange told of nothing that was not."""
        self.tell(f"    {traffic}")
        machine.notices.update(traffic.notices)
        bearable = _BEARABLE | (_BY_CUT if collector.cut else set())
        bearable |= _BY_HARM if is_harmed or FolderNotice.FORKED in traffic.notices else set()
        bearable |= _BY_SERVER if self.server_lost else set()
        bearable |= _BY_COPY if collector.copied else set()
        wrong = {notice.name for notice in traffic.notices - bearable}
        self.require(not wrong, f"{machine.name} was told {wrong}")

    def rest(self, collector: Collector, machine: Machine) -> None:
        """Let a device have a quiet moment, after a sync that went well."""
        try:
            machine.session.tidy()
        except PowerCut:
            self.tell("    power cut")
            machine.power_on()
        except EXPECTED as error:
            self.tell(f"    {type(error).__name__} {error}")
        finally:
            machine.fuse.left = 0
            self.require(not self.room.failures, f"the server failed: {self.room.failures}")
        machine.look()
        base = machine.vault.snapshots.base
        if base:
            self.tell(f"    rests on snapshot {base.entry.seq}")
            collector.summed_up = True

    def sign_up_again(self, collector: Collector) -> None:
        """Give a collection its place at a server that has lost it."""
        owners = (each for each in collector.machines if each.me.may_manage)
        first = next((each for each in owners if read_founding(each.vault.secrets)), None)
        if first:
            network: Network = first.network
            try:
                network.sign_up(first.vault, ADDRESS, collector.name)
            except EXPECTED as error:
                self.tell(f"    sign-up: {type(error).__name__} {error}")

    def recover(self, collector: Collector, words: str) -> Machine | None:
        """Come back by an emergency kit on a new computer, on a quiet network."""
        machine = self.add_machine(collector, collector.next_name)
        faults, machine.wire.faults = machine.wire.faults, 0
        try:
            tenant = collector.machines[0].vault.tenant
            move_in(machine, machine.network.recover(words, tenant, ADDRESS))
        except EXPECTED as error:
            self.tell(f"    {type(error).__name__} {error}")
            self._give_up(collector, machine)
            return None
        machine.wire.faults = faults
        collector.came_back = True
        return machine

    def invite(self, collector: Collector, owner: Machine) -> None:
        """Let one more device in, on a quiet network."""
        name = collector.next_name
        guest = self.add_machine(collector, name)
        faults, owner.wire.faults, guest.wire.faults = owner.wire.faults, 0, 0
        owner.forget_past()  # putting it back to a time before would lose the newcomer's boxes
        try:
            invite(owner, guest)
            self.sync(collector, owner)  # as the program does at once
        except EXPECTED as error:
            self.tell(f"    {type(error).__name__} {error}")
            self._give_up(collector, guest)
        else:
            collector.let_in = True
        owner.wire.faults = guest.wire.faults = faults

    def _give_up(self, collector: Collector, machine: Machine) -> None:
        collector.machines.remove(machine)
        collector.given_up += 1
        machine.close()
        shutil.rmtree(machine.folder, ignore_errors=True)

    def deliver_late(self) -> None:
        """Let the server have what was under way."""
        while self.bag.late:
            with suppress(ServerDown):
                self.room.answer(self.bag.late.pop(0))

    def require(self, holds: object, otherwise: str) -> None:
        """Insist on something."""
        if not holds:
            raise Violation(otherwise)


def page_bytes(budget: int) -> None:
    """Let the server answer in pages of so many bytes."""
    EntryLog.page.__kwdefaults__["budget"] = budget
