"""Small things by name, inside the encrypted file: keys, the server, how far we have read."""

from sqlite3 import Cursor

from desktop.vault.database import Database

_AFTER_ALL = chr(0x10FFFF)


class Secrets:
    """Keeps bytes by name. Safe from any thread."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, name: str) -> bytes | None:
        """Return what was put under a name."""
        with self._database.reading() as cursor:
            return get(cursor, name)

    def under(self, prefix: str) -> dict[str, bytes]:
        """Return what was put under names that begin so, by the rest of each name."""
        sql = "SELECT name, value FROM secret WHERE name >= ? AND name < ?"
        with self._database.reading() as cursor:
            found = cursor.execute(sql, (prefix, prefix + _AFTER_ALL)).fetchall()
        return {name.removeprefix(prefix): value for name, value in found}

    def put(self, name: str, secret: bytes) -> None:
        """Keep bytes under a name, in place of what was there."""
        with self._database.writing() as cursor:
            put(cursor, name, secret)

    def drop(self, name: str) -> None:
        """Remove what is there, if anything."""
        with self._database.writing() as cursor:
            drop(cursor, name)


def get(cursor: Cursor, name: str) -> bytes | None:
    """Read within a transaction."""
    found = cursor.execute("SELECT value FROM secret WHERE name = ?", (name,)).fetchone()
    return found[0] if found else None


def put(cursor: Cursor, name: str, secret: bytes) -> None:
    """Write within a transaction."""
    cursor.execute("INSERT OR REPLACE INTO secret (name, value) VALUES (?, ?)", (name, secret))


def drop(cursor: Cursor, name: str) -> None:
    """Remove within a transaction."""
    cursor.execute("DELETE FROM secret WHERE name = ?", (name,))
