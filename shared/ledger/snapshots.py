"""Snapshots judged and made: the gate between sealed pieces and the state of a collection.

A snapshot is a signed list of sealed pieces, with the heads up to which it goes. Whoever takes it
in instead of the entries trusts its signers for what these came to, and checks all the rest.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Final, Literal

import msgspec

from shared.crypto.epochs import Keyring
from shared.crypto.sealing import derive
from shared.domain.stamps import Origin
from shared.envelope import WHOLE_SPACE, Envelope, Header, Kind, MalformedEnvelopeError
from shared.envelope.approvals import check_approval
from shared.ids import DeviceId, EntryHash, TenantId
from shared.ledger.frame import (
    MAX_FRAME_BYTES,
    HashBytes,
    Line,
    lines_of,
    pack_body,
    read_lines,
    unpack_body,
)
from shared.ledger.heads import seen_hash, until_cut
from shared.ledger.ledger import HashAt, check_writer
from shared.ledger.refusal import Code, Refused
from shared.ledger.stored import open_entry
from shared.ledger.values import Head, Heads, LedgerState, SealedEntry, Waiting
from shared.membership import Member, Membership, Role
from shared.signing import NO_HASH, labelled, sha256

_VERSION: Final = 1
_LENGTH_BYTES = 4
_NOTHING = Head(0, NO_HASH)


class Segment(msgspec.Struct, array_like=True, frozen=True):
    """A history segment as a snapshot lists it.

    ``newest``: the wall clock of its newest edit, milliseconds since 1970. ``settled``: old edits
    were put together in it, so it stays as it is.
    """

    hash: HashBytes
    newest: int
    settled: bool


class _Manifest(msgspec.Struct, array_like=True, forbid_unknown_fields=True, frozen=True):
    version: Literal[1]
    heads: tuple[Line, ...]
    seen: tuple[tuple[Annotated[int, msgspec.Meta(ge=0)], tuple[Line, ...]], ...]
    state: HashBytes
    pieces: tuple[HashBytes, ...]
    size: Annotated[int, msgspec.Meta(ge=0)]
    segments: tuple[Segment, ...]


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a snapshot says.

    ``seen``: for each stream, the heads that its last entry had seen. ``state``: what
    ``state_of`` gives for its pages. ``pieces`` are in order and have ``size`` bytes before
    they are sealed; ``segments`` are the whole history.
    """

    heads: Heads
    seen: Mapping[Origin, Heads]
    state: bytes
    pieces: tuple[EntryHash, ...]
    size: int
    segments: tuple[Segment, ...]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A snapshot whose signatures, heads and cuts are in order. Its pieces are yet to come.

    ``entry.seq`` is its number. ``approvals``: signatures by device.
    """

    entry: SealedEntry
    header: Header
    manifest: Manifest
    approvals: Mapping[DeviceId, bytes]

    @property
    def hash(self) -> EntryHash:
        """Its name."""
        return self.entry.hash

    @property
    def signers(self) -> frozenset[DeviceId]:
        """The devices that vouch for it."""
        return frozenset((self.header.device, *self.approvals))


class StateDigest:
    """Adds up the pages on which devices agree. Their order counts."""

    def __init__(self) -> None:
        self._hashes: list[bytes] = []

    def add(self, page: bytes) -> None:
        """Take the next page."""
        self._hashes.append(sha256(page))

    def of(self, keyring: Keyring, epoch: int) -> bytes:
        """Return 32 bytes that stand for the state; without the keys they tell nothing."""
        space_key = keyring.space_key(epoch, WHOLE_SPACE)
        return derive(space_key, "state", sha256(labelled("pages", *self._hashes)))


def encode_manifest(manifest: Manifest) -> bytes:
    """Return the body of a snapshot, or raise OversizedError."""
    origins = sorted(manifest.heads)
    seen = tuple(
        (place, lines_of(manifest.seen[origin]))
        for place, origin in enumerate(origins)
        if manifest.seen.get(origin)
    )
    wire = _Manifest(
        _VERSION,
        lines_of(manifest.heads),
        seen,
        manifest.state,
        manifest.pieces,
        manifest.size,
        manifest.segments,
    )
    return pack_body(msgspec.msgpack.encode(wire))


def decode_manifest(body: bytes) -> Manifest:
    """Read the body of a snapshot; raise Refused(FRAME) on anything else."""
    try:
        wire = msgspec.msgpack.decode(unpack_body(body), type=_Manifest)
        heads = read_lines(wire.heads)
        origins = sorted(heads)
        seen = {origins[place]: read_lines(lines) for place, lines in wire.seen}
    except (msgspec.MsgspecError, RecursionError, IndexError) as error:
        raise Refused(Code.FRAME) from error
    if len(seen) < len(wire.seen):
        raise Refused(Code.FRAME)
    pieces = tuple(map(EntryHash, wire.pieces))
    return Manifest(heads, seen, wire.state, pieces, wire.size, wire.segments)


def judge_snapshot(
    sealed: bytes,
    approvals: Mapping[DeviceId, bytes],
    membership: Membership,
    keyring: Keyring,
) -> Snapshot | Waiting:
    """Check who signed a snapshot and whether its heads can be.

    Whoever is to take it in calls ``check_reach``, too, and who is to sign it ``check_cuts``.

    Waits for the links or the key of its epoch. Raises Refused, and nothing else.
    """
    try:
        envelope = Envelope.parse(sealed, Kind.SNAPSHOT)
    except MalformedEnvelopeError as error:
        raise Refused(Code.MALFORMED) from error
    maker = check_writer(envelope, membership)
    _check_signers(envelope.hash, maker, approvals, membership)
    header = envelope.header
    if header.epoch > membership.epoch or not keyring.has(header.epoch):
        return Waiting({}, header.epoch)
    entry = open_entry(envelope, keyring)
    manifest = decode_manifest(entry.body)
    _check_heads(manifest, header, membership)
    return Snapshot(entry, header, manifest, approvals)


def check_cuts(snapshot: Snapshot, membership: Membership) -> None:
    """Raise Refused(CUT) if a snapshot goes behind a cut: nobody takes it in or signs it.

    It may have been made before the link that cuts came; then another one is to follow it.
    """
    for origin, head in snapshot.manifest.heads.items():
        if not membership.devices[origin.device].counts(origin.incarnation, *head):
            raise Refused(Code.CUT)


def check_reach(
    snapshot: Snapshot, state: LedgerState, membership: Membership, hash_at: HashAt
) -> None:
    """Raise Refused if a snapshot cannot take the place of what is here: CUT, BASE or FORK.

    Where more is known here than the snapshot says, the entries behind it must be here, so that
    they can follow it.
    """
    check_cuts(snapshot, membership)
    for origin, held in state.heads.items():
        ours = until_cut(origin, held, membership.devices[origin.device])
        theirs = snapshot.manifest.heads.get(origin, _NOTHING)
        if ours is None:
            continue
        gone = state.base.get(origin, _NOTHING)
        if theirs.seq < min(ours.seq, gone.seq):
            raise Refused(Code.BASE)
        if theirs.seq == ours.seq and theirs.hash != ours.hash:
            raise Refused(Code.FORK)
        if 0 < theirs.seq < ours.seq and hash_at(origin, theirs.seq) != theirs.hash:
            raise Refused(Code.FORK)


def is_reached(snapshot: Snapshot, heads: Heads, hash_at: HashAt) -> bool:
    """Tell whether all that a snapshot stands for is held here; raise Refused(FORK)."""
    for origin, head in snapshot.manifest.heads.items():
        if origin not in heads or heads[origin].seq < head.seq:
            return False
        if hash_at(origin, head.seq) != head.hash:
            raise Refused(Code.FORK)
    return True


def open_part(
    sealed: bytes, name: EntryHash, kind: Kind, tenant: TenantId, keyring: Keyring
) -> SealedEntry:
    """Open a piece or a segment that an accepted snapshot lists as ``name``, or raise Refused."""
    if sha256(sealed) != name:
        raise Refused(Code.PIECE)
    try:
        envelope = Envelope.parse(sealed, kind)
    except MalformedEnvelopeError as error:
        raise Refused(Code.MALFORMED) from error
    if envelope.header.tenant != tenant:
        raise Refused(Code.TENANT)
    if not keyring.has(envelope.header.epoch):
        raise Refused(Code.SEAL)
    return open_entry(envelope, keyring)


def pages_in(bodies: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the pages of a snapshot out of the bodies of its pieces; raise Refused(FRAME)."""
    rest = b""
    for body in bodies:
        rest += unpack_body(body)
        at = 0
        while len(rest) - at >= _LENGTH_BYTES:
            end = at + _LENGTH_BYTES + int.from_bytes(rest[at : at + _LENGTH_BYTES])
            if end - at > MAX_FRAME_BYTES:
                raise Refused(Code.FRAME)
            if end > len(rest):
                break
            yield rest[at + _LENGTH_BYTES : end]
            at = end
        rest = rest[at:]
    if rest:
        raise Refused(Code.FRAME)


