"""Attachments: chunks, claims, and what is deleted when."""

import os
from pathlib import Path

import msgspec
import pytest

from shared.ids import FileId
from shared.membership import Role
from shared.protocol import paths
from shared.protocol.limits import (
    CHUNK_BYTES,
    RELEASED_SECONDS,
    UNCLAIMED_SECONDS,
)
from shared.protocol.messages import About, ClaimRequest, FileReply, decode, encode
from tests.sync_server.collector import Device, granted, new_file, refused
from tests.sync_server.conftest import Households
from tests.sync_server.serving import Running


def put(device: Device, file: FileId, n: int, content: bytes) -> None:
    granted(device.call("PUT", paths.chunk(file, n), content))


def claim(device: Device, file: FileId, chunks: int) -> None:
    granted(device.call("POST", paths.claim(file), encode(ClaimRequest(chunks))))


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
        granted(first.call("POST", paths.release(file)))
    assert about(first).files.unclaimed == 2
    first.clock = server.dial.millis
    server.dial.turn(RELEASED_SECONDS - 60)
    granted(first.call("POST", paths.release(gone)))  # a second time: the term runs on
    assert is_here(first, gone)
    claim(first, again, 1)
    server.dial.turn(120)
    claim(first, again, 1)
    assert not is_here(first, gone)
    assert is_here(first, again)


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


@pytest.mark.parametrize("action", ["claim", "release"])
def test_what_is_not_here_cannot_be_claimed_or_released(
    households: Households, action: str
) -> None:
    body = encode(ClaimRequest(1)) if action == "claim" else b""
    answer = households.artmatt.call("POST", f"{paths.file(new_file())}/{action}", body)
    assert refused(answer) == (404, "not_found")


def test_no_half_written_chunk_is_left_over(households: Households, server: Running) -> None:
    first, file = households.artmatt, new_file()
    put(first, file, 0, os.urandom(1000))
    drafts: list[Path] = list(server.folder.rglob("*.part"))
    assert drafts == []
