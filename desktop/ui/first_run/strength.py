"""A hint about a password's strength, in words. It advises; it forbids nothing."""

from enum import Enum
from itertools import pairwise
from math import log2

_WEAK_BITS, _FAIR_BITS, _STRONG_BITS = 36, 56, 76
_LOWER, _UPPER, _DIGITS, _MARKS, _OTHERS = 26, 26, 10, 33, 100


class Strength(Enum):
    """How long a guesser with our slow lock would need, roughly. The value is what we say."""

    EMPTY = ""
    WEAK = "Easy to guess. Three or four random words make a good password."
    FAIR = "Fair. One more word would make it strong."
    STRONG = "Strong."
    VERY_STRONG = "Very strong."


def strength(password: str) -> Strength:
    """Judge by length and kinds of letters; repeated letters and runs count little."""
    if not password:
        return Strength.EMPTY
    bits = _telling(password) * log2(_alphabet(password))
    if bits < _WEAK_BITS:
        return Strength.WEAK
    if bits < _FAIR_BITS:
        return Strength.FAIR
    return Strength.STRONG if bits < _STRONG_BITS else Strength.VERY_STRONG


def _telling(password: str) -> float:
    """Count letters; one that repeats or continues a run counts a quarter."""
    pairs = pairwise(password)
    return 1 + sum(0.25 if -1 <= ord(later) - ord(earlier) <= 1 else 1 for earlier, later in pairs)


def _alphabet(password: str) -> int:
    kinds = (
        (_LOWER, str.islower),
        (_UPPER, str.isupper),
        (_DIGITS, str.isdecimal),
        (_MARKS, lambda letter: letter.isascii() and not letter.isalnum()),
        (_OTHERS, lambda letter: not letter.isascii()),
    )
    return sum(size for size, belongs in kinds if any(map(belongs, password))) or _OTHERS
