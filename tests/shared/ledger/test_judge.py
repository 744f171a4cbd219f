"""The gate: accepted, duplicate, waiting, or exactly Refused."""

from collections.abc import Sequence
from dataclasses import replace

import msgspec
import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.crypto.epochs import Keyring
from shared.crypto.padding import pad
from shared.crypto.randomness import BrokenRandomnessError, Salts
from shared.crypto.sealing import seal
from shared.domain.stamps import Origin
from shared.envelope import HEADER_BYTES, Header, signed_message
from shared.ids import EntryHash, Incarnation
from shared.ledger import (
    MAX_EDITS,
    MAX_FRAME_BYTES,
    Accepted,
    Author,
    Code,
    DamagedEntryError,
    Duplicate,
    Head,
    LedgerState,
    NotWritableError,
    OversizedError,
    Refused,
    Waiting,
    WornOutError,
    rebuild,
    seen_hash,
)
from shared.ledger.heads import until_cut
from shared.ledger.making import Press
from shared.ledger.snapshots import Manifest
from shared.membership import (
    MOST_STREAMS,
    Cut,
    InvalidChainError,
    Role,
    change_role,
    revoke,
    rotate,
)
from shared.signing import NO_HASH, SigningKey, sha256
from tests.shared.worlds import Desk, World, stream


@pytest.fixture
def artmatt() -> World:
    return World.make("artmatt")


@pytest.fixture
def begin() -> World:
    return World.make("begin")


def refused(desk: Desk, sealed: bytes, *codes: Code) -> None:
    """Demand that an entry is refused for the right reason and leaves no trace."""
    before = desk.ledger.state
    with pytest.raises(Refused) as refusal:
        desk.take(sealed)
    assert refusal.value.code in codes
    assert desk.ledger.state == before


def forge(
    desk: Desk,
    body: bytes | None = None,
    *,
    edits: Sequence[bytes] = (),
    heads: Sequence[tuple[bytes, bytes, int, bytes]] = (),
    padded: bytes | None = None,
    key: SigningKey | None = None,
    space_key: bytes | None = None,
    **header: object,
) -> bytes:
    """An entry by the true device that is wrong inside: what only a member could send."""
    world, origin = desk.world, desk.author.origin
    head = desk.ledger.state.heads.get(origin)
    known = {o: h for o, h in desk.ledger.state.heads.items() if o != origin}
    parts = {
        "tenant": world.tenant,
        "space": bytes(16),
        "epoch": 1,
        "device": origin.device,
        "incarnation": origin.incarnation,
        "seq": head.seq + 1 if head else 1,
        "prev": head.hash if head else NO_HASH,
        "seen": seen_hash(known),
        **header,
    }
    raw = Header(**parts).encode()  # type: ignore[arg-type] - a test's shorthand
    if body is None:
        body = zstandard.compress(msgspec.msgpack.encode([1, heads, edits]))
    inner = space_key or world.keyring.space_key(1, bytes(16))
    sealed = seal(inner, "entry", raw, pad(body) if padded is None else padded, world.random(24))
    return raw + (key or desk.keys.signing).sign(signed_message(raw, sealed)) + sealed


@settings(max_examples=40, deadline=None)
@given(st.lists(st.lists(st.binary(max_size=300), max_size=4), max_size=6))
def test_what_one_device_writes_the_other_reads(batches: list[list[bytes]]) -> None:
    world = World.make("artmatt")
    writer, reader = world.desk(0), world.desk(1)
    for batch in batches:
        sealed = writer.write(*batch)
        outcome = reader.take(sealed)
        assert isinstance(outcome, Accepted)
        assert outcome.edits == tuple(batch)
        assert rebuild(outcome.entry, reader.keyring) == sealed
        assert reader.take(sealed) == Duplicate(writer.author.origin, outcome.entry.seq)
    assert reader.ledger.state.heads == writer.ledger.state.heads


