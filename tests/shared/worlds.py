"""Whole tenants for tests: a chain, keys, and devices with a log in memory. All from a seed."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field

from shared.crypto.boxes import close_epoch_box
from shared.crypto.devices import DeviceKeys
from shared.crypto.epochs import Keyring, commitment_of
from shared.crypto.paper import paper_device
from shared.crypto.randomness import Salts
from shared.domain.stamps import Origin
from shared.ids import EntryHash, Incarnation, TenantId
from shared.ledger import Accepted, Author, Ledger, LedgerState, SealedEntry, rebuild
from shared.membership import (
    Membership,
    NextEpoch,
    Role,
    admit,
    begin_chain,
    extend,
    found,
    verify_chain,
)


def stream(seed: str) -> Callable[[int], bytes]:
    """Random-looking bytes that are the same in every run."""
    position = 0
    source = hashlib.shake_256(seed.encode()).digest(1 << 20)

    def draw(count: int) -> bytes:
        nonlocal position
        position += count
        assert position <= len(source), "this stream is used up"
        return source[position - count : position]

    return draw


@dataclass
class World:
    """One tenant with its paper device and ``owners``, each able to read and write."""

    name: str
    owners: list[DeviceKeys]
    paper: DeviceKeys
    epoch_key: bytes
    links: list[bytes]
    tenant: TenantId
    random: Callable[[int], bytes] = field(repr=False)
    boxes: dict[bytes, tuple[bytes, ...]] = field(default_factory=dict, repr=False)
    """The sealed keys that travel beside each link."""
    salts: Salts = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self.salts = Salts(self.random)

    @classmethod
    def make(cls, name: str, owners: int = 2) -> "World":
        random = stream(name)
        keys = [DeviceKeys.generate(random) for _ in range(owners)]
        paper, epoch_key = paper_device(random(32)), random(32)
        first = keys[0]
        genesis = found(first.signing, first.device, first.box.public, commitment_of(epoch_key, 1))
        tenant = begin_chain(genesis).tenant
        world = cls(name, keys, paper, epoch_key, [genesis], tenant, random)
        world.admit(paper, Role.PAPER)
        for other in keys[1:]:
            world.admit(other, Role.OWNER)
        return world

    @property
    def membership(self) -> Membership:
        if len(self.links) == 1:
            return begin_chain(self.links[0])
        return verify_chain(self.links, self.tenant)

    @property
    def keyring(self) -> Keyring:
        return Keyring(self.tenant, {1: self.epoch_key})

    def admit(self, keys: DeviceKeys, role: Role) -> None:
        box = close_epoch_box(
            keys.box.public, self.epoch_key, tenant=self.tenant, epoch=1, device=keys.device
        )
        added = admit(
            self.membership, self.owners[0].signer, keys.introduce(self.tenant), role, box
        )
        self.links.append(added.link)
        self.boxes[added.link] = added.boxes

    def next_epoch(
        self, key: bytes, without: set[bytes], extra: tuple[DeviceKeys, ...] = ()
    ) -> NextEpoch:
        """A new key for all but some; the bytes of the boxes do not matter to the chain."""
        live = [member.device for member in self.membership.live if member.device not in without]
        boxes = {device: b"box for " + device for device in live}
        boxes |= {keys.device: b"box for " + keys.device for keys in extra}
        epoch = self.membership.epoch + 1
        return NextEpoch(commitment_of(key, epoch), b"box of the key before", boxes)

    def apply(self, link: bytes) -> Membership:
        extended = extend(self.membership, link)
        self.links.append(link)
        return extended

    def desk(self, owner: int = 0) -> "Desk":
        return Desk(self, self.owners[owner])


class Desk:
    """A device of a world with everything that it accepted."""

    def __init__(self, world: World, keys: DeviceKeys, keyring: Keyring | None = None) -> None:
        self.world, self.keys = world, keys
        self.keyring = keyring or world.keyring
        self.entries: dict[tuple[Origin, int], SealedEntry] = {}
        life = Incarnation(world.random(8))
        self.author = Author(Origin(keys.device, life), keys.signing)
        self.ledger = self.reopen(LedgerState(world.tenant, tuple(world.links), {}))

    def reopen(self, state: LedgerState) -> Ledger:
        """A ledger built anew, as after a restart."""
        self.ledger = Ledger(state, self.keyring, self.hash_at)
        return self.ledger

    def relink(self) -> None:
        """A ledger built anew after new links came."""
        state = self.ledger.state
        self.reopen(LedgerState(state.tenant, tuple(self.world.links), state.heads, state.seen))

    def hash_at(self, origin: Origin, seq: int) -> EntryHash | None:
        entry = self.entries.get((origin, seq))
        return entry.hash if entry else None

    def write(self, *edits: bytes) -> bytes:
        entry = self.ledger.seal(edits, self.author, self.world.salts)
        self.entries[entry.origin, entry.seq] = entry
        return rebuild(entry, self.keyring)

    def take(self, sealed: bytes) -> object:
        outcome = self.ledger.judge(sealed)
        if isinstance(outcome, Accepted):
            self.entries[outcome.entry.origin, outcome.entry.seq] = outcome.entry
        return outcome

    def reborn(self) -> None:
        """Go on in a new incarnation, as after a backup was restored."""
        before = self.author.origin
        origin = Origin(self.keys.device, Incarnation(self.world.random(8)))
        self.author = Author(origin, self.keys.signing, before)
