"""The bytes of one tenant's attachments as objects: ``<tenant>/<attachment>/<number>``."""

from collections.abc import Sequence

from shared.ids import FileId, TenantId
from sync_server.storage.ports import ChunkBytes, Connection
from sync_server.storage.s3.bucket import Bucket

DOOR_SECONDS = 600
"""How long a URL is good. Far shorter than the days that an unclaimed attachment is kept."""


class ChunkObjects:
    """Keeps chunks in a bucket, and opens doors to them: URLs that lead past this server.

    ``before``: where they were kept before there was a bucket; what is there stays readable.
    """

    def __init__(self, bucket: Bucket, tenant: TenantId, before: ChunkBytes) -> None:
        self._bucket = bucket
        self._tenant = tenant.hex()
        self._before = before

    def put(self, _db: Connection, file: FileId, n: int, content: bytes) -> None:
        """Keep the bytes of a chunk: in the bucket at once."""
        self._bucket.put(self._name(file, n), content)

    def get(self, file: FileId, n: int) -> bytes | None:
        """Return the bytes of a chunk, None if they are not here."""
        found = self._before.get(file, n)
        return self._bucket.get(self._name(file, n)) if found is None else found

    def drop(self, db: Connection, file: FileId) -> None:
        """Delete all bytes of a file; again is fine."""
        self._bucket.drop(self._folder(file))
        self._before.drop(db, file)

    def sizes(self, db: Connection, file: FileId) -> dict[int, int]:
        """Return how many bytes there are of each chunk that is here."""
        found = self._bucket.sizes(self._folder(file))
        numbered = {int(name): size for name, size in found.items() if name.isdecimal()}
        return numbered | self._before.sizes(db, file)

    def doors_in(self, file: FileId, numbers: Sequence[int]) -> tuple[str, ...]:
        """Return URLs where these chunks can be put, for ``DOOR_SECONDS``."""
        return self._bucket.sign("PUT", [self._name(file, n) for n in numbers], DOOR_SECONDS)

    def door_out(self, file: FileId, n: int) -> str:
        """Return a URL where a chunk can be got, for ``DOOR_SECONDS``."""
        return self._bucket.sign("GET", [self._name(file, n)], DOOR_SECONDS)[0]

    def _name(self, file: FileId, n: int) -> str:
        return f"{self._folder(file)}/{n}"

    def _folder(self, file: FileId) -> str:
        return f"{self._tenant}/{file.hex()}"
