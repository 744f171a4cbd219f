"""What lies behind a cut and does not stand here, so that the collector may make it an own edit."""

from collections.abc import Mapping
from sqlite3 import Cursor

from desktop.vault.archive import Archive
from desktop.vault.entries import moments_behind
from desktop.vault.layout import Row, layout_of
from desktop.vault.moments import Moments
from desktop.vault.pasts import Pasts, values_of
from desktop.vault.values import LaidAside
from shared.domain.merge import same
from shared.domain.schema import DELETED, Kind, Value
from shared.domain.stamps import Origin
from shared.ids import RecordId

_KINDS = {kind.value for kind in Kind}
_Spot = tuple[Kind, RecordId, str]


def read_laid_aside(cursor: Cursor, cuts: Mapping[Origin, int]) -> list[LaidAside]:
    """Return the last value that was set aside of each field, where it is not what is held.

    ``cuts`` has the last number that counts of every stream that is cut.
    """
    last = _last_values(cursor, cuts)
    records = dict.fromkeys(spot[:2] for spot in last)
    rows = {(kind, record): _row(cursor, kind, record) for kind, record in records}
    unborn = {spot for spot, row in rows.items() if row is None}
    gone = {spot for spot in unborn if last.get((*spot, DELETED), (0, False))[1]}
    pasts = Pasts(cursor)
    found = []
    for (kind, record, field), (moment, value) in last.items():
        row = rows[kind, record]
        if (kind, record) in gone or (row is None and (value is None or value is False)):
            continue
        held = _held(row, field)
        if not same(held, value):
            past = pasts.past(moment, field, value)
            found.append(LaidAside(kind, record, past, held, new=row is None))
    return found


def _last_values(cursor: Cursor, cuts: Mapping[Origin, int]) -> dict[_Spot, tuple[int, Value]]:
    """Return what each field was last given behind a cut, with the moment of it."""
    moments, values = Moments(cursor), dict[_Spot, tuple[int, Value]]()
    archive = Archive(cursor, moments)
    late = {
        moment
        for origin, seq in cuts.items()
        for moment in moments_behind(cursor, moments.stream(origin), seq)
    }
    for moment in sorted(late, key=moments.stamp):
        for (kind, record), places in archive.places(moment).items():
            if kind in _KINDS:  # a newer version's kinds are for that version to show
                for group, place in places:
                    for field, value in values_of(group, place):
                        values[Kind(kind), record, field] = (moment, value)
    return values


def _held(row: Row | None, field: str) -> Value:
    if row is None:
        return None
    return row.deleted if field == DELETED else row.value(field)


def _row(cursor: Cursor, kind: Kind, record: RecordId) -> Row | None:
    return layout_of(kind.value).read(cursor, [record]).get(record)
