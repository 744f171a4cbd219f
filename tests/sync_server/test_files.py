"""Attachments: chunks, claims, and what is deleted when."""

import os
from pathlib import Path

import msgspec
import pytest

from shared.ids import Cursor, FileId
from shared.membership import Role
from shared.protocol import paths
from shared.protocol.limits import (
    CHUNK_BYTES,
    RELEASED_SECONDS,
    UNCLAIMED_SECONDS,
)
from shared.protocol.messages import (
    About,
    ClaimRequest,
    FileReply,
    FilesReply,
    FilesRequest,
    HeldFile,
    ProofReply,
    ProofRequest,
    ReleaseRequest,
    decode,
    encode,
)
from shared.protocol.possession import proof_of
from tests.sync_server.collector import Device, granted, new_file, refused
from tests.sync_server.conftest import Households
from tests.sync_server.serving import Running


def put(device: Device, file: FileId, n: int, content: bytes) -> None:
    granted(device.call("PUT", paths.chunk(file, n), content))


def claim(device: Device, file: FileId, chunks: int) -> None:
    granted(device.call("POST", paths.claim(file), encode(ClaimRequest(chunks))))


def release(device: Device, file: FileId) -> None:
    device.sync()
    asked = ReleaseRequest(device.log, device.cursor)
    granted(device.call("POST", paths.release(file), encode(asked)))


def listing(device: Device, after: bytes = b"") -> FilesReply:
    asked = encode(FilesRequest(after))
    return decode(granted(device.call("POST", paths.FILES, asked)).content, FilesReply)


def presence(device: Device, file: FileId) -> FileReply:
    return decode(granted(device.call("GET", paths.file(file))).content, FileReply)


def is_here(device: Device, file: FileId) -> bool:
    return device.call("GET", paths.chunk(file, 0)).status_code == 200


def about(device: Device) -> About:
    return msgspec.json.decode(granted(device.call("GET", paths.ABOUT)).content, type=About)


def test_chunks_come_in_any_order_and_are_read_by_the_other_device(
    households: Households,
) -> None:
    first = households.artmatt
    second = first.add(Role.VIEWER)
    file, chunks = new_file(), [os.urandom(CHUNK_BYTES), os.urandom(CHUNK_BYTES), b"last"]
    for n in (2, 0, 1):
        put(first, file, n, chunks[n])
    assert presence(second, file) == FileReply((0, 1, 2), claimed=False)
    claim(first, file, 3)
    assert presence(second, file) == FileReply((0, 1, 2), claimed=True)
    for n, chunk in enumerate(chunks):
        assert granted(second.call("GET", paths.chunk(file, n))).content == chunk
    assert second.call("GET", paths.chunk(file, 3)).status_code == 404


def test_a_chunk_never_changes(households: Households) -> None:
    first, file = households.artmatt, new_file()
    put(first, file, 0, b"one")
    put(first, file, 0, b"one")
    other = first.call("PUT", paths.chunk(file, 0), b"two")
    assert refused(other) == (409, "chunk_differs")
    assert granted(first.call("GET", paths.chunk(file, 0))).content == b"one"
    assert about(first).files.chunks == 1


def test_a_claim_needs_every_chunk(households: Households) -> None:
    first, file = households.artmatt, new_file()
    path = paths.claim(file)
    assert refused(first.call("POST", path, encode(ClaimRequest(1)))) == (404, "not_found")
    put(first, file, 1, b"second")
    for count in (1, 2, 3):
        answer = first.call("POST", path, encode(ClaimRequest(count)))
        assert refused(answer) == (409, "file_incomplete")
    put(first, file, 0, b"first")
    assert refused(first.call("POST", path, encode(ClaimRequest(1)))) == (409, "file_incomplete")
    claim(first, file, 2)
    claim(first, file, 2)


def test_what_is_not_claimed_goes_after_a_week(households: Households, server: Running) -> None:
    first = households.artmatt
    kept, left, other, broom = new_file(), new_file(), new_file(), new_file()
    put(households.begin, other, 0, b"begin's")
    for file in (kept, left, broom):
        put(first, file, 0, b"x" + file)
    claim(first, kept, 1)
    claim(first, broom, 1)
    put(first, kept, 1, b"one more")  # does not unclaim it
    server.dial.turn(UNCLAIMED_SECONDS - 60)
    first.clock = households.begin.clock = server.dial.millis
    claim(first, broom, 1)  # any claim sweeps
    assert is_here(first, left)
    server.dial.turn(120)
    claim(first, broom, 1)
    assert not is_here(first, left)
    assert first.call("GET", paths.file(left)).status_code == 404
    assert is_here(first, kept)
    assert is_here(households.begin, other)  # its own turn has not come
    assert about(first).files.files == 2
    homes = [p.name for p in server.folder.rglob("files/*/*")]
    assert sorted(homes) == sorted([kept.hex(), broom.hex(), other.hex()])


