"""The photo grid: one card a copy, the animal first."""

from PySide6.QtCore import QMarginsF, QPoint, QPointF, QRect, QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import QColor, QPainter, QPixmap
from typing_extensions import override

from desktop.collection.values import CopyRow
from desktop.ui.badges.heart import paint_tag
from desktop.ui.badges.placeholder import placeholder, tint_number
from desktop.ui.badges.ribbon import paint_ribbon, ribbon_height
from desktop.ui.look import Icon, Look
from desktop.ui.shelf.arrangement import Tiles
from desktop.ui.shelf.frame import card_frame
from desktop.ui.shelf.ink import RIGHT
from desktop.ui.shelf.scene import Cell, Scene, blank
from desktop.ui.whereabouts import Said
from shared.skins.tokens import Role, Scheme, Shadow, Word

_LEAST = 168
_PHOTO_SHAPE = 0.92  # height to width
_TAG = 34
_TAG_PAD = 0.2  # of its width, for the turn and the rim
_FADED = 0.38
_BADGE, _GLYPH = 24, 15


class Grid(Tiles):
    """Cards with photo, name, variant, tag, grade and value."""

    @property
    @override
    def least_width(self) -> int:
        """Width of the narrowest card."""
        return self.scene.look.scaled(_LEAST)

    @override
    def tall(self, width: int) -> int:
        """Add the height of the picture, three lines and the air between them."""
        hands, inset = self.scene.hands, self._inset
        lines = hands.card.height + hands.caption.height + hands.figures.height
        return inset + self._picture(width).height() + lines + 3 * self._air + inset

    @override
    def paint(self, painter: QPainter, rect: QRect, index: int, cell: Cell) -> None:
        """Paint one card."""
        _ = index
        look, hands = self.scene.look, self.scene.hands
        painter.drawPixmap(rect.topLeft() - self._spread_point, self._frame(rect.size(), cell))
        picture = self._picture(rect.width())
        at = rect.topLeft() + QPoint(self._inset, self._inset)
        self._paint_picture(painter, QRect(at, picture), cell)
        line = QRect(
            at.x() + look.space(1), at.y() + picture.height() + self._air, 0, hands.card.height
        )
        line.setRight(rect.right() - self._inset - look.space(1))
        name = look.color(Role.TEXT_QUIET if cell.wanted else Role.TEXT_STRONG)
        hands.card.write(painter, line, cell.row.name, name)
        line = QRect(line.x(), line.bottom() + 1, line.width(), hands.caption.height)
        quiet = look.color(Role.TEXT_NORMAL if cell.selected else Role.TEXT_QUIET)
        hands.caption.write(painter, line, cell.row.variant or cell.row.animal, quiet)
        line = QRect(line.x(), line.bottom() + 1 + self._air, line.width(), hands.figures.height)
        self._paint_foot(painter, line, cell, quiet)

    @property
    def _inset(self) -> int:
        return self.scene.look.space(2) + self.scene.look.outline

    @property
    def _air(self) -> int:
        return self.scene.look.space(2)

    def _picture(self, width: int) -> QSize:
        side = max(width - 2 * self._inset, 1)
        return QSize(side, round(side * _PHOTO_SHAPE))

    def _paint_picture(self, painter: QPainter, rect: QRect, cell: Cell) -> None:
        row, look = cell.row, self.scene.look
        radius = max(look.radius - look.space(1), 0)
        shown = picture_of(self.scene, cell, rect.size(), radius)
        if cell.wanted:
            painter.setOpacity(_FADED)
        painter.drawPixmap(rect.topLeft(), shown)
        painter.setOpacity(1.0)
        if row.swing_tag and not cell.wanted:
            side = look.scaled(_TAG)
            tag = QRectF(rect.x() + look.space(2), rect.y() + look.space(2), side, side * 0.96)
            paint_swing_tag(painter, tag, self.scene, row.swing_tag)
        if row.flagged:
            paint_flag(painter, rect, look, self.scene.ratio)
        if cell.said:
            self._paint_ribbon(painter, rect, cell.said, radius)

    def _paint_ribbon(self, painter: QPainter, rect: QRect, said: Said, radius: int) -> None:
        high = ribbon_height(self.scene.look)
        size = QSize(rect.width(), high)
        ribbon = self.scene.frames.get_or(
            ("ribbon", said.words, rect.width()), lambda: self._ribbon(size, said, radius)
        )
        painter.drawPixmap(rect.x(), rect.bottom() + 1 - high, ribbon)

    def _ribbon(self, size: QSize, said: Said, radius: int) -> QPixmap:
        made = blank(size, self.scene.ratio)
        painter = QPainter(made)
        # Taller than what is seen of it, so that only the lower corners are round.
        room = QRectF(0, -size.height(), size.width(), 2 * size.height())
        look = self.scene.look
        paint_ribbon(
            painter, room, look, said.words, radius=radius, short=said.short, icon=said.icon
        )
        painter.end()
        return made

    def _paint_foot(self, painter: QPainter, line: QRect, cell: Cell, quiet: QColor) -> None:
        look, hands, row = self.scene.look, self.scene.hands, cell.row
        value = self.scene.money(row.value)
        hands.figures_strong.write_whole(painter, line, value, look.color(Role.TEXT_STRONG), RIGHT)
        taken = hands.figures_strong.width(value) + look.space(2) if value else 0
        grade = look.word(Word.WANTED) if cell.wanted else row.condition
        hands.caption.write(painter, line.adjusted(0, 0, -taken, 0), grade, quiet)

    @property
    def _spread(self) -> int:
        return 14 if self.scene.look.shadow is not Shadow.NONE else 4

    @property
    def _spread_point(self) -> QPoint:
        return QPoint(self._spread, self._spread)

    def _frame(self, size: QSize, cell: Cell) -> QPixmap:
        key = (
            "card", size.width(), size.height(),
            cell.selected, cell.current, cell.hovered, cell.dropping, cell.wanted,
        )  # fmt: skip
        return self.scene.frames.get_or(
            key, lambda: card_frame(self.scene, size, cell, self._spread)
        )


