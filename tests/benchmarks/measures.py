"""What is measured. Each measure is a generator, see ``tests.benchmarks.worker``."""

import os
import random
import subprocess
import sys
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from statistics import median

from desktop.collection.values import Query
from shared.domain.operations import Put
from shared.domain.schema import Kind
from shared.ids import RecordId
from tests.benchmarks import entries, photos, snapshots, synced
from tests.benchmarks.devices import device
from tests.benchmarks.items import (
    COMMON,
    COMMON_HITS,
    LAST_WORD,
    RARE,
    RARE_HITS,
    batch,
    items,
)
from tests.benchmarks.meter import Usage
from tests.benchmarks.past import as_of, lived
from tests.benchmarks.report import KIB_PER_MIB, Extra, Job
from tests.benchmarks.restoring import restore
from tests.benchmarks.revocation import revocation
from tests.benchmarks.words import WORDS

Measure = Callable[[Job], Generator[Extra, None, None]]

FIRST_ID = 0x01980000_0000_7000_8000_000000000000
"""As a UUIDv7 of 2025 looks; ids count on from here."""
PAGE = 50
SEARCHES = 200


def create(job: Job) -> Generator[Extra, None, None]:
    """One write of all items into a new collection, until a search finds the last one."""
    made = batch(list(items(job.n, job.seed)), FIRST_ID)
    with device(job).founded() as collection:
        yield {}
        collection.write("Import", made.operations)
        assert list(collection.find(Query(LAST_WORD)).ids) == [made.copies[-1]]
        yield {}


def file_size(job: Job) -> Generator[Extra, None, None]:
    """The folder of a collection that is closed."""
    yield {}
    files = [path for path in device(job).folder.rglob("*") if path.is_file()]
    yield {"file_bytes": sum(path.stat().st_size for path in files)}


def start(job: Job) -> Generator[Extra, None, None]:
    """From the app's process to its first painted list; its own peak, not this process's.

    An installed program has its modules compiled. So has this one, by a start before the one
    that is measured, whatever the environment says of writing bytecode.
    """
    with _started(job):
        pass
    yield {}
    with _started(job) as process:
        yield {"peak_rss_mib": round(Usage.of(process.pid).peak_kib / KIB_PER_MIB, 1)}


@contextmanager
def _started(job: Job) -> Iterator["subprocess.Popen[str]"]:
    """Start the app, wait until its list is painted, and end it afterwards."""
    folder = Path(job.folder)
    environment = os.environ | {
        "QT_QPA_PLATFORM": "offscreen",
        "PYTHONDONTWRITEBYTECODE": "",
        "PYTHONPYCACHEPREFIX": str(folder / "compiled"),
    }
    with subprocess.Popen(
        [sys.executable, "-m", "tests.benchmarks.opening", str(folder / job.device), str(job.n)],
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert process.stdout, "opened with a pipe"
            assert process.stdout.readline() == "painted\n"
            yield process
        finally:
            process.terminate()


def memory(job: Job) -> Generator[Extra, None, None]:
    """What an open collection holds: the list, its first page, the sidebar and one search."""
    yield {}
    with device(job).opened() as (collection, _):
        listed = collection.find(Query())
        shown = collection.rows(listed.ids[:PAGE])
        assert len(shown) == PAGE
        collection.shelves()
        collection.find(Query(RARE))
        yield {}


def search(job: Job) -> Generator[Extra, None, None]:
    """One word among all: ids in the list's order with their sums, many times."""
    word = {RARE_HITS: RARE, COMMON_HITS: COMMON}[job.hits]
    with device(job).opened() as (collection, _):
        collection.find(Query())
        first = _milliseconds(lambda: collection.find(Query(word)))
        yield {}
        for _ in range(SEARCHES - 1):
            collection.find(Query(word))
        found = collection.find(Query(word)).ids
        assert len(found) == job.hits
        page = _milliseconds(lambda: collection.rows(found[:PAGE]))
        yield {"hits": job.hits, "repeats": SEARCHES, "first_ms": first, "page_ms": page}


def local_edit(job: Job) -> Generator[Extra, None, None]:
    """Single edits of single copies, one after the other, as a person makes them."""
    draw = random.Random(job.seed)  # noqa: S311 - repeatable on purpose
    with device(job).opened() as (collection, _):
        copies = collection.find(Query()).ids
        edits = [_edit(draw, copies[draw.randrange(job.n)]) for _ in range(job.changed)]
        yield {}
        took = [_milliseconds(partial(collection.write, "Edit", [edit])) for edit in edits]
        yield {"repeats": len(took), "median_ms": round(median(took), 3), "worst_ms": max(took)}


def _edit(draw: random.Random, copy: RecordId) -> Put:
    """Write a price, a grade or new notes: the last also touch the search index."""
    field, value = draw.choice(
        (
            ("value", draw.randrange(1, 9999) << 15),
            ("condition", draw.choice(("MQ", "MWMT", "NM"))),
            ("notes", " ".join(draw.choices(WORDS, k=20))),
        )
    )
    return Put(Kind.COPY, copy, {field: value})


def _milliseconds(act: Callable[[], object]) -> float:
    start = time.perf_counter()
    act()
    return round((time.perf_counter() - start) * 1000, 3)


MEASURES: dict[str, Measure] = {
    "create": create,
    "file_size": file_size,
    "start": start,
    "memory": memory,
    "search": search,
    "full_upload": synced.full_upload,
    "join": synced.join,
    "full_download": synced.full_download,
    "noop_sync": synced.noop_sync,
    "incremental": synced.incremental,
    "local_edit": local_edit,
    "lived": lived,
    "as_of": as_of,
    "snapshot_upload": snapshots.snapshot_upload,
    "snapshot_approval": snapshots.snapshot_approval,
    "join_later": synced.join,
    "snapshot_download": snapshots.snapshot_download,
    "live_entries": snapshots.live_entries,
    "revocation": revocation,
    "restore": restore,
    "seal": entries.seal,
    "verify": entries.verify,
    "merge": entries.merge,
    "photos": photos.photos,
    "photos_resumed": photos.photos_resumed,
    "large_file": photos.large_file,
}
LOCAL = frozenset(
    {
        *("create", "file_size", "start", "memory", "search", "local_edit", "lived", "as_of"),
        *("seal", "verify", "merge"),
    }
)
"""Those in which no server takes part."""
SYNCED = frozenset(MEASURES) - LOCAL
"""Those in which a server takes part."""
FOUNDATIONS = frozenset({"full_upload", "join", "full_download"})
"""Those that the other synced ones rest on."""
SNAPSHOT = frozenset({"snapshot_upload", "snapshot_approval", "join_later"})
"""Those that a download from a snapshot rests on, too."""
ALONE = frozenset(
    {
        *("live_entries", "revocation", "restore", "lived", "as_of", "seal", "verify", "merge"),
        *("photos", "photos_resumed", "large_file"),
    }
)
"""Those that make all their devices themselves."""
UNREPORTED = frozenset({"join", "join_later", "lived"})
"""Those that only prepare others."""
