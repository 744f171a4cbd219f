"""What a collection holds, as pages of columns: the content of a snapshot. See docs/format.md.

The pages of one state are the same bytes on every device that holds it, so that devices can sign
that they agree: their order, what stands in each and the form of each column follow from the state
alone. Only conflicts are noted by each device as it met them; their pages are no part of that.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain, pairwise
from operator import ge
from typing import Annotated, Any, cast

import msgspec

from shared.domain.columns import (
    Column,
    MalformedColumnError,
    pack_column,
    pack_ids,
    unpack_column,
    unpack_ids,
)
from shared.domain.edits import LONGEST_LABEL, LONGEST_NAME
from shared.domain.schema import Value
from shared.domain.stamps import COUNTER_BITS, Origin
from shared.ids import DEVICE_BYTES, INCARNATION_BYTES, DeviceId, Incarnation, RecordId

EDITS_A_PAGE = 16_384
RECORDS_A_PAGE = 4_096
_STREAM_BYTES = DEVICE_BYTES + INCARNATION_BYTES


class MalformedPageError(ValueError):
    """A page of a snapshot cannot be read. It was made by a program that is not ours."""


@dataclass(frozen=True, slots=True)
class Streams:
    """Every stream that the other pages name, in order. It is the first page."""

    streams: tuple[Origin, ...]


@dataclass(frozen=True, slots=True)
class Edits:
    """Edits of one stream, by reading. Over all such pages they are numbered from 1.

    ``millis``: the wall clock of each. ``stream`` counts from 0.
    """

    stream: int
    readings: Sequence[int]
    millis: Sequence[int]
    labels: Sequence[str]


@dataclass(frozen=True, slots=True)
class Marks:
    """Something about single fields of a page: in which row, which field, and what."""

    places: Sequence[int] = ()
    names: Sequence[str] = ()
    values: Sequence[Value] = ()


@dataclass(frozen=True, slots=True)
class Grave:
    """What was said about a record's place: in the trash, or out of it.

    ``edit`` said the last word. ``seen`` has for each stream (its number) the last reading that
    any deleter saw, None if there was none. ``returns`` are the edits that took the record out of
    the trash and that no deleter saw, one for each stream.
    """

    place: int
    edit: int
    seen: tuple[tuple[int, int], ...] | None
    returns: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Records:
    """Records of one kind, by column and in the order of their ids.

    ``born`` is the number of the edit that wrote each value which is there and not listed in
    ``own``, the oldest of a record; 0 if nothing was ever written. ``columns[i]`` are the values of
    ``fields[i]``, None where there is none; ``others`` are values of fields that few of these
    records have. ``own``: the numbers of edits.
    """

    kind: str
    records: Sequence[RecordId]
    born: Sequence[int]
    fields: tuple[str, ...]
    columns: tuple[Sequence[Value], ...]
    own: Marks
    others: Marks
    graves: tuple[Grave, ...]


@dataclass(frozen=True, slots=True)
class Conflicts:
    """Values that lost and wait for the collector's choice; ``edits`` are numbers of edits."""

    kinds: Sequence[str]
    records: Sequence[RecordId]
    fields: Sequence[str]
    edits: Sequence[int]
    values: Sequence[Value]


Page = Streams | Edits | Records | Conflicts

_Name = Annotated[str, msgspec.Meta(max_length=LONGEST_NAME)]
_Index = Annotated[int, msgspec.Meta(ge=0)]
_Stream = Annotated[bytes, msgspec.Meta(min_length=_STREAM_BYTES, max_length=_STREAM_BYTES)]
_Steps = list[bytes | int | None]
_WireMarks = tuple[Column, Column, Column]


class _WireStreams(msgspec.Struct, array_like=True, tag=0):
    streams: tuple[_Stream, ...]


class _WireEdits(msgspec.Struct, array_like=True, tag=1):
    stream: _Index
    readings: Column
    late: Column  # the wall clock less the reading's
    labels: Column


class _WireRecords(msgspec.Struct, array_like=True, tag=2):
    kind: _Name
    records: Annotated[_Steps, msgspec.Meta(max_length=RECORDS_A_PAGE)]
    born: Column
    fields: tuple[_Name, ...]
    columns: tuple[Column, ...]
    names: tuple[_Name, ...]
    own: _WireMarks
    others: _WireMarks
    graves: tuple[tuple[_Index, _Index, _Index, tuple[_Index, ...]], ...]
    covers: tuple[tuple[tuple[_Index, _Index], ...], ...]


class _WireConflicts(msgspec.Struct, array_like=True, tag=3):
    kinds: Column
    records: _Steps
    fields: Column
    edits: Column
    values: Column


_CONFLICTS = b"\x03"
"""The shape, behind the one byte of a short array."""
_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(_WireStreams | _WireEdits | _WireRecords | _WireConflicts)
_UNREADABLE = (msgspec.MsgspecError, MalformedColumnError, UnicodeDecodeError, RecursionError)


def encode_page(page: Page) -> bytes:
    """Return the bytes of a page."""
    return _ENCODER.encode(_wire(page))


def decode_page(raw: bytes) -> Page:
    """Read a page, or raise MalformedPageError."""
    try:
        match _DECODER.decode(raw):
            case _WireStreams(streams):
                return Streams(tuple(map(_origin, streams)))
            case _WireEdits() as wire:
                return _edits(wire)
            case _WireRecords() as wire:
                return _records(wire)
            case wire:
                return _conflicts(wire)
    except _UNREADABLE as error:
        raise MalformedPageError from error


