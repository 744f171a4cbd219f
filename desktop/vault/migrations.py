"""From one schema to the next: in one transaction, with a copy of the file kept before."""

import os
import shutil
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path
from sqlite3 import Cursor

import msgspec

from desktop.system.durable import durable_rename, remove
from desktop.vault.database import Database, meaning
from desktop.vault.disk import troubles
from desktop.vault.errors import FullDiskError, NewerVaultError

SCHEMA_VERSION = 6
"""Which state of desktop.vault.schema this program works on."""

Migration = Callable[[Cursor], None]
_TABLES_OF_RECORDS = (
    *("model", "variant", "copy", "photo", "location", "tag"),
    *("field", "term", "device", "setting", "stranger"),
)


def _make_room_for_snapshots(cursor: Cursor) -> None:
    sealed = "header BLOB NOT NULL, signature BLOB NOT NULL, salt BLOB NOT NULL, body BLOB NOT NULL"
    cursor.execute(
        "CREATE TABLE base (number INTEGER NOT NULL PRIMARY KEY, taken SMALLINT NOT NULL,"
        f" hash BLOB NOT NULL, {sealed}, approvals BLOB NOT NULL)"
    )
    cursor.execute(
        "CREATE TABLE part (number INTEGER NOT NULL PRIMARY KEY, kind INTEGER NOT NULL,"
        f" hash BLOB NOT NULL UNIQUE, {sealed})"
    )
    cursor.execute("ALTER TABLE edit ADD COLUMN segment INTEGER")


def _find_numbers_that_stand_twice(cursor: Cursor) -> None:
    cursor.execute("CREATE INDEX copy_number ON copy (number, deleted) WHERE number IS NOT NULL")


def _find_what_no_server_is_known_to_have(cursor: Cursor) -> None:
    cursor.execute("CREATE INDEX entry_elsewhere ON entry (stream, seq) WHERE sent = 2")


def _keep_all_that_was_said_of_the_trash(cursor: Cursor) -> None:
    """Beside the last delete or restore there is room for what others said apart from it."""
    for table in _TABLES_OF_RECORDS:
        sql = f"SELECT id, stamps, extra FROM {table} WHERE stamps IS NOT NULL"  # noqa: S608 - ours
        for record, stamps, packed in cursor.execute(sql).fetchall():
            last = msgspec.msgpack.decode(stamps).get("deleted")
            if last is not None:
                extra = msgspec.msgpack.decode(packed)
                cover = extra["deleted"]
                extra["deleted"] = (None, [last]) if cover is None else (cover, [])
                update = f"UPDATE {table} SET extra = ? WHERE id = ?"  # noqa: S608 - ours
                cursor.execute(update, (msgspec.msgpack.encode(extra), record))


def _let_an_index_vouch(cursor: Cursor) -> None:
    """See to it that an old page of what no log tells is noticed; edits say their step of undo."""
    for table, columns in {
        "base": "taken, hash, approvals",
        "link": "link",
        "secret": "name, value",
        "file": "id, sent",
    }.items():
        cursor.execute(f"CREATE INDEX {table}_again ON {table} ({columns})")
    cursor.execute("ALTER TABLE edit ADD COLUMN step INTEGER")
    steps = "SELECT CASE WHEN undone THEN -number ELSE number END, first, last FROM step"
    turned = cursor.execute(steps).fetchall()
    sql = "UPDATE edit SET step = ? WHERE moment BETWEEN ? AND ?"
    cursor.executemany(sql, turned)
    cursor.execute("CREATE INDEX edit_step ON edit (step) WHERE step IS NOT NULL")
    cursor.execute("DROP TABLE step")


MIGRATIONS: Mapping[int, Migration] = {
    1: _make_room_for_snapshots,
    2: _find_numbers_that_stand_twice,
    3: _find_what_no_server_is_known_to_have,
    4: _keep_all_that_was_said_of_the_trash,
    5: _let_an_index_vouch,
}
"""By the version that each starts from. A new column takes its values out of ``extra``, a new
kind its records out of ``stranger``."""

_COPY = "vault.db.before-{version}"
_SPARE = 2
"""A migration wants this many times the file's size free."""


def version_of(cursor: Cursor) -> int:
    """Return which schema a file has."""
    return int(cursor.execute("PRAGMA user_version").fetchone()[0])


def set_version(cursor: Cursor, version: int) -> None:
    """Say which schema a file has."""
    cursor.execute(f"PRAGMA user_version = {version}")


def migrate(
    database: Database,
    file: Path,
    migrations: Mapping[int, Migration] = MIGRATIONS,
    target: int = SCHEMA_VERSION,
) -> None:
    """Bring a file to the schema of this program; nobody else may have it open.

    Raises NewerVaultError, or FullDiskError before anything was touched. Whatever fails, the file
    stays as it was.
    """
    with database.reading() as cursor:
        version = version_of(cursor)
    if version > target:
        raise NewerVaultError
    if version == target:
        return
    _keep_copy(database, file, version)
    with database.writing() as cursor:
        for step in range(version, target):
            migrations[step](cursor)
        set_version(cursor, target)
    with troubles():
        for older in range(version):
            remove(file.with_name(_COPY.format(version=older)))


def _keep_copy(database: Database, file: Path, version: int) -> None:
    """Copy the file beside itself, with all that is still in its log."""
    with meaning(), closing(database.connect()) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    copy = file.with_name(_COPY.format(version=version))
    part = copy.with_name(copy.name + ".part")
    with troubles():
        if shutil.disk_usage(file.parent).free < _SPARE * file.stat().st_size:
            raise FullDiskError
        try:
            shutil.copyfile(file, part)
            part.chmod(0o600)
            with part.open("r+b") as copied:
                os.fsync(copied.fileno())
            durable_rename(part, copy)
        finally:
            part.unlink(missing_ok=True)
