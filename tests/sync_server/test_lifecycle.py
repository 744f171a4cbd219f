"""Suspended, resumed, put on a plan, gone: by the real command, beside a running server or not."""

import json
import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from shared.protocol import paths
from shared.protocol.messages import ClaimRequest, encode
from sync_server.storage.schema import _TENANTS
from sync_server.tenancy.receipts import DAY_MILLIS, NAME_LOCK_DAYS
from tests.sync_server.collector import Collector, Device, granted, new_file, refused
from tests.sync_server.conftest import Households, sign_up_both
from tests.sync_server.serving import ROOT, Running, attempt, operate, running

NOTICED = 10.0
"""Seconds within which a running server has surely seen what the directory says."""


def eventually(asked: Callable[[], object], wanted: object) -> None:
    """Wait for a call to give what is wanted."""
    deadline = time.monotonic() + NOTICED
    while asked() != wanted:
        assert time.monotonic() < deadline, asked()
        time.sleep(0.02)


def contents(folder: Path, device: Device) -> dict[str, bytes]:
    tenant = device.collector.tenant.hex()
    home = folder / "tenants" / tenant[:2] / tenant
    return {
        str(p.relative_to(folder)): p.read_bytes()
        for p in home.rglob("*")
        if p.is_file() and "-shm" not in p.name
    }


def fill(device: Device) -> None:
    """Give a tenant entries and an attachment."""
    device.sync(device.write(), device.write(5000))
    file = new_file()
    granted(device.call("PUT", paths.chunk(file, 0), os.urandom(3000)))
    granted(device.call("POST", paths.claim(file), encode(ClaimRequest(1))))


def test_the_list_names_everybody_and_counts_on_request(
    households: Households, server: Running
) -> None:
    fill(households.artmatt)
    listed = operate(server.folder, "tenant", "list")
    assert [(line["name"], line["state"], line["plan"]) for line in listed] == [
        ("artmatt", "active", "standard"),
        ("begin", "active", "standard"),
    ]
    (shown,) = operate(server.folder, "tenant", "show", "artmatt")
    assert (shown["entries"], shown["links"], shown["files"]["chunks"]) == (2, 2, 1)
    assert shown["tenant"] == households.artmatt.collector.tenant.hex()
    failed = attempt(server.folder, "tenant", "show", "nobody")
    assert failed.returncode == 1
    assert "No tenant has this name" in failed.stderr
    elsewhere = attempt(server.folder / "none", "tenant", "list")
    assert "There is no server's data in this folder" in elsewhere.stderr
    assert not (server.folder / "none").exists()


def test_a_suspended_tenant_is_shut_out_at_once_and_let_in_again(
    households: Households, server: Running
) -> None:
    first, begin = households.artmatt, households.begin
    first.sync(first.write())
    with first.events() as cut, begin.events() as kept:
        next(cut), next(kept)
        for _ in range(2):
            (line,) = operate(server.folder, "tenant", "suspend", "artmatt")
            assert line["state"] == "suspended"
        assert list(cut) == []
        eventually(lambda: first.post_sync().status_code, 403)
        assert refused(first.post_sync()) == (403, "suspended")
        assert refused(first.call("GET", paths.EVENTS)) == (403, "suspended")
        other = begin.add()
        other.sync(other.write())
        assert next(kept)
    operate(server.folder, "tenant", "resume", "artmatt")
    eventually(lambda: first.post_sync().status_code, 200)
    assert first.sync(first.write()).cursor == 2
    actions = [line["action"] for line in operate(server.folder, "audit")]
    assert actions == ["suspend", "resume"]
    assert "artmatt" not in json.dumps(operate(server.folder, "audit"))


def test_a_plan_counts_at_once(households: Households, server: Running) -> None:
    first, begin = households.artmatt, households.begin
    first.sync()
    (line,) = operate(server.folder, "tenant", "plan", "set", "artmatt", "small")
    assert line["plan"] == "small"
    small = next(
        p for p in operate(server.folder, "tenant", "plan", "list") if p["plan"] == "small"
    )
    quota = lambda device: device.call("GET", paths.ABOUT).json()["log_quota"]  # noqa: E731
    eventually(lambda: quota(first), small["log_bytes"])
    assert quota(begin) > small["log_bytes"]
    failed = attempt(server.folder, "tenant", "plan", "set", "artmatt", "golden")
    assert "There is no plan of this name" in failed.stderr


def test_maintenance_is_told_in_words_and_ends(households: Households, server: Running) -> None:
    first = households.artmatt
    with first.events() as cut:
        next(cut)
        operate(server.folder, "maintenance", "on")
        assert list(cut) == []
    answer = first.post_sync()
    assert refused(answer) == (503, "maintenance")
    assert int(answer.headers["retry-after"]) > 0
    newcomer = Device(server.http, Collector("another"))
    assert refused(newcomer.sign_up()) == (503, "maintenance")
    assert server.http.get(paths.HEALTH).status_code == 200
    operate(server.folder, "maintenance", "off")
    eventually(lambda: first.post_sync().status_code, 200)
    granted(newcomer.sign_up())


