"""Large pictures go past the server, to and from a real S3-compatible store."""

import secrets
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import httpx
import pytest

from desktop.sync.courier import open_http
from desktop.sync.doors import Doors
from desktop.sync.errors import (
    DoorAwayError,
    DoorShutError,
    UnfitDoorError,
    UnreadableReplyError,
)
from desktop.sync.traffic import Traffic
from shared.crypto.attachments import SEALED_CHUNK_BYTES
from shared.domain.schema import Kind
from shared.ids import FileId
from shared.protocol import limits
from shared.protocol.limits import UNCLAIMED_SECONDS
from shared.protocol.problems import Code
from tests.desktop.sync.conftest import Template, World, world_of
from tests.desktop.sync.desk import Desk
from tests.desktop.sync.portal import portal
from tests.desktop.sync.test_pictures import (
    ORIGINAL,
    attach,
    shown,
)
from tests.sync_server.object_store import ObjectStore, Road, object_store, road_to
from tests.sync_server.serving import command, refusal

CHUNKS = 3


@pytest.fixture(scope="module")
def store() -> Iterator[ObjectStore]:
    with object_store() as store:
        yield store


class Scene:
    """Two collectors at a server with a bucket, the server's way to it, and the devices' way."""

    def __init__(self, store: ObjectStore, world: World, prefix: str, roads: list[Road]) -> None:
        self.store, self.world, self.prefix = store, world, prefix
        self.inner, self.outer = roads
        self.port = httpx.URL(world.server.address).port

    @property
    def objects(self) -> list[str]:
        return self.store.objects(self.prefix)

    @property
    def listed(self) -> Iterator[str]:
        """The names of all objects that the server knows of."""
        for path in self.world.server.folder.glob("tenants/*/*/tenant.db"):
            with closing(sqlite3.connect(path)) as db:
                for file, n in db.execute("SELECT file, n FROM chunk"):
                    yield f"{path.parent.name}/{file.hex()}/{n}"

    def sync_until(self, desk: Desk, done: Callable[[], bool]) -> None:
        """Sync again and again, past the time for which the server leaves a store alone."""
        for _ in range(40):
            desk.sync()
            self.world.server.dial.turn(6)
            if done():
                return
        raise AssertionError(desk.session.notices)

    def objects_of(self, desk: Desk) -> list[str]:
        return [name for name in self.objects if name.startswith(desk.vault.tenant.hex())]


@pytest.fixture
def scene(store: ObjectStore, template: Template, tmp_path: Path) -> Iterator[Scene]:
    prefix = secrets.token_hex(4)
    with ExitStack() as opened:
        roads = [opened.enter_context(road_to(store)) for _ in range(2)]
        place = store.place(prefix, endpoint=roads[0].address, public=roads[1].address)
        world = opened.enter_context(world_of(template, tmp_path / "world", place))
        yield Scene(store, world, prefix, roads)


def test_the_bytes_of_an_original_never_pass_through_the_server(scene: Scene) -> None:
    laptop, tablet = scene.world.artmatt.desks
    original, thumbnail = secrets.token_bytes(ORIGINAL), secrets.token_bytes(9_000)
    photo = attach(laptop, original, thumbnail)
    laptop.sync()
    tablet.session.want(photo)
    tablet.sync()
    tablet.sync()
    assert shown(tablet, photo) == original
    assert shown(tablet, photo, "thumb_") == thumbnail
    by_server = laptop.line.carried[scene.port] + tablet.line.carried[scene.port]
    assert by_server + scene.inner.carried < 60_000  # the thumbnail four times, lists, entries
    assert scene.outer.carried >= 2 * ORIGINAL
    assert len(scene.objects) == CHUNKS + 1
    assert scene.objects == scene.objects_of(laptop)


@pytest.mark.parametrize("chunk", [0, 1, 2])
def test_a_picture_whose_way_was_cut_goes_on_where_it_was(scene: Scene, chunk: int) -> None:
    laptop, tablet = scene.world.artmatt.desks
    original = secrets.token_bytes(ORIGINAL)
    photo = attach(laptop, original, b"small")
    file = laptop.read(photo, Kind.PHOTO)["file"].hex()
    cut(laptop, file, chunk)
    assert len(laptop.session.notices) == 1
    laptop.sync()
    assert len(put_or_got(laptop, "PUT", file)) <= CHUNKS - chunk
    assert not laptop.vault.files.unsent()
    tablet.sync()
    tablet.session.want(photo)
    cut(tablet, file, chunk)
    tablet.restart()
    tablet.session.want(photo)
    tablet.sync()
    assert len(put_or_got(tablet, "GET", file)) <= CHUNKS - chunk
    assert shown(tablet, photo) == original


