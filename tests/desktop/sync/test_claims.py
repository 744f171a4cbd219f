"""No photo needs a file that nobody has; and what is to be here comes, and may go again."""

import secrets
import shutil
import sqlite3
from collections import Counter
from collections.abc import Callable
from contextlib import suppress

import pytest

from desktop.collection.photos import PictureElsewhereError
from desktop.sync.errors import HarmedPictureError, SyncError
from desktop.sync.freeing import UnsentEditsError
from desktop.vault.photo_policy import PhotoPolicy, keep_policy, pause
from desktop.vault.progress import UNWATCHED
from desktop.vault.references import Standing
from shared.domain.operations import Put, Restore
from shared.domain.schema import Kind
from shared.ids import FileId, RecordId
from shared.protocol.messages import FilesReply, HeldFile, encode
from tests.desktop.sync.conftest import Template, World
from tests.desktop.sync.desk import eventually
from tests.photos.houses import (
    ORIGINAL,
    TWO_CHUNKS,
    at_the_server,
    gathers,
    is_sound,
    live,
    needed,
    original_of,
    pass_days,
    photos_here,
    photos_of,
    settle,
)


def test_a_device_that_was_away_finds_what_it_took_out_of_the_trash(world: World) -> None:
    laptop, tablet = world.artmatt.desks
    photo = photos_of(laptop).add(RecordId(bytes(16)), secrets.token_bytes(TWO_CHUNKS))
    photos_of(world.begin.laptop).add(RecordId(bytes(16)), b"begin's")
    settle(world, world.artmatt)
    settle(world, world.begin)
    begins = at_the_server(world, world.begin)
    photos_of(laptop).remove(photo)
    world.artmatt.sync()
    photos_here(laptop).empty_trash()
    tablet.hand.ahead += 1000
    tablet.vault.apply("Restore", [Restore(Kind.PHOTO, [photo])])  # it is away, and knows nothing
    for _ in range(4):
        laptop.sync()
        pass_days(world, 31)
    assert len(at_the_server(world, world.artmatt)) == 2
    world.artmatt.sync()
    tablet.session.want(photo)
    tablet.sync()
    assert [is_sound(desk, each) for desk in (laptop, tablet) for each in needed(desk)] == [
        True
    ] * 4
    photos_of(tablet).remove(photo)
    photos_here(tablet).empty_trash()
    settle(world, world.artmatt)
    tablet.vault.apply("Restore", [Restore(Kind.PHOTO, [photo])])  # it has the pictures still
    tablet.sync()
    pass_days(world, 31)
    settle(world, world.artmatt)
    assert len(at_the_server(world, world.artmatt)) == 2
    assert tablet.read(photo, Kind.PHOTO)
    assert not laptop.vault.references.emptyings()
    assert at_the_server(world, world.begin) == begins


def test_nobody_lets_go_what_another_device_has_just_taken_back(world: World) -> None:
    laptop, tablet = world.artmatt.desks
    photo = photos_of(laptop).add(RecordId(bytes(16)), secrets.token_bytes(TWO_CHUNKS))
    world.artmatt.sync()
    photos_of(laptop).remove(photo)
    photos_here(laptop).empty_trash()
    laptop.sync()
    laptop.vault.apply("Restore", [Restore(Kind.PHOTO, [photo])])
    pass_days(world, 1)

    def cut_in(_method: str, path: str) -> None:
        """Let the other device be faster, and then have no original any more."""
        if path.endswith("/release") and laptop.vault.log.waiting():
            laptop.sync()
            assert laptop.network.free(laptop.vault, UNWATCHED).photos == 1

    tablet.line.refuse = cut_in
    tablet.sync()
    assert any(asked.endswith("/release") for asked in tablet.line.asked)
    pass_days(world, 31)  # and nobody syncs
    assert laptop.network.about(laptop.vault).files.unclaimed == 0
    assert {each.file for each in needed(laptop)} == at_the_server(world, world.artmatt)
    assert len(needed(laptop)) == 2


