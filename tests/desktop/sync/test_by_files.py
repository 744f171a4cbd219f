"""New devices without a server: two files, carried by a person, each saved twice."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec import structs

from desktop.collection.founding import FIRST_EPOCH, found_tenant
from desktop.sync.by_files import (
    Answering,
    Asking,
    MisfitError,
    ServerNeededError,
    UsedPairingFileError,
)
from desktop.sync.file_mailbox import (
    AnsweredOtherError,
    EarlierPairingFileError,
    ExpiredPairingFileError,
    HugePairingFileError,
    OtherPairingFileError,
    OwnPairingFileError,
    ThreeTriesError,
    UnreadPairingFileError,
    UnsavedPairingFileError,
)
from desktop.sync.joined import Joined
from desktop.sync.network import Network
from desktop.sync.pairing import WELCOME
from desktop.sync.restoring import whole_links
from desktop.vault.identity import Identity, keep_founding, read_founding, read_server
from shared.crypto.epochs import Keyring
from shared.crypto.pair_files import (
    MAX_FILE_BYTES,
    DamagedPairingFileError,
    NewerPairingFileError,
    NotAPairingFileError,
    PairingFile,
    PairingFileError,
    Part,
)
from shared.crypto.paper import paper_device
from shared.signing import sha256
from tests.desktop.sync.conftest import NAMES, World
from tests.desktop.sync.desk import Desk, Hand, move_in, network_on, open_desk
from tests.desktop.sync.folder.household import exchange
from tests.desktop.sync.line import Line

DAY = 24 * 3_600_000


@dataclass
class Stick:
    """Carries the files of one pairing, and everything that ever lay on it."""

    folder: Path

    @property
    def asked(self) -> Path:
        return self.folder / "new device.swingpair"

    @property
    def answered(self) -> Path:
        return self.folder / "answer.swingpair"

    def put(self, name: str, raw: bytes) -> Path:
        path = self.folder / name
        path.write_bytes(raw)
        return path


@dataclass
class Computer:
    """A computer that belongs to nobody yet, with its clock."""

    network: Network
    hand: Hand


@pytest.fixture(scope="module")
def homes(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, bytes]]:
    """Two collections that never saw a server, closed; and what opens them."""
    folder, keys = tmp_path_factory.mktemp("homes"), {}
    for name in NAMES:
        network = network_on(Line(), Hand())
        founded = found_tenant(network.surroundings.random)
        network.http.close()
        identity = Identity(founded.keys, Keyring(founded.tenant, {FIRST_EPOCH: founded.epoch_key}))
        links = tuple(made.link for made in founded.links)
        with move_in(folder / name, Joined("", identity, links)) as desk:
            keep_founding(desk.vault.secrets, founded.links)
            keys[name] = desk.vault.key
    return folder, keys


def moved_in(homes: tuple[Path, dict[str, bytes]], folder: Path, name: str) -> Desk:
    shutil.copytree(homes[0] / name, folder / f"{name}.swingtag")
    return open_desk(folder / f"{name}.swingtag", homes[1][name], "")


@pytest.fixture
def stick(tmp_path: Path) -> Stick:
    return Stick(tmp_path)


@pytest.fixture
def artmatt(homes: tuple[Path, dict[str, bytes]], tmp_path: Path) -> Iterator[Desk]:
    with moved_in(homes, tmp_path, "artmatt") as desk:
        yield desk


@pytest.fixture
def begin(homes: tuple[Path, dict[str, bytes]], tmp_path: Path) -> Iterator[Desk]:
    """The other collector, to whom nothing happens in any of these tests."""
    with moved_in(homes, tmp_path, "begin") as desk:
        before = desk.vault.log.state(), desk.hash
        yield desk
        assert (desk.vault.log.state(), desk.hash) == before


@pytest.fixture
def outside() -> Iterator[Computer]:
    hand = Hand()
    network = network_on(Line(), hand)
    yield Computer(network, hand)
    network.http.close()


def ask(outside: Computer, stick: Stick) -> Asking:
    asking = outside.network.asking()
    asking.save(stick.asked)
    return asking


def answer(owner: Desk, stick: Stick) -> Answering:
    answering = owner.network.answering(owner.vault, stick.asked)
    answering.save(stick.answered)
    return answering


def meet(owner: Desk, outside: Computer, stick: Stick) -> tuple[Asking, Answering]:
    """Go as far as the digits."""
    asking = ask(outside, stick)
    answering = answer(owner, stick)
    asking.meet(stick.answered)
    answering.meet(stick.asked)
    return asking, answering


def links(desk: Desk) -> tuple[bytes, ...]:
    return desk.vault.log.state().links


def test_two_files_let_a_device_in(
    artmatt: Desk, begin: Desk, outside: Computer, stick: Stick
) -> None:
    before = links(artmatt)
    asking, answering = meet(artmatt, outside, stick)
    assert asking.digits == answering.digits
    assert len(asking.digits) == 6
    assert links(artmatt) == before  # nothing is signed before a person agrees
    answering.admit()
    joined = asking.join(stick.answered)
    assert joined.tenant == artmatt.vault.tenant != begin.vault.tenant
    assert joined.links == links(artmatt)
    assert joined.links[:2] == before
    assert len(joined.links) == 3
    assert joined.server == ""
    with move_in(stick.folder / "phone.swingtag", joined) as phone:
        other = Stick(stick.folder)
        further, host = meet(phone, outside, other)  # who was let in lets others in
        host.admit()
        assert len(further.join(other.answered).links) == 4


def test_the_keys_of_earlier_epochs_come_along(
    artmatt: Desk, outside: Computer, stick: Stick
) -> None:
    for _ in range(2):
        artmatt.network.change_kit(artmatt.vault, paper_device(os.urandom(32)))
    asking, answering = meet(artmatt, outside, stick)
    answering.admit()
    joined = asking.join(stick.answered)
    assert set(joined.identity.keyring.epoch_keys) == {1, 2, 3}
    assert [made.link for made in joined.founding] == list(links(artmatt))


@pytest.mark.usefixtures("begin")
def test_an_exchange_folder_brings_the_rest(artmatt: Desk, outside: Computer, stick: Stick) -> None:
    bear = artmatt.add(notes="from before")
    artmatt.network.change_kit(artmatt.vault, paper_device(os.urandom(32)))
    asking, answering = meet(artmatt, outside, stick)
    answering.admit()
    with move_in(stick.folder / "phone.swingtag", asking.join(stick.answered)) as phone:
        shared = stick.folder / "shared"
        shared.mkdir()
        exchange(artmatt, shared)
        exchange(phone, shared)
        assert phone.read(bear)["notes"] == "from before"
        phone.put(bear, notes="from the phone")
        exchange(phone, shared)
        exchange(artmatt, shared)
        assert artmatt.hash == phone.hash
        assert artmatt.read(bear)["notes"] == "from the phone"


def test_either_device_may_sign_up_later(
    world: World, artmatt: Desk, outside: Computer, stick: Stick
) -> None:
    """The boxes of all links came along, so the new device can found the place at the server."""
    bear = artmatt.add(notes="before there was a server")
    asking, answering = meet(artmatt, outside, stick)
    answering.admit()
    joined = asking.join(stick.answered)
    address = world.server.address
    with move_in(stick.folder / "phone.swingtag", joined) as phone:
        keep_founding(phone.vault.secrets, joined.founding)
        phone.network.sign_up(phone.vault, address, "latecomer")
        phone.put(bear, notes="from the phone")
        phone.sync()
        founding = read_founding(artmatt.vault.secrets)
        assert len(whole_links(links(artmatt), founding)) == 3
        artmatt.network.sign_up(artmatt.vault, address, "latecomer")
        for desk in (artmatt, phone, artmatt):
            desk.sync()
        assert artmatt.hash == phone.hash
    assert world.begin.laptop.hash == world.begin.tablet.hash


def test_with_a_server_the_link_goes_there(world: World, outside: Computer, stick: Stick) -> None:
    laptop, tablet = world.artmatt.desks
    bear = laptop.add(notes="shared")
    laptop.sync()
    asking, answering = meet(laptop, outside, stick)
    laptop.line.cut = True
    with pytest.raises(ServerNeededError):
        answering.admit()
    assert not answering.admitted
    laptop.line.cut = False
    answering.admit()
    joined = asking.join(stick.answered)
    assert joined.server == read_server(laptop.vault.secrets)
    with move_in(stick.folder / "phone.swingtag", joined) as phone:
        phone.sync()
        assert phone.read(bear)["notes"] == "shared"
        tablet.sync()
        assert links(tablet) == links(phone) == joined.links
    assert len(links(world.begin.laptop)) == 3


@pytest.mark.parametrize("synced", [False, True])
def test_an_answer_of_the_server_that_is_lost_costs_nothing(
    world: World, outside: Computer, stick: Stick, *, synced: bool
) -> None:
    """The link got through: it is sent again as it is, or has come back with a sync meanwhile."""
    laptop = world.artmatt.laptop
    asking, answering = meet(laptop, outside, stick)
    laptop.line.lost_replies = 1
    with pytest.raises(ServerNeededError):
        answering.admit()
    if synced:
        laptop.sync()
    answering.admit()
    assert asking.join(stick.answered).links == links(laptop)
    assert len(links(laptop)) == 4
    assert len(links(world.begin.laptop)) == 3


def test_a_stick_that_is_gone_costs_nothing(artmatt: Desk, outside: Computer, stick: Stick) -> None:
    """At each of the four ways the file is saved somewhere else, and the attempt goes on."""
    gone = stick.folder / "gone"
    asking = outside.network.asking()
    with pytest.raises(UnsavedPairingFileError):
        asking.save(gone / "a")
    asking.save(stick.asked)
    answering = artmatt.network.answering(artmatt.vault, stick.asked)
    with pytest.raises(UnsavedPairingFileError):
        answering.save(gone / "b")
    gone.mkdir()
    answering.save(gone / "b")
    asking.save(gone / "a")
    moved = (gone / "b").rename(stick.answered)
    (gone / "a").unlink()
    gone.rmdir()
    with pytest.raises(UnsavedPairingFileError):
        asking.meet(moved)
    asking.save(stick.asked)
    answering.meet(stick.asked)
    assert asking.digits == answering.digits != ""
    with pytest.raises(UnsavedPairingFileError):
        answering.admit()
    assert answering.admitted
    answering.save(stick.answered)
    assert asking.join(stick.answered).links == links(artmatt)
    assert len(links(artmatt)) == 3


def test_in_a_folder_that_both_see_nobody_need_open_anything(
    artmatt: Desk, begin: Desk, outside: Computer, stick: Stick
) -> None:
    """Each device finds the other's next file beside its own, whatever else lies there."""
    asking = ask(outside, stick)
    stick.put("junk.swingpair", b"SWPR and so on")
    (stick.folder / "a folder.swingpair").mkdir()
    begin.network.answering(begin.vault, stick.asked).save(stick.folder / "theirs.swing")
    assert asking.look() is None
    answering = answer(artmatt, stick)
    offer = stick.answered.read_bytes()
    stick.answered.write_bytes(offer[:-1])
    assert asking.look() is None  # it is still being copied
    stick.answered.write_bytes(offer)
    assert asking.look() == stick.answered
    assert answering.look() is None
    asking.meet(stick.answered)
    assert answering.look() == stick.asked
    answering.meet(stick.asked)
    assert asking.look() is None
    answering.admit()
    assert asking.look() == stick.answered
    assert asking.join(stick.answered).tenant == artmatt.vault.tenant


