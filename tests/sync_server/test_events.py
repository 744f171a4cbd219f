"""Wake-ups: at once, to the right devices, and over when they should be."""

import time
from pathlib import Path

import pytest

from shared.protocol.limits import EVENT_ENTRY_BYTES
from sync_server.routes.events import StreamTimes
from tests.sync_server.collector import Device, Keys, granted
from tests.sync_server.conftest import Households, sign_up_both
from tests.sync_server.serving import Running, running


def test_a_small_entry_rides_in_the_event_and_needs_no_request(households: Households) -> None:
    first = households.artmatt
    second = first.add()
    with second.events() as events:
        hello = next(events)
        assert (hello.after, hello.cursor, hello.entries) == (0, 0, ())
        entry = first.write()
        began = time.monotonic()
        first.sync(entry)
        event = next(events)
        assert time.monotonic() - began < 1
        assert (event.after, event.cursor, event.entries) == (0, 1, (entry,))
        assert event.log == first.log
        assert event.chain == 3
    second.log, second.cursor = event.log, event.cursor
    assert second.sync().entries == ()


def test_what_is_large_or_not_all_new_is_announced_only(households: Households) -> None:
    first = households.artmatt
    second = first.add()
    with second.events() as events:
        next(events)
        large = first.write(EVENT_ENTRY_BYTES + 1)
        first.sync(large)
        announced = next(events)
        assert (announced.cursor, announced.entries) == (1, ())
        first.sync(large, first.write())
        again = next(events)
        assert (again.after, again.cursor, again.entries) == (1, 2, ())
        two = [first.write(), first.write()]
        first.sync(*two)
        assert next(events).entries == tuple(two)


def test_nobody_hears_of_own_entries_or_of_other_tenants(households: Households) -> None:
    artmatt, begin = households.artmatt, households.begin
    second = artmatt.add()
    with artmatt.events() as mine, begin.events() as theirs:
        assert next(mine).cursor == next(theirs).cursor == 0
        artmatt.sync(artmatt.write())  # by me: no event
        artmatt.sync(second.write())  # brought by me
        second.sync(artmatt.write())  # mine, brought by another: announced without the entry
        event = next(mine)
        assert (event.after, event.cursor, event.entries) == (2, 3, ())
        begin.sync(begin.write())
        third = begin.add()
        third.sync(third.write())
        heard = next(theirs)
        assert (heard.after, heard.cursor) == (1, 2)
        assert begin.collector.tenant in heard.entries[0]


def test_new_links_wake_and_a_removed_device_is_cut_off(households: Households) -> None:
    first = households.artmatt
    second, third = first.add(), first.add()
    with second.events() as kept, third.events() as cut:
        next(kept), next(cut)
        made = first.collector.revocation(third.keys)
        granted(first.post_links(made))
        first.collector.take(made)
        assert next(kept).chain == 5
        assert list(cut) == []


def test_a_stream_says_that_it_lives_and_closes_in_time(tmp_path: Path) -> None:
    with running(tmp_path / "data", times=StreamTimes(whole=0.5, silence=0.1)) as server:
        first = sign_up_both(server).artmatt
        began = time.monotonic()
        with first.events() as events:
            assert len(list(events)) == 1
        assert 0.4 < time.monotonic() - began < 3


def test_a_slow_reader_misses_events_and_is_told_to_pull(households: Households) -> None:
    first = households.artmatt
    second = first.add()
    bodies = [first.write() for _ in range(60)]
    with second.events() as events:
        next(events)
        for entry in bodies:
            first.sync(entry)
        seen = []
        while not seen or seen[-1].cursor < 60:
            seen.append(next(events))
        cursors = [event.cursor for event in seen]
        assert cursors == sorted(cursors)
        assert seen[-1].after == 59


def test_streams_do_not_hold_up_the_end_of_the_server(tmp_path: Path) -> None:
    with running(tmp_path / "data") as server:
        first = sign_up_both(server).artmatt
        stream = first.events()
        events = stream.__enter__()
        next(events)
        began = time.monotonic()
    assert time.monotonic() - began < 5
    stream.__exit__(None, None, None)


def test_a_client_that_leaves_is_forgotten(server: Running) -> None:
    households = sign_up_both(server)
    first = households.artmatt
    second = first.add()
    for _ in range(5):
        with second.events() as events:
            next(events)
    first.sync(first.write())
    deadline = time.monotonic() + 5
    listeners = server.house.wakeups._listeners
    while listeners and time.monotonic() < deadline:
        time.sleep(0.02)
    assert listeners == {}
    assert not any(record["event"] == "failure" for record in server.log.records)


@pytest.mark.parametrize("keys", [None, Keys()])
def test_strangers_get_no_stream(households: Households, keys: Keys | None) -> None:
    first = households.artmatt
    if keys is None:
        assert first.http.get("/v1/events").status_code == 401
    else:
        assert (
            Device(first.http, first.collector, keys).call("GET", "/v1/events").status_code == 401
        )
