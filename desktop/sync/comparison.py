"""Our heads held against the server's: who lacks what, and where the two contradict."""

import struct
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from shared.domain.stamps import Origin
from shared.ids import EntryHash
from shared.ledger import Head, Heads, head_line
from shared.membership import Membership
from shared.protocol.heads import heads_that_count
from shared.protocol.messages import StreamHead
from shared.signing import NO_HASH

_LINE = struct.Struct(">16s8sQ32s")
HEAD_LINE_BYTES = _LINE.size
_NOTHING = Head(0, NO_HASH)

HashAt = Callable[[Origin, int], EntryHash | None]


@dataclass(frozen=True, slots=True)
class Comparison:
    """What a server's heads say.

    ``behind``: it holds entries that are not here. ``lost``: per stream, the last number that
    it still holds of what it had acknowledged. ``forked``: streams that it shows otherwise
    than they were.
    """

    behind: bool
    lost: dict[Origin, int]
    forked: frozenset[Origin]


def compare(
    ours: Iterable[StreamHead], theirs: Iterable[StreamHead], hash_at: HashAt
) -> Comparison:
    """Hold our heads, as far as the server should know them, against what it says.

    ``hash_at`` knows no entry that a snapshot stands for: of those nothing is compared.
    """
    held, said = _by_stream(ours), _by_stream(theirs)
    lost, forked, behind = {}, set(), False
    for origin in held.keys() | said.keys():
        here, there = held.get(origin, _NOTHING), said.get(origin, _NOTHING)
        common = min(here.seq, there.seq)
        if there.seq > here.seq:
            behind = True
        elif common and hash_at(origin, common) not in {there.hash, None}:
            forked.add(origin)
        elif there.seq < here.seq:
            lost[origin] = there.seq
    return Comparison(behind, lost, frozenset(forked))


def stream_heads(heads: Heads, membership: Membership) -> tuple[StreamHead, ...]:
    """Return heads in the protocol's form, as far as their devices' entries count."""
    lines = (StreamHead(*origin, *heads[origin]) for origin in sorted(heads))
    return heads_that_count(lines, membership)


def head_lines(heads: Iterable[StreamHead]) -> tuple[bytes, ...]:
    """Return heads as 64 bytes each: device 16 | incarnation 8 | seq 8 | hash 32."""
    return tuple(head_line(origin, head) for origin, head in sorted(_by_stream(heads).items()))


def read_head_line(line: bytes) -> tuple[Origin, Head] | None:
    """Read such 64 bytes; None if they are none."""
    if len(line) != _LINE.size:
        return None
    device, incarnation, seq, last = _LINE.unpack(line)
    return Origin(device, incarnation), Head(seq, last)


def _by_stream(heads: Iterable[StreamHead]) -> dict[Origin, Head]:
    return {Origin(head.device, head.incarnation): Head(head.seq, head.hash) for head in heads}
