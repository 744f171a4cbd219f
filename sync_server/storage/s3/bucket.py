"""Objects in an S3-compatible store. Keys come from the environment or the machine's role.

What fails is tried again for some seconds; a request that waits for this holds its tenant's turn.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Literal

import obstore
from obstore.exceptions import BaseError
from obstore.store import S3Store

from shared.protocol.problems import Code
from sync_server.storage.errors import RefusedError
from sync_server.storage.s3.address import BucketAddress

if TYPE_CHECKING:  # these names are for type checkers only
    from obstore.store import RetryConfig, S3Config

_RETRIES: "RetryConfig" = {
    "max_retries": 4,
    "retry_timeout": timedelta(seconds=6),
    "backoff": {
        "init_backoff": timedelta(milliseconds=50),
        "max_backoff": timedelta(seconds=1),
        "base": 2,
    },
}
_REST_SECONDS = 5
_RETRY_AFTER_SECONDS = 30
_SWEEPS = 3


class Bucket:
    """Puts, gets and deletes objects by name. Every method raises RefusedError FILES_AWAY.

    A store that has failed is left alone for some seconds of the ``steady`` clock, so that
    nobody's edits wait behind pictures.
    """

    def __init__(self, address: BucketAddress, steady: Callable[[], float]) -> None:
        self._steady = steady
        self._rests_until = 0.0
        self._prefix = address.prefix
        self._store = _open(address, address.endpoint)
        self._public = _open(address, address.public)

    def put(self, name: str, content: bytes) -> None:
        """Keep an object; one of this name is replaced."""
        with self._reaching():
            obstore.put(self._store, self._path(name), content, use_multipart=False)

    def get(self, name: str) -> bytes | None:
        """Return an object, None if there is none."""
        with self._reaching():
            try:
                return bytes(obstore.get(self._store, self._path(name)).bytes())
            except FileNotFoundError:
                return None

    def sizes(self, folder: str) -> dict[str, int]:
        """Return how large each object below a folder is, by its name there."""
        path = self._path(folder)
        with self._reaching():
            pages = obstore.list(self._store, prefix=path)
            return {each["path"][len(path) + 1 :]: each["size"] for page in pages for each in page}

    def folders(self) -> set[str]:
        """Return the names of the folders at the top."""
        with self._reaching():
            found = obstore.list_with_delimiter(self._store, prefix=self._prefix or None)
            return {path.rpartition("/")[2] for path in found["common_prefixes"]}

    def drop(self, folder: str) -> None:
        """Delete all objects below a folder; again is fine."""
        for _ in range(_SWEEPS):
            names = [*self.sizes(folder)]
            if not names:
                return
            with self._reaching():
                obstore.delete(self._store, [self._path(f"{folder}/{name}") for name in names])
        raise _away()

    def delete(self, names: Sequence[str]) -> None:
        """Delete objects; those that are not there are fine."""
        with self._reaching():
            obstore.delete(self._store, [self._path(name) for name in names])

    def sign(
        self, method: Literal["GET", "PUT"], names: Sequence[str], seconds: int
    ) -> tuple[str, ...]:
        """Return URLs at which anybody may do this with these objects, for so long."""
        paths = [self._path(name) for name in names]
        with self._reaching():
            return tuple(obstore.sign(self._public, method, paths, timedelta(seconds=seconds)))

    @contextmanager
    def _reaching(self) -> Iterator[None]:
        if self._steady() < self._rests_until:
            raise _away()
        try:
            yield
        except (BaseError, OSError) as error:
            self._rests_until = self._steady() + _REST_SECONDS
            raise _away() from error

    def _path(self, name: str) -> str:
        return f"{self._prefix}/{name}" if self._prefix else name


def _open(address: BucketAddress, endpoint: str) -> S3Store:
    place: S3Config = {"region": address.region, "virtual_hosted_style_request": not endpoint}
    if endpoint:
        place["endpoint"] = endpoint
    return S3Store(
        address.name,
        config=place,
        client_options={
            "allow_http": endpoint.startswith("http://"),
            "connect_timeout": timedelta(seconds=2),
            "timeout": timedelta(seconds=address.timeout),
        },
        retry_config=_RETRIES,
    )


def _away() -> RefusedError:
    return RefusedError(Code.FILES_AWAY, retry_after=_RETRY_AFTER_SECONDS)
