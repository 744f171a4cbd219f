"""Backups that the operator keeps: put back over what is there, unreadable, gone with the key."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from shared.protocol import paths
from shared.protocol.messages import ClaimRequest, encode
from sync_server.storage.errors import StorageError
from sync_server.storage.wrapping import MARK, unwrap, wrap
from tests.sync_server.collector import Device, granted, new_file, refused
from tests.sync_server.conftest import Households, sign_up_both
from tests.sync_server.serving import ROOT, Running, command, refusal, running
from tests.sync_server.test_lifecycle import contents, eventually, fill

FILE = new_file()
KEY = bytes(range(32))


def photo(device: Device, content: bytes) -> None:
    granted(device.call("PUT", paths.chunk(FILE, 0), content))
    granted(device.call("POST", paths.claim(FILE), encode(ClaimRequest(1))))


def test_a_backup_is_put_back_over_a_living_tenant_and_its_devices_go_on(
    households: Households, server: Running
) -> None:
    first, begin = households.artmatt, households.begin
    content = os.urandom(3000)
    early = [first.write(), first.write(5000)]
    first.sync(*early)
    photo(first, content)
    begin.sync(begin.write())
    (made,) = command(server.folder, "tenant", "backup", "artmatt")
    first.sync(late := first.write())
    log, others = first.log, contents(server.folder, begin)
    with first.events() as cut, begin.events() as kept:
        next(cut), next(kept)
        (line,) = command(server.folder, "tenant", "restore", "artmatt")
        assert (line["restored"], line["state"]) == (True, "active")
        assert list(cut) == []
    reply = first.sync()
    assert reply.stale
    assert reply.log != log
    first.log, first.cursor = reply.log, type(first.cursor)(0)
    assert first.sync(late, again=True, own=True).entries == (*early, late)
    assert granted(first.call("GET", paths.chunk(FILE, 0))).content == content
    assert contents(server.folder, begin) == others
    begin.sync(begin.write())
    actions = [each["action"] for each in command(server.folder, "audit")]
    assert actions == ["backup", "restore_asked", "restore"]
    assert made["n"] == command(server.folder, "tenant", "backups", "artmatt")[0]["n"]


def test_several_are_kept_and_any_can_be_chosen(households: Households, server: Running) -> None:
    first = households.artmatt
    for _ in range(4):
        first.sync(first.write())
        command(server.folder, "tenant", "backup", "artmatt", "--keep", "3")
    kept = command(server.folder, "tenant", "backups", "artmatt")
    assert [each["n"] for each in kept] == [2, 3, 4]
    files = {str(path) for path in (server.folder / "backups").rglob("*") if path.is_file()}
    assert files == {each["place"] for each in kept}
    command(server.folder, "tenant", "restore", "artmatt", "--backup", "2")
    assert first.sync(log=b"", cursor=0, own=True).cursor == 2
    assert "no such backup" in refusal(
        server.folder, "tenant", "restore", "artmatt", "--backup", "1"
    )
    assert command(server.folder, "tenant", "backups", "begin") == []
    assert "no such backup" in refusal(server.folder, "tenant", "restore", "begin")


def test_devices_are_asked_to_come_again_while_it_is_put_back(
    households: Households, server: Running
) -> None:
    first, begin = households.artmatt, households.begin
    directory = server.house.steward._premises.directory
    first.sync(first.write())
    command(server.folder, "tenant", "backup", "artmatt")
    directory._set("UPDATE tenant SET restoring = ? WHERE id = ?", -1, first.collector.tenant)
    opened = server.house.doorway._stores
    opened._open.pop(first.collector.tenant).store.close()
    answer = first.post_sync()
    assert refused(answer) == (503, "unavailable")
    assert answer.headers["retry-after"] == "2"
    begin.sync(begin.write())
    command(server.folder, "maintenance", "off")
    command(server.folder, "plan", "define", "small", "--devices", "4")  # the steward looks
    eventually(lambda: first.post_sync().status_code, 200)
    actions = [each["action"] for each in command(server.folder, "audit")]
    assert "restore_failed" in actions  # there is no such backup: what was there stays
    assert first.sync(cursor=0, own=True).cursor == 1


def test_nobody_can_read_a_backup_and_a_damaged_one_is_not_put_back(
    households: Households, server: Running
) -> None:
    first = households.artmatt
    fill(first)
    (made,) = command(server.folder, "tenant", "backup", "artmatt")
    path = Path(made["place"])
    raw = path.read_bytes()
    traces = (b"artmatt", first.collector.tenant, first.keys.device, b"SQLite", b"PK\x03\x04")
    assert not any(trace in raw for trace in traces)
    assert b"artmatt" in (server.folder / "directory.db-wal").read_bytes()  # the other way round
    before = contents(server.folder, first)
    for spoilt in (raw[:-1], raw[: len(raw) // 2], raw[:50] + b"x" + raw[51:], b"", MARK):
        path.write_bytes(spoilt)
        assert "damaged" in refusal(server.folder, "tenant", "restore", "artmatt")
    path.unlink()
    assert "not where it was" in refusal(server.folder, "tenant", "restore", "artmatt")
    assert contents(server.folder, first) == before
    first.sync(first.write())


@pytest.mark.parametrize("size", [0, 1, 2**20 - 1, 2**20, 2**20 + 1, 3 * 2**20])
def test_a_file_comes_out_as_it_went_in(tmp_path: Path, size: int) -> None:
    plain, wrapped = tmp_path / "plain", tmp_path / "wrapped"
    plain.write_bytes(content := os.urandom(size))
    wrap(plain, wrapped, KEY, os.urandom)
    assert b"".join(unwrap(wrapped, KEY)) == content
    with pytest.raises(StorageError):
        list(unwrap(wrapped, bytes(32)))
    if size > 2 * 2**20:  # whole pieces left out or swapped
        head, piece = len(MARK) + 16, 2**20 + 16
        raw = wrapped.read_bytes()
        cut = raw[: head + piece]
        swapped = raw[:head] + raw[head + piece : head + 2 * piece] + raw[head : head + piece]
        for spoilt in (cut, swapped + raw[head + 2 * piece :]):
            wrapped.write_bytes(spoilt)
            with pytest.raises(StorageError):
                list(unwrap(wrapped, KEY))


def test_the_receipt_says_what_became_of_the_backups(
    households: Households, server: Running, tmp_path: Path
) -> None:
    elsewhere, lost = tmp_path / "elsewhere", tmp_path / "lost"
    for device in (households.artmatt, households.begin):
        fill(device)
    (_, begins) = (
        command(server.folder, "tenant", "backup", "artmatt"),
        command(server.folder, "tenant", "backup", "begin", "--into", str(elsewhere)),
    )
    command(server.folder, "tenant", "backup", "artmatt", "--into", str(elsewhere))
    (third,) = command(server.folder, "tenant", "backup", "artmatt", "--into", str(lost))
    copy = (tmp_path / "stolen").write_bytes(Path(third["place"]).read_bytes())
    Path(third["place"]).unlink()
    (receipt,) = command(server.folder, "tenant", "teardown", "artmatt", "--yes")
    told = receipt["deletion"]["deleted"]["backups"]
    assert len(told) == 3
    assert [("file deleted" in line, "key destroyed" in line) for line in told] == [
        (True, True),
        (True, True),
        (False, True),
    ]
    left = [path for path in elsewhere.rglob("*") if path.is_file()]
    assert left == [Path(begins[0]["place"])]
    tenant = households.artmatt.collector.tenant
    assert not any(tenant.hex() in str(path) for path in server.folder.rglob("*"))
    raw = b"".join(path.read_bytes() for path in server.folder.glob("directory.db*"))
    assert raw.count(tenant) == 2  # the lock on its name and its receipt, which say whose they are
    assert copy
    assert "No tenant" in refusal(server.folder, "tenant", "backups", "artmatt")
    command(server.folder, "tenant", "restore", "begin")


@pytest.mark.parametrize("words", [("backup", "artmatt"), ("restore", "artmatt")])
def test_one_that_was_killed_at_any_write_is_finished_by_the_next(
    tmp_path: Path, words: tuple[str, str]
) -> None:
    folder, copies = tmp_path / "data", tmp_path / "copies"
    with running(folder) as server:
        households = sign_up_both(server)
        first = households.artmatt
        first.sync(first.write()), households.begin.sync(households.begin.write())
        command(folder, "tenant", "backup", "artmatt", "--into", str(tmp_path / "kept"))
        first.sync(first.write())
    kept = contents(folder, households.begin)
    copies.mkdir()
    killing = [sys.executable, "-m", "tests.sync_server.killing", folder, copies, "tenant"]
    subprocess.run([*killing, *words], cwd=ROOT, stdout=subprocess.DEVNULL, timeout=120, check=True)
    killed = list(copies.iterdir())
    assert len(killed) > 5
    for copy in killed:
        assert contents(copy, households.begin) == kept
        assert list(copy.glob("arriving-*")) == list(copy.glob("restoring-*")) == []
        listed = {each["place"] for each in command(copy, "tenant", "backups", "artmatt")}
        (shown,) = command(copy, "tenant", "show", "artmatt")
        assert (shown["state"], shown["entries"]) == ("active", 1 if words[0] == "restore" else 2)
        files = [path for path in (copy / "backups").rglob("*") if "swingtag-backup" in path.name]
        assert len(files) == len(list((copy / "backups").glob("*/*")))
        assert {str(path) for path in files} <= {p.replace(str(folder), str(copy)) for p in listed}
    assert json.dumps(command(killed[-1], "doctor"))
