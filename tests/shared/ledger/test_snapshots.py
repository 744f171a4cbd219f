"""Snapshots of two tenants, genuine and broken: what is taken in, and what is exactly Refused."""

import random as seeded
from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest

from shared.crypto.epochs import Keyring
from shared.domain.pages import MalformedPageError, decode_page
from shared.domain.stamps import Origin
from shared.envelope import HEADER_BYTES, Header, Kind
from shared.envelope.approvals import approval_message
from shared.ids import DeviceId, EntryHash, Incarnation
from shared.ledger import (
    Accepted,
    Code,
    Duplicate,
    HashAt,
    Head,
    LedgerState,
    Refused,
    Waiting,
    rebuild,
)
from shared.ledger.frame import encode_frame
from shared.ledger.making import Press, bodies_of_pages, decode_segment
from shared.ledger.snapshots import (
    Manifest,
    Segment,
    Snapshot,
    StateDigest,
    check_cuts,
    check_reach,
    is_reached,
    judge_snapshot,
    open_part,
    pages_in,
)
from shared.membership import Cut, Role, change_role, revoke, rotate
from shared.signing import NO_HASH, sha256
from tests.shared.ledger.test_mutants import CUTS, log
from tests.shared.worlds import Desk, World

PAGES = [bytes([0x91, 7, n]) * 40 for n in range(5)]


@dataclass
class Made:
    """A snapshot that the second owner made of a world's log, with its parts and approvals."""

    world: World
    reader: Desk
    press: Press
    manifest: Manifest
    sealed: bytes
    pieces: list[bytes]
    segment: bytes
    approvals: dict[DeviceId, bytes]

    @classmethod
    def of(cls, world: World) -> "Made":
        reader = world.desk(1)
        for sealed in log(world):
            reader.take(sealed)
        press = Press(world.membership, world.keyring, reader.author, world.salts)
        digest = StateDigest()
        for page in PAGES:
            digest.add(page)
        pieces = list(press.pieces(PAGES))
        segment = press.segment(1, [(reader.keys.device, b"an edit"), (DeviceId(b"d" * 16), b"")])
        manifest = Manifest(
            reader.ledger.state.heads,
            reader.ledger.state.seen,
            digest.of(world.keyring, 1),
            tuple(piece.hash for piece in pieces),
            7,
            (Segment(segment.hash, 1, settled=False),),
        )
        entry = press.snapshot(manifest, 1, NO_HASH)
        first = Press(world.membership, world.keyring, world.desk(0).author, world.salts)
        return cls(
            world,
            reader,
            press,
            manifest,
            rebuild(entry, world.keyring),
            [rebuild(piece, world.keyring) for piece in pieces],
            rebuild(segment, world.keyring),
            {world.owners[0].device: first.approve(entry.hash)},
        )

    def judge(self, sealed: bytes | None = None) -> Snapshot | Waiting:
        found = judge_snapshot(
            sealed or self.sealed, self.approvals, self.world.membership, self.world.keyring
        )
        if isinstance(found, Snapshot):
            check_cuts(found, self.world.membership)
        return found

    def hash_at_cut(self, stream: Origin, cut: Cut) -> HashAt:
        """As if the entry at the cut were the one held here."""

        def hash_at(origin: Origin, seq: int) -> EntryHash | None:
            return (
                cut.hash if (origin, seq) == (stream, cut.seq) else self.reader.hash_at(origin, seq)
            )

        return hash_at

    def sealed_again(self, **changes: object) -> bytes:
        entry = self.press.snapshot(replace(self.manifest, **changes), 1, NO_HASH)  # type: ignore[arg-type] # tests name fields freely
        self.approvals = {}
        return rebuild(entry, self.world.keyring)

    def refusal(self, sealed: bytes | None = None) -> Code:
        with pytest.raises(Refused) as refused:
            self.judge(sealed)
        return refused.value.code


def no_hash(_origin: Origin, _seq: int) -> None:
    """Nothing is held."""


@pytest.fixture
def made() -> Made:
    return Made.of(World.make("artmatt", owners=3))


def test_a_snapshot_says_on_another_device_what_its_maker_said(made: Made) -> None:
    snapshot = made.judge()
    assert isinstance(snapshot, Snapshot)
    assert snapshot.manifest == made.manifest
    assert snapshot.signers == {keys.device for keys in made.world.owners[:2]}
    check_reach(snapshot, made.reader.ledger.state, made.world.membership, made.reader.hash_at)
    assert is_reached(snapshot, made.reader.ledger.state.heads, made.reader.hash_at)
    tenant, ring = made.world.tenant, made.world.keyring
    names = zip(made.pieces, snapshot.manifest.pieces, strict=True)
    opened = [open_part(sealed, name, Kind.PIECE, tenant, ring) for sealed, name in names]
    assert list(pages_in(piece.body for piece in opened)) == PAGES
    (note,) = snapshot.manifest.segments
    segment = open_part(made.segment, EntryHash(note.hash), Kind.SEGMENT, tenant, ring)
    assert [edit for _, edit in decode_segment(segment.body)] == [b"an edit", b""]