def cut(desk: Desk, file: str, chunk: int) -> None:
    """Let the line lose the store's answer about one chunk; the round goes on without it."""

    def lose(_method: str, path: str) -> None:
        if path.startswith("/sealed/") and path.endswith(f"{file}/{chunk}"):
            desk.line.lost_replies = 1

    desk.line.refuse = lose
    desk.sync()
    desk.line.refuse = lambda _method, _path: None
    desk.line.asked.clear()


def put_or_got(desk: Desk, method: str, file: str) -> list[str]:
    return [
        each for each in desk.line.asked if each.startswith(f"{method} /sealed/") and file in each
    ]


def test_while_the_store_is_down_entries_go_on_and_pictures_wait(scene: Scene) -> None:
    laptop, tablet = scene.world.artmatt.desks
    scene.store.kill()
    try:
        photo = attach(laptop, secrets.token_bytes(ORIGINAL), b"small")
        bear = laptop.add(notes="while it was down")
        laptop.sync()
        assert laptop.session.notices == (Code.FILES_AWAY.sentence,)
        tablet.sync()
        assert tablet.read(bear)
        assert tablet.read(photo, Kind.PHOTO)
    finally:
        scene.store.start()
    scene.world.server.dial.turn(6)  # the server leaves a store alone for a while
    laptop.sync()
    assert laptop.session.notices == ()
    tablet.session.want(photo)
    tablet.sync()
    assert shown(tablet, photo)


def test_a_store_that_fails_now_and_then_loses_nothing_and_keeps_nothing_else(
    scene: Scene,
) -> None:
    laptop, tablet = scene.world.artmatt.desks
    originals = {}
    for n in range(8):
        content = secrets.token_bytes(ORIGINAL if n % 2 else 300_000)
        originals[attach(laptop, content, secrets.token_bytes(500))] = content
    left = attach(laptop, secrets.token_bytes(ORIGINAL), b"never claimed")
    fields = laptop.read(left, Kind.PHOTO)
    abandoned = FileId(fields["file"])
    _begin_and_leave(laptop, abandoned)
    scene.inner.failing = scene.outer.failing = 0.1
    scene.sync_until(laptop, lambda: not laptop.vault.files.unsent())
    for photo in originals:
        tablet.session.want(photo)
    scene.sync_until(tablet, lambda: all(shown(tablet, photo) for photo in originals))
    assert {photo: shown(tablet, photo) for photo in originals} == originals
    assert scene.inner.failed + scene.outer.failed > 5
    # Only what is claimed is left, once the time of the others has come.
    assert any(abandoned.hex() in name for name in scene.objects)
    scene.world.server.dial.turn(UNCLAIMED_SECONDS + 60)
    for desk in (laptop, tablet):
        desk.hand.ahead += (UNCLAIMED_SECONDS + 60) * 1000
    for desk in (laptop, scene.world.begin.laptop):
        attach(desk, b"any claim", b"sweeps")
        scene.sync_until(desk, lambda desk=desk: not desk.vault.files.unsent())
    assert scene.objects == sorted(scene.listed)
    assert not any(abandoned.hex() in name for name in scene.objects)


def _begin_and_leave(desk: Desk, file: FileId) -> None:
    """Put some chunks through doors and forget all about it."""
    sealed = desk.vault.files.read(file)
    desk.vault.files.remove(file)
    courier = desk.session._courier
    told = courier.doors(file, CHUNKS)
    courier.put_through(told.doors[0].url, sealed[:SEALED_CHUNK_BYTES])


def test_two_collectors_with_one_picture_share_nothing_and_leave_alone(scene: Scene) -> None:
    artmatt, begin = scene.world.artmatt.laptop, scene.world.begin.laptop
    original = secrets.token_bytes(ORIGINAL)
    ours, theirs = (attach(desk, original, b"small") for desk in (artmatt, begin))
    for desk in (artmatt, begin):
        desk.sync()
    mine, yours = scene.objects_of(artmatt), scene.objects_of(begin)
    assert len(mine) == len(yours) == CHUNKS + 1
    contents = {
        (scene.store.folder / "sealed" / scene.prefix / name).read_bytes() for name in scene.objects
    }
    assert len(contents) == 2 * (CHUNKS + 1)
    # Whoever asks for a file of the other's is told of a place of their own.
    file = FileId(artmatt.read(ours, Kind.PHOTO)["file"])
    told = begin.session._courier.doors(file, CHUNKS)
    assert told.chunks == ()
    assert all(f"/{begin.vault.tenant.hex()}/" in door.url for door in told.doors)
    moved = told.doors[0].url.replace(begin.vault.tenant.hex(), artmatt.vault.tenant.hex())
    for method in ("PUT", "GET"):
        answer = httpx.request(method, moved, content=b"" if method == "GET" else b"mine now")
        assert answer.status_code == 403, answer.text
    assert scene.objects_of(artmatt) == mine
    folder = scene.world.server.folder
    teardown = ("tenant", "teardown", "artmatt", "--yes")
    assert "Attachments are in a bucket here" in refusal(folder, *teardown)
    command(folder, *teardown, "--attachments", scene.store.place(scene.prefix))
    assert scene.objects_of(artmatt) == []
    assert scene.objects_of(begin) == yours
    tablet = scene.world.begin.tablet
    tablet.sync()
    tablet.session.want(theirs)
    tablet.sync()
    assert shown(tablet, theirs) == original


