"""A tenant goes to another shard: while it works, and whenever the mover is killed."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from threading import Event, Thread

import pytest

from shared.protocol import paths
from shared.protocol.messages import ClaimRequest, encode
from sync_server.storage.errors import StorageError
from sync_server.storage.postgres import stores as postgres_stores
from sync_server.tenancy.plans import PLANS, STANDARD
from tests.sync_server.collector import Device, granted, new_file, refused
from tests.sync_server.conftest import Households, sign_up_both
from tests.sync_server.postgres.conftest import Street
from tests.sync_server.serving import ROOT, operate_on
from tests.sync_server.test_lifecycle import eventually


def fill(device: Device) -> list[bytes]:
    entries = [device.write(), device.write(5000)]
    device.sync(*entries)
    file = new_file()
    granted(device.call("PUT", paths.chunk(file, 0), os.urandom(30_000)))
    granted(device.call("POST", paths.claim(file), encode(ClaimRequest(1))))
    return entries


@contextmanager
def writing(device: Device, pause: float = 0.012) -> Iterator[list[bytes]]:
    """Write on and on while the block runs; every write must be taken."""
    over, failed = Event(), []
    written: list[bytes] = []

    def write() -> None:
        try:
            while not over.wait(pause):
                entry = device.write()
                device.sync(entry)
                written.append(entry)
        except BaseException as error:  # noqa: BLE001 - told below
            failed.append(error)

    thread = Thread(target=write)
    thread.start()
    try:
        yield written
    finally:
        over.set()
        thread.join()
    assert not failed, failed


def test_a_tenant_moves_while_its_devices_write_at_both_servers(street: Street) -> None:
    households = sign_up_both(street.one)
    first, begin = households.artmatt, households.begin
    second = first.add()
    second.http = street.two.http
    entries, others = fill(first), fill(begin)
    with writing(first) as mine, writing(second) as theirs, writing(begin) as quiet:
        for there in ("other", "main", "other"):
            before = len(mine), len(theirs)
            (line,) = operate_on(street.place, "tenant", "move", "artmatt", there)
            assert line["shard"] == there
            eventually(lambda b=before: len(mine) > b[0] and len(theirs) > b[1], wanted=True)
    found = first.sync(cursor=0, own=True).entries
    assert len(found) == len(entries) + len(mine) + len(theirs)
    assert set(found) == {*entries, *mine, *theirs}
    assert list(begin.sync(cursor=0, own=True).entries) == others + quiet
    shards = street.premises.shards
    assert shards["main"].tenants() == {begin.collector.tenant.hex()}
    assert shards["other"].tenants() == {first.collector.tenant.hex()}
    audit = [(each.action, each.detail) for each in street.premises.books.audit()]
    assert audit.count(("move", "main to other")) == 2
    assert all(finding["ok"] for finding in operate_on(street.place, "doctor"))


def test_a_shard_is_emptied_while_it_is_used(street: Street) -> None:
    households = sign_up_both(street.one)
    fill(households.artmatt), fill(households.begin)
    operate_on(street.place, "shard", "weight", "other", "1")
    with writing(households.artmatt), writing(households.begin):
        lines = operate_on(street.place, "shard", "drain", "main")
    assert [(line["shard"], line["weight"], line["tenants"]) for line in lines] == [
        ("main", 0, 0),
        ("other", 1, 2),
    ]
    assert street.premises.shards["main"].tenants() == set()


def test_a_move_that_is_killed_at_any_commit_is_finished_by_the_next_one(street: Street) -> None:
    households: Households = sign_up_both(street.one)
    first, begin = households.artmatt, households.begin
    entries, others = fill(first), fill(begin)
    for server in (street.one, street.two):  # only the command moves
        server.house.steward._premises.directory.moving = list
    told = subprocess.run(
        [
            sys.executable,
            "-m",
            "tests.sync_server.postgres.breaking",
            street.place.directory,
            street.place.folder,
            "artmatt",
            "other",
            "main",
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert told.returncode == 0, told.stderr
    assert int(told.stdout) > 6
    for server in (street.one, street.two):
        first.http = server.http
        assert list(first.sync(cursor=0, own=True).entries) == entries
        first.sync(entry := first.write())
        entries.append(entry)
    assert list(begin.sync(cursor=0, own=True).entries) == others
    assert len(street.premises.shards.tenants()) == 2
    held = [each.tenants() for each in street.premises.shards.everywhere().values()]
    assert sum(map(len, held)) == 2  # nothing is in two places


def test_a_copy_that_is_not_whole_is_not_taken(
    street: Street, monkeypatch: pytest.MonkeyPatch
) -> None:
    households = sign_up_both(street.one)
    entries = fill(households.artmatt)
    tenant = street.premises.directory.find(households.artmatt.collector.tenant)
    assert tenant
    level = postgres_stores.level

    def careless(source, target, shapes):
        target.execute("DELETE FROM link")
        level(source, target, [shape for shape in shapes if shape.name == "fact"])
        raise StorageError("not whole")

    monkeypatch.setattr(postgres_stores, "level", careless)
    shards = street.premises.shards
    with pytest.raises(StorageError):
        shards["main"].move(tenant.id, shards["other"])
    assert list(households.artmatt.sync(cursor=0, own=True).entries) == entries
    monkeypatch.undo()
    shards["main"].move(tenant.id, shards["other"])
    moved = shards.open(replace(tenant, shard="other"), PLANS[STANDARD])
    assert moved.log.state.end == len(entries)
    street.premises.directory.settle(tenant.id, "other", "-main")
    assert list(households.artmatt.sync(cursor=0, own=True).entries) == entries
    assert refused(households.begin.call("GET", paths.chunk(new_file(), 0))) == (404, "not_found")
