"""A tenant in one file: written beside a server that works, taken in by another."""

import os
import zipfile
from pathlib import Path

import pytest

from shared.protocol import paths
from shared.protocol.messages import ClaimRequest, encode
from tests.sync_server.collector import Device, granted, new_file, refused
from tests.sync_server.conftest import sign_up_both
from tests.sync_server.serving import attempt, operate, running

FILE = new_file()


def test_a_tenant_moves_to_another_server_and_its_devices_go_on(tmp_path: Path) -> None:
    here, there, parcel = tmp_path / "here", tmp_path / "there", tmp_path / "artmatt.zip"
    photo = os.urandom(3000)
    with running(here) as server:
        households = sign_up_both(server)
        first, begin = households.artmatt, households.begin
        entries = [first.write(), first.write(5000)]
        first.sync(*entries)
        granted(first.call("PUT", paths.chunk(FILE, 0), photo))
        granted(first.call("POST", paths.claim(FILE), encode(ClaimRequest(1))))
        begin.sync(begin.write())
        operate(here, "tenant", "export", "artmatt", str(parcel))
        first.sync(late := first.write())
        log = first.log
    assert begin.collector.tenant not in parcel.read_bytes()
    assert [path.name for path in tmp_path.glob(".swingtag-*")] == []
    for _ in range(2):
        (card,) = operate(there, "tenant", "import", str(parcel))
        assert (card["name"], card["state"]) == ("artmatt", "active")
    assert [line["action"] for line in operate(there, "audit")] == ["import"]
    assert all(finding["ok"] for finding in operate(there, "doctor"))
    with running(there) as server:
        first.http = begin.http = server.http
        reply = first.sync()
        assert reply.stale
        assert reply.log != log
        first.log, first.cursor = reply.log, type(first.cursor)(0)
        assert first.sync(late, again=True, own=True).entries == (*entries, late)
        assert granted(first.call("GET", paths.chunk(FILE, 0))).content == photo
        assert refused(begin.post_sync()) == (401, "not_admitted")


def test_a_file_is_not_trusted(tmp_path: Path) -> None:
    folder, parcel = tmp_path / "data", tmp_path / "artmatt.zip"
    with running(folder) as server:
        households = sign_up_both(server)
        first: Device = households.artmatt
        granted(first.call("PUT", paths.chunk(FILE, 0), os.urandom(500)))
        for device in (first, households.begin):
            operate(
                folder,
                "tenant",
                "export",
                device.collector.slug,
                f"{parcel}-{device.collector.slug}",
            )
        taken = f"{parcel}-artmatt"
    members = {}
    with zipfile.ZipFile(taken) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    label, chunk = "swingtag-tenant.json", next(name for name in members if "files/" in name)
    begins = households.begin.collector.tenant.hex().encode()
    artmatts = first.collector.tenant.hex().encode()
    spoilt = {
        "another tenant": {label: members[label].replace(artmatts, begins)},
        "a damaged chunk": {chunk: b"x" * 500},
        "a way out": {"../../evil": b"x"},
        "a damaged database": {"tenant.db": members["tenant.db"][:4096] + bytes(4096 * 12)},
        "no label": {label: b"{}"},
    }
    elsewhere = tmp_path / "elsewhere"
    for what, changes in spoilt.items():
        with zipfile.ZipFile(parcel, "w") as archive:
            for name, content in {**members, **changes}.items():
                archive.writestr(name, content)
        failed = attempt(elsewhere, "tenant", "import", str(parcel))
        assert failed.returncode == 1, what
        assert "Traceback" not in failed.stderr, failed.stderr
        assert operate(elsewhere, "tenant", "list") == [], what
    assert not (tmp_path / "evil").exists()
    parcel.write_bytes(b"no archive")
    assert attempt(elsewhere, "tenant", "import", str(parcel)).returncode == 1
    operate(elsewhere, "tenant", "import", taken)


@pytest.mark.parametrize("is_same", [True, False])
def test_a_name_that_another_has_is_not_taken_over(tmp_path: Path, *, is_same: bool) -> None:
    here, there, parcel = tmp_path / "here", tmp_path / "there", tmp_path / "artmatt.zip"
    with running(here) as server:
        sign_up_both(server)
        operate(here, "tenant", "export", "artmatt", str(parcel))
    with running(there) as server:
        sign_up_both(server)  # others of the same names
        done = attempt(here if is_same else there, "tenant", "import", str(parcel))
        assert done.returncode == (0 if is_same else 1)
        assert is_same or "belongs to another collector" in done.stderr


def test_a_tenant_that_left_can_come_back_with_its_own_file(tmp_path: Path) -> None:
    folder, parcel = tmp_path / "data", tmp_path / "artmatt.zip"
    with running(folder) as server:
        first = sign_up_both(server).artmatt
        first.sync(first.write())
        operate(folder, "tenant", "export", "artmatt", str(parcel))
        operate(folder, "tenant", "teardown", "artmatt", "--yes")
        operate(folder, "tenant", "import", str(parcel))
        assert first.sync().stale
        assert first.sync(log=b"", cursor=0, own=True).cursor == 1
        receipt = operate(folder, "tenant", "teardown", "artmatt", "--yes")
        assert receipt[0]["deletion"]["deleted"]["entries"] == 1
