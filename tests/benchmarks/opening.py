"""The app itself, started on a collection whose key is remembered; tells when its list is painted.

Composed as ``desktop.application.main`` does, in the same order; only the keychain is the bench's.
"""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication
from typing_extensions import override

from desktop.application.desk import Desk
from desktop.application.main import load
from desktop.collection.known import KnownCollections
from desktop.ui.look import prepare

if TYPE_CHECKING:  # slow to import
    from desktop.application.keeper import Keeper


class Watcher(QObject):
    """Waits for the first list that shows all copies to be painted, and says so."""

    def __init__(self, copies: int) -> None:
        super().__init__()
        self._copies = copies
        self._told = False

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if not self._told and event.type() == QEvent.Type.Paint and self._is_the_list(watched):
            self._told = True
            sys.stdout.write("painted\n")
            sys.stdout.flush()
        return False

    def _is_the_list(self, watched: QObject) -> bool:
        # Deferred for the same reason as the rest of the screens.
        from desktop.ui.shelf.canvas import Canvas  # noqa: PLC0415 - see above

        canvas = watched.parent()
        return isinstance(canvas, Canvas) and len(canvas.pages) == self._copies


def main() -> int:
    """Open the window and stay until the input ends."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("copies", type=int)
    asked = parser.parse_args()
    app = QApplication(sys.argv[:1])
    prepare(app)
    known = KnownCollections(asked.folder / "known.json", asked.folder)
    watcher = Watcher(asked.copies)
    app.installEventFilter(watcher)
    desk = Desk(known, load(lambda: keeper_of(known, asked.folder)))
    desk.start()
    return app.exec()


def keeper_of(known: KnownCollections, folder: Path) -> "Keeper":
    """Build what opens collections as the app does, with the bench's keychain."""
    # Deferred on purpose: the first window is painted meanwhile.
    from desktop.application.keeper import build_keeper  # noqa: PLC0415 - see above
    from tests.benchmarks.devices import BenchKeychain  # noqa: PLC0415 - see above

    return build_keeper(known, BenchKeychain(folder / "keychain"))


if __name__ == "__main__":
    sys.exit(main())
