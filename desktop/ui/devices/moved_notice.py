"""Another device has moved the collection: one click, and this one follows."""

from PySide6.QtCore import Signal

from desktop.ui.controls import Button, Text
from desktop.ui.devices.online import Online
from desktop.ui.errand import Errand
from desktop.ui.first_run.beginnings import Trouble
from desktop.ui.look import say
from desktop.ui.zone import Zone, column, row

_WHAT = "One of your devices moved this collection to {}."
_GOES = "What is here goes there too, sealed as it is."


class MovedNotice(Zone):
    """Hidden unless there is such an address, and this device does not sync there."""

    done = Signal()

    def __init__(self, online: Online) -> None:
        self._online = online
        self._where = Text()
        self._trouble = Text(role="danger")
        self._go = Button("Sync there", "primary", pressed=self._follow)
        super().__init__(
            "notice",
            column(
                Text("Your collection is at another server", "title"),
                self._where,
                Text(_GOES),
                self._trouble,
                row(self._go, None),
                gap=3,
                edge=3,
            ),
        )
        say(self, "warning", name="state")
        self._trouble.hide()
        self.hide()

    def show_address(self, elsewhere: str) -> None:
        """Show where the collection is, or nothing."""
        self._where.say(_WHAT.format(elsewhere))
        self.setAccessibleName(self._where.text())
        self.setVisible(bool(elsewhere))

    def _follow(self) -> None:
        self._go.setEnabled(False)
        self._trouble.hide()
        Errand(
            self,
            self._online.follow_server,
            then=self._answered,
            failed=lambda _error: self._go.setEnabled(True),
        )

    def _answered(self, trouble: Trouble | None) -> None:
        self._go.setEnabled(True)
        if trouble is None:
            self.done.emit()
            return
        self._trouble.say(trouble.sentence)
        self._trouble.show()
