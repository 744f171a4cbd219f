"""What is said of an exchange folder is what it was seen to hold, and nothing else."""

import secrets
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from desktop.collection.exchanging import ExchangeCare
from desktop.collection.values import SyncPhase
from desktop.sync.folder.errors import FolderGoneError, RemovedError
from desktop.sync.folder.places import ROOT
from desktop.sync.folder.traffic import FolderNotice
from desktop.sync.freeing import UnsentEditsError
from desktop.sync.removal import wish
from desktop.vault.progress import UNWATCHED, Progress, StoppedError
from shared.domain.schema import Kind
from shared.ids import FileId
from tests.desktop.sync.conftest import World
from tests.desktop.sync.desk import Desk, eventually
from tests.desktop.sync.folder.household import Household, exchange
from tests.desktop.sync.test_pictures import attach
from tests.desktop.sync.test_worker import Working
from tests.photos.houses import care_of

WRITING = "Writing pictures"
EXCHANGED = "Everything is saved, and in the exchange folder."


@dataclass
class Cared:
    """A device that remembers its exchanges."""

    desk: Desk
    care: ExchangeCare

    @property
    def said(self) -> tuple[SyncPhase, str, int]:
        status = self.care.status
        assert status is not None
        return status.phase, status.message, status.waiting


def cared(desk: Desk) -> Cared:
    return Cared(desk, care_of(desk))


def files_in(stick: Path, kind: str) -> int:
    return sum(path.is_file() for path in (stick / ROOT).rglob(f"{kind}/**/*"))


def test_a_folder_is_said_to_hold_what_it_was_seen_to_hold(artmatt: Household, stick: Path) -> None:
    laptop = cared(artmatt.desks[0])
    laptop.desk.add(notes="before there was a stick")
    laptop.care.choose(stick)
    assert laptop.said == (SyncPhase.WAITING, "1 change waits for the next exchange.", 1)
    laptop.care.exchange()
    assert laptop.said == (SyncPhase.SAVED, EXCHANGED, 0)
    entries = files_in(stick, "entries")
    away = stick.rename(stick.with_name("in a drawer"))
    laptop.desk.add(notes="sealed for a bundle, with the stick away")
    laptop.care.save_bundle(stick.parent / "one.swingbundle")
    assert laptop.said == (SyncPhase.WAITING, "1 change waits for the next exchange.", 1)
    with pytest.raises(FolderGoneError):
        laptop.care.exchange()
    assert laptop.said[::2] == (SyncPhase.OFFLINE, 1)
    away.rename(stick)
    laptop.care.exchange()
    assert laptop.said == (SyncPhase.SAVED, EXCHANGED, 0)
    assert files_in(stick, "entries") == entries + 1
    laptop.desk.add(notes="of another stick it is not known")
    laptop.care.choose(stick.parent)
    assert laptop.said[::2] == (SyncPhase.WAITING, 3)


def test_an_exchange_that_was_stopped_is_no_whole_one(artmatt: Household, stick: Path) -> None:
    laptop = cared(artmatt.desks[0])
    laptop.care.choose(stick)
    laptop.care.exchange()
    for _ in range(4):
        attach(laptop.desk, secrets.token_bytes(30_000), secrets.token_bytes(90))
    doing: list[str] = []
    stops = Progress(lambda what, _done, _all: doing.append(what), lambda: doing[-1:] == [WRITING])
    with pytest.raises(StoppedError):
        laptop.care.exchange(stops)
    assert 0 < files_in(stick, "files") < 8
    phase, words, waiting = laptop.said
    assert (phase, waiting) == (SyncPhase.WAITING, 4)
    assert "stopped" in words
    laptop.care.exchange()
    assert laptop.said == (SyncPhase.SAVED, EXCHANGED, 0)
    assert files_in(stick, "files") == 8


def test_a_picture_that_is_left_out_is_told(artmatt: Household, stick: Path) -> None:
    laptop = cared(artmatt.desks[0])
    laptop.care.choose(stick)
    photo = attach(laptop.desk, secrets.token_bytes(30_000), b"small")
    laptop.desk.vault.files.keep(FileId(laptop.desk.read(photo, Kind.PHOTO)["file"]), [b"harmed"])
    laptop.care.exchange()
    assert laptop.said[:2] == (SyncPhase.TROUBLE, FolderNotice.HARMED_HERE.value)
    last = laptop.care.save_bundle(stick.parent / "one.swingbundle")
    assert last.notices == (FolderNotice.HARMED_HERE.value,)


def test_a_change_of_the_devices_waits_for_the_folder(artmatt: Household, stick: Path) -> None:
    laptop, tablet = artmatt.desks
    watched = cared(laptop)
    watched.care.choose(stick)
    watched.care.exchange()
    other = stick.with_name("another stick")
    other.mkdir()
    assert watched.said[0] is SyncPhase.SAVED
    wish(laptop.vault.secrets, tablet.vault.device)
    exchange(laptop, other)
    assert watched.said[0] is SyncPhase.WAITING
    assert "devices" in watched.said[1]


def test_a_removed_device_saves_no_bundle(artmatt: Household, stick: Path) -> None:
    laptop, tablet = artmatt.desks
    removed = cared(tablet)
    tablet.add(notes="never taken in by anybody")
    removed.care.choose(stick)
    wish(laptop.vault.secrets, tablet.vault.device)
    exchange(laptop, stick)
    removed.care.exchange()
    assert removed.said[:2] == (SyncPhase.TROUBLE, FolderNotice.REMOVED.value)
    bundle = stick.parent / "empty.swingbundle"
    with pytest.raises(RemovedError):
        removed.care.save_bundle(bundle)
    assert not [*stick.parent.glob("empty*")]


def test_what_went_by_a_bundle_still_waits_for_the_server(world: World, tmp_path: Path) -> None:
    working = Working(world.artmatt.laptop)
    working.settle()
    desk = working.desk
    attach(desk, secrets.token_bytes(30_000), b"small")
    working.worker.edited()
    working.settle()
    eventually(lambda: not desk.vault.files.unsent())
    desk.line.cut = True
    working.edit("on the train")
    eventually(lambda: working.is_in(SyncPhase.OFFLINE))
    cared(desk).care.save_bundle(tmp_path / "train.swingbundle")
    working.edit("behind the bundle")
    time.sleep(0.1)
    assert working.worker.status.waiting == desk.vault.log.unconfirmed() == 2
    desk.line.cut = False
    with pytest.raises(UnsentEditsError):
        desk.network.free(desk.vault, UNWATCHED)
    working.worker.sync_now()
    working.settle()
    assert desk.vault.log.unconfirmed() == 0
    assert desk.network.free(desk.vault, UNWATCHED).photos == 1
    working.worker.stop()
    world.artmatt.tablet.sync()
    assert world.artmatt.tablet.hash == desk.hash
