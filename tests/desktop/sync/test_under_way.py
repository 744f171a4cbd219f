"""Pictures under way, a chunk at a time: a pause and edits come in between, and it is told."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from msgspec import structs

from desktop.sync.speed import LEAST_SECONDS, SPAN_SECONDS, Speedometer
from desktop.sync.status import Course, SyncPhase, SyncStatus
from desktop.sync.tally import Tally
from desktop.vault.photo_policy import PhotoPolicy, keep_policy
from desktop.vault.progress import StoppedError
from shared.crypto.attachments import sealed_size
from shared.domain.schema import Kind
from shared.ids import Cursor
from shared.protocol.messages import SyncReply, decode, encode
from shared.protocol.problems import Code
from tests.desktop.sync.conftest import World, pair
from tests.desktop.sync.desk import Desk, eventually
from tests.desktop.sync.line import Line
from tests.desktop.sync.test_compaction import compact, write_much
from tests.desktop.sync.test_pictures import attach, shown
from tests.desktop.sync.test_worker import Working

CHUNKS = 12
SIZE = CHUNKS * 262_144 - 1_000


class Gate:
    """Lets so many chunks through one way, and holds up the next one until it is opened."""

    def __init__(self, line: Line, method: str, chunks: int) -> None:
        self._line, self._method, self._left = line, method, chunks
        self.passed = 0
        line.refuse = self._pass

    @property
    def holds(self) -> bool:
        return not self._line.free.is_set()

    def open(self, chunks: int = 1_000_000) -> None:
        """Let some more through."""
        self._left = chunks
        self._line.free.set()

    def _pass(self, method: str, path: str) -> Code | None:
        if method == self._method and "/files/" in path:
            self.passed += 1
            self._left -= 1
            if not self._left:
                self._line.free.clear()  # the next request hangs, whatever it is
        return None


@contextmanager
def working(desk: Desk) -> Iterator[Working]:
    """Let a worker run whose wake-ups come."""
    made = Working(desk)
    made.settle()
    eventually(lambda: made.worker._listener.live)
    try:
        yield made
    finally:
        desk.line.free.set()
        made.worker.stop()


def pictures_told(said: list[SyncStatus], course: Course) -> list[tuple[int, int, int, int]]:
    moving = [status.pictures for status in said if status.pictures is not None]
    return [
        (each.files, each.all_files, each.bytes, each.all_bytes)
        for each in moving
        if each.course is course
    ]


def test_a_pause_stops_an_upload_within_one_chunk(world: World) -> None:
    with working(world.artmatt.laptop) as laptop:
        desk = laptop.desk
        photo = attach(desk, secrets.token_bytes(SIZE), b"small")
        gate = Gate(desk.line, "PUT", 4)
        laptop.worker.edited()
        eventually(lambda: gate.holds)
        laptop.worker.pause()
        assert laptop.is_in(SyncPhase.PAUSED)
        asked = len(desk.line.asked)
        gate.open()
        bear = laptop.edit("made while it is paused")
        assert not _any_more(desk, asked + 1)
        assert desk.vault.log.waiting() == 1
        assert laptop.is_in(SyncPhase.PAUSED)
        laptop.worker.resume()
        laptop.settle()
        assert not desk.vault.files.unsent()
        puts = [asked for asked in desk.line.asked if asked.startswith("PUT")]
        assert len(puts) == len(set(puts)) == CHUNKS + 1
        tablet = world.artmatt.tablet
        tablet.sync()
        assert tablet.read(bear)
        tablet.session.want(photo)
        tablet.sync()
        assert shown(tablet, photo) == shown(desk, photo)


def _any_more(desk: Desk, than: int) -> bool:
    """Tell whether more is asked for within a moment."""
    try:
        eventually(lambda: len(desk.line.asked) > than, 0.4)
    except AssertionError:
        return False
    return True


def test_edits_of_both_sides_pass_between_the_chunks_of_an_upload(world: World) -> None:
    with working(world.artmatt.laptop) as laptop, working(world.artmatt.tablet) as tablet:
        desk = laptop.desk
        attach(desk, secrets.token_bytes(SIZE), b"small")
        gate = Gate(desk.line, "PUT", 3)
        laptop.worker.edited()
        eventually(lambda: gate.holds)
        mine = laptop.edit("made here during the upload")
        theirs = tablet.edit("made there during the upload")
        eventually(lambda: not tablet.desk.vault.log.waiting())
        gate.open(5)
        eventually(lambda: gate.holds)
        assert desk.vault.files.unsent()
        assert desk.read(theirs)
        assert not desk.vault.log.waiting()
        eventually(lambda: bool(tablet.desk.read(mine)))
        gate.open()
        laptop.settle()
        told = pictures_told(laptop.said, Course.SENDING)
        size = sealed_size(SIZE) + sealed_size(len(b"small"))
        assert {(all_files, all_bytes) for _, all_files, _, all_bytes in told} == {(2, size)}
        counts = [done for _, _, done, _ in told]
        assert counts == sorted(counts)
        assert 0 < counts[-1] <= size


def test_wake_ups_pass_between_many_small_pictures_and_a_pause_stops_them(world: World) -> None:
    with working(world.artmatt.laptop) as laptop, working(world.artmatt.tablet) as tablet:
        desk = laptop.desk
        photos = [attach(desk, b"%d" % n, b"small %d" % n) for n in range(8)]  # all of one chunk
        gate = Gate(desk.line, "PUT", 3)
        laptop.worker.edited()
        eventually(lambda: gate.holds)
        theirs = tablet.edit("made there meanwhile")
        eventually(lambda: not tablet.desk.vault.log.waiting())
        gate.open(4)
        eventually(lambda: gate.holds)
        assert desk.read(theirs)
        assert desk.vault.log.waiting() == len(photos)
        laptop.worker.pause()
        puts = gate.passed
        gate.open()
        eventually(lambda: laptop.is_in(SyncPhase.PAUSED))
        asked = len(desk.line.asked)
        assert not _any_more(desk, asked + 2)  # one is put and claimed, and no more
        assert gate.passed <= puts + 1
        laptop.worker.resume()
        laptop.settle()
        told = pictures_told(laptop.said, Course.SENDING)
        assert {all_files for _, all_files, _, _ in told} == {16}
        assert not desk.vault.files.unsent()
        eventually(lambda: all(tablet.desk.read(photo, Kind.PHOTO) for photo in photos))


def test_a_pause_stops_originals_and_small_pictures_on_their_way_here(world: World) -> None:
    laptop = world.artmatt.laptop
    photos = [attach(laptop, secrets.token_bytes(SIZE), secrets.token_bytes(900)) for _ in range(9)]
    laptop.sync()
    keep_policy(world.artmatt.tablet.vault.secrets, PhotoPolicy.ALL)
    tablet = Working(world.artmatt.tablet)
    desk = tablet.desk
    for passed in (5, 9 + 7):  # in the middle of the small ones, then of an original
        gate = Gate(desk.line, "GET", passed)
        tablet.worker.resume()
        eventually(lambda gate=gate: gate.holds)
        tablet.worker.pause()
        asked = len(desk.line.asked)
        gate.open()
        assert not _any_more(desk, asked + 1)
    tablet.worker.resume()
    eventually(lambda: all(shown(desk, photo) for photo in photos), 30)
    tablet.settle()
    tablet.worker.stop()
    got = [asked for asked in desk.line.asked if asked.startswith("GET /v1/files")]
    assert len(got) <= 9 * (CHUNKS + 1) + 2  # at most what was under way, once more
    assert pictures_told(tablet.said, Course.GATHERING)[-1][1] == len(photos)


def test_what_somebody_wants_to_see_comes_before_what_is_under_way(world: World) -> None:
    laptop, tablet = world.artmatt.desks
    wanted = attach(laptop, b"look at me", b"small, too")
    laptop.sync()
    with working(tablet) as there:
        for _ in range(3):
            attach(tablet, secrets.token_bytes(SIZE), b"small")
        gate = Gate(tablet.line, "PUT", 3)
        there.worker.edited()
        eventually(lambda: gate.holds)
        there.worker.want(wanted)
        gate.open(5)
        eventually(lambda: gate.holds)
        assert shown(tablet, wanted) == b"look at me"
        gate.open()
        there.settle()


def test_a_newcomer_is_told_how_much_is_still_to_come(world: World, tmp_path: Path) -> None:
    laptop = world.artmatt.laptop
    for _ in range(110):  # some three pages of an answer
        laptop.add(notes=secrets.token_urlsafe(85_000))
    laptop.sync()
    with pair(laptop, tmp_path / "phone.swingtag", world.server.address) as phone:
        told: list[tuple[int, int]] = []
        phone.session.sync(lambda done, total: told.append((done, total)))
        pages = sum(asked == "POST /v1/sync" for asked in phone.line.asked)
        assert pages > len(told) >= 2
        assert [done for done, _ in told] == sorted({done for done, _ in told})
        assert all(0 < done < total for done, total in told)
        assert len({total for _, total in told}) == 1
        assert phone.hash == laptop.hash


def test_a_server_that_boasts_of_its_log_does_no_harm(world: World) -> None:
    laptop, tablet = world.artmatt.desks
    bears = [laptop.add(notes="one edit"), tablet.add(notes="another")]
    laptop.sync()

    def boast(path: str, body: bytes) -> bytes:
        if not path.endswith("/sync"):
            return body
        return encode(structs.replace(decode(body, SyncReply), end=Cursor(2**62)))

    tablet.line.alter = boast
    told: list[tuple[int, int]] = []
    tablet.session.sync(lambda done, total: told.append((done, total)))
    assert all(0 <= done <= total for done, total in told)
    assert all(tablet.read(bear) for bear in bears)


@pytest.mark.parametrize("course", Course)
def test_the_speed_is_that_of_the_last_while(course: Course) -> None:
    clock = [100.0]
    meter = Speedometer(lambda: clock[0])
    first = meter.read(course, Tally(0, 2, 0, 1_000_000))
    assert first is not None
    assert (first.speed, first.left) == (0.0, 0.0)
    assert meter.read(course, Tally(0, 2, 10, 1_000_000)) is None  # a moment later
    for second in range(1, 61):
        clock[0] = 100.0 + second
        speed = 1_000 if second <= 30 else 2_000
        done = 1_000 * min(second, 30) + 2_000 * max(second - 30, 0)
        moving = meter.read(course, Tally(0, 2, done, 1_000_000))
        assert moving is not None
        if second < LEAST_SECONDS:
            assert moving.speed == 0.0
        elif second <= 30 or second > 30 + SPAN_SECONDS:
            assert moving.speed == pytest.approx(speed, rel=0.05)
            assert moving.left == pytest.approx((1_000_000 - done) / speed, rel=0.05)
    clock[0] += 2 * SPAN_SECONDS  # it was paused
    again = meter.read(course, Tally(1, 2, 90_000, 1_000_000))
    assert again is not None
    assert again.speed == 0.0


def test_a_pause_stops_a_first_download_between_any_two_requests(
    world: World, tmp_path: Path
) -> None:
    """Parts of a snapshot, pages and history: nothing is lost, and no part is fetched twice."""
    write_much(world.artmatt)
    compact(world.artmatt)
    laptop = world.artmatt.laptop
    for n in range(3):
        laptop.add(notes=f"behind the snapshot, {n}")
    laptop.sync()
    with pair(laptop, tmp_path / "phone.swingtag", world.server.address) as phone:
        calls = 0

        def stop(_done: int, _total: int) -> None:
            nonlocal calls
            calls -= 1
            if not calls:
                raise StoppedError

        for stops in range(12):  # each time a request later
            calls = stops + 1
            with suppress(StoppedError):
                phone.session.round(stop)
                break
        assert stops >= 2
        objects = [each for each in phone.line.asked if "/objects/" in each]
        assert len(objects) == len(set(objects)) >= 2
        assert phone.hash == laptop.hash
        assert not phone.vault.snapshots.missing_history()
