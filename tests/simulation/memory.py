"""What one collector remembers of their own doings, to hold against what the devices show.

It is told of each local act by what could be seen before and after it, and never looks at what
comes in from elsewhere: so it knows nothing of merging, and cannot repeat its mistakes.
"""

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import NamedTuple

from shared.domain.schema import Value
from shared.domain.stamps import Stamp
from shared.ids import DeviceId
from tests.simulation.machine import Item, Sight, Spot


class Act(NamedTuple):
    """One thing done on one device. ``stamps``: the edits that it made."""

    number: int
    stamps: frozenset[Stamp]


class Burial(NamedTuple):
    """A record put into the trash by somebody who had seen these edits."""

    act: Act
    seen: frozenset[Stamp]

    def saw(self, act: Act) -> bool:
        """Tell whether an act had been seen. Twins that do not know of each other count as one."""
        return all(any(_follows(each, stamp) for each in self.seen) for stamp in act.stamps)


@dataclass
class Memory:
    """All acts of one collector, on any device."""

    written: dict[tuple[Spot, Value], Act] = field(default_factory=dict)
    dropped: set[tuple[Spot, Value]] = field(default_factory=set)
    touched: dict[Item, list[Act]] = field(default_factory=dict)
    returned: dict[Item, list[Act]] = field(default_factory=dict)
    buried: dict[Item, list[Burial]] = field(default_factory=dict)
    stamps: set[Stamp] = field(default_factory=set)
    twice: set[Stamp] = field(default_factory=set)
    """Stamps under which copies of a device, unknown to each other, wrote two edits."""
    acts: int = 0

    def note(
        self, before: Sight, after: Sight, seen: frozenset[Stamp], stamps: frozenset[Stamp]
    ) -> None:
        """Remember one act of a device that had ``seen`` these edits."""
        self.acts += 1
        act = Act(self.acts, stamps)
        self.twice |= self.stamps & stamps
        self.stamps |= stamps
        old, new = before.reachable(), after.reachable()
        self.dropped |= old - new
        for spot, value in after.values.items():
            if before.values.get(spot) != value:
                self.written.setdefault((spot, value), act)
                self._touch((spot[0], spot[1]), act)
        for spot in before.values.keys() - after.values.keys():
            self._touch((spot[0], spot[1]), act)
        for item in before.alive.keys() | after.alive.keys():
            was, is_now = before.alive.get(item), after.alive.get(item)
            if was and is_now is False:
                self.buried.setdefault(item, []).append(Burial(act, seen | stamps))
            elif was is not is_now or item in before.overruled - after.overruled:
                self._touch(item, act)
                if was is not None:
                    self.returned.setdefault(item, []).append(act)

    def faults(
        self, sight: Sight, held: frozenset[Stamp], removed: AbstractSet[DeviceId] = frozenset()
    ) -> Iterator[str]:
        """Say what is missing, undead or made up, if ``held`` are the edits that survive.

        What ``removed`` devices did may count or not: that depends on the moment of their cut.
        """
        reachable = sight.reachable()
        held = frozenset(stamp for stamp in held if stamp.origin.device not in removed)
        for (spot, value), act in self.written.items():
            is_due = act.stamps and act.stamps <= held and (spot, value) not in self.dropped
            if is_due and (spot, value) not in reachable:
                yield f"lost: act {act.number} wrote {value!r} to {_named(spot)}"
        for spot, value in reachable - self.written.keys():
            yield f"made up: {value!r} in {_named(spot)}"
        for item, burials in self.buried.items():
            if sight.alive.get(item):
                yield from self._risen(item, burials, held)
        for item, alive in sight.alive.items():
            if not alive:
                yield from self._swallowed(item, sight, held)

    def missing(
        self,
        history: Mapping[Item, AbstractSet[tuple[str, Value]]],
        held: frozenset[Stamp],
        removed: AbstractSet[DeviceId],
    ) -> Iterator[str]:
        """Say what somebody wrote, and no history of a record tells any more."""
        held = frozenset(stamp for stamp in held if stamp.origin.device not in removed)
        for ((kind, record, name), value), act in self.written.items():
            is_due = value is not None and act.stamps and act.stamps <= held
            if is_due and (name, value) not in history.get((kind, record), set()):
                yield f"forgotten: act {act.number} wrote {value!r}"

    def _risen(
        self, item: Item, burials: Sequence[Burial], held: frozenset[Stamp]
    ) -> Iterator[str]:
        touches = frozenset[Stamp]().union(*(act.stamps for act in self.touched.get(item, ())))
        for act, seen in burials:
            if act.stamps and act.stamps <= held and touches <= seen - self.twice:
                yield f"risen: act {act.number} put {_named((*item, ''))} into the trash"

    def _swallowed(self, item: Item, sight: Sight, held: frozenset[Stamp]) -> Iterator[str]:
        """Say which edits to a record in the trash nobody who put it there had seen.

        Of values, only texts are looked at: each of them was written once.
        """
        burials = self.buried.get(item, ())
        if not burials:
            yield f"gone: nobody put {_named((*item, ''))} into the trash"
        acts = [
            self.written[spot, value]
            for spot, value in sight.values.items()
            if spot[:2] == item and isinstance(value, str)
        ]
        acts += [act for act in self.returned.get(item, ()) if act.stamps <= held]
        for act in acts:
            if not any(burial.saw(act) for burial in burials):
                yield f"swallowed: nobody who deleted {_named((*item, ''))} saw act {act.number}"

    def _touch(self, item: Item, act: Act) -> None:
        self.touched.setdefault(item, []).append(act)


def _follows(later: Stamp, stamp: Stamp) -> bool:
    return later.origin == stamp.origin and later.reading >= stamp.reading


def _named(spot: Spot) -> str:
    kind, record, name = spot
    return f"{kind.value} {int.from_bytes(record)} {name}".strip()
