"""No server any more for this device: what that means, and one button."""

from collections.abc import Callable

from PySide6.QtCore import Signal

from desktop.collection.photos_here import Amount
from desktop.ui.controls import Button, Text
from desktop.ui.devices.move_page import KEEPS
from desktop.ui.devices.online import Online
from desktop.ui.devices.originals_warning import OriginalsWarning
from desktop.ui.errand import Errand
from desktop.ui.first_run.beginnings import Trouble
from desktop.ui.page import Page
from desktop.ui.zone import Zone, column, row

_STAYS = "All that is here stays here. From now on nothing goes to {} or comes from there."
_OTHERS = (
    "Your other devices go on there until you do the same on each of them. Between them and this "
    "one a stick, a shared folder or a bundle carries what is new."
)
_KIT = (
    "Your emergency kit brings back what the server has today. Make backups of what comes later. "
    "You may sign up at a server again whenever you like."
)
_FETCH = "What is only at the server would stay there: fetch it first, in the settings, Photos."


class LeavePage(Page):
    """``missing`` counts originals that only the server may have; it waits."""

    gone = Signal()

    def __init__(self, online: Online, missing: Callable[[], Amount]) -> None:
        self._online = online
        self._trouble = Text(role="danger")
        self._go = Button("Go on without a server", "danger", pressed=self._leave)
        stay = Button("Stay at the server", pressed=self._stay)
        facts = map(Text, (_STAYS.format(online.server), KEEPS, _OTHERS, _KIT))
        super().__init__(
            "Without a server from now on",
            Zone(
                layout=column(
                    column(*facts, gap=2),
                    OriginalsWarning(missing, _FETCH),
                    self._trouble,
                    row(self._go, stay, None, gap=2),
                    gap=4,
                )
            ),
            "Back to the devices",
        )
        self._trouble.hide()

    def _stay(self) -> None:
        self.left.emit()

    def _leave(self) -> None:
        self._go.setEnabled(False)
        Errand(
            self,
            self._online.leave_server,
            then=self._answered,
            failed=lambda _error: self._go.setEnabled(True),
        )

    def _answered(self, trouble: Trouble | None) -> None:
        if trouble is None:
            self.gone.emit()
            return
        self._go.setEnabled(True)
        self._trouble.say(trouble.sentence)
        self._trouble.show()
