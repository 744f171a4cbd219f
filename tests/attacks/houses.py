"""Collectors in memory that a lying server may try: a chain, keys, a log, and what it can steal."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from random import Random

from desktop.sync.chain import Chain
from desktop.sync.inbox import Inbox, Verdict
from desktop.sync.removal import removal
from desktop.vault.identity import Identity
from shared.crypto.devices import DeviceKeys
from shared.crypto.epochs import Keyring
from shared.domain.stamps import Origin
from shared.envelope import HEADER_BYTES, Header
from shared.ids import EntryHash
from shared.ledger import Accepted, Code, Duplicate, Ledger, LedgerState, Refused, Waiting
from shared.membership import Membership
from shared.protocol.messages import LinkParcel
from shared.signing import sha256
from tests.shared.worlds import Desk, World, stream

HOUSES = 12
"""So many pairs of collectors are made; each mutant picks one."""


class BelievedError(AssertionError):
    """A lie was taken for the truth, or left a trace."""


@dataclass(frozen=True)
class Loot:
    """What a server can make its lies of.

    ``own``: entries of the collector that it lies to. ``foreign``: those of another one.
    ``thief``: a device that was put out and now helps the server, with the keys of then.
    ``stranger``: a device of the server's own. ``twins``: what a copy of a device wrote elsewhere.
    """

    own: tuple[bytes, ...]
    foreign: tuple[bytes, ...]
    parcels: tuple[LinkParcel, ...]
    foreign_parcels: tuple[LinkParcel, ...]
    membership: Membership
    thief: Identity
    stranger: DeviceKeys
    twins: tuple[bytes, ...] = ()


@dataclass(frozen=True)
class House:
    """One collector: two devices that stay, and a third that was put out.

    ``entries`` stand in an order in which each can be accepted. ``twins`` were written by copies of
    the two devices that know another history, ``late`` by the third after it was put out.
    """

    world: World
    parcels: tuple[LinkParcel, ...]
    keyring: Keyring
    entries: tuple[bytes, ...]
    late: tuple[bytes, ...]
    twins: tuple[bytes, ...]
    states: tuple[LedgerState, ...]

    @property
    def thief(self) -> Identity:
        first_key = {1: self.keyring.epoch_keys[1]}
        return Identity(self.world.owners[2], Keyring(self.world.tenant, first_key))

    @property
    def clone(self) -> Identity:
        """A copy of the second device, with all its keys."""
        return Identity(self.world.owners[1], self.keyring)

    @property
    def chain(self) -> Chain:
        return Chain.read(self.parcels, self.world.tenant)

    def loot(self, other: "House") -> Loot:
        return Loot(
            self.entries,
            other.entries,
            self.parcels,
            other.parcels,
            self.world.membership,
            self.thief,
            stranger(),
            self.twins,
        )

    def reader(self, after: int | None = None) -> "Reader":
        """A device that has taken in so many entries, or all."""
        return Reader(self, len(self.entries) if after is None else after)


class Reader:
    """A device of a house that is lied to."""

    def __init__(self, house: House, after: int, keyring: Keyring | None = None) -> None:
        self.house = house
        numbers = range(after)
        self.hashes = {place_of(house.entries[n]): sha256(house.entries[n]) for n in numbers}
        self.ledger = Ledger(house.states[after], keyring or house.keyring, self.hash_at)

    def hash_at(self, origin: Origin, seq: int) -> EntryHash | None:
        return self.hashes.get((origin, seq))

    def meets(self, sealed: bytes, *codes: Code, waits: bool = False, again: bool = False) -> str:
        """Judge a lie; say what came of it. It must be refused, with one of ``codes`` if any."""
        before = self.ledger.state
        try:
            found = self.ledger.judge(sealed)
        except Refused as refused:
            outcome = f"refused: {refused.code.value}"
            if codes and refused.code not in codes:
                raise BelievedError(f"{outcome}, too late") from refused
        else:
            outcome = _allowed(found, waits=waits, again=again)
        if self.ledger.state != before:
            raise BelievedError("it left a trace")
        return outcome

    def takes(self, entries: Iterable[bytes]) -> Verdict:
        """Judge a list as the inbox of a real device does."""
        return Inbox().judge(entries, self.ledger, set())


def _allowed(found: object, *, waits: bool, again: bool) -> str:
    match found:
        case Waiting() if waits:
            return "waits"
        case Duplicate() if again:
            return "known already"
    raise BelievedError(type(found).__name__)


def place_of(sealed: bytes) -> tuple[Origin, int]:
    header = Header.parse(sealed[:HEADER_BYTES])
    return Origin(header.device, header.incarnation), header.seq


@cache
def stranger() -> DeviceKeys:
    return DeviceKeys.generate(stream("stranger"))


def houses(luck: Random) -> tuple[House, House]:
    """Pick two collectors: one to lie to, and another one whose things may be used for it."""
    pair = _pair(luck.randrange(HOUSES))
    return pair if luck.random() < 0.5 else (pair[1], pair[0])


@cache
def _pair(number: int) -> tuple[House, House]:
    return build(f"artmatt {number}"), build(f"begin {number}")


def build(name: str) -> House:
    """Let three devices write in turns, put the third out, and let the others go on."""
    world = World.make(name, owners=3)
    desks = [world.desk(number) for number in range(3)]
    entries: list[bytes] = []
    for round_ in range(3):
        entries += _turn(desks, f"{round_} of {name}")
    late = tuple(desks[2].write(b"late %d" % number) for number in range(3))
    parcels = _put_out(world, desks[0])
    keyring = Chain.read(parcels, world.tenant).open_keys(
        world.owners[1], Keyring(world.tenant, {})
    )
    desks = desks[:2]
    for desk in desks:
        desk.keyring = keyring
        desk.relink()
    entries += _turn(desks, f"after, of {name}")
    twins = [_twin(desk) for desk in desks]
    other_history = _turn(twins, f"otherwise, of {name}") + _turn(twins, f"still, of {name}")
    for round_ in range(3):
        entries += _turn(desks, f"{round_} at last, of {name}")
    return House(
        world,
        parcels,
        keyring,
        tuple(entries),
        late,
        tuple(other_history),
        _states(world, keyring, entries),
    )


def _turn(desks: list[Desk], text: str) -> list[bytes]:
    written = []
    for number, writer in enumerate(desks):
        written.append(writer.write(f"{number}, {text}".encode() * (1 + 40 * number)))
        for reader in desks:
            if reader is not writer:
                assert isinstance(reader.take(written[-1]), Accepted)
    return written


def _put_out(world: World, owner: Desk) -> tuple[LinkParcel, ...]:
    identity = Identity(owner.keys, world.keyring)
    heads = owner.ledger.state.heads
    made = removal(world.membership, identity, world.owners[2].device, heads, world.random)
    world.apply(made.link)
    world.boxes[made.link] = made.boxes
    return tuple(LinkParcel(link, world.boxes.get(link, ())) for link in world.links)


def _twin(desk: Desk) -> Desk:
    twin = Desk(desk.world, desk.keys, desk.keyring)
    twin.entries, twin.author = dict(desk.entries), desk.author
    twin.reopen(desk.ledger.state)
    return twin


def _states(world: World, keyring: Keyring, entries: list[bytes]) -> tuple[LedgerState, ...]:
    hashes: dict[tuple[Origin, int], EntryHash] = {}
    empty = LedgerState(world.tenant, tuple(world.links), {})
    ledger = Ledger(empty, keyring, lambda origin, seq: hashes.get((origin, seq)))
    states = [ledger.state]
    for sealed in entries:
        found = ledger.judge(sealed)
        assert isinstance(found, Accepted)
        states.append(ledger.state)
    return tuple(states)
