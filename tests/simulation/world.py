"""One world: two collectors, their computers, a network and a server, all from one seed."""

import asyncio
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from desktop.sync.errors import SyncError
from desktop.sync.network import Network
from desktop.sync.notices import Notice
from desktop.vault.errors import VaultError
from desktop.vault.identity import read_founding
from shared.domain.operations import Operation
from shared.domain.stamps import Stamp
from shared.ids import DeviceId
from shared.ledger import NotWritableError
from sync_server.storage.entry_log import EntryLog
from tests.simulation.chance import Fuse, PowerCut, Time, dice, drawn
from tests.simulation.machine import Drawer, Machine
from tests.simulation.machine_room import ADDRESS, MachineRoom
from tests.simulation.memory import Memory
from tests.simulation.template import DEVICES, KEY, NAMES, Template, invite
from tests.simulation.wire import Mailbag, Wire

EXPECTED = (SyncError, VaultError, NotWritableError)
"""What the program shows in words and tries again later; anything else is a finding."""
MOST_MACHINES = 5
_MINUTE = 60_000
_KEYCHAINS = 0.3
"""How many computers keep their anchor in a keychain, which no copy of the folder takes along."""


class Violation(AssertionError):  # noqa: N818 - it is what the simulator is there to find
    """Something that must never happen has happened in this world."""


@dataclass
class Collector:
    """One tenant: the computers, and what was done on them."""

    name: str
    machines: list[Machine] = field(default_factory=list)
    memory: Memory = field(default_factory=Memory)
    server_has: frozenset[Stamp] = frozenset()
    copied: bool = False
    removed: set[DeviceId] = field(default_factory=set)
    pictures: int = 0

    @property
    def staying(self) -> list[Machine]:
        """The computers whose device nobody has asked to put out."""
        return [each for each in self.machines if each.vault.device not in self.removed]

    @property
    def forked(self) -> bool:
        """Whether a device has told its person of two histories."""
        return any(Notice.FORKED in machine.notices for machine in self.machines)

    @property
    def chain_forked(self) -> bool:
        """Whether two devices were let in at one place of the chain, behind each other's back."""
        chains = sorted({machine.vault.log.state().links for machine in self.machines}, key=len)
        return any(after[: len(before)] != before for before, after in pairwise(chains))


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
        self.collectors = [Collector(name) for name in NAMES]
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
        machine = Machine(name, folder, KEY, self.time, wire, drawer, f"{self.seed}")
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
        """Do something on one device, and remember what it has changed there."""
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
            ran = machine.reading not in {reading, machine.newest}
            self.require(not ran, f"the clock of {machine.name} ran ahead")
            return False
        finally:
            machine.fuse.left = 0
            self.require(not self.room.failures, f"the server failed: {self.room.failures}")
        if machine.vault.device in collector.removed:
            return True
        self.require(not machine.vault.log.waiting(), f"{machine.name} kept edits back")
        device = machine.vault.device
        own = {stamp for stamp in machine.edits if stamp.origin.device == device}
        collector.server_has |= own
        for notice in machine.session._exchange.notices:
            self.tell(f"    {notice.name}")
        return True

    def sign_up_again(self, collector: Collector) -> None:
        """Give a collection its place at a server that has lost it."""
        first = collector.machines[0]
        network: Network = first.network
        if read_founding(first.vault.secrets):
            try:
                network.sign_up(first.vault, ADDRESS, collector.name)
            except EXPECTED as error:
                self.tell(f"    sign-up: {type(error).__name__} {error}")

    def invite(self, collector: Collector, owner: Machine) -> None:
        """Let one more device in, on a quiet network."""
        name = f"{collector.name}-{len(collector.machines)}"
        guest = self.add_machine(collector, name)
        faults, owner.wire.faults, guest.wire.faults = owner.wire.faults, 0, 0
        owner.images.clear()  # putting it back to a time before would lose the newcomer's boxes
        try:
            invite(owner, guest)
        except EXPECTED as error:
            self.tell(f"    {type(error).__name__} {error}")
            collector.machines.remove(guest)
            guest.close()
            shutil.rmtree(guest.folder, ignore_errors=True)
        owner.wire.faults = guest.wire.faults = faults

    def deliver_late(self) -> None:
        """Let the server have what was under way."""
        while self.bag.late:
            self.room.answer(self.bag.late.pop(0))

    # How it ends

    def heal(self) -> None:
        """Mend everything that is not a device, then sync round and round until all is quiet."""
        self.deliver_late()
        for collector in self.collectors:
            for machine in collector.machines:
                machine.wire.faults = 0
        quiet = 0
        for _ in range(8):
            self.time.millis += 11 * _MINUTE
            well = [self._round(collector) for collector in self.collectors]
            quiet = quiet + 1 if all(well) else 0
            # A copied device hears of its twin's edits one sync later: at first it only learns
            # that the server knows more of its own stream than it does itself.
            if quiet > 1:
                return
        raise Violation("it does not become quiet")

    def _round(self, collector: Collector) -> bool:
        self.sign_up_again(collector)
        machines = collector.staying
        before = [machine.vault.log.content_hash() for machine in machines]
        for machine in collector.machines:
            if machine not in machines:
                self.sync(collector, machine)
        well = [self.sync(collector, machine) for machine in machines]
        after = [machine.vault.log.content_hash() for machine in machines]
        if collector.forked or collector.chain_forked:
            return True
        return all(well) and before == after and len(set(after)) == 1

    def judge(self) -> None:
        """Hold every device against what its collector remembers."""
        for collector in self.collectors:
            if collector.chain_forked:
                self.require(self.server_lost, f"the chain of {collector.name} is forked")
                self.outcomes.add("chain forked")
                continue
            if collector.forked:
                told = self.server_lost and collector.copied
                self.require(told, f"{collector.name} was told of a fork that there is not")
                self.outcomes.add("fork told")
                continue
            self.outcomes.add("converged, a device put out" if collector.removed else "converged")
            held = collector.server_has.union(*(m.edits for m in collector.machines))
            for machine in collector.staying:
                for fault in collector.memory.faults(machine.sight(), held, collector.removed):
                    raise Violation(f"{machine.name}: {fault}")
            self._judge_pictures(collector)

    def _judge_pictures(self, collector: Collector) -> None:
        """A small picture that any device has is on all of them, unless the server lost some."""
        having = {machine.name: machine.pictures() for machine in collector.staying}
        for photo in set().union(*having.values()):
            lacking = [name for name, photos in having.items() if photo not in photos]
            self.require(self.server_lost or not lacking, f"a picture never came to {lacking}")

    def require(self, holds: object, otherwise: str) -> None:
        """Insist on something."""
        if not holds:
            raise Violation(otherwise)


def page_bytes(budget: int) -> None:
    """Let the server answer in pages of so many bytes."""
    EntryLog.page.__kwdefaults__["budget"] = budget
