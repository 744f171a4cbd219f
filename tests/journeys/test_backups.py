"""A collector backs up, checks, repairs and restores, through real windows, on real files."""

import pytest
from PySide6.QtWidgets import QFileDialog, QRadioButton

from desktop.collection.photos_here import PhotoPolicy
from desktop.ui.backups.page import BackupsPage
from shared.domain.schema import Kind
from tests.journeys.hands import PASSWORD, add, begin_collection, called, names, press, write

ANOTHER = "another password here"


@pytest.fixture
def backups(tmp_path, monkeypatch):
    """The folder that the person chooses whenever one is asked for."""
    folder = tmp_path / "A stick"
    folder.mkdir()
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(folder))
    return folder


def page_of(window):
    window.commands["backups"].trigger()
    (page,) = (p for p in window.findChildren(BackupsPage) if p.isVisible())
    return page


def back_up(qtbot, window):
    press(page_of(window), "Back up now")
    qtbot.waitUntil(lambda: window.backups.labour is None, timeout=20_000)


def said(page):
    return [label.text() for label in page.findChildren(type(page._last._when))]


def test_a_backup_opens_beside_what_is_there(qtbot, computer, backups, monkeypatch):
    home = computer("artmatt")
    window = begin_collection(qtbot, home, "artmatt", "Art Matt")
    other = begin_collection(qtbot, computer("begin"), "begin", "Begin")
    add(window, "peanut")
    add(other, "garcia")
    untouched = other.live.collection.content_hash
    back_up(qtbot, window)
    (file,) = backups.glob("artmatt *.swingbackup")
    assert (backups / "swingtag_rescue.py").is_file()
    assert any(t.startswith("Read back whole") and "1 piece" in t for t in said(page_of(window)))

    add(window, "patti")
    window.commands["from_backup"].trigger()
    door = home.first_run
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(file), ""))
    press(door, "Choose the file\u2026")
    write(door, "Password when the backup was made", "wrong")
    press(door, "Next")
    name_it(door)
    press(door, "Next")
    step = door._trail.currentWidget()
    qtbot.waitUntil(lambda: "does not fit" in step.trouble.text(), timeout=20_000)
    press(door, "Back")
    write(door, "Password when the backup was made", PASSWORD)
    press(door, "Next")
    name_it(door)
    press(door, "Next")
    qtbot.waitUntil(lambda: len(home.desk._windows) == 2, timeout=20_000)
    restored = next(w for w in home.desk._windows.values() if w is not window)
    assert restored.windowTitle().startswith("As it was")
    assert names(restored) == ["Peanut"]
    assert sorted(names(window)) == ["Patti", "Peanut"]
    assert {known.name for known in home.known.all()} == {"artmatt", "As it was"}
    assert restored.live.collection.backups.state.last is None
    assert names(other) == ["Garcia"]
    assert other.live.collection.content_hash == untouched


def name_it(door):
    write(door, "Name of the collection", "As it was")
    write(door, "Password", ANOTHER)
    write(door, "Password again", ANOTHER)


def test_what_a_backup_lacks_is_told_before_and_after(
    qtbot, computer, backups, picture, monkeypatch
):
    home = computer("artmatt")
    window = begin_collection(qtbot, home, "artmatt")
    other = begin_collection(qtbot, computer("begin"), "begin")
    add(window, "peanut")
    collection = window.live.collection
    photo = collection.photos.add(window.panels.list.copies[0], picture.read_bytes())
    page = page_of(window)
    qtbot.waitUntil(lambda: not page._away._counting, timeout=5_000)
    assert page._away.isHidden()
    files = collection._vault.files
    files.remove(collection._vault.records.fields(Kind.PHOTO, photo)["file"])
    back_up(qtbot, window)
    page = page_of(window)
    words = "1 original is not on this device. A backup made now lacks it."
    qtbot.waitUntil(lambda: page._away.isVisible() and words in said(page), timeout=5_000)
    assert page._away._fetch.isHidden()  # no server has it
    assert "Not in it: 1 original that is not on this device." in said(page)
    assert not any("whole" in told for told in said(page))
    assert "Not in it: 1 original" in window.panels.bar._words.text()

    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(chosen(backups)), ""))
    restored = restore(qtbot, home, window)
    assert "1 picture was not in the backup" in restored.panels.bar._words.text()
    assert names(other) == []


