"""Work that would make the screen stand still, sent away; its outcome comes back to the screen."""

from collections.abc import Callable
from threading import Thread
from typing import Generic, TypeVar

from PySide6.QtCore import QCoreApplication, QObject, Signal
from shiboken6 import isValid

T = TypeVar("T")


class Errand(QObject, Generic[T]):
    """One call in a thread of its own.

    ``then`` gets the result and ``failed`` an expected error, both on the screen's thread, and
    neither if ``asker`` is gone by then. An error that is not ``expected`` goes to the boundary
    handler (desktop.application.boundary), after ``failed`` got None.
    """

    _came = Signal(object, object)

    def __init__(
        self,
        asker: QObject,
        work: Callable[[], T],
        *,
        then: Callable[[T], None],
        failed: Callable[[Exception | None], None],
        expected: tuple[type[Exception], ...] = (),
    ) -> None:
        # The application owns it: an object must not die with its last name in the thread.
        super().__init__(QCoreApplication.instance())
        self._asker = asker
        self._work = work
        self._then = then
        self._failed = failed
        self._expected = expected
        self._came.connect(self._deliver)
        self._thread = Thread(target=self._go, name="errand", daemon=True)
        self._thread.start()

    def _go(self) -> None:
        outcome: tuple[Callable[..., None], object] = (self._failed, None)
        try:
            outcome = (self._then, self._work())
        except self._expected as error:
            outcome = (self._failed, error)
        finally:
            self._came.emit(*outcome)

    def _deliver(self, tell: Callable[[object], None], what: object) -> None:
        self._thread.join()  # it is leaving emit(); nobody may die before it has left
        self.deleteLater()
        if isValid(self._asker):
            tell(what)
