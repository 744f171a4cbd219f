"""A collection's file at one moment of its life after the other, with rows in every table."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from desktop.sync.rhythm import Most
from desktop.vault.opening import DATABASE, LOCK
from desktop.vault.steps import Choice
from shared.domain.operations import Delete, Operation, Put, Restore
from shared.domain.schema import TAG_PREFIX, Kind
from tests.rot.scene import add_picture, rid
from tests.simulation.chance import Time, drawn
from tests.simulation.machine import Machine
from tests.simulation.machine_room import MachineRoom, hand_driven_loop
from tests.simulation.template import found, invite, new_machine

OWNER, NEIGHBOUR = "artmatt", "begin"
WORDS = {Kind.FIELD: "label", Kind.TERM: "label", Kind.VARIANT: "label"}
WATCHED = 2
"""The device whose file is watched came last, by a snapshot."""


@dataclass
class Life:
    """``moments``: the watched device's file, the oldest first; ``image``: its folder at the end.

    ``content``: what it holds then. ``untouched``: what the other collector's device holds.
    """

    folder: Path
    time: Time
    room: MachineRoom
    neighbour: Machine
    machines: list[Machine] = field(default_factory=list)
    moments: list[bytes] = field(default_factory=list)
    content: bytes = b""
    untouched: bytes = b""

    @property
    def watched(self) -> Machine:
        return self.machines[WATCHED]

    @property
    def image(self) -> Path:
        return self.folder / "image"

    def level(self) -> None:
        """Let all hear of each other; what one sums up, the others sign."""
        for machine in self.machines * 2:
            self.time.millis += 1_000
            machine.sync()

    def rest(self) -> None:
        """Give all a quiet moment after each sync: a snapshot takes the place of entries."""
        for machine in self.machines * 2:
            self.time.millis += 1_000
            machine.sync()
            machine.session.tidy()
        self.level()

    def lay_out(self, content: bytes) -> Machine:
        """Put the watched device's folder as it was at the end, but for its file; it is closed."""
        machine = self.watched
        machine.close()
        shutil.rmtree(machine.folder)
        shutil.copytree(self.image, machine.folder)
        (machine.folder / DATABASE).write_bytes(content)
        machine = new_machine(self.folder, machine.name, self.time, self.room)
        self.machines[WATCHED] = machine
        return machine

    def do(self, machine: Machine, label: str, *operations: Operation) -> None:
        self.time.millis += 60_000
        machine.vault.apply(label, operations)


@contextmanager
def life(folder: Path) -> Iterator[Life]:
    """Live a life, in an empty folder."""
    time, loop = Time(), hand_driven_loop()
    room = MachineRoom(folder / "server", time, drawn("server"), loop)
    room.open()
    made = Life(folder, time, room, found(folder, f"{NEIGHBOUR}-0", time, room))
    try:
        _live(made)
        yield made
    finally:
        for machine in (*made.machines, made.neighbour):
            machine.close()
        room.close()
        loop.close()


def _live(life: Life) -> None:
    life.do(life.neighbour, "Add", Put(Kind.COPY, rid(1), {"notes": "the neighbour's"}))
    life.neighbour.sync()
    life.untouched = life.neighbour.vault.log.content_hash()
    first = _eager(found(life.folder, f"{OWNER}-0", life.time, life.room))
    life.machines = [first, _eager(invite(first, _machine(life, 1)))]
    _grow(life, first, 0)
    _write_on(life, first)
    life.rest()
    life.machines.append(_eager(invite(first, _machine(life, WATCHED))))
    life.level()
    life.watched.restart()
    deeds: tuple[Callable[[Life], None], ...] = (
        lambda life: _grow(life, life.watched, 60),
        lambda life: life.level(),
        _meet,
        lambda life: _grow(life, life.watched, 120),
        lambda life: _write_on(life, life.watched),
        lambda life: life.rest(),
        _welcome,
        _meet,
        _choose,
        lambda life: _grow(life, life.watched, 180),
    )
    _remember(life)
    for deed in deeds:
        deed(life)
        _remember(life)
    life.content = life.watched.vault.log.content_hash()
    life.watched.vault.close()
    life.moments[-1] = (life.watched.folder / DATABASE).read_bytes()
    shutil.copytree(life.watched.folder, life.image, ignore=shutil.ignore_patterns(LOCK))


def _machine(life: Life, number: int) -> Machine:
    return new_machine(life.folder, f"{OWNER}-{number}", life.time, life.room)


def _eager(machine: Machine) -> Machine:
    """Let a device propose a snapshot after a few entries already."""
    rhythm = replace(machine.network.rhythm, most=Most(entries=3))
    machine.network = replace(machine.network, rhythm=rhythm)
    return machine


def _remember(life: Life) -> None:
    """Fold the log in and copy the file, which stays open: nothing tells its moments apart."""
    machine = life.watched
    with closing(machine.vault._database.connect()) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    life.moments.append((machine.folder / DATABASE).read_bytes())


def _grow(life: Life, machine: Machine, start: int) -> None:
    """Add something of every kind, and take some of it back."""
    for number, kind in enumerate(Kind):
        if kind not in {Kind.COPY, Kind.PHOTO}:
            fields = {WORDS.get(kind, "name"): f"{kind.value} {start}"}
            life.do(machine, f"Add {kind.value}", Put(kind, rid(start + 50 + number), fields))
    for number in range(start, start + 30):
        own = {TAG_PREFIX + "aa": True, "x:own": f"own {number}"}
        fields = {"notes": f"bear {number} " * 9, "number": str(number), **own}
        life.do(machine, "Add", Put(Kind.COPY, rid(number), fields))
    life.do(machine, "Delete", Delete(Kind.COPY, [rid(start + 1), rid(start + 2)]))
    life.do(machine, "Restore", Restore(Kind.COPY, [rid(start + 1)]))
    add_picture(machine.vault, start + 3)
    for _ in range(4):
        machine.vault.undo()
    machine.vault.redo()


def _meet(life: Life) -> None:
    """Let two devices write to the same, and hear of each other."""
    for number, machine in enumerate(life.machines):
        for copy in (0, 5, 65):
            fields = {"notes": f"words of {number}", "paid": (number + 1) << 15}
            life.do(machine, "Edit", Put(Kind.COPY, rid(copy), fields))
    life.level()


def _write_on(life: Life, machine: Machine) -> None:
    """Edit in several entries, which is what a snapshot is made for."""
    for number in range(4):
        life.do(machine, "Edit", Put(Kind.COPY, rid(number), {"notes": f"again {number}"}))
        life.level()


def _welcome(life: Life) -> None:
    """Let a further device in, which is a link of the chain and new keys."""
    life.machines.append(_eager(invite(life.machines[0], _machine(life, len(life.machines)))))
    life.level()


def _choose(life: Life) -> None:
    vault = life.watched.vault
    vault.choose({each.number: Choice.BOTH for each in vault.records.conflicts()[:1]})
