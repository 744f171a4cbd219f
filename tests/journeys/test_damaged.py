"""A damaged collection at the unlock window: what is left of it, and what brings it back."""

import sys
import threading
from datetime import UTC, datetime

import pytest

from desktop.application import main
from desktop.application.boundary import Boundary
from desktop.application.desk import Desk
from desktop.application.keeper import BEYOND, DAMAGED
from desktop.collection.known import KnownCollections
from desktop.collection.values import Draft
from desktop.ui.first_run.beginnings import Wanted
from desktop.vault.opening import DATABASE, UNLOCK
from tests.journeys.hands import PASSWORD, names, press, shown, unlock

PAGE = 4096
REPAIR, BACKUP, AGAIN = "Repair", "Restore a backup\u2026", "Join again or use the kit\u2026"


@pytest.fixture
def homes(computer):
    """Artmatt's closed collection with the root of its copies, and begin's open one."""
    keeper, artmatt = begun(computer("artmatt"), "artmatt", "Peanut")
    with artmatt._vault._database.reading() as cursor:
        sql = "SELECT rootpage FROM sqlite_master WHERE name = 'copy'"
        ((root,),) = cursor.execute(sql).fetchall()
    keeper.close(artmatt)
    keeper, begin = begun(computer("begin"), "begin", "Garcia")
    yield artmatt.folder, root, begin, begin.content_hash
    keeper.close(begin)


def begun(computer, name, piece):
    keeper = computer.desk._keeper.result()
    collection = keeper.create(Wanted(name, PASSWORD)).collection
    collection.copies.add(Draft(model={"name": piece}))
    return keeper, collection


def overwrite(file, page):
    raw = bytearray(file.read_bytes())
    raw[(page - 1) * PAGE : page * PAGE] = bytes(PAGE)
    file.write_bytes(raw)


def test_a_damaged_file_is_told_again_by_a_click(qtbot, computer, homes):
    folder, root, other, untouched = homes
    overwrite(folder / DATABASE, root)
    home = computer("artmatt")
    unlock(qtbot, home, PASSWORD)
    door = home.unlock
    assert door._trouble.text() == DAMAGED
    assert all(shown_button(door, name) for name in (REPAIR, BACKUP, AGAIN))
    assert not shown(door, "Password")
    press(door, REPAIR)
    qtbot.waitUntil(lambda: home.window is not None, timeout=20_000)
    assert names(home.window) == ["Peanut"]
    assert "built again from its history" in home.window.panels.bar._words.text()
    assert other.content_hash == untouched


def test_what_is_beyond_repair_leads_to_backup_device_or_kit(qtbot, computer, homes):
    folder, _, other, untouched = homes
    overwrite(folder / DATABASE, 1)
    home = computer("artmatt")
    unlock(qtbot, home, PASSWORD)
    door = home.unlock
    press(door, REPAIR)
    qtbot.waitUntil(lambda: door._trouble.text() == BEYOND, timeout=20_000)
    assert not shown_button(door, REPAIR)
    press(door, BACKUP)
    qtbot.waitUntil(lambda: home.first_run is not None, timeout=20_000)
    assert (folder / DATABASE).exists()
    home.first_run.close()
    box = folder / UNLOCK
    box.write_bytes(box.read_bytes()[:-1])
    home.desk.visit(folder)
    unlock(qtbot, home, PASSWORD)
    assert "is damaged" in home.unlock._trouble.text()
    assert not shown_button(home.unlock, REPAIR)
    press(home.unlock, AGAIN)
    qtbot.waitUntil(lambda: home.first_run is not None, timeout=20_000)
    assert other.content_hash == untouched


def shown_button(door, name):
    remedies = (door._repair, door._backup, door._again)
    return any(b.text() == name and b.isVisible() for b in remedies)


def test_a_program_that_is_broken_says_so_at_the_first_window(qtbot, tmp_path, monkeypatch):
    """What builds the data layer fails in its thread: the window must not wait for it."""
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    monkeypatch.setattr(threading, "excepthook", threading.excepthook)
    boundary = Boundary(tmp_path / "reports", "1", lambda: datetime(2026, 1, 1, tzinfo=UTC))
    boundary.stand_guard()
    folder = tmp_path / "collections" / "artmatt.swingtag"
    folder.mkdir(parents=True)
    known = KnownCollections(tmp_path / "known.json", folder.parent)

    def build():
        raise ImportError("a file of the program is missing")

    desk = Desk(known, main.load(build))
    boundary.struck.connect(desk.tell)
    desk.start()
    door = desk._door
    qtbot.waitUntil(lambda: "Something went wrong" in door._trouble.text(), timeout=20_000)
    door._password.setText(PASSWORD)
    press(door, "Unlock")
    qtbot.waitUntil(lambda: "Something went wrong" in door._trouble.text(), timeout=20_000)
    assert door._unlock.isEnabled()
    door.close()
