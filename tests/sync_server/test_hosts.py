"""Host names pick a page and never a tenant."""

import base64
import re
import socket
from hashlib import sha256
from importlib.resources import files

import httpx
import msgspec
import pytest

from shared.protocol.messages import SyncReply, SyncRequest, decode, encode
from shared.skins import Role, Scheme, Skin, Word, read_files
from tests.sync_server.collector import Collector, Device, granted, refused
from tests.sync_server.conftest import Households
from tests.sync_server.serving import Running

RIGHT = [
    "artmatt.beanie.ty",
    "ARTMATT.beanie.TY",
    "artmatt.beanie.ty:8642",
    "beanie.ty",
    "api.beanie.ty",
    "127.0.0.1:1234",
    "[::1]:99",
    "nas.local",
    "evil-beanie.ty",
]
WRONG = [
    "begin.beanie.ty",
    "nobody.beanie.ty",
    "artmatt.beanie.ty:99999",
    "a.b.artmatt.beanie.ty",
    "begin.artmatt.beanie.ty",
    ".beanie.ty",
    "artmatt.beanie.ty.",
    "artmatt_.beanie.ty",
    "xn--rtmatt-zxa.beanie.ty",
    "artmatt.beanie.ty@evil.example",
    "user@artmatt.beanie.ty",
    "artmatt.beanie.ty/x",
    "artmatt beanie.ty",
    "-artmatt.beanie.ty",
]


@pytest.mark.parametrize("host", RIGHT)
def test_the_credential_says_who_it_is_under_any_fitting_name(
    households: Households, host: str
) -> None:
    first = households.artmatt
    entry = first.write()
    first.sync(entry)
    answer = granted(first.call("POST", "/v1/sync", _asking(first), host=host))
    assert decode(answer.content, SyncReply).entries == (entry,)


@pytest.mark.parametrize("host", WRONG)
def test_a_name_that_does_not_fit_is_misdirected(households: Households, host: str) -> None:
    first = households.artmatt
    answer = first.call("POST", "/v1/sync", _asking(first), host=host)
    assert answer.status_code in {421, 400}
    if answer.status_code == 421:
        assert refused(answer) == (421, "misdirected")
    assert households.begin.sync().entries == ()


def _asking(device: Device) -> bytes:
    return encode(SyncRequest(device.log, type(device.cursor)(0), 0, own=True))


def test_forwarded_names_mean_nothing(households: Households, server: Running) -> None:
    headers = {"x-forwarded-host": "begin.beanie.ty", "forwarded": "host=begin.beanie.ty"}
    page = server.http.get("/", headers={**headers, "host": "artmatt.beanie.ty"})
    assert "<h1>artmatt</h1>" in page.text
    assert "begin" not in page.text
    assert households.artmatt.sync().cursor == 0


@pytest.mark.usefixtures("households")
@pytest.mark.parametrize(
    "lines",
    [
        "GET / HTTP/1.1\r\nHost: artmatt.beanie.ty\r\nHost: begin.beanie.ty\r\n",
        "GET / HTTP/1.1\r\n",
        "GET http://begin.beanie.ty/v1/chain HTTP/1.1\r\nHost: artmatt.beanie.ty\r\n",
        "GET /v1/chain HTTP/1.1\r\nHost : artmatt.beanie.ty\r\n",
    ],
)
def test_requests_that_name_two_hosts_or_none_go_nowhere(server: Running, lines: str) -> None:
    host, port = server.address.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=5) as line:
        line.sendall(f"{lines}Connection: close\r\n\r\n".encode())
        heard = b""
        while piece := line.recv(65536):
            heard += piece
    assert heard.split(b" ")[1] in {b"400", b"404"}
    assert b"begin" not in heard


def test_sign_up_under_anothers_name_is_misdirected(server: Running) -> None:
    collector = Collector("artmatt")
    device = Device(server.http, collector)
    body = encode(collector.sign_up_request())
    answer = device.call("POST", "/v1/tenants", body, host="begin.beanie.ty")
    assert refused(answer) == (421, "misdirected")
    granted(device.call("POST", "/v1/tenants", body, host="artmatt.beanie.ty"))