def test_what_is_not_stored_yet_is_known_all_the_same(artmatt: World) -> None:
    """Many entries are judged in one transaction; an entry may be there twice."""
    first, reader, second = artmatt.desk(0), artmatt.desk(1), artmatt.desk(1)
    one = first.write(b"1")
    second.take(one)
    for sealed in (one, second.write(b"seen: 1")):
        assert isinstance(reader.ledger.judge(sealed), Accepted)
        assert isinstance(reader.ledger.judge(sealed), Duplicate)
    assert not reader.entries


def test_a_device_has_so_many_streams_as_a_link_can_cut_off(artmatt: World) -> None:
    writer, other, reader = artmatt.desk(0), artmatt.desk(1), artmatt.desk(1)
    device, head = writer.author.origin.device, Head(1, EntryHash(sha256(b"before")))
    lives = [Origin(device, Incarnation(n.to_bytes(8))) for n in range(1, MOST_STREAMS + 1)]
    known = dict.fromkeys(lives[1:], head)
    state = LedgerState(artmatt.tenant, tuple(artmatt.links), known)
    reader.reopen(state)
    assert isinstance(reader.take(writer.write(b"in the last one")), Accepted)
    assert isinstance(reader.take(writer.write(b"which goes on")), Accepted)
    further = artmatt.desk(0)
    refused(reader, further.write(b"in one more"), Code.STREAMS)
    assert isinstance(reader.take(other.write(b"of another device")), Accepted)
    writer.reopen(replace(state, heads=dict.fromkeys(lives, head)))
    with pytest.raises(WornOutError):
        writer.write(b"in one more")


def test_only_changed_heads_are_sent(artmatt: World) -> None:
    first, second = artmatt.desk(0), artmatt.desk(1)
    second.take(first.write(b"1"))
    one, two = second.write(b"2"), second.write(b"3")
    outcomes = [first.take(one), first.take(two)]
    head = {first.author.origin: first.ledger.state.heads[first.author.origin]}
    assert [outcome.heads for outcome in outcomes] == [head, {}]  # type: ignore[attr-defined] - accepted


def test_an_entry_waits_for_what_its_writer_had_seen(artmatt: World) -> None:
    """A15: withheld entries hold back what follows them, and only that."""
    first, second, third = artmatt.desk(0), artmatt.desk(1), artmatt.desk(0)
    one = first.write(b"1")
    second.take(one)
    two, three = second.write(b"2"), second.write(b"3")
    before = third.ledger.state
    origin = first.author.origin
    assert third.take(two) == Waiting({origin: Head(1, sha256(one))})
    assert third.take(three) == Waiting({second.author.origin: Head(1, sha256(two))})
    assert third.ledger.state == before
    assert all(isinstance(third.take(sealed), Accepted) for sealed in (one, two, three))


def test_the_state_survives_a_restart(artmatt: World) -> None:
    first, second = artmatt.desk(0), artmatt.desk(1)
    for n in range(3):
        second.take(first.write(b"from first %d" % n))
        first.take(second.write(b"from second %d" % n))
        for desk in (first, second):
            desk.reopen(desk.ledger.state)
    assert first.ledger.state.heads == second.ledger.state.heads
    assert first.ledger.state.seen == second.ledger.state.seen


def test_another_entry_at_a_known_place_is_equivocation(artmatt: World) -> None:
    """A31: a clone of a device, or a thief with its key."""
    first, reader = artmatt.desk(0), artmatt.desk(1)
    twin = artmatt.desk(0)
    twin.author = first.author
    reader.take(first.write(b"1"))
    refused(reader, twin.write(b"other 1"), Code.EQUIVOCATION)
    refused(reader, twin.write(b"other 2"), Code.EQUIVOCATION)


def test_two_histories_cannot_meet_unnoticed(artmatt: World) -> None:
    """A15: whoever saw the other branch gives it away by its heads."""
    first, twin, second, third = (artmatt.desk(n) for n in (0, 0, 1, 1))
    twin.author = first.author
    one, other = first.write(b"1"), twin.write(b"other")
    second.take(one)
    third.take(other)
    refused(third, second.write(b"seen: 1"), Code.FORK)


