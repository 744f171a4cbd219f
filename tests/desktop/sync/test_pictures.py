"""Photos travel sealed: thumbnails by themselves, originals on demand, resumed after a cut."""

import secrets
from pathlib import Path

import pytest

from desktop.sync.errors import UnreachableError
from shared.crypto.attachments import (
    SEALED_CHUNK_BYTES,
    FileSecret,
    Root,
    open_chunks,
    seal_chunks,
)
from shared.domain.operations import Put
from shared.domain.schema import Kind, Value
from shared.ids import RECORD_BYTES, FileId, RecordId
from shared.protocol.problems import Code
from tests.desktop.sync.conftest import World
from tests.desktop.sync.desk import Desk
from tests.desktop.sync.folder.household import exchange

ORIGINAL = 700_000


def sealed(desk: Desk, content: bytes, prefix: str) -> dict[str, Value]:
    """Seal a content as the program does, keep it in the vault and say what its record holds."""
    secret = FileSecret.generate(desk.vault.tenant, secrets.token_bytes)
    chunks = list(seal_chunks(secret, len(content), [content]))
    root = Root()
    for chunk in chunks:
        root.add(chunk)
    desk.vault.files.keep(secret.file, chunks)
    made = {"file": secret.file, "key": secret.key, "root": root.digest, "size": len(content)}
    return {prefix + name: value for name, value in made.items()}


def attach(desk: Desk, original: bytes, thumbnail: bytes) -> RecordId:
    photo = RecordId(secrets.token_bytes(RECORD_BYTES))
    fields = {**sealed(desk, original, ""), **sealed(desk, thumbnail, "thumb_")}
    desk.vault.apply("Add a photo", [Put(Kind.PHOTO, photo, fields)])
    return photo


def shown(desk: Desk, photo: RecordId, prefix: str = "") -> bytes | None:
    """Open a picture, if it is here."""
    fields = desk.read(photo, Kind.PHOTO)
    file = FileId(fields[prefix + "file"])
    if not desk.vault.files.has(file):
        return None
    raw = desk.vault.files.read(file)
    chunks = [raw[at : at + SEALED_CHUNK_BYTES] for at in range(0, len(raw), SEALED_CHUNK_BYTES)]
    secret = FileSecret(desk.vault.tenant, file, fields[prefix + "key"])
    pieces = open_chunks(secret, fields[prefix + "size"], fields[prefix + "root"], chunks)
    return b"".join(pieces)


def test_a_photo_is_seen_on_the_other_device(world: World) -> None:
    laptop, tablet = world.artmatt.desks
    original, thumbnail = secrets.token_bytes(ORIGINAL), secrets.token_bytes(9_000)
    photo = attach(laptop, original, thumbnail)
    world.artmatt.sync(rounds=1)
    assert shown(tablet, photo, "thumb_") == thumbnail
    assert shown(tablet, photo) is None
    tablet.session.want(photo)
    tablet.sync()
    assert shown(tablet, photo) == original
    assert tablet.changes[-1].records == {Kind.PHOTO: {photo}}
    assert not laptop.vault.files.unsent()
    assert not tablet.vault.files.unsent()


def test_the_picture_of_a_photo_that_came_by_a_folder_without_it_comes_from_the_server(
    world: World, tmp_path: Path
) -> None:
    laptop, tablet = world.artmatt.desks
    tablet.sync()
    thumbnail = secrets.token_bytes(9_000)
    photo = attach(laptop, secrets.token_bytes(ORIGINAL), thumbnail)
    laptop.sync()
    stick = tmp_path / "stick"
    stick.mkdir()
    exchange(laptop, stick)
    for picture in stick.rglob("files/*/*"):
        picture.unlink()
    exchange(tablet, stick)
    assert tablet.read(photo, Kind.PHOTO)
    assert shown(tablet, photo, "thumb_") is None
    tablet.sync()
    assert shown(tablet, photo, "thumb_") == thumbnail


def sync_cut_at(desk: Desk, file: str, chunk: int) -> None:
    """Let the line lose the reply for one chunk of a file."""

    def lose(_method: str, path: str) -> None:
        if file in path and path.endswith(f"/{chunk}"):
            desk.line.lost_replies = 1

    desk.line.refuse = lose
    with pytest.raises(UnreachableError):
        desk.sync()
    desk.line.refuse = lambda _method, _path: None
    desk.line.asked.clear()


