"""The one signal of the program: something in the collection reads differently now."""

from collections.abc import Callable
from typing import TypeVar

from PySide6.QtCore import QObject, Signal

from desktop.collection.collection import Collection
from desktop.collection.errors import EXPECTED, sentence
from desktop.collection.values import SyncStatus
from shared.domain.operations import Change

T = TypeVar("T")


class LiveCollection(QObject):
    """A Collection that tells the views what to repaint.

    The collection calls its listeners on whichever thread made the change; ``changed`` and
    ``synced`` always come on the screen's. ``troubled`` carries a sentence about a deed that
    the world prevented.
    """

    changed = Signal(object)  # Change
    synced = Signal(object)  # SyncStatus
    troubled = Signal(str)
    _change_came = Signal(object)
    _status_came = Signal(object)

    def __init__(self, collection: Collection, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.collection = collection
        self._change_came.connect(self._announce)
        self._status_came.connect(self._report)
        self._ends = (
            collection.subscribe(self._change_came.emit),
            collection.watch(self._status_came.emit),
        )

    def attempt(self, deed: Callable[[], T]) -> T | None:
        """Do something with the collection; what the world prevents becomes a sentence."""
        try:
            return deed()
        except EXPECTED as error:
            self.troubled.emit(sentence(error))
            return None

    def stop(self) -> None:
        """Tell no more, for the window goes away."""
        for end in self._ends:
            end()
        # What is on its way to the screen's thread comes to nothing.
        self.blockSignals(True)  # noqa: FBT003 - Qt takes it by place only

    def _announce(self, change: Change) -> None:
        self.changed.emit(change)

    def _report(self, status: SyncStatus) -> None:
        self.synced.emit(status)