def test_a_new_incarnation_follows_the_one_before(artmatt: World) -> None:
    writer, reader, late = artmatt.desk(0), artmatt.desk(1), artmatt.desk(1)
    one = writer.write(b"before")
    origin = writer.author.origin
    writer.reborn()
    two = writer.write(b"after")
    assert isinstance(reader.take(one), Accepted)
    assert isinstance(reader.take(two), Accepted)
    assert Header.parse(two[:HEADER_BYTES]).prev == sha256(one)
    assert late.take(two) == Waiting({origin: Head(1, sha256(one))})
    writer.author = replace(
        writer.author, origin=Origin(origin.device, Incarnation(b"a third!")), previous=None
    )
    with pytest.raises(ValueError, match="stream before"):
        writer.write(b"forgot where it came from")


def test_other_tenants_entries_are_refused(artmatt: World, begin: World) -> None:
    """A6: whatever is exchanged of the outside, the inside opens nowhere else."""
    mine, theirs = artmatt.desk(0), begin.desk(0)
    foreign = theirs.write(b"theirs")
    refused(mine, foreign, Code.TENANT)
    refused(mine, foreign[:6] + artmatt.tenant + foreign[38:], Code.DEVICE)
    reader = artmatt.desk(1)
    inside = foreign[HEADER_BYTES + 64 :]
    head = mine.write(b"mine")[:HEADER_BYTES]
    pasted = head + mine.keys.signing.sign(signed_message(head, inside)) + inside
    refused(reader, pasted, Code.SEAL)


def test_who_has_the_key_but_no_signature_writes_nothing(artmatt: World, begin: World) -> None:
    """A22: members' keys only, and only under their own names."""
    first, reader = artmatt.desk(0), artmatt.desk(1)
    stranger = SigningKey.from_seed(b"s" * 32)
    refused(reader, forge(first, key=stranger), Code.SIGNATURE)
    refused(reader, forge(first, key=begin.owners[0].signing), Code.SIGNATURE)
    refused(reader, forge(first, key=artmatt.owners[1].signing), Code.SIGNATURE)
    refused(reader, forge(first, device=b"u" * 16), Code.DEVICE)
    refused(
        reader,
        forge(first, device=artmatt.paper.device, key=artmatt.paper.signing),
        Code.CUT,
    )


def test_a_member_that_seals_wrongly_is_refused(artmatt: World) -> None:
    first, reader = artmatt.desk(0), artmatt.desk(1)
    origin = first.author.origin
    line = (*reader.author.origin, 1, b"h" * 32)
    frame = msgspec.msgpack.encode([1, [], [b"edit"]])
    framed = zstandard.compress(frame)
    cases = {
        Code.SEAL: [forge(first, space_key=b"k" * 32)],
        Code.PADDING: [
            forge(first, padded=pad(framed)[:-1] + b"\1"),
            forge(first, padded=pad(framed) + bytes(16)),
            forge(first, padded=b"\xff" * 256),
        ],
        Code.FRAME: [
            forge(first, b""),
            forge(first, framed.ljust(1024 * 1024 + 1, b"x")),
            forge(first, frame),
            forge(first, framed + framed),
            forge(first, framed[:-1]),
            forge(first, zstandard.compress(b"\xc1")),
            *(forge(first, zstandard.compress(msgspec.msgpack.encode(wrong))) for wrong in WRONG),
            forge(first, heads=[line, line]),
            forge(first, heads=[(b"\xff" * 16, *line[1:]), (bytes(16), *line[1:])]),
            forge(first, heads=[(b"short", *line[1:])]),
            forge(first, heads=[(*line[:2], 0, line[3])]),
        ],
        Code.HEADS: [
            forge(first, seen=b"s" * 32),
            forge(first, heads=[line]),
            forge(first, heads=[(b"u" * 16, *line[1:])]),
            forge(first, heads=[(*origin, 1, b"h" * 32)]),
            forge(
                first,
                heads=[(*origin, 1, b"h" * 32)],
                seen=seen_hash({origin: Head(1, EntryHash(b"h" * 32))}),
                prev=b"h" * 32,
            ),
            forge(first, prev=b"p" * 32),
        ],
    }
    for code, entries in cases.items():
        for sealed in entries:
            refused(reader, sealed, code)


