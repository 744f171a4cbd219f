"""A tour of the pages that take the list's place, each in the looks that are wanted."""

from collections.abc import Iterator
from pathlib import Path

from PySide6.QtCore import QDate
from PySide6.QtTest import QTest

from desktop.collection.values import Draft
from desktop.ui.controls import Button
from desktop.ui.history.days import DayLine
from desktop.ui.look import Look
from desktop.ui.window.main_window import MainWindow
from shared.skins.tokens import Scheme, Skin

PAGES = ("conflicts", "times", "piece", "devices", "backups", "settings", "about")
LARGER = 2.0
_EXPOSURE_MILLIS = 300


def live_a_little(window: MainWindow) -> None:
    """Do what the pages of the past can tell of: edits, a delete."""
    copies = window.live.collection.copies
    first, *_ = window.panels.list.copies
    copies.edit([first], {"notes": "Bought at the fair in Chicago", "condition": "NM"})
    copies.edit([first], {"notes": "Bought at the fair in Oak Brook, Illinois"})
    gone = copies.add(Draft(model={"name": "Humphrey"}))
    copies.delete([gone])
    window.panels.list.shelf.choose([first])


def tour(window: MainWindow, skins: list[Skin], output: Path) -> None:
    """Take one picture of each page in each look, and one in letters twice as large."""
    live_a_little(window)
    looks = [Look(skin, scheme) for skin in skins for scheme in Scheme]
    looks.append(Look(skins[0], Scheme.LIGHT, LARGER))
    for page in _pages(window):
        for look in looks:
            window.wardrobe.put_on(look)
            QTest.qWait(_EXPOSURE_MILLIS)
            size = "-large" if look.text_scale > 1 else ""
            window.grab().save(
                str(output / f"{look.skin.name}-{look.scheme.value}-{page}{size}.png")
            )


def _pages(window: MainWindow) -> Iterator[str]:
    """Open one page after the other, and at last today as if it were a day gone by."""
    for name in PAGES:
        window.commands["list"].trigger()
        window.commands[name].trigger()
        yield name
    for name, show in (
        ("exchange", window.pages.show_exchange),
        ("files", window.pages.show_files),
    ):
        show()
        yield name
    window.commands["times"].trigger()
    _look_at_today(window)
    yield "day"


def _look_at_today(window: MainWindow) -> None:
    page = window.panels.middle.currentWidget()
    assert page is not None
    days, looks = page.findChild(DayLine), page.findChildren(Button)
    assert days is not None
    days.show_day(QDate.currentDate())
    next(button for button in looks if button.text() == "Look at it").click()
    while window.past.view is None:
        QTest.qWait(_EXPOSURE_MILLIS)