def _check_signers(
    name: EntryHash, maker: Member, approvals: Mapping[DeviceId, bytes], membership: Membership
) -> None:
    """See that all signatures are right, and that one is of an owner of today: it vouches for it.

    Whoever made it may have been an owner then, and have other rights now.
    """
    signers = [maker]
    for device, signature in approvals.items():
        member = membership.devices.get(device)
        if member is None:
            raise Refused(Code.DEVICE)
        if not check_approval(membership.tenant, name, member.signing_public, signature):
            raise Refused(Code.SIGNATURE)
        signers.append(member)
    if not any(member.live and member.role is Role.OWNER for member in signers):
        raise Refused(Code.DEVICE)


def _check_heads(manifest: Manifest, header: Header, membership: Membership) -> None:
    """See that heads hash to ``seen`` and cover what their entries had seen."""
    if seen_hash(manifest.heads) != header.seen:
        raise Refused(Code.HEADS)
    if any(origin.device not in membership.devices for origin in manifest.heads):
        raise Refused(Code.HEADS)
    if not all(_is_closed(manifest, writer, membership) for writer in manifest.seen):
        raise Refused(Code.HEADS)


def _is_closed(manifest: Manifest, writer: Origin, membership: Membership) -> bool:
    """Tell whether all that the last entry of a stream had seen is covered, too."""
    for origin, seen in manifest.seen[writer].items():
        member = membership.devices.get(origin.device)
        if member is None or origin == writer:
            return False
        counts = until_cut(origin, seen, member)
        if counts is not None and not _covers(manifest.heads.get(origin), counts):
            return False
    return True


def _covers(head: Head | None, seen: Head) -> bool:
    if head is None or head.seq < seen.seq:
        return False
    return head.seq > seen.seq or head.hash == seen.hash
