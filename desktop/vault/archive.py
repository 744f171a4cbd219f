"""Edits as they are kept: each alone while it is pending, then within the entry that carried it."""

from collections.abc import Callable, Sequence
from sqlite3 import Cursor

import zstandard

from desktop.vault.base_rows import read_base_rows
from desktop.vault.layout import Row, layout_of
from desktop.vault.moments import Moments
from shared.domain.edits import Edit, Group, decode_edit
from shared.domain.schema import Value
from shared.ids import RecordId
from shared.ledger.frame import decode_frame
from shared.ledger.making import decode_segment

LARGEST_BLOB = 900 * 1024
"""A compressed edit of this size still fits into an entry together with its heads."""

_LEVEL = 3
_FRAMES_AT_HAND = 4


def compress(blob: bytes) -> bytes:
    """Pack a pending edit."""
    try:
        return zstandard.ZstdCompressor(level=_LEVEL).compress(blob)
    except zstandard.ZstdError as error:  # there is nothing else that it can fail of
        raise MemoryError from error


def decompress(packed: bytes) -> bytes:
    """Unpack a pending edit of our own."""
    return zstandard.ZstdDecompressor().decompress(packed)


class ForgottenEditError(LookupError):
    """What an edit wrote is not here: a snapshot stood for it, and the history has not come yet."""


class Archive:
    """Reads the edits of the past, within one transaction."""

    def __init__(self, cursor: Cursor, moments: Moments) -> None:
        self._cursor = cursor
        self._moments = moments
        self._edits: dict[int, Edit] = {}
        self._places: dict[int, dict[tuple[str, RecordId], list[tuple[Group, int]]]] = {}
        self._frames: dict[int, Sequence[bytes]] = {}

    def edit(self, moment: int) -> Edit:
        """Return the edit of a moment, or raise ForgottenEditError."""
        if moment not in self._edits:
            device = self._moments.stamp(moment).origin.device
            self._edits[moment] = decode_edit(self.blob(moment), device)
        return self._edits[moment]

    def writers(self, kind: str, record: RecordId) -> set[int]:
        """Return the moments of the edits that wrote to a record."""
        sql = "SELECT moment FROM touched WHERE record = ?"
        moments = {moment for (moment,) in self._cursor.execute(sql, (record,))}
        row = layout_of(kind).read(self._cursor, [record], ()).get(record)
        return moments | {row.born} if row else moments

    def blob(self, moment: int) -> bytes:
        """Return the bytes of an edit, as they travel, or raise ForgottenEditError."""
        sql = "SELECT blob, entry, segment, place FROM edit WHERE moment = ?"
        place: int
        packed, entry, segment, place = self._cursor.execute(sql, (moment,)).fetchone()
        if packed is not None:
            return decompress(packed)
        if entry is not None:
            return self._frame(entry)[place]
        if segment is not None:
            return self._segment(segment)[place]
        raise ForgottenEditError(moment)

    def value(self, moment: int, spot: tuple[str, RecordId, str]) -> Value:
        """Return what the edit of a moment let a field hold; None if nothing.

        Of an edit that is not here any more, the snapshot that stands for it may tell.
        """
        kind, record, name = spot
        for group, place in self.places(moment).get((kind, record), ()):
            if name in group.fields and group.columns:
                return group.columns[group.fields.index(name)][place]
        row = None if self.is_here(moment) else self._base_row(spot)
        return row.value(name) if row and row.moment(name) == moment else None

    def tells(self, moment: int, spot: tuple[str, RecordId, str]) -> bool:
        """Tell whether it is known here what the edit of a moment let a field hold."""
        row = None if self.is_here(moment) else self._base_row(spot)
        return row.moment(spot[2]) == moment if row else self.is_here(moment)

    def _base_row(self, spot: tuple[str, RecordId, str]) -> Row | None:
        return read_base_rows(self._cursor, [spot[:2]]).rows.get(spot[:2])

    def places(self, moment: int) -> dict[tuple[str, RecordId], list[tuple[Group, int]]]:
        """Return where an edit wrote to its records: groups, and the place in each.

        Nowhere if the history that has it is not here.
        """
        if moment not in self._places:
            places: dict[tuple[str, RecordId], list[tuple[Group, int]]] = {}
            groups = self.edit(moment).groups if self.is_here(moment) else ()
            for group in groups:
                for place, record in enumerate(group.records):
                    places.setdefault((group.kind, record), []).append((group, place))
            self._places[moment] = places
        return self._places[moment]

    def is_here(self, moment: int) -> bool:
        """Tell whether the bytes of an edit are here."""
        sql = "SELECT coalesce(blob, entry, segment) IS NOT NULL FROM edit WHERE moment = ?"
        return bool(self._cursor.execute(sql, (moment,)).fetchone()[0])

    def _segment(self, segment: int) -> Sequence[bytes]:
        sql = "SELECT body FROM part WHERE number = ?"
        return self._unpacked(-segment, sql, segment, _blobs_of_segment)

    def _frame(self, entry: int) -> Sequence[bytes]:
        sql = "SELECT body FROM entry WHERE number = ?"
        return self._unpacked(entry, sql, entry, _blobs_of_entry)

    def _unpacked(
        self, key: int, sql: str, number: int, unpack: Callable[[bytes], Sequence[bytes]]
    ) -> Sequence[bytes]:
        """Return the edits of an entry or segment, of which a few are kept at hand."""
        if key not in self._frames:
            (body,) = self._cursor.execute(sql, (number,)).fetchone()
            if len(self._frames) >= _FRAMES_AT_HAND:
                self._frames.pop(next(iter(self._frames)))
            self._frames[key] = unpack(body)
        return self._frames[key]


def _blobs_of_entry(body: bytes) -> Sequence[bytes]:
    return decode_frame(body)[1]


def _blobs_of_segment(body: bytes) -> Sequence[bytes]:
    return [blob for _, blob in decode_segment(body)]