def is_agreed(page: bytes) -> bool:
    """Tell whether a page is the same on all devices that hold the same; only its shape counts."""
    return page[1:2] != _CONFLICTS


def _wire(page: Page) -> msgspec.Struct:
    match page:
        case Streams(streams):
            return _WireStreams(tuple(b"".join(origin) for origin in streams))
        case Edits(stream, readings, millis, labels):
            late = [
                at - (reading >> COUNTER_BITS) for at, reading in zip(millis, readings, strict=True)
            ]
            return _WireEdits(stream, pack_column(readings), pack_column(late), pack_column(labels))
        case Records():
            return _wire_records(page)
        case Conflicts():
            return _WireConflicts(
                pack_column(page.kinds),
                pack_ids(page.records),
                pack_column(page.fields),
                pack_column(page.edits),
                pack_column(page.values),
            )


def _wire_records(page: Records) -> _WireRecords:
    names = tuple(sorted({*page.own.names, *page.others.names}))
    covers = dict.fromkeys(grave.seen for grave in page.graves if grave.seen is not None)
    numbers: dict[Any, int] = {cover: number for number, cover in enumerate(covers, 1)}
    return _WireRecords(
        kind=page.kind,
        records=pack_ids(page.records),
        born=pack_column(page.born),
        fields=page.fields,
        columns=tuple(map(pack_column, page.columns)),
        names=names,
        own=_wire_marks(page.own, names),
        others=_wire_marks(page.others, names),
        graves=tuple(
            (each.place, each.edit, numbers.get(each.seen, 0), each.returns) for each in page.graves
        ),
        covers=tuple(covers),
    )


def _wire_marks(marks: Marks, names: Sequence[str]) -> _WireMarks:
    numbers = {name: number for number, name in enumerate(names)}
    picks = [numbers[name] for name in marks.names]
    return pack_column(marks.places), pack_column(picks), pack_column(marks.values)


def _edits(wire: _WireEdits) -> Edits:
    readings, late = _numbers(wire.readings), _integers(wire.late)
    labels = [label for label in unpack_column(wire.labels) if isinstance(label, str)]
    if not len(readings) == len(late) == len(labels) <= EDITS_A_PAGE:
        raise MalformedPageError
    if any(len(label) > LONGEST_LABEL for label in labels):
        raise MalformedPageError
    if any(one >= other for one, other in pairwise(readings)):
        raise MalformedPageError
    millis = [
        (reading >> COUNTER_BITS) + more for reading, more in zip(readings, late, strict=True)
    ]
    return Edits(wire.stream, readings, millis, labels)


def _records(wire: _WireRecords) -> Records:
    records, born = _ids(wire.records), _numbers(wire.born)
    columns = tuple(map(unpack_column, wire.columns))
    if {len(born), *map(len, columns)} != {len(records)}:
        raise MalformedPageError
    if any(map(ge, records, records[1:])):
        raise MalformedPageError
    if len(columns) != len(wire.fields) or len(set(wire.fields)) < len(wire.fields):
        raise MalformedPageError
    own, others = _marks(wire.own, wire.names), _marks(wire.others, wire.names)
    graves = tuple(_grave(grave, wire.covers) for grave in wire.graves)
    places = chain(own.places, others.places, (grave.place for grave in graves))
    if any(place >= len(records) for place in places) or "" in (*wire.fields, *wire.names):
        raise MalformedPageError
    if any(type(edit) is not int or edit < 1 for edit in own.values):
        raise MalformedPageError
    return Records(wire.kind, records, born, wire.fields, columns, own, others, graves)


def _grave(
    wire: tuple[int, int, int, tuple[int, ...]], covers: Sequence[tuple[tuple[int, int], ...]]
) -> Grave:
    place, edit, cover, returns = wire
    if cover > len(covers):
        raise MalformedPageError
    return Grave(place, edit, covers[cover - 1] if cover else None, returns)


def _marks(wire: _WireMarks, names: Sequence[str]) -> Marks:
    places, picks, values = _numbers(wire[0]), _numbers(wire[1]), unpack_column(wire[2])
    if not len(places) == len(picks) == len(values) or max(picks, default=-1) >= len(names):
        raise MalformedPageError
    return Marks(places, [names[pick] for pick in picks], values)


def _conflicts(wire: _WireConflicts) -> Conflicts:
    kinds, fields = _texts(wire.kinds), _texts(wire.fields)
    records, edits, values = _ids(wire.records), _numbers(wire.edits), unpack_column(wire.values)
    if len({len(kinds), len(fields), len(records), len(edits), len(values)}) > 1:
        raise MalformedPageError
    return Conflicts(kinds, records, fields, edits, values)


def _ids(steps: _Steps) -> list[RecordId]:
    ids = unpack_ids(steps)
    if None in ids:
        raise MalformedPageError
    return cast(list[RecordId], ids)


def _texts(column: Column) -> list[str]:
    values = unpack_column(column)
    texts = [value for value in values if isinstance(value, str)]
    if len(texts) < len(values) or any(len(text) > LONGEST_NAME for text in texts):
        raise MalformedPageError
    return texts


def _numbers(column: Column) -> list[int]:
    """Read numbers from 0."""
    numbers = _integers(column)
    if min(numbers, default=0) < 0:
        raise MalformedPageError
    return numbers


def _integers(column: Column) -> list[int]:
    values = unpack_column(column)
    if not set(map(type, values)) <= {int}:
        raise MalformedPageError
    return cast(list[int], values)


def _origin(raw: bytes) -> Origin:
    return Origin(DeviceId(raw[:DEVICE_BYTES]), Incarnation(raw[DEVICE_BYTES:]))
