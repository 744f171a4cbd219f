"""The list of pieces that fit what is typed: names, variants, years, walked with the arrow keys."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import (
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
)
from typing_extensions import override

from desktop.collection.reference.pack import Piece
from desktop.ui.look import Look, TextSize, look_of
from desktop.ui.notation import Notation
from desktop.ui.zone import Zone, column
from shared.skins.tokens import Role

LINE_HEIGHT = 48
MOST_LINES = 6
_PIECE = Qt.ItemDataRole.UserRole
_MORE = Qt.ItemDataRole.UserRole + 1
_WALKING = {Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown}

_PICKING = {Qt.Key.Key_Return, Qt.Key.Key_Enter}


class Finder(Zone):
    """A line to type into and what it finds. ``picked`` carries a Piece, or None for an own name.

    The last line of the list is always the name as typed: not everything is in the catalogue.
    """

    picked = Signal(object, str)  # Piece | None, the text typed

    def __init__(self, search: Callable[[str], Sequence[Piece]], notation: Notation) -> None:
        self._search = search
        self._notation = notation
        self._typed = QLineEdit()
        self._typed.setProperty("role", "search")
        self._typed.setAccessibleName("Which one?")
        self._typed.setPlaceholderText("Name, style number or bar code")
        self._typed.setClearButtonEnabled(True)
        self._list = QListWidget()
        self._list.setAccessibleName("Pieces of the catalogue")
        self._list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._list.setItemDelegate(_Line(self._list))
        self._list.setUniformItemSizes(True)
        super().__init__(layout=column(self._typed, self._list, gap=2))
        self.setFocusProxy(self._typed)
        self._list.hide()
        self._typed.textChanged.connect(self._find)
        self._list.itemClicked.connect(lambda _item: self._pick())
        self._typed.installEventFilter(self)

    def start_over(self, text: str = "") -> None:
        """Empty the line and take the keyboard."""
        self._typed.setText(text)
        self._list.setVisible(bool(text))
        self._typed.setFocus()

    def close_list(self, text: str) -> None:
        """Show what was picked, without the list."""
        self._typed.blockSignals(True)  # noqa: FBT003 - Qt's own signature
        self._typed.setText(text)
        self._typed.blockSignals(False)  # noqa: FBT003 - Qt's own signature
        self._list.hide()

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() is QEvent.Type.KeyPress:
            return self._press(event)
        return super().eventFilter(watched, event)

    def _press(self, event: QKeyEvent) -> bool:
        """Let arrows walk the list and Enter pick from it; tell whether the key was used."""
        if event.key() in _WALKING:
            self._list.keyPressEvent(event)
        elif event.key() in _PICKING and not event.modifiers():
            self._pick()
        else:
            return False
        return True

    def _find(self, text: str) -> None:
        self._list.clear()
        typed = text.strip()
        if typed:
            for piece in self._search(typed):
                self._add(piece.name, piece, self._about(piece))
            self._add(f"\u201c{typed}\u201d", None, "Not in the list: add it by this name")
            self._list.setCurrentRow(0)
            line = look_of(self).scaled(LINE_HEIGHT)
            self._list.setFixedHeight(min(self._list.count(), MOST_LINES) * line + 4)
        self._list.setVisible(bool(typed))

    def _add(self, name: str, piece: Piece | None, more: str) -> None:
        item = QListWidgetItem(name, self._list)
        item.setData(_PIECE, piece)
        item.setData(_MORE, more)
        variant = piece.variant if piece else ""
        item.setData(
            Qt.ItemDataRole.AccessibleTextRole, ", ".join(filter(None, (name, variant, more)))
        )

    def _about(self, piece: Piece) -> str:
        years = "\u2013".join(
            self._notation.date(date)[-4:] for date in (piece.introduced, piece.retired) if date
        )
        number = f"no. {piece.style_number}" if piece.style_number else ""
        return " \u00b7 ".join(filter(None, (piece.animal, number, years, piece.exclusive_to)))

    def _pick(self) -> None:
        item = self._list.currentItem()
        typed = self._typed.text().strip()
        if item is not None and typed:
            self.picked.emit(item.data(_PIECE), typed)


_Index = QModelIndex | QPersistentModelIndex


class _Line(QStyledItemDelegate):
    """Paints a piece in two lines: name and variant, then the facts that tell it apart."""

    def __init__(self, owner: QListWidget) -> None:
        super().__init__(owner)
        self._owner = owner

    @override
    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        return QSize(0, look_of(self._owner).scaled(LINE_HEIGHT))

    @override
    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        look = look_of(self._owner)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if option.state & (QStyle.StateFlag.State_Selected | QStyle.StateFlag.State_MouseOver):
            selected = bool(option.state & QStyle.StateFlag.State_Selected)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(look.color(Role.SELECTION if selected else Role.SURFACE_2))
            ground = option.rect.adjusted(1, 1, -1, -1)
            painter.drawRoundedRect(ground, look.small_radius, look.small_radius)
        self._write(painter, option.rect, index, look)
        painter.restore()

    def _write(self, painter: QPainter, room: QRect, index: _Index, look: Look) -> None:
        inner = room.adjusted(look.space(2), look.space(1), -look.space(2), -look.space(1))
        upper = QRect(inner.x(), inner.y(), inner.width(), inner.height() // 2)
        lower = upper.translated(0, inner.height() // 2)
        piece: Piece | None = index.data(_PIECE)
        name = str(index.data(Qt.ItemDataRole.DisplayRole))
        painter.setFont(look.font(TextSize.BODY, strong=True))
        painter.setPen(look.color(Role.TEXT_STRONG))
        taken = _elided(painter, upper, name)
        painter.setFont(look.font(TextSize.BODY))
        painter.setPen(look.color(Role.TEXT_NORMAL))
        _elided(
            painter, upper.adjusted(taken + look.space(2), 0, 0, 0), piece.variant if piece else ""
        )
        painter.setFont(look.font(TextSize.CAPTION))
        painter.setPen(look.color(Role.TEXT_QUIET))
        _elided(painter, lower, str(index.data(_MORE)))


def _elided(painter: QPainter, room: QRect, text: str) -> int:
    """Write one line, shortened where it must be; return the width taken."""
    metrics = painter.fontMetrics()
    shown = metrics.elidedText(text, Qt.TextElideMode.ElideMiddle, max(room.width(), 0))
    painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, shown)
    return metrics.horizontalAdvance(shown)
