"""How two devices' edits become one: the rules for one field and one record, and nothing else.

Edits arrive after all that their writers had seen. So a write that replaces another value than
the one held here was made without knowing it: a newcomer is never an ancestor.
"""

from collections.abc import Iterable
from enum import Enum
from typing import NamedTuple

from shared.domain.edits import Cover
from shared.domain.schema import Value
from shared.domain.stamps import Stamp


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


def same(one: Value, other: Value) -> bool:
    """Tell whether two values are one; 1 and yes are not."""
    return one == other and type(one) is type(other)


class Deletion(NamedTuple):
    """The last that was said about a record's place: in the trash, or out of it.

    ``cover`` is what the deleter saw; None says that the record was taken out of the trash.
    """

    stamp: Stamp
    cover: Cover | None


def later(held: Deletion | None, arriving: Deletion) -> Deletion:
    """Return which of two stands; the larger stamp does."""
    return arriving if held is None or arriving.stamp > held.stamp else held


def lies_dead(deletion: Deletion | None, live: Iterable[Stamp]) -> bool:
    """Tell whether a record is in the trash: its deleter saw every value that it holds now."""
    if deletion is None or deletion.cover is None:
        return False
    return not unseen(deletion.cover, live)


def unseen(cover: Cover, live: Iterable[Stamp]) -> list[Stamp]:
    """Return the writes that a deleter had not seen, the oldest first."""
    seen = {stamp.origin: stamp.reading for stamp in cover}
    return sorted(stamp for stamp in live if stamp.reading > seen.get(stamp.origin, -1))


def cover_of(live: Iterable[Stamp]) -> Cover:
    """Return what a deleter sees in a record: for each stream its last write, by origin."""
    last: dict[bytes, Stamp] = {}
    for stamp in live:
        stream = b"".join(stamp.origin)
        if stream not in last or stamp.reading > last[stream].reading:
            last[stream] = stamp
    return tuple(last[stream] for stream in sorted(last))
