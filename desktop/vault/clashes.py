"""What fits each by itself and not together: one number on two copies, places within each other."""

import re
from collections.abc import Sequence
from itertools import count
from sqlite3 import Cursor

from desktop.vault.layout import layout_of
from desktop.vault.moments import Moments
from desktop.vault.places import Places
from desktop.vault.values import Circle, SameNumber
from shared.domain.schema import Kind
from shared.ids import RecordId

_TWICE = """
    SELECT number FROM copy WHERE number IS NOT NULL AND deleted = 0
    GROUP BY number HAVING count(*) > 1"""
_LAST_DIGITS = re.compile(r"(\d{1,15})(?=\D*$)", re.ASCII)


def count_clashes(cursor: Cursor) -> int:
    """Count the numbers that stand twice and the circles of places."""
    (numbers,) = cursor.execute(f"SELECT count(*) FROM ({_TWICE})").fetchone()  # noqa: S608 - ours
    return int(numbers) + len(Places.read(cursor).loops)


def read_numbers(cursor: Cursor) -> list[SameNumber]:
    """Return the own numbers that stand on several copies."""
    numbers = [number for (number,) in cursor.execute(_TWICE).fetchall()]
    return [SameNumber(number, _in_order(cursor, number)) for number in numbers]


def namesakes(cursor: Cursor, copy: RecordId, number: object) -> tuple[RecordId, ...]:
    """Return the other living copies that have a number."""
    if not isinstance(number, str):
        return ()
    return tuple(other for other in _holders(cursor, number) if other != copy)


def read_circles(cursor: Cursor) -> list[Circle]:
    """Return the places that lie within each other."""
    moments, layout = Moments(cursor), layout_of(Kind.LOCATION.value)
    names = dict(cursor.execute("SELECT id, name FROM device"))
    circles = []
    for loop in Places.read(cursor).loops:
        first = loop.spots[0].location
        moment = layout.read(cursor, [first])[first].moment("parent")
        sql = "SELECT millis FROM edit WHERE moment = ?"
        (millis,) = cursor.execute(sql, (moment,)).fetchone()
        device = names.get(moments.stamp(moment).origin.device) or ""
        places = tuple((spot.location, spot.name) for spot in loop.spots)
        circles.append(Circle(places, device, millis))
    return circles


def free_number(cursor: Cursor, number: str) -> str:
    """Return a number like this one that no copy has: 18 after 17, A-8 after A-7."""
    digits = _LAST_DIGITS.search(number)
    for step in count(1):
        if digits is None:
            tried = f"{number} {step + 1}"
        else:
            next_one = str(int(digits[1]) + step).rjust(len(digits[1]), "0")
            tried = number[: digits.start()] + next_one + number[digits.end() :]
        if not _holders(cursor, tried):
            return tried
    raise AssertionError  # count never ends


def _holders(cursor: Cursor, number: str) -> list[RecordId]:
    sql = "SELECT id FROM copy WHERE number = ? AND deleted = 0 ORDER BY id"
    return [RecordId(copy) for (copy,) in cursor.execute(sql, (number,))]


def _in_order(cursor: Cursor, number: str) -> tuple[RecordId, ...]:
    """Return the copies of a number, the one first that had it first."""
    holders: Sequence[RecordId] = _holders(cursor, number)
    rows, moments = layout_of(Kind.COPY.value).read(cursor, holders, ["number"]), Moments(cursor)
    return tuple(sorted(holders, key=lambda copy: moments.stamp(rows[copy].moment("number"))))
