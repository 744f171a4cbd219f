"""The status line and its details, with more to say than there is room for."""

import shutil

import pytest
from PySide6.QtCore import QLocale
from PySide6.QtWidgets import QLabel, QPushButton

from desktop.collection.library import Wish
from desktop.collection.values import SyncPhase, SyncStatus
from desktop.sync.notices import Notice
from desktop.ui.live import LiveCollection
from desktop.ui.look import Look, dress
from desktop.ui.look.packs import bundled, bundled_skin
from desktop.ui.notation import Notation
from desktop.ui.status.details import Details, Ways, pop_up_details
from desktop.ui.status.strip import StatusStrip
from desktop.ui.window.main_window import MainWindow
from shared.skins.tokens import Scheme
from tests.desktop.ui.conftest import PASSWORD, Offline

WAYS = Ways(lambda: None, None, None, lambda _words: None)
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
    assert strip._words.text().startswith("(1 of 3) There are two")
    assert strip._words.text().endswith("\u2026") == (width == 600) == bool(strip._words.toolTip())
    details = pop_up_details(ALL, Notation(QLocale("en_US")), strip, WAYS)
    lines = {label.text(): label for label in details.findChildren(QLabel)}
    for sentence in (ALL.message, *ALL.also):
        line = lines[sentence]
        assert line.height() >= line.heightForWidth(line.width())


def test_a_folder_put_back_is_told_at_each_opening_until_that_was_read(
    qtbot, library, notation, tmp_path
):
    """The other collector, whose folder was left alone, is told nothing."""
    machine = library("artmatt")
    machine.create(Wish("artmatt", PASSWORD)).collection.close()
    untouched = library("begin").create(Wish("begin", PASSWORD)).collection
    (entry,) = machine.known.all()
    shutil.copytree(entry.folder, tmp_path / "kept")
    machine.open(entry.folder, PASSWORD).close()
    anchor = (entry.folder / "anchor").read_bytes()
    shutil.rmtree(entry.folder)
    shutil.copytree(tmp_path / "kept", entry.folder)
    (entry.folder / "anchor").write_bytes(anchor)
    machine.open(entry.folder, PASSWORD).close()
    collection = machine.open(entry.folder, PASSWORD)
    assert not collection.put_back, "by now it is the state that was last open"
    assert [each.sentence for each in collection.status.found] == [Notice.COPIED.value]
    window = MainWindow(
        LiveCollection(collection), Offline(), notation, bundled(), bundled_skin("classic")
    )
    qtbot.addWidget(window)
    window.show()
    strip = window.panels.status
    assert strip._words.accessibleName() == Notice.COPIED.value
    strip._words.click()
    details = window.findChild(Details)
    (button,) = (b for b in details.findChildren(QPushButton) if b.text() == "Dismiss")
    button.click()
    qtbot.waitUntil(lambda: "this device only" in strip._words.accessibleName())
    assert not button.isVisible()
    details.close()
    window.close()
    collection.close()
    assert not untouched.status.found
    untouched.close()
    again = machine.open(entry.folder, PASSWORD)
    assert not again.status.found
    again.close()
