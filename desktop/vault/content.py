"""A hash of what a collection holds, equal on devices that agree."""

from hashlib import sha256
from sqlite3 import Cursor

import msgspec

from desktop.vault.layout import layout_of
from shared.domain.schema import Kind


def content_hash(cursor: Cursor) -> bytes:
    """Hash every record that is not in the trash: kind, id, and fields with values by name."""
    strangers = cursor.execute("SELECT DISTINCT kind FROM stranger WHERE NOT deleted").fetchall()
    kinds = sorted({kind.value for kind in Kind} | {kind for (kind,) in strangers})
    total = sha256()
    for kind in kinds:
        for row in layout_of(kind).read_living(cursor):
            fields = sorted(row.fields().items())
            total.update(msgspec.msgpack.encode((kind, row.record, fields)))
    return total.digest()
