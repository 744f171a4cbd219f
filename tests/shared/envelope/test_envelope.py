"""What a server without keys can tell of an entry."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.crypto.padding import padded_length
from shared.envelope import (
    HEADER_BYTES,
    MAX_SEALED_BYTES,
    MAX_SEQ,
    MIN_SEALED_BYTES,
    SUITE,
    WHOLE_SPACE,
    Envelope,
    Header,
    MalformedEnvelopeError,
    check_signature,
)
from shared.envelope.entries import MAX_PADDED_BYTES
from shared.ledger import MAX_BODY_BYTES
from shared.signing import sha256
from tests.shared.worlds import World

ARTMATT, BEGIN = World.make("artmatt"), World.make("begin")
SEALED = ARTMATT.desk().write(b"an edit")

headers = st.builds(
    Header,
    tenant=st.binary(min_size=32, max_size=32),
    space=st.just(WHOLE_SPACE),
    epoch=st.integers(1, 2**32 - 1),
    device=st.binary(min_size=16, max_size=16),
    incarnation=st.binary(min_size=8, max_size=8),
    seq=st.integers(1, MAX_SEQ),
    prev=st.binary(min_size=32, max_size=32),
    seen=st.binary(min_size=32, max_size=32),
)


@given(headers)
def test_a_header_comes_back_from_its_154_bytes(header: Header) -> None:
    raw = header.encode()
    assert len(raw) == HEADER_BYTES == 154
    assert Header.parse(raw) == header


def test_the_bounds_are_those_of_padded_bodies() -> None:
    assert padded_length(MAX_BODY_BYTES + 4) == MAX_PADDED_BYTES
    assert len(SEALED) == MIN_SEALED_BYTES


def test_the_writer_and_nobody_else_has_signed() -> None:
    envelope = Envelope.parse(SEALED)
    assert envelope.hash == sha256(SEALED)
    start = envelope.header.encode() + envelope.signature + envelope.salt + envelope.commitment
    assert (start, envelope.sealed) == (SEALED[: len(start)], SEALED)
    assert [len(part) for part in (envelope.signature, envelope.salt)] == [64, 24]
    assert len(envelope.commitment) == 32
    assert SEALED[4] == 1, "the first suite"
    assert envelope.header.tenant == ARTMATT.tenant
    assert check_signature(envelope, ARTMATT.owners[0].signing.public)
    for other in (ARTMATT.owners[1], ARTMATT.paper, BEGIN.owners[0]):
        assert not check_signature(envelope, other.signing.public)


@pytest.mark.parametrize("suite", [number for number in range(256) if number != SUITE])
def test_there_is_no_other_suite(suite: int) -> None:
    with pytest.raises(MalformedEnvelopeError):
        Envelope.parse(SEALED[:4] + bytes([suite]) + SEALED[5:])


@pytest.mark.parametrize(
    ("start", "replacement"),
    [
        (0, b"JUNK"),
        (5, b"\2"),
        (5, b"\0"),
        (38, b"\1" * 16),
        (54, bytes(4)),
        (82, bytes(8)),
        (82, b"\xff" * 8),
    ],
    ids=["magic", "snapshot", "kind 0", "other space", "epoch 0", "seq 0", "seq too large"],
)
def test_what_suite_1_does_not_have_is_malformed(start: int, replacement: bytes) -> None:
    with pytest.raises(MalformedEnvelopeError):
        Envelope.parse(SEALED[:start] + replacement + SEALED[start + len(replacement) :])


@pytest.mark.parametrize("length", [0, 1, 153, 154, 273, MIN_SEALED_BYTES - 1])
def test_too_short_is_malformed(length: int) -> None:
    with pytest.raises(MalformedEnvelopeError):
        Envelope.parse(SEALED[:length])


def test_too_long_is_malformed() -> None:
    with pytest.raises(MalformedEnvelopeError):
        Envelope.parse(SEALED.ljust(MAX_SEALED_BYTES + 1, b"\0"))


@settings(max_examples=300)
@given(st.integers(0, len(SEALED) * 8 - 1))
def test_any_flipped_bit_is_malformed_or_not_signed(bit: int) -> None:
    flipped = bytearray(SEALED)
    flipped[bit // 8] ^= 1 << bit % 8
    try:
        envelope = Envelope.parse(bytes(flipped))
    except MalformedEnvelopeError:
        return
    assert not check_signature(envelope, ARTMATT.owners[0].signing.public)


def test_a_header_of_another_length_is_malformed() -> None:
    for length in (0, HEADER_BYTES - 1, HEADER_BYTES + 1):
        with pytest.raises(MalformedEnvelopeError):
            Header.parse(SEALED[:length])
