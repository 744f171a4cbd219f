"""How a server shows that it holds an attachment whole, without sending it.

The device draws a challenge that nobody could foresee; only who has every byte at that moment
can answer it. The device has the bytes, too, and compares.
"""

from collections.abc import Iterable
from hashlib import sha256

from shared.signing import labelled


def proof_of(challenge: bytes, chunks: Iterable[bytes]) -> bytes:
    """Return 32 bytes over a challenge and the sealed chunks of a file, in order."""
    total = sha256(labelled("possession", challenge))
    for chunk in chunks:
        total.update(chunk)
    return total.digest()
