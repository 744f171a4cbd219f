"""The ledger over a vault's log, made anew whenever it may no longer be trusted."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace

from desktop.sync.chain import Chain, MissingKeyError
from desktop.sync.comparison import stream_heads
from desktop.vault.cuts import cuts_of
from desktop.vault.entries import Held
from desktop.vault.identity import (
    Identity,
    add_founding,
    keep_identity,
    read_founding,
    read_identity,
)
from desktop.vault.vault import Vault
from shared.crypto.randomness import Random, Salts
from shared.domain.operations import Change
from shared.domain.schema import Kind
from shared.domain.stamps import Origin
from shared.envelope import Header
from shared.ids import Cursor, LogId, RecordId
from shared.ledger import (
    Accepted,
    Author,
    Head,
    Heads,
    Ledger,
    OversizedError,
    SealedEntry,
    rebuild,
)
from shared.membership import LinkWithBoxes, Membership
from shared.protocol.messages import LinkParcel, StreamHead


class Books:
    """What is judged and what is written passes through here, so memory and disk agree.

    One thread uses it. Should the vault fail to store something, the ledger forgets it, too.
    ``salts`` are for all that is sealed here: entries, and what a snapshot is made of.
    """

    def __init__(self, vault: Vault, random: Random) -> None:
        self.log = vault.log
        self._secrets = vault.secrets
        self.salts = Salts(random)
        self.identity = read_identity(vault.secrets)
        self._ledger: Ledger | None = None

    @property
    def ledger(self) -> Ledger:
        """The judge of the next entry."""
        if self._ledger is None:
            state = self.log.state()
            self._ledger = Ledger(state, self.identity.keyring, self.log.hash_at)
        return self._ledger

    @property
    def membership(self) -> Membership:
        """The devices of the collection."""
        return self.ledger.membership

    @property
    def links(self) -> tuple[bytes, ...]:
        """The chain of devices."""
        return self.ledger.state.links

    @property
    def founding(self) -> tuple[LinkWithBoxes, ...]:
        """Links with their boxes, as far as they were made here."""
        return read_founding(self._secrets)

    def look_again(self) -> None:
        """Read anew what the vault holds: a pairing or a folder may have brought links and keys."""
        self.identity = read_identity(self._secrets)
        self._ledger = None

    def heads(self) -> tuple[StreamHead, ...]:
        """Return how far each stream has come here, own entries that are not sent included."""
        return stream_heads(self.ledger.state.heads, self.membership)

    def heads_sent(self) -> tuple[StreamHead, ...]:
        """Return how far the server is known to have each stream."""
        heads = self._without(self.log.elsewhere(), self.ledger_heads_left())
        return stream_heads(heads, self.membership)

    def ledger_heads_left(self) -> Heads:
        """Return the heads without own entries that never left, whether they count or not."""
        unsent = self.log.unsent()
        first = {unsent[0].origin: unsent[0].seq} if unsent else {}
        return self._without(first, self.ledger.state.heads)

    def _without(self, firsts: Mapping[Origin, int], heads: Heads) -> Heads:
        """Put heads back to the entry before some numbers."""
        left = dict(heads)
        for origin, first in firsts.items():
            last = self.log.hash_at(origin, first - 1)
            if last is None:
                left.pop(origin, None)
            else:
                left[origin] = Head(first - 1, last)
        return left

    def is_gone(self, origin: Origin, seq: int) -> bool:
        """Tell whether a snapshot stands here for an entry."""
        base = self.ledger.state.base.get(origin)
        return base is not None and seq <= base.seq and self.log.entry_at(origin, seq) is None

    def grow(self, parcels: Sequence[LinkParcel]) -> Change:
        """Check and add links, with the keys that came along; FalseChainError, MissingKeyError.

        The change lists the devices of the collection, whose cards are to be drawn again.
        """
        keys, keyring = self.identity.keys, self.identity.keyring
        chain = Chain(self.membership, self.links, ()).grown(parcels)
        opened = chain.open_keys(keys, keyring)
        if chain.lacks_keys(keys.device, opened, since=self.membership.epoch + 1):
            raise MissingKeyError  # links that are kept do not come again, nor does the key
        if opened != keyring:
            self.identity = Identity(keys, opened)
            keep_identity(self._secrets, self.identity)
        add_founding(self._secrets, chain.whole)
        cuts = cuts_of(chain.membership, self.ledger.state.heads)
        change = self.log.absorb((), [parcel.link for parcel in parcels], cuts=cuts)
        self._ledger = None
        devices = frozenset(RecordId(device) for device in chain.membership.devices)
        return replace(change, records={**change.records, Kind.DEVICE: devices})

    def is_entangled(self, membership: Membership, common: int) -> bool:
        """Tell whether edits of others are here that another chain does not know of.

        Those of devices that are not in it, and those sealed under keys after epoch ``common``.
        """
        own, heads = self.identity.keys.device, self.ledger.state.heads
        strangers = any(origin.device not in membership.devices for origin in heads)
        return strangers or self.log.last_epoch(without=own) > common

    def follow(self, chain: Chain, identity: Identity, common: Membership) -> Change:
        """Let another chain, and its keys, take the place of ours behind what both have.

        Own edits that were sealed under keys of ours are sealed again, in a new incarnation. The
        keys are kept first: without them the links could not be used.
        """
        keep_identity(self._secrets, identity)
        self.identity = identity
        cuts = cuts_of(chain.membership, self.ledger.state.heads)
        change = self.log.follow(chain.links, after=common.length, epoch=common.epoch, cuts=cuts)
        self.renew()
        devices = frozenset(RecordId(device) for device in chain.membership.devices)
        return replace(change, records={**change.records, Kind.DEVICE: devices})

    @property
    def set_aside(self) -> bool:
        """Whether edits are here that their device wrote behind its cut."""
        return bool(cuts_of(self.membership, self.ledger.state.heads))

    def absorb(
        self,
        accepted: Sequence[Accepted],
        *,
        cursor: Cursor | None = None,
        log_id: LogId | None = None,
        held: Held = Held.SERVER,
    ) -> Change:
        """Store what the ledger accepted, where it came from, how far the server's log was read."""
        with self._or_forget():
            return self.log.absorb(accepted, cursor=cursor, log_id=log_id, held=held)

    def counting(self, origin: Origin, seq: int) -> SealedEntry | None:
        """Return an entry held here, unless its device wrote it behind its cut."""
        entry = self.log.entry_at(origin, seq)
        writer = self.membership.devices[origin.device]
        if entry is None or not writer.counts(origin.incarnation, seq, entry.hash):
            return None
        return entry

    def carried(self) -> Iterator[SealedEntry]:
        """Yield the entries that came or left by a folder, and that a server may lack, in order."""
        firsts = self.log.elsewhere()
        own = {entry.origin: entry.seq for entry in reversed(self.log.unsent())} if firsts else {}
        for origin, first in sorted(firsts.items()):
            seq = first
            while seq != own.get(origin) and (entry := self.counting(origin, seq)) is not None:
                yield entry
                seq += 1

    def seal(self, numbers: Sequence[int], edits: Sequence[bytes]) -> list[SealedEntry]:
        """Write pending edits as own entries: one, or more if they are too many for one.

        Raises NotWritableError, and OversizedError for a single edit that is too large.
        """
        try:
            with self._or_forget():
                entry = self.ledger.seal(edits, self.author, self.salts)
                self.log.keep_sealed(entry, numbers)
        except OversizedError:
            if len(edits) <= 1:
                raise
            middle = len(edits) // 2
            first = self.seal(numbers[:middle], edits[:middle])
            return first + self.seal(numbers[middle:], edits[middle:])
        return [entry]

    def sealed(self, entry: SealedEntry) -> bytes:
        """Return the bytes of an entry as they travel."""
        return rebuild(entry, self.identity.keyring)

    def renew(self) -> None:
        """Go on as a new stream; own entries that never left this device are sealed again."""
        self.log.renew()
        self._ledger = None

    def must_read_own(self) -> bool:
        """Tell whether this device goes on as a new stream, so that the old must be whole."""
        own = self._own_streams()
        return bool(own) and self.log.origin not in own

    @contextmanager
    def _or_forget(self) -> Iterator[None]:
        try:
            yield
        except BaseException:
            self._ledger = None
            raise

    def _own_streams(self) -> Heads:
        device, heads = self.identity.keys.device, self.ledger.state.heads
        return {origin: head for origin, head in heads.items() if origin.device == device}

    @property
    def author(self) -> Author:
        """Who writes own entries."""
        origin = self.log.origin
        return Author(origin, self.identity.keys.signing, self._stream_before(origin))

    def _stream_before(self, origin: Origin) -> Origin | None:
        """Find this device's stream before ``origin``: the one that no other one follows."""
        own = self._own_streams()
        if not own or origin in own:
            return None
        firsts = (self.log.entry_at(stream, 1) for stream in own)
        followed = {Header.parse(first.header).prev for first in firsts if first is not None}
        last = [stream for stream in own if own[stream].hash not in followed]
        return max(last or own, key=lambda stream: own[stream].seq)
