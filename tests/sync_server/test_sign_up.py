"""One call, and a collector can sync."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import msgspec
import pytest

from shared.protocol import paths
from shared.protocol.messages import (
    About,
    LinkParcel,
    SignUpReply,
    SignUpRequest,
    SlugAnswer,
    decode,
    encode,
)
from tests.sync_server.collector import Collector, Device, granted, refused
from tests.sync_server.conftest import Households, sign_up_both
from tests.sync_server.serving import Running, running


def test_one_call_makes_a_tenant_that_can_sync(server: Running) -> None:
    device = Device(server.http, Collector("artmatt"))
    reply = decode(granted(device.sign_up()).content, SignUpReply)
    assert reply.slug == "artmatt"
    assert device.sync(device.write(), log=reply.log).cursor == 1
    assert (server.folder / "tenants").exists()


def test_the_same_call_again_gets_the_same_answer(households: Households) -> None:
    first = households.artmatt
    first.sync(first.write())
    again = decode(granted(first.sign_up()).content, SignUpReply)
    assert again.log == first.log
    assert first.sync().cursor == 1


def test_a_name_belongs_to_one_and_a_collection_has_one_name(households: Households) -> None:
    thief = Device(households.begin.http, Collector("begin"))
    assert refused(thief.sign_up()) == (409, "slug_taken")
    assert refused(thief.post_sync()) == (401, "not_admitted")
    assert refused(households.begin.sign_up("begin2")) == (409, "signed_up")
    assert granted(thief.sign_up("begin2"))


def test_of_many_who_want_one_name_at_once_one_gets_it(server: Running) -> None:
    devices = [Device(server.http, Collector("begin")) for _ in range(8)]
    with ThreadPoolExecutor(8) as pool:
        statuses = sorted(r.status_code for r in pool.map(Device.sign_up, devices))
    assert statuses == [200] + [409] * 7
    homes = list((server.folder / "tenants").glob("*/*"))
    assert len(homes) == 1


@pytest.mark.parametrize(
    ("slug", "code"),
    [
        ("www", "slug_reserved"),
        ("admin", "slug_reserved"),
        ("s", "slug_reserved"),
        ("v1", "slug_reserved"),
        ("_acme", "slug_reserved"),
        ("", "slug_invalid"),
        ("Artmatt", "slug_invalid"),
        ("xn--beni-8ra", "slug_invalid"),
        ("bégin", "slug_invalid"),
        ("a.b", "slug_invalid"),
        ("../x", "slug_invalid"),
        ("-a", "slug_invalid"),
        ("a" * 64, "slug_invalid"),
        ("begin\n", "slug_invalid"),
    ],
)
def test_names_that_nobody_gets(server: Running, slug: str, code: str) -> None:
    device = Device(server.http, Collector("artmatt"))
    assert refused(device.call("POST", paths.TENANTS, _asking(device, slug))) == (422, code)
    assert granted(device.sign_up())


def _asking(device: Device, slug: str) -> bytes:
    return encode(SignUpRequest(slug, tuple(device.collector.parcels)))


@pytest.mark.parametrize(
    ("slug", "available", "code"),
    [
        ("artmatt", False, "slug_taken"),
        ("begin", False, "slug_taken"),
        ("another", True, ""),
        ("api", False, "slug_reserved"),
        ("UPPER", False, "slug_invalid"),
    ],
)
@pytest.mark.usefixtures("households")
def test_whether_a_name_is_free_is_told_with_the_reason(
    server: Running, slug: str, *, available: bool, code: str
) -> None:
    response = granted(server.http.get(f"/v1/slugs/{slug}"))
    answer = msgspec.json.decode(response.content, type=SlugAnswer)
    assert (answer.available, answer.code) == (available, code)
    assert bool(answer.sentence) == (not available)


def test_links_must_be_whole_and_signed(server: Running) -> None:
    artmatt, begin = (Device(server.http, Collector(name)) for name in ("artmatt", "begin"))
    genesis, paper = artmatt.collector.parcels
    spoilt = bytearray(paper.link)
    spoilt[-1] ^= 1
    for links in (
        (),
        (genesis,),
        (paper, genesis),
        (genesis, LinkParcel(bytes(spoilt), paper.boxes)),
        (genesis, LinkParcel(paper.link)),
        (genesis, LinkParcel(paper.link, (b"another box",))),
        (genesis, begin.collector.parcels[1]),
        tuple(begin.collector.parcels),
    ):
        body = encode(SignUpRequest("artmatt", links))
        assert refused(artmatt.call("POST", paths.TENANTS, body)) == (422, "links_refused")
    assert list((server.folder / "tenants").iterdir()) == []


def test_only_the_first_device_signs_up(server: Running) -> None:
    collector = Collector("artmatt")
    paper = Device(server.http, collector, collector.paper)
    assert refused(paper.sign_up()) == (401, "not_admitted")
    stranger = Device(server.http, collector)
    body = encode(collector.sign_up_request())
    wrong_key = stranger.call("POST", paths.TENANTS, body, signing=Collector("x").first.signing)
    assert refused(wrong_key) == (401, "not_admitted")


def test_what_a_crash_left_halfway_is_no_obstacle(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    with running(folder) as server:
        collector = Collector("artmatt")
        device = Device(server.http, collector)
        granted(device.sign_up())
    # As if the server had died before the directory knew, and in the middle of another one.
    home = folder / "tenants" / collector.tenant.hex()[:2] / collector.tenant.hex()
    assert home.exists()
    for name in ("directory.db", "directory.db-wal", "directory.db-shm"):
        (folder / name).unlink(missing_ok=True)
    (folder / "staging" / "half").mkdir()
    with running(folder) as server:
        device.http = server.http
        assert refused(device.post_sync()) == (401, "not_admitted")
        granted(device.sign_up())
        assert device.sync(device.write()).cursor == 1
        assert not (folder / "staging" / "half").exists()


def test_what_the_server_holds_is_counted_from_what_is_there(server: Running) -> None:
    households = sign_up_both(server)
    first = households.artmatt
    second = first.add()
    entries = [first.write(600), first.write(700)]
    first.sync(*entries)
    about = msgspec.json.decode(granted(second.call("GET", paths.ABOUT)).content, type=About)
    assert (about.slug, about.skin) == ("artmatt", "artmatt")
    assert (about.entries, about.entry_bytes) == (2, 1300)
    assert about.links == 3
    assert about.link_bytes == sum(len(p.link) for p in first.collector.parcels)
    assert about.boxes == 2
    by_device = {line.device: line for line in about.devices}
    assert by_device[first.keys.device.hex()].entries == 2
    assert by_device[second.keys.device.hex()].entries == 0
    assert sorted(line.role for line in about.devices) == ["owner", "owner", "paper"]
    other = msgspec.json.decode(
        granted(households.begin.call("GET", paths.ABOUT)).content, type=About
    )
    assert (other.slug, other.entries, other.links) == ("begin", 0, 2)
