"""The directory in PostgreSQL: a schema of its own."""

from sync_server.storage.postgres.cluster import Cluster
from sync_server.storage.postgres.copying import run_all
from sync_server.storage.postgres.database import DirectoryDatabase
from sync_server.storage.postgres.migrations import Step, Version, bring_up, is_current
from sync_server.storage.postgres.tables import DIRECTORY_TABLES
from sync_server.storage.schema import DIRECTORY_VERSION

SCHEMA = "swingtag"
_STEPS: dict[int, Step] = {}
VERSION = Version(DIRECTORY_VERSION, _STEPS)
OLDEST = 5
"""The first version of a server that can work with the tables as they are made now."""
_ALONE = "BEGIN; SELECT pg_advisory_xact_lock(8642)"


def open_directory(cluster: Cluster, version: Version = VERSION) -> DirectoryDatabase:
    """Open the directory, or make it; several servers may do so at once."""
    with cluster.transaction(_ALONE) as db:
        found = db.execute("SELECT 1 FROM pg_namespace WHERE nspname = ?", (SCHEMA,)).fetchone()
        if found is None:
            db.execute(f'CREATE SCHEMA "{SCHEMA}"')
        db.execute(f'SET LOCAL search_path TO "{SCHEMA}"')
        if found is None:
            run_all(db, DIRECTORY_TABLES)
            db.execute(
                "INSERT INTO pulse (revision, version, oldest) VALUES (1, ?, ?)",
                (DIRECTORY_VERSION, OLDEST),
            )
        if not is_current(db, version):
            bring_up(db, version)
    return DirectoryDatabase(cluster, SCHEMA)
