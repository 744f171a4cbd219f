"""Text on the shelf: always plain, on one line, elided in the middle."""

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter

from desktop.ui.look import Look, TextSize

_LONGEST = 240  # no cell is wider than this many characters; the rest is never measured
_KEPT = 4096

LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
CENTER = Qt.AlignmentFlag.AlignCenter


class Hand:
    """One font to write with: measures, shortens, writes."""

    def __init__(self, font: QFont) -> None:
        self.font = font
        self.metrics = QFontMetrics(font)
        self.height = self.metrics.height()
        self._short: dict[tuple[str, int], str] = {}

    def shortened(self, text: str, width: int) -> str:
        """Shorten a text in its middle until it fits a width in pixels."""
        known = self._short.get((text, width))
        if known is not None:
            return known
        if len(self._short) > _KEPT:
            self._short.clear()
        short = self.metrics.elidedText(_one_line(text), Qt.TextElideMode.ElideMiddle, width)
        self._short[text, width] = short
        return short

    def write(
        self,
        painter: QPainter,
        rect: QRect,
        text: str,
        color: QColor,
        align: Qt.AlignmentFlag = LEFT,
    ) -> None:
        """Write one line into a rectangle."""
        if not text or rect.width() <= 0:
            return
        painter.setFont(self.font)
        painter.setPen(color)
        flags = align | Qt.TextFlag.TextSingleLine | Qt.AlignmentFlag.AlignAbsolute
        painter.drawText(rect, flags, self.shortened(text, rect.width()))

    def write_whole(
        self, painter: QPainter, rect: QRect, text: str, color: QColor, align: Qt.AlignmentFlag
    ) -> None:
        """Write a number, or one dot leader where it does not fit: half a price would lie."""
        fits = self.width(text) <= rect.width()
        self.write(painter, rect, text if fits else "\u2026", color, align)

    def width(self, text: str) -> int:
        """Measure a text in pixels."""
        return self.metrics.horizontalAdvance(text[:_LONGEST])


class Hands:
    """The fonts of a look that the shelf writes with."""

    def __init__(self, look: Look) -> None:
        self.name = Hand(look.font(TextSize.BODY, strong=True))
        self.card = Hand(look.font(TextSize.LEAD, strong=True))
        self.body = Hand(look.font(TextSize.BODY))
        self.caption = Hand(look.font(TextSize.CAPTION))
        self.figures = Hand(look.figures(TextSize.BODY))
        self.figures_strong = Hand(look.figures(TextSize.BODY, strong=True))
        self.title = Hand(look.font(TextSize.TITLE, strong=True))
        self.tag = look.figures(TextSize.BODY, strong=True)


def _one_line(text: str) -> str:
    if len(text) > _LONGEST:
        half = _LONGEST // 2
        text = f"{text[:half]}\u2026{text[-half:]}"
    return " ".join(text.split("\n")).replace("\t", " ")