def chosen(folder):
    (file,) = folder.glob("*.swingbackup")
    return file


def restore(qtbot, home, window):
    """Go through the door, and return the new window."""
    window.commands["from_backup"].trigger()
    door = home.first_run
    press(door, "Choose the file\u2026")
    write(door, "Password when the backup was made", PASSWORD)
    press(door, "Next")
    name_it(door)
    press(door, "Next")
    qtbot.waitUntil(lambda: len(home.desk._windows) == 2, timeout=20_000)
    return next(w for w in home.desk._windows.values() if w is not window)


def test_originals_are_fetched_before_a_backup_is_made(qtbot, computer, picture):
    window = begin_collection(qtbot, computer("artmatt"), "artmatt")
    other = begin_collection(qtbot, computer("begin"), "begin")
    add(window, "peanut")
    collection = window.live.collection
    photo = collection.photos.add(window.panels.list.copies[0], picture.read_bytes())
    records = collection._vault.records
    collection._vault.files.remove(records.fields(Kind.PHOTO, photo)["file"])
    page = page_of(window)
    here = collection.photos_here
    here._syncs = lambda: True
    page.refresh()
    qtbot.waitUntil(page._away._fetch.isVisible, timeout=5_000)
    press(page, "Fetch all originals")
    coming = "1 original is still on the way to this device. A backup made now lacks it."
    qtbot.waitUntil(lambda: coming in said(page), timeout=5_000)
    assert here.policy is PhotoPolicy.ALL
    assert page._away._fetch.isHidden()
    assert other.live.collection.photos_here.policy is PhotoPolicy.LOOKED_AT


def test_what_fails_is_said_with_what_to_do(qtbot, computer, backups, monkeypatch):
    window = begin_collection(qtbot, computer("artmatt"), "artmatt")
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(backups / "gone"))
    back_up(qtbot, window)
    assert "Plug in its disk" in window.panels.bar._words.text()
    assert any("Plug in its disk" in words for words in said(page_of(window)))
    monkeypatch.undo()
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(backups))
    back_up(qtbot, window)
    (file,) = backups.glob("*.swingbackup")
    raw = bytearray(file.read_bytes())
    raw[-100] ^= 1
    file.write_bytes(raw)
    press(page_of(window), "Read it back again")
    qtbot.waitUntil(lambda: window.backups.labour is None, timeout=20_000)
    assert any("Use another backup" in words for words in said(page_of(window)))


def test_a_check_finds_what_was_changed_behind_the_log_and_repair_undoes_it(qtbot, computer):
    home = computer("artmatt")
    window = begin_collection(qtbot, home, "artmatt")
    other = begin_collection(qtbot, computer("begin"), "begin")
    add(window, "peanut")
    add(other, "garcia")
    page = page_of(window)
    check(qtbot, page)
    assert "as its history says" in page.check._said.text()
    with window.live.collection._vault._database.writing() as cursor:
        cursor.execute("UPDATE model SET name = 'Forged'")
    check(qtbot, page)
    assert "do not read as their history says" in page.check._said.text()
    press(page, "Repair")
    qtbot.waitUntil(lambda: home.window not in {None, window}, timeout=20_000)
    assert names(home.window) == ["Peanut"]
    assert "built again from its history" in home.window.panels.bar._words.text()
    page = page_of(home.window)
    check(qtbot, page)
    assert "as its history says" in page.check._said.text()
    assert names(other) == ["Garcia"]


def check(qtbot, page):
    press(page, "Check this collection")
    qtbot.waitUntil(lambda: page.check._labour is None, timeout=20_000)


def test_the_kit_is_asked_for_where_it_is_chosen(computer):
    door = computer("artmatt").first_run
    door.open_backup()
    (kit,) = (b for b in door.findChildren(QRadioButton) if called(b) == "Emergency kit")
    kit.click()
    step = door._trail.currentWidget()
    assert step._words.isVisible()
    assert not step._password.isVisible()
    assert not step._forward.isEnabled()
