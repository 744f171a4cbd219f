"""Lines that break anywhere, names that nobody knows, proxies (F16, F23)."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from desktop.sync.courier import open_http
from desktop.sync.errors import ProxyError, SyncError, UnreachableError
from shared.ids import Cursor, LogId
from shared.protocol.messages import SyncReply, encode
from tests.desktop.sync.conftest import World, pair
from tests.desktop.sync.portal import raw_portal
from tests.desktop.sync.test_courier import ASK, Traveller, fault


def test_an_answer_that_ends_at_any_byte_is_no_answer() -> None:
    """F23: cut at every byte, head and body; nothing of it is taken for a whole one."""
    reply = SyncReply(LogId(b"l" * 16), Cursor(3), 1_790_000_000_000, 2, entries=(b"e" * 40,))
    body = encode(reply)
    head = "HTTP/1.1 200 OK\r\nContent-Type: application/msgpack\r\n"
    whole = f"{head}Content-Length: {len(body)}\r\nConnection: close\r\n\r\n".encode() + body
    with open_http() as http:
        for end in range(len(whole)):
            with raw_portal(whole[:end]) as address, pytest.raises(SyncError) as cut:
                Traveller(http, address).courier.sync(ASK)
            assert cut.value.sentence.endswith(".")
        with raw_portal(whole) as address:
            assert Traveller(http, address).courier.sync(ASK) == reply


def test_a_name_that_nobody_knows_is_told_as_no_answer() -> None:
    with open_http() as http:
        assert isinstance(fault(http, "https://nowhere.invalid"), UnreachableError)


@contextmanager
def proxy(answer: bytes) -> Iterator[str]:
    """A proxy that says one thing to whoever asks to be let through, and hangs up."""
    with socket.create_server(("127.0.0.1", 0)) as door:

        def serve() -> None:
            line, _ = door.accept()
            with line:
                line.recv(4096)
                line.sendall(answer)

        thread = threading.Thread(target=serve)
        thread.start()
        yield f"http://127.0.0.1:{door.getsockname()[1]}"
        thread.join()


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n", ProxyError),
        (b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n", ProxyError),
        (b"", UnreachableError),
    ],
)
def test_a_proxy_that_lets_nobody_through_is_named(
    monkeypatch: pytest.MonkeyPatch, answer: bytes, expected: type[SyncError]
) -> None:
    with proxy(answer) as address:
        monkeypatch.setenv("HTTPS_PROXY", address)
        monkeypatch.setenv("NO_PROXY", "")
        with open_http() as http:
            assert type(fault(http, "https://beanie.ty")) is expected


def test_a_newcomer_whose_line_breaks_at_every_request_has_all_in_the_end(
    world: World, tmp_path
) -> None:
    """F16, F21: each answer is lost once; complete is what has the same heads, and nothing less."""
    laptop = world.artmatt.laptop
    for number in range(12):
        laptop.add(notes=f"{number} " + "long " * 400)
        laptop.sync()
    with pair(laptop, tmp_path / "phone.swingtag", world.server.address) as phone:
        for at in range(30):
            left = at

            def lose(_method: str, _path: str) -> None:
                nonlocal left
                phone.line.lost_replies = int(left == 0)
                left -= 1

            phone.line.refuse = lose
            try:
                phone.sync()
            except UnreachableError:
                phone.restart()
                continue
            break
        else:
            raise AssertionError("it never came to an end")
        assert phone.hash == laptop.hash
        assert phone.vault.shelves.counts() == laptop.vault.shelves.counts()
        assert world.begin.laptop.hash != phone.hash
