"""The emergency kit as one page, black on white, for a printer or a PDF.

All lengths are in points, 72 to an inch. The page is A4 or Letter; what it says fits both.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import segno
from PySide6.QtCore import QBuffer, QIODevice, QMarginsF, QPointF, QRectF, Qt
from PySide6.QtGui import (
    QFont,
    QPagedPaintDevice,
    QPageLayout,
    QPageSize,
    QPainter,
    QPdfWriter,
    QPen,
)

from desktop.drawing.heart import heart

MARGIN = 56.0
_COLUMNS = 3
_LINE = 26.0
_QR_SIDE = 96.0
_RESOLUTION = 1200
_BLACK = Qt.GlobalColor.black


@dataclass(frozen=True, slots=True)
class KitSheet:
    """What stands on the page. ``facts`` are names with what is known; ``code`` becomes a QR."""

    title: str
    lead: str
    facts: Sequence[tuple[str, str]]
    words: Sequence[str] = field(repr=False)
    code: str
    place: str
    advice: str


def kit_pdf(sheet: KitSheet, size: QPageSize.PageSizeId = QPageSize.PageSizeId.A4) -> bytes:
    """Write the page as a PDF."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    writer.setTitle(sheet.title)
    writer.setResolution(_RESOLUTION)
    lay_out(writer, size)
    painter = QPainter(writer)
    paint_sheet(painter, sheet, writer)
    painter.end()
    return bytes(buffer.data().data())


def lay_out(device: QPagedPaintDevice, size: QPageSize.PageSizeId) -> None:
    """Set the paper upright, with the page's margins."""
    margins = QMarginsF(MARGIN, MARGIN, MARGIN, MARGIN)
    upright = QPageLayout.Orientation.Portrait
    device.setPageLayout(QPageLayout(QPageSize(size), upright, margins, QPageLayout.Unit.Point))


def paint_sheet(painter: QPainter, sheet: KitSheet, device: QPagedPaintDevice) -> None:
    """Paint the page; the painter stands on the device that was laid out."""
    room = device.pageLayout().paintRect(QPageLayout.Unit.Point)
    scale = device.logicalDpiX() / 72
    painter.scale(scale, scale)
    painter.setPen(_BLACK)
    width = room.width()
    _mark(painter, QRectF(width - 34, 0, 34, 34))
    _write(painter, QRectF(0, 0, width - 48, 34), sheet.title, 24, bold=True)
    top = 44 + _write(painter, QRectF(0, 44, width - 48, 60), sheet.lead, 11)
    top = _facts(painter, sheet, QRectF(0, top + 20, width, _QR_SIDE)) + 22
    top = _words(painter, sheet.words, QRectF(0, top, width, 0)) + 26
    _rule(painter, sheet.place, top, width)
    _write(painter, QRectF(0, top + 24, width, 120), sheet.advice, 11)


def _facts(painter: QPainter, sheet: KitSheet, room: QRectF) -> float:
    """Write what is known beside the code; return where it ends."""
    _code(painter, sheet.code, QRectF(room.right() - _QR_SIDE, room.y(), _QR_SIDE, _QR_SIDE))
    top, beside = room.y(), room.width() - _QR_SIDE - 24
    for name, fact in sheet.facts:
        _write(painter, QRectF(0, top, 86, 20), name, 9)
        shown = _halves(fact) if fact == sheet.code else fact
        top += _write(painter, QRectF(86, top - 1, beside - 86, 40), shown, 10, bold=True) + 7
    return max(top, room.bottom())


def _words(painter: QPainter, words: Sequence[str], room: QRectF) -> float:
    """Write the words, numbered downwards, in a frame; return where it ends."""
    lines = -(-len(words) // _COLUMNS)
    frame = QRectF(room.x(), room.y(), room.width(), lines * _LINE + 20)
    painter.setPen(QPen(_BLACK, 0.8))
    painter.drawRoundedRect(frame, 6, 6)
    wide = frame.width() / _COLUMNS
    for number, word in enumerate(words):
        at_column, at_line = divmod(number, lines)
        x, y = frame.x() + at_column * wide, frame.y() + 10 + at_line * _LINE
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        _write(painter, QRectF(x + 10, y, 20, _LINE), f"{number + 1}", 9, align=right)
        left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        _write(painter, QRectF(x + 40, y, wide - 42, _LINE), word, 15, bold=True, align=left)
    return frame.bottom()


def _rule(painter: QPainter, name: str, top: float, width: float) -> None:
    """Leave a line to write on by hand."""
    _write(painter, QRectF(0, top - 12, width, 16), name, 9)
    begins = painter.fontMetrics().horizontalAdvance(name) + 8
    painter.setPen(QPen(_BLACK, 0.5))
    painter.drawLine(QPointF(begins, top), QPointF(width, top))


def _code(painter: QPainter, text: str, room: QRectF) -> None:
    """Paint a QR code as squares, sharp at any size."""
    rows = segno.make_qr(text, error="m").matrix
    side = room.width() / len(rows)
    whole = side * 1.03  # they overlap a little, or some viewers show hairlines between
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
    for line, row in enumerate(rows):
        for place, dark in enumerate(row):
            if dark:
                square = QRectF(room.x() + place * side, room.y() + line * side, whole, whole)
                painter.fillRect(square, _BLACK)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)


def _mark(painter: QPainter, room: QRectF) -> None:
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(_BLACK, 2))
    painter.drawPath(heart(room.adjusted(1, 1, -1, -1)))


def _write(
    painter: QPainter,
    room: QRectF,
    text: str,
    points: int,
    *,
    bold: bool = False,
    align: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft,
) -> float:
    """Write text, wrapped, and return its height."""
    font = QFont(painter.font())
    font.setPixelSize(points)
    font.setBold(bold)
    painter.setFont(font)
    painter.setPen(_BLACK)
    flags = int(Qt.TextFlag.TextWordWrap | align)
    painter.drawText(room, flags, text)
    return painter.boundingRect(room, flags, text).height()


def _halves(text: str) -> str:
    """Break a long id in the middle, so that it is compared line by line."""
    middle = len(text) // 2
    return f"{text[:middle]}\n{text[middle:]}"
