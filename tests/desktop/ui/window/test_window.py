from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from desktop.collection.values import Draft
from desktop.drawing.portraits import portrait
from desktop.ui.add.panel import AddPanel
from desktop.ui.inspector.stage import Stage
from desktop.ui.live import LiveCollection
from desktop.ui.look import Look, look_of
from desktop.ui.look.packs import bundled
from desktop.ui.window.main_window import MainWindow
from desktop.ui.window.palette import Palette
from shared.domain.money import Money
from shared.domain.operations import Delete
from shared.domain.schema import Kind
from shared.skins.tokens import Scheme, Skin, View
from tests.desktop.ui.conftest import Offline


@pytest.fixture
def stocked(window):
    """Three copies, added through the collection, in the window of artmatt."""
    copies = window.live.collection.copies
    copies.add(Draft(model={"name": "Peanut"}, copy={"paid": Money(12_50, "USD").pack()}))
    copies.add(Draft(model={"name": "Patti"}, location="Attic / Box 3"))
    copies.add(Draft(model={"name": "Humphrey"}, copy={"value": Money(300_00, "USD").pack()}))
    return window


def names(window):
    return [row.name for row in window.live.collection.rows(window.panels.list.copies)]


def totals(window):
    return window.panels.list._totals.text()


def test_totals_are_always_in_sight_and_hide_from_guests(stocked):
    assert "3" in totals(stocked)
    assert "$300.00" in totals(stocked)
    stocked.commands["guest"].trigger()
    assert "$" not in totals(stocked)
    stocked.commands["guest"].trigger()
    assert "$12.50" in totals(stocked)


def test_guests_see_no_amount_in_the_inspector(stocked):
    stocked.panels.list.shelf.choose([stocked.panels.list.copies[0]])
    boxes = stocked.panels.inspector._view.boxes
    money = [box for place, box in boxes.items() if place.field in {"paid", "value"}]
    assert all(not box.isHidden() for box in money)
    stocked.commands["guest"].trigger()
    assert all(box.isHidden() for box in money)


def test_typing_anywhere_searches_and_esc_empties(qtbot, stocked):
    shelf, search = stocked.panels.list.shelf, stocked.panels.top.search
    shelf.setFocus()
    QTest.keyClicks(shelf, "pat")
    qtbot.waitUntil(lambda: names(stocked) == ["Patti"])
    assert search.text() == "pat"
    QTest.keyClick(search, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: len(names(stocked)) == 3)
    assert search.text() == ""


def test_deleting_offers_the_way_back(stocked):
    shelf = stocked.panels.list.shelf
    shelf.choose([stocked.panels.list.copies[0]])
    QTest.keyClick(shelf, Qt.Key.Key_Delete)
    assert len(names(stocked)) == 2
    assert not stocked.panels.bar.isHidden()
    assert "went to the trash" in stocked.panels.bar._words.text()
    stocked.panels.bar._action.click()
    assert len(names(stocked)) == 3
    assert "Undone" in stocked.panels.bar._words.text()


def test_card_and_inspector_say_the_same_of_a_picture_that_is_not_here(stocked):
    live, shelf = stocked.live.collection, stocked.panels.list.shelf
    copy, *_ = stocked.panels.list.copies
    live.photos.add(copy, portrait("Peanut", "Elephant", "", 1))
    small, large = sorted(live.folder.glob("files/*/*"), key=lambda path: path.stat().st_size)
    shelf.refresh()
    assert "missing" not in shelf.item_text(0)
    large.unlink()
    shelf.refresh()
    assert shelf.item_text(0).endswith("The original is missing")
    assert "missing" not in shelf.item_text(1)
    shelf.choose([copy])
    stage = stocked.panels.inspector.findChild(Stage)
    assert stage.accessibleDescription() in shelf._hint(0).replace("&#x27;", "'")
    assert stage._words == "The original is missing"
    assert small.is_file()


def test_a_picture_that_changed_on_the_disk_is_told_where_it_is_shown(qtbot, stocked):
    live, shelf = stocked.live.collection, stocked.panels.list.shelf
    copy, *_ = stocked.panels.list.copies
    picture = portrait("Peanut", "Elephant", "", 1)
    live.photos.add(copy, picture)
    _small, large = sorted(live.folder.glob("files/*/*"), key=lambda path: path.stat().st_size)
    whole = large.read_bytes()
    large.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    shelf.choose([copy])
    stage = stocked.panels.inspector.findChild(Stage)
    qtbot.waitUntil(lambda: stage._words == "The picture is damaged")
    assert "changed or damaged on this disk" in stage.accessibleDescription()
    qtbot.waitUntil(lambda: shelf.item_text(0).endswith("The picture is damaged"))
    stocked.panels.inspector.writing.add_picture(copy, picture)
    qtbot.waitUntil(lambda: "has that very picture" in stocked.panels.bar._words.text())
    assert large.read_bytes() == whole, "and it is whole again"
    qtbot.waitUntil(lambda: stage._words == "")
    assert len(live.detail(copy).photos) == 1


def test_undo_and_redo_say_what_they_would_do(stocked):
    undo, redo = stocked.commands["undo"], stocked.commands["redo"]
    assert undo.text() == "Undo: Add Humphrey"
    assert not redo.isEnabled()
    undo.trigger()
    assert redo.text() == "Redo: Add Humphrey"
    assert "Humphrey" not in names(stocked)
    redo.trigger()
    assert "Humphrey" in names(stocked)


