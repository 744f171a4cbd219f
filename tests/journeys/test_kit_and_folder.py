"""The only computer is lost, and there never was a server: the sheet and a stick bring all back."""

import pytest
from PySide6.QtWidgets import QFileDialog, QPlainTextEdit, QRadioButton

from desktop.collection.values import Query
from desktop.ui.first_run.beginnings import Trouble, Wanted
from desktop.ui.kit.kit import read_kit
from desktop.ui.kit.restored import RestoredPage
from shared.domain.schema import Kind
from tests.journeys.hands import (
    KEY,
    PASSWORD,
    add,
    begin_collection,
    come_forward,
    keys,
    named,
    press,
    shown,
    write,
)
from tests.journeys.test_by_files import says
from tests.journeys.test_exchange import let_in, rest, show_page

PATIENCE = 30_000
NEXT = "Next"


@pytest.fixture
def stick(monkeypatch, tmp_path):
    """A folder that every dialog chooses, and a bundle beside it."""
    folder = tmp_path / "stick"
    folder.mkdir()
    bundle = str(tmp_path / "all.swingbundle")
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(folder))
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (bundle, ""))
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (bundle, ""))
    return folder


def live(qtbot, computer, name, picture, kits):
    """Keep a collection with a photo, and exchange it by the stick."""
    window = begin_collection(qtbot, computer, name, kits=kits)
    add(window, "peanut")
    (copy,) = window.live.collection.find(Query()).ids
    window.live.collection.photos.add(copy, picture.read_bytes())
    exchange(qtbot, window)
    return window


def exchange(qtbot, window):
    page = show_page(window)
    press(page, "Exchange now" if shown(page, "Exchange now") else "Choose a folder\u2026")
    rest(qtbot, window)


def name_it(qtbot, computer):
    first = computer.first_run
    qtbot.waitUntil(lambda: shown(first, "Name of the collection"), timeout=PATIENCE)
    write(first, "Name of the collection", "mine again")
    write(first, "Password", PASSWORD)
    write(first, "Password again", PASSWORD)
    press(first, NEXT)
    qtbot.waitUntil(lambda: computer.window is not None, timeout=PATIENCE)
    return computer.window


def what_counts(window):
    """All that a collector sees: but for the devices, of which there is one more."""
    records = window.live.collection._vault.records
    kinds = [kind for kind in Kind if kind is not Kind.DEVICE]
    return {kind: dict(records.living(kind)) for kind in kinds}


def photos(window):
    collection = window.live.collection
    vault = collection._vault
    return {
        photo: [vault.files.read(fields[part]) for part in ("file", "thumb_file")]
        for photo, fields in vault.records.living(Kind.PHOTO).items()
    }


def told(*_):
    """Hear how far it is."""


def stops():
    """Give up at once."""
    return True


def contents(folder):
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_two_collectors_come_back_by_their_sheets_and_one_stick(qtbot, computer, stick, picture):
    kits, lost = [], []
    for name in ("artmatt", "begin"):
        window = live(qtbot, computer(name), name, picture, kits)
        lost.append((what_counts(window), photos(window)))
    tablet = let_in(window, computer("begin-tablet"))
    for each in (window, tablet):
        exchange(qtbot, each)
    press(show_page(window), "Save a bundle\u2026")
    rest(qtbot, window)
    artmatt = _by_folder(qtbot, computer("artmatt-again"), kits[0], stick)
    begin = _by_bundle(qtbot, computer("begin-again"), kits)
    for window, (content, pictures) in zip((artmatt, begin), lost, strict=True):
        assert what_counts(window) == content
        assert photos(window) == pictures != {}
        qtbot.waitUntil(lambda w=window: isinstance(w.pages._shown, RestoredPage), timeout=PATIENCE)
    for each in (begin, tablet):
        exchange(qtbot, each)
    assert tablet.live.collection.content_hash == begin.live.collection.content_hash
    cards = {card.name for card in tablet.live.collection.roster.cards() if not card.paper}
    assert cards == {"begin's laptop", "begin-tablet's laptop", "begin-again's laptop"}
    tablet.pages.show_devices()
    assert says(tablet, "begin-again's laptop")


def _by_folder(qtbot, fresh, kit, stick):
    """Come back out of the folder; words that are none, and giving up, leave nothing behind."""
    first = fresh.first_run
    press(first, "Restore from the emergency kit")
    named(first, "The 24 words", QPlainTextEdit).setPlainText("umbrella " * 24)
    named(first, "From a folder or a file", QRadioButton).click()
    assert not named(first, NEXT).isEnabled(), "no place is chosen yet"
    press(first, "Choose a folder\u2026")
    press(first, NEXT)
    qtbot.waitUntil(lambda: says(first, "not the 24 words"), timeout=PATIENCE)
    before = contents(stick)
    found = fresh.desk._keeper.result().find(read_kit(kit).words, stick)
    assert isinstance(found.come_back(Wanted("never", PASSWORD), told, stops), Trouble)
    assert fresh.known.all() == []
    assert not list(fresh.known.folder.glob("*"))
    assert contents(stick) == before
    named(first, "The 24 words", QPlainTextEdit).setPlainText(kit)
    come_forward(first)
    named(first, NEXT).setFocus()
    keys("", KEY.Key_Space)
    return name_it(qtbot, fresh)


def _by_bundle(qtbot, fresh, kits):
    """Come back out of the file, which somebody else's words do not open."""
    first = fresh.first_run
    press(first, "Restore from the emergency kit")
    named(first, "The 24 words", QPlainTextEdit).setPlainText(kits[0])
    assert named(first, "From a folder or a file", QRadioButton).isChecked(), "as the kit says"
    press(first, "Choose a file\u2026")
    press(first, NEXT)
    qtbot.waitUntil(lambda: says(first, "These words open no collection"), timeout=PATIENCE)
    named(first, "The 24 words", QPlainTextEdit).setPlainText(kits[1])
    press(first, NEXT)
    return name_it(qtbot, fresh)