def broken(sealed: bytes, foreign: bytes, luck: seeded.Random) -> Iterator[bytes]:
    for start, end in CUTS.values():
        yield sealed[:start] + luck.randbytes(end - start) + sealed[end:]
        yield sealed[:start] + foreign[start:end] + sealed[end:]
    yield sealed[:HEADER_BYTES] + foreign[HEADER_BYTES:]
    yield foreign
    for _ in range(40):
        at = luck.randrange(len(sealed))
        yield sealed[:at] + bytes([sealed[at] ^ 1 << luck.randrange(8)]) + sealed[at + 1 :]
        yield sealed[:at]
        yield sealed + luck.randbytes(1 + at % 64)


def test_every_mutant_of_a_snapshot_and_its_parts_is_refused(made: Made) -> None:
    other = Made.of(World.make("begin", owners=3))
    luck = seeded.Random(7)  # noqa: S311 - picks mutants, keeps no secret
    tenant, ring, tried = made.world.tenant, made.world.keyring, 0
    for mutant in broken(made.sealed, other.sealed, luck):
        if mutant != made.sealed:
            tried += 1
            with pytest.raises(Refused):
                made.judge(mutant)
    objects = [(made.pieces[0], Kind.PIECE), (made.segment, Kind.SEGMENT)]
    for (sealed, kind), foreign in zip(objects, (other.pieces[0], other.segment), strict=True):
        name = sha256(sealed)
        for mutant in broken(sealed, foreign, luck):
            if mutant != sealed:
                tried += 1
                with pytest.raises(Refused):
                    open_part(mutant, name, kind, tenant, ring)
        with pytest.raises(Refused):
            open_part(sealed, name, next(k for k in Kind if k != kind), tenant, ring)
        with pytest.raises(Refused) as refused:
            open_part(foreign, sha256(foreign), kind, tenant, ring)
        assert refused.value.code == Code.TENANT
    assert tried > 400


def test_approvals_are_of_devices_of_the_chain_and_of_this_snapshot(made: Made) -> None:
    (device, signature), third = *made.approvals.items(), made.world.owners[2].device
    for approvals in (
        {device: signature[:-1] + bytes([signature[-1] ^ 1])},
        {third: signature},
        {DeviceId(b"nobody.........."): signature},
        {device: made.press.approve(EntryHash(b"x" * 32))},
        {device: made.approvals[device], third: bytes(64)},
    ):
        made.approvals = approvals
        assert made.refusal() in {Code.SIGNATURE, Code.DEVICE}


def test_an_owner_of_today_vouches_for_it(made: Made) -> None:
    world, maker = made.world, made.world.owners[1].device
    first = world.owners[0].signer
    heads = {o.incarnation: Cut(*h) for o, h in made.manifest.heads.items() if o.device == maker}
    made.approvals, approvals = {}, made.approvals
    assert isinstance(made.judge(), Snapshot)
    epoch = world.next_epoch(b"2" * 32, {maker})
    world.apply(revoke(world.membership, first, maker, heads, epoch).link)
    assert made.refusal() == Code.DEVICE, "its maker was put out, and nobody else has signed"
    made.approvals = approvals
    assert isinstance(made.judge(), Snapshot)
    third = world.owners[2]
    world.apply(change_role(world.membership, first, third.device, Role.EDITOR, {}).link)
    approval = approval_message(world.tenant, EntryHash(sha256(made.sealed)))
    made.approvals = {third.device: third.signing.sign(approval)}
    assert made.refusal() == Code.DEVICE, "nor does an editor vouch for it"
    editor = Made.of(World.make("begin", owners=3))
    link = change_role(
        editor.world.membership,
        editor.world.owners[0].signer,
        editor.press.author.origin.device,
        Role.EDITOR,
        {},
    )
    editor.world.apply(link.link)
    assert isinstance(editor.judge(), Snapshot), "it was made when its maker was an owner"
    editor.approvals = {}
    assert editor.refusal() == Code.DEVICE, "but nobody vouches for it any more"


