import itertools
import secrets

import pytest
from PySide6.QtCore import QLocale

from desktop.collection.known import KnownCollections
from desktop.collection.library import Library, Machine, Wish
from desktop.collection.reference.catalogue import load
from desktop.drawing.imaging import QtImaging
from desktop.ui.first_run.beginnings import Trouble, Verdict
from desktop.ui.live import LiveCollection
from desktop.ui.look import prepare
from desktop.ui.look.packs import bundled, bundled_skin
from desktop.ui.notation import Notation
from desktop.ui.window.main_window import MainWindow
from desktop.vault.vault import Surroundings

PASSWORD = "correct horse battery"


class Offline:
    """The seam to the server, for a computer that never saw one."""

    server = ""

    def judge(self, server, name):
        return Verdict(f"{server} does not know {name}.")

    def sign_up(self, place):
        return Trouble(self.judge(place.server, place.name).why_not)

    def welcome(self, code):
        return Trouble(f"No device waits with {code}.")

    def about(self):
        return Trouble("There is no server.")

    def cancel(self):
        pass


@pytest.fixture(scope="session")
def reference():
    return load()


@pytest.fixture(autouse=True, scope="session")
def _prepared(qapp):
    prepare(qapp)


@pytest.fixture
def notation():
    return Notation(QLocale("en_US"))


@pytest.fixture
def library(tmp_path, reference):
    """A machine of one collector, made as often as a test asks."""
    moments = itertools.count(1_700_000_000_000, 1000)

    def make(name):
        home = tmp_path / name
        known = KnownCollections(home / "collections.json", home / "collections")
        surroundings = Surroundings(lambda: next(moments), secrets.token_bytes)
        machine = Machine(surroundings, None, QtImaging(), f"{name}'s laptop", "Linux")
        return Library(known, reference, machine)

    return make


@pytest.fixture
def collections(library):
    """One open collection of each of two collectors."""
    opened = [
        library(name).create(Wish(name, PASSWORD, skin=name)).collection
        for name in ("artmatt", "begin")
    ]
    yield opened
    for collection in opened:
        collection.close()


@pytest.fixture
def windows(qtbot, collections, notation):
    """A window of each collector, side by side, each in the collector's own skin."""
    made = [
        MainWindow(LiveCollection(one), Offline(), notation, bundled(), bundled_skin(one.name))
        for one in collections
    ]
    for window in made:
        qtbot.addWidget(window)
        window.resize(1280, 820)
        window.show()
    yield made
    for window in made:
        window.close()


@pytest.fixture
def window(windows):
    return windows[0]


@pytest.fixture
def other(windows):
    return windows[1]