def test_each_wrong_file_is_named(
    artmatt: Desk, begin: Desk, outside: Computer, stick: Stick
) -> None:
    asking = ask(outside, stick)
    code = stick.asked.read_bytes()
    other_code = stick.put("other", b"")
    other = outside.network.asking()
    other.save(other_code)
    theirs = begin.network.answering(begin.vault, stick.asked)
    theirs.save(stick.folder / "theirs")
    answering = answer(artmatt, stick)
    offer = stick.answered.read_bytes()
    with pytest.raises(UsedPairingFileError):
        artmatt.network.answering(artmatt.vault, stick.asked)

    for_asking: list[tuple[bytes, type[PairingFileError]]] = [
        (b"", NotAPairingFileError),
        (b"\x89PNG" + bytes(500), NotAPairingFileError),
        (offer[:-1], DamagedPairingFileError),
        (offer[:40], DamagedPairingFileError),
        (offer[:4] + b"\2" + offer[5:], NewerPairingFileError),
        (offer + bytes(MAX_FILE_BYTES), HugePairingFileError),
        (code, OwnPairingFileError),
        (other_code.read_bytes(), OtherPairingFileError),
    ]
    for raw, error in for_asking:
        with pytest.raises(error):
            asking.meet(stick.put("wrong", raw))
    for path in (stick.folder, stick.folder / "nowhere"):
        with pytest.raises(UnreadPairingFileError):
            asking.meet(path)
    asking.meet(stick.answered)
    reveal = stick.asked.read_bytes()

    for raw, error in [
        (code, EarlierPairingFileError),
        (offer, OwnPairingFileError),
        (other_code.read_bytes(), OtherPairingFileError),
        (reveal[:-9], DamagedPairingFileError),
    ]:
        with pytest.raises(error):
            answering.meet(stick.put("wrong", raw))
    with pytest.raises(AnsweredOtherError):
        theirs.meet(stick.asked)  # it answers artmatt's device
    answering.meet(stick.asked)
    answering.admit()

    for raw, error in [
        (offer, EarlierPairingFileError),
        (reveal, OwnPairingFileError),
        ((stick.folder / "theirs").read_bytes(), EarlierPairingFileError),
    ]:
        with pytest.raises(error):
            asking.join(stick.put("wrong", raw))
    assert asking.join(stick.answered).tenant == artmatt.vault.tenant

    for path, error in [
        (stick.answered, OwnPairingFileError),
        (stick.asked, OtherPairingFileError),
        (stick.put("again", code), UsedPairingFileError),
    ]:
        with pytest.raises(error):
            artmatt.network.answering(artmatt.vault, path)


