"""Which names a collector may sign up."""

from shared.ids import InvalidIdError, Slug, slug
from shared.protocol.messages import SlugAnswer
from shared.protocol.problems import Code
from sync_server.storage.directory import Directory
from sync_server.storage.errors import RefusedError
from sync_server.tenancy.name_locks import NameLocks

RESERVED = frozenset({"www", "api", "admin", "app", "mail", "status", "s", "v1"})
"""Names that mean the server itself, in host names or in paths."""


def is_reserved(name: str) -> bool:
    """Tell whether a name is kept for the server; all that start with ``_`` are."""
    return name in RESERVED or name.startswith("_")


def free_name(text: str) -> Slug:
    """Accept a name that may be signed up, or raise SLUG_RESERVED or SLUG_INVALID."""
    if is_reserved(text):
        raise RefusedError(Code.SLUG_RESERVED)
    try:
        return slug(text)
    except InvalidIdError as error:
        raise RefusedError(Code.SLUG_INVALID) from error


class Names:
    """Answers strangers' questions about names: whether one is free, whether one has a page."""

    def __init__(self, directory: Directory, locks: NameLocks) -> None:
        self._directory = directory
        self._locks = locks

    def answer(self, text: str) -> SlugAnswer:
        """Say whether a name can be signed up, and if not, why."""
        try:
            if self.is_free(free_name(text)):
                return SlugAnswer(text, available=True)
            code = Code.SLUG_TAKEN
        except RefusedError as refused:
            code = refused.code
        return SlugAnswer(text, available=False, code=code.word, sentence=code.sentence)

    def skin_of(self, name: Slug) -> str | None:
        """Return what the skin of the collector with this name is called; None if nobody has it."""
        found = self._directory.named(name)
        return None if found is None or found.leaving else found.skin

    def is_free(self, name: Slug) -> bool:
        """Tell whether nobody has this name, nor had it not long ago."""
        return self._directory.named(name) is None and self._locks.last_owner(name) is None
