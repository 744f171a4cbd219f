"""What the disk does not give is missing, and stops nothing else: pictures and old entries."""

import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from desktop.sync.errors import said
from desktop.sync.folder.places import ROOT
from desktop.sync.notices import Notice
from desktop.sync.status import SyncPhase
from desktop.vault.errors import UnreadPictureError
from desktop.vault.progress import UNWATCHED
from shared.domain.schema import Kind
from shared.ids import FileId, RecordId
from tests.desktop.sync.conftest import World
from tests.desktop.sync.desk import Desk, eventually
from tests.desktop.sync.folder.household import exchange
from tests.desktop.sync.test_pictures import attach, shown
from tests.desktop.sync.test_rounds import put_back
from tests.desktop.sync.test_worker import Working

UNREADABLE = Path("/proc/self/mem")
"""A plain file whose beginning gives EIO, as a bad sector does."""
pytestmark = pytest.mark.skipif(not UNREADABLE.exists(), reason="no file here that gives EIO")


def path_of(desk: Desk, photo: RecordId) -> Path:
    name = FileId(desk.read(photo, Kind.PHOTO)["file"]).hex()
    return desk.vault.folder / "files" / name[:2] / name


@contextmanager
def unread(path: Path) -> Iterator[None]:
    """Let a file not be read for a while."""
    kept = path.with_name(path.name + ".kept")
    path.rename(kept)
    path.symlink_to(UNREADABLE)
    try:
        yield
    finally:
        path.unlink()
        kept.rename(path)


def test_a_picture_that_cannot_be_read_is_told_and_sent_later(world: World) -> None:
    working = Working(world.artmatt.laptop)
    working.settle()
    desk, tablet = working.desk, world.artmatt.tablet
    held, other = (attach(desk, secrets.token_bytes(40_000), b"small") for _ in "ab")
    with unread(path_of(desk, held)):
        bear = working.edit("made while a virus scanner holds the picture")
        eventually(lambda: working.is_in(SyncPhase.TROUBLE))
        assert working.worker.status.message == said(UnreadPictureError())
        eventually(lambda: not desk.vault.log.waiting())
        assert len(desk.vault.files.unsent()) == 1
        tablet.sync()
        assert tablet.read(bear)
    working.worker.sync_now()
    working.settle()
    working.worker.stop()
    for photo in (held, other):
        tablet.session.want(photo)
    tablet.sync()
    assert all(shown(tablet, photo) == shown(desk, photo) for photo in (held, other))


def test_what_cannot_be_read_here_is_fetched_compared_and_freed_as_missing(world: World) -> None:
    laptop = world.artmatt.laptop
    photo = attach(laptop, secrets.token_bytes(40_000), b"small")
    other = attach(laptop, secrets.token_bytes(40_000), b"small, too")
    world.artmatt.sync()
    sound, path = shown(laptop, photo), path_of(laptop, photo)
    with unread(path):
        laptop.hand.ahead += 25 * 3_600_000
        laptop.sync()  # the daily comparison of pictures
        freed = laptop.network.free(laptop.vault, UNWATCHED)
        assert (freed.photos, freed.kept) == (1, 1)
        laptop.session.want(photo)
        laptop.sync()
        assert shown(laptop, photo) == sound
        assert shown(laptop, other) is None
        path.unlink()
        path.symlink_to(UNREADABLE)
    assert laptop.session.notices == ()


def test_an_exchange_by_folder_passes_over_it(world: World, tmp_path: Path) -> None:
    laptop, tablet = world.artmatt.desks
    photo = attach(laptop, secrets.token_bytes(40_000), b"small")
    other = attach(laptop, secrets.token_bytes(40_000), b"small, too")
    with unread(path_of(laptop, photo)):
        assert exchange(laptop, tmp_path).pictures_out == 2  # one of the two by its thumbnail only
    exchange(tablet, tmp_path)
    assert shown(tablet, photo) is None
    assert shown(tablet, other) == shown(laptop, other)
    assert len([*(tmp_path / ROOT).rglob("files/*/*")]) == 3


def rot(desk: Desk, number: int) -> None:
    """Let one bit rot of an entry, counted from the newest."""
    with desk.vault.log._database.writing() as cursor:
        sql = "SELECT number, body FROM entry ORDER BY number DESC LIMIT 1 OFFSET ?"
        at, body = cursor.execute(sql, (number,)).fetchone()
        harmed = bytes([body[0] ^ 1, *body[1:]])
        cursor.execute("UPDATE entry SET body = ? WHERE number = ?", (harmed, at))


def test_a_rotten_entry_that_is_to_be_sent_again_holds_up_no_other_stream(
    world: World, tmp_path: Path
) -> None:
    laptop, tablet = world.artmatt.desks
    shutil.copytree(world.server.folder, tmp_path / "backup")
    for desk in (laptop, tablet):
        desk.add(notes=f"by the {desk.vault.folder.name}")
    world.artmatt.sync()
    rot(laptop, 0)  # the tablet's
    with put_back(world, tmp_path / "backup", new_log=True):
        bear = laptop.add(notes="goes on")
        laptop.sync()
        assert Notice.DAMAGED_HERE.value in laptop.session.notices
        assert not laptop.vault.log.waiting()
        tablet.sync()  # it has the entry whole
        assert tablet.read(bear)
        laptop.sync()
        assert laptop.session.notices == ()
        assert laptop.hash == tablet.hash
        world.begin.sync()


def test_an_own_rotten_entry_waits_and_says_so(world: World) -> None:
    working = Working(world.artmatt.laptop)
    working.settle()
    desk, line = working.desk, working.desk.line
    line.cut = True
    lost = working.edit("sealed, and never sent")
    eventually(lambda: bool(desk.vault.log.unsent()))
    with desk.vault.log.turn:  # between two attempts
        rot(desk, 0)
        line.cut = False
    eventually(lambda: working.is_in(SyncPhase.TROUBLE))
    assert working.worker.status.message == Notice.DAMAGED_HERE.value
    assert working.worker.status.waiting == 1
    there = world.artmatt.tablet.add(notes="what others write still comes")
    world.artmatt.tablet.sync()
    eventually(lambda: bool(desk.read(there)))
    assert desk.read(lost)
    working.worker.stop()