def test_what_was_deleted_for_good_stays_so_where_its_pictures_are_gone(world: World) -> None:
    laptop, tablet = world.artmatt.desks
    photo = photos_of(laptop).add(RecordId(bytes(16)), secrets.token_bytes(ORIGINAL))
    settle(world, world.artmatt)
    laptop.vault.apply("Move", [Put(Kind.PHOTO, photo, {"position": "z"})])
    photos_of(laptop).remove(photo)
    photos_here(laptop).empty_trash()
    settle(world, world.artmatt)
    undone = laptop.vault.undo()
    assert undone is not None
    assert undone.empty  # it was deleted again, and for good, after that step
    for desk in (laptop, tablet):
        pass_days(world, 31)
        settle(world, world.artmatt)
        assert not desk.vault.files.sizes()
        desk.vault.apply("Restore", [Restore(Kind.PHOTO, [photo])])
        while desk.vault.undo_label:
            desk.vault.undo()
        assert [each.standing for each in desk.vault.references.all()] == [Standing.EMPTIED] * 2


def test_a_server_that_lost_pictures_gets_them_from_who_has_them(world: World) -> None:
    """Also if another device has mended the log before, and from a device that did not see it."""
    laptop, tablet = world.artmatt.desks
    copy = laptop.add(notes="a bear")
    photo = photos_of(laptop).add(copy, secrets.token_bytes(TWO_CHUNKS))
    settle(world, world.artmatt)
    there = at_the_server(world, world.artmatt)
    tenant = laptop.vault.tenant
    home = world.server.folder / "tenants" / tenant.hex()[:2] / tenant.hex()
    lost = world.server.house.doorway._stores
    lost.close()
    with sqlite3.connect(home / "tenant.db") as db:
        db.execute("DELETE FROM chunk")
        db.execute("DELETE FROM file")
    db.close()
    shutil.rmtree(home / "files")
    tablet.session.want(photo)
    tablet.sync()
    detail = tablet.vault.records.detail(copy)
    assert detail is not None
    (seen,) = detail.photos
    assert (seen.here, seen.absent, seen.added_on) == (False, True, laptop.vault.device)
    laptop.sync()
    assert not at_the_server(world, world.artmatt)
    pass_days(world, 1)
    laptop.line.asked.clear()
    laptop.sync()
    assert at_the_server(world, world.artmatt) == there
    assert laptop.line.asked.count("POST /v1/files") == 1
    tablet.sync()
    assert all(is_sound(tablet, each) for each in needed(tablet))
    assert not tablet.vault.files.absent


def listed(*files: HeldFile, more: bool = False) -> bytes:
    return encode(FilesReply(files, more))


def endless() -> bytes:
    return listed(HeldFile(FileId(secrets.token_bytes(16)), 1, claimed=True), more=True)


@pytest.mark.parametrize(
    "lie",
    [
        listed,
        endless,
        lambda: listed(HeldFile(FileId(bytes(16)), 2**62, claimed=True)),
        lambda: b"\xc1",
        lambda: listed()[:-1],
    ],
    ids=["nothing", "endless", "huge", "unreadable", "cut"],
)
def test_a_list_that_lies_takes_nothing_away(world: World, lie: Callable[[], bytes]) -> None:
    laptop, tablet = world.artmatt.desks
    kept = photos_of(laptop).add(RecordId(bytes(16)), secrets.token_bytes(TWO_CHUNKS))
    gone = photos_of(laptop).add(RecordId(bytes(16)), secrets.token_bytes(ORIGINAL))
    settle(world, world.artmatt)
    there, others = at_the_server(world, world.artmatt), at_the_server(world, world.begin)
    photos_of(laptop).remove(gone)
    pass_days(world, 1)
    laptop.line.alter = lambda path, body: lie() if path == "/v1/files" else body
    with suppress(SyncError):
        laptop.sync()
    assert len(laptop.line.asked) < 200
    assert all(is_sound(laptop, each) for each in needed(laptop))
    laptop.line.alter = None
    settle(world, world.artmatt)
    tablet.session.want(kept)
    tablet.sync()
    assert at_the_server(world, world.artmatt) == there  # what lies in the trash is still needed
    assert not laptop.vault.files.absent
    assert all(is_sound(tablet, each) for each in needed(tablet) if each.photo == kept)
    assert at_the_server(world, world.begin) == others


