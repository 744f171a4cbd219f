"""Pages of the list: copies with what their model, variant, place and photos lend them."""

from collections.abc import Sequence
from sqlite3 import Cursor

from desktop.vault.places import Places
from desktop.vault.values import CopyRow
from shared.ids import RecordId

_SELECT = """
SELECT c.id, c.location, c.cover, c.paid, c.value, c.acquired, m.name, v.label, m.style_number,
       m.animal, c.status, c.swing_tag, c.tush_tag, c.condition
FROM copy c LEFT JOIN model m ON m.id = c.model LEFT JOIN variant v ON v.id = c.variant
WHERE c.id IN """
_NAMESAKES = """
SELECT c.id FROM copy c JOIN copy o ON o.number = c.number AND o.deleted = 0 AND o.rowid <> c.rowid
WHERE c.deleted = 0 AND c.number IS NOT NULL AND c.id IN """
_PHOTOS = "SELECT copy, id FROM photo WHERE NOT deleted AND copy IN "


def read_rows(cursor: Cursor, copies: Sequence[RecordId], places: Places) -> list[CopyRow]:
    """Return lines in the order asked; ids that are unknown are left out."""
    ids = list(copies)
    marks = f"({','.join('?' * len(ids))})"
    flagged = {record for (record,) in cursor.execute("SELECT record FROM conflict")}
    flagged.update(record for (record,) in cursor.execute(_NAMESAKES + marks, ids))
    photos = _first_photos(cursor, ids, marks)
    found: dict[RecordId, CopyRow] = {}
    for record, location, cover, paid, value, acquired, *texts in cursor.execute(
        _SELECT + marks, ids
    ):
        name, variant, style, animal, status, swing, tush, condition = map(_text, texts)
        pictures = photos.get(record, [])
        found[record] = CopyRow(
            copy=record,
            name=name,
            variant=variant,
            style_number=style,
            animal=animal,
            status=status,
            swing_tag=swing,
            tush_tag=tush,
            condition=condition,
            paid=paid,
            value=value,
            acquired=acquired,
            location=(places.path(location) if location else None) or "",
            thumbnail=cover if cover in pictures else next(iter(pictures), None),
            flagged=record in flagged,
        )
    return [found[copy] for copy in ids if copy in found]


def _first_photos(
    cursor: Cursor, copies: Sequence[RecordId], marks: str
) -> dict[bytes, list[RecordId]]:
    """Return the photos of copies, in their order."""
    photos: dict[bytes, list[RecordId]] = {}
    for copy, photo in cursor.execute(_PHOTOS + marks + " ORDER BY position, id", copies):
        photos.setdefault(copy, []).append(photo)
    return photos


def _text(text: str | None) -> str:
    return text or ""
