"""What the operator's own machines are told: counted, and about nobody."""

import re
from pathlib import Path

import httpx

from tests.sync_server.collector import Collector, Device, granted, refused
from tests.sync_server.serving import operate, process

LINE = re.compile(r"# (HELP|TYPE) swingtag_\w+ .+|swingtag_\w+(\{[^{}]+\})? [0-9.e+-]+")


def read(admin: str) -> dict[str, float]:
    answer = granted(httpx.get(f"{admin}/metrics"))
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    lines = answer.text.splitlines()
    assert all(LINE.fullmatch(line) for line in lines), lines
    pairs = (line.rsplit(" ", 1) for line in lines if not line.startswith("#"))
    return {name: float(value) for name, value in pairs}


def test_what_happens_is_counted_and_names_nobody(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    with process(folder, "--admin", "127.0.0.1:0") as (child, address):
        admin = child.said["admin"]
        with httpx.Client(base_url=address) as http:
            artmatt, begin = (Device(http, Collector(name)) for name in ("artmatt", "begin"))
            for device in (artmatt, begin):
                granted(device.sign_up())
                device.sync(device.write(), device.write())
            stranger = Device(http, Collector("third"))
            assert refused(stranger.post_sync()) == (401, "not_admitted")
            with artmatt.events() as events:
                next(events)
                streaming = read(admin)
            assert http.get("/metrics").status_code == 404
        told = read(admin)
        assert streaming["swingtag_event_streams"] == 1
        assert told['swingtag_requests_total{route="sync",status="200"}'] == 2
        assert told['swingtag_requests_total{route="sync",status="401"}'] == 1
        assert told['swingtag_refusals_total{code="not_admitted"}'] == 1
        assert told['swingtag_request_seconds_count{route="sync"}'] == 3
        assert told['swingtag_request_seconds_bucket{route="sync",le="+Inf"}'] == 3
        assert told["swingtag_entries_stored_total"] == 4
        assert (told["swingtag_tenants"], told["swingtag_open_stores"]) == (2, 2)
        assert told["swingtag_failures_total"] == 0
        text = httpx.get(f"{admin}/metrics").text
        assert not re.search(r"artmatt|begin|127\.0\.0", text)
        assert artmatt.collector.tenant.hex()[:8] not in text
        assert httpx.get(f"{admin}/v1/health").status_code == 404


def test_a_server_that_is_worked_on_is_not_ready(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    with process(folder, "--admin", "127.0.0.1:0") as (child, _):
        admin = child.said["admin"]
        assert httpx.get(f"{admin}/ready").status_code == 200
        operate(folder, "maintenance", "on")
    with process(folder, "--admin", "127.0.0.1:0") as (child, address):
        assert httpx.get(f"{address}/v1/health").status_code == 200
        answer = httpx.get(f"{child.said['admin']}/ready")
        assert (answer.status_code, answer.text) == (503, "The server is being worked on.\n")


def test_a_proxy_learns_which_host_names_are_ours(tmp_path: Path) -> None:
    options = ("--admin", "127.0.0.1:0", "--public-name", "beanie.ty")
    with process(tmp_path / "data", *options) as (child, address):
        with httpx.Client(base_url=address) as http:
            for name in ("artmatt", "begin"):
                granted(Device(http, Collector(name)).sign_up())
        known = {
            domain: httpx.get(f"{child.said['admin']}/host", params={"domain": domain}).status_code
            for domain in (
                *("beanie.ty", "artmatt.beanie.ty", "Begin.Beanie.ty", "third.beanie.ty"),
                *("a.artmatt.beanie.ty", "www.beanie.ty", "beanie.ty.example", "", "*.beanie.ty"),
            )
        }
    assert {domain for domain, status in known.items() if status == 200} == {
        "beanie.ty",
        "artmatt.beanie.ty",
        "Begin.Beanie.ty",
    }
    assert set(known.values()) == {200, 404}
