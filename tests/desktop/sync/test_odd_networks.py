"""Computers and networks set up oddly: nothing is hammered or dies, and the words are true."""

import itertools
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import httpx
import pytest

from desktop.sync.courier import open_http
from desktop.sync.errors import (
    CertificatesError,
    NoSecureLineError,
    ProxyError,
    SilentProxyError,
    SyncError,
    UnreachableError,
    UnusableProxyError,
)
from desktop.sync.event_stream import EventStream
from desktop.sync.listener import Listener
from desktop.sync.refusal import Refusal
from desktop.sync.rhythm import Rhythm
from desktop.sync.schedule import Pace, Schedule
from desktop.sync.status import SyncPhase
from shared.protocol.problems import Code
from tests.desktop.sync.conftest import World
from tests.desktop.sync.desk import eventually
from tests.desktop.sync.portal import portal, raw_portal
from tests.desktop.sync.test_courier import ASK, PAGE, Traveller
from tests.desktop.sync.test_worker import Working

SETTINGS = ("ALL_PROXY", "HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY")
NOWHERE = "https://nowhere.invalid"


@pytest.fixture(autouse=True)
def _no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in SETTINGS:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@pytest.mark.parametrize(
    ("setting", "value", "expected"),
    [
        ("ALL_PROXY", "socks5://127.0.0.1:1080", UnusableProxyError),
        ("all_proxy", "socks://127.0.0.1:1080/", UnusableProxyError),
        ("HTTPS_PROXY", "http://proxy:port", ProxyError),
        ("HTTPS_PROXY", "127.0.0.1:1", SilentProxyError),
        ("NO_PROXY", "localhost,127.0.0.0/8,[::1],*.local", UnreachableError),
        ("SSL_CERT_FILE", "/nowhere/certificates.pem", CertificatesError),
        ("SSL_CERT_FILE", __file__, CertificatesError),
    ],
)
def test_no_setting_keeps_the_program_from_opening(
    monkeypatch: pytest.MonkeyPatch, setting: str, value: str, expected: type[SyncError]
) -> None:
    monkeypatch.setenv(setting, value)
    with open_http() as http, pytest.raises(SyncError) as caught:
        Traveller(http, NOWHERE).courier.sync(ASK)
    assert type(caught.value) is expected