WRONG: list[object] = [
    [2, [], []],
    [1, [], [], []],
    [1, []],
    [True, [], []],
    [1, [], ["text"]],
    [1, [], b"edit"],
    [1, [], [b""] * 16_385],
    {"1": []},
    None,
]


def test_heads_only_grow(artmatt: World) -> None:
    first, second = artmatt.desk(0), artmatt.desk(1)
    one = first.write(b"1")
    second.take(one)
    first.take(second.write(b"2"))
    again = (*first.author.origin, 1, sha256(one))
    refused(first, forge(second, heads=[again]), Code.HEADS)


def test_a_bomb_is_refused_unopened(artmatt: World) -> None:
    """A37: 32 MiB at most, by what the frame itself declares; undeclared is refused, too."""
    first, reader = artmatt.desk(0), artmatt.desk(1)
    frame = msgspec.msgpack.encode([1, [], [bytes(MAX_FRAME_BYTES)]])
    silent = zstandard.ZstdCompressor(write_content_size=False).compress(frame)
    for bomb in (zstandard.compress(frame), silent):
        assert len(bomb) < 8_000
        refused(reader, forge(first, bomb), Code.FRAME)


def test_entries_of_an_epoch_without_key_wait(artmatt: World) -> None:
    """A30: a hidden link or key blocks, visibly; it is not skipped."""
    first, reader = artmatt.desk(0), artmatt.desk(1)
    key = b"n" * 32
    epoch = artmatt.next_epoch(key, set())
    artmatt.apply(rotate(artmatt.membership, artmatt.owners[0].signer, epoch).link)
    first.keyring = artmatt.keyring.with_key(2, key)
    first.relink()
    sealed = first.write(b"new")
    assert reader.take(sealed) == Waiting({}, 2)
    early = Desk(artmatt, artmatt.owners[1], first.keyring)
    early.reopen(reader.ledger.state)
    assert early.take(sealed) == Waiting({}, 2), "the key alone proves no epoch"
    reader.relink()
    assert reader.take(sealed) == Waiting({}, 2)
    with pytest.raises(NotWritableError):
        reader.write(b"under an old key")
    reader.keyring = first.keyring
    reader.relink()
    assert isinstance(reader.take(sealed), Accepted)


def test_a_revoked_device_is_heard_up_to_the_cut(artmatt: World) -> None:
    """A29: nothing later counts, though others mention it; nothing earlier is lost."""
    out, second, late = artmatt.desk(1), artmatt.desk(0), artmatt.desk(0)
    entries = [out.write(b"%d" % n) for n in range(4)]
    for sealed in entries[:3]:
        second.take(sealed)
    mentions = second.write(b"after the third")
    origin = out.author.origin
    cuts = {origin.incarnation: Cut(2, sha256(entries[1]))}
    signer, target = artmatt.owners[0].signer, out.keys.device
    epoch = artmatt.next_epoch(b"n" * 32, {target})
    artmatt.apply(revoke(artmatt.membership, signer, target, cuts, epoch).link)
    late.relink()
    assert isinstance(late.take(entries[0]), Accepted)
    assert late.take(mentions) == Waiting({origin: Head(2, sha256(entries[1]))})
    assert isinstance(late.take(entries[1]), Accepted)
    for sealed in entries[2:]:
        refused(late, sealed, Code.CUT)
    assert isinstance(late.take(mentions), Accepted)
    out.reborn()
    refused(late, out.write(b"in a new life"), Code.CUT)
    out.relink()
    with pytest.raises(NotWritableError):
        out.write(b"knowing it")