def asked_for(desk: Desk, method: str, file: str) -> list[str]:
    """Return which chunks of a file were put or got."""
    found = [asked for asked in desk.line.asked if asked.startswith(method) and file in asked]
    return [asked for asked in found if asked.rpartition("/")[2].isdigit()]


@pytest.mark.parametrize("chunk", [0, 1, 2])
def test_a_picture_whose_way_was_cut_goes_on_where_it_was(world: World, chunk: int) -> None:
    laptop, tablet = world.artmatt.desks
    original = secrets.token_bytes(ORIGINAL)
    photo = attach(laptop, original, b"small")
    file = laptop.read(photo, Kind.PHOTO)["file"].hex()
    chunks = 3
    sync_cut_at(laptop, file, chunk)
    laptop.sync()
    assert len(asked_for(laptop, "PUT", file)) <= chunks - chunk
    assert not laptop.vault.files.unsent()
    tablet.sync()
    tablet.session.want(photo)
    sync_cut_at(tablet, file, chunk)
    tablet.restart()
    tablet.session.want(photo)
    tablet.sync()
    assert len(asked_for(tablet, "GET", file)) <= chunks - chunk
    assert shown(tablet, photo) == original


def test_a_picture_harmed_here_is_fetched_again(world: World) -> None:
    laptop, tablet = world.artmatt.desks
    original, thumbnail = secrets.token_bytes(ORIGINAL), secrets.token_bytes(9_000)
    photo = attach(laptop, original, thumbnail)
    world.artmatt.sync(rounds=1)
    tablet.session.want(photo)
    tablet.sync()
    for name in ("file", "thumb_file"):
        tablet.vault.files.keep(FileId(tablet.read(photo, Kind.PHOTO)[name]), [b"harmed"])
    tablet.session.want(photo)
    tablet.sync()
    assert shown(tablet, photo) == original
    assert shown(tablet, photo, "thumb_") == thumbnail
    assert not tablet.session.awaits


def test_pictures_that_have_no_room_do_not_hold_up_edits(world: World) -> None:
    laptop, tablet = world.artmatt.desks
    photo = attach(laptop, b"original", b"thumbnail")
    bear = laptop.add(notes="an edit")
    laptop.line.refuse = lambda method, _path: Code.QUOTA if method == "PUT" else None
    world.artmatt.sync(rounds=1)
    assert laptop.session.notices == (Code.QUOTA.sentence,)
    assert tablet.read(bear)
    assert shown(tablet, photo, "thumb_") is None
    assert sum(asked.startswith("PUT") for asked in laptop.line.asked) == 2
    laptop.line.refuse = lambda _method, _path: None
    world.artmatt.sync(rounds=1)
    assert laptop.session.notices == ()
    assert shown(tablet, photo, "thumb_") == b"thumbnail"


def test_a_changed_chunk_is_not_shown_and_fetched_again(world: World) -> None:
    laptop, tablet = world.artmatt.desks
    thumbnail = secrets.token_bytes(5_000)
    photo = attach(laptop, b"original", thumbnail)
    laptop.sync()
    tablet.line.alter = lambda path, body: body[::-1] if "/files/" in path else body
    tablet.sync()
    assert shown(tablet, photo, "thumb_") is None
    assert tablet.session.awaits
    tablet.line.alter = None
    tablet.sync()
    assert shown(tablet, photo, "thumb_") == thumbnail


def test_a_photo_whose_bytes_are_not_there_yet_is_waited_for(world: World) -> None:
    laptop, tablet = world.artmatt.desks
    photo = attach(laptop, b"original", b"thumbnail")
    hidden = laptop.vault.files.unsent()
    contents = {file: laptop.vault.files.read(file) for file in hidden}
    for file in hidden:
        laptop.vault.files.remove(file)
    world.artmatt.sync(rounds=1)
    assert shown(tablet, photo, "thumb_") is None
    for file, raw in contents.items():
        laptop.vault.files.keep(file, [raw])
    world.artmatt.sync(rounds=1)
    assert shown(tablet, photo, "thumb_") == b"thumbnail"
