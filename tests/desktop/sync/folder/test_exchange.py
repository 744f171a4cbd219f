"""Two collectors whose devices exchange through a folder that holds both, and through bundles."""

import os
import secrets
import shutil
from pathlib import Path

import pytest

from desktop.sync.chain import Chain
from desktop.sync.folder.bundle import BundleTarget
from desktop.sync.folder.errors import NotABundleError, OtherBundleError
from desktop.sync.folder.traffic import FolderNotice
from desktop.sync.removal import wish
from desktop.sync.two_lists import Choice, choose, chosen, read_theirs
from desktop.vault.photo_policy import PhotoPolicy, keep_policy
from shared.domain.schema import Kind
from tests.desktop.sync.desk import open_desk
from tests.desktop.sync.folder.household import (
    Household,
    Template,
    entries,
    exchange,
    exchanger,
    open_bundle,
    save_bundle,
    shelf,
)
from tests.desktop.sync.test_pictures import attach, shown

OLD = 1_600_000_000


def test_edits_go_across_and_two_collectors_do_not_mix(
    artmatt: Household, begin: Household, stick: Path
) -> None:
    bears = {}
    for house in (artmatt, begin):
        for desk in house.desks:
            bears[desk.vault.device] = desk.add(notes=desk.vault.folder.name)
    artmatt.go_round(stick)
    theirs = {path: path.read_bytes() for path in entries(artmatt.desks[0], stick)}
    begin.go_round(stick)
    for house in (artmatt, begin):
        assert len(house.hashes) == 1
        for desk in house.desks:
            for other in house.desks:
                assert desk.read(bears[other.vault.device])["notes"] == other.vault.folder.name
    assert artmatt.hashes != begin.hashes
    assert not begin.desks[0].read(bears[artmatt.desks[0].vault.device])
    assert all(path.read_bytes() == content for path, content in theirs.items())
    assert len(list((stick / "swingtag").iterdir())) == 2


def test_a_second_exchange_with_nothing_new_writes_nothing(artmatt: Household, stick: Path) -> None:
    laptop, tablet = artmatt.desks
    laptop.add(notes="once")
    assert exchange(laptop, stick).edits_out == 1
    assert exchange(tablet, stick).edits_in == 1
    before = {path: path.stat().st_mtime_ns for path in stick.rglob("*") if path.is_file()}
    for desk in artmatt.desks:
        traffic = exchange(desk, stick)
        assert (traffic.edits_in, traffic.edits_out, traffic.sentences) == (0, 0, ())
    assert {p: p.stat().st_mtime_ns for p in stick.rglob("*") if p.is_file()} == before


