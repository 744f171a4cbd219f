"""The rules of the chain: what each link may do, and what the devices are afterwards.

For every link: place in the chain, then the signer and its right, then the signature, and
only then the body.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from shared.ids import DeviceId, TenantId
from shared.membership.bodies import (
    Admission,
    Recovery,
    Revocation,
    RoleChange,
    Rotation,
    parse_body,
)
from shared.membership.links import InvalidChainError, Link, LinkKind
from shared.membership.members import Epoch, Member, Membership, Role
from shared.membership.newcomer import UNBORN_TENANT, Newcomer
from shared.signing import NO_HASH, sha256

FIRST_EPOCH = 1
_PAPER_LINK = 2


def tenant_of(genesis: bytes) -> TenantId:
    """Return the id of the tenant that starts with this link. It proves nothing else."""
    return TenantId(sha256(genesis))


def verify_chain(links: Sequence[bytes], tenant: TenantId) -> Membership:
    """Check a whole chain from its first link, or raise InvalidChainError.

    ``tenant`` must come from elsewhere than the links: the vault, the pairing message, the
    kit. Only at sign-up may the server take ``tenant_of(links[0])``.
    """
    if len(links) < _PAPER_LINK or tenant_of(links[0]) != tenant:
        raise InvalidChainError
    membership = begin_chain(links[0])
    for link in links[1:]:
        membership = extend(membership, link)
    return membership


def begin_chain(genesis: bytes) -> Membership:
    """Check a first link, or raise InvalidChainError. The chain is whole with its second."""
    link = Link.parse(genesis)
    if (link.kind, link.n, link.prev) != (LinkKind.GENESIS, 1, NO_HASH):
        raise InvalidChainError
    body = parse_body(link)  # the signer's key is inside: nothing vouches for it but the tenant id
    if not isinstance(body, Admission) or not link.signed_by(body.newcomer.signing_public):
        raise InvalidChainError
    first = (link.signer, Role.OWNER, FIRST_EPOCH, NO_HASH)
    if (body.newcomer.device, body.role, body.epoch, body.box) != first:
        raise InvalidChainError
    _check_newcomer(body.newcomer, UNBORN_TENANT, {})
    owner = _member(body.newcomer, Role.OWNER, link.signer)
    epoch = Epoch(body.commitment, NO_HASH, {})
    return Membership(tenant_of(genesis), {owner.device: owner}, (epoch,), link.hash, 1)


def extend(membership: Membership, raw: bytes) -> Membership:
    """Check the next link of a chain and return what then holds, or raise InvalidChainError."""
    link = Link.parse(raw)
    signer = membership.devices.get(link.signer)
    if (link.n, link.prev) != (membership.length + 1, membership.head) or signer is None:
        raise InvalidChainError
    if not signer.may_manage or not link.signed_by(signer.signing_public):
        raise InvalidChainError
    return replace(_apply(membership, link), head=link.hash, length=link.n)


def _apply(membership: Membership, link: Link) -> Membership:
    body = parse_body(link)
    if link.kind is LinkKind.GENESIS or NO_HASH in body.boxes:
        raise InvalidChainError
    is_paper = isinstance(body, Admission) and body.role is Role.PAPER
    if is_paper != (link.n == _PAPER_LINK):
        raise InvalidChainError
    match body:
        case Admission():
            return _admit(membership, link.signer, body)
        case Rotation():
            return _rotate(membership, body)
        case Revocation():
            return _revoke(membership, link.signer, body)
        case RoleChange():
            return _change_role(membership, body)
        case Recovery():  # pragma: no branch - there is no other body
            return _change_recovery(membership, link.signer, body)


def _admit(membership: Membership, signer: DeviceId, body: Admission) -> Membership:
    current = membership.epochs[-1]
    if (body.epoch, body.commitment) != (membership.epoch, current.commitment):
        raise InvalidChainError
    _check_newcomer(body.newcomer, membership.tenant, membership.devices)
    member = _member(body.newcomer, body.role, signer)
    epoch = current._replace(boxes={**current.boxes, member.device: body.box})
    return replace(
        membership,
        devices={**membership.devices, member.device: member},
        epochs=(*membership.epochs[:-1], epoch),
    )


def _rotate(membership: Membership, body: Rotation) -> Membership:
    """Start the next epoch: never with an old key, always for exactly the live devices."""
    known = {epoch.commitment for epoch in membership.epochs}
    live = {member.device for member in membership.live}
    if body.epoch != membership.epoch + 1 or body.commitment in known or set(body.sealed) != live:
        raise InvalidChainError
    epoch = Epoch(body.commitment, body.previous_box, body.sealed)
    return replace(membership, epochs=(*membership.epochs, epoch))


def _revoke(membership: Membership, signer: DeviceId, body: Revocation) -> Membership:
    target = _live_target(membership, body.device)
    if body.device == signer:
        raise InvalidChainError
    cuts = body.cuts if target.role.writes else (target.cuts or {})
    revoked = _with_member(membership, replace(target, live=False, cuts=cuts))
    return _rotate(revoked, body.rotation)


def _change_role(membership: Membership, body: RoleChange) -> Membership:
    target = _live_target(membership, body.device)
    if body.role in {target.role, Role.PAPER} or (body.role.writes and body.cuts):
        raise InvalidChainError
    cuts = None if body.role.writes else body.cuts
    return _with_member(membership, replace(target, role=body.role, cuts=cuts))


def _change_recovery(membership: Membership, signer: DeviceId, body: Recovery) -> Membership:
    _check_newcomer(body.paper, membership.tenant, membership.devices)
    devices = {
        member.device: replace(member, live=False) if member.role is Role.PAPER else member
        for member in membership.devices.values()
    }
    paper = _member(body.paper, Role.PAPER, signer)
    renewed = replace(membership, devices={**devices, paper.device: paper})
    return _rotate(renewed, body.rotation)


def _live_target(membership: Membership, device: DeviceId) -> Member:
    """Find the device that a link takes rights from or gives them to; never the paper device."""
    target = membership.devices.get(device)
    if target is None or not target.live or target.role is Role.PAPER:
        raise InvalidChainError
    return target


def _with_member(membership: Membership, member: Member) -> Membership:
    """Exchange one member; at least one owner must be left."""
    changed = replace(membership, devices={**membership.devices, member.device: member})
    if not any(other.role is Role.OWNER for other in changed.live):
        raise InvalidChainError
    return changed


def _check_newcomer(newcomer: Newcomer, tenant: TenantId, known: Mapping[DeviceId, Member]) -> None:
    """Neither ids nor keys come back, not even those of revoked devices."""
    keys = {member.signing_public for member in known.values()}
    boxes = {member.box_public for member in known.values()}
    if newcomer.device in known or newcomer.signing_public in keys or newcomer.box_public in boxes:
        raise InvalidChainError
    if not newcomer.proves(tenant):
        raise InvalidChainError


def _member(newcomer: Newcomer, role: Role, added_by: DeviceId) -> Member:
    return Member(
        device=newcomer.device,
        role=role,
        signing_public=newcomer.signing_public,
        box_public=newcomer.box_public,
        added_by=added_by,
        cuts=None if role.writes else {},
    )
