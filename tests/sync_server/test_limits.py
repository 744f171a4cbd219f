"""Too much, too large, too often, too broken: refused with a sentence, and nothing is lost."""

import os
import socket
import sqlite3
import time
from pathlib import Path

import pytest

from shared.protocol import paths
from shared.protocol.limits import CHUNK_BYTES, ENTRY_BYTES, REQUEST_BYTES
from sync_server.operations.connection import Patience
from sync_server.routes.table import Rates
from sync_server.storage.errors import StorageError
from sync_server.storage.limits import Limits
from sync_server.storage.schema import TENANT, TENANT_VERSION
from sync_server.storage.sqlite.database import SqliteDatabase
from sync_server.tenancy.plans import STANDARD
from sync_server.tenancy.throttle import Rate, network_of
from tests.sync_server.collector import Collector, Device, Keys, granted, new_file, problem, refused
from tests.sync_server.conftest import Households, sign_up_both
from tests.sync_server.serving import FREE, Running, running

SMALL = {STANDARD: Limits(log_bytes=2000, file_bytes=1000, devices=3)}


def test_a_full_account_refuses_and_keeps_what_it_has(tmp_path: Path) -> None:
    with running(tmp_path / "data", plans=SMALL) as server:
        households = sign_up_both(server)
        first = households.artmatt
        first.sync(first.write(), first.write(), first.write())
        over = first.write()
        answer = first.post_sync(over)
        assert refused(answer) == (507, "quota")
        assert problem(answer).at == 0
        assert first.sync(cursor=0, own=True).cursor == 3
        file = new_file()
        granted(first.call("PUT", paths.chunk(file, 0), bytes(900)))
        granted(first.call("PUT", paths.chunk(file, 0), bytes(900)))
        more = first.call("PUT", paths.chunk(file, 1), bytes(200))
        assert refused(more) == (507, "quota")
        granted(first.call("PUT", paths.chunk(file, 1), bytes(100)))
        first.add()
        assert refused(first.post_links(first.collector.admission(Keys()))) == (507, "quota")
        households.begin.sync(households.begin.write())  # the other's room is its own


def test_bodies_have_a_largest_size(households: Households) -> None:
    first = households.artmatt
    largest = first.write(ENTRY_BYTES)
    first.sync(largest)
    assert refused(first.post_sync(bytes(ENTRY_BYTES + 1))) == (422, "entry_refused")
    assert refused(first.post_sync(bytes(REQUEST_BYTES))) == (413, "too_large")
    assert refused(first.call("GET", paths.CHAIN, b"a body")) == (413, "too_large")
    huge = first.http.post(paths.TENANTS, content=bytes(300_000))
    assert refused(huge) == (413, "too_large")


def raw(server: Running, text: bytes, *, patience: float = 5) -> bytes:
    """Send bytes and return what comes back, up to the end of the first answer's head."""
    host, port = server.address.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=patience) as line:
        line.sendall(text)
        heard = b""
        while b"\r\n\r\n" not in heard:
            piece = line.recv(65536)
            if not piece:
                break
            heard += piece
    return heard


def signed_head(device: Device, path: str, length: str) -> bytes:
    authorization = device.call("POST", path).request.headers["authorization"]
    host = device.http.base_url.netloc.decode()
    lines = (f"POST {path} HTTP/1.1", f"Host: {host}", f"Authorization: {authorization}", length)
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def test_a_length_that_is_too_large_is_refused_before_the_body_comes(
    households: Households, server: Running
) -> None:
    head = signed_head(households.artmatt, paths.SYNC, f"Content-Length: {REQUEST_BYTES + 1}")
    assert raw(server, head).startswith(b"HTTP/1.1 413 ")


def test_a_body_without_a_length_is_cut_off_where_it_becomes_too_large(
    households: Households, server: Running
) -> None:
    head = signed_head(households.artmatt, paths.claim(new_file()), "Transfer-Encoding: chunked")
    assert raw(server, head + b"41\r\n" + bytes(65) + b"\r\n").startswith(b"HTTP/1.1 413 ")


def test_slow_clients_are_cut_and_others_are_not(tmp_path: Path) -> None:
    with running(tmp_path / "data", patience=Patience(head=0.5, body=1.5)) as server:
        households = sign_up_both(server)
        first, begin = households.artmatt, households.begin
        begin.sync(begin.write())
        began = time.monotonic()
        body = signed_head(first, paths.SYNC, "Content-Length: 1000") + b"x"
        for text in (b"", b"GET / HTTP/1.1\r\nHost: beanie.ty\r\nX-Slow", body):
            assert raw(server, text, patience=8) == b""
        assert time.monotonic() - began < 8
        with begin.events() as events:
            next(events)
            time.sleep(2.5)  # an open stream and an idle connection owe nothing
            begin.sync(begin.write())
            second = begin.add()
            second.sync(second.write())
            assert next(events)


