"""The tables, as SQLModel defines and makes them; all other work runs plain SQL on them.

Every kind of record has one table. A *moment* is the number of the edit that wrote a value: short,
equal exactly when the stamps are, and the edit's row holds the stamp and leads to the history.

What no log tells (secrets, links, snapshots, where files were sent to) stands twice: in a row, and
``again`` in an index. SQLite compares the two, so an old page put back in one of them is noticed.

Only making a file needs this module; opening one must not wait for it to be imported.
"""

from collections.abc import Callable
from sqlite3 import Connection
from typing import ClassVar

from sqlalchemy import (
    Column,
    Index,
    LargeBinary,
    SmallInteger,
    UniqueConstraint,
    create_engine,
    text,
)
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool
from sqlcipher3 import dbapi2 as sqlcipher
from sqlmodel import Field, SQLModel

from desktop.vault.database import meaning

_WITHOUT_ROWID = {"sqlite_with_rowid": False}


class Record(SQLModel):
    """What the row of every record has beside its fields.

    ``born``: the moment of the record, and of each value that is there and has none of its own in
    ``stamps``, a msgpack map of field to moment. A field without value and own moment was never
    written. ``extra``: a msgpack map of what has no column here.
    """

    born: int
    deleted: bool = Field(default=False, sa_type=SmallInteger)
    stamps: bytes | None = None
    extra: bytes | None = None


class Named(Record):
    """A record whose rows lie in the order of their ids."""

    __table_args__: ClassVar[tuple[Index | dict[str, bool], ...]] = (_WITHOUT_ROWID,)
    id: bytes = Field(primary_key=True, sa_type=LargeBinary)


class Model(Named, table=True):
    """What Ty made."""

    name: str | None = None
    style_number: str | None = None
    animal: str | None = None
    line: str | None = None
    birthday: int | None = None
    introduced: int | None = None
    retired: int | None = None
    reference: str | None = None


class Variant(Named, table=True):
    """A colour, face, country or pellet difference."""

    model: bytes | None = None
    label: str | None = None
    exclusive_to: str | None = None
    introduced: int | None = None
    retired: int | None = None
    reference: str | None = None


class Copy(Record, table=True):
    """The one in your hand. ``row`` is its place in the search index and in memory."""

    __table_args__ = (
        Index("copy_model", "model"),
        Index("copy_variant", "variant", sqlite_where=text("variant IS NOT NULL")),
        Index("copy_extra", "extra", sqlite_where=text("extra IS NOT NULL")),
        Index("copy_number", "number", "deleted", sqlite_where=text("number IS NOT NULL")),
    )
    row: int | None = Field(default=None, primary_key=True)
    id: bytes = Field(unique=True, sa_type=LargeBinary)
    model: bytes | None = None
    variant: bytes | None = None
    status: str | None = None
    number: str | None = None
    swing_tag: str | None = None
    swing_condition: str | None = None
    tush_tag: str | None = None
    tush_condition: str | None = None
    condition: str | None = None
    paid: int | None = None
    value: int | None = None
    acquired: int | None = None
    acquired_from: str | None = None
    location: bytes | None = None
    notes: str | None = None
    cover: bytes | None = None


class Photo(Named, table=True):
    """A picture of a copy; its sealed bytes lie in ``files``."""

    __table_args__ = (Index("photo_copy", "copy"), _WITHOUT_ROWID)
    copy_: bytes | None = Field(default=None, sa_column=Column("copy", LargeBinary))
    position: str | None = None
    media_type: str | None = None
    file: bytes | None = None
    key: bytes | None = None
    root: bytes | None = None
    size: int | None = None
    thumb_file: bytes | None = None
    thumb_key: bytes | None = None
    thumb_root: bytes | None = None
    thumb_size: int | None = None


class Location(Named, table=True):
    """Where copies lie; locations lie within each other."""

    name: str | None = None
    parent: bytes | None = None


class Tag(Named, table=True):
    """A word that the collector puts on copies."""

    name: str | None = None


class CustomField(Named, table=True):
    """A field that the collector added."""

    __tablename__ = "field"
    label: str | None = None
    type: str | None = None
    position: str | None = None


class Term(Named, table=True):
    """An entry of a vocabulary."""

    vocabulary: str | None = None
    code: str | None = None
    label: str | None = None
    rank: int | None = None
    source: str | None = None


class Device(Named, table=True):
    """What the collector calls a device."""

    name: str | None = None
    platform: str | None = None


class Setting(Named, table=True):
    """A preference that follows the collector."""

    name: str | None = None
    value: str | None = None


class Stranger(Named, table=True):
    """A record of a kind that only a newer version knows; its fields are all in ``extra``."""

    kind: str


