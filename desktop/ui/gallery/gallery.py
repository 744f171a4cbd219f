"""The gallery of skins: a small window painted in each, to choose from."""

from collections.abc import Sequence

from PySide6.QtCore import QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QSizePolicy
from typing_extensions import override

from desktop.drawing.heart import heart
from desktop.ui.flow import Flow
from desktop.ui.look import Look, TextSize, letters, look_of
from desktop.ui.zone import Zone, measure
from shared.skins.tokens import Role, Skin

WIDTH, HEIGHT = 184, 148
_TINTS = 3


class Gallery(Zone):
    """The skins side by side; ``chosen`` carries the one that was picked."""

    chosen = Signal(object)  # Skin

    def __init__(self, skins: Sequence[Skin], current: str) -> None:
        layout = Flow()
        measure(layout, 3, (0, 0))
        super().__init__(layout=layout)
        self.setAccessibleName("Skins")
        self._group = QButtonGroup(self)
        for skin in skins:
            card = SkinCard(skin)
            card.setChecked(skin.name == current)
            card.clicked.connect(lambda _on=False, skin=skin: self.chosen.emit(skin))
            self._group.addButton(card)
            layout.addWidget(card)


class SkinCard(QAbstractButton):
    """A window in miniature, in the skin it stands for and the scheme of its surroundings."""

    def __init__(self, skin: Skin) -> None:
        super().__init__()
        self._skin = skin
        self.setCheckable(True)
        self.setAutoExclusive(True)
        self.setAccessibleName(skin.title)
        self.setAccessibleDescription(skin.about)
        self.setToolTip(skin.about)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    @override
    def sizeHint(self) -> QSize:
        around = look_of(self)
        return QSize(around.scaled(WIDTH), around.scaled(HEIGHT))

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        around = look_of(self)
        look = Look(self._skin, around.scheme)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(2, 2, -2, -2)
        marked = self.isChecked() or self.hasFocus() or self.underMouse()
        edge = around.color(Role.FOCUS if marked else Role.OUTLINE_STRONG)
        painter.setPen(QPen(edge, 3 if self.isChecked() else 1))
        painter.setBrush(look.color(Role.SURFACE_0))
        painter.drawRoundedRect(box, around.radius, around.radius)
        inner = box.toRect().adjusted(12, 12, -12, -12)
        self._paint_bar(painter, inner, look)
        self._paint_cards(painter, inner, look)
        painter.end()

    def _paint_bar(self, painter: QPainter, room: QRect, look: Look) -> None:
        painter.setPen(look.color(Role.TEXT_STRONG))
        line = QRect(room.x(), room.y(), room.width() - 28, 26)
        for size in (TextSize.TITLE, TextSize.LEAD, TextSize.BODY):
            painter.setFont(letters.font(look.skin.type.heading, size.value, strong=True))
            if painter.fontMetrics().horizontalAdvance(self._skin.title) <= line.width():
                break
        painter.drawText(line, Qt.AlignmentFlag.AlignVCenter, self._skin.title)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(look.color(Role.ACCENT))
        painter.drawEllipse(room.right() - 19, room.y() + 3, 20, 20)

    def _paint_cards(self, painter: QPainter, room: QRect, look: Look) -> None:
        gap = 8
        wide = (room.width() - gap * (_TINTS - 1)) // _TINTS
        top = room.y() + 36
        for number in range(_TINTS):
            card = QRectF(room.x() + number * (wide + gap), top, wide, room.bottom() - top)
            painter.setPen(QPen(look.color(Role.OUTLINE_STRONG), look.outline))
            painter.setBrush(look.color(Role.SURFACE_1))
            painter.drawRoundedRect(card, min(look.radius, 12), min(look.radius, 12))
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(look.tint(number * 2))
            painter.drawPath(heart(QRectF(card.x() + 8, card.y() + 9, wide - 16, wide - 16)))
            painter.setBrush(look.color(Role.TEXT_QUIET))
            painter.drawRoundedRect(QRectF(card.x() + 8, card.bottom() - 14, wide - 22, 4), 2, 2)