def test_heads_behind_a_cut_make_it_invalid(made: Made) -> None:
    world, writer = made.world, made.world.owners[0].device
    ((stream, head),) = [(o, h) for o, h in made.manifest.heads.items() if o.device == writer]
    cut = Cut(head.seq - 1, EntryHash(b"c" * 32))
    epoch = world.next_epoch(b"2" * 32, {writer})
    second = world.owners[1].signer
    world.apply(revoke(world.membership, second, writer, {stream.incarnation: cut}, epoch).link)
    assert made.refusal() == Code.CUT
    judged = judge_snapshot(made.sealed, made.approvals, world.membership, world.keyring)
    assert isinstance(judged, Snapshot), "it may have been made before the link came"
    with pytest.raises(Refused) as refused:
        check_reach(judged, made.reader.ledger.state, world.membership, made.reader.hash_at)
    assert refused.value.code == Code.CUT
    beyond = {**made.manifest.heads, stream: Head(head.seq - 1, head.hash)}
    assert made.refusal(made.sealed_again(heads=beyond, seen={})) == Code.CUT
    at_cut = {**made.manifest.heads, stream: Head(*cut)}
    sealed = made.sealed_again(heads=at_cut)
    made.press = replace(made.press, membership=world.membership)
    found = made.judge(sealed)
    assert isinstance(found, Snapshot)
    check_reach(found, made.reader.ledger.state, world.membership, made.hash_at_cut(stream, cut))


def test_what_counts_no_longer_does_not_have_to_be_covered(made: Made) -> None:
    """Others had seen a stream of which nothing counts since; the snapshot leaves it out."""
    world, writer = made.world, made.world.owners[0].device
    heads = {o: head for o, head in made.manifest.heads.items() if o.device != writer}
    assert made.refusal(made.sealed_again(heads=heads)) == Code.HEADS
    seen = {o: seen for o, seen in made.manifest.seen.items() if o in heads}
    assert made.refusal(made.sealed_again(heads=heads, seen=seen)) == Code.HEADS
    epoch = world.next_epoch(b"2" * 32, {writer})
    world.apply(revoke(world.membership, world.owners[1].signer, writer, {}, epoch).link)
    assert isinstance(made.judge(made.sealed_again(heads=heads, seen=seen)), Snapshot)


def test_heads_and_what_was_seen_must_fit_together(made: Made) -> None:
    heads, seen = dict(made.manifest.heads), dict(made.manifest.seen)
    one, other = sorted(heads)
    stranger = Origin(DeviceId(b"nobody.........."), Incarnation(bytes(8)))
    higher = Head(heads[other].seq + 1, heads[other].hash)
    wrong = Head(heads[other].seq, EntryHash(b"w" * 32))
    for changes in (
        {"heads": {**heads, stranger: Head(1, NO_HASH)}},
        {"seen": {one: {other: higher}}},
        {"seen": {one: {other: wrong}}},
        {"seen": {one: {one: heads[one]}}},
        {"seen": {one: {stranger: Head(1, NO_HASH)}}},
        {"heads": {one: heads[one]}, "seen": {one: {other: heads[other]}}},
    ):
        assert made.refusal(made.sealed_again(**changes)) == Code.HEADS
    assert isinstance(made.judge(made.sealed_again(seen=seen)), Snapshot)


def test_a_header_that_tells_of_other_heads_is_refused(made: Made) -> None:
    entry = made.press.snapshot(made.manifest, 1, NO_HASH)
    header = replace(Header.parse(entry.header, Kind.SNAPSHOT), seen=b"s" * 32)
    sealed = made.press.sealed_as(header, entry.body)
    made.approvals = {}
    assert made.refusal(rebuild(sealed, made.world.keyring)) == Code.HEADS


def test_what_is_no_list_of_pieces_is_refused(made: Made) -> None:
    entry = made.press.snapshot(made.manifest, 1, NO_HASH)
    header = Header.parse(entry.header, Kind.SNAPSHOT)
    made.approvals = {}
    for body in (b"", b"no frame", encode_frame({}, [b"of an entry"]), entry.body[:-1]):
        sealed = made.press.sealed_as(header, body)
        assert made.refusal(rebuild(sealed, made.world.keyring)) == Code.FRAME


def test_without_the_links_or_the_key_it_waits(made: Made) -> None:
    empty = Keyring(made.world.tenant, {})
    found = judge_snapshot(made.sealed, made.approvals, made.world.membership, empty)
    assert found == Waiting({}, 1)
    before, key = made.world.membership, b"2" * 32
    link = rotate(before, made.world.owners[0].signer, made.world.next_epoch(key, set())).link
    ring = made.world.keyring.with_key(2, key)
    made.press = replace(made.press, membership=made.world.apply(link), keyring=ring)
    sealed = rebuild(made.press.snapshot(made.manifest, 1, NO_HASH), ring)
    assert judge_snapshot(sealed, {}, before, ring) == Waiting({}, 2)
    assert isinstance(judge_snapshot(sealed, {}, made.world.membership, ring), Snapshot)