@pytest.mark.usefixtures("households")
@pytest.mark.parametrize(
    ("host", "path", "status", "title"),
    [
        ("beanie.ty", "/", 200, "A Swingtag server"),
        ("artmatt.beanie.ty", "/", 200, "artmatt"),
        ("begin.beanie.ty", "/", 200, "begin"),
        ("www.beanie.ty", "/", 200, "A Swingtag server"),
        ("nobody.beanie.ty", "/", 404, "Nobody by that name"),
        ("a.b.artmatt.beanie.ty", "/", 404, "Nobody by that name"),
        ("beanie.ty", "/artmatt", 200, "artmatt"),
        ("127.0.0.1", "/begin", 200, "begin"),
        ("beanie.ty", "/%3Cscript%3E", 404, "Nobody by that name"),
        ("beanie.ty", "/favicon.ico", 404, "Nobody by that name"),
    ],
)
def test_pages_are_plain_and_of_the_collector_that_is_named(
    server: Running, host: str, path: str, status: int, title: str
) -> None:
    page = server.http.get(path, headers={"host": host})
    assert page.status_code == status
    assert f"<h1>{title}</h1>" in page.text
    policy = page.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "unsafe" not in policy
    assert "<script" not in page.text
    assert "set-cookie" not in page.headers


@pytest.mark.usefixtures("households")
@pytest.mark.parametrize(
    ("host", "path", "link"),
    [
        ("artmatt.beanie.ty", "/", "swingtag://join?server=artmatt.beanie.ty"),
        ("Beanie.TY:8642", "/begin", "swingtag://join?server=beanie.ty%3A8642"),
        ("beanie.ty", "/", "swingtag://new?server=beanie.ty"),
        ("evil.example", "/artmatt", "swingtag://join?server=evil.example"),
        ("nobody.beanie.ty", "/", None),
        ("beanie.ty", "/nobody", None),
        ('beanie.ty"><script>', "/artmatt", None),
        ("artmatt.beanie.ty:99999", "/artmatt", None),
    ],
)
def test_a_page_links_to_the_app_with_the_address_that_the_browser_used(
    server: Running, host: str, path: str, link: str | None
) -> None:
    page = server.http.get(path, headers={"host": host})
    found = re.findall(r'href="([^"]*)"', page.text)
    assert found == ([link] if link else [])


def bundled() -> list[Skin]:
    return [
        read_files({each.name: each.read_bytes() for each in folder.iterdir()})
        for folder in files("themes").iterdir()
    ]


def style_of(page: httpx.Response) -> str:
    """Return the page's style, which its policy must allow, and nothing else."""
    (style,) = re.findall(r"<style>(.*?)</style>", page.text, re.DOTALL)
    fingerprint = base64.b64encode(sha256(style.encode()).digest()).decode()
    policy = page.headers["content-security-policy"]
    assert f"style-src 'sha256-{fingerprint}';" in policy
    assert not re.search(r"url\(|@import|https?:|style=|\$", page.text)
    return style


@pytest.mark.parametrize("skin", ["artmatt", "begin", "classic", "", "../artmatt", "</style>"])
def test_a_page_wears_its_collectors_skin_and_an_unknown_one_is_classic(
    server: Running, skin: str
) -> None:
    pages = {}
    for name, worn in (("artmatt", skin), ("begin", "begin")):
        collector = Collector(name)
        asked = msgspec.structs.replace(collector.sign_up_request(), skin=worn)
        device = Device(server.http, collector)
        granted(device.call("POST", "/v1/tenants", encode(asked)))
        pages[name] = server.http.get(f"/{name}")
    themes = {skin.name: skin for skin in bundled()}
    expected = themes.get(skin, themes["classic"])
    style = style_of(pages["artmatt"])
    for scheme in Scheme:
        for role, color in expected.colors(scheme).items():
            assert f"--{role.value.replace('_', '-')}: {color};" in style
    assert f'<p class="kind">{expected.words[Word.COLLECTION]}</p>' in pages["artmatt"].text
    assert themes["begin"].dark[Role.ACCENT] in style_of(pages["begin"])
    if expected.name != "begin":
        assert style != style_of(pages["begin"])
    assert style_of(server.http.get("/")) == style_of(server.http.get("/nobody-here"))