def test_a_stick_that_lost_everything_is_filled_again_and_nothing_follows(
    artmatt: Household, stick: Path
) -> None:
    laptop, tablet = artmatt.desks
    bear = laptop.add(notes="kept")
    artmatt.go_round(stick)
    for path in sorted(stick.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    tablet.put(bear, notes="kept and changed")
    assert exchange(tablet, stick).sentences == ()
    assert exchange(laptop, stick).sentences == ()
    assert laptop.read(bear)["notes"] == "kept and changed"
    assert len(entries(laptop, stick)) == 2


def test_a_bundle_brings_all_and_refuses_to_mix(
    artmatt: Household, begin: Household, tmp_path: Path
) -> None:
    laptop, tablet = artmatt.desks
    bear = laptop.add(notes="by mail")
    path = tmp_path / "artmatt.swingbundle"
    assert save_bundle(laptop, path).edits_out == 1
    assert not list(tmp_path.glob("*.part"))
    before = begin.hashes
    with pytest.raises(OtherBundleError):
        open_bundle(begin.desks[0], path)
    assert begin.hashes == before
    assert open_bundle(tablet, path).edits_in == 1
    assert tablet.read(bear)["notes"] == "by mail"
    whole = path.read_bytes()
    for length in (0, 10, 36):
        path.write_bytes(whole[:length])
        with pytest.raises(NotABundleError):
            open_bundle(tablet, path)
    path.write_bytes(whole[:-700])
    assert FolderNotice.ENDS_EARLY in open_bundle(tablet, path).notices


def test_a_removal_reaches_the_others_by_the_folder(
    homes: Template, tmp_path: Path, stick: Path
) -> None:
    artmatt = homes.house(tmp_path, "artmatt", devices=3)
    laptop, tablet, phone = artmatt.desks
    laptop.add(notes="before")
    artmatt.go_round(stick)
    wish(laptop.vault.secrets, phone.vault.device)
    exchange(laptop, stick)
    bear = laptop.add(notes="after")
    exchange(laptop, stick)
    assert exchange(tablet, stick).sentences == ()
    assert tablet.read(bear)["notes"] == "after"
    lost = phone.add(notes="too late")
    traffic = exchange(phone, stick)
    assert traffic.notices >= {FolderNotice.REMOVED}
    assert not phone.read(bear)
    artmatt.go_round(stick)
    assert not tablet.read(lost)
    artmatt.close()


def test_two_who_removed_apart_are_shown_it_and_join_when_one_has_chosen(
    homes: Template, tmp_path: Path, stick: Path
) -> None:
    house = homes.house(tmp_path, "artmatt", devices=4)
    laptop, tablet, phone, old = house.desks
    house.go_round(stick)
    other = tmp_path / "other stick"
    other.mkdir()
    wish(laptop.vault.secrets, old.vault.device)
    bear = laptop.add(notes="laptop")
    exchange(laptop, other)
    wish(tablet.vault.secrets, old.vault.device)
    bean = tablet.add(notes="tablet")
    exchange(tablet, stick)
    assert FolderNotice.CHOOSE in exchange(laptop, stick).notices
    assert FolderNotice.CHOOSE in exchange(tablet, stick).notices
    assert FolderNotice.PARTED in exchange(phone, stick).notices
    assert read_theirs(tablet.vault.secrets)
    choose(laptop.vault.secrets, Choice.AGAIN)
    assert FolderNotice.CHOOSE not in exchange(laptop, stick).notices
    for _ in range(3):
        for desk in (tablet, phone, laptop):
            traffic = exchange(desk, stick)
    assert traffic.sentences == ()
    assert not read_theirs(tablet.vault.secrets)
    assert chosen(laptop.vault.secrets) is None
    assert len({desk.hash for desk in (laptop, tablet, phone)}) == 1
    for desk in (laptop, tablet, phone):
        assert desk.read(bear)["notes"] == "laptop"
        assert desk.read(bean)["notes"] == "tablet"
        assert not Chain.held(desk.vault.log.state()).membership.devices[old.vault.device].live
    exchange(laptop, other)
    assert FolderNotice.CHOOSE not in exchange(tablet, other).notices, "left there, too"
    house.close()


def test_pictures_go_along_and_a_harmed_one_is_mended(
    artmatt: Household, stick: Path, tmp_path: Path
) -> None:
    laptop, tablet = artmatt.desks
    original, thumbnail = secrets.token_bytes(600_000), secrets.token_bytes(9_000)
    photo = attach(laptop, original, thumbnail)
    assert exchange(laptop, stick).pictures_out == 1
    large = max(shelf(laptop, stick).glob("files/*/*"), key=lambda path: path.stat().st_size)
    content = bytearray(large.read_bytes())
    content[300_000] ^= 1
    large.write_bytes(content)
    exchange(tablet, stick)
    assert shown(tablet, photo, "thumb_") == thumbnail
    assert shown(tablet, photo) is None
    os.utime(large, (OLD, OLD))
    exchange(tablet, stick)
    exchange(laptop, stick)
    assert exchange(tablet, stick).pictures_in == 1
    assert shown(tablet, photo) == original
    assert tablet.changes[-1].records == {Kind.PHOTO: {photo}}
    lean = tmp_path / "lean.swingbundle"
    with BundleTarget(lean, laptop.vault.tenant) as target:
        assert exchanger(laptop).save_bundle(target, pictures=False).pictures_out == 0
    assert lean.stat().st_size < 20_000


def test_a_device_of_small_pictures_takes_no_originals(artmatt: Household, stick: Path) -> None:
    laptop, tablet = artmatt.desks
    photo = attach(laptop, secrets.token_bytes(300_000), secrets.token_bytes(9_000))
    exchange(laptop, stick)
    keep_policy(tablet.vault.secrets, PhotoPolicy.SMALL)
    exchange(tablet, stick)
    assert shown(tablet, photo, "thumb_") is not None
    assert shown(tablet, photo) is None


def test_two_copies_of_one_device_part_when_they_meet(
    homes: Template, tmp_path: Path, stick: Path
) -> None:
    """A disk that was cloned, anchor and all: nothing in it tells which is which."""
    house = homes.house(tmp_path, "artmatt")
    laptop, tablet = house.desks
    house.go_round(stick)
    twin = tmp_path / "twin" / laptop.vault.folder.name
    laptop.reopen(meanwhile=lambda: shutil.copytree(laptop.vault.folder, twin))
    other = open_desk(twin, laptop.vault.key, "")
    bears = [desk.add(notes=f"{n}") for n, desk in enumerate((laptop, other))]
    assert other.vault.log.origin == laptop.vault.log.origin, "they cannot know"
    exchange(laptop, stick)
    assert FolderNotice.COPIED in exchange(other, stick).notices
    assert other.vault.log.origin != laptop.vault.log.origin
    bears.append(laptop.add(notes="and on"))
    for desk in (laptop, other, tablet, laptop, other):
        assert exchange(desk, stick).sentences == ()
    for desk in (laptop, other, tablet):
        assert all(desk.read(bear) for bear in bears)
    assert laptop.hash == other.hash == tablet.hash
    other.close()
    house.close()
