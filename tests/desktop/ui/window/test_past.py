"""Journeys through the past, the news, the choices and the trash, on real widgets."""

import hashlib

import pytest
from PySide6.QtCore import QDate, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton

from desktop.collection.values import Draft, Query
from desktop.ui.conflicts.card import ConflictCard
from desktop.ui.history.news import NewsPage
from desktop.ui.history.telling import StepCard
from desktop.ui.live import LiveCollection
from desktop.ui.look.packs import bundled, bundled_skin
from desktop.ui.window.main_window import MainWindow
from shared.domain.operations import Delete, Put
from shared.domain.schema import Kind
from tests.desktop.ui.conftest import PASSWORD, Offline
from tests.desktop.vault.household import Device

DAY = 86_400_000


class Here:
    """The vault of a window's collection, as the devices at the table see it."""

    lacks, take, seal, _seal_some, heads = (
        Device.lacks,
        Device.take,
        Device.seal,
        Device._seal_some,
        Device.heads,
    )

    def __init__(self, window):
        self.vault = window.live.collection._vault


def names(collection):
    return [row.name for row in collection.rows(collection.find(Query()).ids)]


def button(root, words):
    QApplication.processEvents()  # what was laid out just now is in sight after that
    found = [b for b in root.findChildren(QPushButton) if b.text() == words and b.isVisible()]
    assert found, words
    return found[0]


def notes(window, copy):
    return dict(window.live.collection.detail(copy).copy_fields).get("notes")


@pytest.fixture
def stocked(window):
    """Two copies of November 2023, one of them written to again."""
    copies = window.live.collection.copies
    peanut = copies.add(Draft(model={"name": "Peanut"}, copy={"notes": "royal blue"}))
    window.patti = copies.add(Draft(model={"name": "Patti"}))
    window.peanut = peanut
    return window


@pytest.fixture
def later(stocked, monkeypatch):
    """The same, a month on: Peanut was changed, Patti deleted, Humphrey added."""
    clock = stocked.live.collection._vault._writer._clock
    monkeypatch.setattr(clock, "now_millis", lambda now=clock.now_millis: now() + 30 * DAY)
    copies = stocked.live.collection.copies
    copies.edit([stocked.peanut], {"notes": "light blue"})
    copies.delete([stocked.patti])
    copies.add(Draft(model={"name": "Humphrey"}))
    return stocked


