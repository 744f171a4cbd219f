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
