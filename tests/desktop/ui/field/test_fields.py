import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QLocale, Qt
from PySide6.QtTest import QTest

from desktop.collection.values import Term
from desktop.ui.field.choice import ChoiceBox
from desktop.ui.field.form import Editors, Place
from desktop.ui.field.line import LineBox, NotesBox
from desktop.ui.notation import Notation
from shared.domain.schema import Kind

PAID = Place(Kind.COPY, "paid")
ACQUIRED = Place(Kind.COPY, "acquired")
HOSTILE = (
    "<b>bold</b>",
    "../../etc/passwd",
    "\u202eevil",
    "\U0001f9f8" * 40,
    "a" * 10_000,
    "&amp;",
)


@pytest.fixture
def editors():
    def make(locale):
        return Editors(Notation(QLocale(locale)), lambda _v: (), tuple, history=False)

    return make


def type_into(box, text):
    """Type as a person does: select what stands there, write, leave."""
    box.control.selectAll()
    QTest.keyClicks(box.control, text)
    QTest.keyClick(box.control, Qt.Key.Key_Return)


def entered(qtbot, box):
    values = []
    qtbot.addWidget(box)
    box.entered.connect(values.append)
    return values


def test_amounts_are_read_as_the_locale_writes_them(qtbot, editors):
    german, american = editors("de_DE").make(PAID), editors("en_US").make(PAID)
    of_german, of_american = entered(qtbot, german), entered(qtbot, american)
    type_into(german, "1.234,56")
    type_into(american, "1,234.56")
    assert german.control.text() == "1.234,56\u00a0\u20ac"
    assert american.control.text() == "$1,234.56"
    assert (of_german[0] >> 15, of_american[0] >> 15) == (123456, 123456)


@pytest.mark.parametrize(
    ("place", "nonsense", "sentence"),
    [
        (PAID, "lots", "That is not an amount of money."),
        (ACQUIRED, "31 Feb", "There is no such day in the calendar."),
        (ACQUIRED, "soon", "That is not a date."),
    ],
)
def test_nonsense_stays_with_a_sentence_and_becomes_no_value(
    qtbot, editors, place, nonsense, sentence
):
    box = editors("en_US").make(place)
    values = entered(qtbot, box)
    type_into(box, nonsense)
    assert values == []
    assert box.control.text() == nonsense
    assert box.draft == nonsense
    assert sentence in box.hint.text()
    assert box.control.property("state") == "invalid"
    assert sentence in box.control.accessibleDescription()


def test_what_is_being_typed_survives_a_change_from_elsewhere(qtbot, editors):
    box = editors("en_US").make(ACQUIRED)
    values = entered(qtbot, box)
    box.reset(19970000)
    box.control.selectAll()
    QTest.keyClicks(box.control, "May 19")
    box.show_value(19980000)
    assert box.control.text() == "May 19"
    QTest.keyClicks(box.control, "99")
    QTest.keyClick(box.control, Qt.Key.Key_Return)
    assert values == [19990500]


def test_esc_brings_back_what_stood_there(qtbot, editors):
    box = editors("en_US").make(PAID)
    values = entered(qtbot, box)
    box.reset((1250 << 15) | 0)
    stood = box.control.text()
    box.control.selectAll()
    QTest.keyClicks(box.control, "99")
    QTest.keyClick(box.control, Qt.Key.Key_Escape)
    QTest.keyClick(box.control, Qt.Key.Key_Return)
    assert box.control.text() == stood
    assert values == []


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_texts_are_shown_as_they_were_typed(qtbot, text):
    box = LineBox(text, read=str, write=lambda value: value or "")
    qtbot.addWidget(box)
    box.reset(text)
    assert box.control.text() == text
    assert box.label.text() == text
    assert box.label.textFormat() is Qt.TextFormat.PlainText
    assert box.hint.textFormat() is Qt.TextFormat.PlainText


def test_a_proposal_is_marked_until_it_is_confirmed(qtbot):
    box = LineBox("Name", read=str, write=lambda value: value or "")
    values = entered(qtbot, box)
    box.propose("Peanut")
    assert box.proposed
    assert box.control.property("state") == "proposed"
    box.confirm()
    assert not box.proposed
    assert box.value == "Peanut"
    assert values == []


def test_a_code_that_no_vocabulary_knows_is_kept_and_shown(qtbot):
    box = ChoiceBox("Condition", [Term("MWMT", "Mint with mint tags", 1, "")])
    qtbot.addWidget(box)
    box.reset("FROM-2031")
    assert box.control.currentText() == "FROM-2031"
    box.reset("MWMT")
    assert box.control.currentText() == "MWMT \u2013 Mint with mint tags"
    assert box.control.findText("FROM-2031") == -1
    box.reset(None)
    assert box.value is None


ANY_TEXT = st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"]), max_size=60)


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(before=ANY_TEXT, typed=ANY_TEXT.filter(bool))
def test_notes_keep_any_text_and_change_none_by_themselves(qtbot, before, typed):
    box = NotesBox("Notes")
    values = entered(qtbot, box)
    box.reset(before)
    box.finish()
    assert values == []
    box.control.selectAll()
    box.control.insertPlainText(typed)
    box.finish()
    assert box.value == typed.replace("\u2029", "\n")
    assert box.draft is None


def test_a_line_longer_than_any_line_is_not_cut_by_looking_at_it(qtbot):
    box = LineBox("Name", read=str, write=lambda value: value or "")
    values = entered(qtbot, box)
    box.reset("a" * 40_000)
    box.finish()
    assert values == []
    assert box.draft is None
