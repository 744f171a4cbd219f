"""Which names a collector may sign up."""

from shared.ids import InvalidIdError, Slug, slug
from shared.protocol.problems import Code
from sync_server.storage.directory import Directory
from sync_server.storage.errors import RefusedError
from sync_server.storage.skeletons import skeleton
from sync_server.tenancy.name_locks import NameLocks

RESERVED = frozenset({"www", "api", "admin", "app", "mail", "status", "s", "v1"})
"""Names that mean the server itself, in host names or in paths."""


_LIKE_RESERVED = frozenset(map(skeleton, RESERVED))


def is_reserved(name: str) -> bool:
    """Tell whether a name is kept for the server; all that start with ``_`` are."""
    return name in RESERVED or name.startswith("_")


def free_name(text: str) -> Slug:
    """Accept a name that may be signed up, or raise SLUG_RESERVED or SLUG_INVALID."""
    if is_reserved(text) or skeleton(text) in _LIKE_RESERVED:
        raise RefusedError(Code.SLUG_RESERVED)
    try:
        return slug(text)
    except InvalidIdError as error:
        raise RefusedError(Code.SLUG_INVALID) from error


class Names:
    """Whether a name is free, and whether it has a page."""

    def __init__(self, directory: Directory, locks: NameLocks) -> None:
        self._directory = directory
        self._locks = locks

    def skin_of(self, name: Slug) -> str | None:
        """Return what the skin of the collector with this name is called; None if nobody has it."""
        found = self._directory.named(name)
        return None if found is None or found.leaving else found.skin

    def require_free(self, name: Slug) -> None:
        """Raise SLUG_TAKEN if somebody has this name or had it not long ago, or SLUG_ALIKE."""
        if self._locks.last_owner(name) is not None:
            raise RefusedError(Code.SLUG_TAKEN)
        alike = self._directory.alike(name)
        if alike is not None:
            raise RefusedError(Code.SLUG_TAKEN if alike.slug == name else Code.SLUG_ALIKE)
