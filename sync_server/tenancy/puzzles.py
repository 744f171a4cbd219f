"""What a sign-up costs its caller: a sum to do, bound to the name and the time.

Nothing is kept of a challenge: it carries its time and its difficulty under a key of the server.
"""

import hmac
import math
from collections.abc import Callable

from shared.ids import Slug
from shared.protocol.problems import Code
from shared.protocol.puzzle import SOLUTION_BYTES, is_solved
from shared.signing import labelled
from sync_server.storage.books import Books
from sync_server.storage.errors import RefusedError

PROOF = "proof"
PROOF_BITS = 16
"""How hard the sum is while it is quiet; each bit doubles the work."""
MOST_BITS = 24
_MOST_MORE = 6
_CALM = 16
"""So many sign-ups within ten minutes or so are quiet; each doubling costs a bit more."""
_LIFE_MILLIS = 10 * 60_000
_KEY_BYTES, _TIME_BYTES, _MAC_BYTES = 32, 8, 16
_CHALLENGE_BYTES = _TIME_BYTES + 1 + _MAC_BYTES


class Puzzles:
    """Hands out challenges and checks solutions. ``now`` returns milliseconds since 1970.

    ``bits``: the difficulty while the operator has not set one.
    """

    def __init__(self, books: Books, now: Callable[[], int], bits: int = PROOF_BITS) -> None:
        self._books = books
        self._key = books.secret("puzzles", _KEY_BYTES)
        self._now = now
        self._bits = bits
        self._recent = 0.0
        self._counted = now()

    @property
    def difficulty(self) -> int:
        """Bits that are asked for now; 0: none."""
        base = int(self._books.setting(PROOF) or self._bits)
        if not base:
            return 0
        busy = max(0, math.floor(math.log2(max(1.0, self._decayed() / _CALM))))
        return min(base + min(busy, _MOST_MORE), max(base, MOST_BITS))

    def challenge(self, name: Slug) -> bytes:
        """Return what whoever wants this name has to solve; its 9th byte says how hard it is."""
        bits = self.difficulty
        return self._challenge(name, self._now(), bits) if bits else b""

    def require(self, name: Slug, proof: bytes) -> None:
        """Check a challenge with its solution behind it, or raise RefusedError PROOF."""
        wanted = self.difficulty
        if not wanted:
            return
        challenge, solution = proof[:_CHALLENGE_BYTES], proof[_CHALLENGE_BYTES:]
        made, bits = int.from_bytes(challenge[:_TIME_BYTES]), sum(challenge[_TIME_BYTES:][:1])
        age = self._now() - made
        good = (
            len(proof) == _CHALLENGE_BYTES + SOLUTION_BYTES
            and hmac.compare_digest(challenge, self._challenge(name, made, bits))
            and 0 <= age <= _LIFE_MILLIS
            and bits >= wanted - 1  # it may have become harder while somebody was at it
            and is_solved(challenge, bits, solution)
        )
        if not good:
            raise RefusedError(Code.PROOF)

    def count(self) -> None:
        """Note that somebody signed up."""
        self._recent, self._counted = self._decayed() + 1, self._now()

    def _decayed(self) -> float:
        since = max(0, self._now() - self._counted)
        return float(self._recent * 0.5 ** (since / _LIFE_MILLIS))

    def _challenge(self, name: Slug, made: int, bits: int) -> bytes:
        head = made.to_bytes(_TIME_BYTES) + bytes([bits])
        mac = hmac.digest(self._key, labelled("puzzle", name.encode(), head), "sha256")
        return head + mac[:_MAC_BYTES]
