"""What the server can check of snapshots, their pieces and history segments: no key is needed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from shared.envelope import Envelope, Kind, MalformedEnvelopeError, check_signature
from shared.envelope.approvals import check_approval
from shared.ids import DeviceId, EntryHash
from shared.membership import Member, Membership
from shared.protocol.heads import heads_that_count, seen_of_heads
from shared.protocol.messages import Approval, SnapshotProposal, StreamHead
from shared.protocol.problems import Code
from sync_server.storage.errors import RefusedError


@dataclass(frozen=True, slots=True)
class Checked:
    """A proposal that is in order. ``approvals`` are signatures by device."""

    envelope: Envelope
    heads: tuple[StreamHead, ...]
    objects: tuple[EntryHash, ...]
    approvals: Mapping[DeviceId, bytes]


def check_object(name: EntryHash, sealed: bytes, membership: Membership) -> Envelope:
    """Return a piece or segment cut into its parts, if a live device of this tenant signed it.

    Raises RefusedError: ENTRY_REFUSED.
    """
    for kind in (Kind.PIECE, Kind.SEGMENT):
        try:
            envelope = Envelope.parse(sealed, kind)
        except MalformedEnvelopeError:
            continue
        if envelope.hash == name:
            _check_maker(envelope, membership)
            return envelope
    raise RefusedError(Code.ENTRY_REFUSED)


def check_proposal(asked: SnapshotProposal, membership: Membership) -> Checked:
    """Return a proposal that is rightly signed and goes no further than entries count.

    Raises RefusedError: ENTRY_REFUSED, CHAIN_BEHIND.
    """
    try:
        envelope = Envelope.parse(asked.snapshot, Kind.SNAPSHOT)
    except MalformedEnvelopeError as error:
        raise RefusedError(Code.ENTRY_REFUSED) from error
    _check_maker(envelope, membership)
    if envelope.header.epoch > membership.epoch:
        raise RefusedError(Code.CHAIN_BEHIND)
    if seen_of_heads(asked.heads) != envelope.header.seen:
        raise RefusedError(Code.ENTRY_REFUSED)
    if any(head.device not in membership.devices for head in asked.heads):
        raise RefusedError(Code.ENTRY_REFUSED)
    if heads_that_count(asked.heads, membership) != asked.heads:
        raise RefusedError(Code.ENTRY_REFUSED)
    approvals = check_approvals(envelope.hash, asked.approvals, membership)
    signers = {envelope.header.device, *approvals}
    if not any(membership.devices[device].may_manage for device in signers):
        raise RefusedError(Code.ENTRY_REFUSED)
    return Checked(envelope, asked.heads, asked.objects, approvals)


def check_approvals(
    snapshot: EntryHash, approvals: Sequence[Approval], membership: Membership
) -> dict[DeviceId, bytes]:
    """Return the signatures by device, or raise RefusedError ENTRY_REFUSED."""
    found = {}
    for device, signature in ((each.device, each.signature) for each in approvals):
        member = membership.devices.get(device)
        if member is None or not check_approval(
            membership.tenant, snapshot, member.signing_public, signature
        ):
            raise RefusedError(Code.ENTRY_REFUSED)
        found[device] = signature
    return found


def covers(more: Sequence[StreamHead], less: Sequence[StreamHead], membership: Membership) -> bool:
    """Tell whether heads go at least as far as others, as far as these count."""
    reached = {(head.device, head.incarnation): head for head in more}
    for head in heads_that_count(less, membership):
        found = reached.get((head.device, head.incarnation))
        if found is None or found.seq < head.seq:
            return False
        if found.seq == head.seq and found.hash != head.hash:
            return False
    return True


def _check_maker(envelope: Envelope, membership: Membership) -> Member:
    header = envelope.header
    maker = membership.devices.get(header.device)
    if header.tenant != membership.tenant or maker is None:
        raise RefusedError(Code.ENTRY_REFUSED)
    if not check_signature(envelope, maker.signing_public):
        raise RefusedError(Code.ENTRY_REFUSED)
    return maker
