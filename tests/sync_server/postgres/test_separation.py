"""What one tenant's connection can reach: nothing of another, whatever the code above asks."""

import psycopg
import pytest
from psycopg import errors

from sync_server.storage.ports import MovedError
from sync_server.storage.postgres.cluster import Cluster
from sync_server.storage.postgres.database import TenantDatabase
from sync_server.storage.postgres.stores import PostgresStores, schema_of
from tests.sync_server.clusters import TestCluster
from tests.sync_server.collector import Collector


@pytest.fixture
def dsn(shard_one: TestCluster) -> str:
    return shard_one.new_database()


def test_a_connection_lent_for_one_tenant_cannot_reach_another(dsn: str) -> None:
    reached = Cluster(dsn, most=1)  # both tenants get the same connection
    stores = PostgresStores(reached)
    artmatt, begin = Collector("artmatt"), Collector("begin")
    for collector in (artmatt, begin):
        stores.create(collector.tenant, collector.parcels, b"log of " + collector.slug.encode())
    mine, theirs = schema_of(artmatt.tenant), schema_of(begin.tenant)
    home = stores.home(artmatt.tenant).database
    attempts = (  # nothing from outside is in them
        f'SELECT * FROM "{theirs}".fact',  # noqa: S608
        f'SELECT count(*) FROM "{theirs}".entry',  # noqa: S608
        f"UPDATE \"{theirs}\".fact SET value = ''",  # noqa: S608
        f"INSERT INTO \"{theirs}\".link (n, link) VALUES (9, 'x')",  # noqa: S608
        f'DELETE FROM "{theirs}".pulse',  # noqa: S608
        f'COPY "{theirs}".link TO STDOUT',
        f'SET LOCAL search_path TO "{theirs}"; SELECT * FROM fact',  # noqa: S608
        f'CREATE TABLE "{mine}".mine (a INT)',
        f'DROP TABLE "{mine}".entry',
        f'TRUNCATE "{mine}".entry',
        "CREATE SCHEMA another",
        "CREATE ROLE another",
        "CREATE TABLE public.another (a INT)",
    )
    for attempt in attempts:
        with pytest.raises((errors.InsufficientPrivilege, MovedError)) as no, home.read() as db:
            db.raw.execute(attempt.encode())  # type: ignore[attr-defined] # past the port, as a bug
        assert isinstance(no.value, errors.InsufficientPrivilege) or isinstance(
            no.value.__cause__, errors.UndefinedTable
        ), attempt
    for collector in (begin, artmatt):
        with stores.home(collector.tenant).database.read() as db:
            (log,) = db.execute("SELECT value FROM fact WHERE name = 'log'").fetchone()
            assert log == b"log of " + collector.slug.encode()
            assert db.execute("SELECT count(*) FROM link").fetchone() == (2,)
    reached.close()


def test_nothing_of_a_role_stays_on_a_connection(dsn: str) -> None:
    reached = Cluster(dsn, most=1)
    stores = PostgresStores(reached)
    collector = Collector("artmatt")
    stores.create(collector.tenant, collector.parcels, b"log")
    home = stores.home(collector.tenant).database
    assert isinstance(home, TenantDatabase)

    def who() -> tuple[object, ...] | None:
        with reached.lend() as raw:
            return raw.execute(
                "SELECT current_user, current_setting('search_path'), pg_backend_pid()"
            ).fetchone()

    before = who()
    home.has_moved_on()
    with pytest.raises(errors.DivisionByZero), home.write() as db:
        db.executemany("DELETE FROM link WHERE n = 1 / ?", [(1,), (0,)])
    with home.read() as db:
        assert db.execute("SELECT current_user").fetchone()[0].startswith("t_")
        assert db.execute("SELECT count(*) FROM link").fetchone() == (2,)
    assert who() == before
    reached.close()


def test_the_server_needs_no_more_than_making_roles_and_schemas(dsn: str) -> None:
    with psycopg.connect(dsn) as raw:
        rights = raw.execute(
            "SELECT rolsuper, rolcreaterole, rolcreatedb, rolreplication, rolbypassrls"
            " FROM pg_roles WHERE rolname = current_user"
        ).fetchone()
    assert rights == (False, True, False, False, False)