def test_files_are_good_for_a_day(artmatt: Desk, outside: Computer, stick: Stick) -> None:
    asking = ask(outside, stick)
    for ahead in (DAY + 60_000, -DAY - 60_000):
        artmatt.hand.ahead = ahead
        with pytest.raises(ExpiredPairingFileError):
            artmatt.network.answering(artmatt.vault, stick.asked)
    artmatt.hand.ahead = DAY - 60_000
    answering = answer(artmatt, stick)
    outside.hand.ahead = DAY - 60_000
    asking.meet(stick.answered)
    answering.meet(stick.asked)
    answering.admit()
    outside.hand.ahead += 120_000  # its own day is over, whatever the files say
    with pytest.raises(ExpiredPairingFileError):
        asking.join(stick.answered)


def again(raw: bytes, change: Callable[[bytearray], None]) -> bytes:
    """Change a file as somebody does who knows the format."""
    content = bytearray(raw[:-32])
    change(content)
    return bytes(content) + sha256(bytes(content))


def test_three_wrong_tries_end_it(artmatt: Desk, outside: Computer, stick: Stick) -> None:
    def spoil(content: bytearray) -> None:
        content[-1] ^= 1

    asking, answering = ask(outside, stick), answer(artmatt, stick)
    right = stick.answered.read_bytes()
    wrong = stick.put("wrong", again(right, spoil))
    for error in (MisfitError, MisfitError, MisfitError, ThreeTriesError):
        with pytest.raises(error):
            asking.meet(wrong)
    with pytest.raises(ThreeTriesError):
        asking.meet(stick.answered)
    with pytest.raises(EarlierPairingFileError):
        answering.meet(stick.asked)
    assert len(links(artmatt)) == 2


