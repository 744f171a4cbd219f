"""Shelves in windows of their own."""

import pytest
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.ui.look import Look, dress
from desktop.ui.look.packs import bundled_skin
from desktop.ui.shelf import ShelfView
from shared.skins import Scheme, View
from tests.desktop.ui.shelf.stand import Stand


@pytest.fixture
def shelf(qtbot, notation):
    """Make a shelf in a window of its own, in a skin and a view."""
    windows: list[QWidget] = []

    def make(count=20, *, skin="classic", scheme=Scheme.LIGHT, view=View.GRID, text=1.0, **fields):
        window, made = QWidget(), ShelfView(notation)
        windows.append(window)
        layout = QVBoxLayout(window)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(made)
        dress(window, Look(bundled_skin(skin), scheme, text, still=True))
        qtbot.addWidget(window)
        window.resize(900, 640)
        with qtbot.waitActive(window):
            window.show()
            window.activateWindow()
        made.show_view(view)
        made.show_stock(fields.pop("stock", None) or Stand(count, **fields))
        made.setFocus()
        return made

    yield make
    for window in windows:
        window.close()
