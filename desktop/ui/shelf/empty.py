"""What an empty shelf says: a picture, one sentence, one thing to do next."""

from dataclasses import dataclass

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget
from typing_extensions import override

from desktop.ui.badges.heart import mark
from desktop.ui.look import Look, look_of
from shared.skins.tokens import Art

_MARK = 96


@dataclass(frozen=True, slots=True)
class Emptiness:
    """The words for one reason why nothing is listed. No ``action``: no button."""

    title: str
    text: str
    action: str = ""


class EmptyShelf(QWidget):
    """Stands in the middle of a shelf without copies."""

    chosen = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._what = Emptiness("", "")
        self._mark, self._title, self._text = QLabel(), QLabel(), QLabel()
        self._action = QPushButton()
        self._title.setProperty("role", "heading")
        self._action.setProperty("role", "primary")
        self._action.clicked.connect(self.chosen.emit)
        column = QVBoxLayout(self)
        column.setAlignment(Qt.AlignmentFlag.AlignCenter)
        for part in (self._mark, self._title, self._text, self._action):
            column.addWidget(part, alignment=Qt.AlignmentFlag.AlignHCenter)
        for label in (self._title, self._text):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            label.setWordWrap(True)
        self._mark.setAccessibleName("")
        self.hide()

    def say(self, what: Emptiness) -> None:
        """Show the words for a reason."""
        self._what, look = what, look_of(self)
        self._mark.setPixmap(self._picture(look))
        self._title.setText(what.title)
        self._text.setText(what.text)
        self._action.setText(what.action)
        self._action.setVisible(bool(what.action))
        self._text.setMinimumWidth(look.scaled(320))
        layout = self.layout()
        if layout is not None:
            layout.setSpacing(look.space(3))

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.StyleChange:
            self.say(self._what)

    def _picture(self, look: Look) -> QPixmap:
        size, ratio = look.scaled(_MARK), self.devicePixelRatioF()
        emblem = look.art(Art.EMBLEM)
        if emblem is None or emblem.isNull():
            return mark(size, ratio)
        picture = QPixmap.fromImage(
            emblem.scaled(
                QSize(round(size * ratio), round(size * ratio)),
                Qt.AspectRatioMode.KeepAspectRatio,
                Qt.TransformationMode.SmoothTransformation,
            )
        )
        picture.setDevicePixelRatio(ratio)
        return picture
