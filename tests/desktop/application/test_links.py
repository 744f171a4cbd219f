"""A link on the command line, of this start or of a later one."""

from concurrent.futures import Future

import pytest
from PySide6.QtWidgets import QLabel

from desktop.application.desk import Desk
from desktop.application.main import grant
from desktop.collection.known import KnownCollections
from desktop.ui.first_run.window import FirstRunWindow
from desktop.ui.look import prepare


@pytest.fixture
def desk(qapp, tmp_path):
    prepare(qapp)
    made = Desk(KnownCollections(tmp_path / "known.json", tmp_path), Future())
    yield made
    made._show_door(None)


def says(desk, words):
    shown = [each.text() for each in desk._door.findChildren(QLabel) if each.isVisible()]
    return any(words in text.replace("\u200b", "") for text in shown)  # where a name may wrap


def test_a_link_is_shown_and_nothing_is_loaded_for_it(desk):
    grant(desk, "swingtag://join?server=artmatt.beanie.ty")
    assert isinstance(desk._door, FirstRunWindow)
    assert says(desk, "artmatt.beanie.ty")
    grant(desk, "swingtag://new?server=begin.beanie.ty")
    assert says(desk, "begin.beanie.ty")
    assert not says(desk, "artmatt")


def test_a_bad_link_is_told_and_changes_nothing(desk):
    grant(desk, "swingtag://delete?server=beanie.ty")
    assert says(desk, "none that Swingtag understands")
    assert says(desk, "Welcome to Swingtag")
    before = desk._door
    grant(desk, "swingtag://join?server=user@beanie.ty")
    assert desk._door is before