def test_what_is_released_goes_after_a_month_unless_claimed_again(
    households: Households, server: Running
) -> None:
    first = households.artmatt
    gone, again = new_file(), new_file()
    for file in (gone, again):
        put(first, file, 0, b"x" + file)
        claim(first, file, 1)
        release(first, file)
    assert about(first).files.unclaimed == 2
    first.clock = server.dial.millis
    server.dial.turn(RELEASED_SECONDS - 60)
    release(first, gone)  # a second time: the term runs on
    assert is_here(first, gone)
    claim(first, again, 1)
    server.dial.turn(120)
    claim(first, again, 1)
    assert not is_here(first, gone)
    assert is_here(first, again)


def test_who_has_not_read_the_whole_log_lets_nothing_go(households: Households) -> None:
    first = households.artmatt
    second, file = first.add(Role.EDITOR), new_file()
    put(first, file, 0, b"spoken of by the next entry")
    claim(first, file, 1)
    first.sync()
    second.sync(second.write())
    asked = ReleaseRequest(first.log, first.cursor)
    answer = first.call("POST", paths.release(file), encode(asked))
    assert refused(answer) == (409, "log_moved")
    households.begin.sync()
    other = ReleaseRequest(households.begin.log, Cursor(2**40))
    assert refused(first.call("POST", paths.release(file), encode(other))) == (409, "log_moved")
    assert presence(first, file).claimed
    release(first, file)
    assert not presence(first, file).claimed


def test_the_list_says_what_is_claimed_and_begins_where_it_is_told_to(
    households: Households,
) -> None:
    first, files = households.artmatt, sorted(new_file() for _ in range(5))
    put(households.begin, new_file(), 0, b"begin's")
    for file in files:
        put(first, file, 0, b"x" + file)
    for file in files[:3]:
        claim(first, file, 1)
    held = tuple(HeldFile(file, 1, file in files[:3]) for file in files)
    assert listing(first) == FilesReply(held)
    assert listing(first, files[2]) == FilesReply(held[3:])


def test_only_who_has_every_byte_can_show_it(households: Households, server: Running) -> None:
    first, file = households.artmatt, new_file()
    chunks = [os.urandom(CHUNK_BYTES), b"last"]
    for n, chunk in enumerate(chunks):
        put(first, file, n, chunk)
    challenge = os.urandom(16)
    asked = encode(ProofRequest(challenge))
    assert refused(first.call("POST", paths.proof(file), asked)) == (409, "file_incomplete")
    claim(first, file, 2)

    def shown() -> bytes:
        return decode(
            granted(first.call("POST", paths.proof(file), asked)).content, ProofReply
        ).proof

    assert shown() == proof_of(challenge, chunks)
    (kept,) = server.folder.rglob(f"{file.hex()}/1")
    kept.write_bytes(b"lost")
    assert shown() != proof_of(challenge, chunks)
    kept.unlink()
    assert refused(first.call("POST", paths.proof(file), asked)) == (409, "file_incomplete")


def test_a_store_that_is_opened_again_is_swept(households: Households, server: Running) -> None:
    first, file = households.artmatt, new_file()
    put(first, file, 0, b"left")
    server.dial.turn(UNCLAIMED_SECONDS + 1)
    first.clock = server.dial.millis
    assert is_here(first, file)
    stores = first_stores(server)
    stores.close()
    assert not is_here(first, file)


def first_stores(server: Running) -> object:
    return server.house.doorway._stores


def test_a_chunk_has_a_largest_size(households: Households) -> None:
    first, file = households.artmatt, new_file()
    put(first, file, 0, bytes(CHUNK_BYTES))
    large = first.call("PUT", paths.chunk(file, 1), bytes(CHUNK_BYTES + 1))
    assert refused(large) == (413, "too_large")


@pytest.mark.parametrize("action", ["claim", "release", "proof"])
def test_what_is_not_here_cannot_be_claimed_released_or_shown(
    households: Households, action: str
) -> None:
    first = households.artmatt
    first.sync()
    bodies = {
        "claim": ClaimRequest(1),
        "release": ReleaseRequest(first.log, first.cursor),
        "proof": ProofRequest(os.urandom(16)),
    }
    answer = first.call("POST", f"{paths.file(new_file())}/{action}", encode(bodies[action]))
    assert refused(answer) == (404, "not_found")


def test_no_half_written_chunk_is_left_over(households: Households, server: Running) -> None:
    first, file = households.artmatt, new_file()
    put(first, file, 0, os.urandom(1000))
    drafts: list[Path] = list(server.folder.rglob("*.part"))
    assert drafts == []