class Stream(SQLModel, table=True):
    """One life of one device, and the last entry of it that is here (``seq`` 0: none yet)."""

    __table_args__ = (UniqueConstraint("device", "incarnation"),)
    number: int | None = Field(default=None, primary_key=True)
    device: bytes
    incarnation: bytes
    seq: int = 0
    hash: bytes = b""


class Seen(SQLModel, table=True):
    """The head of one stream that the last entry of another had seen."""

    __table_args__ = _WITHOUT_ROWID
    writer: int = Field(primary_key=True)
    stream: int = Field(primary_key=True)
    seq: int
    hash: bytes


class Entry(SQLModel, table=True):
    """A sealed entry, as its bytes are rebuilt from. ``sent``: desktop.vault.entries.Held."""

    __table_args__ = (
        UniqueConstraint("stream", "seq"),
        Index("entry_unsent", "number", sqlite_where=text("NOT sent")),
        Index("entry_elsewhere", "stream", "seq", sqlite_where=text("sent = 2")),
    )
    number: int | None = Field(default=None, primary_key=True)
    stream: int
    seq: int
    sent: int = Field(sa_type=SmallInteger)
    hash: bytes
    header: bytes
    signature: bytes
    salt: bytes
    body: bytes


class Base(SQLModel, table=True):
    """A snapshot: the newest that is known here and, maybe the same, the one taken in here.

    ``taken``: it was taken in, in place of entries. ``approvals``: msgpack, signatures by device.
    """

    __table_args__ = (Index("base_again", "taken", "hash", "approvals"),)
    number: int = Field(primary_key=True)
    taken: bool = Field(sa_type=SmallInteger)
    hash: bytes
    header: bytes
    signature: bytes
    salt: bytes
    body: bytes
    approvals: bytes


class Part(SQLModel, table=True):
    """A piece of the snapshot taken in, or a history segment, as its bytes are rebuilt from.

    ``kind``: as in the header; 0 for edits of the past that only this device holds.
    """

    number: int | None = Field(default=None, primary_key=True)
    kind: int
    hash: bytes = Field(unique=True, sa_type=LargeBinary)
    header: bytes
    signature: bytes
    salt: bytes
    body: bytes


class Edit(SQLModel, table=True):
    """An edit, by its moment. Its bytes are in ``blob`` while pending, then in its entry.

    Of an edit that a snapshot stood for they are in the history: part ``segment``, once it is
    here. ``restores``: of an undo, for each value the moment that it brought back. ``step``: that
    undo takes the edit back, as the step of this number; below zero, that redo does.
    """

    __table_args__ = (
        UniqueConstraint("reading", "stream"),
        Index("edit_entry", "entry", "place", sqlite_where=text("entry IS NOT NULL")),
        Index("edit_pending", "moment", sqlite_where=text("blob IS NOT NULL")),
        Index("edit_step", "step", sqlite_where=text("step IS NOT NULL")),
    )
    moment: int | None = Field(default=None, primary_key=True)
    reading: int
    stream: int
    millis: int
    label: str
    entry: int | None = None
    place: int = 0
    blob: bytes | None = None
    restores: bytes | None = None
    segment: int | None = None
    step: int | None = None


class Touched(SQLModel, table=True):
    """That an edit wrote to a record which was there before."""

    __table_args__ = _WITHOUT_ROWID
    record: bytes = Field(primary_key=True, sa_type=LargeBinary)
    moment: int = Field(primary_key=True)


class Conflict(SQLModel, table=True):
    """A value that lost, for the collector to look at. ``value``: msgpack."""

    __table_args__ = (UniqueConstraint("record", "field", "moment"),)
    number: int | None = Field(default=None, primary_key=True)
    kind: str
    record: bytes
    field: str
    moment: int
    value: bytes


class Link(SQLModel, table=True):
    """A link of the chain of devices."""

    __table_args__ = (Index("link_again", "link"),)
    number: int = Field(primary_key=True)
    link: bytes


class Secret(SQLModel, table=True):
    """A small thing by name."""

    __table_args__ = (Index("secret_again", "name", "value"),)
    name: str = Field(primary_key=True)
    value: bytes


class File(SQLModel, table=True):
    """A sealed attachment in ``files``."""

    __table_args__ = (Index("file_again", "id", "sent"),)
    id: bytes = Field(primary_key=True, sa_type=LargeBinary)
    sent: bool = Field(sa_type=SmallInteger)


def create_tables(connect: Callable[[], Connection]) -> None:
    """Make the tables in an empty file, over a connection of their own."""
    # A creator instead of a URL: the key stands in no text that could be logged.
    engine = create_engine("sqlite://", module=sqlcipher, creator=connect, poolclass=NullPool)
    with meaning():
        try:
            SQLModel.metadata.create_all(engine)
        except DBAPIError as wrapped:
            raise wrapped.orig or wrapped from wrapped
