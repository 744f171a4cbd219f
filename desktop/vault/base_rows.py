"""Single records as the snapshot says that was taken in here: what they held before later edits."""

from collections.abc import Collection
from dataclasses import dataclass, field
from sqlite3 import Cursor

from desktop.vault.bases import bodies_of, read_taken
from desktop.vault.layout import Row
from desktop.vault.moments import Moments
from desktop.vault.unfolding import Unfolding
from shared.domain.pages import Edits, Records, Streams, decode_page
from shared.ids import RecordId
from shared.ledger.snapshots import pages_in

Spot = tuple[str, RecordId]


@dataclass(frozen=True, slots=True)
class BaseRows:
    """Records of the snapshot, and the moments of all edits that it covers."""

    rows: dict[Spot, Row] = field(default_factory=dict)
    moments: frozenset[int] = frozenset()


def read_base_rows(cursor: Cursor, spots: Collection[Spot]) -> BaseRows:
    """Read some records of the snapshot that was taken in here; nothing if there is none."""
    taken = read_taken(cursor)
    if taken is None:
        return BaseRows()
    wanted, rows = set(spots), dict[Spot, Row]()
    unfolding = Unfolding(Moments(cursor))
    for packed in pages_in(bodies_of(cursor, taken.manifest.pieces)):
        match decode_page(packed):
            case Streams() as page:
                unfolding.name_streams(page)
            case Edits() as page:
                unfolding.number(page)
            case Records() as page:
                rows.update(_wanted(unfolding, page, wanted))
            case _:
                pass
    return BaseRows(rows, frozenset(unfolding.moments))


def _wanted(unfolding: Unfolding, page: Records, wanted: Collection[Spot]) -> dict[Spot, Row]:
    here = [place for place, record in enumerate(page.records) if (page.kind, record) in wanted]
    rows = unfolding.rows(page) if here else []
    return {
        (page.kind, page.records[place]): unfolding.read(page.kind, rows[place]) for place in here
    }
