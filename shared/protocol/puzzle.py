"""A small sum that costs a caller some time and whoever checks it none: it slows sign-up floods.

A solution is eight bytes that make SHA-256 over challenge and solution begin with so many zero
bits. Each bit more doubles the work: 16 take some hundredths of a second.
"""

from hashlib import sha256

SOLUTION_BYTES = 8
_HASH_BITS = 256


def is_solved(challenge: bytes, bits: int, solution: bytes) -> bool:
    """Tell whether a solution fits a challenge."""
    if len(solution) != SOLUTION_BYTES:
        return False
    digest = sha256(challenge + solution).digest()
    return int.from_bytes(digest) >> (_HASH_BITS - bits) == 0


def solve(challenge: bytes, bits: int) -> bytes:
    """Find the first solution by trying one after the other."""
    begun = sha256(challenge)
    limit = 1 << (_HASH_BITS - bits)
    number = 0
    while True:
        solution = number.to_bytes(SOLUTION_BYTES)
        tried = begun.copy()
        tried.update(solution)
        if int.from_bytes(tried.digest()) < limit:
            return solution
        number += 1
