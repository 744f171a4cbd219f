"""Entries judged and entries written: the gate between the sealed log and the collection.

The rules, in the order of the checks (docs/format.md says the same at length):

- an entry is well formed, of this tenant, and signed by one of its devices that may write,
  before anything else of it is believed;
- in its stream it follows the entry before, by number and hash, and lies before the cut if its
  device lost the right to write;
- it opens under the key of its epoch, commitment first, with zeros for padding;
- the heads that its writer had seen hash to ``seen``, and are those of this device's own
  history, or still to come.
"""

from collections.abc import Callable, Sequence

from shared.crypto.epochs import Keyring
from shared.crypto.randomness import Salts
from shared.domain.stamps import Origin
from shared.envelope import (
    WHOLE_SPACE,
    Envelope,
    Header,
    MalformedEnvelopeError,
    check_signature,
)
from shared.ids import EntryHash
from shared.ledger.frame import OversizedError, decode_frame, encode_frame
from shared.ledger.heads import seen_hash, until_cut
from shared.ledger.refusal import Code, Refused
from shared.ledger.stored import close_entry, open_entry
from shared.ledger.values import (
    Accepted,
    Author,
    Duplicate,
    Head,
    Heads,
    LedgerState,
    SealedEntry,
    Waiting,
)
from shared.membership import MOST_STREAMS, Member, Membership, verify_chain
from shared.signing import NO_HASH

HashAt = Callable[[Origin, int], EntryHash | None]
"""Looks up the hash of a stored entry by stream and number."""


class NotWritableError(ValueError):
    """Changes cannot be sent: this device was removed from the collection, or lacks its newest key.

    Everything is kept here. Sync, or ask the owner to add this device again.
    """


class WornOutError(NotWritableError):
    """Changes cannot be sent: this device has begun anew too often, as after a copy or a restore.

    Everything is kept here. Add this computer once more as a new device, and keep this copy beside
    it until you miss nothing there.
    """


