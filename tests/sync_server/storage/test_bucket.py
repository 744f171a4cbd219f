"""Attachments in a real bucket, under either adapter: doors, limits, copies, moves, the end."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from shared.ids import FileId, LogId, TenantId
from shared.protocol.limits import CHUNK_BYTES, DOORS_PER_REPLY, UNCLAIMED_SECONDS
from shared.protocol.problems import Code
from sync_server.storage.archive import FORMAT, Label, unpack, write_archive
from sync_server.storage.errors import RefusedError, StorageError
from sync_server.storage.limits import Room
from sync_server.storage.ports import Stores
from sync_server.storage.postgres.cluster import Cluster
from sync_server.storage.postgres.stores import PostgresStores
from sync_server.storage.s3.address import BucketAddress, read_address
from sync_server.storage.s3.bucket import Bucket
from sync_server.storage.s3.stores import BucketStores
from sync_server.storage.sqlite.stores import SqliteStores
from sync_server.storage.tenant_store import TenantStore
from sync_server.tenancy.plans import PLANS, STANDARD
from tests.sync_server.clusters import TestCluster
from tests.sync_server.collector import Collector, new_file
from tests.sync_server.object_store import ObjectStore
from tests.sync_server.storage.conftest import new_bucket

LIMITS = PLANS[STANDARD]
ROOM = LIMITS.file_room
NOW = 1_800_000_000_000
CHUNKS = (os.urandom(CHUNK_BYTES), os.urandom(CHUNK_BYTES), b"the last")


@dataclass
class House:
    """Two tenants at stores with a bucket; ``others``: another shard at the same one."""

    stores: BucketStores
    others: Stores
    artmatt: TenantId
    begin: TenantId

    def open(self, tenant: TenantId, stores: Stores | None = None) -> TenantStore:
        return TenantStore((stores or self.stores).home(tenant), tenant, LIMITS)

    def objects_of(self, tenant: TenantId) -> set[str]:
        return set(self.stores._bucket.sizes(tenant.hex()))


def signed_up(inner: Stores, others: Stores, objects: ObjectStore) -> House:
    bucket = new_bucket(objects)
    made = BucketStores(inner, bucket)
    collectors = [Collector(name) for name in ("artmatt", "begin")]
    for each in collectors:
        made.create(each.tenant, each.parcels, LogId(os.urandom(16)))
    return House(made, BucketStores(others, bucket), *(each.tenant for each in collectors))


@pytest.fixture(params=["sqlite", "postgres"])
def house(request: pytest.FixtureRequest, tmp_path: Path, objects: ObjectStore) -> Iterator[House]:
    if request.param == "sqlite":
        inner = SqliteStores(tmp_path / "data")
        inner.tidy()
        yield signed_up(inner, inner, objects)
        return
    shard: TestCluster = request.getfixturevalue("shard_one")
    clusters = [Cluster(shard.new_database()) for _ in range(2)]
    yield signed_up(*map(PostgresStores, clusters), objects)
    for each in clusters:
        each.close()


def bring(store: TenantStore, file: FileId, chunks: tuple[bytes, ...] = CHUNKS) -> None:
    """Put a large file through doors, and claim it."""
    told = store.files.open_doors(file, len(chunks), now=NOW, room=ROOM)
    assert told.chunks == ()
    for door in told.doors:
        assert httpx.put(door.url, content=chunks[door.n], timeout=60).status_code == 200
    here = tuple(range(len(chunks)))
    assert store.files.open_doors(file, len(chunks), now=NOW, room=ROOM) == type(told)(here)
    store.files.claim(file, len(chunks), room=ROOM)


def fetched(store: TenantStore, file: FileId) -> tuple[bytes, ...]:
    """Get a large file where the store says."""
    doors = [store.files.door_out(file, n) for n in range(len(CHUNKS))]
    return tuple(httpx.get(door, timeout=60).content for door in doors)


def refusal(call: object, *args: object, **named: object) -> Code:
    with pytest.raises(RefusedError) as caught:
        call(*args, **named)  # type: ignore[operator] # a method
    return caught.value.code


def test_what_goes_past_the_server_is_counted_and_never_changes(house: House) -> None:
    store, other = house.open(house.artmatt), house.open(house.begin)
    file = new_file()
    bring(store, file)
    assert store.files.about().bytes == sum(map(len, CHUNKS))
    assert fetched(store, file) == CHUNKS
    store.put_chunk(file, 0, CHUNKS[0], now=NOW)  # again is fine
    assert refusal(store.put_chunk, file, 0, b"other bytes", now=NOW) is Code.CHUNK_DIFFERS
    assert other.files.door_out(file, 0) == ""
    assert other.files.open_doors(file, 3, now=NOW, room=ROOM).chunks == ()
    assert store.is_sound()
    assert other.files.sweep(now=NOW + UNCLAIMED_SECONDS * 1000) == 1
    assert house.objects_of(house.begin) == set()
    assert len(house.objects_of(house.artmatt)) == len(CHUNKS)
    name = next(iter(house.objects_of(house.artmatt)))
    house.stores._bucket.delete([f"{house.artmatt.hex()}/{name}"])
    assert not store.is_sound()
    store.close()
    other.close()


def test_doors_are_few_and_have_limits(house: House) -> None:
    store, file = house.open(house.artmatt), new_file()
    doors = store.files.open_doors(file, 4096, now=NOW, room=ROOM).doors
    assert [door.n for door in doors] == list(range(DOORS_PER_REPLY))
    assert refusal(store.files.claim, file, 1, room=ROOM) is Code.FILE_INCOMPLETE
    small = Room(3 * CHUNK_BYTES, 10)
    assert refusal(store.files.open_doors, file, 5, now=NOW, room=small) is Code.QUOTA
    httpx.put(doors[0].url, content=CHUNKS[0], timeout=60)
    assert refusal(store.files.claim, file, 1, room=Room(1000, 10)) is Code.QUOTA
    httpx.put(doors[1].url, content=b"x" * (CHUNK_BYTES + 1), timeout=60)
    assert refusal(store.files.claim, file, 2, room=ROOM) is Code.TOO_LARGE
    assert store.files.about().bytes == 0
    # What is never claimed goes when its time has come, whatever it was.
    assert store.files.sweep(now=NOW + UNCLAIMED_SECONDS * 1000) == 1
    assert house.objects_of(house.artmatt) == set()
    store.close()


def test_it_is_written_out_and_put_back_whole(house: House, tmp_path: Path) -> None:
    store, large, small, late = house.open(house.artmatt), new_file(), new_file(), new_file()
    bring(store, large)
    store.put_chunk(small, 0, b"small", now=NOW)
    label = Label(FORMAT, house.artmatt.hex(), "artmatt", "artmatt", STANDARD, NOW)
    write_archive(house.stores, label, tmp_path / "kept.zip")
    bring(store, late)
    store.close()
    (tmp_path / "draft").mkdir()
    unpack(tmp_path / "kept.zip", tmp_path / "draft")
    house.stores.take_in(house.artmatt, tmp_path / "draft")
    store = house.open(house.artmatt)
    assert store.is_sound()
    assert fetched(store, large) == CHUNKS
    assert store.files.get(small, 0) == b"small"
    wanted = {f"{large.hex()}/{n}" for n in range(3)} | {f"{small.hex()}/0"}
    assert house.objects_of(house.artmatt) == wanted
    store.close()


def test_a_move_leaves_the_objects_and_the_end_takes_them(house: House) -> None:
    store, file, theirs = house.open(house.artmatt), new_file(), new_file()
    bring(store, file)
    store.close()
    other = house.open(house.begin)
    bring(other, theirs)
    other.close()
    stores: Stores = house.stores
    if not isinstance(house.stores.inner, SqliteStores):
        house.stores.move(house.artmatt, house.others)
        house.stores.remove(house.artmatt, moved=True)
        stores = house.others
    store = house.open(house.artmatt, stores)
    assert fetched(store, file) == CHUNKS
    store.close()
    for _ in range(2):  # again is fine
        stores.remove(house.artmatt)
    assert house.objects_of(house.artmatt) == set()
    assert len(house.objects_of(house.begin)) == len(CHUNKS)
    assert house.stores._bucket.folders() == {house.begin.hex()}


def test_what_was_there_before_the_bucket_stays_readable(house: House) -> None:
    old, file = house.open(house.artmatt, house.stores.inner), new_file()
    old.put_chunk(file, 0, b"before", now=NOW)
    old.close()
    store = house.open(house.artmatt)
    assert store.files.get(file, 0) == b"before"
    assert store.files.door_out(file, 0) == ""
    assert store.is_sound()
    store.close()


def test_places_are_read_and_hold_no_keys() -> None:
    text = "s3://sealed/a/b?region=eu-1&endpoint=http://files:9000&public=https://s.beanie.ty"
    wanted = BucketAddress("sealed", "a/b", "eu-1", "http://files:9000", "https://s.beanie.ty")
    assert read_address(text) == wanted
    assert read_address("s3://sealed?region=eu-1") == BucketAddress("sealed", region="eu-1")
    for wrong in ("sealed", "s3://", "https://sealed", "s3://key:secret@sealed", "s3://b?key=x"):
        with pytest.raises(StorageError):
            read_address(wrong)


def test_nothing_else_waits_for_a_store_that_is_away(house: House) -> None:
    store, claimed, old = house.open(house.artmatt), new_file(), new_file()
    bring(store, claimed)
    store.put_chunk(old, 0, b"old", now=NOW)
    store.close()
    now, nowhere = [0.0], read_address("s3://sealed?endpoint=http://127.0.0.1:1")
    stores = BucketStores(house.stores.inner, Bucket(nowhere, lambda: now[0]))
    store = house.open(house.artmatt, stores)
    late = NOW + 2 * UNCLAIMED_SECONDS * 1000
    assert store.files.sweep(now=late) == 0
    store.refresh()  # as servers do before each request
    assert refusal(store.put_chunk, new_file(), 0, b"new", now=NOW) is Code.FILES_AWAY
    assert refusal(store.files.get, old, 0) is Code.FILES_AWAY
    assert store.files.door_out(claimed, 9) == ""
    assert refusal(stores.remove, house.artmatt) is Code.FILES_AWAY
    assert stores.holds(house.artmatt)
    store.close()
    store = house.open(house.artmatt)
    assert store.files.sweep(now=late) == 2  # the old one, and the one that did not come
    assert store.files.presence(claimed).claimed
    assert len(house.objects_of(house.artmatt)) == len(CHUNKS)
    store.close()
