"""Where the chain of devices cuts streams off: edits behind that are set aside."""

from sqlite3 import Cursor

from desktop.vault.entries import moments_behind, read_heads
from desktop.vault.lineage import Lineage
from desktop.vault.moments import Moments
from shared.domain.stamps import Origin
from shared.ledger.values import Heads
from shared.membership import Membership, verify_chain


def cuts_of(membership: Membership, heads: Heads) -> dict[Origin, int]:
    """Return the last number that counts of each stream that is here beyond its cut.

    A device that the list lacks, since a part of it was damaged here, is cut off nowhere.
    """
    cuts = {}
    for origin, head in heads.items():
        member = membership.devices.get(origin.device)
        if member and member.cuts is not None:
            cut = member.cuts.get(origin.incarnation)
            last = 0 if cut is None else cut.seq
            if head.seq > last:
                cuts[origin] = last
    return cuts


def moments_cut_off(cursor: Cursor) -> set[int]:
    """Return the edits behind cuts: here they do not count for any time."""
    links = [link for (link,) in cursor.execute("SELECT link FROM link ORDER BY number")]
    if not links:
        return set()
    membership = verify_chain(links, Lineage.read(cursor).tenant)
    moments, late = Moments(cursor), set[int]()
    for origin, last in cuts_of(membership, read_heads(cursor)).items():
        late |= moments_behind(cursor, moments.stream(origin), last)
    return late