def test_a_url_that_became_too_old_is_asked_for_again(scene: Scene) -> None:
    laptop = scene.world.artmatt.laptop
    photo = attach(laptop, secrets.token_bytes(ORIGINAL), b"small")
    file = laptop.read(photo, Kind.PHOTO)["file"].hex()
    shut = ["0", "2"]

    def refuse(_method: str, path: str) -> Code | None:
        """Answer the first PUT of two chunks as a store answers an old URL: with its own 403."""
        if path.startswith("/sealed/") and shut and path.endswith(f"{file}/{shut[0]}"):
            shut.pop(0)
            return Code.SUSPENDED
        return None

    laptop.line.refuse = refuse
    laptop.sync()
    assert not shut
    assert not laptop.vault.files.unsent()
    assert len(put_or_got(laptop, "PUT", file)) == CHUNKS + 2
    asked = [each for each in laptop.line.asked if each.endswith("/doors")]
    assert len(asked) == 4  # at first, after each refusal, and to see that all are there


@pytest.mark.parametrize(
    ("server", "url"),
    [
        ("https://8.8.8.8", "https://127.0.0.1/router"),
        ("https://8.8.8.8", "https://192.168.1.1/router"),
        ("https://8.8.8.8", "https://[::ffff:10.0.0.1]/router"),
        ("https://8.8.8.8", "https://[fe80::1]/router"),
        ("https://8.8.8.8", "https://169.254.169.254/latest/meta-data"),
        ("https://8.8.8.8", "https://localhost/"),
        ("https://8.8.8.8", "https://2130706433/"),
        ("https://8.8.8.8", "http://9.9.9.9/"),
        ("https://127.0.0.1:1", "http://127.0.0.1:1/"),
        ("https://8.8.8.8", "https://user:secret@9.9.9.9/"),
        ("https://8.8.8.8", "file:///etc/passwd"),
        ("https://8.8.8.8", "https:///nowhere"),
        ("https://8.8.8.8", ""),
        ("https://8.8.8.8", "https://\x00"),
    ],
)
def test_a_lying_server_leads_nowhere(server: str, url: str) -> None:
    def never(request: httpx.Request) -> httpx.Response:
        raise AssertionError(request.url)

    with httpx.Client(transport=httpx.MockTransport(never)) as http:
        doors = Doors(http, httpx.URL(server), Traffic())
        with pytest.raises(UnfitDoorError) as caught:
            doors.get(url)
        assert caught.value.sentence.endswith("operator.")


def test_what_a_door_answers_is_not_trusted() -> None:
    big = secrets.token_bytes(limits.CHUNK_BYTES + 1)
    with open_http() as http:
        for status, body, error in (
            ("200 OK", big, UnreadableReplyError),
            ("302 Found", b"", DoorShutError),
            ("403 Forbidden", b"<Error/>", DoorShutError),
            ("503 Slow Down", b"", DoorAwayError),
        ):
            with portal(status, "text/plain", body, "Location: http://127.0.0.1:1/") as address:
                doors = Doors(http, httpx.URL(address), Traffic())
                with pytest.raises(error):
                    doors.get(f"{address}/chunk")


def test_a_door_hears_nothing_of_who_comes(scene: Scene) -> None:
    laptop, seen = scene.world.artmatt.laptop, []
    attach(laptop, secrets.token_bytes(ORIGINAL), b"small")
    wire = laptop.line._wire
    handle = wire.handle_request

    def look(request: httpx.Request) -> httpx.Response:
        if request.url.path.startswith("/sealed/"):
            seen.append(sorted(request.headers))
        return handle(request)

    wire.handle_request = look  # type: ignore[method-assign] # looks on
    laptop.sync()
    assert seen == [["content-length", "host"]] * CHUNKS
