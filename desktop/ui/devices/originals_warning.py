"""A warning before a server is left: originals that are there and not on this device."""

from collections.abc import Callable

from desktop.collection.photos_here import Amount
from desktop.ui.controls import Text
from desktop.ui.errand import Errand

_ONE = "The original of 1 photo is not on this device."
_SOME = "The originals of {} photos are not on this device."


class OriginalsWarning(Text):
    """Counts as soon as it is made; hidden while there are none. ``advice`` follows the count."""

    def __init__(self, missing: Callable[[], Amount], advice: str) -> None:
        super().__init__(role="warning")
        self._advice = advice
        self.hide()
        Errand(self, missing, then=self._show, failed=lambda _error: None)

    def _show(self, missing: Amount) -> None:
        count = _ONE if missing.count == 1 else _SOME.format(missing.count)
        self.say(f"{count} {self._advice}")
        self.setVisible(missing.count > 0)