def test_only_what_the_server_shows_is_freed_and_it_comes_back(world: World) -> None:
    laptop = world.artmatt.laptop
    contents = [secrets.token_bytes(TWO_CHUNKS) for _ in range(3)]
    photos = photos_of(laptop)
    kept, harmed, unsent = (photos.add(RecordId(bytes(16)), content) for content in contents)
    for file in laptop.vault.files.unsent()[4:]:
        laptop.vault.files.acknowledge(file)  # it only believes that the server has it
    laptop.sync()
    laptop.add(notes="an edit that was not sent")
    with pytest.raises(UnsentEditsError):
        laptop.network.free(laptop.vault, UNWATCHED)
    laptop.sync()
    file = original_of(laptop, harmed)
    (chunk,) = world.server.folder.rglob(f"{file.hex()}/1")
    chunk.write_bytes(chunk.read_bytes()[::-1])
    freed = laptop.network.free(laptop.vault, UNWATCHED)
    assert (freed.photos, freed.kept) == (1, 2)
    with pytest.raises(PictureElsewhereError):
        photos.original(kept)
    assert [photos.original(each) for each in (harmed, unsent)] == contents[1:]
    again = photos.add(RecordId(bytes(16)), contents[0])  # sealed to the same file as before
    assert photos.original(again) == photos.original(kept) == contents[0]
    assert original_of(laptop, again) == original_of(laptop, kept)


def test_all_originals_come_in_pieces_and_can_wait(world: World) -> None:
    laptop, tablet = world.artmatt.desks
    contents = [secrets.token_bytes(size) for size in (TWO_CHUNKS, 17 * 262_144)]
    shown = [photos_of(laptop).add(RecordId(bytes(16)), content) for content in contents]
    world.artmatt.sync()
    assert not gathers(tablet)
    keep_policy(tablet.vault.secrets, PhotoPolicy.ALL)
    tablet.sync()
    for _ in range(3):
        tablet.session.move()
    pause(tablet.vault.secrets, paused=True)
    tablet.session.move()
    assert not gathers(tablet)
    pause(tablet.vault.secrets, paused=False)
    tablet.restart()
    tablet.sync()
    while gathers(tablet):
        asked = len(tablet.line.asked)
        tablet.session.move()
        assert len(tablet.line.asked) <= asked + 1
    assert [photos_of(tablet).original(photo) for photo in shown] == contents
    got = Counter(asked for asked in tablet.line.asked if asked.startswith("GET /v1/files"))
    assert max(got.values()) == 1


def test_the_worker_fetches_all_originals_by_itself(world: World) -> None:
    laptop, tablet = world.artmatt.desks
    shown = [
        photos_of(laptop).add(RecordId(bytes(16)), secrets.token_bytes(TWO_CHUNKS)) for _ in "ab"
    ]
    world.artmatt.sync()
    keep_policy(tablet.vault.secrets, PhotoPolicy.ALL)
    worker = tablet.network.start(
        tablet.vault, changed=tablet.changes.append, tell=lambda _status: None
    )
    try:
        eventually(lambda: all(is_sound(tablet, each) for each in needed(tablet)))
        eventually(lambda: tablet.changes[-1].records.get(Kind.PHOTO) == frozenset(shown))
    finally:
        worker.stop()


def test_a_photo_harmed_before_it_was_sent_is_not_sent(world: World) -> None:
    laptop = world.artmatt.laptop
    photo = photos_of(laptop).add(RecordId(bytes(16)), secrets.token_bytes(ORIGINAL))
    file = original_of(laptop, photo)
    laptop.vault.files.keep(file, [b"harmed in place"])
    laptop.sync()
    assert file not in at_the_server(world, world.artmatt)
    assert laptop.session.notices == (HarmedPictureError().sentence,)


def test_no_photo_needs_what_nobody_has(template: Template) -> None:
    live(template, worlds=3, steps=30)
