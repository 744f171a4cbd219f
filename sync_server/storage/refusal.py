"""A request that is refused: the one exception that carries a problem to the client."""

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
