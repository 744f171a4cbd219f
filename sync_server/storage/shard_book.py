"""Which shards there are, how they are reached, and which part of the newcomers each gets."""

from typing import NamedTuple

from sync_server.storage.ports import Database


class Shard(NamedTuple):
    """Its name, how it is reached (empty: as the directory), its weight (0: no newcomers)."""

    name: str
    dsn: str
    weight: int


class ShardBook:
    """Lists shards."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self) -> list[Shard]:
        """Return all shards by name."""
        with self._database.read() as db:
            rows = db.execute("SELECT name, dsn, weight FROM shard ORDER BY name")
            return [Shard(*row) for row in rows]

    def put(self, shard: Shard) -> None:
        """Write down a shard, or what is new of it."""
        with self._database.write() as db:
            db.execute(
                "INSERT INTO shard (name, dsn, weight) VALUES (?, ?, ?) ON CONFLICT (name)"
                " DO UPDATE SET dsn = excluded.dsn, weight = excluded.weight",
                shard,
            )
