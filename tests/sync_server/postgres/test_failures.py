"""PostgreSQL is killed, its disk is full, servers are replaced: what was taken is there again."""

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from threading import Thread

import httpx
import psycopg
import pytest

from sync_server.storage.postgres.stores import schema_of
from sync_server.tenancy.premises import Place
from tests.sync_server.clusters import TestCluster, cluster
from tests.sync_server.collector import Collector, Device, granted, refused
from tests.sync_server.conftest import sign_up_both
from tests.sync_server.postgres.conftest import Street
from tests.sync_server.serving import process, running

WAIT = 0.05


def push(device: Device, entry: bytes) -> int:
    """Send an entry until it is taken, as the app does; return how often the server was away."""
    away = 0
    while True:
        answer = device.post_sync(entry)
        if answer.status_code == 200:
            return away
        assert refused(answer) == (503, "unavailable")
        assert int(answer.headers["retry-after"]) > 0
        away += 1
        time.sleep(WAIT)


def test_postgres_is_killed_in_the_middle_of_it_all(tmp_path: Path) -> None:
    with cluster() as mine:
        place = Place(tmp_path / "data", mine.new_database())
        with running(place.folder, place=place) as server:
            households = sign_up_both(server)
            acknowledged: dict[str, list[bytes]] = {"artmatt": [], "begin": []}
            away = {"artmatt": 0, "begin": 0}

            def write(device: Device) -> None:
                name = device.collector.slug
                for _ in range(120):
                    entry = device.write()
                    away[name] += push(device, entry)
                    acknowledged[name].append(entry)

            devices = (households.artmatt, households.begin)
            threads = [Thread(target=write, args=(device,)) for device in devices]
            for thread in threads:
                thread.start()
            for _ in range(2):
                time.sleep(0.3)
                mine.kill()
                mine.start()
            for thread in threads:
                thread.join()
            assert sum(away.values()) > 0
            for device in devices:
                found = list(device.sync(cursor=0, own=True).entries)
                assert found == acknowledged[device.collector.slug]
            assert not [line for line in server.log.records if line.get("code") == "internal"]


def test_a_disk_that_fills_up_loses_nothing_and_goes_on_when_there_is_room(
    tmp_path: Path,
) -> None:
    with ExitStack() as stack:
        mine = stack.enter_context(cluster())
        disk = stack.enter_context(small_disk(mine.home / "disk"))
        place = Place(tmp_path / "data", mine.new_database(on=disk))
        server = stack.enter_context(running(place.folder, place=place))
        households = sign_up_both(server)
        first, begin = households.artmatt, households.begin
        kept, entry, answer = fill(first)
        assert len(kept) > 1
        assert refused(answer) == (507, "disk_full")
        assert mounted(f"mount -o remount,size=128m {disk}")
        first.sync(entry)
        begin.sync(begin.write())
        assert read_all(first) == [*kept, entry]
        assert not [line for line in server.log.records if line.get("code") == "internal"]


def fill(device: Device) -> tuple[list[bytes], bytes, httpx.Response]:
    """Send entries until one is refused; return those that were taken, that one, the answer."""
    kept: list[bytes] = []
    while True:
        entry = device.write(size=200_000)
        answer = device.post_sync(entry)
        if answer.status_code != 200:
            return kept, entry, answer
        kept.append(entry)


def read_all(device: Device) -> list[bytes]:
    """Read a log page by page, what the device wrote itself included."""
    entries: list[bytes] = []
    reply = device.sync(cursor=0, own=True)
    entries += reply.entries
    while reply.more:
        reply = device.sync(cursor=reply.cursor, own=True)
        entries += reply.entries
    return entries


@contextmanager
def small_disk(disk: Path) -> Iterator[Path]:
    """Mount a disk of 24 MB, which only root may, and not everywhere."""
    disk.mkdir()
    size = f"size=24m,mode=700,uid={disk.parent.stat().st_uid}"
    if os.geteuid() or not mounted(f"mount -t tmpfs -o {size} swingtag {disk}"):
        pytest.skip("a small disk cannot be mounted here")
    try:
        yield disk
    finally:
        assert mounted(f"umount --lazy {disk}")


def mounted(command: str) -> bool:
    """Run a command about a disk; tell whether it may be done here."""
    return subprocess.run(command.split(), check=False, capture_output=True).returncode == 0


def test_a_full_disk_is_told_and_nothing_else_suffers(street: Street) -> None:
    households = sign_up_both(street.one)
    first, begin = households.artmatt, households.begin
    first.sync(first.write())
    schema = schema_of(first.collector.tenant)
    no_room = f"""
        CREATE FUNCTION "{schema}".no_room() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION USING ERRCODE = '53100'; END $$;
        CREATE TRIGGER no_room BEFORE INSERT ON "{schema}".entry
        EXECUTE FUNCTION "{schema}".no_room()
    """
    with psycopg.connect(street.place.directory) as disk:
        disk.execute(no_room)
    late = first.write()
    assert refused(first.post_sync(late)) == (507, "disk_full")
    begin.sync(begin.write())
    with psycopg.connect(street.place.directory) as disk:
        disk.execute(f'DROP TRIGGER no_room ON "{schema}".entry')
    assert first.sync(late).cursor == 2


def test_servers_are_replaced_while_a_device_writes(
    tmp_path: Path, shard_one: TestCluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SWINGTAG_DIRECTORY", shard_one.new_database())
    with ExitStack() as stack:
        servers = [stack.enter_context(process(tmp_path / f"old{n}")) for n in range(2)]
        clients = [stack.enter_context(httpx.Client(base_url=at, timeout=20)) for _, at in servers]
        first, begin = (Device(clients[0], Collector(name)) for name in ("artmatt", "begin"))
        for device in (first, begin):
            granted(device.sign_up())
        taken = []
        with first.events() as stream:
            next(stream)
            for n, (child, _) in enumerate(servers):
                child.send_signal(signal.SIGTERM)
                for _ in range(10):
                    taken.append(first.write())
                    push_somewhere(first, taken[-1], clients)
                assert child.wait(15) == -signal.SIGTERM  # it ended as it was told
                new = stack.enter_context(process(tmp_path / f"new{n}"))
                clients[n] = stack.enter_context(httpx.Client(base_url=new[1], timeout=20))
            assert list(stream) == []  # it ended, and was not cut
        assert "Traceback" not in (tmp_path / "stderr").read_text()
        for client in clients:
            first.http = begin.http = client
            assert list(first.sync(cursor=0, own=True).entries) == taken
            begin.sync(begin.write())


def push_somewhere(device: Device, entry: bytes, clients: list[httpx.Client]) -> None:
    """Send an entry to the next server when one is gone, as a proxy does."""
    for client in clients * 50:
        device.http = client
        try:
            answer = device.post_sync(entry)
        except httpx.TransportError:
            continue
        assert answer.status_code in {200, 503}
        if answer.status_code == 200:
            return
        time.sleep(WAIT)
    raise AssertionError("nobody took it")
