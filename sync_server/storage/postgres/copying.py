"""Many rows put into a table at once."""

from collections.abc import Iterable, Sequence

from sync_server.storage.ports import Connection, TableShape
from sync_server.storage.postgres.cluster import PostgresConnection


def put_rows(db: PostgresConnection, shape: TableShape, rows: Iterable[Sequence[object]]) -> None:
    """Copy rows into a table."""
    sql = f'COPY "{shape.name}" ({shape.named}) FROM STDIN'.encode()
    with db.raw.cursor() as cursor, cursor.copy(sql) as copy:
        for row in rows:
            copy.write_row(row)


def run_all(db: Connection, script: str) -> None:
    """Run statement by statement."""
    for statement in filter(str.strip, script.split(";")):
        db.execute(statement)
