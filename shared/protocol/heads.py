"""One hash over the heads of all streams, by which two sides see at once that they agree."""

from collections.abc import Iterable

from shared.membership import Membership
from shared.protocol.messages import StreamHead
from shared.signing import labelled, sha256

_SEQ_BYTES = 8


def digest_of_heads(heads: Iterable[StreamHead]) -> bytes:
    """Return 32 bytes that are equal iff the sets of heads are; their order is free."""
    return sha256(labelled("heads", *_lines(heads)))


def seen_of_heads(heads: Iterable[StreamHead]) -> bytes:
    """Return what stands for these heads in the header of a snapshot."""
    return sha256(labelled("seen", *_lines(heads)))


def _lines(heads: Iterable[StreamHead]) -> list[bytes]:
    return sorted(
        head.device + head.incarnation + head.seq.to_bytes(_SEQ_BYTES) + head.hash for head in heads
    )


def heads_that_count(heads: Iterable[StreamHead], membership: Membership) -> tuple[StreamHead, ...]:
    """Put the heads of devices that may write no longer back to their cuts.

    Two sides that know the same links then compare equal, though one of them got entries
    that came after the cut.
    """
    return tuple(cut for head in heads if (cut := _within_cut(head, membership)) is not None)


def _within_cut(head: StreamHead, membership: Membership) -> StreamHead | None:
    member = membership.devices.get(head.device)
    if member is None or member.cuts is None:
        return head
    cut = member.cuts.get(head.incarnation)
    if cut is None or cut.seq == 0:
        return None
    if head.seq <= cut.seq:
        return head
    return StreamHead(head.device, head.incarnation, cut.seq, cut.hash)
