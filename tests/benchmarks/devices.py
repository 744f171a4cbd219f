"""The two devices of the bench: A makes the collection, B joins it. Each has a folder."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from typing_extensions import override

from desktop.collection.collection import Collection
from desktop.collection.imaging import Imaging, NotAPictureError, Prepared
from desktop.collection.known import KnownCollections
from desktop.collection.library import Library, Machine, Wish
from desktop.collection.reference.catalogue import load
from desktop.system.keychain import Keychain
from desktop.vault.vault import Surroundings
from tests.benchmarks.report import Job

WISH = Wish("Bench", password="of a collection that is thrown away")
SURROUNDINGS = Surroundings(lambda: time.time_ns() // 1_000_000, os.urandom)


class NoPictures(Imaging):
    """The bench's items have none."""

    @override
    def prepare(self, data: bytes) -> Prepared:
        raise NotAPictureError


@dataclass(frozen=True, slots=True)
class BenchKeychain(Keychain):
    """Remembers one key in a file, so that opening does not measure the password's hashing."""

    file: Path

    @override
    def keep(self, name: str, secret: bytes) -> None:
        self.file.write_bytes(secret)

    @override
    def fetch(self, name: str) -> bytes | None:
        return self.file.read_bytes() if self.file.exists() else None

    @override
    def drop(self, name: str) -> None:
        self.file.unlink(missing_ok=True)


@dataclass(frozen=True, slots=True)
class Device:
    """One of the two, with its library."""

    keychain: BenchKeychain
    library: Library

    @property
    def collection_folder(self) -> Path:
        """The only collection that it has."""
        (known,) = self.library.known.all()
        return known.folder

    def remember(self) -> None:
        """Let the keychain have the key from now on; the collection is closed."""
        self.library.open(self.collection_folder, WISH.password, remember=True).close()


def device(job: Job) -> Device:
    """Return the device that a job is about."""
    folder = Path(job.folder) / job.device
    folder.mkdir(exist_ok=True)
    known = KnownCollections(folder / "known.json", folder)
    keychain = BenchKeychain(folder / "key")
    machine = Machine(SURROUNDINGS, keychain, NoPictures(), f"Device {job.device}", "linux")
    return Device(keychain, Library(known, load(), machine))


@contextmanager
def founded(job: Job) -> Iterator[Collection]:
    """Make the job's collection, with nothing in it."""
    here = device(job)
    collection = here.library.create(WISH).collection
    try:
        yield collection
    finally:
        collection.close()
    here.remember()


@contextmanager
def opened(job: Job) -> Iterator[Collection]:
    """Open the job's collection with its remembered key."""
    here = device(job)
    collection = here.library.open_remembered(here.collection_folder)
    assert collection, "its key was remembered when it was made"
    try:
        yield collection
    finally:
        collection.close()
