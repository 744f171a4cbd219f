"""The signed chain of links that says which devices belong to a tenant.

A tenant's id is the SHA-256 of the first link, so whoever knows the id can be shown no other
chain. Link 2 is always the paper device of the emergency kit. ``verify_chain`` and ``extend``
take hostile bytes and raise nothing but InvalidChainError.
"""

from shared.membership.bodies import Admission, Recovery, Revocation, RoleChange, Rotation
from shared.membership.chain import begin_chain, extend, tenant_of, verify_chain
from shared.membership.forks import Fork, find_fork
from shared.membership.links import InvalidChainError, Link, LinkKind
from shared.membership.making import (
    LinkWithBoxes,
    NextEpoch,
    Signer,
    admit,
    boxes_in,
    change_recovery,
    change_role,
    found,
    revoke,
    rotate,
)
from shared.membership.members import (
    MOST_STREAMS,
    Cut,
    Cuts,
    Epoch,
    Member,
    Membership,
    Role,
)
from shared.membership.newcomer import Newcomer

__all__ = [
    "MOST_STREAMS",
    "Admission",
    "Cut",
    "Cuts",
    "Epoch",
    "Fork",
    "InvalidChainError",
    "Link",
    "LinkKind",
    "LinkWithBoxes",
    "Member",
    "Membership",
    "Newcomer",
    "NextEpoch",
    "Recovery",
    "Revocation",
    "Role",
    "RoleChange",
    "Rotation",
    "Signer",
    "admit",
    "begin_chain",
    "boxes_in",
    "change_recovery",
    "change_role",
    "extend",
    "find_fork",
    "found",
    "revoke",
    "rotate",
    "tenant_of",
    "verify_chain",
]
