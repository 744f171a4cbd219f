"""Entries on their way in: judged, accepted or refused; those too early wait for the others."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from shared.domain.stamps import Origin
from shared.envelope import HEADER_BYTES, Header, MalformedEnvelopeError
from shared.ledger import Accepted, Code, Duplicate, Ledger, Refused, Waiting
from shared.protocol.limits import MIB

_MOST_WAITING_BYTES = 64 * MIB
"""What may wait in memory. Beyond it an entry is let go; the server has it still."""


@dataclass(slots=True)
class Verdict:
    """What became of some entries.

    ``late``: refused because their device was removed before it wrote them. ``forked`` are
    streams that show two histories; ``parted``: where those do that were not known to, by number.
    ``known``: per stream, the last that was here already.
    """

    accepted: list[Accepted] = field(default_factory=list)
    refused: int = 0
    late: int = 0
    forked: set[Origin] = field(default_factory=set)
    parted: dict[Origin, int] = field(default_factory=dict)
    known: dict[Origin, int] = field(default_factory=dict)


class Inbox:
    """Judges what comes in. Entries that wait are kept by stream and number, in memory only."""

    def __init__(self) -> None:
        self._waiting: dict[tuple[Origin, int], bytes] = {}
        self._bytes = 0

    @property
    def waits(self) -> bool:
        """Whether entries are here that others must come before."""
        return bool(self._waiting)

    @property
    def newest_epoch(self) -> int:
        """The newest epoch that an entry which waits was sealed in; 0 if none waits."""
        sealed = self._waiting.values()
        return max((Header.parse(each[:HEADER_BYTES]).epoch for each in sealed), default=0)

    @property
    def size(self) -> int:
        """How many bytes wait."""
        return self._bytes

    def clear(self) -> None:
        """Forget what waits: it will be asked for again."""
        self._waiting.clear()
        self._bytes = 0

    def judge(self, entries: Iterable[bytes], ledger: Ledger, forked: set[Origin]) -> Verdict:
        """Judge entries in order, then those that waited for them, until nothing moves.

        Streams in ``forked`` are passed over.
        """
        verdict = Verdict(forked=set(forked))
        for sealed in entries:
            self._judge(sealed, ledger, verdict)
        before = -1
        while self._waiting and len(verdict.accepted) != before:
            before = len(verdict.accepted)
            waiting = [self._waiting[place] for place in sorted(self._waiting)]
            self.clear()
            for sealed in waiting:
                self._judge(sealed, ledger, verdict)
        return verdict

    def _judge(self, sealed: bytes, ledger: Ledger, verdict: Verdict) -> None:
        if verdict.forked and _claims_to_be_of(sealed, verdict.forked):
            return
        try:
            found = ledger.judge(sealed)
        except Refused as refused:
            if refused.code is Code.CUT:
                verdict.late += 1
                return
            verdict.refused += 1
            if refused.code.stops_stream:
                origin, seq = _stream(sealed)
                verdict.forked.add(origin)
                verdict.parted[origin] = seq
            return
        match found:
            case Accepted():
                verdict.accepted.append(found)
            case Waiting():
                self._keep(sealed)
            case Duplicate(origin, seq):
                verdict.known[origin] = max(seq, verdict.known.get(origin, 0))

    def _keep(self, sealed: bytes) -> None:
        place = _stream(sealed)
        if place not in self._waiting and self._bytes + len(sealed) <= _MOST_WAITING_BYTES:
            self._waiting[place] = sealed
            self._bytes += len(sealed)


def _stream(sealed: bytes) -> tuple[Origin, int]:
    """Say where an entry belongs whose layout was checked."""
    header = Header.parse(sealed[:HEADER_BYTES])
    return Origin(header.device, header.incarnation), header.seq


def _claims_to_be_of(sealed: bytes, streams: set[Origin]) -> bool:
    try:
        return _stream(sealed)[0] in streams
    except MalformedEnvelopeError:
        return False
