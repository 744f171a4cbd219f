"""Heads: how far each stream has come, as one list of lines and as one hash."""

from shared.domain.stamps import Origin
from shared.ledger.values import Head, Heads
from shared.membership import Member
from shared.signing import labelled, sha256

_SEQ_BYTES = 8


def head_line(origin: Origin, head: Head) -> bytes:
    """Return the 64 bytes ``device 16 | incarnation 8 | seq 8 | hash 32``."""
    return origin.device + origin.incarnation + head.seq.to_bytes(_SEQ_BYTES) + head.hash


def seen_hash(heads: Heads) -> bytes:
    """Return what a header's ``seen`` must be for a writer that knows exactly these heads."""
    lines = [head_line(origin, heads[origin]) for origin in sorted(heads)]
    return sha256(labelled("seen", *lines))


def until_cut(origin: Origin, head: Head, member: Member) -> Head | None:
    """Put a head back to where the device lost its right to write; None if nothing counts."""
    if member.cuts is None:
        return head
    cut = member.cuts.get(origin.incarnation)
    if cut is None:
        return None
    return head if head.seq < cut.seq else Head(*cut)
