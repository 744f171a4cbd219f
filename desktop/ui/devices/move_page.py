"""Another server for a collection that has one: what happens, and two lines to type."""

from collections.abc import Callable

from PySide6.QtCore import Signal

from desktop.collection.photos_here import Amount
from desktop.collection.values import SyncPhase, SyncStatus
from desktop.ui.controls import Text
from desktop.ui.devices.online import Online
from desktop.ui.devices.originals_warning import OriginalsWarning
from desktop.ui.devices.sign_up import SignUp
from desktop.ui.page import Page
from desktop.ui.zone import Zone, column

KEEPS = (
    "The old server keeps what it has: sealed bytes that it cannot read. Swingtag cannot delete "
    "them there. If you want them gone, ask its operator."
)
_LEAD = "This device syncs at {}. Another server can take its place."
_GOES = (
    "All that is here goes there, what your other devices wrote too. It stays sealed as it is; "
    "nothing is encrypted again."
)
_OTHERS = (
    "Your other devices hear of it through the old server, as long as it answers, and follow with "
    "one click under Devices. On one that hears nothing, choose \u201cAnother server\u201d and "
    "type the same address and name."
)
_KIT = "Write the new address on your emergency kit. Its words stay good."
_WAITS = (
    "Moving. First this device and the old server tell each other what is new, if that one still "
    "answers."
)
_UNEVEN = (
    "This device and the old server are not level just now. If that server still answers, sync "
    "first: what it alone has would stay behind."
)
_FETCH = (
    "Fetch what is missing first, in the settings, Photos, or keep a device that has it: only what "
    "a device has can go along."
)
_BEHIND = {SyncPhase.OFFLINE, SyncPhase.TROUBLE, SyncPhase.PAUSED}


class MovePage(Page):
    """``missing`` counts originals that only the old server may have; it waits."""

    moved = Signal()

    def __init__(self, online: Online, missing: Callable[[], Amount]) -> None:
        self._uneven = Text(_UNEVEN, "warning")
        facts = map(Text, (_GOES, KEEPS, _OTHERS, _KIT))
        place = SignUp(online, "The other server", "Move there", _WAITS)
        super().__init__(
            "Another server",
            Zone(
                layout=column(
                    Text(_LEAD.format(online.server)),
                    self._uneven,
                    OriginalsWarning(missing, _FETCH),
                    place,
                    Zone(layout=column(Text("What happens", "title"), *facts, gap=2)),
                    gap=4,
                )
            ),
            "Back to the devices",
        )
        place.done.connect(self.moved)

    def follow(self, status: SyncStatus) -> None:
        """Warn while something has not gone over."""
        level = status.last_synced_millis is not None and not status.waiting
        self._uneven.setVisible(not level or status.phase in _BEHIND)
