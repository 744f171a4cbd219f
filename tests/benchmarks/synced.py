"""What is measured with a server. Each measure is a generator, see ``tests.benchmarks.worker``.

The devices have synced before they are measured, so a connection is open, as it is in the app.
"""

import random
import time
from collections.abc import Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from desktop.collection.collection import Collection
from desktop.collection.values import Query
from desktop.sync.courier import open_http
from desktop.sync.errors import RefusedError
from desktop.sync.network import Network
from desktop.sync.rhythm import Rhythm
from desktop.sync.session import Session
from desktop.vault.identity import keep_server, read_server
from desktop.vault.vault import Vault
from shared.domain.money import Money
from shared.domain.operations import Put
from shared.domain.schema import Kind
from tests.benchmarks.devices import SURROUNDINGS, WISH, device
from tests.benchmarks.report import Extra, Job

SLUG = "bench"
_MOMENT = 0.1
STEPS = Generator[Extra, None, None]


@dataclass(frozen=True, slots=True)
class Post:
    """An open collection and its way to the server, driven by hand."""

    collection: Collection
    vault: Vault
    network: Network
    session: Session

    def sync(self) -> None:
        """Go on until both sides are level."""
        self.session.sync(lambda _done, _total: None)
        assert self.vault.log.waiting() == 0


def level(session: Session) -> None:
    """Sync to the end; wait as the app does where the server asks for a moment."""
    while True:
        try:
            session.sync(lambda _done, _total: None)
        except RefusedError as error:
            if not error.passing:
                raise
            time.sleep(error.retry_after or _MOMENT)
        else:
            return


@contextmanager
def network() -> Iterator[Network]:
    """Open a way out of this process."""
    with open_http() as http:
        yield Network(http, SURROUNDINGS, Rhythm(time.monotonic, random.random))


@contextmanager
def posted(job: Job) -> Iterator[Post]:
    """Open the collection of the job's device, at the server of the job."""
    with device(job).opened() as (collection, vault), network() as way:
        if read_server(vault.secrets):
            keep_server(vault.secrets, job.url)  # the relay has another port each time
        else:
            way.sign_up(vault, job.url, SLUG)
        yield Post(collection, vault, way, way.session(vault, collection.announce))


def full_upload(job: Job) -> STEPS:
    """Send everything that ``create`` made."""
    with posted(job) as post:
        yield {}
        post.sync()
        yield {}


def join(job: Job) -> STEPS:
    """Let the job's device in as A's second one. Nothing is measured here."""
    with posted(replace(job, device="A")) as owner, network() as way:
        newcomer = way.newcomer(job.url, _wait)
        with ThreadPoolExecutor(1) as other:
            met = other.submit(owner.network.greet, owner.vault, newcomer.code, _wait)
            guest = newcomer.meet()
            reception = met.result()
        owner.network.admit(owner.vault, reception)
        here = device(job)
        here.library.join(way.join(guest, job.url), WISH).close()
        here.remember()
        owner.sync()
    yield {}
    yield {}


def full_download(job: Job) -> STEPS:
    """Fetch and merge everything, on a device that has just joined."""
    with posted(job) as post:
        yield {}
        post.sync()
        yield {}
        assert len(post.collection.find(Query()).ids) == job.n


def noop_sync(job: Job) -> STEPS:
    """Find out that there is nothing to send and nothing to fetch."""
    with posted(job) as post:
        post.sync()
        yield {}
        post.sync()
        yield {}


def incremental(job: Job) -> STEPS:
    """On A: send the price of some items, each edited by itself. On B: fetch and merge them."""
    with posted(job) as post:
        if job.device == "A":
            post.sync()
            _edit_prices(post.collection, job)
        else:
            post.network.about(post.vault)  # opens the connection, and fetches nothing
        yield {}
        post.sync()
        yield {}
        _check_level(post.vault, job)


def _edit_prices(collection: Collection, job: Job) -> None:
    draw = random.Random(job.changed)  # noqa: S311 - repeatable on purpose
    for copy in draw.sample(list(collection.find(Query()).ids), job.changed):
        price = Money(draw.randrange(100, 9000), "USD").pack()
        collection.write("Edit value", [Put(Kind.COPY, copy, {"value": price})])


def _check_level(vault: Vault, job: Job) -> None:
    """See that B then holds what A held."""
    note = Path(job.folder) / "content-hash"
    if job.device == "A":
        note.write_bytes(vault.log.content_hash())
    else:
        assert vault.log.content_hash() == note.read_bytes()


def _wait(_seconds: float) -> bool:
    """Ask the mailbox again soon: here nobody types."""
    time.sleep(0.02)
    return True