def the_day(window):
    """Open the page, and enter the day on which the first copies were added."""
    window.commands["times"].trigger()
    page = window.panels.middle.currentWidget()
    began = window.live.collection.times.span().first
    page._day.line.setText("not a day")
    page._look.click()
    assert "not a date" in page._day._trouble.text()
    page._day.line.setText("1990")
    page._look.click()
    assert "began on" in page._day._trouble.text()
    page._day.show_day(QDate(1970, 1, 1).addDays(began // DAY))
    return page


def test_a_day_is_looked_at_and_nothing_can_be_changed_meanwhile(qtbot, later, other):
    hash_before = later.live.collection.content_hash
    page = the_day(later)
    page._look.click()
    qtbot.waitUntil(lambda: later.past.view is not None, timeout=20_000)
    view = later.past.view
    assert sorted(names(view.live.collection)) == ["Patti", "Peanut"]
    assert sorted(names(later.live.collection)) == ["Humphrey", "Peanut"]
    assert view.accessibleName().startswith("The collection as it was on ")
    view.list.shelf.choose([later.peanut])
    boxes = view.inspector._view.boxes
    assert next(b for p, b in boxes.items() if p.field == "notes").value == "royal blue"
    enabled = {
        name for name in ("add", "undo", "delete", "times") if later.commands[name].isEnabled()
    }
    assert enabled == set()
    view.live.attempt(lambda: view.live.collection.copies.edit([later.peanut], {"notes": "no"}))
    assert "as it was" in later.panels.bar._words.text()
    later.live.collection.copies.add(Draft(model={"name": "From elsewhere"}))  # as a sync would
    assert not later.commands["undo"].isEnabled()
    later.live.collection.undo()
    QTest.keyClick(view.list.shelf, Qt.Key.Key_Escape)
    assert later.past.view is None
    assert later.commands["add"].isEnabled()
    assert later.live.collection.content_hash == hash_before
    assert names(other.live.collection) == []


def test_two_days_are_compared_and_one_is_brought_back(qtbot, later):
    collection = later.live.collection
    page = the_day(later)
    page._compare.click()
    qtbot.waitUntil(lambda: page._found is not None, timeout=20_000)
    assert page._found._counts.text() == "1 added, 1 changed, 1 removed"
    lines = [text.text() for text, _ in page._found._told]
    assert lines == ["Scribbles: royal blue \u2192 light blue"]
    hash_now = collection.content_hash
    page._bring.click()
    qtbot.waitUntil(lambda: sorted(names(collection)) == ["Patti", "Peanut"], timeout=20_000)
    qtbot.waitUntil(lambda: "is what it was on" in later.panels.bar._words.text())
    assert notes(later, later.peanut) == "royal blue"
    button(later.panels.bar, "Undo").click()
    assert collection.content_hash == hash_now


def test_a_piece_goes_back_to_a_step_of_its_history(later):
    later.panels.list.shelf.choose([later.peanut])
    later.commands["piece"].trigger()
    cards = later.panels.middle.currentWidget().findChildren(StepCard)
    assert [card._told[0][0].text() for card in cards] == [
        "Scribbles: royal blue \u2192 light blue",
        "Name: Peanut",
    ]
    button(cards[1], "As it was then").click()
    assert notes(later, later.peanut) == "royal blue"
    assert "is what it was on" in later.panels.bar._words.text()
    assert "Humphrey" in names(later.live.collection)
    later.commands["undo"].trigger()
    assert notes(later, later.peanut) == "light blue"


def test_a_piece_comes_back_from_the_trash(stocked):
    stocked.panels.list.shelf.choose([stocked.peanut])
    stocked.commands["delete"].trigger()
    stocked.panels.sidebar.choose("trash")
    stocked.panels.list.shelf.choose([stocked.peanut])
    button(stocked.panels.inspector, "Take it back").click()
    stocked.panels.sidebar.choose("")
    assert sorted(names(stocked.live.collection)) == ["Patti", "Peanut"]


@pytest.fixture
def laptop(stocked, tmp_path):
    """Another device of the same collector, which is called so."""
    device = Device("laptop", tmp_path / "laptop.swingtag")
    device.clock.millis = 1_700_000_500_000
    record = hashlib.sha256(b"laptop").digest()[:16]
    device.put(record, Kind.DEVICE, name="laptop")
    device.take(Here(stocked))
    yield device
    device.vault.close()


def hear(window, device):
    """Let a window's collection take in what the other device has."""
    Here(window).take(device)
    window.repaint_all()


def test_news_of_others_stays_over_a_restart_until_it_was_seen(
    qtbot, stocked, laptop, library, notation
):
    collection = stocked.live.collection
    assert stocked.panels.news.isHidden()
    laptop.vault.apply("Check", [Put(Kind.COPY, stocked.peanut, {"notes": "checked"})])
    laptop.vault.apply("Delete", [Delete(Kind.COPY, [stocked.patti])])
    hear(stocked, laptop)
    said = "Since you were away, laptop changed 2"
    assert stocked.panels.news._words.text().startswith(said)
    stocked.close()
    collection.close()
    reopened = library("artmatt").open(collection.folder, PASSWORD)
    again = MainWindow(
        LiveCollection(reopened), Offline(), notation, bundled(), bundled_skin("artmatt")
    )
    qtbot.addWidget(again)
    again.show()
    assert again.panels.news._words.text().startswith(said)
    button(again.panels.news, "Show").click()
    page = again.panels.middle.currentWidget()
    assert isinstance(page, NewsPage)
    cards = page.findChildren(StepCard)
    assert [card._told[0][0].text() for card in cards] == [
        "Put in the trash",
        "Scribbles: royal blue \u2192 checked",
    ]
    assert again.panels.news.isHidden()
    again.repaint_all()
    assert again.panels.news.isHidden()
    again.close()
    reopened.close()


def test_what_came_in_is_taken_back_step_by_step_or_all_of_it(stocked, laptop, other, monkeypatch):
    monkeypatch.setattr("desktop.collection.news.STEPS_AT_ONCE", 2)
    collection, untouched = stocked.live.collection, other.live.collection.content_hash
    hear(stocked, laptop)  # of its name
    before = collection.content_hash
    laptop.vault.apply("Check", [Put(Kind.COPY, stocked.peanut, {"notes": "checked"})])
    laptop.vault.apply("Number", [Put(Kind.COPY, stocked.peanut, {"number": "7"})])
    laptop.vault.apply("Delete", [Delete(Kind.COPY, [stocked.patti])])
    hear(stocked, laptop)
    came = collection.content_hash
    button(stocked.panels.news, "Show").click()
    page = stocked.panels.middle.currentWidget()
    assert [card.accessibleName()[:6] for card in page.findChildren(StepCard)] == [
        "Delete",
        "Number",
    ]
    button(page, "Show more: 1 left").click()
    assert page._more.isHidden()
    *_, check = page.findChildren(StepCard)
    button(check, "Take it back").click()
    assert notes(stocked, stocked.peanut) == "royal blue"
    assert stocked.panels.bar._words.text() == "Taken back: Check."
    button(check, "Take it back").click()
    assert stocked.panels.bar._words.text() == (
        "Nothing of it could be taken back. Changed since, so left alone: Scribbles."
    )
    collection.undo()
    assert collection.content_hash == came
    button(page, "Take all of it back").click()
    assert collection.content_hash == before
    assert stocked.panels.bar._words.text() == "What came in was taken back."
    button(stocked.panels.bar, "Undo").click()
    assert collection.content_hash == came
    assert other.live.collection.content_hash == untouched


def test_conflicts_are_chosen_in_one_click_each(stocked, laptop):
    copies = stocked.live.collection.copies
    copies.edit([stocked.peanut], {"notes": "of the desk", "number": "17"})
    copies.delete([stocked.patti])
    laptop.put(stocked.peanut, notes="of the laptop")
    laptop.put(stocked.patti, notes="kept", number="17")
    hear(stocked, laptop)
    assert stocked.panels.status._conflicts.text() == "3 values to choose"
    stocked.panels.status._conflicts.click()
    page = stocked.panels.middle.currentWidget()
    assert len(page.findChildren(ConflictCard)) == 2
    button(page, "Keep both, one below the other").click()
    assert set(notes(stocked, stocked.peanut).split("\n\n")) == {"of the desk", "of the laptop"}
    button(page, "Number it 18").click()
    button(page, "Put it in the trash").click()
    assert stocked.live.collection.choices.count == 0
    assert page._words.text() == "Your devices agree about everything."
    assert names(stocked.live.collection) == ["Peanut"]
