"""What is measured of snapshots. Each measure is a generator, see ``tests.benchmarks.worker``."""

import time

from desktop.collection.values import Query
from shared.domain.operations import Change, Put
from shared.domain.schema import Kind
from shared.ids import RecordId
from tests.benchmarks.devices import device
from tests.benchmarks.report import Job
from tests.benchmarks.synced import STEPS, level, network, posted

_LONE = "bench-lone"
_COPIES = 20
_EDITS_A_REST = 100


def snapshot_upload(job: Job) -> STEPS:
    """Make a snapshot of everything, with its history, and propose it to the other device."""
    with posted(job) as post:
        post.sync()
        yield {}
        post.session.tidy()
        yield {}


def snapshot_approval(job: Job) -> STEPS:
    """Compare the snapshot with what this device holds, and sign it; the server drops entries."""
    with posted(job) as post:
        post.sync()
        yield {}
        post.session.tidy()
        yield {}
        assert post.network.about(post.vault).entries == 0


def snapshot_download(job: Job) -> STEPS:
    """Fetch everything on a device that has just joined; ``listed_cpu_s``: until it is listed."""
    listed: list[float] = []
    with posted(job) as post:

        def announce(change: Change) -> None:
            post.collection.announce(change)
            if not listed and len(post.collection.find(Query()).ids) == job.n:
                listed.append(time.process_time())

        session = post.network.session(post.vault, announce)
        start = time.process_time()
        yield {}
        level(session)
        yield {"listed_cpu_s": round(listed[0] - start, 3)}


def live_entries(job: Job) -> STEPS:
    """Edit and sync again and again, with a rest now and then: how many entries are there at most.

    The collector has one device; others would have to agree.
    """
    here, most = device(job), 0
    with here.founded() as _:
        pass
    with here.opened() as (collection, vault), network() as way:
        way.sign_up(vault, job.url, _LONE)
        session = way.session(vault, collection.announce)
        copies = [RecordId(number.to_bytes(16)) for number in range(1, _COPIES + 1)]
        yield {}
        for number in range(job.changed):
            edit = Put(Kind.COPY, copies[number % _COPIES], {"notes": f"note {number}"})
            collection.write("Edit notes", [edit])
            level(session)
            if number % _EDITS_A_REST == 0:
                most = max(most, way.about(vault).entries)
                session.tidy()
        yield {"repeats": job.changed, "most_entries": most}
