"""The status line and its details, with more to say than there is room for."""

import pytest
from PySide6.QtCore import QLocale
from PySide6.QtWidgets import QLabel

from desktop.collection.values import SyncPhase, SyncStatus
from desktop.sync.notices import Notice
from desktop.ui.look import Look, dress
from desktop.ui.look.packs import bundled_skin
from desktop.ui.notation import Notation
from desktop.ui.status.details import Ways, pop_up_details
from desktop.ui.status.strip import StatusStrip
from shared.skins.tokens import Scheme

ALL = SyncStatus(
    SyncPhase.TROUBLE,
    Notice.FORKED.value,
    also=(Notice.HIDDEN.value, Notice.RESTORED.value),
)


@pytest.mark.parametrize("width", [600, 2400])
def test_all_that_a_sync_has_to_say_can_be_read(qtbot, width):
    """However many sentences: they widen no window, none hides another, none is cut."""
    strip = StatusStrip("artmatt")
    qtbot.addWidget(strip)
    dress(strip, Look(bundled_skin("classic"), Scheme.LIGHT))
    strip.show_status(ALL)
    strip.resize(width, strip.sizeHint().height())
    strip.show()
    assert strip.width() == width
    assert strip._words.accessibleName() == f"(1 of 3) {ALL.message}"
    assert strip._words.text().startswith("(1 of 3) The server")
    assert strip._words.text().endswith("\u2026") == (width == 600) == bool(strip._words.toolTip())
    details = pop_up_details(ALL, Notation(QLocale("en_US")), strip, Ways(lambda: None, None, None))
    lines = {label.text(): label for label in details.findChildren(QLabel)}
    for sentence in (ALL.message, *ALL.also):
        line = lines[sentence]
        assert line.height() >= line.heightForWidth(line.width())