class Ledger:
    """Judges entries one after the other, each in the light of those accepted before.

    What it accepted it remembers only in memory. If the transaction that stores the entries
    fails, throw the ledger away and build a new one; so, too, after new links or keys.
    """

    def __init__(self, state: LedgerState, keyring: Keyring, hash_at: HashAt) -> None:
        """Raise InvalidChainError if the links are not a valid chain of this tenant."""
        if keyring.tenant != state.tenant:
            raise ValueError("the keys are those of another tenant")
        self.membership = verify_chain(state.links, state.tenant)
        self._links = state.links
        self._keyring = keyring
        self._stored_hash_at = hash_at
        self._heads = dict(state.heads)
        self._seen = dict(state.seen)
        self._base = state.base
        self._recent: dict[tuple[Origin, int], EntryHash] = {}

    @property
    def state(self) -> LedgerState:
        """What to remember after the entries so far."""
        tenant = self.membership.tenant
        heads, seen = dict(self._heads), dict(self._seen)
        return LedgerState(tenant, self._links, heads, seen, self._base)

    def judge(self, sealed: bytes) -> Accepted | Duplicate | Waiting:
        """Check an entry, and count it as part of the history if it is accepted.

        Raises Refused, and nothing else, whatever the bytes are.
        """
        envelope = _parse(sealed)
        header = envelope.header
        origin = Origin(header.device, header.incarnation)
        writer = check_writer(envelope, self.membership)
        known = self._hash_at(origin, header.seq)
        if known is not None:
            return _again(envelope, origin, known)
        if self._lies_behind_base(origin, header.seq):
            return Duplicate(origin, header.seq)
        missing = self._check_place(envelope, origin, writer)
        if missing is not None:
            return missing
        entry = open_entry(envelope, self._keyring)
        changed, edits = decode_frame(entry.body)
        seen = self._check_seen(header, origin, changed)
        behind = self._compare(changed)
        if behind:
            return Waiting(behind)
        self._advance(entry, seen)
        return Accepted(entry, changed, edits)

    def seal(self, edits: Sequence[bytes], author: Author, salts: Salts) -> SealedEntry:
        """Write the next own entry and count it as part of the history.

        Raises OversizedError if the edits must be split, NotWritableError, WornOutError,
        BrokenRandomnessError.
        """
        self._check_author(author)
        if self._is_one_too_many(author.origin):
            raise WornOutError
        seen = {o: head for o, head in self._heads.items() if o != author.origin}
        before = self._seen.get(author.origin, {})
        changed = {o: head for o, head in seen.items() if before.get(o) != head}
        body = encode_frame(changed, edits)
        head = self._heads.get(author.origin)
        header = Header(
            tenant=self.membership.tenant,
            space=WHOLE_SPACE,
            epoch=self.membership.epoch,
            device=author.origin.device,
            incarnation=author.origin.incarnation,
            seq=head.seq + 1 if head else 1,
            prev=head.hash if head else _last_of(author.previous, author.origin, seen),
            seen=seen_hash(seen),
        )
        entry = close_entry(header, body, salts.draw(), self._keyring, author.key)
        self._advance(entry, seen)
        return entry

    def seal_all(
        self, edits: Sequence[bytes], author: Author, salts: Salts
    ) -> tuple[SealedEntry, ...]:
        """Write as many own entries as the edits need: each is halved until it fits.

        Raises OversizedError if a single edit is too large, NotWritableError.
        """
        try:
            return (self.seal(edits, author, salts),)
        except OversizedError:
            if len(edits) <= 1:
                raise
        middle = len(edits) // 2
        first = self.seal_all(edits[:middle], author, salts)
        return first + self.seal_all(edits[middle:], author, salts)

    def _check_place(self, envelope: Envelope, origin: Origin, writer: Member) -> Waiting | None:
        """Compare an entry with the end of its stream, its device's cut and the keys at hand."""
        header = envelope.header
        head = self._heads.get(origin)
        last = head.seq if head else 0
        if header.seq <= last:
            raise Refused(Code.SEQUENCE)
        if not writer.counts(origin.incarnation, header.seq, envelope.hash):
            raise Refused(Code.CUT)
        if writer.cuts is None and self._is_one_too_many(origin):
            raise Refused(Code.STREAMS)
        if header.seq > last + 1:
            return Waiting({origin: Head(header.seq - 1, header.prev)})
        if head and header.prev != head.hash:
            raise Refused(Code.EQUIVOCATION)
        if header.epoch > self.membership.epoch or not self._keyring.has(header.epoch):
            return Waiting({}, header.epoch)
        return None

    def _check_seen(self, header: Header, origin: Origin, changed: Heads) -> Heads:
        """Return all heads that the writer had seen, if they only grew and hash to ``seen``."""
        before = self._seen.get(origin, {})
        grew = all(
            stream != origin
            and stream.device in self.membership.devices
            and (stream not in before or before[stream].seq < head.seq)
            for stream, head in changed.items()
        )
        seen = {**before, **changed}
        if not grew or seen_hash(seen) != header.seen:
            raise Refused(Code.HEADS)
        if header.seq == 1 and not _follows_itself(header, seen):
            raise Refused(Code.HEADS)
        return seen

    def _compare(self, heads: Heads) -> Heads:
        """Return the heads that are not here yet; raise Refused(FORK) if one contradicts ours."""
        behind = {}
        for origin, theirs in heads.items():
            head = until_cut(origin, theirs, self.membership.devices[origin.device])
            ours = self._heads.get(origin)
            if head is None:
                continue
            if ours is None or ours.seq < head.seq:
                behind[origin] = head
            elif self._contradicts(origin, head):
                raise Refused(Code.FORK)
        return behind

    def _contradicts(self, origin: Origin, head: Head) -> bool:
        """Tell whether another entry is here; behind the base there is none to compare."""
        held = self._hash_at(origin, head.seq)
        if held is None:
            return not self._lies_behind_base(origin, head.seq)
        return held != head.hash

    def _is_one_too_many(self, origin: Origin) -> bool:
        """Tell whether a device would have more streams than its removal could list."""
        if origin in self._heads:
            return False
        return sum(known.device == origin.device for known in self._heads) >= MOST_STREAMS

    def _lies_behind_base(self, origin: Origin, seq: int) -> bool:
        return origin in self._base and seq < self._base[origin].seq

    def _advance(self, entry: SealedEntry, seen: Heads) -> None:
        self._heads[entry.origin] = Head(entry.seq, entry.hash)
        self._seen[entry.origin] = seen
        self._recent[entry.origin, entry.seq] = entry.hash

    def _hash_at(self, origin: Origin, seq: int) -> EntryHash | None:
        base = self._base.get(origin)
        if base is not None and base.seq == seq:
            return base.hash
        return self._recent.get((origin, seq)) or self._stored_hash_at(origin, seq)

    def _check_author(self, author: Author) -> None:
        member = self.membership.devices.get(author.origin.device)
        if member is None or not member.may_write:
            raise NotWritableError
        if member.signing_public != author.key.public:
            raise NotWritableError
        if not self._keyring.has(self.membership.epoch):
            raise NotWritableError


def _parse(sealed: bytes) -> Envelope:
    try:
        return Envelope.parse(sealed)
    except MalformedEnvelopeError as error:
        raise Refused(Code.MALFORMED) from error


def check_writer(envelope: Envelope, membership: Membership) -> Member:
    """Return the device of this tenant that signed an object, or raise Refused."""
    header = envelope.header
    if header.tenant != membership.tenant:
        raise Refused(Code.TENANT)
    writer = membership.devices.get(header.device)
    if writer is None:
        raise Refused(Code.DEVICE)
    if not check_signature(envelope, writer.signing_public):
        raise Refused(Code.SIGNATURE)
    return writer


def _again(envelope: Envelope, origin: Origin, known: EntryHash) -> Duplicate:
    if known != envelope.hash:
        raise Refused(Code.EQUIVOCATION)
    return Duplicate(origin, envelope.header.seq)


def _last_of(previous: Origin | None, origin: Origin, seen: Heads) -> EntryHash:
    """Return what the first entry of a stream follows: the device's stream before, or nothing."""
    if previous and previous in seen and previous.device == origin.device:
        return seen[previous].hash
    if any(stream.device == origin.device for stream in seen):
        raise ValueError("the author must name its stream before this one")
    return NO_HASH


def _follows_itself(header: Header, seen: Heads) -> bool:
    """Tell whether a first entry continues a stream of its own device, if there is any."""
    own = {head.hash for stream, head in seen.items() if stream.device == header.device}
    return header.prev in own if own else header.prev == NO_HASH
