"""A photo comes back whole or not at all."""

import itertools
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.crypto.attachments import (
    CHUNK_BYTES,
    ContentChangedError,
    DamagedAttachmentError,
    FileSecret,
    Root,
    _Chunks,
    chunk_count,
    open_chunks,
    seal_chunks,
    sealed_size,
)
from shared.ids import FileId, TenantId
from tests.shared.worlds import stream

ARTMATT, BEGIN = TenantId(b"a" * 32), TenantId(b"b" * 32)
SECRET = FileSecret.generate(ARTMATT, stream("photo"))
SIZE = 2 * CHUNK_BYTES + 12_345
CONTENT = stream("content")(SIZE)


def sealed(secret: FileSecret, content: bytes, step: int = 70_000) -> tuple[list[bytes], bytes]:
    pieces = (content[at : at + step] for at in range(0, len(content), step))
    chunks, root = list(seal_chunks(secret, len(content), pieces)), Root()
    for chunk in chunks:
        root.add(chunk)
    return chunks, root.digest


CHUNKS, ROOT = sealed(SECRET, CONTENT)


@settings(max_examples=25, deadline=None)
@given(
    st.sampled_from([0, 1, 247, 248, 249, 262_135, 262_136, 262_137, 524_280, 524_281, 700_001]),
    st.integers(9_000, 600_000),
)
def test_any_content_in_any_pieces_comes_back(size: int, step: int) -> None:
    content = CONTENT[: min(size, SIZE)]
    chunks, root = sealed(SECRET, content, step)
    assert len(chunks) == chunk_count(len(content))
    assert sum(map(len, chunks)) == sealed_size(len(content))
    pieces = list(open_chunks(SECRET, len(content), root, chunks))
    assert b"".join(pieces) == content
    assert all(pieces)


def refuse(
    chunks: list[bytes], secret: FileSecret = SECRET, size: int = SIZE, root: bytes = ROOT
) -> None:
    with pytest.raises(DamagedAttachmentError):
        list(open_chunks(secret, size, root, chunks))


def test_chunks_keep_their_order() -> None:
    """A9: every order but one, every one left out, every one twice."""
    assert len(CHUNKS) == 3
    for order in itertools.permutations(CHUNKS):
        if list(order) != CHUNKS:
            refuse(list(order))
    for at in range(3):
        refuse(CHUNKS[:at] + CHUNKS[at + 1 :])
        refuse([*CHUNKS[: at + 1], *CHUNKS[at:]])
    refuse([])


def test_chunks_of_two_files_do_not_mix() -> None:
    other = FileSecret.generate(ARTMATT, stream("other photo"))
    chunks, root = sealed(other, CONTENT)
    same_key = replace(other, key=SECRET.key)
    twin_chunks, twin_root = sealed(same_key, CONTENT)
    for foreign in (chunks, twin_chunks):
        for at in range(3):
            refuse([*CHUNKS[:at], foreign[at], *CHUNKS[at + 1 :]])
    refuse(chunks)
    refuse(chunks, root=root)
    refuse(twin_chunks, root=twin_root)


def test_a_file_opens_for_its_tenant_only() -> None:
    """A6: the same key and name under another tenant give nothing."""
    refuse(CHUNKS, secret=replace(SECRET, tenant=BEGIN))
    refuse(CHUNKS, secret=replace(SECRET, file=FileId(b"f" * 16)))


def test_a_file_of_another_length_is_refused() -> None:
    """A8, and a record that lies about the size within the same padding."""
    for size in (0, SIZE - 1, SIZE + 1, SIZE - CHUNK_BYTES, SIZE + CHUNK_BYTES):
        refuse(CHUNKS, size=size)
    for cut in (1, 16, 300_000):
        refuse([*CHUNKS[:2], CHUNKS[2][:-cut]])
    refuse([*CHUNKS[:2], CHUNKS[2] + b"\0"])


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2), st.data())
def test_a_flipped_bit_is_noticed(which: int, data: st.DataObject) -> None:
    chunk = CHUNKS[which]
    bit = data.draw(st.integers(0, len(chunk) * 8 - 1))
    flipped = bytearray(chunk)
    flipped[bit // 8] ^= 1 << bit % 8
    refuse([*CHUNKS[:which], bytes(flipped), *CHUNKS[which + 1 :]])


def test_the_last_piece_waits_for_the_root() -> None:
    """Genuine chunks of a file that is not the one in the record: never complete."""
    pieces = open_chunks(SECRET, SIZE, bytes(32), CHUNKS)
    assert next(pieces) + next(pieces) == CONTENT[: 2 * CHUNK_BYTES - 8]
    with pytest.raises(DamagedAttachmentError):
        next(pieces)


def test_a_writer_that_lies_about_length_or_padding_is_refused() -> None:
    """Made with the true key, as a member could: other size inside, or bytes behind the end."""
    small = CONTENT[:100]
    for framed in (
        (101).to_bytes(8) + small,
        (100).to_bytes(8) + small + bytes(147) + b"\1",
    ):
        plain = framed.ljust(256, b"\0")
        chunk = _Chunks(SECRET, 100).seal(0, plain)
        root = Root()
        root.add(chunk)
        refuse([chunk], size=100, root=root.digest)


@pytest.mark.parametrize("size", [0, CHUNK_BYTES, SIZE])
def test_no_chunks_are_no_content_whatever_the_record_says(size: int) -> None:
    refuse([], size=size, root=Root().digest)


def test_a_new_secret_has_its_parts_in_place_and_shows_no_key() -> None:
    assert SECRET.tenant == ARTMATT
    assert (len(SECRET.file), len(SECRET.key)) == (16, 32)
    assert SECRET.file[:16] != SECRET.key[:16]
    assert str(SECRET.key) not in repr(SECRET)


def test_chunks_have_the_lengths_that_the_size_gives() -> None:
    """Sealed with the true key, but cut elsewhere or fewer, and with a root that fits."""
    plain = [b"".join(_Chunks(SECRET, SIZE).open(n, chunk) for n, chunk in enumerate(CHUNKS))]
    ends = [0, CHUNK_BYTES - 1, 2 * CHUNK_BYTES, len(plain[0])]
    cut = [
        _Chunks(SECRET, SIZE).seal(n, plain[0][ends[n] : ends[n + 1]]) for n in range(len(CHUNKS))
    ]
    for chunks in (cut, CHUNKS[:2], CHUNKS[:1], []):
        root = Root()
        for chunk in chunks:
            root.add(chunk)
        refuse(chunks, root=root.digest)


def test_a_file_that_never_ends_is_given_up() -> None:
    with pytest.raises(ContentChangedError):
        list(seal_chunks(SECRET, SIZE, itertools.repeat(bytes(100_000))))


@pytest.mark.parametrize("lie", [-1, 1])
def test_a_file_that_changes_meanwhile_is_not_sealed(lie: int) -> None:
    with pytest.raises(ContentChangedError):
        list(seal_chunks(SECRET, SIZE + lie, [CONTENT]))
