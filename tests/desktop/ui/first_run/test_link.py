"""A link from a web page: read strictly, shown, and nothing happens before somebody says so."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtWidgets import QLabel, QLineEdit, QRadioButton

from desktop.application.main import command_line, wish_of
from desktop.ui.first_run.beginnings import Verdict
from desktop.ui.first_run.link import BadLinkError, Door, Link, is_link
from desktop.ui.first_run.window import FirstRunWindow
from desktop.ui.look.packs import bundled
from tests.journeys.hands import PASSWORD, named, press, shown, write

SERVER = "artmatt.beanie.ty"


class Untouched:
    """Beginnings that must not be asked for anything."""

    def __init__(self):
        self.asked = []

    def judge(self, server, name):
        self.asked.append((server, name))
        return Verdict()

    def __getattr__(self, name):
        raise AssertionError(name)


@pytest.fixture
def window(qtbot):
    made = FirstRunWindow(Untouched(), bundled())
    qtbot.addWidget(made)
    made.show()
    return made


@pytest.mark.parametrize(
    ("text", "door", "server"),
    [
        ("swingtag://join?server=artmatt.beanie.ty", Door.JOIN, SERVER),
        ("swingtag://new/?server=BEANIE.ty%3A8642", Door.NEW, "beanie.ty:8642"),
        ("swingtag:join?server=127.0.0.1:80", Door.JOIN, "127.0.0.1:80"),
    ],
)
def test_what_the_pages_write_is_understood(text, door, server):
    assert Link.parse(text) == Link(door, server)


@pytest.mark.parametrize(
    "text",
    [
        "swingtag:",
        "swingtag://delete?server=beanie.ty",
        "swingtag://join",
        "swingtag://join?server=",
        "swingtag://join?server=beanie.ty&password=x",
        "swingtag://join?server=beanie.ty&server=evil.example",
        "swingtag://join?server=user@evil.example",
        "swingtag://join?server=http://evil.example",
        "swingtag://join?server=beanie.ty%2Fpath",
        "swingtag://join?server=beanie.ty%00",
        "swingtag://join?server=beanie.ty%0Aevil",
        "swingtag://join?server=xn--beani-esa.ty",
        "swingtag://join?server=b%C3%A9anie.ty",
        "swingtag://join?server=beanie.ty:0",
        "swingtag://join?server=-a.ty",
        "swingtag://join?server=" + "a." * 300 + "ty",
        "SWINGTAG://JOIN?SERVER=beanie.ty",
        " swingtag://join?server=beanie.ty",
        "swingtag://join?server=beanie.ty#x",
        "javascript:alert(1)",
    ],
)
def test_nothing_else_is(text):
    with pytest.raises(BadLinkError):
        Link.parse(text)


@given(st.text(max_size=60))
def test_whatever_comes_is_a_host_or_refused(text):
    try:
        link = Link.parse(f"swingtag://join?server={text}")
    except BadLinkError:
        return
    assert set(link.server) <= set("abcdefghijklmnopqrstuvwxyz0123456789.-:")


def test_the_command_line_takes_a_link_as_browsers_hand_it_over():
    text = f"swingtag://join?server={SERVER}"
    assert wish_of(command_line().parse_args(["open", text])) == text
    assert wish_of(command_line().parse_args(["open", "/a/b.swingtag"])) == "/a/b.swingtag"
    assert is_link("SwingTag://x")
    assert not is_link("/swingtag:")


def test_a_link_says_what_it_would_do_and_then_only_fills_in_the_server(window):
    window.follow(Link(Door.JOIN, SERVER), has_collections=False)
    words = [label.text() for label in window.findChildren(QLabel) if label.isVisible()]
    assert any("A link opened Swingtag" in each for each in words)
    assert SERVER in [each.replace("\u200b", "") for each in words], "it may wrap at its dots"
    assert not shown(window, "Open a collection that is here")
    press(window, "Join with another device")
    assert named(window, "Server", QLineEdit).text() == SERVER
    press(window, "Back")
    press(window, "Back")
    assert shown(window, "Start a new collection")
    assert window._beginnings.asked == []


def test_a_new_collection_starts_with_the_server_in_its_line(window):
    window.follow(Link(Door.NEW, SERVER), has_collections=True)
    assert shown(window, "Open a collection that is here")
    press(window, "Start a new collection")
    write(window, "Name of the collection", "Mine")
    write(window, "Password", PASSWORD)
    write(window, "Password again", PASSWORD)
    press(window, "Next")
    press(window, "Next")
    assert named(window, "Server", QLineEdit).text() == SERVER
    ways = window.findChildren(QRadioButton)
    chosen = [each.accessibleName() for each in ways if each.isChecked()]
    assert any(text.startswith("Sync") for text in chosen)
    assert not named(window, "Create the collection").isEnabled()


def test_somebody_with_a_collection_can_go_there_instead(qtbot, window):
    window.follow(Link(Door.JOIN, SERVER), has_collections=True)
    with qtbot.waitSignal(window.elsewhere):
        press(window, "Open a collection that is here")
