"""One column of values on the wire: the same field of many records, in the form that packs best.

Each form says itself how it is read, so columns of a newer version pass through unharmed.
"""

import sys
from array import array
from collections.abc import Sequence
from typing import Annotated, Any, cast

import msgspec

from shared.domain.schema import Value
from shared.ids import RECORD_BYTES

SMALLEST, LARGEST = -(1 << 63), (1 << 63) - 1
"""The integers that a record can hold."""

_FEW = 16
"""So short a column is written as it is."""
_MOST_PICKS = 256
_WORD = 8
_FARTHEST = 1 << 31
_ID_LIMIT = 1 << 8 * RECORD_BYTES


_TYPES = frozenset({str, int, bool, bytes, type(None)})


class MalformedColumnError(ValueError):
    """A column that no writer makes."""


class _Plain(msgspec.Struct, array_like=True, tag=0):
    """The values as they are."""

    values: list[Any]


class _Picks(msgspec.Struct, array_like=True, tag=1):
    """Different values once, and for each place one byte that picks among them."""

    choices: list[Any]
    picks: bytes


class _Planes(msgspec.Struct, array_like=True, tag=2):
    """Integers less ``base``, 0 for none: all lowest bytes, then all second ones and so on."""

    base: int
    width: Annotated[int, msgspec.Meta(ge=1, le=_WORD)]
    planes: bytes


class _Steps(msgspec.Struct, array_like=True, tag=3):
    """Ids: the first one, and from then on how far it is from the one before, if not far."""

    steps: list[bytes | int | None]


Column = _Plain | _Picks | _Planes | _Steps


def pack_column(values: Sequence[Value]) -> Column:
    """Choose the form for a column."""
    if len(values) < _FEW:
        return _Plain(list(values))
    types = set(map(type, values))
    if not {bool, int} <= types:  # which count as equal
        choices = dict.fromkeys(values)
        if len(choices) <= min(_MOST_PICKS, len(values) // 2):
            return _pick(values, choices)
    if types <= {int, type(None)}:
        return _planes(cast(Sequence[int | None], values))
    if types <= {bytes, type(None)}:
        return _steps(cast(Sequence[bytes | None], values))
    return _Plain(list(values))


def unpack_column(column: Column) -> list[Value]:
    """Return the values, or raise MalformedColumnError."""
    match column:
        case _Plain():
            return _bounded(column.values)
        case _Picks():
            return _picked(column)
        case _Planes():
            return _from_planes(column)
        case _Steps():
            return list(unpack_ids(column.steps))


def pack_ids(ids: Sequence[bytes | None]) -> list[bytes | int | None]:
    """Write ids as steps."""
    steps: list[bytes | int | None] = []
    last = -_ID_LIMIT
    for raw in ids:
        if raw is None:
            steps.append(None)
            continue
        number = int.from_bytes(raw, "big")
        step = number - last
        steps.append(step if -_FARTHEST < step < _FARTHEST else raw)
        last = number
    return steps


def unpack_ids(steps: Sequence[bytes | int | None]) -> list[bytes | None]:
    """Read steps back into ids of 16 bytes, or raise MalformedColumnError."""
    ids: list[bytes | None] = []
    last = -_ID_LIMIT
    try:
        for step in steps:
            if isinstance(step, int):  # most are
                last += step
                ids.append(last.to_bytes(RECORD_BYTES, "big"))
            elif step is None:
                ids.append(None)
            elif len(step) == RECORD_BYTES:
                last = int.from_bytes(step, "big")
                ids.append(step)
            else:
                raise MalformedColumnError
    except OverflowError as error:  # below the first id or beyond the last
        raise MalformedColumnError from error
    return ids


def _pick(values: Sequence[Value], choices: dict[Value, None]) -> _Picks:
    places = {value: place for place, value in enumerate(choices)}
    return _Picks(list(choices), bytes(map(places.__getitem__, values)))


def _picked(column: _Picks) -> list[Value]:
    choices = _bounded(column.choices)
    try:
        return list(map(choices.__getitem__, column.picks))
    except IndexError as error:
        raise MalformedColumnError from error


def _steps(values: Sequence[bytes | None]) -> Column:
    if all(value is None or len(value) == RECORD_BYTES for value in values):
        return _Steps(pack_ids(values))
    return _Plain(list(values))


def _planes(values: Sequence[int | None]) -> Column:
    numbers = [value for value in values if value is not None]
    base, top = min(numbers) - 1, max(numbers)
    width = max(1, -(-(top - base).bit_length() // 8))
    if width > _WORD or base < SMALLEST:
        return _Plain(list(values))
    words = array("Q", [0 if value is None else value - base for value in values])
    if sys.byteorder == "big":
        words.byteswap()
    raw = words.tobytes()
    return _Planes(base, width, b"".join(raw[place::_WORD] for place in range(width)))


def _from_planes(column: _Planes) -> list[Value]:
    count, rest = divmod(len(column.planes), column.width)
    if rest:
        raise MalformedColumnError
    raw = bytearray(_WORD * count)
    for place in range(column.width):
        raw[place::_WORD] = column.planes[place * count : (place + 1) * count]
    words = array("Q")
    words.frombytes(raw)
    if sys.byteorder == "big":
        words.byteswap()
    base = column.base
    values: list[Value] = [base + word if word else None for word in words]
    fits = SMALLEST <= base <= LARGEST - (1 << 8 * column.width)
    return values if fits else _bounded(values)


def _bounded(values: list[Value]) -> list[Value]:
    """Let nothing pass that a record cannot hold."""
    types = set(map(type, values))
    if not types <= _TYPES:
        raise MalformedColumnError
    if int in types:
        numbers = [value for value in values if type(value) is int]
        if min(numbers) < SMALLEST or max(numbers) > LARGEST:
            raise MalformedColumnError
    return values
