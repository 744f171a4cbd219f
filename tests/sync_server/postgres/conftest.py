"""Two servers over one directory in PostgreSQL, with two shards in two clusters."""

import os
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from sync_server.storage.shard_book import Shard
from sync_server.tenancy.moving import Moving
from sync_server.tenancy.premises import Place, Premises, open_premises
from tests.sync_server.clusters import TestCluster
from tests.sync_server.serving import Running, now_millis, running


@dataclass
class Street:
    """Two servers that share everything; the shards ``main`` and ``other``."""

    one: Running
    two: Running
    place: Place
    premises: Premises

    @property
    def moving(self) -> Moving:
        return Moving(self.premises, now_millis)


@pytest.fixture
def place(tmp_path: Path, shard_one: TestCluster) -> Place:
    return Place(tmp_path / "desk", shard_one.new_database())


@pytest.fixture
def premises(place: Place, shard_two: TestCluster) -> Iterator[Premises]:
    opened = open_premises(place, now=now_millis, random=os.urandom)
    Moving(opened, now_millis).put_shard(Shard("other", shard_two.new_database(), 0))
    yield opened
    opened.close()


@pytest.fixture
def street(tmp_path: Path, place: Place, premises: Premises) -> Iterator[Street]:
    with ExitStack() as servers:
        one, two = (
            servers.enter_context(
                running(tmp_path / name, place=Place(tmp_path / name, place.directory))
            )
            for name in ("one", "two")
        )
        yield Street(one, two, place, premises)