def picture_of(scene: Scene, cell: Cell, size: QSize, radius: int) -> QPixmap:
    """Give a copy's photo in a size, or its placeholder until there is one."""
    row = cell.row
    if row.thumbnail is not None:
        photo = scene.pictures.cut(row.thumbnail, size, radius, scene.ratio)
        if photo is not None:
            return photo
    return shape_of(scene, row, size, radius)


def shape_of(scene: Scene, row: CopyRow, size: QSize, radius: int | None) -> QPixmap:
    """Give an animal's placeholder; ``radius`` None: the shape alone, standing at the bottom."""
    number = tint_number(row.name) % len(scene.look.skin.tints)
    return scene.frames.get_or(
        ("none", size.width(), size.height(), radius, row.animal, number),
        lambda: placeholder(
            scene.look,
            name=row.name,
            animal=row.animal,
            size=size,
            radius=radius,
            ratio=scene.ratio,
        ),
    )


def paint_swing_tag(painter: QPainter, rect: QRectF, scene: Scene, text: str) -> None:
    """Paint the heart-shaped tag with its generation."""
    pad = rect.width() * _TAG_PAD
    room = rect.size().grownBy(QMarginsF(pad, pad, pad, pad))
    tag = scene.frames.get_or(("tag", text, rect.width()), lambda: _tag(scene, room, pad, text))
    painter.drawPixmap(QPointF(rect.x() - pad, rect.y() - pad), tag)


def _tag(scene: Scene, room: QSizeF, pad: float, text: str) -> QPixmap:
    look = scene.look
    made = blank(QSize(round(room.width()), round(room.height())), scene.ratio)
    painter = QPainter(made)
    paint_tag(
        painter,
        QRectF(pad, pad, room.width() - 2 * pad, room.height() - 2 * pad),
        fill=look.color(Role.TAG),
        ink=look.color(Role.ON_TAG),
        edge=tag_edge(look),
        text=text,
        font=scene.hands.tag,
    )
    painter.end()
    return made


def tag_edge(look: Look) -> QColor:
    """Choose the rim of a tag: ink where outlines are thick, white paper else."""
    if look.shadow is Shadow.HARD:
        return look.color(Role.ON_TAG)
    return QColor("#ffffff") if look.scheme is Scheme.LIGHT else look.color(Role.SURFACE_1)


def paint_flag(painter: QPainter, rect: QRect, look: Look, ratio: float) -> None:
    """Mark a copy that two devices disagree on."""
    side = look.scaled(_BADGE)
    at = QPoint(rect.right() - side - look.space(1), rect.y() + look.space(1))
    _paint_badge(
        painter, at, look, look.icon_pixmap(Icon.CONFLICT, look.scaled(_GLYPH), ratio, Role.WARNING)
    )


def paint_wait(painter: QPainter, rect: QRect, look: Look, ratio: float, icon: Icon) -> None:
    """Mark a copy whose picture is out of reach, where there is no room for words."""
    side = look.scaled(_BADGE)
    at = QPoint(rect.right() - side - look.space(1), rect.bottom() - side - look.space(1))
    _paint_badge(painter, at, look, look.icon_pixmap(icon, look.scaled(_GLYPH), ratio))


def _paint_badge(painter: QPainter, corner: QPoint, look: Look, picture: QPixmap) -> None:
    at = QRect(corner, QSize(look.scaled(_BADGE), look.scaled(_BADGE)))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(look.color(Role.SURFACE_1))
    painter.drawEllipse(at)
    inset = (at.width() - look.scaled(_GLYPH)) // 2
    painter.drawPixmap(at.topLeft() + QPoint(inset, inset), picture)
