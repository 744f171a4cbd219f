"""The threads: woken by edits and events, patient when offline, ended in good order."""

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from msgspec import structs

from desktop.sync.errors import UnreachableError, said
from desktop.sync.notices import Notice
from desktop.sync.status import SyncPhase, SyncStatus
from desktop.sync.worker import Worker
from desktop.vault.values import Query
from shared.domain.schema import Kind
from shared.envelope import HEADER_BYTES, Header
from shared.ids import RecordId
from shared.protocol.messages import SyncReply, decode, encode
from tests.desktop.sync.conftest import World
from tests.desktop.sync.conftest import pair as joined
from tests.desktop.sync.desk import Desk, eventually
from tests.desktop.sync.test_pictures import attach, shown
from tests.desktop.sync.test_rounds import tampered


@dataclass
class Working:
    """A device whose worker runs, and what it said."""

    desk: Desk
    said: list[SyncStatus] = field(default_factory=list)
    worker: Worker = field(init=False)

    def __post_init__(self) -> None:
        desk = self.desk
        self.worker = desk.network.start(
            desk.vault, changed=desk.changes.append, tell=self.said.append
        )

    def is_in(self, phase: SyncPhase) -> bool:
        return self.worker.status.phase is phase

    def settle(self) -> None:
        eventually(lambda: self.is_in(SyncPhase.SAVED) and self.worker.status.waiting == 0)

    def edit(self, notes: str) -> RecordId:
        record = self.desk.add(notes=notes)
        self.worker.edited()
        return record


@pytest.fixture
def pair(world: World) -> Iterator[tuple[Working, Working]]:
    both = Working(world.artmatt.laptop), Working(world.artmatt.tablet)
    for working in both:
        working.settle()
        eventually(lambda listener=working.worker._listener: listener.live)
    yield both
    for working in both:
        working.worker.stop()
    assert not syncing_threads()


def test_an_edit_travels_by_itself(pair: tuple[Working, Working]) -> None:
    laptop, tablet = pair
    asked = len(tablet.desk.line.asked)
    bear = laptop.edit("hello")
    eventually(lambda: bool(tablet.desk.read(bear)))
    laptop.settle()
    tablet.settle()
    assert laptop.desk.hash == tablet.desk.hash
    assert len(tablet.desk.line.asked) == asked
    assert laptop.worker.status.last_synced_millis
    assert laptop.worker.status.devices == 2
    assert {SyncPhase.WAITING, SyncPhase.SYNCING} <= {status.phase for status in laptop.said}


def test_offline_it_says_so_and_comes_back_by_itself(pair: tuple[Working, Working]) -> None:
    laptop, tablet = pair
    laptop.desk.line.cut = True
    bear = laptop.edit("on the train")
    eventually(lambda: laptop.is_in(SyncPhase.OFFLINE))
    assert laptop.worker.status.message == said(UnreachableError())
    assert laptop.worker.status.waiting == 1
    laptop.desk.line.cut = False
    eventually(lambda: bool(tablet.desk.read(bear)))
    laptop.settle()


def test_paused_nothing_is_sent(pair: tuple[Working, Working]) -> None:
    laptop, tablet = pair
    laptop.worker.pause()
    bear = laptop.edit("later")
    asked = len(laptop.desk.line.asked)
    sent = laptop.worker.status.sent
    there = tablet.edit("from over there")
    tablet.settle()
    assert len(laptop.desk.line.asked) == asked
    assert laptop.is_in(SyncPhase.PAUSED)
    laptop.worker.resume()
    eventually(lambda: bool(tablet.desk.read(bear)) and bool(laptop.desk.read(there)))
    laptop.settle()
    assert laptop.worker.status.sent > sent > 0


def test_a_pause_stays_in_view_when_what_was_under_way_has_ended(
    pair: tuple[Working, Working],
) -> None:
    laptop, _ = pair
    session = laptop.worker._session
    whole = session.round
    session.round = lambda progress: (laptop.worker.pause(), whole(progress))  # type: ignore[method-assign, assignment]  # paused in the middle
    laptop.edit("just before")
    eventually(lambda: laptop.is_in(SyncPhase.PAUSED) and laptop.worker.status.waiting == 0)
    session.round = whole  # type: ignore[method-assign]  # as it was
    laptop.worker.resume()
    laptop.settle()


def test_an_original_comes_when_somebody_looks(pair: tuple[Working, Working]) -> None:
    laptop, tablet = pair
    original = bytes(300_000)
    photo = attach(laptop.desk, original, b"thumbnail")
    laptop.worker.edited()
    eventually(lambda: bool(tablet.desk.read(photo, Kind.PHOTO)))
    eventually(lambda: shown(tablet.desk, photo, "thumb_") == b"thumbnail")
    assert shown(tablet.desk, photo) is None
    tablet.worker.want(photo)
    eventually(lambda: shown(tablet.desk, photo) == original)
    tablet.settle()


def test_trouble_is_told_in_words(pair: tuple[Working, Working]) -> None:
    laptop, tablet = pair
    tablet.desk.line.alter = tampered
    tablet.worker.pause()
    laptop.edit("to be changed on the way")
    laptop.settle()
    tablet.worker.resume()
    eventually(lambda: tablet.is_in(SyncPhase.TROUBLE))
    assert tablet.worker.status.message == Notice.REFUSED.value


def test_what_a_server_holds_back_is_said_while_the_line_is_live(
    pair: tuple[Working, Working], world: World, tmp_path: Path
) -> None:
    """No wake-up tells of an entry that is withheld: it is asked for, and named in the end."""
    laptop, tablet = pair

    def without_phone(path: str, body: bytes) -> bytes:
        if path != "/v1/sync":
            return body
        reply = decode(body, SyncReply)
        entries = tuple(
            entry
            for entry in reply.entries
            if Header.parse(entry[:HEADER_BYTES]).device != phone.vault.device
        )
        return encode(structs.replace(reply, entries=entries, heads=()))

    with joined(laptop.desk, tmp_path / "phone.swingtag", world.server.address) as phone:
        phone.sync()
        laptop.settle()
        tablet.settle()
        eventually(lambda: tablet.worker._listener.live)
        tablet.desk.line.alter = without_phone
        tablet.worker._session.overhear = lambda _event: False  # type: ignore[method-assign] # told nothing
        phone.add(notes="held back")
        phone.sync()
        eventually(lambda: len(laptop.desk.vault.shelves.find(Query("held"))) == 1)
        laptop.edit("written after it")
        eventually(lambda: tablet.worker.status.phase is SyncPhase.SYNCING)
        eventually(lambda: "still to come" in tablet.worker.status.message)
        tablet.desk.hand.ahead += 11 * 60_000
        eventually(lambda: Notice.WITHHELD.value == tablet.worker.status.message)
        tablet.desk.line.alter = None
        eventually(lambda: tablet.worker.status.phase is SyncPhase.SAVED)


def test_a_server_that_hangs_does_not_hold_up_the_end(world: World) -> None:
    desk = world.begin.laptop
    working = Working(desk)
    working.settle()
    desk.line.free.clear()
    working.edit("under way when the program ends")
    eventually(lambda: working.is_in(SyncPhase.SYNCING))
    started = time.monotonic()
    working.worker.stop()
    desk.reopen(desk.line.free.set)
    assert time.monotonic() - started < 2
    eventually(lambda: not syncing_threads())
    world.begin.sync()
    assert desk.hash == world.begin.tablet.hash


def syncing_threads() -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name.startswith("sync")]