def test_the_sidebar_counts_and_leads_to_a_shelf(stocked):
    sidebar = stocked.panels.sidebar
    place = stocked.live.collection.words.locations()[-1]
    sidebar.choose(f"location:{place.location.hex()}")
    assert names(stocked) == ["Patti"]
    sidebar.choose("")
    assert len(names(stocked)) == 3


def test_an_edit_asks_for_the_list_once_and_leaves_the_page_in_sight(stocked, monkeypatch):
    stocked.pages.show_settings()
    page, asked = stocked.panels.middle.currentWidget(), []
    collection = stocked.live.collection
    find = collection.find
    monkeypatch.setattr(collection, "find", lambda query: asked.append(query) or find(query))
    collection.copies.add(Draft(model={"name": "Nip"}))
    assert len(asked) == 1
    assert stocked.panels.middle.currentWidget() is page is not stocked.panels.list
    assert "Nip" in names(stocked)


def test_the_first_shelf_is_chosen_when_the_chosen_one_is_gone(stocked):
    place = stocked.live.collection.words.locations()[-1]
    stocked.panels.sidebar.choose(f"location:{place.location.hex()}")
    stocked.live.collection.write("Take away", [Delete(Kind.LOCATION, [place.location])])
    assert stocked.panels.sidebar.key == ""
    assert len(names(stocked)) == 3


def test_an_edit_in_one_window_leaves_the_other_collector_alone(stocked, other):
    stocked.live.collection.copies.add(Draft(model={"name": "Nip"}))
    assert len(names(stocked)) == 4
    assert names(other) == []
    assert stocked.wardrobe.look.skin.name == "artmatt"
    assert other.wardrobe.look.skin.name == "begin"
    assert stocked.styleSheet() != other.styleSheet()
    assert stocked.palette().window().color() != other.palette().window().color()


def test_another_skin_is_worn_at_once_and_remembered(stocked, other):
    before = other.styleSheet()
    stocked.pages.show_settings()
    gallery = stocked.pages._shown._gallery
    card = next(c for c in gallery._group.buttons() if c.accessibleName() == "Begin")
    card.click()
    assert stocked.wardrobe.skin.name == "begin"
    assert stocked.live.collection.settings.get("skin") == "begin"
    assert other.styleSheet() == before


def test_a_page_that_no_skin_may_recolour_still_follows_size_and_scheme(stocked, other):
    other.commands["devices"].trigger()
    stocked.commands["devices"].trigger()
    stocked.wardrobe.grow(5)
    stocked.wardrobe.put_on(replace(stocked.wardrobe.look, scheme=Scheme.DARK))
    shown = look_of(stocked.panels.middle.currentWidget())
    assert (shown.skin, shown.scheme, shown.text_scale) == (Skin(), Scheme.DARK, 1.5)
    assert look_of(other.panels.middle.currentWidget()) == Look(Skin(), Scheme.LIGHT)


def test_the_window_remembers_its_view_text_and_columns(qtbot, stocked, other, notation):
    stocked.panels.list.show_view(View.TABLE)
    stocked.wardrobe.grow(2)
    header = stocked.panels.list.shelf.header
    header.resizeSection(1, 333)
    header.moveSection(0, 2)
    stocked.close()
    for window in (stocked, other):
        live, skin = LiveCollection(window.live.collection), window.wardrobe.skin
        again = MainWindow(live, Offline(), notation, bundled(), skin)
        qtbot.addWidget(again)
        again.show()
        header, remembers = again.panels.list.shelf.header, window is stocked
        assert again.panels.list.shelf.view is View.TABLE  # begin's skin starts so
        assert (again.wardrobe.text_scale == 1.2) == remembers
        assert (header.sectionSize(1) == 333) == remembers
        assert (header.visualIndex(0) == 2) == remembers
        again.close()


def test_a_narrow_window_turns_the_panes_into_sheet_and_drawer(qtbot, stocked):
    panels = stocked.panels
    stocked.resize(640, 700)
    qtbot.waitUntil(lambda: not panels.side.isVisible() and not panels.sidebar.isVisible())
    shelf = panels.list.shelf
    shelf.choose([panels.list.copies[0]])
    QTest.keyClick(shelf, Qt.Key.Key_Return)
    assert panels.side.isVisible()
    assert panels.side.geometry().right() <= panels.folding.rect().right()
    panels.folding.close_floating()
    assert not panels.side.isVisible()
    panels.folding.toggle_drawer()
    assert panels.sidebar.isVisible()
    stocked.resize(1280, 800)
    qtbot.waitUntil(lambda: panels.side.isVisible() and panels.sidebar.isVisible())


def test_an_empty_list_says_why_and_what_to_do(window):
    shelf = window.panels.list.shelf
    assert shelf._emptiness.action
    shelf.begun.emit()
    assert isinstance(window.panels.side.currentWidget(), AddPanel)
    window.panels.list.search("zebra")
    assert "zebra" in shelf._emptiness.title


def test_the_command_list_runs_what_is_typed(stocked):
    stocked.show_palette()
    opened = stocked.findChild(Palette)
    QTest.keyClicks(opened._typed, "hide am")
    QTest.keyClick(opened._typed, Qt.Key.Key_Return)
    assert "$" not in totals(stocked)
