"""What stands on the shelf: ids in order, rows a page at a time."""

from collections import OrderedDict
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import NamedTuple, Protocol

from desktop.collection.values import CopyRow
from desktop.ui.whereabouts import Said
from shared.ids import RecordId

PAGE = 200
_PAGES_KEPT = 8


class Stock(Protocol):
    """One answer to a query. The shelf asks for rows only of what it shows."""

    @property
    def ids(self) -> Sequence[RecordId]:
        """Every copy of the answer, in its order."""

    def rows(self, ids: Sequence[RecordId]) -> Sequence[CopyRow]:
        """Give the rows of some copies, a page at a time, without those that are gone."""

    def out_of_reach(self, photos: Collection[RecordId]) -> Mapping[RecordId, Said]:
        """Say it of those of some photos whose originals cannot come here just now."""

    def thumbnail(self, photo: RecordId, deliver: Callable[[bytes | None], None]) -> None:
        """Fetch a photo's thumbnail and deliver its bytes, now or later, on the GUI thread."""


class _Page(NamedTuple):
    rows: dict[RecordId, CopyRow]
    said: Mapping[RecordId, Said]


class Pages:
    """The rows of a stock, kept for the pages that were looked at last."""

    def __init__(self, stock: Stock) -> None:
        self.stock = stock
        self._ids = stock.ids
        self._pages: OrderedDict[int, _Page] = OrderedDict()
        self._places: dict[RecordId, int] | None = None

    def __len__(self) -> int:
        return len(self._ids)

    def id(self, index: int) -> RecordId:
        """Give the copy at an index."""
        return self._ids[index]

    @property
    def ids(self) -> Sequence[RecordId]:
        """Every copy, in order."""
        return self._ids

    def place(self, copy: RecordId) -> int | None:
        """Find the index of a copy, or None if it is not listed."""
        if self._places is None:
            self._places = {copy: index for index, copy in enumerate(self._ids)}
        return self._places.get(copy)

    def row(self, index: int) -> CopyRow | None:
        """Give the row at an index, or None if that copy has gone since the list was made."""
        return self._page(index).rows.get(self._ids[index])

    def said(self, row: CopyRow, index: int) -> Said | None:
        """Give what is said of the picture of the row at an index, if that is out of reach."""
        return self._page(index).said.get(row.thumbnail) if row.thumbnail else None

    def _page(self, index: int) -> _Page:
        number = index // PAGE
        page = self._pages.get(number)
        if page is None:
            page = self._pages[number] = self._read(number)
            if len(self._pages) > _PAGES_KEPT:
                self._pages.popitem(last=False)
        else:
            self._pages.move_to_end(number)
        return page

    def _read(self, number: int) -> _Page:
        rows = self.stock.rows(self._ids[number * PAGE : (number + 1) * PAGE])
        covers = [row.thumbnail for row in rows if row.thumbnail]
        said = self.stock.out_of_reach(covers) if covers else {}
        return _Page({row.copy: row for row in rows}, said)

    def forget(self) -> None:
        """Drop the rows at hand, for something in them changed."""
        self._pages.clear()