def test_whoever_swaps_both_files_shows_in_the_digits(
    artmatt: Desk, begin: Desk, outside: Computer, stick: Stick
) -> None:
    """A new device of his own for the owner, a collection of his own for the new device."""
    mallory = Stick(stick.folder / "mallory")
    mallory.folder.mkdir()
    victim = ask(outside, stick)
    his_device = ask(outside, mallory)
    owner = artmatt.network.answering(artmatt.vault, mallory.asked)
    owner.save(mallory.answered)
    his_device.meet(mallory.answered)
    owner.meet(mallory.asked)
    his_collection = answer(begin, stick)
    victim.meet(stick.answered)
    his_collection.meet(stick.asked)
    assert owner.digits == his_device.digits
    assert victim.digits == his_collection.digits
    assert owner.digits != victim.digits  # the two screens that the person sees
    assert len(links(artmatt)) == 2


def test_whoever_swaps_one_file_is_refused(
    artmatt: Desk, begin: Desk, outside: Computer, stick: Stick
) -> None:
    """To the new device: another collection's answer in place of the second one. To the owner:
    another device's reveal.
    """
    asking, answering = ask(outside, stick), answer(artmatt, stick)
    asking.meet(stick.answered)
    true = PairingFile.parse(stick.asked.read_bytes())

    mallory = Stick(stick.folder / "mallory")
    mallory.folder.mkdir()
    his = ask(outside, mallory)
    host = answer(begin, mallory)
    his.meet(mallory.answered)
    host.meet(mallory.asked)
    his_reveal = PairingFile.parse(mallory.asked.read_bytes())
    posed = replace(true, message=his_reveal.message)
    with pytest.raises(MisfitError):
        answering.meet(stick.put("posed", posed.encode()))
    answering.meet(stick.asked)
    answering.admit()

    his_welcome = his_reveal.message + b"welcome"
    welcome = PairingFile.parse(stick.answered.read_bytes())
    posed = replace(welcome, message=his_welcome)
    with pytest.raises(MisfitError):
        asking.join(stick.put("posed", posed.encode()))
    assert asking.join(stick.answered).tenant == artmatt.vault.tenant