def test_what_was_seen_before_the_cut_is_all_that_is_waited_for(artmatt: World) -> None:
    """The cut lies further on than what the writer had seen; the entries between do not matter."""
    out, second, late = artmatt.desk(1), artmatt.desk(0), artmatt.desk(0)
    entries = [out.write(b"%d" % n) for n in range(3)]
    second.take(entries[0])
    mentions = second.write(b"after the first")
    cuts = {out.author.origin.incarnation: Cut(3, sha256(entries[2]))}
    signer, target = artmatt.owners[0].signer, out.keys.device
    epoch = artmatt.next_epoch(b"n" * 32, {target})
    artmatt.apply(revoke(artmatt.membership, signer, target, cuts, epoch).link)
    late.relink()
    late.take(entries[0])
    assert isinstance(late.take(mentions), Accepted)
    cut, origin = Head(3, sha256(entries[2])), out.author.origin
    member = late.ledger.membership.devices[target]
    assert until_cut(origin, Head(3, sha256(b"another third")), member) == cut
    assert until_cut(origin, Head(4, sha256(b"a fourth")), member) == cut


@pytest.mark.parametrize("gone", [1, 2])
def test_what_does_not_count_hides_nothing_that_is_missing(gone: int) -> None:
    """Of two streams that a writer had seen, one counts no longer: the other is waited for."""
    world = World.make("artmatt", owners=3)
    out, other = world.desk(gone), world.desk(3 - gone)
    second, late = world.desk(0), world.desk(0)
    second.take(out.write(b"never to count"))
    missing = other.write(b"still to come")
    second.take(missing)
    mentions = second.write(b"both seen")
    signer, target = world.owners[0].signer, out.keys.device
    epoch = world.next_epoch(b"n" * 32, {target})
    world.apply(revoke(world.membership, signer, target, {}, epoch).link)
    late.relink()
    assert late.take(mentions) == Waiting({other.author.origin: Head(1, sha256(missing))})
    assert isinstance(late.take(missing), Accepted)
    assert isinstance(late.take(mentions), Accepted)


def test_what_a_revoked_device_wrote_unheard_holds_nobody_back(artmatt: World) -> None:
    """Others saw a life of it of which nothing counts: their heads are not waited for."""
    out, second, late = artmatt.desk(1), artmatt.desk(0), artmatt.desk(0)
    second.take(out.write(b"never to count"))
    mentions = second.write(b"but seen")
    signer, target = artmatt.owners[0].signer, out.keys.device
    epoch = artmatt.next_epoch(b"n" * 32, {target})
    artmatt.apply(revoke(artmatt.membership, signer, target, {}, epoch).link)
    late.relink()
    assert isinstance(late.take(mentions), Accepted)


def test_an_old_number_is_refused_even_if_its_entry_is_forgotten(artmatt: World) -> None:
    writer, reader = artmatt.desk(0), artmatt.desk(1)
    entries = [writer.write(b"%d" % n) for n in range(3)]
    for sealed in entries:
        reader.take(sealed)
    reader.entries.clear()
    reader.reopen(reader.ledger.state)
    for sealed in entries:
        refused(reader, sealed, Code.SEQUENCE)


def test_only_two_histories_stop_a_stream() -> None:
    assert {code for code in Code if code.stops_stream} == {Code.EQUIVOCATION, Code.FORK}
    assert all(code.value == code.name.lower() for code in Code), "the vectors name them so"


def test_a_viewer_does_not_write(artmatt: World) -> None:
    viewer, reader = artmatt.desk(1), artmatt.desk(0)
    signer = artmatt.owners[0].signer
    artmatt.apply(change_role(artmatt.membership, signer, viewer.keys.device, Role.VIEWER, {}).link)
    reader.relink()
    refused(reader, viewer.write(b"not told yet"), Code.CUT)
    viewer.relink()
    with pytest.raises(NotWritableError):
        viewer.write(b"told")


def test_a_ledger_opens_with_its_own_chain_and_keys_only(artmatt: World, begin: World) -> None:
    desk = artmatt.desk()
    with pytest.raises(InvalidChainError):
        desk.reopen(LedgerState(artmatt.tenant, tuple(begin.links), {}))
    with pytest.raises(ValueError, match="another tenant"):
        Desk(artmatt, artmatt.owners[0], begin.keyring)
    desk.author = Author(desk.author.origin, SigningKey.from_seed(b"x" * 32))
    with pytest.raises(NotWritableError):
        desk.write(b"with a foreign key")
    desk.author = begin.desk().author
    with pytest.raises(NotWritableError):
        desk.write(b"as a device of somebody else")


