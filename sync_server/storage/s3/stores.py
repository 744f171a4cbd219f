"""Stores whose attachments lie in a bucket; everything else is where it was."""

import shutil
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

from shared.ids import FileId, LogId, TenantId
from shared.protocol.messages import LinkParcel
from shared.signing import sha256
from sync_server.storage.durable import write_durably
from sync_server.storage.file_shelf import UNSEEN
from sync_server.storage.ports import Home, Stores
from sync_server.storage.s3.bucket import Bucket
from sync_server.storage.s3.chunk_objects import ChunkObjects
from sync_server.storage.sqlite.chunk_folder import ChunkFolder
from sync_server.storage.sqlite.stores import DATABASE_NAME, FILES_NAME

_PAST_US = "UPDATE chunk SET hash = ? WHERE file IN (SELECT id FROM file WHERE chunks > 1)"


class BucketStores:
    """Wraps other stores. A tenant's folder in the bucket is named like the tenant."""

    def __init__(self, inner: Stores, bucket: Bucket) -> None:
        self.inner = inner
        self._bucket = bucket

    def tidy(self) -> None:
        """Remove what a crash left half made."""
        self.inner.tidy()

    def create(self, tenant: TenantId, parcels: Sequence[LinkParcel], log: LogId) -> None:
        """Make a tenant's place; nothing in the bucket yet."""
        self.inner.create(tenant, parcels, log)

    def home(self, tenant: TenantId) -> Home:
        """Open what a tenant has, if it was created."""
        home = self.inner.home(tenant)
        chunks = ChunkObjects(self._bucket, tenant, home.chunks)
        return Home(home.database, chunks, doors=chunks)

    def holds(self, tenant: TenantId) -> bool:
        """Tell whether a tenant was created here."""
        return self.inner.holds(tenant)

    def remove(self, tenant: TenantId, *, moved: bool = False) -> None:
        """Delete all of a tenant; again is fine."""
        if not moved:
            self._bucket.drop(tenant.hex())
        self.inner.remove(tenant, moved=moved)

    def move(self, tenant: TenantId, target: Stores) -> None:
        """Move all of a tenant to other stores at the same bucket: the objects stay there."""
        self.inner.move(tenant, target.inner if isinstance(target, BucketStores) else target)

    def tenants(self) -> set[str]:
        """Return the ids of all tenants that have something here, hexadecimal."""
        return self.inner.tenants() | self._bucket.folders()

    def export(self, tenant: TenantId, folder: Path) -> None:
        """Write all of a tenant into an empty folder, and what its chunks' hashes really are."""
        self.inner.export(tenant, folder)
        files = ChunkFolder(folder / FILES_NAME)
        with closing(sqlite3.connect(folder / DATABASE_NAME)) as copy, copy:
            for file, n in _listed(copy):
                path, name = files.path(file, n), f"{tenant.hex()}/{file.hex()}/{n}"
                content = None if path.exists() else self._bucket.get(name)
                if content is not None:
                    write_durably(path, content)
                    copy.execute(
                        "UPDATE chunk SET hash = ? WHERE file = ? AND n = ?",
                        (sha256(content), file, n),
                    )

    def take_in(self, tenant: TenantId, folder: Path) -> None:
        """Put what such a folder holds in the place of what a tenant has: objects first."""
        files, kept = ChunkFolder(folder / FILES_NAME), set[str]()
        with closing(sqlite3.connect(folder / DATABASE_NAME)) as copy, copy:
            for file, n in _listed(copy):
                name = f"{file.hex()}/{n}"
                self._bucket.put(f"{tenant.hex()}/{name}", files.get(file, n) or b"")
                kept.add(name)
            copy.execute(_PAST_US, (UNSEEN,))
        shutil.rmtree(folder / FILES_NAME, ignore_errors=True)
        self.inner.take_in(tenant, folder)
        rest = self._bucket.sizes(tenant.hex()).keys() - kept
        self._bucket.delete([f"{tenant.hex()}/{name}" for name in rest])


def _listed(copy: sqlite3.Connection) -> Iterator[tuple[FileId, int]]:
    rows = copy.execute("SELECT file, n FROM chunk ORDER BY file, n").fetchall()
    return ((FileId(file), n) for file, n in rows)