def test_a_proxy_counts_from_the_next_request_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where both kinds are set, as desktops do, the one that can be used is."""
    refusing = portal("407 Proxy Authentication Required", "text/html", PAGE)
    with portal("429 Busy", "text/html", PAGE) as address, refusing as proxy, open_http() as http:
        courier = Traveller(http, address).courier
        assert isinstance(courier.sync(ASK), Refusal)
        monkeypatch.setenv("HTTP_PROXY", proxy)
        monkeypatch.setenv("ALL_PROXY", "socks://127.0.0.1:1080/")
        with pytest.raises(ProxyError) as caught:
            courier.sync(ASK)
        assert type(caught.value) is ProxyError
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        assert isinstance(courier.sync(ASK), Refusal)


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("407 Proxy Authentication Required", ProxyError),
        ("403 Forbidden", ProxyError),
        ("502 Bad Gateway", UnreachableError),
    ],
)
def test_a_proxy_says_whether_it_or_the_server_is_at_fault(
    monkeypatch: pytest.MonkeyPatch, answer: str, expected: type[SyncError]
) -> None:
    with portal(answer, "text/html", PAGE) as proxy, open_http() as http:
        monkeypatch.setenv("HTTPS_PROXY", proxy)
        with pytest.raises(SyncError) as caught:
            Traveller(http, NOWHERE).courier.sync(ASK)
    assert type(caught.value) is expected


@contextmanager
def answering_door(answer: bytes) -> Iterator[str]:
    """Answer whatever is said first with these bytes, below TLS, and hang up."""
    with socket.create_server(("127.0.0.1", 0)) as door:

        def serve() -> None:
            line, _ = door.accept()
            with line:
                line.recv(1000)
                line.sendall(answer)

        thread = threading.Thread(target=serve)
        thread.start()
        yield f"https://127.0.0.1:{door.getsockname()[1]}"
        thread.join()


@pytest.mark.parametrize(
    ("answer", "expected"), [(b"", UnreachableError), (b"SSH-2.0-OpenSSH\r\n", NoSecureLineError)]
)
def test_a_line_that_breaks_is_not_told_as_a_bad_certificate(
    answer: bytes, expected: type[SyncError]
) -> None:
    with answering_door(answer) as address, open_http() as http, pytest.raises(SyncError) as caught:
        Traveller(http, address).courier.chain()
    assert type(caught.value) is expected


STREAM = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n"
CUT = b"HTTP/1.1 503 No\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n{"
SIGN_IN = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 6\r\n\r\n<html>"


@pytest.mark.parametrize("answer", [SIGN_IN, STREAM, CUT, b""])
def test_what_is_no_stream_is_dialled_less_and_less_often(answer: bytes) -> None:
    """Neither hammered nor given up: each failure doubles the wait, which is cut short here."""
    dialled = itertools.count()
    with open_http() as http, raw_portal(answer) as address:
        courier = Traveller(http, address).courier

        def dial() -> EventStream:
            next(dialled)
            return courier.events()

        rhythm = Rhythm(time.monotonic, lambda: 1.0, Pace(first_retry=3600.0))
        listener = Listener(
            dial, rhythm, hear=lambda _event: None, lost=lambda: pytest.fail("it never held")
        )
        listener.start()
        for times in (1, 2, 3):
            eventually(lambda times=times: listener._backoff.failures == times)  # type: ignore[misc]  # bound at once
            listener.dial_now()
        listener.stop()
        assert not listener._thread.is_alive()
    assert next(dialled) <= 4


def test_where_only_wake_ups_are_stopped_all_is_well(world: World) -> None:
    """One proxy lets everything through but the stream; then it breaks one that held."""
    laptop = Working(world.artmatt.laptop)
    laptop.settle()
    eventually(lambda: laptop.worker._listener.live)
    time.sleep(laptop.desk.network.rhythm.pace.first_retry)
    line, send = laptop.desk.line, laptop.desk.line.handle_request

    def proxy(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/events"):
            stream = httpx.ByteStream(PAGE)
            return httpx.Response(502, headers={"content-type": "text/html"}, stream=stream)
        return send(request)

    line.handle_request = proxy  # type: ignore[method-assign]  # what is between here and there
    said, asked = len(laptop.said), line.asked.count("POST /v1/sync")
    stream = laptop.worker._listener._stream
    assert stream is not None
    stream.close()
    eventually(lambda: line.asked.count("POST /v1/sync") > asked + 1)  # asked at once, then again
    laptop.edit("hello")
    laptop.settle()
    assert {status.phase for status in laptop.said[said:]} <= {
        SyncPhase.SAVED,
        SyncPhase.WAITING,
        SyncPhase.SYNCING,
    }
    laptop.worker.stop()


def test_any_number_of_open_collections_share_the_way_out(world: World) -> None:
    with open_http() as http:
        open_now = []
        for desk in (*world.artmatt.desks, *world.begin.desks):
            desk.network.http.close()
            desk.network = replace(desk.network, http=http)
            open_now.append(Working(desk))
        eventually(lambda: all(each.worker._listener.live for each in open_now))
        bear = open_now[0].edit("seen in the window beside it")
        eventually(lambda: bool(open_now[1].desk.read(bear)))
        assert not open_now[2].desk.read(bear)
        for each in open_now:
            each.settle()
            each.worker.stop()


def test_to_look_at_a_picture_does_not_end_a_wait_that_the_server_asked_for() -> None:
    schedule = Schedule(Pace(), lambda: 0.5)
    schedule.asked(0)
    assert schedule.due == 0
    schedule.failed(0, 600)
    schedule.asked(1)
    assert schedule.due == 600
    schedule.woken(2)
    assert schedule.due == 2


def test_every_notice_reaches_the_screen(world: World) -> None:
    laptop = Working(world.artmatt.laptop)
    laptop.settle()
    laptop.worker._reporter.succeeded(("the gravest", "another", "a third"))
    status = laptop.worker.status
    assert (status.phase, status.message) == (SyncPhase.TROUBLE, "the gravest")
    assert status.also == ("another", "a third")
    laptop.worker.sync_now()
    laptop.settle()
    assert not laptop.worker.status.also
    assert Code.TOO_MANY.sentence not in laptop.worker.status.message
    laptop.worker.stop()
