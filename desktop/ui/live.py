"""The one signal of the program: something in the collection reads differently now."""

from PySide6.QtCore import QObject, Signal

from desktop.collection.collection import Collection
from shared.domain.operations import Change


class LiveCollection(QObject):
    """A Collection that tells the views what to repaint.

    Its listeners may be called on the sync worker's thread; ``changed`` and ``synced`` always
    come on the screen's.
    """

    changed = Signal(object)  # Change
    _arrived = Signal(object)

    def __init__(self, collection: Collection, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.collection = collection
        self._arrived.connect(self._announce)
        collection.subscribe(self._arrived.emit)

    def _announce(self, change: Change) -> None:
        self.changed.emit(change)
