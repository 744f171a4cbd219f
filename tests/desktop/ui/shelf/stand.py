"""Made-up copies to put on a shelf."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace

from PySide6.QtGui import QColor, QImage

from desktop.collection.values import CopyRow
from desktop.drawing.imaging import encoded
from desktop.ui.whereabouts import Said
from shared.domain.money import Money
from shared.ids import RecordId

ROW = CopyRow(
    copy=RecordId(b"\0" * 16),
    name="Patti",
    variant="Fuchsia",
    style_number="4025",
    animal="Platypus",
    status="owned",
    swing_tag="3",
    tush_tag="1",
    condition="MWMT",
    paid=Money(500, "USD").pack(),
    value=Money(123456, "USD").pack(),
    acquired=None,
    location="Top shelf",
    thumbnail=None,
    flagged=False,
)


class Stand:
    """A stock of as many copies as asked, which counts what is asked of it."""

    def __init__(self, count: int, **fields: object) -> None:
        self.ids = [RecordId(number.to_bytes(16, "big")) for number in range(count)]
        self.fields = fields
        self.rows_read = 0
        self.said: Said | None = None
        self.asked: list[RecordId] = []
        self.waiting: list[Callable[[bytes | None], None]] = []

    def rows(self, ids: Sequence[RecordId]) -> list[CopyRow]:
        self.rows_read += len(ids)
        return [replace(ROW, copy=copy, **self.fields) for copy in ids]

    def out_of_reach(self, photos: Collection[RecordId]) -> dict[RecordId, Said]:
        return {photo: self.said for photo in photos if self.said}

    def thumbnail(self, photo: RecordId, deliver: Callable[[bytes | None], None]) -> None:
        self.asked.append(photo)
        self.waiting.append(deliver)


def red_photo() -> bytes:
    image = QImage(64, 64, QImage.Format.Format_RGB32)
    image.fill(QColor("#ff0000"))
    return encoded(image, "PNG")


def ids(*numbers: int) -> list[RecordId]:
    return [RecordId(number.to_bytes(16, "big")) for number in numbers]