def test_a_snapshot_that_lacks_or_contradicts_what_is_known_is_refused(made: Made) -> None:
    snapshot = made.judge()
    assert isinstance(snapshot, Snapshot)
    membership, heads = made.world.membership, dict(made.reader.ledger.state.heads)
    (one, head), (other, _) = heads.items()
    state, gone = made.reader.ledger.state, EntryHash(b"g" * 32)
    ahead = {**heads, one: Head(head.seq + 1, gone)}
    reborn = Origin(one.device, Incarnation(b"reborn.."))
    check_reach(snapshot, replace(state, heads=ahead), membership, made.reader.hash_at)
    check_reach(snapshot, state, membership, no_hash)
    check_reach(snapshot, replace(state, heads={one: Head(1, NO_HASH)}), membership, no_hash)
    check_reach(snapshot, replace(state, heads={reborn: head}), membership, no_hash)
    for known, base, hash_at, code in (
        (ahead, ahead, made.reader.hash_at, Code.BASE),  # it lacks what only a snapshot has here
        ({reborn: head}, {reborn: head}, no_hash, Code.BASE),
        ({one: Head(head.seq, gone)}, {}, made.reader.hash_at, Code.FORK),
        (ahead, {}, lambda _origin, _seq: gone, Code.FORK),
    ):
        here = replace(state, heads=known, base=base)
        with pytest.raises(Refused) as refused:
            check_reach(snapshot, here, membership, hash_at)
        assert refused.value.code == code
    first = made.judge(made.sealed_again(heads={one: Head(1, gone)}, seen={}))
    assert isinstance(first, Snapshot)
    with pytest.raises(Refused) as refused:
        check_reach(first, replace(state, heads={one: head}), membership, made.reader.hash_at)
    assert refused.value.code == Code.FORK
    assert not is_reached(snapshot, {other: heads[other]}, made.reader.hash_at)
    behind = {**heads, one: Head(head.seq - 1, gone)}
    assert not is_reached(
        snapshot, behind, lambda o, n: made.reader.hash_at(o, n) if o != one else None
    )
    with pytest.raises(Refused):
        is_reached(snapshot, heads, lambda _origin, _seq: EntryHash(b"f" * 32))


def test_the_state_is_told_by_its_pages_their_order_and_the_key() -> None:
    ring, found = Keyring(World.make("artmatt").tenant, {1: b"k" * 32, 2: b"l" * 32}), set()
    for pages in ([], [b"one"], [b"one", b"two"], [b"two", b"one"], [b"onetwo"]):
        for epoch in (1, 2):
            digest = StateDigest()
            for page in pages:
                digest.add(page)
            found.add(digest.of(ring, epoch))
    assert len(found) == 10


def test_pages_are_cut_anywhere_and_come_out_whole() -> None:
    luck = seeded.Random(1)  # noqa: S311 - fills pages, keeps no secret
    pages = [luck.randbytes(size) for size in (0, 5, 3_000_000, 1, 2_500_000, 17)]
    bodies = list(bodies_of_pages(pages))
    assert max(map(len, bodies)) <= 1024 * 1024
    assert list(pages_in(bodies)) == pages
    with pytest.raises(Refused):
        list(pages_in(bodies[:-1]))
    with pytest.raises(Refused):
        list(pages_in([encode_frame({}, []), b"x"]))


def test_no_bytes_are_a_page_but_those_of_a_page() -> None:
    luck = seeded.Random(2)  # noqa: S311 - draws bytes, keeps no secret
    for size in range(60):
        for _ in range(20):
            with pytest.raises(MalformedPageError):
                decode_page(b"\x95\x02" + luck.randbytes(size))


def test_behind_a_base_nothing_is_judged_and_at_it_nothing_else_is_taken() -> None:
    """A device that started from a snapshot: it goes on where the entries go on."""
    world = World.make("artmatt")
    first, second = world.desk(0), world.desk(1)
    entries = []
    for n in range(6):
        writer, reader = ((first, second), (second, first))[n % 2]
        entries.append(writer.write(b"%d" % n))
        reader.take(entries[-1])
    base = first.ledger.state
    tail = [first.write(b"more"), second.write(b"other")]
    first.take(tail[1])
    newcomer = world.desk(1)
    newcomer.reopen(LedgerState(world.tenant, base.links, base.heads, base.seen, base.heads))
    for old in entries:
        header = Header.parse(old[:HEADER_BYTES])
        origin = Origin(header.device, header.incarnation)
        assert newcomer.take(old) == Duplicate(origin, header.seq)
    for fresh in tail:
        assert isinstance(newcomer.take(fresh), Accepted)
    assert newcomer.ledger.state.heads == first.ledger.state.heads
    late = world.desk(1)
    forged = {o: Head(head.seq, EntryHash(b"f" * 32)) for o, head in base.heads.items()}
    late.reopen(LedgerState(world.tenant, base.links, forged, base.seen, forged))
    with pytest.raises(Refused) as refused:
        late.take(tail[0])
    assert refused.value.code == Code.EQUIVOCATION
