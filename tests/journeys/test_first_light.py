"""The main journeys of a collector, through real windows, on real files."""

from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from desktop.ui.field.form import Place
from shared.domain.schema import Kind
from tests.journeys.hands import (
    CONTROL,
    KEY,
    PASSWORD,
    add,
    begin_collection,
    come_forward,
    drop_file,
    keys,
    names,
    press,
    unlock,
    write,
)

PAID = Place(Kind.COPY, "paid")


def test_a_collector_catalogues_changes_loses_nothing_and_comes_back(qtbot, computer, picture):
    home = computer("artmatt")
    window = begin_collection(qtbot, home, "artmatt", "Art Matt")
    assert window.wardrobe.skin.name == "artmatt"
    for typed in ("peanut", "4025", "humphery"):
        add(window, typed)
    assert sorted(names(window)) == ["Humphrey", "Patti", "Peanut"]

    panels = window.panels
    panels.add.closed.emit()
    panels.list.shelf.choose([panels.list.copies[names(window).index("Peanut")]])
    box = panels.inspector._view.boxes[PAID]
    box.control.setFocus()
    QTest.keyClicks(box.control, "12.50")
    QTest.keyClick(box.control, KEY.Key_Return)
    assert "paid $12.50" in panels.list._totals.text()

    drop_file(panels.inspector._view.photos, picture)
    copy = panels.inspector.copy
    detail = window.live.collection.detail
    qtbot.waitUntil(lambda: len(detail(copy).photos) == 1, timeout=10_000)
    qtbot.waitUntil(lambda: len(panels.inspector._view.photos._thumbs) == 1)

    write(window, "Search", "peanut")
    qtbot.waitUntil(lambda: names(window) == ["Peanut"])
    keys("", KEY.Key_Down)
    panels.list.shelf.choose(panels.list.copies)
    QTest.keyClick(panels.list.shelf, KEY.Key_Delete)
    assert names(window) == []
    window.commands["undo"].trigger()
    assert names(window) == ["Peanut"]

    window.commands["lock"].trigger()
    qtbot.waitUntil(lambda: home.unlock is not None)
    assert home.window is None
    unlock(qtbot, home, "wrong horse")
    assert "password does not fit" in home.unlock._trouble.text()
    unlock(qtbot, home, PASSWORD)
    assert sorted(names(home.window)) == ["Humphrey", "Patti", "Peanut"]
    assert len(home.window.live.collection.detail(copy).photos) == 1
    assert home.window.wardrobe.skin.name == "artmatt"


def test_two_collectors_side_by_side_never_mix(qtbot, computer):
    one = begin_collection(qtbot, computer("artmatt"), "artmatt", "Art Matt")
    other = begin_collection(qtbot, computer("begin"), "begin", "Begin")
    add(one, "peanut")
    add(other, "garcia")
    add(other, "patti")
    assert names(one) == ["Peanut"]
    assert sorted(names(other)) == ["Garcia", "Patti"]
    assert (one.wardrobe.skin.name, other.wardrobe.skin.name) == ("artmatt", "begin")
    assert one.styleSheet() != other.styleSheet()
    one.commands["undo"].trigger()
    assert names(one) == []
    assert sorted(names(other)) == ["Garcia", "Patti"]


def test_the_keyboard_alone_is_enough(qtbot, computer):
    window = begin_collection(qtbot, computer("artmatt"), "artmatt")
    come_forward(window)
    shelf = window.panels.list.shelf
    shelf.setFocus()
    QTest.keyClick(window, KEY.Key_N, CONTROL)
    keys("peanut", KEY.Key_Return)  # find, take the first
    keys("", KEY.Key_Space)  # keep what the catalogue says
    keys("", KEY.Key_Return, modifiers=CONTROL)  # save, next
    keys("patti", KEY.Key_Return)
    keys("", KEY.Key_Return, modifiers=CONTROL)
    assert sorted(names(window)) == ["Patti", "Peanut"]
    keys("", KEY.Key_Escape)
    assert shelf.hasFocus()
    keys("", KEY.Key_Home, KEY.Key_Return)  # open the first one's details
    assert window.panels.inspector.copy == window.panels.list.copies[0]
    reached = set()
    for _ in range(60):
        reached.add(QApplication.focusWidget().accessibleName())
        QTest.keyClick(QApplication.focusWidget(), KEY.Key_Tab)
    assert {"Paid", "Notes", "Photos", "New tag", "Search", "Shelves"} <= reached
    shelf.setFocus()
    keys("pat")
    qtbot.waitUntil(lambda: names(window) == ["Patti"])
    keys("", KEY.Key_Escape)
    qtbot.waitUntil(lambda: len(names(window)) == 2)
    keys("", KEY.Key_Home, KEY.Key_Delete)
    assert len(names(window)) == 1
    QTest.keyClick(window, KEY.Key_Z, CONTROL)
    assert len(names(window)) == 2


def test_the_sample_is_there_to_look_around_and_gone_afterwards(qtbot, computer):
    home = computer("artmatt")
    first = home.first_run
    first._doors.look_around.emit()
    qtbot.waitUntil(lambda: home.window is not None, timeout=20_000)
    assert len(names(home.window)) > 5
    folder = home.window.live.collection.folder
    assert folder.is_dir()
    home.window.close()
    assert not folder.exists()
    assert home.known.all() == []


def test_what_cannot_be_understood_waits_for_the_collector_to_come_back(qtbot, computer):
    window = begin_collection(qtbot, computer("artmatt"), "artmatt")
    add(window, "peanut")
    add(window, "patti")
    panels = window.panels
    panels.add.closed.emit()
    first, second = panels.list.copies
    panels.list.shelf.choose([first])
    box = panels.inspector._view.boxes[PAID]
    box.control.setFocus()
    QTest.keyClicks(box.control, "a fortune")
    panels.list.shelf.choose([second])
    assert box.control.text() == ""
    panels.list.shelf.choose([first])
    assert box.control.text() == "a fortune"
    assert not box.hint.isHidden()
    assert window.live.collection.detail(first).copy_fields.get("paid") is None


def test_two_windows_may_unlock_at_the_same_moment(qtbot, computer):
    homes = [computer("artmatt"), computer("begin")]
    for home, name in zip(homes, ("artmatt", "begin"), strict=True):
        begin_collection(qtbot, home, name)
        home.window.commands["lock"].trigger()
    for home in homes:
        write(home.unlock, "Password", PASSWORD)
        press(home.unlock, "Unlock")
    qtbot.waitUntil(lambda: all(home.window for home in homes), timeout=20_000)
