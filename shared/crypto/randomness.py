"""Where keys and salts come from: a function handed in, and a test that it is not broken."""

from collections.abc import Callable

from shared.envelope.entries import SALT_BYTES

Random = Callable[[int], bytes]
"""Gives that many fresh random bytes. ``secrets.token_bytes`` in the program."""

_PROBE_BYTES = 24


class BrokenRandomnessError(RuntimeError):
    """The computer's source of random numbers is broken, so nothing can be encrypted safely.

    Restart the computer; if that does not help, its system needs repair.
    """


class Salts:
    """Fresh salts, one for each thing that is sealed.

    A source that gives the same twice in a row, too little, or one byte over and over ends in
    BrokenRandomnessError: a salt used again would be a key and a nonce used again.
    """

    def __init__(self, random: Random) -> None:
        self._random = random
        self._last = b""

    def draw(self) -> bytes:
        """Return 24 bytes, or raise BrokenRandomnessError."""
        salt = self._random(SALT_BYTES)
        if salt == self._last or len(salt) != SALT_BYTES or len(set(salt)) == 1:
            raise BrokenRandomnessError
        self._last = salt
        return salt


def check_random(random: Random) -> None:
    """Draw twice, and raise BrokenRandomnessError if anything repeats or is short."""
    first, second = random(_PROBE_BYTES), random(_PROBE_BYTES)
    if first == second or len(first) != _PROBE_BYTES or len(set(first)) == 1:
        raise BrokenRandomnessError
