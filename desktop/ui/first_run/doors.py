"""The first screen of all: five doors."""

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QPushButton, QScrollArea, QSizePolicy
from typing_extensions import override

from desktop.ui.controls import Text
from desktop.ui.look import Icon, Look, look_of
from desktop.ui.page import fit
from desktop.ui.unlock.mark import Mark
from desktop.ui.zone import Zone, column, row, space_out
from shared.skins.tokens import Role

WIDTH, MARK, SIGN = 520, 96, 28

_DOORS = (
    (Icon.HEART, "Start a new collection", "Takes a minute. No account needed."),
    (
        Icon.JOIN,
        "Join with another device",
        "You keep a collection on another computer already.",
    ),
    (Icon.RESTORE, "Restore from the emergency kit", "With the 24 words that you printed."),
    (Icon.SAFE, "I have a backup", "A file whose name ends in .swingbackup."),
    (Icon.SAMPLE, "Look around", "A sample collection, thrown away when you close it."),
)


class Doors(Zone):
    """Where to begin. Each door is one signal."""

    new = Signal()
    join = Signal()
    restore = Signal()
    backup = Signal()
    look_around = Signal()

    def __init__(self) -> None:
        self._mark = Mark()
        heading = Text("Welcome to Swingtag", "display")
        lead = Text("Your Beanie Babies, in a catalogue that only you can read.", "lead")
        for words in (heading, lead):
            words.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._doors = [_Door(*words) for words in _DOORS]
        self._trouble = Text(role="danger")
        self._trouble.hide()
        self._middle = Zone(
            layout=column(
                row(None, self._mark, None), heading, lead, self._trouble, *self._doors, gap=3
            )
        )
        page = Zone("page", column(None, row(None, self._middle, None), None, edge=5))
        scroll = QScrollArea()
        scroll.setAccessibleName("Welcome to Swingtag")
        scroll.setWidgetResizable(True)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(page)
        super().__init__("page", column(scroll, gap=0))
        signals = (self.new, self.join, self.restore, self.backup, self.look_around)
        for door, signal in zip(self._doors, signals, strict=True):
            door.clicked.connect(signal)

    def say(self, sentence: str) -> None:
        """Say what went wrong."""
        self._trouble.say(sentence)
        self._trouble.setVisible(bool(sentence))

    def wait(self, *, waiting: bool) -> None:
        """Show that something is under way."""
        for door in self._doors:
            door.setEnabled(not waiting)

    @override
    def put_on(self, look: Look) -> None:
        super().put_on(look)
        self._mark.stretch(look.scaled(MARK))
        fit(self._middle, self.width(), look.scaled(WIDTH))

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        fit(self._middle, self.width(), look_of(self).scaled(WIDTH))


class _Door(QPushButton):
    """A large button: a sign, what it is, and a quiet line about it."""

    def __init__(self, icon: Icon, title: str, more: str) -> None:
        super().__init__()
        self.setProperty("role", "door")
        self.setAccessibleName(title)
        self.setAccessibleDescription(more)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self._icon = icon
        self._sign = QLabel()
        self._box = row(
            self._sign,
            column(Text(title, "strong"), Text(more, "caption"), gap=1),
            gap=4,
            edge=3,
            sides=4,
        )
        self._box.setStretch(1, 1)
        self.setLayout(self._box)
        for label in self.findChildren(QLabel):
            label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._sign.setAccessibleName("")

    @override
    def sizeHint(self) -> QSize:
        return self._box.sizeHint()

    @override
    def minimumSizeHint(self) -> QSize:
        return self._box.minimumSize()

    @override
    def heightForWidth(self, width: int, /) -> int:
        return self._box.heightForWidth(width)

    def put_on(self, look: Look) -> None:
        """Take the sign's colour and the distances of a look."""
        space_out(self._box, look)
        side = look.scaled(SIGN)
        self._sign.setPixmap(
            look.icon_pixmap(self._icon, side, self.devicePixelRatioF(), Role.ACCENT)
        )
        self._sign.setFixedSize(side, side)

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in {QEvent.Type.StyleChange, QEvent.Type.ParentChange}:
            self.put_on(look_of(self))
