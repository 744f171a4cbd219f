"""Step one of a new collection: what it is called, and the password that opens it."""

from PySide6.QtWidgets import QLineEdit

from desktop.ui.controls import Secret, Text
from desktop.ui.first_run.step import Step
from desktop.ui.first_run.strength import Strength, strength
from desktop.ui.zone import Zone, column

_DIFFERENT = "The two passwords differ. Type the same one twice."

_NEW = (
    "The password never leaves this computer, so nobody can reset it. "
    "In a minute you get 24 words that open your collection if you forget it."
)
_HERE = "The password opens it on this computer only; your other devices keep theirs."


class PasswordPair(Zone):
    """A new password, typed twice, with words about its strength."""

    def __init__(self, name: str = "Password") -> None:
        self.first = Secret(name)
        self.second = Secret(f"{name} again")
        self._advice = Text(role="caption")
        self._advice.hide()
        super().__init__(layout=column(self.first, self._advice, self.second, gap=2))
        self.first.textChanged.connect(self._advise)

    @property
    def agreed(self) -> str | None:
        """The password, if there is one and both are the same."""
        typed = self.first.text()
        return typed if typed and typed == self.second.text() else None

    @property
    def differs(self) -> bool:
        """Whether the second is long enough to be seen to differ."""
        first, second = self.first.text(), self.second.text()
        return bool(second) and not first.startswith(second) and first != second

    def _advise(self, typed: str) -> None:
        judged = strength(typed)
        self._advice.say(judged.value)
        self._advice.setVisible(judged is not Strength.EMPTY)


class NamingStep(Step):
    """Asks for the name and the password."""

    def __init__(self, *, joining: bool = False) -> None:
        self._name = QLineEdit()
        self._name.setAccessibleName("Name of the collection")
        self._name.setPlaceholderText(
            "Name of the collection, as in \u201cAnna\u2019s Beanies\u201d"
        )
        self._pair = PasswordPair()
        super().__init__(
            "On this computer" if joining else "A new collection",
            "What shall we call it here, and what opens it?"
            if joining
            else "What shall we call it, and what opens it?",
            Zone(
                layout=column(
                    self._name, self._pair, Text(_HERE if joining else _NEW, "caption"), gap=4
                )
            ),
            "Next",
        )
        for line in (self._name, self._pair.first, self._pair.second):
            line.textChanged.connect(self._judge)
        self._judge()

    @property
    def name(self) -> str:
        """What the collection is called."""
        return self._name.text().strip()

    @property
    def password(self) -> str:
        """What opens it; empty until both fields agree."""
        return self._pair.agreed or ""

    def _judge(self) -> None:
        self.refuse(_DIFFERENT if self._pair.differs else "")
        self.allow(forward=bool(self.name and self.password))
