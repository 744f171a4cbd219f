"""The small controls that every screen is built of: plain text, icons in the skin's colour, names.

Each has a name for screen readers, and none reads markup: what a collector typed is shown as
it was typed.
"""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QLabel,
    QLineEdit,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QWidget,
)
from typing_extensions import override

from desktop.ui.look import Icon, look_of
from shared.skins.tokens import Role

ICON_PIXELS = 18
_TINTED = "tinted"
_WRAPPED = int(Qt.AlignmentFlag.AlignLeft | Qt.TextFlag.TextWordWrap)


class Text(QLabel):
    """Words on the screen, wrapped unless ``one_line``; a long line ends in the middle."""

    def __init__(self, words: str = "", role: str = "", *, one_line: bool = False) -> None:
        super().__init__()
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(not one_line)
        self._one_line = one_line
        if role:
            self.setProperty("role", role)
        if one_line:
            self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.say(words)

    def say(self, words: str) -> None:
        """Show other words."""
        self.say_shorter([words])

    def say_shorter(self, ways: Sequence[str]) -> None:
        """Show the first of these, the longest, or on a narrow line a shorter one that fits."""
        self._ways = tuple(ways)
        self.setText(ways[0])
        self.setAccessibleName(ways[0])

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint; a line that is too long loses its middle, and shows it on hovering."""
        if not self._one_line:
            super().paintEvent(event)
            return
        room, metrics = self.contentsRect(), self.fontMetrics()
        fitting = (way for way in self._ways if metrics.horizontalAdvance(way) <= room.width())
        words = next(fitting, self._ways[-1])
        shown = metrics.elidedText(words, Qt.TextElideMode.ElideMiddle, room.width())
        self.setToolTip(as_plain_tip(self.text()) if shown != self.text() else "")
        painter = QPainter(self)
        painter.setPen(self.palette().color(self.foregroundRole()))
        painter.drawText(room, int(self.alignment() | Qt.TextFlag.TextSingleLine), shown)
        painter.end()


def as_plain_tip(words: str) -> str:
    """Guard a tooltip, which has no plain-text mode, against words that look like markup."""
    escaped = words.replace("&", "&amp;").replace("<", "&lt;").replace("\n", "<br>")
    return f"<p style='white-space:pre-wrap'>{escaped}</p>" if words else ""


class Button(QPushButton):
    """A button with words and perhaps an icon in the colour its role asks for."""

    def __init__(
        self,
        words: str,
        role: str = "",
        *,
        icon: Icon | None = None,
        pressed: Callable[[], object] | None = None,
    ) -> None:
        super().__init__(words)
        self._icon = icon
        self.setAccessibleName(words.replace("&", ""))
        self.setAutoDefault(role == "primary")
        if role:
            self.setProperty("role", role)
        if pressed is not None:
            self.clicked.connect(lambda _on=False: pressed())

    @override
    def setText(self, words: str) -> None:
        """Say something else, aloud too."""
        super().setText(words)
        self.setAccessibleName(words.replace("&", ""))

    @override
    def changeEvent(self, event: QEvent) -> None:
        """Take the icon's colour from a new look."""
        super().changeEvent(event)
        if event.type() in {QEvent.Type.StyleChange, QEvent.Type.ParentChange}:
            tint(self, self._icon, _button_ink(self.property("role")))


