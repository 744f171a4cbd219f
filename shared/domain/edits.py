"""The bytes of an edit: made once, history from then on. See docs/format.md, "Edits".

An edit travels by column. Whatever a reader does not know (a kind, a field, a shape of a newer
version) it keeps and passes on, for it keeps the bytes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Annotated

import msgspec

from shared.domain.columns import (
    LARGEST,
    Column,
    MalformedColumnError,
    pack_column,
    pack_ids,
    unpack_column,
    unpack_ids,
)
from shared.domain.schema import Value
from shared.domain.stamps import COUNTER_BITS, Origin, Stamp
from shared.ids import DEVICE_BYTES, INCARNATION_BYTES, DeviceId, Incarnation, RecordId

MOST_RECORDS = 16_384
"""So many records may one edit write, and as many of them take out of the trash for it."""
LONGEST_LABEL = 500
LONGEST_NAME = 200
"""Characters of the name of a kind or field."""


class MalformedEditError(ValueError):
    """A change from another device cannot be read. It was made by a program that is not ours."""


class Shape(IntEnum):
    """What a group of operations does. A number that is not listed is of a newer version."""

    INSERT = 1  # fields that had no value, so far as the writer knew; None leaves one so
    UPDATE = 2  # fields that the writer saw
    DELETE = 3
    RESTORE = 4
    SETTLE = 5  # conflicts that the collector decided


Cover = tuple[Stamp, ...]
"""For each stream, the last of its writes that a deleter saw in a record, restores among them."""


@dataclass(frozen=True, slots=True)
class Group:
    """The same operation on many records of one kind, by column.

    ``columns[i][j]`` is the value of ``fields[i]`` for ``records[j]``. ``replaces[i][j]`` tells
    which stamp that write overwrote: 0 for none, n for the edit's ``stamps[n - 1]``. A DELETE or
    RESTORE has one such column, for what was last said about the record's place in the trash; in
    a SETTLE group it tells the stamp of the loser instead. ``covers[j]`` is there in a DELETE only.
    """

    shape: int
    kind: str
    records: Sequence[RecordId]
    fields: tuple[str, ...] = ()
    columns: tuple[Sequence[Value], ...] = ()
    replaces: tuple[Sequence[int], ...] = ()
    covers: tuple[Cover, ...] = ()


@dataclass(frozen=True, slots=True)
class Edit:
    """One call of the door for edits, or a part of a large one.

    ``reading`` and ``origin`` are the stamp of all its writes; ``millis`` is the wall clock.
    """

    label: str
    reading: int
    millis: int
    origin: Origin
    groups: tuple[Group, ...]
    stamps: tuple[Stamp, ...] = ()

    @property
    def stamp(self) -> Stamp:
        """The stamp of every write in it."""
        return Stamp(self.reading, self.origin)


_Name = Annotated[str, msgspec.Meta(max_length=LONGEST_NAME)]
_Reading = Annotated[int, msgspec.Meta(ge=0, le=LARGEST)]
_Index = Annotated[int, msgspec.Meta(ge=0)]
_Stream = Annotated[
    bytes,
    msgspec.Meta(
        min_length=DEVICE_BYTES + INCARNATION_BYTES, max_length=DEVICE_BYTES + INCARNATION_BYTES
    ),
]
_Life = Annotated[bytes, msgspec.Meta(min_length=INCARNATION_BYTES, max_length=INCARNATION_BYTES)]


class _WireGroup(msgspec.Struct, array_like=True):
    shape: int
    kind: _Name
    records: Annotated[list[bytes | int | None], msgspec.Meta(max_length=MOST_RECORDS)]
    fields: tuple[_Name, ...]
    columns: tuple[Column, ...]
    replaces: tuple[Column, ...]
    covers: tuple[tuple[_Index, ...], ...]


class _WireEdit(msgspec.Struct, array_like=True):
    label: Annotated[str, msgspec.Meta(max_length=LONGEST_LABEL)]
    reading: _Reading
    late: int  # the wall clock less the reading's
    incarnation: _Life
    streams: tuple[_Stream, ...]
    stamps: tuple[tuple[_Reading, _Index], ...]
    groups: tuple[_WireGroup, ...]


_UNREADABLE = (
    *(msgspec.MsgspecError, UnicodeDecodeError, RecursionError),
    *(MalformedColumnError, IndexError),
)
_DECODER = msgspec.msgpack.Decoder(_WireEdit)


def encode_edit(edit: Edit) -> bytes:
    """Return the bytes of an edit."""
    streams = {edit.origin: 0}
    for stamp in edit.stamps:
        streams.setdefault(stamp.origin, len(streams))
    return msgspec.msgpack.encode(
        _WireEdit(
            label=edit.label,
            reading=edit.reading,
            late=edit.millis - (edit.reading >> COUNTER_BITS),
            incarnation=edit.origin.incarnation,
            streams=tuple(b"".join(origin) for origin in list(streams)[1:]),
            stamps=tuple((stamp.reading, streams[stamp.origin]) for stamp in edit.stamps),
            groups=tuple(_pack_group(group, edit.stamps) for group in edit.groups),
        )
    )


def decode_edit(blob: bytes, device: DeviceId) -> Edit:
    """Read an edit that ``device`` signed, or raise MalformedEditError."""
    try:
        wire = _DECODER.decode(blob)
        origin = Origin(device, Incarnation(wire.incarnation))
        streams = (origin, *map(_stream, wire.streams))
        stamps = tuple(Stamp(reading, streams[index]) for reading, index in wire.stamps)
        groups = tuple(_unpack_group(group, stamps) for group in wire.groups)
    except _UNREADABLE as error:
        raise MalformedEditError from error
    if sum(len(group.records) for group in groups) > 2 * MOST_RECORDS:
        raise MalformedEditError
    millis = (wire.reading >> COUNTER_BITS) + wire.late
    return Edit(wire.label, wire.reading, millis, origin, groups, stamps)


def _stream(raw: bytes) -> Origin:
    return Origin(DeviceId(raw[:DEVICE_BYTES]), Incarnation(raw[DEVICE_BYTES:]))


def _pack_group(group: Group, stamps: Sequence[Stamp]) -> _WireGroup:
    places = {stamp: place for place, stamp in enumerate(stamps)}
    choices = {cover: place for place, cover in enumerate(dict.fromkeys(group.covers))}
    picks = [[choices[cover] for cover in group.covers]] if group.shape == Shape.DELETE else []
    return _WireGroup(
        shape=group.shape,
        kind=group.kind,
        records=pack_ids(group.records),
        fields=group.fields,
        columns=tuple(map(pack_column, group.columns)),
        replaces=tuple(map(pack_column, [*group.replaces, *picks])),
        covers=tuple(tuple(places[stamp] for stamp in cover) for cover in choices),
    )


def _unpack_group(wire: _WireGroup, stamps: Sequence[Stamp]) -> Group:
    ids = unpack_ids(wire.records)
    records = [RecordId(raw) for raw in ids if raw is not None]
    columns = tuple(map(unpack_column, wire.columns))
    indices = tuple(map(_indices, wire.replaces))
    lengths = {len(records), len(ids), *map(len, columns), *map(len, indices)}
    if len(lengths) > 1 or len(set(records)) < len(records):
        raise MalformedEditError
    covers: tuple[Cover, ...] = ()
    if wire.shape == Shape.DELETE:
        choices = [tuple(stamps[place] for place in cover) for cover in wire.covers]
        covers = tuple(choices[pick] for pick in indices[-1])
        indices = indices[:-1]
    if any(max(column, default=0) > len(stamps) for column in indices):
        raise MalformedEditError
    group = Group(wire.shape, wire.kind, records, wire.fields, columns, indices, covers)
    _check_shape(group)
    return group


def _indices(column: Column) -> list[int]:
    values = unpack_column(column)
    numbers = [value for value in values if type(value) is int and value >= 0]
    if len(numbers) < len(values):
        raise MalformedEditError
    return numbers


def _check_shape(group: Group) -> None:
    fields = len(group.fields)
    if len(set(group.fields)) < fields or "" in (*group.fields, group.kind):
        raise MalformedEditError
    expected: Mapping[int, tuple[int, int, int]] = {
        Shape.INSERT: (fields, fields, 0),
        Shape.UPDATE: (fields, fields, fields),
        Shape.DELETE: (0, 0, 1),
        Shape.RESTORE: (0, 0, 1),
        Shape.SETTLE: (fields, 0, fields),
    }
    counts = (fields, len(group.columns), len(group.replaces))
    if expected.get(group.shape, counts) != counts:
        raise MalformedEditError
