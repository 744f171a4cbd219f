"""Edits as they are kept: each alone while it is pending, then within the entry that carried it."""

from collections.abc import Sequence
from sqlite3 import Cursor

import zstandard

from desktop.vault.moments import Moments
from shared.domain.edits import Edit, Group, decode_edit
from shared.domain.schema import Value
from shared.ids import RecordId
from shared.ledger.frame import decode_frame

LARGEST_BLOB = 900 * 1024
"""A compressed edit of this size still fits into an entry together with its heads."""

_LEVEL = 3
_FRAMES_AT_HAND = 4


def compress(blob: bytes) -> bytes:
    """Pack a pending edit."""
    return zstandard.ZstdCompressor(level=_LEVEL).compress(blob)


def decompress(packed: bytes) -> bytes:
    """Unpack a pending edit of our own."""
    return zstandard.ZstdDecompressor().decompress(packed)


class Archive:
    """Reads the edits of the past, within one transaction."""

    def __init__(self, cursor: Cursor, moments: Moments) -> None:
        self._cursor = cursor
        self._moments = moments
        self._edits: dict[int, Edit] = {}
        self._places: dict[int, dict[tuple[str, RecordId], list[tuple[Group, int]]]] = {}
        self._frames: dict[int, Sequence[bytes]] = {}

    def edit(self, moment: int) -> Edit:
        """Return the edit of a moment."""
        if moment not in self._edits:
            device = self._moments.stamp(moment).origin.device
            self._edits[moment] = decode_edit(self.blob(moment), device)
        return self._edits[moment]

    def blob(self, moment: int) -> bytes:
        """Return the bytes of an edit, as they travel."""
        sql = "SELECT blob, entry, place FROM edit WHERE moment = ?"
        packed, entry, place = self._cursor.execute(sql, (moment,)).fetchone()
        return decompress(packed) if packed is not None else self._frame(entry)[place]

    def value(self, moment: int, spot: tuple[str, RecordId, str]) -> Value:
        """Return what the edit of a moment let a field hold; None if nothing."""
        kind, record, name = spot
        for group, place in self.places(moment).get((kind, record), ()):
            if name in group.fields and group.columns:
                return group.columns[group.fields.index(name)][place]
        return None

    def places(self, moment: int) -> dict[tuple[str, RecordId], list[tuple[Group, int]]]:
        """Return where an edit wrote to its records: groups, and the place in each."""
        if moment not in self._places:
            places: dict[tuple[str, RecordId], list[tuple[Group, int]]] = {}
            for group in self.edit(moment).groups:
                for place, record in enumerate(group.records):
                    places.setdefault((group.kind, record), []).append((group, place))
            self._places[moment] = places
        return self._places[moment]

    def _frame(self, entry: int) -> Sequence[bytes]:
        if entry not in self._frames:
            sql = "SELECT body FROM entry WHERE number = ?"
            (body,) = self._cursor.execute(sql, (entry,)).fetchone()
            if len(self._frames) >= _FRAMES_AT_HAND:
                self._frames.pop(next(iter(self._frames)))
            self._frames[entry] = decode_frame(body)[1]
        return self._frames[entry]
