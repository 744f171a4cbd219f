"""The rules of merging in dictionaries, one write after the other: the tables must agree."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from shared.domain.edits import Edit, Group, Shape
from shared.domain.merge import (
    Tombstone,
    Verdict,
    Written,
    deletion,
    is_repeated,
    joined,
    judge,
    lies_dead,
    restoration,
)
from shared.domain.schema import DELETED, Value
from shared.domain.stamps import Stamp

Loser = tuple[str, Stamp]


@dataclass
class PlainRecord:
    """One record, written to edit by edit."""

    fields: dict[str, Written] = field(default_factory=dict)
    said: dict[str, list[Written]] = field(default_factory=dict)
    tombstone: Tombstone | None = None
    losers: set[Loser] = field(default_factory=set)

    @property
    def dead(self) -> bool:
        return lies_dead(self.tombstone, (written.stamp for written in self.fields.values()))

    def write(self, name: str, arriving: Written, replaced: Stamp | None) -> None:
        held = self.fields.get(name)
        said = self.said.setdefault(name, [])
        said.append(arriving)
        self.losers.discard((name, replaced))
        self.losers -= {(name, each.stamp) for each in said if is_repeated(each, [arriving])}
        verdict = judge(held, arriving, replaced)
        if verdict is Verdict.WINS:
            self.losers.add((name, held.stamp))
        elif verdict is Verdict.LOSES and not is_repeated(arriving, said):
            self.losers.add((name, arriving.stamp))
        wins = verdict in {Verdict.FOLLOWS, Verdict.WINS}
        if wins or (verdict is Verdict.AGREES and arriving.stamp > held.stamp):
            self.fields[name] = arriving


def replay(edits: Iterable[Edit]) -> dict[tuple[str, bytes], PlainRecord]:
    """Merge edits in the order in which a device took them in."""
    records: dict[tuple[str, bytes], PlainRecord] = {}
    for edit in edits:
        for group in edit.groups:
            for place, record in enumerate(group.records):
                plain = records.setdefault((group.kind, record), PlainRecord())
                _merge(plain, edit, group, place)
    for plain in records.values():
        if plain.tombstone and plain.tombstone.ends_deleted and not plain.dead:
            plain.losers.add((DELETED, plain.tombstone.last))
    return records


def _merge(plain: PlainRecord, edit: Edit, group: Group, place: int) -> None:
    stamp = edit.stamp
    match group.shape:
        case Shape.INSERT | Shape.UPDATE:
            for name, value, replaced in _writes(edit, group, place):
                plain.write(name, Written(value, stamp), replaced)
        case Shape.DELETE:
            plain.tombstone = joined(plain.tombstone, deletion(stamp, group.covers[place]))
        case Shape.RESTORE:
            plain.tombstone = joined(plain.tombstone, restoration(stamp))
        case Shape.SETTLE:
            for name, losers in zip(group.fields, group.replaces, strict=True):
                plain.losers.discard((name, edit.stamps[losers[place] - 1]))


def _writes(edit: Edit, group: Group, place: int) -> list[tuple[str, Value, Stamp | None]]:
    stamps = (None, *edit.stamps)
    if group.shape == Shape.UPDATE:
        columns = zip(group.fields, group.columns, group.replaces, strict=True)
        return [(name, column[place], stamps[at[place]]) for name, column, at in columns]
    filled = zip(group.fields, group.columns, strict=True)
    return [(name, column[place], None) for name, column in filled if column[place] is not None]


def filled(plain: PlainRecord) -> dict[str, Value]:
    return {name: held.value for name, held in plain.fields.items() if held.value is not None}
