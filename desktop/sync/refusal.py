"""A server's "no", read: the reason as a code, and our own sentence for it."""

from dataclasses import dataclass

import msgspec

from shared.protocol.problems import Code, Problem

UNKNOWN_REASON = (
    "The server refused, for a reason that this version of Swingtag does not know. Update Swingtag."
)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why the server refused. ``at`` is the index of the entry or link at fault, or -1.

    ``time`` is the server's clock in milliseconds since 1970, 0 if it was not told;
    ``retry_after`` is in seconds. Words of the server's own are never shown: a hostile one
    could ask for the password.
    """

    code: Code | None
    at: int = -1
    time: int = 0
    retry_after: float = 0.0

    @property
    def sentence(self) -> str:
        """What to show."""
        return UNKNOWN_REASON if self.code is None else self.code.sentence

    @classmethod
    def parse(cls, body: bytes) -> "Refusal | None":
        """Read the body of a refused request; None if it is not the server of Swingtag's."""
        try:
            problem = msgspec.json.decode(body, type=Problem)
        except (msgspec.DecodeError, msgspec.ValidationError):
            return None
        return cls(Code.named(problem.code), problem.at, problem.time, float(problem.retry_after))
