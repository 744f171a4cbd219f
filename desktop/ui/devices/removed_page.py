"""What a device says that was removed: what it still has, what it gets no more, and what to do."""

from PySide6.QtCore import Signal

from desktop.ui.controls import Button, Text
from desktop.ui.page import Page
from desktop.ui.zone import Zone, column, row

KEPT_REMOVED = "kept as it is after the removal"
"""The preference of a device that was removed, and whose person knows."""
_WHAT = (
    "One of your other devices put this one out of the collection. From then on it gets nothing "
    "new, and what it writes reaches nobody."
)
_HAS = (
    "All that it had got until then stays here, to read, to search and to take elsewhere. {} "
    "A backup of this copy opens with its password."
)
_WAITING = "{} changes of this device had not been sent; they are here only."
_JOIN = (
    "Join again as a new device, with a code from one of the others or with the emergency kit. It "
    "gets a copy of its own; this one stays beside it, so you can compare and take over what is "
    "missing."
)
_KEEP = "Keep this copy as it is. It says no more at each start that it was removed."


class RemovedPage(Page):
    """``waiting`` counts the changes that were never sent."""

    export_wanted = Signal()
    rejoin_wanted = Signal()
    kept = Signal()

    def __init__(self, waiting: int) -> None:
        unsent = _WAITING.format(waiting) if waiting else ""
        if waiting == 1:
            unsent = "1 change of this device had not been sent; it is here only."
        body = column(
            Text(_WHAT, "lead"),
            _card(
                Text(" ".join(_HAS.format(unsent).split())),
                Button("Back it up\u2026", pressed=self._export),
            ),
            _card(Text(_JOIN), Button("Join again\u2026", pressed=self._rejoin)),
            _card(Text(_KEEP), Button("Keep it as it is", pressed=self._keep)),
            gap=3,
        )
        super().__init__("This device was removed", Zone(layout=body))

    # Methods, not the signals themselves: those exist only once the page does.
    def _export(self) -> None:
        self.export_wanted.emit()

    def _rejoin(self) -> None:
        self.rejoin_wanted.emit()

    def _keep(self) -> None:
        self.kept.emit()


def _card(words: Text, way: Button) -> Zone:
    return Zone("card", column(words, row(way, None), gap=2, edge=3))
