"""Work that would make the screen stand still, sent away; its outcome comes back to the screen."""

from collections.abc import Callable
from threading import Thread
from typing import Generic, TypeVar

from PySide6.QtCore import QObject, Signal
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
        super().__init__()
        self._asker = asker
        self._work = work
        self._then = then
        self._failed = failed
        self._expected = expected
        self._itself: Errand[T] | None = self  # nobody else holds it while the work goes on
        self._came.connect(self._deliver)
        Thread(target=self._go, name="errand", daemon=True).start()

    def _go(self) -> None:
        outcome: tuple[Callable[..., None], object] = (self._failed, None)
        try:
            outcome = (self._then, self._work())
        except self._expected as error:
            outcome = (self._failed, error)
        finally:
            self._came.emit(*outcome)

    def _deliver(self, tell: Callable[[object], None], what: object) -> None:
        self._itself = None
        if isValid(self._asker):
            tell(what)
