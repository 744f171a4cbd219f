"""Two collectors, always; one server of the kind that they share."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.sync_server.clusters import TestCluster, cluster
from tests.sync_server.collector import Collector, Device, granted
from tests.sync_server.serving import Running, running


@dataclass
class Households:
    """Two collectors that signed up, each with one device."""

    artmatt: Device
    begin: Device


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Running]:
    with running(tmp_path / "data") as server:
        yield server


@pytest.fixture
def households(server: Running) -> Households:
    return sign_up_both(server)


def sign_up_both(server: Running) -> Households:
    devices = [Device(server.http, Collector(slug)) for slug in ("artmatt", "begin")]
    for device in devices:
        granted(device.sign_up())
    return Households(*devices)


@pytest.fixture(scope="session")
def shard_one() -> Iterator[TestCluster]:
    """A PostgreSQL server for all tests; each takes databases of its own."""
    with cluster() as made:
        yield made


@pytest.fixture(scope="session")
def shard_two() -> Iterator[TestCluster]:
    """Another PostgreSQL server."""
    with cluster() as made:
        yield made
