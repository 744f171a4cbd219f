"""The outside of a pairing's file: written, read again, and nothing else that arrives is one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.crypto.pair_files import (
    DamagedPairingFileError,
    NewerPairingFileError,
    NotAPairingFileError,
    PairingFile,
    PairingFileError,
    Part,
)
from shared.ids import PairId
from shared.signing import sha256

FILES = st.builds(
    PairingFile,
    st.sampled_from(Part),
    st.binary(min_size=16, max_size=16).map(PairId),
    st.integers(0, 2**64 - 1),
    st.binary(min_size=32, max_size=32),
    st.binary(max_size=80),
)


@given(FILES)
def test_what_was_written_is_read_again(file: PairingFile) -> None:
    assert PairingFile.parse(file.encode()) == file


@given(FILES, st.data())
def test_every_byte_that_decays_is_noticed(file: PairingFile, data: st.DataObject) -> None:
    raw = bytearray(file.encode())
    at = data.draw(st.integers(0, len(raw) - 1))
    raw[at] ^= data.draw(st.integers(1, 255))
    kind: type[PairingFileError] = NotAPairingFileError if at < 4 else DamagedPairingFileError
    if at == 4 and raw[4] > 1:
        kind = NewerPairingFileError
    with pytest.raises(kind):
        PairingFile.parse(bytes(raw))


@given(FILES, st.data())
def test_a_file_that_is_cut_or_goes_on_is_none(file: PairingFile, data: st.DataObject) -> None:
    raw = file.encode()
    cut = raw[: data.draw(st.integers(0, len(raw) - 1))]
    longer = raw + data.draw(st.binary(min_size=1, max_size=9))
    for wrong in (cut, longer):
        with pytest.raises(PairingFileError):
            PairingFile.parse(wrong)


@given(st.binary(max_size=200), st.integers(0, 255))
def test_nothing_else_is_a_file(content: bytes, part: int) -> None:
    """Not even with the right magic, and the right hash at its end."""
    for head in (b"", b"SWPR", b"SWPR\1" + bytes([part])):
        raw = head + content
        for wrong in (raw, raw + sha256(raw)):
            with pytest.raises(PairingFileError):
                PairingFile.parse(wrong)


ONE = PairingFile(Part.OFFER, PairId(b"p" * 16), 7, b"a" * 32, b"message")


def signed(content: bytes) -> bytes:
    return content + sha256(content)


def test_a_file_lies_as_the_format_says() -> None:
    content = b"SWPR\1\2" + b"p" * 16 + (7).to_bytes(8) + b"a" * 32 + (7).to_bytes(4) + b"message"
    assert ONE.encode() == signed(content)
    assert ONE.hash == sha256(b"message")
    assert "message" not in repr(ONE)
    assert [part for part in Part if part.of_newcomer] == [Part.CODE, Part.REVEAL]
    assert PairingFile.parse(signed(content[:62] + bytes(4))).message == b""


def test_what_is_wrong_with_a_file_is_told_apart() -> None:
    content = ONE.encode()[:-32]
    for newer in (signed(b"SWPR\2" + content[5:]), b"SWPR\xff and all else unknown"):
        with pytest.raises(NewerPairingFileError):
            PairingFile.parse(newer)
    for damaged in (
        signed(b"SWPR\0" + content[5:]),
        signed(content[:5] + b"\0" + content[6:]),
        signed(content[:5] + b"\5" + content[6:]),
        signed(content + b"!"),
        signed(content[:-1]),
        signed(content[:65]),
        b"SWPR\1",
        b"SWPR",
    ):
        with pytest.raises(DamagedPairingFileError):
            PairingFile.parse(damaged)
    with pytest.raises(NotAPairingFileError):
        PairingFile.parse(signed(b"SWPS" + content[4:]))
