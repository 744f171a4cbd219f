"""Every adapter, on real servers: two PostgreSQL clusters are two shards, and a bucket."""

import secrets
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sync_server.storage.ports import Stores
from sync_server.storage.postgres.cluster import Cluster
from sync_server.storage.postgres.stores import PostgresStores
from sync_server.storage.s3.address import read_address
from sync_server.storage.s3.bucket import Bucket
from sync_server.storage.s3.stores import BucketStores
from sync_server.storage.sqlite.stores import SqliteStores
from tests.sync_server.clusters import TestCluster
from tests.sync_server.object_store import ObjectStore, object_store

Maker = Callable[[], Stores]


@pytest.fixture(scope="session")
def objects() -> Iterator[ObjectStore]:
    """A store with a bucket for all tests; each takes a folder of its own."""
    with object_store() as store:
        yield store


def new_bucket(objects: ObjectStore) -> Bucket:
    return Bucket(read_address(objects.place(secrets.token_hex(4))), time.monotonic)


@pytest.fixture(params=["sqlite", "postgres", "bucket"])
def stores(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Stores]:
    if request.param == "sqlite":
        made = SqliteStores(tmp_path / "data")
        made.tidy()
        yield made
        return
    if request.param == "bucket":
        objects: ObjectStore = request.getfixturevalue("objects")
        inner = SqliteStores(tmp_path / "data")
        inner.tidy()
        yield BucketStores(inner, new_bucket(objects))
        return
    shard: TestCluster = request.getfixturevalue("shard_one")
    reached = Cluster(shard.new_database())
    yield PostgresStores(reached)
    reached.close()
