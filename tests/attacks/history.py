"""Lies about what happened: replays, gaps, older states, two histories, and what is held back."""

from collections.abc import Sequence
from random import Random

from desktop.sync.comparison import compare, stream_heads
from shared.envelope import HEADER_BYTES
from shared.ledger import Code
from shared.signing import sha256
from tests.attacks.entries import is_of
from tests.attacks.houses import BelievedError, House, Reader, houses

ONE_GOES_ON = 12
"""After so many entries the first device has gone on from where copies were made; no other has."""


def tell_replay(luck: Random) -> str:
    """A10: entries that came before come again, once or often, in any order."""
    house, _ = houses(luck)
    after = luck.randrange(1, len(house.entries) + 1)
    reader = house.reader(after)
    for _ in range(luck.choice((1, 1, 5))):
        outcome = reader.meets(luck.choice(house.entries[:after]), again=True)
        if not outcome.startswith("known"):
            raise BelievedError(outcome)
    return "known already"


def tell_gaps(luck: Random) -> str:
    """A11: the list comes shuffled, with some left out: what counts is closed towards the past."""
    house, _ = houses(luck)
    shown = list(house.entries)
    for _ in range(luck.choice((1, 1, 2, 4))):
        del shown[luck.randrange(len(shown))]
    if luck.random() < 0.6:
        luck.shuffle(shown)
    return _closed(house, house.reader(0), shown)


def _closed(house: House, reader: Reader, shown: Sequence[bytes]) -> str:
    """Show some entries: accepted are those before the first that is missing, and no others."""
    first = next((n for n, each in enumerate(house.entries) if each not in shown), None)
    verdict = reader.takes(shown)
    accepted = {each.entry.hash for each in verdict.accepted}
    if accepted != {sha256(each) for each in house.entries[:first]}:
        raise BelievedError("something without what it rests on, or not all of it")
    if verdict.refused or verdict.late or verdict.forked:
        raise BelievedError("a genuine entry was refused")
    return "waits" if first is not None and len(shown) > first else "silent"


def tell_withheld(luck: Random) -> str:
    """A16: one device's stream is frozen; what rests on the rest of it waits."""
    house, _ = houses(luck)
    frozen = luck.choice(house.world.owners[:2]).device
    since = luck.randrange(len(house.entries))
    shown = [e for n, e in enumerate(house.entries) if n < since or not is_of(e, frozen)]
    outcome = _closed(house, house.reader(0), shown)
    late = house.reader(0)
    if len(late.takes((*shown, *house.entries)).accepted) != len(house.entries):
        raise BelievedError("it does not heal")
    return outcome


def tell_rollback(luck: Random) -> str:
    """A14: the server goes back to an older state: nothing goes back here, and it is noticed."""
    house, _ = houses(luck)
    before = luck.randrange(len(house.entries))
    reader, older = house.reader(), house.reader(before)
    state = reader.ledger.state
    for sealed in house.entries[:before]:
        reader.meets(sealed, again=True)
    membership = house.chain.membership
    ours = stream_heads(state.heads, membership)
    theirs = stream_heads(older.ledger.state.heads, membership)
    found = compare(ours, theirs, reader.hash_at)
    if not found.lost or found.forked or reader.ledger.state != state:
        raise BelievedError("the loss was not noticed")
    return "told: lost"


def tell_two_histories(luck: Random) -> str:
    """A15: a device is shown what copies of two others wrote, who know another history."""
    house, _ = houses(luck)
    sealed = luck.choice(house.twins)
    after = luck.choice((ONE_GOES_ON, len(house.entries)))
    return house.reader(after).meets(sealed, Code.EQUIVOCATION, Code.FORK, waits=True)


def tell_two_heads(luck: Random) -> str:
    """A15: the server says that a stream ends otherwise than it does here."""
    house, _ = houses(luck)
    reader, membership = house.reader(), house.chain.membership
    ours = stream_heads(reader.ledger.state.heads, membership)
    place = luck.randrange(len(ours))
    false = type(ours[0])(*_fields(ours[place])[:3], sha256(luck.randbytes(8)))
    theirs = (*ours[:place], false, *ours[place + 1 :])
    found = compare(ours, theirs, reader.hash_at)
    if len(found.forked) != 1 or found.lost or found.behind:
        raise BelievedError("two heads of one stream")
    return "told: fork"


def _fields(head: object) -> tuple:
    return tuple(getattr(head, name) for name in ("device", "incarnation", "seq", "hash"))


def tell_late(luck: Random) -> str:
    """A29: what a removed device wrote after its cut, by its own program."""
    house, _ = houses(luck)
    sealed = luck.choice(house.late)
    assert len(sealed) > HEADER_BYTES
    return house.reader(luck.choice((9, len(house.entries)))).meets(sealed, Code.CUT)