def test_too_much_for_one_entry_becomes_several(artmatt: World) -> None:
    writer, reader = artmatt.desk(0), artmatt.desk(1)
    edits = [stream(str(n))(300_000) for n in range(9)]
    with pytest.raises(OversizedError):
        writer.ledger.seal(edits, writer.author, artmatt.salts)
    entries = writer.ledger.seal_all(edits, writer.author, artmatt.salts)
    outcomes = [reader.take(rebuild(entry, writer.keyring)) for entry in entries]
    got = [edit for outcome in outcomes for edit in outcome.edits]  # type: ignore[attr-defined] - accepted
    assert got == edits
    assert len(entries) == 4
    two = [stream("one")(600_000), stream("other")(600_000)]
    assert len(writer.ledger.seal_all(two, writer.author, artmatt.salts)) == 2
    for edits in ([stream("huge")(1_048_576)], [bytes(MAX_FRAME_BYTES)]):
        with pytest.raises(OversizedError):
            writer.ledger.seal_all(edits, writer.author, artmatt.salts)
    for count, needed in ((MAX_EDITS, 1), (MAX_EDITS + 1, 2)):
        entries = writer.ledger.seal_all([b""] * count, writer.author, artmatt.salts)
        assert len(entries) == needed


def test_a_body_over_the_limit_is_refused_though_it_is_a_frame(artmatt: World) -> None:
    first, reader = artmatt.desk(0), artmatt.desk(1)
    refused(reader, forge(first, edits=[stream("huge")(1_048_570)]), Code.FRAME)
    assert isinstance(reader.take(forge(first, edits=[stream("huge")(1_048_500)])), Accepted)


def test_damage_in_the_stored_history_is_noticed(artmatt: World) -> None:
    """Fact 1: an old or changed row gives other bytes than those that were signed."""
    desk = artmatt.desk()
    desk.write(b"1")
    (entry,) = desk.entries.values()
    for damaged in (
        replace(entry, body=entry.body + b"\0"),
        replace(entry, salt=b"s" * 24),
        replace(entry, signature=bytes(64)),
        replace(entry, hash=sha256(b"other")),
    ):
        with pytest.raises(DamagedEntryError):
            rebuild(damaged, desk.keyring)
    with pytest.raises(DamagedEntryError):
        rebuild(entry, Keyring(artmatt.tenant, {1: b"k" * 32}))


def test_a_salt_is_never_used_twice(artmatt: World) -> None:
    """A13: a broken source stops the writer instead of weakening what it writes.

    Entries and all that a snapshot is made of take their salts from one place.
    """
    desk = artmatt.desk()
    assert len({artmatt.salts.draw() for _ in range(1000)}) == 1000
    drawn = [bytes(range(24))] * 2 + [bytes(24), b"short", b"", stream("new")(24), bytes(range(24))]
    salts = Salts(lambda _count: drawn.pop(0))
    press = Press(artmatt.membership, artmatt.keyring, desk.author, salts)
    desk.ledger.seal([], desk.author, salts)
    for attempt in (
        lambda: desk.ledger.seal([], desk.author, salts),
        lambda: press.segment(1, []),
        lambda: next(press.pieces([b"page"])),
        lambda: press.snapshot(Manifest({}, {}, bytes(32), (), 0, ()), 1, NO_HASH),
    ):
        with pytest.raises(BrokenRandomnessError):
            attempt()
    assert press.segment(1, []).salt != desk.ledger.seal([], desk.author, salts).salt


def test_clones_never_share_a_key(artmatt: World) -> None:
    """A13: the same vault twice, the same edit, the same place: other salt, other bytes."""
    first, twin = artmatt.desk(0), artmatt.desk(0)
    twin.author = first.author
    one, other = first.write(b"edit"), twin.write(b"edit")
    assert one[:HEADER_BYTES] == other[:HEADER_BYTES]
    assert one[HEADER_BYTES + 64 :][:24] != other[HEADER_BYTES + 64 :][:24]
    assert one[-272:] != other[-272:]