@pytest.mark.parametrize("relabelled", [False, True])
def test_whoever_answers_in_the_owners_place_gets_no_device_in(
    artmatt: Desk, begin: Desk, outside: Computer, stick: Stick, *, relabelled: bool
) -> None:
    """He has seen the code, and answers it with a collection of his own before the owner does.

    The new device then shows digits, and the owner's none: what it reveals was not for the owner.
    """
    asking = ask(outside, stick)
    his = begin.network.answering(begin.vault, stick.asked)
    his.save(stick.folder / "his")
    owner = answer(artmatt, stick)
    asking.meet(stick.folder / "his")
    digits = asking.digits
    asking.meet(stick.answered)
    assert asking.digits == digits  # one offer for a code: nobody can try more of them
    reveal = PairingFile.parse(stick.asked.read_bytes())
    if relabelled:
        offer = PairingFile.parse(stick.answered.read_bytes())
        reveal = replace(reveal, answers=offer.hash)
    with pytest.raises(MisfitError if relabelled else AnsweredOtherError):
        owner.meet(stick.put("carried", reveal.encode()))
    assert owner.digits == ""
    assert len(links(artmatt)) == 2


def test_a_welcome_that_does_not_hold_together_is_refused(
    artmatt: Desk, begin: Desk, outside: Computer, stick: Stick
) -> None:
    """From the very device that was met: it may be faulty, or in the wrong hands."""
    asking, answering = meet(artmatt, outside, stick)
    reception = answering._reception
    assert reception is not None
    before = links(artmatt)
    answering.admit()
    guest = asking._guest
    assert guest is not None
    true = guest._met.join(PairingFile.parse(stick.answered.read_bytes()).message)
    for wrong in (
        structs.replace(true, links=before),
        structs.replace(true, links=before, head=sha256(before[-1])),
        structs.replace(true, links=true.links[1:]),
        structs.replace(true, links=links(begin)),
        structs.replace(true, links=()),
        structs.replace(true, links=(b"", *true.links)),
        structs.replace(true, head=bytes(32)),
        structs.replace(true, box=b""),
        structs.replace(true, box=true.box[:-1] + b"x"),
    ):
        asking._mailbox._tries.clear()
        answering._mailbox.leave(WELCOME, reception._meeting.welcome(wrong, os.urandom))
        with pytest.raises(MisfitError):
            asking.join(stick.answered)
    answering.save(stick.answered)
    asking._mailbox._tries.clear()
    assert asking.join(stick.answered).links == true.links


class Change(NamedTuple):
    """One byte of one file, changed by decay, or by somebody who ``knows`` the format."""

    part: Part
    at: float
    mask: int
    knows: bool

    def made_in(self, raw: bytes) -> bytes:
        if self.knows:
            return again(raw, self._flip)
        content = bytearray(raw)
        self._flip(content)
        return bytes(content)

    def harms(self, raw: bytes) -> bool:
        """Whether more is changed than when the file was saved."""
        with suppress(PairingFileError):
            read, sent = PairingFile.parse(self.made_in(raw)), PairingFile.parse(raw)
            return replace(read, made_millis=sent.made_millis) != sent
        return True

    def _flip(self, content: bytearray) -> None:
        content[int(self.at * len(content))] ^= self.mask


CHANGES = st.builds(
    Change,
    st.sampled_from(Part),
    st.floats(0, 1, exclude_max=True),
    st.integers(1, 255),
    st.booleans(),
)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(change=CHANGES)
def test_whatever_is_changed_on_the_way_is_noticed(
    artmatt: Desk, stick: Stick, change: Change
) -> None:
    """Only when a file was saved can be changed unnoticed, and by less than a day."""
    before = links(artmatt)
    harmed = False

    def carry(path: Path, part: Part) -> Path:
        nonlocal harmed
        if part is not change.part:
            return path
        harmed = change.harms(path.read_bytes())
        return stick.put("carried", change.made_in(path.read_bytes()))

    asking = Asking(os.urandom, Hand().millis)
    asking.save(stick.asked)
    try:
        answering = artmatt.network.answering(artmatt.vault, carry(stick.asked, Part.CODE))
        answering.save(stick.answered)
        asking.meet(carry(stick.answered, Part.OFFER))
        answering.meet(carry(stick.asked, Part.REVEAL))
        assert asking.digits == answering.digits
        answering.admit()
        joined = asking.join(carry(stick.answered, Part.WELCOME))
    except ExpiredPairingFileError:
        assert not harmed
    except PairingFileError:
        assert harmed
        assert change.part is Part.WELCOME or links(artmatt) == before
    else:
        assert not harmed
        assert joined.links == links(artmatt)
