"""How far a sync is: on the status line, and in its details while they are open."""

import pytest
from PySide6.QtCore import QLocale
from PySide6.QtWidgets import QLabel

from desktop.collection.values import Course, Moving, SyncPhase, SyncStatus
from desktop.ui.look import Look, dress
from desktop.ui.look.packs import bundled_skin
from desktop.ui.notation import Notation
from desktop.ui.status.details import Ways, pop_up_details
from desktop.ui.status.strip import StatusStrip
from shared.skins.tokens import Scheme

NOTATION = Notation(QLocale("en_US"))


def sending(files: int, across: int, speed: float = 0.0, left: float = 0.0) -> SyncStatus:
    moving = Moving(Course.SENDING, files, 40, across, 31_000_000, speed, left)
    return SyncStatus(SyncPhase.SYNCING, moving.sentence, pictures=moving)


@pytest.fixture
def strip(qtbot):
    made = StatusStrip("artmatt")
    qtbot.addWidget(made)
    dress(made, Look(bundled_skin("classic"), Scheme.LIGHT))
    made.resize(900, made.sizeHint().height())
    made.show()
    return made


def test_the_line_shows_how_far_pictures_and_rounds_are(strip):
    bar = strip._progress
    strip.show_status(sending(12, 7_750_000))
    assert strip._words.text() == "Sending pictures: 12 of 40."
    assert bar.isVisible()
    assert bar.value() / bar.maximum() == 0.25
    thumbnails = Moving(Course.COMING, 30, 40, 0, 0)
    for status, share in (
        (SyncStatus(SyncPhase.SYNCING, thumbnails.sentence, pictures=thumbnails), 0.75),
        (SyncStatus(SyncPhase.SYNCING, "", done=3, total=2**62), 0.0),
        (SyncStatus(SyncPhase.SYNCING, "", done=3, total=6), 0.5),
    ):
        strip.show_status(status)
        assert bar.isVisible()
        assert bar.value() / bar.maximum() == share
    strip.show_status(SyncStatus(SyncPhase.SAVED, "", done=3, total=6))
    assert not bar.isVisible()


def test_the_details_follow_what_is_under_way(strip):
    ways = Ways(lambda: None, None, None, lambda _words: None)
    details = pop_up_details(sending(12, 7_750_000), NOTATION, strip, ways)

    def words() -> list[str]:
        return [each.text() for each in details.findChildren(QLabel) if not each.isHidden()]

    assert words() == ["Sending pictures: 12 of 40.", "7.8 MB of 31.0 MB."]
    foot = details.geometry().bottom()
    for left, said in (
        (20.0, "less than a minute left"),
        (70.0, "about 1 minute left"),
        (660.0, "about 11 minutes left"),
        (3 * 3600.0, "about 3 hours left"),
    ):
        details.show_status(sending(13, 8_000_000, 240_000.0, left))
        assert words()[1] == f"8.0 MB of 31.0 MB, 240.0 kB a second; {said}."
    details.show_status(
        SyncStatus(SyncPhase.SAVED, "Everything is saved and synced.", last_synced_millis=1, sent=5)
    )
    assert [line.partition(" ")[0] for line in words()] == ["Everything", "Last", "5"]
    assert details.geometry().bottom() == foot
    assert details.height() >= details.heightForWidth(details.width())
