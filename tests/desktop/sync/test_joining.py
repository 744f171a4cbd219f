"""New devices: by six digits through the mailbox, and by the 24 words of the emergency kit."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from desktop.sync.chain import FalseChainError
from desktop.sync.errors import RefusedError
from desktop.sync.hosting import Reception
from desktop.sync.joined import Joined, keep_promise
from desktop.sync.mailbox import PairingCancelledError, PairingExpiredError
from desktop.sync.network import Network
from desktop.sync.notices import Notice
from desktop.sync.pairing import Guest
from desktop.sync.visits import MOST_VISITS, PAUSE_MILLIS, TooManyVisitsError
from desktop.vault.identity import read_identity
from shared.crypto.pairing import PairingError
from shared.crypto.paper import WrongWordsError
from shared.membership import Role, verify_chain
from shared.protocol.limits import PAIR_SECONDS
from shared.protocol.messages import encode
from shared.protocol.problems import Code
from tests.desktop.sync.conftest import Household, World, pair
from tests.desktop.sync.desk import Desk, Hand, move_in, network_on, never_ready
from tests.desktop.sync.line import Line
from tests.sync_server.serving import running


@pytest.fixture
def outside() -> Iterator[Network]:
    """A new computer that belongs to nobody."""
    network = network_on(Line(), Hand())
    yield network
    network.http.close()


def meet(owner: Desk, network: Network, server: str) -> tuple[Guest, Reception]:
    newcomer = network.newcomer(server, never_ready)
    with ThreadPoolExecutor(1) as other:
        met = other.submit(owner.network.greet, owner.vault, newcomer.code, never_ready)
        guest = newcomer.meet()
        return guest, met.result()


def live(desk: Desk) -> set[bytes]:
    state = desk.vault.log.state()
    return {
        m.device for m in verify_chain(state.links, state.tenant).live if m.role is not Role.PAPER
    }


def test_a_paired_device_has_everything_and_may_write(world: World, tmp_path: Path) -> None:
    laptop, tablet = world.artmatt.desks
    bear = laptop.add(notes="shared")
    laptop.sync()
    phone = pair(laptop, tmp_path / "phone.swingtag", world.server.address)
    try:
        phone.sync()
        assert phone.hash == laptop.hash
        phone.put(bear, notes="from the phone")
        phone.sync()
        world.artmatt.sync()
        assert tablet.read(bear)["notes"] == "from the phone"
        assert live(laptop) == live(tablet) == live(phone)
        assert len(live(phone)) == 3
        assert live(world.begin.laptop).isdisjoint(live(phone))
    finally:
        phone.close()


def test_nothing_is_signed_before_the_person_agrees(world: World, outside: Network) -> None:
    before = live(world.artmatt.laptop)
    guest, reception = meet(world.artmatt.laptop, outside, world.server.address)
    assert guest.digits == reception.digits
    assert len(guest.digits) == 6
    world.artmatt.sync()
    assert live(world.artmatt.laptop) == before


def test_after_three_that_were_not_let_in_the_door_stays_shut_for_a_while(
    world: World, outside: Network
) -> None:
    """Whoever is in the middle gets few tries; a restart gives no more."""
    owner, address = world.artmatt.laptop, world.server.address
    for _ in range(2):
        for _ in range(MOST_VISITS):
            meet(owner, outside, address)
        owner.reopen()
        for waited in (0, PAUSE_MILLIS - 60_000):
            owner.hand.ahead += waited
            with pytest.raises(TooManyVisitsError):
                owner.network.greet(owner.vault, code_of(outside, address), never_ready)
        meet(world.begin.laptop, outside, address)  # another collector's door is another one
        owner.hand.ahead += 120_000
        meet(owner, outside, address)
        with pytest.raises(TooManyVisitsError):
            owner.network.greet(owner.vault, code_of(outside, address), never_ready)
        owner.hand.ahead += PAUSE_MILLIS
        guest, reception = meet(owner, outside, address)
        owner.network.admit(owner.vault, reception)
        assert outside.join(guest, address).tenant == owner.vault.tenant
    assert len(live(owner)) == 4
    assert len(live(world.begin.laptop)) == 2


def code_of(network: Network, server: str) -> str:
    return network.newcomer(server, never_ready).code


def test_somebody_in_the_middle_shows_in_the_digits(world: World, outside: Network) -> None:
    """Whoever got hold of the code can answer it, but not with the digits of the real owner."""
    guest, _ = meet(world.begin.laptop, outside, world.server.address)
    _, reception = meet(world.artmatt.laptop, outside, world.server.address)
    assert guest.digits != reception.digits


def test_a_code_is_good_for_one_answer(world: World, outside: Network) -> None:
    newcomer = outside.newcomer(world.server.address, never_ready)
    first, second = world.artmatt.desks
    with ThreadPoolExecutor(1) as other:
        met = other.submit(first.network.greet, first.vault, newcomer.code, never_ready)
        newcomer.meet()
        met.result()
    with pytest.raises(RefusedError) as caught:
        second.network.greet(second.vault, newcomer.code, never_ready)
    assert caught.value.sentence == Code.SLOT_USED.sentence


def test_an_old_code_leads_nowhere(world: World, outside: Network) -> None:
    newcomer = outside.newcomer(world.server.address, never_ready)
    waits = iter(range(int(PAIR_SECONDS) + 1))

    def hurry(seconds: float) -> bool:
        world.server.dial.turn(seconds)
        return next(waits) >= 0

    owner = world.artmatt.laptop
    with pytest.raises(PairingExpiredError):
        owner.network.greet(owner.vault, newcomer.code, hurry)


def test_a_pairing_can_be_cancelled(world: World, outside: Network) -> None:
    newcomer = outside.newcomer(world.server.address, lambda _seconds: False)
    with pytest.raises(PairingCancelledError):
        newcomer.meet()


@pytest.mark.parametrize("code", ["", "swingtag-", "hello", "swingtag-AAAA"])
def test_what_is_no_code_is_said_so(world: World, code: str) -> None:
    owner = world.artmatt.laptop
    with pytest.raises(PairingError):
        owner.network.greet(owner.vault, code, never_ready)


def test_every_answer_of_the_mailbox_may_be_lost_once(
    world: World, outside: Network, tmp_path: Path
) -> None:
    """On both sides, at each step: the server did what was asked, and its answer never came."""
    owner, lost = world.artmatt.laptop, list[str]()

    def losing(line: Line) -> None:
        arrived = set[str]()

        def lose(path: str, body: bytes) -> bytes:
            if "/v1/pair/" in path and path not in arrived:
                arrived.add(path)
                lost.append(path)
                raise httpx.ReadError("lost")
            return body

        line.alter = lose

    losing(owner.line)
    losing(outside.http._transport)
    guest, reception = meet(owner, outside, world.server.address)
    owner.network.admit(owner.vault, reception)
    with move_in(tmp_path / "phone.swingtag", outside.join(guest, world.server.address)) as phone:
        assert live(phone) == live(owner)
        assert len(live(phone)) == 3
    assert len(lost) == 6, "three messages, left and fetched"
    assert len(live(world.begin.laptop)) == 2, "untouched"


def test_a_false_chain_lets_nobody_in(world: World, outside: Network) -> None:
    """The server shows the new device the chain of another collector."""
    guest, reception = meet(world.artmatt.laptop, outside, world.server.address)
    world.artmatt.laptop.network.admit(world.artmatt.laptop.vault, reception)
    theirs = world.begin.laptop.session._courier.chain()
    line: Line = outside.http._transport

    def swap(path: str, body: bytes) -> bytes:
        return encode(theirs) if path.endswith("/chain") else body

    line.alter = swap
    with pytest.raises(FalseChainError):
        outside.join(guest, world.server.address)
    line.alter = None
    joined = outside.join(guest, world.server.address)  # the same guest may try again
    assert joined.tenant == world.artmatt.laptop.vault.tenant


def test_a_server_that_shows_a_newcomer_less_than_there_was(world: World, tmp_path: Path) -> None:
    world.artmatt.laptop.add(notes="kept back")
    world.artmatt.laptop.sync()
    phone = pair(world.artmatt.laptop, tmp_path / "phone.swingtag", world.server.address)
    try:
        last = world.artmatt.laptop.vault.log.state().heads
        line = [
            o.device + o.incarnation + (h.seq + 5).to_bytes(8) + h.hash for o, h in last.items()
        ]
        keep_promise(phone.vault.secrets, line)
        phone.restart()
        phone.sync()
        assert phone.session.notices == (Notice.WITHHELD.value,)
    finally:
        phone.close()


def typed(words: tuple[str, ...]) -> str:
    """The words as somebody types them from the sheet."""
    return "\n".join(f"{n}. {word.upper()}" for n, word in enumerate(words, 1))


def recover(house: Household, network: Network, server: str) -> Joined:
    return network.recover(typed(house.words), house.laptop.vault.tenant, server)


def test_24_words_bring_everything_back(world: World, outside: Network, tmp_path: Path) -> None:
    house = world.artmatt
    for n in range(30):
        house.laptop.add(notes=f"bear {n}")
    house.sync()
    joined = recover(house, outside, world.server.address)
    desk = move_in(tmp_path / "restored.swingtag", joined)
    try:
        desk.sync()
        assert desk.hash == house.laptop.hash
        bear = desk.add(notes="after the fire")
        desk.sync()
        house.sync()
        assert house.tablet.read(bear)["notes"] == "after the fire"
        assert world.begin.laptop.hash == world.begin.tablet.hash
    finally:
        desk.close()


def test_who_is_left_gives_another_server_everything(
    world: World, outside: Network, tmp_path: Path
) -> None:
    """The server is gone, and every device but the one that the kit let in."""
    house = world.artmatt
    bear = house.tablet.add(notes="from a device that is gone")
    house.sync()
    desk = move_in(tmp_path / "left.swingtag", recover(house, outside, world.server.address))
    try:
        desk.sync()
        with running(tmp_path / "new server") as server:
            desk.network.sign_up(desk.vault, server.address, "artmatt")
            desk.restart()
            desk.sync()
            joined = recover(house, outside, server.address)
            other = move_in(tmp_path / "other.swingtag", joined)
            try:
                other.sync()
                assert other.read(bear)
                assert other.hash == desk.hash == house.laptop.hash
                assert len(joined.links) == len(desk.vault.log.state().links) + 1
            finally:
                other.close()
    finally:
        desk.close()


def test_words_that_are_mistyped_or_of_another_kit(world: World, outside: Network) -> None:
    tenant, server = world.artmatt.laptop.vault.tenant, world.server.address
    words = list(world.artmatt.words)
    wrong = [*words[:-1], "zoo" if words[-1] != "zoo" else "abandon"]
    for text in ("", " ".join(words[:23]), " ".join(wrong), "quite something else"):
        with pytest.raises(WrongWordsError):
            outside.recover(text, tenant, server)
    with pytest.raises(RefusedError) as caught:
        outside.recover(typed(world.begin.words), tenant, server)
    assert caught.value.refusal.code is Code.NOT_ADMITTED


def test_two_owners_add_devices_at_the_same_time(world: World, tmp_path: Path) -> None:
    """The chain moves under one of them: it looks again and signs anew."""
    one = pair(world.artmatt.laptop, tmp_path / "one.swingtag", world.server.address)
    two = pair(world.artmatt.tablet, tmp_path / "two.swingtag", world.server.address)
    try:
        for desk in (one, two):
            desk.sync()
        world.artmatt.sync()
        assert len(live(one)) == 4
        assert live(two) == live(world.artmatt.laptop) == live(one)
    finally:
        one.close()
        two.close()


def test_identities_differ(world: World) -> None:
    devices = {
        read_identity(desk.vault.secrets).keys.device
        for house in (world.artmatt, world.begin)
        for desk in house.desks
    }
    assert len(devices) == 4
