"""The courier against everything that may answer at an address."""

import secrets
import socket
import time
from collections.abc import Iterator

import httpx
import pytest

from desktop.collection.founding import found_tenant
from desktop.sync.address import server_url
from desktop.sync.courier import Courier, Stranger, open_http
from desktop.sync.errors import (
    InvalidAddressError,
    NotASwingtagServerError,
    ProxyError,
    RefusedError,
    ServerTroubleError,
    SyncError,
    UnreachableError,
    UnreadableReplyError,
    UntrustedServerError,
)
from desktop.sync.refusal import UNKNOWN_REASON, Refusal
from desktop.sync.signup import Availability, availability, sign_up
from shared.ids import Cursor, FileId, LogId, Slug
from shared.protocol.messages import SyncReply, SyncRequest
from shared.protocol.problems import Code
from tests.desktop.sync.desk import Hand, eventually
from tests.desktop.sync.portal import portal, raw_portal
from tests.sync_server.serving import Running, running

ASK = SyncRequest(LogId(b""), Cursor(0), 2)


class Traveller:
    """A device that exists nowhere yet, and its courier."""

    def __init__(self, http: httpx.Client, address: str) -> None:
        self.founded = found_tenant(secrets.token_bytes)
        self.hand = Hand()
        self.courier = Courier(
            http,
            server_url(address),
            tenant=self.founded.tenant,
            keys=self.founded.keys,
            now_millis=self.hand.millis,
        )


@pytest.fixture
def http() -> Iterator[httpx.Client]:
    with open_http() as client:
        yield client


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running(tmp_path_factory.mktemp("server")) as server:
        yield server


def fault(http: httpx.Client, address: str) -> SyncError:
    with pytest.raises(SyncError) as caught:
        Traveller(http, address).courier.sync(ASK)
    assert caught.value.sentence.endswith(".")
    return caught.value


PAGE = b"<html><body>Welcome to the hotel. Sign in to use the network.</body></html>"
STRANGE_ANSWERS = [
    ("200 OK", "text/html; charset=utf-8", PAGE, NotASwingtagServerError),
    ("200 OK", "application/msgpack", PAGE, NotASwingtagServerError),
    ("200 OK", "application/msgpack", b"", NotASwingtagServerError),
    ("200 OK", "application/msgpack", b"\x93\x01\x02\x03", UnreadableReplyError),
    ("200 OK", "application/msgpack", bytes(8 * 1024 * 1024), UnreadableReplyError),
    ("302 Found", "text/html", b"", NotASwingtagServerError),
    ("404 Not Found", "text/html", PAGE, NotASwingtagServerError),
    ("407 Proxy Authentication Required", "text/html", PAGE, ProxyError),
    ("408 Request Timeout", "text/plain", b"", UnreachableError),
    ("500 Internal Server Error", "text/plain", b"oops", ServerTroubleError),
    ("502 Bad Gateway", "text/html", PAGE, ServerTroubleError),
    (
        "503 Wait",
        "application/json",
        b'{"code":"x","sentence":"","retry_after":' + b"9" * 400 + b"}",
        ServerTroubleError,
    ),
    ("511 Network Authentication Required", "text/html", PAGE, NotASwingtagServerError),
]


@pytest.mark.parametrize(("status", "kind", "body", "expected"), STRANGE_ANSWERS)
def test_what_is_no_server_gets_one_clear_sentence(
    http: httpx.Client, status: str, kind: str, body: bytes, expected: type[SyncError]
) -> None:
    with portal(status, kind, body, "Location: http://portal.invalid/") as address:
        assert type(fault(http, address)) is expected


@pytest.mark.parametrize("answer", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nshort"])
def test_a_server_that_breaks_off_is_named(http: httpx.Client, answer: bytes) -> None:
    with raw_portal(answer) as address:
        assert isinstance(fault(http, address), UnreachableError)


def test_another_protocol_on_that_port(http: httpx.Client) -> None:
    with raw_portal(b"SSH-2.0-OpenSSH_9.2\r\n\r\n") as address:
        assert isinstance(fault(http, address), NotASwingtagServerError)


def test_nobody_there(http: httpx.Client) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    error = fault(http, f"http://127.0.0.1:{port}")
    assert isinstance(error, UnreachableError)
    assert error.passing


def test_a_line_that_is_not_secure_is_not_used(http: httpx.Client, server: Running) -> None:
    error = fault(http, server.address.replace("http://", "https://"))
    assert isinstance(error, UntrustedServerError)
    assert not error.passing


TEN_MINUTES = ("Date: Wed, 21 Oct 2026 07:28:00 GMT", "Retry-After: Wed, 21 Oct 2026 07:38:00 GMT")


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        (("Retry-After: 17",), 17),
        (TEN_MINUTES, 600),
        (TEN_MINUTES[1:], 0),
        (("Date: Wed, 21 Oct 2026 07:28:00 -0000", TEN_MINUTES[1]), 600),
        (("Retry-After: soon",), 0),
    ],
)
def test_retry_after_is_heard(http: httpx.Client, headers: tuple[str, ...], seconds: int) -> None:
    with portal("503 Service Unavailable", "text/plain", b"", *headers) as address:
        assert fault(http, address).retry_after == seconds


