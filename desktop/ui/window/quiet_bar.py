"""The quiet bar: one sentence about what just happened, with at most one thing to do about it."""

from collections.abc import Callable

from PySide6.QtCore import QTimer

from desktop.ui.controls import Button, IconButton, Text
from desktop.ui.look import Icon, say
from desktop.ui.zone import Zone, column, row

SECONDS = 10


class QuietBar(Zone):
    """A notice at the foot of the window. Good news leaves by itself, trouble waits."""

    def __init__(self) -> None:
        self._words = Text()
        self._action = Button("Undo", "link")
        self._close = IconButton("Close this notice", Icon.CLOSE, pressed=self.hide)
        inner = row(self._words, self._action, self._close, gap=2, edge=1, sides=3)
        inner.setStretch(0, 1)
        self._notice = Zone("notice", inner)
        super().__init__(layout=column(self._notice, gap=0, edge=2))
        self.setAccessibleName("Notice")
        self._run: Callable[[], object] | None = None
        self._action.clicked.connect(self._act)
        self._timer = QTimer(self, singleShot=True, interval=SECONDS * 1000)
        self._timer.timeout.connect(self.hide)
        self.hide()

    def tell(
        self, sentence: str, *, action: str = "", run: Callable[[], object] | None = None
    ) -> None:
        """Say what was done; it goes away after a while."""
        self._show(sentence, "positive", action, run)
        self._timer.start()

    def warn(
        self, sentence: str, *, action: str = "", run: Callable[[], object] | None = None
    ) -> None:
        """Say what went wrong; it stays until it is closed or something else is said."""
        self._timer.stop()
        self._show(sentence, "danger", action, run)

    def _show(
        self, sentence: str, state: str, action: str, run: Callable[[], object] | None
    ) -> None:
        self._words.say(sentence)
        self._action.setText(action)
        self._action.setVisible(bool(action))
        self._run = run
        say(self._notice, state, name="state")
        self.show()

    def _act(self) -> None:
        self.hide()
        if self._run is not None:
            self._run()
