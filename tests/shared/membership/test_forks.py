"""Two chains of one tenant: where they part, and that nothing else passes for a fork."""

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.membership import (
    InvalidChainError,
    Role,
    change_role,
    extend,
    find_fork,
    verify_chain,
)
from tests.shared.worlds import World

ARTMATT, BEGIN = World.make("artmatt", owners=3), World.make("begin", owners=3)
TARGET = ARTMATT.owners[2].device
SIGNERS = ARTMATT.owners[:2]
STEPS = st.lists(st.tuples(st.booleans(), st.sampled_from([1, 2])), max_size=4)
"""Links: which of two owners signs, and how far the third one's role moves on."""


def grown(links: Sequence[bytes], steps: Sequence[tuple[bool, int]]) -> list[bytes]:
    """Let owners change the role of the third one, again and again."""
    grown, membership = list(links), verify_chain(links, ARTMATT.tenant)
    for second, turn in steps:
        role = Role((membership.devices[TARGET].role - 1 + turn) % 3 + 1)
        made = change_role(membership, SIGNERS[second].signer, TARGET, role, {})
        membership = extend(membership, made.link)
        grown.append(made.link)
    return grown


@given(STEPS, STEPS, STEPS)
@settings(max_examples=60, deadline=None)
def test_a_fork_is_where_two_valid_chains_part(common, ours, theirs):
    stem = grown(ARTMATT.links, common)
    left, right = grown(stem, ours), grown(stem, theirs)
    fork = find_fork(left, right, ARTMATT.tenant)
    turned = find_fork(right, left, ARTMATT.tenant)
    if left[: len(right)] == right or right[: len(left)] == left:
        assert fork is turned is None
        return
    assert fork is not None
    assert turned is not None
    assert fork.ours[0] != fork.theirs[0]
    assert (fork.ours, fork.theirs) == (turned.theirs, turned.ours)
    shared = left[: fork.common.length]
    assert [*shared, *fork.ours] == left
    assert [*shared, *fork.theirs] == right
    assert fork.common == verify_chain(shared, ARTMATT.tenant)


@given(st.data())
@settings(max_examples=30, deadline=None)
def test_what_is_no_chain_of_the_tenant_is_no_fork_of_it(data):
    left, right = grown(ARTMATT.links, [(False, 1)]), grown(ARTMATT.links, [(True, 2), (False, 1)])
    at = data.draw(st.integers(0, len(right) - 1))
    byte = data.draw(st.integers(0, len(right[at]) - 1))
    changed = bytearray(right[at])
    changed[byte] ^= data.draw(st.integers(1, 255))
    false = [*right[:at], bytes(changed), *right[at + 1 :]]
    for one, other in ((left, false), (false, left), (left, BEGIN.links), (left, [])):
        with pytest.raises(InvalidChainError):
            find_fork(one, other, ARTMATT.tenant)
