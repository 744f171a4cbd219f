"""Hashes that people read to each other: words in place of digits."""

from mnemonic import Mnemonic

_BITS = 11
"""What one word of the English BIP 39 list stands for."""


def spoken(digest: bytes, words: int = 6) -> tuple[str, ...]:
    """Return the first ``11 * words`` bits of a hash as words."""
    wordlist = Mnemonic("english").wordlist
    bits = int.from_bytes(digest) >> (len(digest) * 8 - _BITS * words)
    places = [bits >> _BITS * place & (1 << _BITS) - 1 for place in reversed(range(words))]
    return tuple(wordlist[place] for place in places)
