"""What a device says that may look and not change."""

from desktop.ui.controls import Text
from desktop.ui.look import say
from desktop.ui.zone import Zone, column

_WORDS = "This device may only look: everything is here to read, and nothing can be changed."


class OnlyLooks(Zone):
    """A line under the top bar, there before anybody types. Hidden until it is needed."""

    def __init__(self) -> None:
        notice = Zone("notice", column(Text(_WORDS), gap=0, edge=1))
        super().__init__(layout=column(notice, gap=0, edge=2))
        say(notice, "warning", name="state")
        self.setAccessibleName(_WORDS)
        self.hide()
