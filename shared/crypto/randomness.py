"""Where keys and salts come from: a function handed in, and a test that it is not broken."""

from collections.abc import Callable

Random = Callable[[int], bytes]
"""Gives that many fresh random bytes. ``secrets.token_bytes`` in the program."""

_PROBE_BYTES = 24


class BrokenRandomnessError(RuntimeError):
    """The computer's source of random numbers is broken, so nothing can be encrypted safely.

    Restart the computer; if that does not help, its system needs repair.
    """


def check_random(random: Random) -> None:
    """Draw twice, and raise BrokenRandomnessError if anything repeats or is short."""
    first, second = random(_PROBE_BYTES), random(_PROBE_BYTES)
    if first == second or len(first) != _PROBE_BYTES or len(set(first)) == 1:
        raise BrokenRandomnessError
