"""How long it takes until a collection with photos is back from its emergency kit alone.

The owner's device is gone: a new one has the 24 words, the collection's id and the address. A
second collector is at the same server and must not change.
"""

import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from typing_extensions import override

from desktop.collection.imaging import Imaging, Prepared
from desktop.collection.values import Query
from desktop.sync.network import Network
from desktop.vault.layout import layout_of
from desktop.vault.vault import Vault
from shared.domain.schema import Kind
from shared.ids import RecordId
from tests.benchmarks.devices import WISH, Device, Open
from tests.benchmarks.items import batch, items
from tests.benchmarks.report import Job
from tests.benchmarks.synced import STEPS, level, network

PHOTO_BYTES, THUMBNAIL_BYTES = 16 * 1024, 2 * 1024
FIRST_ID = 0x01980000_0000_7000_8000_000000000000


class SmallPictures(Imaging):
    """Takes any bytes for a picture; their beginning is the thumbnail."""

    @override
    def prepare(self, data: bytes) -> Prepared:
        return Prepared(data, "image/jpeg", data[:THUMBNAIL_BYTES], "image/jpeg")


def restore(job: Job) -> STEPS:
    """From the kit typed in until every item and every photo in full size is on the new device."""
    folder = Path(job.folder) / "restore"
    folder.mkdir()
    with (
        network() as way,
        _lived(folder / "begin", way, job, "beside", 3) as stranger,
        _lived(folder / "owner", way, job, "restored", job.n) as owner,
    ):
        before, tenant = stranger.vault.log.content_hash(), owner.vault.tenant
        words = (folder / "owner" / "words").read_text()
        yield {}
        began = time.perf_counter()
        joined = way.recover(words, tenant, job.url)
        new = Device(folder / "new", "New", SmallPictures())
        collection = new.library.join(joined, WISH)
        session = way.session(new.vault, collection.announce)
        level(session)
        listed = time.perf_counter() - began
        photos = _photos(new.vault)
        for photo in photos:
            session.want(photo)
        level(session)
        yield {"list_s": round(listed, 3), "photos": len(photos)}
        level(way.session(owner.vault, owner.collection.announce))  # hears the new one's name
        assert new.vault.log.content_hash() == owner.vault.log.content_hash()
        assert len(collection.find(Query()).ids) == len(photos) == job.n
        assert _files(new.folder) == _files(folder / "owner")
        collection.close()
        assert stranger.vault.log.content_hash() == before


@contextmanager
def _lived(folder: Path, way: Network, job: Job, slug: str, count: int) -> Iterator[Open]:
    """Found a collection of so many items with a photo each, and bring it to the server."""
    device = Device(folder, folder.name, SmallPictures())
    created = device.library.create(WISH)
    (folder / "words").write_text(" ".join(created.words))
    collection, draw = created.collection, random.Random(job.seed)  # noqa: S311 - repeatable
    made = batch(list(items(count, job.seed)), FIRST_ID)
    collection.write("Import", made.operations)
    for copy in made.copies:
        collection.photos.add(copy, draw.randbytes(PHOTO_BYTES))
    way.sign_up(device.vault, job.url, slug)
    level(way.session(device.vault, collection.announce))
    try:
        yield Open(collection, device.vault)
    finally:
        collection.close()


def _photos(vault: Vault) -> list[RecordId]:
    with vault._database.reading() as cursor:
        return [row.record for row in layout_of(Kind.PHOTO.value).read_living(cursor)]


def _files(folder: Path) -> set[tuple[str, bytes]]:
    """Return name and sealed bytes of every picture below a folder."""
    found = (path for path in folder.rglob("files/*/*") if path.is_file())
    return {(path.name, path.read_bytes()) for path in found}
