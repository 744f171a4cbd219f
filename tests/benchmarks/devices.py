"""The two devices of the bench: A makes the collection, B joins it. Each has a folder."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from typing_extensions import override

from desktop.collection.collection import Collection
from desktop.collection.imaging import Imaging, NotAPictureError, Prepared
from desktop.collection.known import KnownCollections
from desktop.collection.library import Library, Machine, Wish
from desktop.collection.reference.catalogue import load
from desktop.system.keychain import Keychain
from desktop.vault.vault import Surroundings, Vault
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
    """Remembers in files, so that opening does not measure the password's hashing."""

    folder: Path

    @override
    def keep(self, name: str, secret: bytes) -> None:
        self.folder.mkdir(exist_ok=True)
        self._file(name).write_bytes(secret)

    @override
    def fetch(self, name: str) -> bytes | None:
        file = self._file(name)
        return file.read_bytes() if file.exists() else None

    @override
    def drop(self, name: str) -> None:
        self._file(name).unlink(missing_ok=True)

    def _file(self, name: str) -> Path:
        return self.folder / sha256(name.encode()).hexdigest()


class Open(NamedTuple):
    """A collection that is open, and the vault beneath it."""

    collection: Collection
    vault: Vault


class Device:
    """One of the two, with the only collection that it has."""

    def __init__(self, folder: Path, name: str, imaging: Imaging | None = None) -> None:
        folder.mkdir(exist_ok=True)
        self._vaults: list[Vault] = []
        self.library = Library(
            KnownCollections(folder / "known.json", folder),
            load(),
            Machine(
                SURROUNDINGS,
                BenchKeychain(folder / "keychain"),
                imaging or NoPictures(),
                name,
                "linux",
            ),
            lambda vault, _collection: self._vaults.append(vault),
        )

    @property
    def folder(self) -> Path:
        """Where the collection lies."""
        (known,) = self.library.known.all()
        return known.folder

    @property
    def vault(self) -> Vault:
        """The vault that was opened last."""
        return self._vaults[-1]

    @contextmanager
    def founded(self) -> Iterator[Collection]:
        """Make the collection, with nothing in it; its key is remembered at the end."""
        collection = self.library.create(WISH).collection
        try:
            yield collection
        finally:
            collection.close()
        self.remember()

    @contextmanager
    def opened(self) -> Iterator[Open]:
        """Open the collection with its remembered key."""
        collection = self.library.open_remembered(self.folder)
        assert collection, "its key was remembered when it was made"
        try:
            yield Open(collection, self._vaults[-1])
        finally:
            collection.close()

    def remember(self) -> None:
        """Let the keychain have the key from now on; the collection is closed."""
        self.library.open(self.folder, WISH.password, remember=True).close()


def device(job: Job) -> Device:
    """Return the device that a job is about."""
    return Device(Path(job.folder) / job.device, f"Device {job.device}")
