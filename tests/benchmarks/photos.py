"""Pictures on their way to the server: what comes on top of them, and what a bad line costs."""

import random
from pathlib import Path

import httpx
from typing_extensions import override

from desktop.collection.collection import Collection
from desktop.collection.imaging import Imaging, Prepared
from desktop.sync.courier import open_http
from desktop.sync.errors import SyncError
from desktop.sync.network import Network
from desktop.sync.rhythm import Rhythm
from shared.domain.operations import Put
from shared.domain.schema import Kind
from shared.ids import RecordId
from tests.benchmarks.devices import SURROUNDINGS, WISH, Device
from tests.benchmarks.report import Job
from tests.benchmarks.synced import STEPS, level

PHOTOS, PHOTO_BYTES = 200, 200_000
LARGE_BYTES = 50_000_000
THUMBNAIL_BYTES = 2_000
BREAKS_EVERY = 20
_COPY = RecordId(bytes(15) + b"\x01")


class AnyPictures(Imaging):
    """Takes any bytes for a picture; their beginning is the thumbnail."""

    @override
    def prepare(self, data: bytes) -> Prepared:
        return Prepared(data, "image/jpeg", data[:THUMBNAIL_BYTES], "image/jpeg")


class BadLine(httpx.HTTPTransport):
    """Loses the reply to every twentieth chunk, after the server has taken it."""

    def __init__(self) -> None:
        super().__init__()
        self.chunks = self.breaks = 0

    @override
    def handle_request(self, request: httpx.Request) -> httpx.Response:
        response = super().handle_request(request)
        if request.method == "PUT":
            self.chunks += 1
            if self.chunks % BREAKS_EVERY == 0:
                self.breaks += 1
                response.close()
                raise httpx.ReadError("lost", request=request)
        return response


def photos(job: Job) -> STEPS:
    """Send two hundred pictures of 200 KB, over a line that holds."""
    yield from _sent(job, "photos", PHOTOS, PHOTO_BYTES, httpx.HTTPTransport())


def photos_resumed(job: Job) -> STEPS:
    """The same over a line that breaks at every twentieth chunk."""
    yield from _sent(job, "photos-resumed", PHOTOS, PHOTO_BYTES, BadLine())


def large_file(job: Job) -> STEPS:
    """Send one of 50 MB over a line that breaks at every twentieth chunk."""
    yield from _sent(job, "large-file", 1, LARGE_BYTES, BadLine())


def _sent(job: Job, name: str, count: int, size: int, line: httpx.HTTPTransport) -> STEPS:
    device = Device(Path(job.folder) / name, name, AnyPictures())
    collection = device.library.create(WISH).collection
    _add(collection, job.seed, count, size)
    with open_http(line) as http:
        way = Network(http, SURROUNDINGS, Rhythm(lambda: 0.0, random.random))
        way.sign_up(device.vault, job.url, name)
        session = way.session(device.vault, collection.announce)
        yield {}
        tries = 1
        while True:
            try:
                level(session)
            except SyncError:
                tries += 1
                continue
            break
        plain = count * (size + THUMBNAIL_BYTES)
        yield {"photos": count, "plain_bytes": plain, "tries": tries}
        collection.close()


def _add(collection: Collection, seed: int, count: int, size: int) -> None:
    draw = random.Random(seed)  # noqa: S311 - repeatable on purpose
    collection.write("Add", [Put(Kind.COPY, _COPY, {"notes": "a bear"})])
    for _ in range(count):
        collection.photos.add(_COPY, draw.randbytes(size))
