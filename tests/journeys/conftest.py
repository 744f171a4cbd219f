"""The program as it runs, but for the event loop: a desk, a keeper, real windows, real files."""

import itertools
import random
import secrets
import time
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path

import pytest
from PySide6.QtCore import QLocale
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QApplication

from desktop.application.desk import Desk
from desktop.application.keeper import Keeper
from desktop.collection.known import KnownCollections
from desktop.collection.library import Machine
from desktop.collection.reference.catalogue import load
from desktop.drawing.imaging import QtImaging
from desktop.sync.courier import open_http
from desktop.sync.network import Network
from desktop.sync.rhythm import Rhythm
from desktop.ui.first_run.window import FirstRunWindow
from desktop.ui.look import prepare
from desktop.ui.unlock.window import UnlockWindow
from desktop.ui.window.main_window import MainWindow
from desktop.vault.vault import Surroundings


@dataclass
class Computer:
    """One collector's computer."""

    desk: Desk
    known: KnownCollections

    def sole(self, kind):
        """The one visible window of a kind, or None."""
        own = (*self.desk._windows.values(), self.desk._door)
        shown = [w for w in own if isinstance(w, kind) and w.isVisible()]
        return shown[0] if len(shown) == 1 else None

    @property
    def first_run(self) -> FirstRunWindow | None:
        return self.sole(FirstRunWindow)

    @property
    def unlock(self) -> UnlockWindow | None:
        return self.sole(UnlockWindow)

    @property
    def window(self) -> MainWindow | None:
        return self.sole(MainWindow)

    def close(self):
        for window in list(self.desk._windows.values()):
            window.close()
        if self.desk._door is not None:
            self.desk._door.close()


@pytest.fixture(scope="session")
def reference():
    return load()


@pytest.fixture(autouse=True, scope="session")
def _prepared(qapp):
    prepare(qapp)


@pytest.fixture
def computer(tmp_path, reference):
    """Make a computer by the collector's name; the same name is the same computer, restarted."""
    moments = itertools.count(time.time_ns() // 1_000_000)
    http = open_http()
    made = []

    def start(name):
        home: Path = tmp_path / name
        known = KnownCollections(home / "collections.json", home / "collections")
        surroundings = Surroundings(lambda: next(moments), secrets.token_bytes)
        machine = Machine(surroundings, None, QtImaging(), f"{name}'s laptop", "Linux")
        network = Network(http, surroundings, Rhythm(time.monotonic, random.random))
        keeper: Future[Keeper] = Future()
        keeper.set_result(Keeper(known, reference, machine, network, QLocale("en_US")))
        computer = Computer(Desk(known, keeper), known)
        made.append(computer)
        computer.desk.start()
        return computer

    yield start
    for computer in made:
        computer.close()
    http.close()
    QApplication.processEvents()


@pytest.fixture
def picture(tmp_path):
    """A file with a picture in it."""
    image = QImage(640, 480, QImage.Format.Format_RGB32)
    image.fill(QColor("#c8202f"))
    path = tmp_path / "peanut.png"
    image.save(str(path))
    return path
