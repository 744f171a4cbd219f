from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from desktop.collection.autofill import propose
from desktop.ui.add.panel import AddPanel
from desktop.ui.field.form import Editors, Place
from shared.domain.schema import Kind

NAME, VARIANT = Place(Kind.MODEL, "name"), Place(Kind.VARIANT, "label")
NUMBER, PAID = Place(Kind.MODEL, "style_number"), Place(Kind.COPY, "paid")
LOCATION = Place(Kind.COPY, "location")


@pytest.fixture
def panel(qtbot, reference, notation):
    editors = Editors(notation, reference.terms, tuple, history=False)

    def fill(piece, draft):
        return propose(piece, reference.variants(piece), draft, {}, {})

    made = AddPanel(reference.search, fill, editors, notation)
    qtbot.addWidget(made)
    made.resize(360, 800)
    made.show()
    made.begin()
    return made


@pytest.fixture
def saved(panel):
    drafts = []
    panel.saved.connect(lambda draft, another: drafts.append((draft, another)))
    return drafts


def find(panel, text):
    line = panel._finder._typed
    line.setFocus()
    line.clear()
    QTest.keyClicks(line, text)
    return line


def test_a_piece_fills_what_is_empty_and_waits_to_be_confirmed(panel):
    line = find(panel, "4062")
    QTest.keyClick(line, Qt.Key.Key_Return)
    assert panel._boxes[NAME].value == "Peanut"
    assert panel._boxes[NAME].proposed
    QTest.keyClick(panel._keep, Qt.Key.Key_Space)
    assert not panel._boxes[NAME].proposed
    assert panel._notice.isHidden()


def test_what_was_typed_is_never_overwritten(panel):
    panel._boxes[NUMBER].control.setText("0001")
    panel._boxes[NUMBER].finish()
    line = find(panel, "peanut")
    QTest.keyClick(line, Qt.Key.Key_Return)
    assert panel._boxes[NUMBER].value == "0001"
    assert not panel._boxes[NUMBER].proposed


def test_the_arrow_keys_choose_among_variants(panel):
    line = find(panel, "peanut")
    QTest.keyClick(line, Qt.Key.Key_Down)
    QTest.keyClick(line, Qt.Key.Key_Return)
    second = panel._boxes[VARIANT].value
    line = find(panel, "peanut")
    QTest.keyClick(line, Qt.Key.Key_Return)
    assert {second, panel._boxes[VARIANT].value} == {"Royal blue", "Light blue"}


def test_a_typing_error_still_finds_the_piece(panel, saved):
    line = find(panel, "humphery")
    QTest.keyClick(line, Qt.Key.Key_Return)
    QTest.keyClick(panel, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    draft, another = saved[0]
    assert draft.model["name"] == "Humphrey"
    assert draft.piece
    assert another


def test_a_name_that_no_catalogue_knows_can_be_added(panel, saved):
    line = find(panel, "<b>Zorro</b> ")
    line.insert("\U0001f9f8")  # the test library cannot press such a key
    QTest.keyClick(line, Qt.Key.Key_End)
    panel._finder._list.setCurrentRow(panel._finder._list.count() - 1)
    QTest.keyClick(line, Qt.Key.Key_Return)
    QTest.keyClick(panel, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert saved[0][0].model["name"] == "<b>Zorro</b> \U0001f9f8"
    assert saved[0][0].piece == ""


def test_what_cannot_be_understood_is_not_saved_away(panel, saved):
    line = find(panel, "patti")
    QTest.keyClick(line, Qt.Key.Key_Return)
    panel._boxes[PAID].control.setText("lots")
    QTest.keyClick(panel, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert saved == []
    assert panel._boxes[PAID].control.text() == "lots"


def test_the_next_copy_keeps_what_a_boxful_has_in_common(panel):
    line = find(panel, "patti")
    QTest.keyClick(line, Qt.Key.Key_Return)
    panel._boxes[LOCATION].control.setText("Attic / Box 3")
    panel._boxes[LOCATION].finish()
    panel.next_one()
    assert panel._boxes[LOCATION].value == "Attic / Box 3"
    assert panel._boxes[NAME].value is None
    line = find(panel, "peanut")
    QTest.keyClick(line, Qt.Key.Key_Return)
    assert panel.draft.location == "Attic / Box 3"
    assert replace(panel.draft, location="").model["name"] == "Peanut"


def test_changing_the_mind_takes_the_first_proposals_back(panel):
    line = find(panel, "peanut")
    QTest.keyClick(line, Qt.Key.Key_Return)
    assert panel._boxes[VARIANT].value
    line = find(panel, "patti")
    QTest.keyClick(line, Qt.Key.Key_Down)
    QTest.keyClick(line, Qt.Key.Key_Up)
    QTest.keyClick(line, Qt.Key.Key_Return)
    assert panel._boxes[NAME].value == "Patti"
    assert panel.draft.model["name"] == "Patti"
