"""All devices are gone: the 24 words and a folder or a bundle bring all back, or say why not."""

import errno
import os
import secrets
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from desktop.sync.chain import Chain
from desktop.sync.errors import SyncError
from desktop.sync.folder.bundle import SUFFIX
from desktop.sync.folder.errors import (
    BundleGoneError,
    FolderClosedError,
    FolderGoneError,
    NotABundleError,
    NothingThereError,
    OtherKitThereError,
    PartMissingError,
)
from desktop.sync.folder.recovery import fill, recover_from
from desktop.sync.folder.traffic import FolderNotice, Traffic
from desktop.sync.removal import wish
from desktop.sync.two_lists import Choice, UnnamedByForkError, choose
from desktop.vault.progress import UNWATCHED
from shared.crypto.paper import PAPER_BYTES, WrongWordsError, paper_device, words_of
from shared.domain.schema import Kind
from shared.membership import Role
from shared.signing import sha256
from tests.desktop.sync.conftest import World, pair
from tests.desktop.sync.desk import Desk, move_in
from tests.desktop.sync.folder.household import (
    Household,
    Template,
    exchange,
    save_bundle,
    shelf,
)
from tests.desktop.sync.folder.test_with_server import quiet
from tests.desktop.sync.test_joining import typed
from tests.desktop.sync.test_pictures import attach, shown


def come_back(house: Household, place: Path, folder: Path) -> tuple[Desk, Traffic]:
    """Restore a collection on a fresh computer, as the program does."""
    desk = move_in(folder, recover_from(typed(house.words), place, secrets.token_bytes))
    return desk, fill(desk.vault, place, secrets.token_bytes, UNWATCHED)


def members(desk: Desk) -> dict[bytes, tuple[Role, bool]]:
    devices = Chain.held(desk.vault.log.state()).membership.devices
    return {device: (member.role, member.live) for device, member in devices.items()}


