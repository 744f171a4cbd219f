"""Every control has a name for those who listen. A walk over all windows finds the nameless."""

import pytest
from PySide6.QtCore import QObject
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractScrollArea,
    QComboBox,
    QFrame,
    QLineEdit,
    QPlainTextEdit,
    QProgressBar,
    QPushButton,
    QWidget,
)

from desktop.collection.known import KnownCollection
from desktop.collection.values import Draft
from desktop.ui.first_run.joining import CodeStep, DigitsStep, WhereStep
from desktop.ui.first_run.naming import NamingStep
from desktop.ui.first_run.proof import ProofStep
from desktop.ui.first_run.restoring import RestoreStep
from desktop.ui.kit.kit import Kit
from desktop.ui.kit.page import KitStep
from desktop.ui.look import Look
from desktop.ui.unlock.window import UnlockWindow
from shared.skins.tokens import Scheme, Skin

CONTROLS = (
    QAbstractButton,
    QLineEdit,
    QPlainTextEdit,
    QComboBox,
    QProgressBar,
    QAbstractScrollArea,
)
WORDS = ("abandon",) * 24


def nameless(root: QObject) -> list[str]:
    """List controls that a screen reader could not name."""
    found = []
    for widget in root.findChildren(QWidget):
        if not isinstance(widget, CONTROLS) or _belongs_to_another(widget):
            continue
        heard = QAccessible.queryAccessibleInterface(widget)
        if not heard.text(QAccessible.Text.Name).strip():
            found.append(f"{type(widget).__name__} in {type(widget.parent()).__name__}")
    return found


def _belongs_to_another(widget: QWidget) -> bool:
    """Tell whether a widget is a part of Qt's own of a control that has a name."""
    inside = widget.parent()
    while isinstance(inside, QWidget) and not isinstance(inside, QComboBox):
        inside = inside.parent() if type(inside) is QFrame else None
    qt_made = isinstance(widget.parent(), QLineEdit | QAbstractItemView | QComboBox)
    return inside is not None or qt_made or widget.objectName().startswith("qt_")


def test_the_walk_finds_a_control_without_a_name(qtbot):
    root = QWidget()
    qtbot.addWidget(root)
    QPushButton("", root)
    QLineEdit(root)
    assert len(nameless(root)) == 2


def test_main_window_names_everything(window):
    window.add()
    assert nameless(window) == []


@pytest.mark.parametrize(
    "page", ["show_settings", "show_about", "show_devices", "show_exchange", "show_files"]
)
def test_pages_name_everything(window, page):
    getattr(window.pages, page)()
    assert nameless(window) == []


@pytest.mark.parametrize("page", ["show_choices", "show_times", "show_news", "show_piece"])
def test_pages_of_the_past_name_everything(window, page):
    window.live.collection.copies.add(Draft(model={"name": "Peanut"}))
    window.panels.list.shelf.choose(window.panels.list.copies)
    getattr(window.past, page)()
    assert nameless(window) == []


def test_command_list_names_everything(window):
    window.show_palette()
    assert nameless(window) == []


@pytest.mark.parametrize(
    "step",
    [
        NamingStep,
        WhereStep,
        RestoreStep,
        lambda: CodeStep("swingtag-pair:abc"),
        lambda: DigitsStep("123456", "Yes"),
        lambda: ProofStep(WORDS, (1, 2, 3)),
        lambda: KitStep(Kit("artmatt", WORDS, "ab" * 32, "", "today")),
    ],
)
def test_steps_name_everything(qtbot, step):
    shown = step()
    qtbot.addWidget(shown)
    assert nameless(shown) == []


def test_unlock_screen_names_everything(qtbot, tmp_path):
    unlock = UnlockWindow([KnownCollection("artmatt", tmp_path)], Look(Skin(), Scheme.LIGHT))
    qtbot.addWidget(unlock)
    assert nameless(unlock) == []
