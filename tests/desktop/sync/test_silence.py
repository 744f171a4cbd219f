"""A device that should have been heard from, and the answers that tell it from one that reads."""

import msgspec
import pytest

from desktop.collection.devices import Roster
from desktop.sync.silence import DAY_MILLIS, PATIENCE_MILLIS, excuse, silent_since
from desktop.vault.identity import read_identity
from shared.envelope import HEADER_BYTES, Header
from shared.protocol.messages import SyncReply, decode, encode
from tests.desktop.sync.conftest import World
from tests.desktop.sync.desk import Desk


def device_of(desk: Desk) -> bytes:
    return read_identity(desk.vault.secrets).keys.device


def silent_at(desk: Desk) -> set[bytes]:
    return set(silent_since(desk.vault.secrets, desk.hand.millis()))


def later(world: World, millis: int) -> None:
    """Let time pass for everybody, and let the laptops sync."""
    for house in (world.artmatt, world.begin):
        for desk in house.desks:
            desk.hand.ahead += millis
        house.laptop.sync()


def entries_of(desk: Desk) -> int:
    return sum(head.seq for head in desk.vault.log.state().heads.values())


@pytest.fixture
def written(world: World) -> World:
    """Both laptops have written something. Begin's tablet has it, and artmatt's has not."""
    for house in (world.artmatt, world.begin):
        house.sync()
        house.laptop.add(notes="new")
        house.laptop.sync()
    world.begin.tablet.sync()
    return world


def test_who_owes_an_answer_for_two_weeks_is_named_until_it_comes(written: World) -> None:
    artmatt, begin = written.artmatt, written.begin
    later(written, PATIENCE_MILLIS - DAY_MILLIS)
    begin.tablet.sync()
    assert silent_at(artmatt.laptop) == set()
    later(written, 2 * DAY_MILLIS)
    assert silent_at(artmatt.laptop) == {device_of(artmatt.tablet)}
    assert silent_at(begin.laptop) == silent_at(begin.tablet) == set()
    excuse(artmatt.laptop.vault.secrets, artmatt.tablet.vault.device, artmatt.laptop.hand.millis())
    assert silent_at(artmatt.laptop) == set()
    later(written, PATIENCE_MILLIS)
    assert silent_at(artmatt.laptop) == {device_of(artmatt.tablet)}
    artmatt.tablet.add(notes="here I am")
    artmatt.tablet.sync()
    artmatt.laptop.sync()
    assert silent_at(artmatt.laptop) == set()


def test_a_server_that_freezes_a_stream_is_suspected(written: World) -> None:
    """A16: the tablet is used every day, and its entries never reach the laptop."""
    artmatt, begin = written.artmatt, written.begin
    frozen = device_of(artmatt.tablet)

    def withhold(path: str, body: bytes) -> bytes:
        if path != "/v1/sync":
            return body
        reply = decode(body, SyncReply)
        kept = [e for e in reply.entries if Header.parse(e[:HEADER_BYTES]).device != frozen]
        return encode(msgspec.structs.replace(reply, entries=tuple(kept), heads=()))

    artmatt.laptop.line.alter = withhold
    for _ in range(16):
        later(written, DAY_MILLIS)
        artmatt.tablet.put(artmatt.laptop.add(notes="unseen"), notes="held back")
        artmatt.tablet.sync()
        begin.tablet.sync()
    assert silent_at(artmatt.laptop) == {frozen}
    assert silent_at(artmatt.tablet) == silent_at(begin.laptop) == set()
    artmatt.laptop.line.alter = None
    artmatt.laptop.restart()
    artmatt.sync()
    assert silent_at(artmatt.laptop) == set()
    assert artmatt.laptop.hash == artmatt.tablet.hash


def test_who_only_reads_answers_once_a_day_later_and_says_no_more(written: World) -> None:
    artmatt = written.artmatt
    artmatt.tablet.sync()
    before = entries_of(artmatt.laptop)
    for _ in range(20):
        later(written, DAY_MILLIS)
        artmatt.tablet.sync()
        written.begin.tablet.sync()
    artmatt.laptop.sync()
    assert entries_of(artmatt.laptop) == entries_of(artmatt.tablet) == before + 1
    assert silent_at(artmatt.laptop) == silent_at(artmatt.tablet) == set()
    assert artmatt.laptop.hash == artmatt.tablet.hash
    assert artmatt.tablet.vault.undo_label is None


def test_the_card_says_it_and_it_can_be_answered(written: World) -> None:
    vault, hand = written.artmatt.laptop.vault, written.artmatt.laptop.hand
    later(written, PATIENCE_MILLIS)
    roster = Roster(
        vault.log,
        vault.records,
        vault.secrets,
        write=vault.apply,
        announce=lambda _change: None,
        wake=lambda: None,
        now_millis=hand.millis,
    )
    tablet = written.artmatt.tablet.vault.device
    assert [card.device for card in roster.cards() if card.silent] == [tablet]
    roster.excuse(tablet)
    assert not any(card.silent for card in roster.cards())