def test_a_head_without_end_is_cut_off(server: Running) -> None:
    line = b"X-Long: " + b"a" * 1000 + b"\r\n"
    answer = raw(server, b"GET / HTTP/1.1\r\nHost: beanie.ty\r\n" + line * 80)
    assert answer.startswith(b"HTTP/1.1 400 ")


def test_nothing_is_read_from_somebody_unknown(households: Households, server: Running) -> None:
    first = households.artmatt
    stranger = Device(first.http, first.collector, Keys())
    head = signed_head(stranger, paths.SYNC, f"Content-Length: {REQUEST_BYTES}")
    assert raw(server, head).startswith(b"HTTP/1.1 401 ")


def test_a_client_that_leaves_in_the_middle_is_one_quiet_line(
    households: Households, server: Running
) -> None:
    head = signed_head(households.artmatt, paths.SYNC, "Content-Length: 100000")
    before = len(server.log.lines)
    host, port = server.address.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port))) as line:
        line.sendall(head + bytes(500))
        time.sleep(0.1)
    deadline = time.monotonic() + 5
    while len(server.log.lines) == before and time.monotonic() < deadline:
        time.sleep(0.02)
    (record,) = server.log.records[before:]
    assert (record["event"], record["route"], record["status"]) == ("request", "sync", 499)


def test_sign_ups_and_questions_are_limited(tmp_path: Path) -> None:
    few = (Rate(2, 1 / 60), Rate(100, 100))
    with running(tmp_path / "data", rates=Rates(sign_up=few, slug=few, pair=FREE)) as server:
        sign_up_both(server)
        third = Device(server.http, Collector("third"))
        slowed = third.sign_up()
        assert refused(slowed) == (429, "too_many")
        assert 1 <= int(slowed.headers["retry-after"]) <= 60
        assert problem(slowed).retry_after == int(slowed.headers["retry-after"])
        asked = [server.http.get("/v1/slugs/third").status_code for _ in range(3)]
        assert asked == [200, 200, 429]
        server.dial.turn(60)
        third.clock = server.dial.millis
        granted(third.sign_up())


def test_all_strangers_together_are_limited_too(tmp_path: Path) -> None:
    total = (Rate(100, 100), Rate(2, 0.1))
    with running(tmp_path / "data", rates=Rates(slug=total)) as server:
        asked = [server.http.get("/v1/slugs/third").status_code for _ in range(3)]
        assert asked == [200, 200, 429]


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.77", "192.0.2.0"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1::"),
        ("testclient", "unknown"),
    ],
)
def test_addresses_are_cut_to_their_networks(address: str, network: str) -> None:
    assert network_of(address) == network


def test_a_full_disk_is_told_and_nothing_half_is_kept(
    households: Households, server: Running
) -> None:
    first = households.artmatt
    first.sync(first.write())
    store = server.house.doorway._stores._open[first.collector.tenant].store
    connection = store._database._connection
    pages = connection.execute("PRAGMA page_count").fetchone()[0]
    connection.execute(f"PRAGMA max_page_count = {pages + 1}")
    before, large = first.last, first.write(200_000)
    assert refused(first.post_sync(large)) == (507, "disk_full")
    assert first.sync(cursor=0, own=True).cursor == 1
    connection.execute("PRAGMA max_page_count = 1000000")
    assert first.sync(large).cursor == 2
    assert before


def test_a_damaged_file_is_a_mistake_of_the_server_and_says_nothing_more(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "data"
    with running(folder) as server:
        households = sign_up_both(server)
        first, begin = households.artmatt, households.begin
        first.sync(first.write())
    tenant = first.collector.tenant.hex()
    (folder / "tenants" / tenant[:2] / tenant / "tenant.db").write_bytes(os.urandom(8192))
    with running(folder) as server:
        first.http = begin.http = server.http
        answer = first.post_sync()
        assert refused(answer) == (500, "internal")
        told = problem(answer)
        failure = next(r for r in server.log.records if r["event"] == "failure")
        assert failure["request"] == told.request
        assert failure["error"] == "DatabaseError"
        assert "database.py:" in str(failure["where"])
        begin.sync(begin.write())


def test_files_are_durable_and_those_from_the_future_are_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "tenant.db"
    path.touch()  # its making was interrupted
    database = SqliteDatabase(path, TENANT, TENANT_VERSION)
    assert database._connection.execute("PRAGMA synchronous").fetchone() == (2,)
    database.close()
    plain = sqlite3.connect(path)
    assert plain.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    plain.execute("PRAGMA user_version = 99")
    plain.close()
    with pytest.raises(StorageError):
        SqliteDatabase(path, TENANT, TENANT_VERSION)
    assert sqlite3.connect(f"file:{path}?mode=ro", uri=True).close() is None


def test_chunks_fit_what_the_limits_say() -> None:
    assert CHUNK_BYTES < REQUEST_BYTES
    assert ENTRY_BYTES < REQUEST_BYTES
