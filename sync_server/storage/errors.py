"""What goes wrong in the world: a request that is refused, a disk that fails."""

from shared.protocol.problems import Code


class RefusedError(Exception):
    """The server does not do what was asked; the code holds the sentence for the person.

    ``at`` is the index of the entry or link at fault, ``retry_after`` is in seconds.
    """

    def __init__(self, code: Code, *, at: int = -1, retry_after: int = 0) -> None:
        super().__init__(code.word)
        self.code = code
        self.at = at
        self.retry_after = retry_after


class StorageError(Exception):
    """The server's files cannot be used as they are. The message says why; nothing was changed."""


class HouseTakenError(Exception):
    """Another server already works in this data folder. Stop it, or choose another folder."""
