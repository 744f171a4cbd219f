"""Two lines and a button by which a collection gets a place at a server."""

from PySide6.QtCore import Signal

from desktop.ui.controls import Button, Text
from desktop.ui.devices.online import Online
from desktop.ui.errand import Errand
from desktop.ui.first_run.beginnings import Trouble
from desktop.ui.first_run.server_lines import ServerLines
from desktop.ui.zone import Zone, column, row


class SignUp(Zone):
    """A place at a server. ``waits`` is what to read while it is being got."""

    done = Signal()

    def __init__(
        self,
        online: Online,
        heading: str = "Sync through a server",
        deed: str = "Sign up",
        waits: str = "",
    ) -> None:
        self._online = online
        self._lines = ServerLines(online.judge)
        self._go = Button(deed, "primary", pressed=self._sign_up)
        self._trouble = Text(role="danger")
        self._waits = Text(waits, "caption")
        super().__init__(
            layout=column(
                Text(heading, "title"),
                self._lines,
                self._trouble,
                row(self._go, None),
                self._waits,
                gap=3,
            )
        )
        self._trouble.hide()
        self._waits.hide()
        self._go.setEnabled(False)
        self._lines.judged.connect(lambda: self._go.setEnabled(self._lines.free))

    def _sign_up(self) -> None:
        place = self._lines.wish
        self._ready(ready=False)
        self._trouble.hide()
        Errand(
            self,
            lambda: self._online.sign_up(place),
            then=self._answered,
            failed=lambda _error: self._ready(ready=True),
        )

    def _ready(self, *, ready: bool) -> None:
        self._go.setEnabled(ready)
        self._lines.setEnabled(ready)
        self._waits.setVisible(not ready and bool(self._waits.text()))

    def _answered(self, trouble: Trouble | None) -> None:
        self._ready(ready=True)
        if trouble is None:
            self.done.emit()
            return
        self._trouble.say(trouble.sentence)
        self._trouble.show()
