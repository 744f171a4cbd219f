import pytest
from PySide6.QtWidgets import QPushButton, QRadioButton

from desktop.collection.photos_here import Freed, PhotoPolicy
from desktop.collection.values import Draft, Query
from desktop.drawing.portraits import portrait
from desktop.sync.freeing import UnsentEditsError
from desktop.ui.controls import Text
from desktop.ui.first_run.beginnings import Trouble
from desktop.ui.settings.photos import PhotosForm
from tests.desktop.ui.conftest import Offline


class Server(Offline):
    """The seam to a server that frees, or says why not."""

    server = "https://beanie.example"
    outcome = Freed(3, 4_300_000, 1)

    def free(self, progress):
        progress.at("Asking", 1, 4)
        return self.outcome


@pytest.fixture
def artmatt(collections):
    collection = collections[0]
    copy = collection.copies.add(Draft(model={"name": "Patti"}))
    for number in range(2):
        collection.photos.add(copy, portrait("Patti", "Platypus", "", number))
    return collection


def said(form):
    return " ".join(text.text() for text in form.findChildren(Text) if text.isVisibleTo(form))


def press(form, words):
    (button,) = [
        each
        for each in form.findChildren(QPushButton)
        if each.text() == words and each.isVisibleTo(form)
    ]
    button.click()


def shown(qtbot, artmatt, notation, online):
    form = PhotosForm(artmatt.photos_here, online, notation)
    qtbot.addWidget(form)
    form.show()
    form.refresh()
    qtbot.waitUntil(lambda: "2 originals" in said(form))
    return form


def test_the_choice_is_this_devices_own(qtbot, artmatt, notation):
    form = shown(qtbot, artmatt, notation, Server())
    ways = form.findChildren(QRadioButton)
    assert [way.isChecked() for way in ways] == [False, True, False]
    hash_before, waiting = artmatt.content_hash, artmatt.undo_label
    ways[2].click()
    assert artmatt.photos_here.policy is PhotoPolicy.ALL
    assert (artmatt.content_hash, artmatt.undo_label) == (hash_before, waiting)
    qtbot.waitUntil(lambda: "Removes originals" not in said(form))  # they would only come again
    ways[0].click()
    qtbot.waitUntil(lambda: "Removes originals" in said(form))


def test_freeing_says_what_went_and_what_stayed_and_is_undone_by_fetching(qtbot, artmatt, notation):
    form = shown(qtbot, artmatt, notation, Server())
    press(form, "Free up space")
    qtbot.waitUntil(lambda: "3 originals removed" in said(form))
    assert "1 original stayed" in said(form)
    press(form, "Fetch them again")
    assert artmatt.photos_here.policy is PhotoPolicy.ALL


def test_what_prevents_freeing_is_one_sentence(qtbot, artmatt, notation):
    server = Server()
    server.outcome = Trouble(UnsentEditsError().sentence)
    form = shown(qtbot, artmatt, notation, server)
    press(form, "Free up space")
    qtbot.waitUntil(lambda: "Sync first" in said(form))


def test_pictures_in_the_trash_go_for_good_once_that_was_asked(qtbot, artmatt, notation):
    (copy,) = artmatt.find(Query()).ids
    first, _ = artmatt.detail(copy).photos
    artmatt.photos.remove(first.photo)
    form = PhotosForm(artmatt.photos_here, Offline(), notation)
    qtbot.addWidget(form)
    form.show()
    form.refresh()
    qtbot.waitUntil(lambda: "1 picture in the trash" in said(form))
    assert "this computer only" in said(form)
    press(form, "Delete for good\u2026")
    press(form, "Keep them")
    press(form, "Delete for good\u2026")
    press(form, "Delete for good")
    qtbot.waitUntil(lambda: "Deleted." in said(form))
    assert artmatt.photos_here.space().originals.count == 1
    assert artmatt.photos_here.space().trashed.count == 0
