"""The one place where an error of ours ends: a sentence for the collector, a report for us.

The report names files, lines and functions of the program and the kinds of the errors. It holds
no message, argument or local variable of any of them: those may be the collector's own words.
"""

import platform
import sys
import threading
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from traceback import walk_tb
from types import TracebackType

from PySide6.QtCore import QObject, Signal, qVersion

SENTENCE = (
    "Something went wrong inside Swingtag. What was saved is safe. "
    "A report without any of your data was written to {report}."
)
NO_REPORT_SENTENCE = "Something went wrong inside Swingtag. What was saved is safe."


class Boundary(QObject):
    """Catches what nobody expected, on any thread, and says so once on the screen's thread.

    ``explain`` gives the sentence of an error that is no fault of the program, a disk that broke
    while something was painted, say; empty for all others.
    """

    struck = Signal(str)

    def __init__(self, folder: Path, version: str, now: Callable[[], datetime]) -> None:
        super().__init__()
        self._folder = folder
        self._version = version
        self._now = now
        self.explain: Callable[[BaseException], str] = lambda _error: ""

    def stand_guard(self) -> None:
        """Take over from Python's own handlers, which print everything to the terminal."""
        sys.excepthook = self.handle
        threading.excepthook = self._handle_in_thread

    def handle(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        """Write the report and tell the screen; what the world did is told without a report."""
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
            return
        self.struck.emit(self.explain(error) or self._sentence(report(error, self._version)))

    def _handle_in_thread(self, args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None:
            self.handle(args.exc_type, args.exc_value, args.exc_traceback)

    def _sentence(self, text: str) -> str:
        name = f"report-{self._now():%Y%m%d-%H%M%S}.txt"
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            (self._folder / name).write_text(text, encoding="utf-8")
        except OSError:
            return NO_REPORT_SENTENCE
        return SENTENCE.format(report=self._folder / name)


def report(error: BaseException, version: str) -> str:
    """Describe an error by kinds and places only."""
    lines = [
        f"Swingtag {version}, Python {platform.python_version()}, Qt {qVersion()}",
        f"{platform.system()} {platform.release()} {platform.machine()}",
    ]
    link: BaseException | None = error
    while link is not None:
        lines += ["", type(link).__qualname__]
        lines += [
            f"  {_place(frame.f_code.co_filename)}:{line} {frame.f_code.co_name}"
            for frame, line in walk_tb(link.__traceback__)
        ]
        link = link.__cause__ or link.__context__
    return "\n".join(lines) + "\n"


def _place(file: str) -> str:
    """Keep the last three parts of a path: the rest may hold the person's name."""
    return "/".join(Path(file).parts[-3:])
