"""The two devices of the bench: A makes the collection, B joins it."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from typing_extensions import override

from desktop.collection.collection import Collection
from desktop.collection.founding import FIRST_EPOCH, Founded, found_tenant
from desktop.collection.imaging import Imaging, NotAPictureError, Prepared
from desktop.collection.reference.catalogue import load
from desktop.vault.identity import Identity, keep_founding, keep_identity
from desktop.vault.vault import Surroundings, Vault
from shared.crypto.epochs import Keyring
from tests.benchmarks.report import Job

PASSWORD: Final = "four words make it long"
SURROUNDINGS: Final = Surroundings(lambda: time.time_ns() // 1_000_000, os.urandom)


class NoPictures(Imaging):
    """The bench's items have none."""

    @override
    def prepare(self, data: bytes) -> Prepared:
        raise NotAPictureError


def home(job: Job, device: str = "") -> Path:
    """Return the collection's folder of the job's device, or of another one."""
    return Path(job.folder) / f"{device or job.device}.swingtag"


def remembered_key(job: Job) -> Path:
    """Return where the bench keeps the key that a keychain would remember."""
    return Path(job.folder) / f"{job.device}.key"


@contextmanager
def founded(job: Job) -> Iterator[Collection]:
    """Make the job's collection, empty, with a tenant of its own."""
    tenant = found_tenant(SURROUNDINGS.random)
    vault = Vault.create(home(job), PASSWORD, tenant.tenant, tenant.keys.device, SURROUNDINGS)
    keep_identity(vault.secrets, _identity(tenant))
    keep_founding(vault.secrets, tenant.links)
    remembered_key(job).write_bytes(vault.key)
    with closing_collection(vault) as collection:
        yield collection


@contextmanager
def opened(job: Job) -> Iterator[Collection]:
    """Open the job's collection with its remembered key."""
    vault = Vault.open_with_key(home(job), remembered_key(job).read_bytes(), SURROUNDINGS)
    with closing_collection(vault) as collection:
        yield collection


@contextmanager
def closing_collection(vault: Vault) -> Iterator[Collection]:
    """Lay a collection over an open vault."""
    collection = Collection(vault, load(), NoPictures(), SURROUNDINGS, "Bench")
    try:
        yield collection
    finally:
        collection.close()


def _identity(tenant: Founded) -> Identity:
    return Identity(tenant.keys, Keyring(tenant.tenant, {FIRST_EPOCH: tenant.epoch_key}))
