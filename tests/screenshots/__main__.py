"""Pictures of the main window: every skin, light and dark, in all states of a collection.

python3 dev.py screenshots [--output DIR] [--only artmatt] [--pages]
"""

import argparse
import os
import random
import secrets
import sys
import tempfile
import time
from pathlib import Path

from PySide6.QtCore import QLocale
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from desktop.application.keeper import Keeper
from desktop.collection.collection import Collection
from desktop.collection.known import KnownCollections
from desktop.collection.library import Machine
from desktop.collection.reference.catalogue import load
from desktop.drawing.imaging import QtImaging
from desktop.sync.courier import open_http
from desktop.sync.network import Network
from desktop.sync.rhythm import Rhythm
from desktop.ui.first_run.beginnings import Begun, Wanted
from desktop.ui.look import Look, prepare
from desktop.ui.look.packs import bundled
from desktop.ui.window.main_window import MainWindow
from desktop.vault.vault import Surroundings
from shared.skins.tokens import Scheme, Skin
from tests.screenshots.states import STATES, add_sample
from tests.screenshots.tour import tour

PASSWORD = "nobody keeps these"
EXPOSURE_MILLIS = 500


def main() -> int:
    """Take all pictures, or those of one skin."""
    parser = argparse.ArgumentParser(prog="dev.py screenshots", description=__doc__)
    parser.add_argument("--output", type=Path, default=Path("screenshots-output"))
    parser.add_argument("--only", default="", metavar="SKIN")
    parser.add_argument("--pages", action="store_true", help="of the pages instead of the list")
    asked = parser.parse_args()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    prepare(app := QApplication(sys.argv[:1]))
    asked.output.mkdir(parents=True, exist_ok=True)
    reference = load()
    skins = [skin for skin in bundled() if asked.only in {"", skin.name}]
    with tempfile.TemporaryDirectory(prefix="swingtag-screenshots-") as home, open_http() as http:
        surroundings = Surroundings(lambda: time.time_ns() // 1_000_000, secrets.token_bytes)
        network = Network(http, surroundings, Rhythm(time.monotonic, random.random))
        machine = Machine(surroundings, None, QtImaging(), "Laptop", "Linux")
        known = KnownCollections(Path(home) / "known.json", Path(home))
        keeper = Keeper(known, reference, machine, network, QLocale("en_US"))
        states = {"pages": add_sample} if asked.pages else STATES
        for state, fill in states.items():
            collection = open_new(keeper, "Anna\u2019s Beanies")
            fill(collection, reference)
            window = keeper.window(collection)
            window.show()
            if asked.pages:
                tour(window, skins, asked.output)
            else:
                photograph(window, skins, asked.output, state)
            window.close()
            keeper.close(collection)
    app.processEvents()
    print(f"{len(list(asked.output.glob('*.png')))} pictures are in {asked.output.resolve()}")
    return 0


def open_new(keeper: Keeper, name: str) -> Collection:
    """Make an empty collection."""
    begun = keeper.create(Wanted(name, PASSWORD))
    if not isinstance(begun, Begun):
        raise SystemExit(begun.sentence)
    return begun.collection


def photograph(window: MainWindow, skins: list[Skin], output: Path, state: str) -> None:
    """Take one picture in every look, with the first copy chosen, each skin in its own view."""
    for skin in skins:
        for scheme in Scheme:
            wear(window, Look(skin, scheme))
            window.grab().save(str(output / f"{skin.name}-{scheme.value}-{state}.png"))


def wear(window: MainWindow, look: Look) -> None:
    """Dress the window, and give photos the time to arrive."""
    window.wardrobe.put_on(look)
    listed = window.panels.list
    listed.show_view(look.start_view)
    if listed.copies:
        listed.shelf.choose([listed.copies[0]])
    window.panels.bar.hide()
    QTest.qWait(EXPOSURE_MILLIS)


if __name__ == "__main__":
    sys.exit(main())
