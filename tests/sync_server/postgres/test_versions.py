"""Tables of two versions of the server, side by side."""

import os

import pytest

from shared.ids import LogId
from sync_server.storage.errors import StorageError
from sync_server.storage.postgres.cluster import Cluster
from sync_server.storage.postgres.migrations import Step, Version
from sync_server.storage.postgres.stores import PostgresStores
from sync_server.storage.schema import TENANT_VERSION
from sync_server.storage.tenant_store import Growth, Parcel, TenantStore
from sync_server.tenancy.plans import PLANS, STANDARD
from tests.sync_server.clusters import TestCluster
from tests.sync_server.collector import Collector, Device

EXPAND = Step(
    "ALTER TABLE entry ADD COLUMN kind BIGINT NOT NULL DEFAULT 0;"
    " ALTER TABLE chunk ADD COLUMN place TEXT;"
    " CREATE TABLE extra (n BIGINT PRIMARY KEY)",
    TENANT_VERSION,
)
CONTRACT = Step("ALTER TABLE chunk DROP COLUMN place", TENANT_VERSION + 1)
LIMITS = PLANS[STANDARD]


def test_an_older_server_goes_on_while_a_newer_one_brings_its_tables_up(
    shard_one: TestCluster,
) -> None:
    reached = Cluster(shard_one.new_database())
    steps = {TENANT_VERSION: EXPAND, TENANT_VERSION + 1: CONTRACT}
    old = PostgresStores(reached)
    new = PostgresStores(reached, Version(TENANT_VERSION + 1, steps))
    newest = PostgresStores(reached, Version(TENANT_VERSION + 2, steps))
    devices = [Device(None, Collector(name)) for name in ("artmatt", "begin")]  # type: ignore[arg-type] # they only seal
    for device in devices:
        collector = device.collector
        old.create(collector.tenant, collector.parcels, LogId(os.urandom(16)))
    stores = [
        TenantStore(old.home(d.collector.tenant), d.collector.tenant, LIMITS) for d in devices
    ]

    def write(store: TenantStore, device: Device) -> None:
        store.refresh()
        (grown,) = store.append_each([Parcel([device.write()], again=False)])
        assert isinstance(grown, Growth)
        store.put_chunk(os.urandom(16), 0, b"sealed", now=0)  # type: ignore[arg-type] # a new file

    first, second = devices
    write(stores[0], first)
    tenant = first.collector.tenant
    upgraded = TenantStore(new.home(tenant), tenant, LIMITS)
    for store in (stores[0], upgraded, stores[0]):
        write(store, first)
    again = TenantStore(old.home(tenant), tenant, LIMITS)  # an older server that starts now
    write(again, first)
    assert again.log.state.end == 5
    assert {table.table for table in upgraded.holdings().tables} >= {"extra"}
    write(stores[1], second)
    assert "extra" not in {table.table for table in stores[1].holdings().tables}
    newest.home(tenant)
    with pytest.raises(StorageError, match="Update this one"):
        old.home(tenant)
    write(TenantStore(new.home(tenant), tenant, LIMITS), first)
    write(stores[1], second)  # the other one is where it was
    reached.close()
