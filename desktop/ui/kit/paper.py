"""The emergency kit on paper."""

from collections.abc import Sequence

from PySide6.QtCore import QMarginsF, QRectF, Qt
from PySide6.QtGui import QFont, QPageLayout, QPageSize, QPainter
from PySide6.QtPrintSupport import QPrintDialog, QPrinter
from PySide6.QtWidgets import QDialog, QWidget

from desktop.ui.badges.heart import paint_mark
from desktop.ui.kit.kit import ADVICE, Kit, facts

COLUMNS = 3
_MARGIN_MM = 20


def print_kit(kit: Kit, parent: QWidget) -> bool:
    """Ask for a printer and print one page; tell whether it was printed."""
    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    printer.setDocName("Swingtag emergency kit")
    dialog = QPrintDialog(printer, parent)
    if dialog.exec() != QDialog.DialogCode.Accepted:
        return False
    printer.setPageLayout(
        QPageLayout(
            QPageSize(QPageSize.PageSizeId.A4),
            QPageLayout.Orientation.Portrait,
            QMarginsF(_MARGIN_MM, _MARGIN_MM, _MARGIN_MM, _MARGIN_MM),
            QPageLayout.Unit.Millimeter,
        )
    )
    painter = QPainter()
    if not painter.begin(printer):
        return False
    _paint(painter, kit, printer.pageRect(QPrinter.Unit.DevicePixel), printer.resolution())
    return painter.end()


def _paint(painter: QPainter, kit: Kit, page: QRectF, dots_per_inch: int) -> None:
    """Paint the sheet; all lengths are in points, 72 to an inch."""
    scale = dots_per_inch / 72
    painter.scale(scale, scale)
    width = page.width() / scale
    paint_mark(painter, QRectF(width - 64, 0, 64, 64))
    _write(painter, QRectF(0, 0, width - 80, 30), "Swingtag emergency kit", 20, bold=True)
    top = 40.0
    for name, fact in facts(kit):
        _write(painter, QRectF(0, top, 90, 16), name, 9)
        _write(painter, QRectF(90, top, width - 170, 16), fact, 9, bold=True)
        top += 16
    _paint_words(painter, kit.words, QRectF(0, top + 24, width, 240))
    _write(painter, QRectF(0, top + 288, width, 90), ADVICE, 10)


def _paint_words(painter: QPainter, words: Sequence[str], room: QRectF) -> None:
    lines = -(-len(words) // COLUMNS)
    wide, high = room.width() / COLUMNS, room.height() / lines
    for number, word in enumerate(words):
        at_column, at_line = divmod(number, lines)
        x, y = room.x() + at_column * wide, room.y() + at_line * high
        _write(painter, QRectF(x, y, 26, high), f"{number + 1}", 9)
        _write(painter, QRectF(x + 28, y, wide - 28, high), word, 14, bold=True)


def _write(painter: QPainter, room: QRectF, text: str, points: int, *, bold: bool = False) -> None:
    font = QFont(painter.font())
    font.setPixelSize(points)
    font.setBold(bold)
    painter.setFont(font)
    painter.drawText(room, int(Qt.TextFlag.TextWordWrap), text)