def contents(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def live_through(house: Household, stick: Path) -> bytes:
    """Let a household write, photograph, and put a device out; return the photo's record."""
    laptop, tablet, old = house.desks
    bear = old.add(notes="from a device that is put out")
    photo = attach(laptop, secrets.token_bytes(300_000), secrets.token_bytes(9_000))
    house.go_round(stick, 2)
    wish(laptop.vault.secrets, old.vault.device)
    tablet.put(bear, notes="written again")
    exchange(laptop, stick)
    laptop.add(notes="under the new key")
    for desk in (laptop, tablet, laptop):
        exchange(desk, stick)
    assert laptop.hash == tablet.hash
    return photo


def test_two_collectors_come_back_from_one_folder_and_meet_who_is_left(
    homes: Template, tmp_path: Path, stick: Path
) -> None:
    houses = [homes.house(tmp_path, name, devices=3) for name in ("artmatt", "begin")]
    photos = [live_through(house, stick) for house in houses]
    for house, other, photo in zip(houses, reversed(houses), photos, strict=True):
        laptop, tablet, _ = house.desks
        laptop.close()
        theirs = contents(shelf(other.desks[0], stick))
        new, traffic = come_back(house, stick, tmp_path / "new" / laptop.vault.folder.name)
        assert traffic.sentences == ()
        assert new.hash == tablet.hash != other.desks[1].hash
        for prefix in ("", "thumb_"):
            assert shown(new, photo, prefix) == shown(tablet, photo, prefix) is not None
        assert contents(shelf(other.desks[0], stick)) == theirs
        before = members(tablet)
        bear = new.add(notes="after the fire")
        for desk in (new, tablet, new):
            assert exchange(desk, stick).sentences == ()
        assert tablet.read(bear)["notes"] == "after the fire"
        assert new.hash == tablet.hash
        assert members(tablet) == members(new) == before | {new.vault.device: (Role.OWNER, True)}
        assert contents(shelf(other.desks[0], stick)) == theirs
        new.close()
    for house in houses:
        house.close()


def test_a_bundle_brings_all_back_and_what_came_back_makes_another(
    artmatt: Household, begin: Household, stick: Path, tmp_path: Path
) -> None:
    """What a device never made itself goes on from it: the boxes of the kit above all."""
    laptop, tablet = artmatt.desks
    bear = laptop.add(notes="by mail")
    photo = attach(laptop, secrets.token_bytes(300_000), secrets.token_bytes(9_000))
    artmatt.go_round(stick)
    bundle, secret = tmp_path / f"all{SUFFIX}", secrets.token_bytes(PAPER_BYTES)
    save_bundle(tablet, bundle)
    assert recover_from(" ".join(artmatt.words), bundle, secrets.token_bytes)
    laptop.network.change_kit(laptop.vault, paper_device(secret))
    artmatt.go_round(stick)
    save_bundle(tablet, bundle)
    shutil.rmtree(stick)
    with pytest.raises(OtherKitThereError):
        come_back(artmatt, bundle, tmp_path / "old words")
    with pytest.raises(OtherKitThereError):
        come_back(begin, bundle, tmp_path / "words of others")
    house = Household([], words_of(secret))
    for n in range(2):
        new, traffic = come_back(house, bundle, tmp_path / f"new-{n}.swingtag")
        with new:
            assert traffic.sentences == ()
            assert new.hash == laptop.hash
            assert shown(new, photo) == shown(laptop, photo)
            assert len(new.vault.log.state().links) == len(laptop.vault.log.state().links) + n + 1
            save_bundle(new, bundle)
    whole = bundle.read_bytes()
    before_entries = whole.index(b"entries/")
    for length in (10, *range(50, before_entries, before_entries // 10)):
        bundle.write_bytes(whole[:length])
        with pytest.raises(PartMissingError if length > 10 else NotABundleError):
            recover_from(" ".join(house.words), bundle, secrets.token_bytes)
    bundle.write_bytes(whole[:-40])
    new, traffic = come_back(house, bundle, tmp_path / "short.swingtag")
    with new:
        assert FolderNotice.ENDS_EARLY in traffic.notices
        assert new.read(bear)
        assert shown(new, photo) is None


@dataclass(frozen=True)
class Lost:
    """What is left of two collectors: a stick, and the words of both kits."""

    stick: Path
    artmatt: Path
    begin: Path
    words: tuple[str, ...]

    def recover(self, place: Path) -> None:
        recover_from(" ".join(self.words), place, secrets.token_bytes)


@pytest.fixture(scope="module")
def left(homes: Template, tmp_path_factory: pytest.TempPathFactory) -> Lost:
    home = tmp_path_factory.mktemp("left")
    stick = home / "stick"
    stick.mkdir()
    houses = [homes.house(home, name, devices=3) for name in ("artmatt", "begin")]
    for house in houses:
        live_through(house, stick)
        house.close()
    shelves = [shelf(house.desks[0], stick) for house in houses]
    return Lost(stick, *shelves, houses[0].words)


@pytest.fixture
def lost(left: Lost, tmp_path: Path) -> Lost:
    """A copy of all that is left, to be harmed."""
    stick = shutil.copytree(left.stick, tmp_path / "copied")
    shelves = (stick / each.relative_to(left.stick) for each in (left.artmatt, left.begin))
    return Lost(stick, *shelves, left.words)


def links(lost: Lost) -> list[Path]:
    return sorted(lost.artmatt.glob("links/*"))


def lose_the_first_link(lost: Lost) -> None:
    links(lost)[0].unlink()


def lose_a_link_between(lost: Lost) -> None:
    links(lost)[3].unlink()


def lose_the_last_link(lost: Lost) -> None:
    """Only the entries under its key tell that there was one."""
    links(lost)[-1].unlink()


def change_a_link(lost: Lost) -> None:
    content = bytearray(links(lost)[-1].read_bytes())
    content[100] ^= 1
    links(lost)[-1].write_bytes(content)


def forge_a_link(lost: Lost) -> None:
    """Name a changed link by its own hash, as whoever may write there can."""
    last = links(lost)[-1]
    content = bytearray(last.read_bytes())
    content[-1] ^= 1
    last.unlink()
    number = last.name.partition("-")[0]
    last.with_name(f"{number}-{sha256(bytes(content)).hex()}").write_bytes(content)


def cut_all(lost: Lost) -> None:
    for path in lost.artmatt.rglob("*"):
        if path.is_file():
            path.write_bytes(path.read_bytes()[:-9])


def lose_the_boxes(lost: Lost) -> None:
    shutil.rmtree(lost.artmatt / "boxes")


def cut_the_boxes(lost: Lost) -> None:
    for box in lost.artmatt.glob("boxes/*"):
        box.write_bytes(box.read_bytes()[:-1])


def copy_only_entries(lost: Lost) -> None:
    shutil.rmtree(lost.artmatt / "links")


def swap_tenants(lost: Lost) -> None:
    aside = lost.artmatt.with_name("aside")
    lost.artmatt.rename(aside)
    lost.begin.rename(lost.artmatt)
    aside.rename(lost.begin)


def lose_ours(lost: Lost) -> None:
    shutil.rmtree(lost.artmatt)


def lose_everything(lost: Lost) -> None:
    shutil.rmtree(lost.stick)
    lost.stick.mkdir()
    (lost.stick / "holiday.jpg").write_bytes(b"somebody's")


def pull_it_out(lost: Lost) -> None:
    shutil.rmtree(lost.stick)


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        (lose_the_first_link, PartMissingError),
        (lose_a_link_between, PartMissingError),
        (lose_the_last_link, PartMissingError),
        (change_a_link, PartMissingError),
        (forge_a_link, PartMissingError),
        (cut_all, PartMissingError),
        (lose_the_boxes, PartMissingError),
        (cut_the_boxes, PartMissingError),
        (copy_only_entries, PartMissingError),
        (swap_tenants, PartMissingError),
        (lose_ours, OtherKitThereError),
        (lose_everything, NothingThereError),
        (pull_it_out, FolderGoneError),
    ],
)
def test_what_is_not_whole_is_refused_and_left_as_it_is(
    lost: Lost, harm: Callable[[Lost], None], said: type[SyncError]
) -> None:
    harm(lost)
    before = contents(lost.stick)
    with pytest.raises(said):
        lost.recover(lost.stick)
    assert contents(lost.stick) == before


def test_what_others_laid_among_ours_does_no_harm(lost: Lost, tmp_path: Path) -> None:
    shutil.copytree(lost.begin, lost.artmatt, dirs_exist_ok=True)
    (lost.stick / "swingtag" / ("ab" * 32)).mkdir()
    (lost.stick / "swingtag" / ("cd" * 32)).symlink_to(tmp_path)
    for entry in list(lost.artmatt.glob("entries/*/*/*"))[-1:]:
        entry.with_name(f"{entry.name} (conflicted copy)").write_bytes(b"anything")
    moved = tmp_path / "swingtag" / "ours"
    shutil.copytree(lost.stick, moved, symlinks=True)
    for chosen in (lost.stick, lost.artmatt.parent, lost.artmatt, moved):
        lost.recover(chosen)


def test_words_and_files_that_are_none(lost: Lost, tmp_path: Path) -> None:
    words = list(lost.words)
    wrong = [*words[:-1], "zoo" if words[-1] != "zoo" else "abandon"]
    for text in ("", " ".join(words[:23]), " ".join(wrong)):
        with pytest.raises(WrongWordsError):
            recover_from(text, lost.stick, secrets.token_bytes)
    with pytest.raises(BundleGoneError):
        lost.recover(tmp_path / f"nowhere{SUFFIX}")


@pytest.mark.parametrize("known", [True, False])
def test_out_of_two_lists_the_new_computer_is_in_both_and_a_person_chooses(
    homes: Template,
    tmp_path: Path,
    stick: Path,
    known: bool,  # noqa: FBT001 - whether the rescued computer exchanged before the next was lost
) -> None:
    """Somebody came back out of an old copy, and then finds the newer folder."""
    house = homes.house(tmp_path, "artmatt", devices=3)
    _, tablet, old = house.desks
    house.go_round(stick, 1)
    copy = shutil.copytree(stick, tmp_path / "older")
    wish(tablet.vault.secrets, old.vault.device)
    exchange(tablet, stick)
    bear = tablet.add(notes="in the newer folder only")
    exchange(tablet, stick)
    first, _ = come_back(house, copy, tmp_path / "first.swingtag")
    bean = first.add(notes="on the first that came back")
    if known:
        exchange(first, copy)
    assert UnnamedByForkError().sentence in exchange(first, stick).sentences
    assert not first.read(bear), "the list that the first follows does not know of the new key"
    second, traffic = come_back(house, stick, tmp_path / "second.swingtag")
    assert FolderNotice.CHOOSE in traffic.notices
    assert second.read(bear)
    assert second.read(bean)
    exchange(second, stick)
    assert FolderNotice.CHOOSE in exchange(first, stick).notices, "it may follow now"
    assert members(first)[second.vault.device] == (Role.OWNER, True), "its list knows of both"
    choose(first.vault.secrets, Choice.FOLLOW)
    for desk in (first, second, tablet, first):
        traffic = exchange(desk, stick)
    assert traffic.sentences == ()
    assert exchange(second, stick).sentences == exchange(tablet, stick).sentences == ()
    assert first.hash == second.hash == tablet.hash
    assert first.read(bear)
    assert members(first) == members(second) == members(tablet)
    for desk in (first, second):
        assert members(tablet)[desk.vault.device] == (Role.OWNER, True)
        desk.close()
    house.close()


def test_a_stick_that_can_only_be_read_gets_the_link_later(
    lost: Lost, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    house = Household([], lost.words)
    before, really = contents(lost.stick), os.open

    def on_the_stick(deed: Callable[..., object]) -> Callable[..., object]:
        def refuse(path: Path, *args: int, **more: int) -> object:
            reads = deed is really and args[0] & os.O_ACCMODE == os.O_RDONLY
            if Path(path).is_relative_to(lost.stick) and not reads:
                raise OSError(errno.EROFS, "")
            return deed(path, *args, **more)

        return refuse

    with monkeypatch.context() as patched:
        for deed in ("mkdir", "replace", "unlink", "open"):
            patched.setattr(os, deed, on_the_stick(getattr(os, deed)))
        new, traffic = come_back(house, lost.stick, tmp_path / "new.swingtag")
        assert traffic.sentences == ()
        assert exchange(new, lost.stick).trouble == FolderClosedError().sentence
    assert contents(lost.stick) == before
    with new:
        assert exchange(new, lost.stick).trouble == ""
        assert len(links(lost)) == len(new.vault.log.state().links)


def test_a_snapshot_serves_and_the_link_reaches_the_server_by_who_is_left(
    world: World, stick: Path, tmp_path: Path
) -> None:
    """A collection that has a server, which the person who lost a device cannot reach."""
    house, address = world.artmatt, world.server.address
    laptop, tablet = house.desks
    bears = [laptop.add(notes=f"bear {n}") for n in range(3)]
    for n in range(10):
        laptop.put(bears[0], notes=f"changed {n}")
        laptop.sync()
    days = 100
    tablet.hand.ahead = laptop.hand.ahead = days * 24 * 3_600_000
    world.server.dial.turn(days * 24 * 3600)
    laptop.sync()
    laptop.tidy()
    with pair(laptop, tmp_path / "phone.swingtag", address) as phone:
        phone.hand.ahead = laptop.hand.ahead
        phone.sync()
        assert phone.vault.snapshots.taken is not None
        exchange(phone, stick)
    others = world.begin.laptop.vault.log.state().links
    new, traffic = come_back(Household([], house.words), stick, tmp_path / "new.swingtag")
    with new:
        new.hand.ahead = laptop.hand.ahead
        assert traffic.sentences == ()
        assert [new.read(bear) for bear in bears] == [laptop.read(bear) for bear in bears]
        assert len(new.vault.records.history(Kind.COPY, bears[0])) >= 10
        for desk in (new, tablet):
            assert exchange(desk, stick).sentences == ()
        quiet(tablet, laptop)
        assert members(laptop)[new.vault.device] == (Role.OWNER, True)
        new.network.sign_up(new.vault, address, "artmatt")
        new.restart()
        quiet(new, laptop)
        assert laptop.hash == new.hash
    world.begin.sync()
    assert world.begin.laptop.vault.log.state().links == others
