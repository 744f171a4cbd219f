"""What the server says of itself: its document, its log, its bytes."""

import asyncio
import json
import re
import socket
import statistics
import time
from pathlib import Path

import msgspec
import pytest
from fastapi import FastAPI
from starlette.routing import Route

from shared.ids import Cursor, DeviceId, LogId
from shared.protocol import paths
from shared.protocol.messages import Event, SyncReply, SyncRequest, decode, encode
from shared.protocol.problems import Code
from shared.signing import RequestSummary, sign_request
from sync_server.tenancy.journal import FIELDS, Journal
from sync_server.tenancy.wakeups import Listener
from tests.sync_server.collector import Device, digest, granted, new_file
from tests.sync_server.conftest import Households
from tests.sync_server.serving import ROOT, Running


def routes_of(server: Running) -> set[tuple[str, str]]:
    assert isinstance(server.app, FastAPI)
    assert all(isinstance(route, Route) for route in server.app.routes)
    return {
        (method, route.path)
        for route in server.app.routes
        if isinstance(route, Route)
        for method in (route.methods or set()) - {"HEAD"}
    }


def test_the_document_lists_every_route_and_no_other(server: Running) -> None:
    document = granted(server.http.get(paths.OPENAPI)).json()
    listed = {
        (method.upper(), path)
        for path, operations in document["paths"].items()
        for method in operations
    }
    assert listed == routes_of(server)
    operations = [each for path in document["paths"].values() for each in path.values()]
    names = [operation["operationId"] for operation in operations]
    assert len(names) == len(set(names))
    assert all(operation["summary"] for operation in operations)
    schemas = document["components"]["schemas"]
    for name in re.findall(r'"#/components/schemas/(\w+)"', json.dumps(document)):
        assert name in schemas


def test_every_path_and_every_code_stands_in_the_documentation(server: Running) -> None:
    text = (ROOT / "docs" / "protocol.md").read_text()
    for _, path in routes_of(server):
        assert f"`{path}`" in text, path
    for code in Code:
        assert f"`{code.word}`" in text, code


def test_log_lines_name_nobody_and_hold_nothing(households: Households, server: Running) -> None:
    artmatt, begin = households.artmatt, households.begin
    file = new_file()
    for device in (artmatt, begin):
        second = device.add()
        entry = device.write()
        device.sync(entry)
        second.sync()
        device.call("PUT", paths.chunk(file, 0), b"planted text of a sealed photo")
        device.call("GET", "/v1/files/planted-text/0?planted=text")
        device.post_sync(b"planted text")
    server.http.get("/artmatt")
    server.http.get("/v1/slugs/planted-text", headers={"x-planted-text": "planted text"})
    log = "\n".join(server.log.lines)
    for secret in (
        "artmatt",
        "begin",
        "planted",
        "127.0.0.1",
        file.hex(),
        *(d.collector.tenant.hex() for d in (artmatt, begin)),
        *(d.keys.device.hex() for d in (artmatt, begin)),
    ):
        assert secret not in log
    records = server.log.records
    assert all(record.keys() <= FIELDS | {"time"} for record in records)
    signed = [r for r in records if r["event"] == "request" and r["route"] == "sync"]
    assert all("tenant" in record and "device" in record for record in signed)
    assert len({record["tenant"] for record in signed}) == 2
    assert len({record["device"] for record in signed}) == 4
    assert [record["entries"] for record in signed if "entries" in record] == [1, 1]
    assert not any(record["event"] == "failure" for record in records)


def test_a_log_line_cannot_say_what_is_not_on_the_list() -> None:
    lines: list[object] = []
    journal = Journal(lines.append)
    journal.bind(tenant="a").note("append", entries=1)
    assert lines == [{"event": "append", "tenant": "a", "entries": 1}]
    with pytest.raises(ValueError, match="name"):
        journal.note("append", name="Patti the Platypus")


class Counted:
    """A client that sends what the protocol needs and not a byte more, and counts."""

    def __init__(self, server: Running, device: Device) -> None:
        host, port = server.address.removeprefix("http://").split(":")
        self.authority = f"{host}:{port}"
        self.line = socket.create_connection((host, int(port)), timeout=5)
        self.device = device
        self.bytes = 0

    def sync(self, body: bytes) -> SyncReply:
        summary = RequestSummary.of("POST", paths.SYNC, self.authority, body)
        keys, tenant = self.device.keys, self.device.collector.tenant
        header = sign_request(keys.signing, tenant, keys.device, summary, self.device.clock())
        request = (
            f"POST {paths.SYNC} HTTP/1.1\r\nhost: {self.authority}\r\n"
            f"content-length: {len(body)}\r\nauthorization: {header}\r\n\r\n"
        ).encode() + body
        self.line.sendall(request)
        reply = head = content = b""
        while not head or len(content) < int(
            head.lower().partition(b"content-length: ")[2].split()[0]
        ):
            reply += self.line.recv(65536)
            head, _, content = reply.partition(b"\r\n\r\n")
        self.bytes = len(request) + len(reply)
        assert head.startswith(b"HTTP/1.1 200 ")
        return decode(content, SyncReply)


def test_one_edit_and_none_cost_few_bytes(households: Households, server: Running) -> None:
    first = households.artmatt
    first.sync(first.write(), first.write())
    client = Counted(server, first)
    heads = digest(first)

    def asked(*entries: bytes) -> bytes:
        return encode(SyncRequest(first.log, first.cursor, 2, heads, entries))

    assert client.sync(asked(first.write(584))).cursor == 3
    assert client.bytes <= 1050
    first.cursor = first.sync().cursor
    heads = digest(first)
    assert client.sync(asked()).heads == ()
    assert client.bytes <= 450
    client.line.close()


def test_an_answer_does_not_wait_for_the_clients_acknowledgement(
    households: Households, server: Running
) -> None:
    client = Counted(server, households.artmatt)
    body = encode(SyncRequest(LogId(b""), Cursor(0), 2))
    took = []
    for _ in range(25):
        began = time.monotonic()
        client.sync(body)
        took.append(time.monotonic() - began)
    client.line.close()
    assert statistics.median(took) < 0.03  # delayed acknowledgements come after 0.04


def test_a_reader_that_is_too_slow_keeps_only_the_newest() -> None:
    log, newest = LogId(bytes(16)), 40

    async def hear() -> list[Event]:
        listener, heard = Listener(DeviceId(bytes(16))), list[Event]()
        for n in range(newest):
            listener.tell(Event(log, Cursor(n), Cursor(n + 1), 2))
        while not heard or heard[-1].cursor < newest:
            event = await listener.next()
            assert event
            heard.append(event)
        return heard

    heard = asyncio.run(hear())
    assert heard[0].after > 0
    assert [event.after for event in heard] == [*range(heard[0].after, newest)]


def test_the_version_is_told(server: Running) -> None:
    told = granted(server.http.get(paths.VERSION)).json()
    assert told == {"program": "swingtag-server", "version": "1.2.3", "protocol": 1}
    refusals = [server.http.post("/v1/health"), server.http.get("/v1/none/such")]
    assert [answer.status_code for answer in refusals] == [405, 404]
    for answer in refusals:
        assert msgspec.json.decode(answer.content)["sentence"]
    assert Path(ROOT / "docs" / "protocol.md").exists()
