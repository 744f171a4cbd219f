"""Both adapters, on real servers: two PostgreSQL clusters are two shards."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sync_server.storage.ports import Stores
from sync_server.storage.postgres.cluster import Cluster
from sync_server.storage.postgres.stores import PostgresStores
from sync_server.storage.sqlite.stores import SqliteStores
from tests.sync_server.clusters import TestCluster

Maker = Callable[[], Stores]


@pytest.fixture(params=["sqlite", "postgres"])
def stores(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Stores]:
    if request.param == "sqlite":
        made = SqliteStores(tmp_path / "data")
        made.tidy()
        yield made
        return
    shard: TestCluster = request.getfixturevalue("shard_one")
    reached = Cluster(shard.new_database())
    yield PostgresStores(reached)
    reached.close()
