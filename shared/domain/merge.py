"""How two devices' edits become one: the rules for one field and one record, and nothing else.

Edits arrive after all that their writers had seen. So a write that replaces another value than
the one held here was made without knowing it: a newcomer is never an ancestor.
"""

from collections.abc import Iterable
from enum import Enum
from itertools import chain
from typing import NamedTuple

from shared.domain.edits import Cover
from shared.domain.schema import Value
from shared.domain.stamps import Origin, Stamp


class Written(NamedTuple):
    """A value and when and where it was written."""

    value: Value
    stamp: Stamp


class Verdict(Enum):
    """What becomes of a write that arrives."""

    KNOWN = "it is the one that is held"
    FOLLOWS = "it takes the place of the value that its writer saw"
    AGREES = "another wrote the same value; the larger stamp is held"
    WINS = "it takes the place of a value that its writer did not see, which is kept as a loser"
    LOSES = "a larger stamp is held, and it is kept as a loser"


def judge(held: Written | None, arriving: Written, replaced: Stamp | None) -> Verdict:
    """Decide about one field. ``replaced`` is the stamp that the arriving write overwrote."""
    if held is None:
        return Verdict.FOLLOWS
    if held.stamp == arriving.stamp:
        return Verdict.KNOWN
    if replaced == held.stamp and arriving.stamp > held.stamp:
        return Verdict.FOLLOWS
    if same(held.value, arriving.value):
        return Verdict.AGREES
    return Verdict.WINS if arriving.stamp > held.stamp else Verdict.LOSES


def is_repeated(write: Written, others: Iterable[Written]) -> bool:
    """Tell whether somebody wrote the same value later: that write speaks for both.

    So a value that was replaced is not chosen about because another had written it before, too.
    """
    return any(same(each.value, write.value) and each.stamp > write.stamp for each in others)


def same(one: Value, other: Value) -> bool:
    """Tell whether two values are one; 1 and yes are not."""
    return one == other and type(one) is type(other)


class Tombstone(NamedTuple):
    """All that was ever said about a record's place: in the trash, or out of it.

    Only the largest parts are kept, so any two may be joined, in any order, and more than once.
    ``last`` is the stamp of the last word. ``seen``: what its deleters saw, all together; None if
    nobody put it into the trash. ``returns``: by stream, the last time that it was taken out, if no
    deleter saw that.
    """

    last: Stamp
    seen: Cover | None
    returns: Cover

    @property
    def ends_deleted(self) -> bool:
        """Whether the last word was a delete, whether it holds or somebody overruled it."""
        return self.last not in self.returns


def deletion(stamp: Stamp, cover: Cover) -> Tombstone:
    """Return what one delete says, whose writer saw ``cover`` in the record.

    Nobody has seen what is later than his own stamp; else a record could never come back.
    """
    return Tombstone(stamp, cover_of(each for each in cover if each < stamp), ())


def restoration(stamp: Stamp) -> Tombstone:
    """Return what one restore says."""
    return Tombstone(stamp, None, (stamp,))


def joined(held: Tombstone | None, arriving: Tombstone) -> Tombstone:
    """Return all that two tombstones of a record say."""
    if held is None:
        return arriving
    covers = [cover for cover in (held.seen, arriving.seen) if cover is not None]
    seen = cover_of(chain(*covers)) if covers else None
    returns = cover_of(chain(held.returns, arriving.returns))
    return Tombstone(max(held.last, arriving.last), seen, cover_of(unseen(seen or (), returns)))


def lies_dead(tombstone: Tombstone | None, live: Iterable[Stamp]) -> bool:
    """Tell whether a record is in the trash: each value and each restore was seen by a deleter."""
    if tombstone is None or tombstone.seen is None:
        return False
    return not tombstone.returns and not unseen(tombstone.seen, live)


def unseen(cover: Cover, live: Iterable[Stamp]) -> list[Stamp]:
    """Return the writes that no deleter had seen, the oldest first."""
    seen = {stamp.origin: stamp.reading for stamp in cover}
    return sorted(stamp for stamp in live if stamp.reading > seen.get(stamp.origin, -1))


def cover_of(live: Iterable[Stamp]) -> Cover:
    """Return the last stamp of each stream, by origin: what a deleter sees in a record."""
    last: dict[Origin, Stamp] = {}
    for stamp in live:
        if stamp.origin not in last or stamp.reading > last[stamp.origin].reading:
            last[stamp.origin] = stamp
    return tuple(last[origin] for origin in sorted(last))
