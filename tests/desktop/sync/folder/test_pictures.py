"""Pictures without a server: the harmed come again, an original when somebody asks for it."""

import secrets
from dataclasses import replace
from pathlib import Path

import pytest

from desktop.collection.photos import PictureElsewhereError, Whereabouts
from desktop.vault.photo_policy import PhotoPolicy, keep_policy, read_policy, read_wanted
from shared.crypto.attachments import DamagedAttachmentError
from shared.domain.schema import Kind
from shared.ids import FileId, RecordId
from tests.desktop.sync.desk import Desk
from tests.desktop.sync.folder.household import (
    Household,
    exchange,
    open_bundle,
    save_bundle,
)
from tests.desktop.sync.test_pictures import attach, shown
from tests.photos.houses import care_of, photos_of


class Hands:
    """What the screens ask of a device that has a folder and no server, or neither."""

    def __init__(self, desk: Desk, folder: Path | None) -> None:
        self.desk, self.care = desk, care_of(desk)
        self.looked = 0
        self.care.asked = self._look
        if folder is not None:
            self.care.choose(folder)
        secrets_here = desk.vault.secrets
        self.photos = replace(
            photos_of(desk),
            policy=lambda: read_policy(secrets_here),
            syncs=lambda: False,
            by_hand=self.care,
            fetch=self.care.want,
        )

    def _look(self) -> None:
        self.looked += 1

    def where(self, photo: RecordId) -> Whereabouts:
        (known,) = self.desk.vault.records.photos([photo])
        return self.photos.whereabouts(known)


def harm(desk: Desk, photo: RecordId) -> None:
    """Change one byte in the middle of an original and of its thumbnail, in place."""
    for name in ("file", "thumb_file"):
        file = FileId(desk.read(photo, Kind.PHOTO)[name])
        raw = bytearray(desk.vault.files.read(file))
        raw[len(raw) // 2] ^= 1
        path = desk.vault.folder / "files" / file.hex()[:2] / file.hex()
        path.write_bytes(raw)


@pytest.mark.parametrize("policy", PhotoPolicy)
@pytest.mark.parametrize("way", ["folder", "bundle"])
def test_a_picture_harmed_here_comes_again(
    artmatt: Household, stick: Path, policy: PhotoPolicy, way: str
) -> None:
    laptop, tablet = artmatt.desks
    photo, other = (
        attach(laptop, secrets.token_bytes(300_000), secrets.token_bytes(90)) for _ in "ab"
    )
    exchange(laptop, stick)
    exchange(tablet, stick)
    hands = Hands(tablet, stick)
    keep_policy(tablet.vault.secrets, policy)
    harm(tablet, photo)
    assert exchange(tablet, stick).pictures_in == 0  # nobody has noticed
    with pytest.raises(DamagedAttachmentError):
        hands.photos.original(photo)
    assert hands.photos.thumbnail(photo) is None
    assert hands.where(photo) is Whereabouts.IN_FOLDER
    assert hands.looked == 1
    tablet.reopen()
    bundle = save_bundle(laptop, stick.parent / "one") and stick.parent / "one"
    came = exchange(tablet, stick) if way == "folder" else open_bundle(tablet, bundle)
    assert came.pictures_in == 1
    for prefix in ("", "thumb_"):
        assert shown(tablet, photo, prefix) == shown(laptop, photo, prefix)
    assert shown(tablet, other) == shown(laptop, other)
    assert not read_wanted(tablet.vault.secrets)
    assert exchange(tablet, stick).pictures_in == 0


def test_an_original_comes_to_a_device_of_small_pictures_once_it_is_asked_for(
    artmatt: Household, stick: Path
) -> None:
    laptop, tablet = artmatt.desks
    photo, other = (
        attach(laptop, secrets.token_bytes(300_000), secrets.token_bytes(90)) for _ in "ab"
    )
    keep_policy(tablet.vault.secrets, PhotoPolicy.SMALL)
    exchange(laptop, stick)
    exchange(tablet, stick)
    without = Hands(tablet, None)
    assert without.where(photo) is Whereabouts.BY_HAND
    hands = Hands(tablet, stick)
    with pytest.raises(PictureElsewhereError):
        hands.photos.original(photo)  # to look at it is no wish
    assert exchange(tablet, stick).pictures_in == hands.looked == 0
    assert hands.where(photo) is hands.where(other) is Whereabouts.FOLDER_ON_REQUEST
    away = stick.rename(stick.with_name("in a drawer"))
    hands.photos.fetch(photo)
    assert hands.looked == 1
    assert hands.where(photo) is Whereabouts.IN_FOLDER
    assert tablet.changes[-1].records == {Kind.PHOTO: {photo}}
    tablet.reopen()  # the wish outlives the program
    away.rename(stick)
    assert exchange(tablet, stick).pictures_in == 1
    assert shown(tablet, photo) == shown(laptop, photo)
    assert shown(tablet, other) is None
    assert Hands(tablet, stick).where(photo) is Whereabouts.HERE
