"""Two chains of one tenant: whether one goes on from the other, or they part.

Links are appended by compare-and-swap, so an honest server has one chain. Only owners who sign
apart from each other, by a folder or before a server that lies to them, make two.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile

from shared.ids import TenantId
from shared.membership.chain import begin_chain, extend, verify_chain
from shared.membership.members import Membership


@dataclass(frozen=True, slots=True)
class Fork:
    """Where two valid chains part: what holds on both sides, and the links that follow on each.

    Neither side is empty, and their first links differ.
    """

    common: Membership
    ours: tuple[bytes, ...]
    theirs: tuple[bytes, ...]


def find_fork(ours: Sequence[bytes], theirs: Sequence[bytes], tenant: TenantId) -> Fork | None:
    """Check two whole chains; None if one of them goes on from the other, or both are the same.

    Raises InvalidChainError if either is not a chain of ``tenant``.
    """
    verify_chain(ours, tenant)
    verify_chain(theirs, tenant)
    pairs = takewhile(lambda pair: pair[0] == pair[1], zip(ours, theirs, strict=False))
    shared = [link for link, _ in pairs]
    if len(shared) == min(len(ours), len(theirs)):
        return None
    common = begin_chain(shared[0])  # both begin with the link that the tenant is named after
    for link in shared[1:]:
        common = extend(common, link)
    return Fork(common, tuple(ours[len(shared) :]), tuple(theirs[len(shared) :]))
