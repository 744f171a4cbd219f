"""The pairing mailbox: short-lived, once, for strangers, and within limits."""

import os

import pytest

from shared.ids import PairId
from shared.protocol import paths
from shared.protocol.limits import PAIR_SECONDS, SLOT_BYTES
from sync_server.routes.table import Rates
from sync_server.storage.errors import RefusedError
from sync_server.storage.mailbox import MOST_BYTES, MemoryMailboxes
from sync_server.tenancy.throttle import Rate
from tests.sync_server.collector import granted, refused
from tests.sync_server.serving import FREE, Dial, Running, running


def new_box() -> PairId:
    return PairId(os.urandom(16))


def test_two_strangers_leave_each_other_messages(server: Running) -> None:
    box, other = new_box(), new_box()
    granted(server.http.put(paths.slot(box, 0), content=b"my keys"))
    assert refused(server.http.get(paths.slot(other, 0))) == (404, "not_found")
    assert refused(server.http.get(paths.slot(box, 1))) == (404, "not_found")
    assert granted(server.http.get(paths.slot(box, 0))).content == b"my keys"
    granted(server.http.put(paths.slot(box, 1), content=b"welcome"))
    assert granted(server.http.get(paths.slot(box, 1))).content == b"welcome"


def test_a_slot_is_written_once_and_read_until_the_end(server: Running) -> None:
    box = new_box()
    path = paths.slot(box, 0)
    granted(server.http.put(path, content=b"one"))
    granted(server.http.put(path, content=b"one"))  # resent: the answer was lost
    assert refused(server.http.put(path, content=b"two")) == (409, "slot_used")
    for _ in range(2):  # an answer was lost once more
        assert granted(server.http.get(path)).content == b"one"
        granted(server.http.put(path, content=b"one"))
        assert refused(server.http.put(path, content=b"two")) == (409, "slot_used")
    server.dial.turn(PAIR_SECONDS - 1)
    assert granted(server.http.get(path)).content == b"one"
    server.dial.turn(1.5)
    assert refused(server.http.get(path)) == (404, "not_found")


def test_ten_minutes_later_nothing_is_left(server: Running) -> None:
    box = new_box()
    granted(server.http.put(paths.slot(box, 0), content=b"one"))
    server.dial.turn(PAIR_SECONDS - 1)
    granted(server.http.put(paths.slot(box, 1), content=b"late"))
    server.dial.turn(1.5)
    for slot in (0, 1):
        assert refused(server.http.get(paths.slot(box, slot))) == (404, "not_found")


@pytest.mark.parametrize(
    ("box", "slot"), [("00", "0"), ("zz" * 16, "0"), ("0" * 32, "8"), ("0" * 32, "-1")]
)
def test_what_is_no_box_is_not_there(server: Running, box: str, slot: str) -> None:
    assert server.http.get(f"/v1/pair/{box}/{slot}").status_code == 404
    assert server.http.put(f"/v1/pair/{box}/{slot}", content=b"x").status_code == 404


def test_messages_are_small_and_not_empty(server: Running) -> None:
    path = paths.slot(new_box(), 0)
    assert refused(server.http.put(path, content=bytes(SLOT_BYTES + 1))) == (413, "too_large")
    assert refused(server.http.put(path)) == (404, "not_found")
    granted(server.http.put(path, content=b"x" * SLOT_BYTES))


def test_strangers_are_slowed_down_and_told_for_how_long(tmp_path) -> None:
    rates = Rates(sign_up=FREE, slug=FREE, pair=(Rate(3, 0.5), Rate(100, 100)))
    with running(tmp_path / "data", rates=rates) as server:
        path = paths.slot(new_box(), 0)
        assert [server.http.get(path).status_code for _ in range(4)] == [404, 404, 404, 429]
        slowed = server.http.get(path)
        assert refused(slowed) == (429, "too_many")
        assert slowed.headers["retry-after"] == "2"
        server.dial.turn(2)
        assert server.http.get(path).status_code == 404
        assert server.http.get(path).status_code == 429


def test_the_room_of_all_mailboxes_is_bounded_and_comes_back() -> None:
    dial = Dial()
    boxes = MemoryMailboxes(dial.steady)
    message = b"x" * SLOT_BYTES
    fit = MOST_BYTES // SLOT_BYTES
    for n in range(fit):
        boxes.put(PairId(n.to_bytes(16)), 0, message)
        dial.turn(0.01)
    with pytest.raises(RefusedError) as full:
        boxes.put(new_box(), 0, message)
    assert full.value.code.word == "too_many"
    assert boxes.read(PairId(bytes(16)), 0) == message
    dial.turn(PAIR_SECONDS + 1)
    boxes.put(new_box(), 0, message)
    assert boxes._held == SLOT_BYTES
