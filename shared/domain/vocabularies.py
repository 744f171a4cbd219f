"""The vocabularies' names, and the few codes that the program itself gives a meaning to.

All else about them is data: labels, order and sources come from the reference pack, and a
collector's own TERM records are laid over it.
"""

from typing import Final

STATUS: Final = "status"
SWING_TAG: Final = "swing_tag"
TUSH_TAG: Final = "tush_tag"
GRADE: Final = "grade"
VOCABULARIES: Final = (STATUS, SWING_TAG, TUSH_TAG, GRADE)

OWNED: Final = "owned"
FOR_TRADE: Final = "trade"
ORDERED: Final = "ordered"
WANTED: Final = "wanted"
LOANED: Final = "loaned"
SOLD: Final = "sold"
TRADED: Final = "traded"
GIVEN: Final = "given"
LOST: Final = "lost"

AWAY: Final = frozenset({ORDERED, WANTED, SOLD, TRADED, GIVEN, LOST})
"""Statuses of copies that are not in the collection; any other code, also an own one, is."""
KNOWN_STATUSES: Final = AWAY | {OWNED, FOR_TRADE, LOANED}
