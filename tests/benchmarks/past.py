"""The collection as it was, on a device of its own: told again, listed, compared with today."""

import time
from collections.abc import Generator

from desktop.collection.values import Query
from shared.domain.operations import Put, PutMany
from shared.domain.schema import Kind
from tests.benchmarks.devices import device
from tests.benchmarks.items import batch, items
from tests.benchmarks.report import Extra, Job

_FIRST_ID = 0x01980000_0000_7000_8000_000000000000
_PAGE, _GONE = 50, 10
_A_MOMENT = 0.01
"""Seconds, so that the last edit is of a later millisecond than the others."""


def lived(job: Job) -> Generator[Extra, None, None]:
    """Make a past: the import, a bulk edit of half the copies, some of single ones; then today."""
    made = batch(list(items(job.n, job.seed)), _FIRST_ID)
    with device(job).founded() as collection:
        yield {}
        collection.write("Import", made.operations)
        half = made.copies[: job.n // 2]
        collection.write("Note", [PutMany(Kind.COPY, half, ("notes",), (["seen"] * len(half),))])
        for number in range(job.changed):
            collection.write("Edit", [Put(Kind.COPY, made.copies[number], {"notes": f"{number}"})])
        time.sleep(_A_MOMENT)
        collection.copies.delete(made.copies[-_GONE:])
        yield {}


def as_of(job: Job) -> Generator[Extra, None, None]:
    """From the wish to see a moment to its first page, then compared with today."""
    with device(job).opened() as (collection, _):
        collection.rows(collection.find(Query()).ids[:_PAGE])
        then = (collection.times.span().last or 0) - 1
        yield {}
        past = collection.times.at(then, _quietly)
        listed = past.collection.find(Query()).ids
        assert len(past.collection.rows(listed[:_PAGE])) == _PAGE
        assert len(listed) == job.n
        began = time.process_time()
        told = past.until(None, collection, _quietly)
        assert told.counts == (0, 0, _GONE)
        yield {"compare_cpu_s": round(time.process_time() - began, 3)}
        past.close()


def _quietly(_done: int, _whole: int) -> None:
    """Show nothing."""
