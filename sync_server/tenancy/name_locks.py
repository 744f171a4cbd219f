"""Names of tenants that left, which nobody else gets for a while."""

import hmac
from collections.abc import Callable

from shared.ids import Slug, TenantId
from sync_server.storage.books import Books

_KEY_BYTES = 32


class NameLocks:
    """Keeps the names of tenants that left. Only hashes under the server's key are stored."""

    def __init__(self, books: Books, now: Callable[[], int]) -> None:
        self._books = books
        self._key = books.secret("name_locks", _KEY_BYTES)
        self._now = now

    def mac(self, name: Slug) -> bytes:
        """Return what is stored instead of the name."""
        return hmac.digest(self._key, name.encode(), "sha256")

    def last_owner(self, name: Slug) -> TenantId | None:
        """Return the tenant of this name that left not long ago."""
        return self._books.last_owner(self.mac(name), now=self._now())
