"""How long it takes until everybody knows that a device was removed.

Eleven devices of one collector hold their event streams, and another collector's device holds its
own at the same server. All sync threads of the eleven share this process, so on few cores the time
is longer than between ten computers.
"""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event

from desktop.collection.collection import Collection
from desktop.collection.values import SyncPhase
from desktop.sync.network import Network
from desktop.sync.worker import Worker
from desktop.vault.vault import Vault
from shared.domain.operations import Change
from tests.benchmarks.devices import WISH, Device, Open
from tests.benchmarks.report import Job
from tests.benchmarks.synced import STEPS, network

DEVICES = 10
PATIENCE_S = 60.0


class NotSettledError(Exception):
    """The devices did not come to rest in a minute; the machine is too busy to measure."""


@dataclass
class Watch:
    """A device at work, and when it saw the chain of devices grow."""

    collection: Collection
    vault: Vault
    worker: Worker
    length: int = 0
    seen_s: float = 0.0
    told: Event = field(default_factory=Event)

    def look(self, _change: Change | None = None) -> None:
        """Note the moment in which one more link is here."""
        if not self.length or self.told.is_set():
            return
        if len(self.vault.log.state().links) > self.length:
            self.seen_s = time.perf_counter()
            self.told.set()


def revocation(job: Job) -> STEPS:
    """From the click on one device until it and the nine others that stay hold the signed link."""
    with ExitStack() as open_things:
        way = open_things.enter_context(network())
        folder = Path(job.folder) / "revocation"
        folder.mkdir()
        owner = open_things.enter_context(_founded(folder / "owner", way, job.url, "revoking"))
        other = open_things.enter_context(_founded(folder / "other", way, job.url, "untouched"))
        guests = [
            open_things.enter_context(_joined(folder / f"guest{n}", owner, way, job.url))
            for n in range(DEVICES)
        ]
        watched = [open_things.enter_context(_at_work(one)) for one in (owner, *guests)]
        stranger = open_things.enter_context(_at_work(other))
        lost, staying = watched[-1], [watched[0], *watched[1:-1]]
        _wait_until(lambda: _level([*watched, stranger]))
        untouched = len(stranger.vault.log.state().links)
        for watch in staying:
            watch.length = len(watch.vault.log.state().links)
        yield {}
        began = time.perf_counter()
        owner.collection.roster.remove(lost.vault.device)
        for watch in staying:
            assert watch.told.wait(PATIENCE_S)
        yield {
            "devices": len(staying),
            "last_s": round(max(watch.seen_s for watch in staying) - began, 3),
        }
        assert len(stranger.vault.log.state().links) == untouched


@contextmanager
def _founded(folder: Path, way: Network, url: str, slug: str) -> Iterator[Open]:
    device = Device(folder, folder.name)
    with device.founded():
        pass
    with device.opened() as opened:
        way.sign_up(opened.vault, url, slug)
        yield opened


@contextmanager
def _joined(folder: Path, owner: Open, way: Network, url: str) -> Iterator[Open]:
    newcomer = way.newcomer(url, _soon)
    with ThreadPoolExecutor(1) as other:
        met = other.submit(way.greet, owner.vault, newcomer.code, _soon)
        guest = newcomer.meet()
        reception = met.result()
    way.admit(owner.vault, reception)
    device = Device(folder, folder.name)
    device.library.join(way.join(guest, url), WISH).close()
    device.remember()
    with device.opened() as opened:
        yield opened


@contextmanager
def _at_work(opened: Open) -> Iterator[Watch]:
    """Let a device sync by itself, over connections of its own."""
    collection, vault = opened
    with network() as way:
        worker = way.start(vault, changed=collection.announce, tell=collection.tell)
        collection.follow(worker)
        watch = Watch(collection, vault, worker)
        end = collection.subscribe(watch.look)
        try:
            yield watch
        finally:
            end()
            worker.stop()


def _level(watched: list[Watch]) -> bool:
    """Tell whether all are synced, hold the same list of devices, and listen."""
    mine = {len(watch.vault.log.state().links) for watch in watched[:-1]}
    saved = all(watch.worker.status.phase is SyncPhase.SAVED for watch in watched)
    return saved and len(mine) == 1


def _wait_until(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE_S
    while not holds():
        if time.monotonic() > end:
            raise NotSettledError
        time.sleep(0.05)
    time.sleep(2)  # the last event streams are dialled after the first round


def _soon(_seconds: float) -> bool:
    time.sleep(0.02)
    return True