class Choice(QWidget):
    """A radio button or a tick whose words wrap, as Qt's own do not; a click on them counts.

    The words are painted here and said by the button, so nobody hears them twice.
    """

    def __init__(self, button: QAbstractButton, words: str) -> None:
        super().__init__()
        self._button, self._words = button, words
        button.setParent(self)
        button.setAccessibleName(words)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    @override
    def sizeHint(self) -> QSize:
        wide = self._left + self.fontMetrics().horizontalAdvance(self._words)
        return QSize(wide, self.heightForWidth(wide))

    @override
    def minimumSizeHint(self) -> QSize:
        widest = max(map(self.fontMetrics().horizontalAdvance, self._words.split()))
        return QSize(self._left + widest, self._button.sizeHint().height())

    @override
    def heightForWidth(self, width: int, /) -> int:
        room = QRect(0, 0, max(width - self._left, 1), 0)
        words = self.fontMetrics().boundingRect(room, _WRAPPED, self._words)
        return max(words.height(), self._button.sizeHint().height())

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        size = self._button.sizeHint()
        self._button.setGeometry(QRect(QPoint(0, 0), size))

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setPen(self.palette().color(self.foregroundRole()))
        lower = max(self._button.height() - self.fontMetrics().height(), 0) // 2
        painter.drawText(self.rect().adjusted(self._left, lower, 0, 0), _WRAPPED, self._words)
        painter.end()

    @override
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self.rect().contains(event.position().toPoint()):
            self._button.click()
            self._button.setFocus()

    @property
    def _left(self) -> int:
        return self._button.sizeHint().width() + look_of(self).space(2)


class IconButton(QToolButton):
    """A button that is only an icon; ``name`` says what it does, on hovering and aloud."""

    def __init__(
        self,
        name: str,
        icon: Icon,
        *,
        role: str = "",
        pressed: Callable[[], object] | None = None,
    ) -> None:
        super().__init__()
        self._icon = icon
        self.setToolTip(name)
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        if role:
            self.setProperty("role", role)
        if pressed is not None:
            self.clicked.connect(lambda _on=False: pressed())

    def show_icon(self, icon: Icon, name: str) -> None:
        """Become a button for something else."""
        self._icon = icon
        self.setToolTip(name)
        self.setAccessibleName(name)
        tint(self, icon, _button_ink(self.property("role")))

    @override
    def changeEvent(self, event: QEvent) -> None:
        """Take the icon's colour from a new look."""
        super().changeEvent(event)
        if event.type() in {QEvent.Type.StyleChange, QEvent.Type.ParentChange}:
            tint(self, self._icon, _button_ink(self.property("role")))


def tint(button: QAbstractButton, icon: Icon | None, ink: Role) -> None:
    """Give a button an icon in the colour of the look that it wears."""
    look = look_of(button)
    if icon is None or button.property(_TINTED) == (icon, ink, look):
        return  # Qt tells of a new style more often than there is one
    button.setProperty(_TINTED, (icon, ink, look))
    side = look.scaled(ICON_PIXELS)
    button.setIcon(look.icon(icon, ink, side))
    button.setIconSize(QSize(side, side))


def _button_ink(role: object) -> Role:
    match role:
        case "primary":
            return Role.ON_ACCENT
        case "danger":
            return Role.DANGER
        case "link":
            return Role.ACCENT
        case _:
            return Role.TEXT_NORMAL


class Secret(QLineEdit):
    """A password as it is typed, with an eye that shows it."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setPlaceholderText(name)
        self.setEchoMode(QLineEdit.EchoMode.Password)
        self.setInputMethodHints(
            Qt.InputMethodHint.ImhSensitiveData | Qt.InputMethodHint.ImhNoPredictiveText
        )
        self._eye = self.addAction(look_of(self).icon(Icon.SHOW), self._eye_place)
        self._eye.setToolTip("Show the password")
        self._eye.triggered.connect(self._look)

    _eye_place = QLineEdit.ActionPosition.TrailingPosition

    def take(self) -> str:
        """Return what was typed and forget it."""
        typed = self.text()
        self.clear()
        return typed

    @override
    def changeEvent(self, event: QEvent) -> None:
        """Tint the eye anew."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.StyleChange and hasattr(self, "_eye"):
            self._draw_eye()

    def _look(self) -> None:
        hidden = self.echoMode() is QLineEdit.EchoMode.Password
        self.setEchoMode(QLineEdit.EchoMode.Normal if hidden else QLineEdit.EchoMode.Password)
        self._draw_eye()

    def _draw_eye(self) -> None:
        hidden = self.echoMode() is QLineEdit.EchoMode.Password
        self._eye.setIcon(look_of(self).icon(Icon.SHOW if hidden else Icon.HIDE, Role.TEXT_QUIET))
        self._eye.setToolTip("Show the password" if hidden else "Hide the password")