@pytest.mark.parametrize("is_running", [True, False])
def test_teardown_leaves_a_receipt_and_nothing_else(tmp_path: Path, *, is_running: bool) -> None:
    folder = tmp_path / "data"
    with running(folder) as server:
        households = sign_up_both(server)
        first, begin = households.artmatt, households.begin
        fill(first), fill(begin)
        begin_before = contents(folder, begin)
        if is_running:
            with first.events() as cut, begin.events() as kept:
                next(cut), next(kept)
                (receipt,) = operate(folder, "tenant", "teardown", "artmatt", "--yes")
                assert list(cut) == []
            assert contents(folder, begin) == begin_before
            assert refused(first.post_sync()) == (401, "not_admitted")
    if not is_running:
        begin_before = contents(folder, begin)
        (receipt,) = operate(folder, "tenant", "teardown", "artmatt", "--yes")
        assert contents(folder, begin) == begin_before
    told = receipt["deletion"]
    assert told["tenant"] == first.collector.tenant.hex()
    assert (told["deleted"]["entries"], told["deleted"]["files"]) == (2, 1)
    _nothing_is_left(folder, first)
    assert operate(folder, "tenant", "teardown", "artmatt", "--yes") == [receipt]
    assert [line["action"] for line in operate(folder, "audit")] == ["teardown"]
    _the_name_is_kept(folder, first)
    with running(folder) as server:
        begin.http = server.http
        assert len(begin.sync(cursor=0, own=True).entries) == 2


def _nothing_is_left(folder: Path, gone: Device) -> None:
    tenant = gone.collector.tenant
    files = list(folder.rglob("*"))
    assert not any(tenant.hex() in str(p) for p in files)
    assert list((folder / "staging").iterdir()) == []
    for path in files:
        if not path.is_file():
            continue
        raw = path.read_bytes()
        for trace in (b"artmatt", gone.keys.device, gone.keys.signing.public):
            # the other one's skin is called artmatt in these tests
            found = raw.replace(b"beginartmatt", b"").count(trace)
            assert not found, (path, trace)


def _the_name_is_kept(folder: Path, gone: Device) -> None:
    with running(folder) as server:
        thief = Device(server.http, Collector("artmatt"))
        assert refused(thief.sign_up()) == (409, "slug_taken")
        assert server.http.get(paths.slug("artmatt")).json()["code"] == "slug_taken"
        gone.http = server.http
        assert refused(gone.sign_up()) == (409, "slug_taken")
        assert server.http.get("/artmatt").status_code == 404
        server.dial.turn(NAME_LOCK_DAYS * DAY_MILLIS / 1000 + 1)
        thief.clock = gone.clock = server.dial.millis
        granted(thief.sign_up())
        assert refused(gone.post_sync()) == (401, "not_admitted")


def test_a_receipt_is_checked_and_a_changed_one_refused(
    households: Households, server: Running, tmp_path: Path
) -> None:
    fill(households.artmatt)
    (receipt,) = operate(server.folder, "tenant", "teardown", "artmatt", "--yes")
    path = tmp_path / "receipt.json"
    path.write_text(json.dumps(receipt))
    (told,) = operate(server.folder, "receipt", "verify", str(path))
    assert told == receipt["deletion"]
    for change in ({"at": 1}, {"tenant": households.begin.collector.tenant.hex()}):
        path.write_text(json.dumps({**receipt, "deletion": {**told, **change}}))
        failed = attempt(server.folder, "receipt", "verify", str(path))
        assert failed.returncode == 1
        assert "no receipt of that server" in failed.stderr
    with running(tmp_path / "other"):
        path.write_text(json.dumps(receipt))
        assert attempt(tmp_path / "other", "receipt", "verify", str(path)).returncode == 1


def test_a_teardown_killed_at_any_write_is_finished_by_the_next_one(tmp_path: Path) -> None:
    folder, copies = tmp_path / "data", tmp_path / "copies"
    with running(folder) as server:
        households = sign_up_both(server)
        fill(households.artmatt), fill(households.begin)
    kept = contents(folder, households.begin)
    copies.mkdir()
    killing = [sys.executable, "-m", "tests.sync_server.killing", folder, copies]
    subprocess.run(
        [*killing, "tenant", "teardown", "artmatt", "--yes"],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        timeout=120,
        check=True,
    )
    killed = list(copies.iterdir())
    assert len(killed) > 20
    for copy in killed:
        _nothing_is_left(copy, households.artmatt)
        assert contents(copy, households.begin) == kept


def test_a_server_that_starts_finishes_what_was_asked_for(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    with running(folder) as server:
        households = sign_up_both(server)
        fill(households.artmatt)
    directory = sqlite3.connect(folder / "directory.db")
    directory.execute("UPDATE tenant SET leaving = 'asked' WHERE slug = 'artmatt'")
    directory.commit()
    directory.close()
    with running(folder) as server:
        eventually(lambda: server.http.get(paths.slug("artmatt")).json()["code"], "slug_taken")
        eventually(lambda: len(list((folder / "tenants").glob("*/*"))), 1)
    _nothing_is_left(folder, households.artmatt)


def test_a_directory_of_the_first_version_is_brought_up(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    with running(folder) as server:
        households = sign_up_both(server)
    path = folder / "directory.db"
    rows = sqlite3.connect(path).execute("SELECT * FROM tenant").fetchall()
    for old in folder.glob("directory.db*"):
        old.unlink()
    made = sqlite3.connect(path)
    made.execute("PRAGMA journal_mode = wal")
    made.executescript(_TENANTS + "PRAGMA user_version = 1;")
    made.executemany("INSERT INTO tenant VALUES (?, ?, ?, ?, ?, ?, ?)", [row[:7] for row in rows])
    made.commit()
    made.close()
    with running(folder) as server:
        for device in (households.artmatt, households.begin):
            device.http = server.http
            device.sync(device.write())
        operate(folder, "tenant", "suspend", "begin")
        eventually(lambda: households.begin.post_sync().status_code, 403)
        households.artmatt.sync(households.artmatt.write())