@pytest.mark.parametrize(
    ("status", "code"),
    [("429 Too Many Requests", Code.TOO_MANY), ("413 Request Entity Too Large", Code.TOO_LARGE)],
)
def test_what_a_proxy_refuses_is_no_sign_in_page(
    http: httpx.Client, status: str, code: Code
) -> None:
    with portal(status, "text/html", PAGE, "Retry-After: 600") as address:
        reply = Traveller(http, address).courier.sync(ASK)
    assert reply == Refusal(code, retry_after=600 if code is Code.TOO_MANY else 0)


def test_words_of_a_hostile_server_are_never_shown(http: httpx.Client) -> None:
    body = b'{"code": "new_reason", "sentence": "Type your 24 words at evil.example."}'
    with portal("403 Forbidden", "application/json", body) as address:
        reply = Traveller(http, address).courier.sync(ASK)
    assert reply == Refusal(None)
    assert isinstance(reply, Refusal)
    assert reply.sentence == UNKNOWN_REASON


def test_a_wrong_clock_costs_one_request_more_and_only_once(
    http: httpx.Client, server: Running
) -> None:
    def statuses() -> list[object]:
        return [line["status"] for line in server.log.records if line["event"] == "request"]

    traveller = Traveller(http, server.address)
    traveller.hand.ahead = -3_600_000
    start = len(statuses())
    sign_up(traveller.courier, "late", traveller.founded.links)
    eventually(lambda: len(statuses()) >= start + 3)  # a line is written after its answer
    for _ in range(3):
        assert isinstance(traveller.courier.sync(ASK), SyncReply)
    eventually(lambda: len(statuses()) >= start + 6)
    assert statuses()[start:] == [200, 401, 200, 200, 200, 200]  # the first: what it takes


def test_a_server_whose_clock_makes_no_sense_is_asked_twice_and_no_more(
    http: httpx.Client,
) -> None:
    body = b'{"code": "clock", "sentence": "", "time": 5}'
    with portal("401 Unauthorized", "application/json", body) as address:
        traveller = Traveller(http, address)
        reply = traveller.courier.sync(ASK)
    assert isinstance(reply, Refusal)
    assert reply.code is Code.CLOCK


def test_a_stranger_is_not_admitted(http: httpx.Client, server: Running) -> None:
    reply = Traveller(http, server.address).courier.sync(ASK)
    assert isinstance(reply, Refusal)
    assert reply.code is Code.NOT_ADMITTED


def test_names_are_checked_and_signed_up_once(http: httpx.Client, server: Running) -> None:
    url = server_url(server.address)
    traveller, other = Traveller(http, server.address), Traveller(http, server.address)
    assert availability(http, url, "tidy") == Availability()
    for _ in range(2):  # a lost reply is asked for again
        assert sign_up(traveller.courier, "tidy", traveller.founded.links).slug == "tidy"
    assert availability(http, url, "tidy").why_not == Code.SLUG_TAKEN.sentence
    assert availability(http, url, "Not A Name").why_not == Code.SLUG_INVALID.sentence
    assert availability(http, url, "admin").why_not == Code.SLUG_RESERVED.sentence
    with pytest.raises(RefusedError) as caught:
        sign_up(other.courier, "tidy", other.founded.links)
    assert caught.value.sentence == Code.SLUG_TAKEN.sentence


def test_chunks_are_put_claimed_and_got(http: httpx.Client, server: Running) -> None:
    traveller = Traveller(http, server.address)
    courier, file = traveller.courier, FileId(secrets.token_bytes(16))
    sign_up(courier, "chunky", traveller.founded.links)
    courier.put_chunk(file, 0, b"sealed")
    with pytest.raises(RefusedError) as caught:
        courier.claim(file, 2)
    assert caught.value.refusal.code is Code.FILE_INCOMPLETE
    courier.claim(file, 1)
    assert courier.doors(file, 1).chunks == (0,)
    assert courier.get_chunk(file, 0) == b"sealed"
    assert courier.about().files.files == 1


def test_a_closed_stream_lets_go_of_its_reader(http: httpx.Client, server: Running) -> None:
    traveller = Traveller(http, server.address)
    sign_up(traveller.courier, "listener", traveller.founded.links)
    stream = traveller.courier.events()
    events = iter(stream)
    hello = next(events)
    assert hello.after == hello.cursor
    stream.close()
    started = time.monotonic()
    with pytest.raises(UnreachableError):
        next(events)
    assert time.monotonic() - started < 2


def test_a_name_asked_for_by_a_stranger(http: httpx.Client, server: Running) -> None:
    assert Stranger(http, server_url(server.address)).slug(Slug("begin")).available


@pytest.mark.parametrize(
    ("typed", "url"),
    [
        ("beanie.ty", "https://beanie.ty"),
        (" artmatt.beanie.ty/ ", "https://artmatt.beanie.ty"),
        ("https://beanie.ty:8443/some/page", "https://beanie.ty:8443"),
        ("localhost:8000", "http://localhost:8000"),
        ("127.0.0.1:8000", "http://127.0.0.1:8000"),
        ("http://nas.local", "http://nas.local"),
        ("http://[::1]:8000", "http://[::1]:8000"),
    ],
)
def test_addresses_are_read_as_typed(typed: str, url: str) -> None:
    assert server_url(typed) == httpx.URL(url)


@pytest.mark.parametrize("typed", ["", "  ", "my server", "ftp://beanie.ty", "http://", "a@b:c"])
def test_what_is_no_address_is_said_so(typed: str) -> None:
    with pytest.raises(InvalidAddressError):
        server_url(typed)
