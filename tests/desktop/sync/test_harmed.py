"""A picture that something else changed on the disk is noticed, told, and fetched again."""

import secrets
from dataclasses import replace
from pathlib import Path

import pytest

from desktop.collection.photos import Whereabouts
from desktop.vault.photo_policy import PhotoPolicy
from shared.crypto.attachments import SEALED_CHUNK_BYTES, DamagedAttachmentError
from shared.domain.schema import Kind
from shared.ids import RecordId
from tests.desktop.sync.conftest import World
from tests.photos.houses import photos_of

SIZE = 2 * SEALED_CHUNK_BYTES


def changed(raw: bytes) -> bytes:
    return raw[:-1] + bytes([raw[-1] ^ 1])


def cut(raw: bytes) -> bytes:
    return raw[: len(raw) // 2]


def emptied(raw: bytes) -> bytes:
    return raw[:0]


def another(raw: bytes) -> bytes:
    """As a file of the same size that some other program put back."""
    return secrets.token_bytes(len(raw))


@pytest.mark.parametrize("harm", [changed, cut, emptied, another])
def test_what_changed_in_place_is_told_and_comes_again(world: World, harm) -> None:
    laptop, tablet = world.artmatt.desks
    copy = laptop.add(notes="a bear")
    photo = photos_of(laptop).add(copy, secrets.token_bytes(SIZE))
    whole = photos_of(laptop).original(photo)
    world.artmatt.sync()
    # Also where originals come only when somebody asks: this one had come.
    photos = replace(photos_of(tablet), policy=lambda: PhotoPolicy.SMALL)
    photos.fetch(photo)
    tablet.sync()
    theirs = world.begin.laptop.hash
    sealed = {path: path.read_bytes() for path in files_of(tablet.vault.folder)}
    assert len(sealed) == 2
    for path, raw in sealed.items():
        path.write_bytes(harm(raw))
    tablet.changes.clear()
    assert photos.thumbnail(photo) is None
    with pytest.raises(DamagedAttachmentError):
        photos.original(photo)
    told = [change for change in tablet.changes if photo in change.records.get(Kind.PHOTO, ())]
    assert len(told) == 2
    (seen,) = tablet.vault.records.photos([photo])
    assert (seen.harmed, photos.whereabouts(seen)) == (True, Whereabouts.COMING)
    tablet.sync()
    assert {path: path.read_bytes() for path in sealed} == sealed
    assert photos.original(photo) == whole
    (seen,) = tablet.vault.records.photos([photo])
    assert (seen.harmed, photos.whereabouts(seen)) == (False, Whereabouts.HERE)
    assert photos.out_of_reach([photo]) == []
    assert world.begin.laptop.hash == theirs


def test_a_chunk_that_changed_before_the_rest_came_is_fetched_again(world: World) -> None:
    laptop, tablet = world.artmatt.desks
    content = secrets.token_bytes(SIZE)
    photo = photos_of(laptop).add(RecordId(bytes(16)), content)
    world.artmatt.sync()
    (original,) = [
        each for each in tablet.vault.references.all() if each.photo == photo and not each.small
    ]
    tablet.vault.files.add(original.file, secrets.token_bytes(SEALED_CHUNK_BYTES), 0)
    photos_of(tablet).fetch(photo)
    tablet.sync()  # the chunk that was begun does not fit, and all of it is thrown away
    tablet.sync()
    assert photos_of(tablet).original(photo) == content


def files_of(folder: Path) -> list[Path]:
    return [path for path in folder.glob("files/*/*") if "." not in path.name]
