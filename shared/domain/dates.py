"""Dates of which a part may be unknown, packed as ``yyyymmdd`` with zeros for what is not known.

``19970000`` is a year, ``19970500`` a month, ``103`` the third of January of no known year (as
early tags print a birthday) and ``19930103`` a whole day. Packed dates sort by time.
"""

import re
import unicodedata
from calendar import monthrange
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple

ENGLISH_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)
FIRST_YEAR, LAST_YEAR = 1000, 9999
_CENTURY_BREAK = 70
"""Two digits from here on are of the 1900s, smaller ones of the 2000s."""
_LEAP_YEAR = 2000
_LONGEST = 31
_MONTHS = 12
_YEAR_DIGITS = 4
_MOST_PARTS = 3
_TOKEN = re.compile(r"'?[0-9]+|[^\W\d_]+")
_FILLERS = frozenset(
    {"st", "nd", "rd", "th", "of", "the", "de", "del", "den", "\u5e74", "\u6708", "\u65e5"}
)


class NotADateError(ValueError):
    """That is not a date. Try 1997, May 1997, 3 Jan or 3 Jan 1997."""


class NoSuchDayError(ValueError):
    """There is no such day in the calendar. Check the day and the month."""


class PartialDate(NamedTuple):
    """A year, a year and month, a month and day, or all three; 0 is unknown."""

    year: int
    month: int
    day: int

    def pack(self) -> int:
        """Return the integer that is stored, or raise NotADateError or NoSuchDayError."""
        whole = self.month and self.day
        if not (self.year or whole) or (self.day and not self.month):
            raise NotADateError(self)
        if self.year and not FIRST_YEAR <= self.year <= LAST_YEAR:
            raise NotADateError(self)
        if not 0 <= self.month <= _MONTHS or self.day < 0:
            raise NoSuchDayError(self)
        if self.month and self.day > monthrange(self.year or _LEAP_YEAR, self.month)[1]:
            raise NoSuchDayError(self)
        return self.year * 10_000 + self.month * 100 + self.day


def unpack(packed: int) -> PartialDate:
    """Return the parts of a stored integer, or raise NotADateError or NoSuchDayError."""
    date = PartialDate(packed // 10_000, packed // 100 % 100, packed % 100)
    date.pack()
    return date


class Order(Enum):
    """In which order a locale names the parts of a date."""

    DAY_FIRST = "dmy"
    MONTH_FIRST = "mdy"
    YEAR_FIRST = "ymd"


@dataclass(frozen=True, slots=True)
class DateNotation:
    """How a locale writes dates: the screens fill this in from the system's settings.

    ``months`` and ``short_months`` hold twelve names each; English ones are always understood.
    """

    order: Order = Order.MONTH_FIRST
    months: Sequence[str] = ENGLISH_MONTHS
    short_months: Sequence[str] = tuple(name[:3] for name in ENGLISH_MONTHS)


def parse_date(text: str, notation: DateNotation) -> int:
    """Read what a person typed and return it packed; raise NotADateError or NoSuchDayError."""
    tokens = _tokens(text)
    numbers = [token for token in tokens if token[-1].isdecimal()]
    words = [token for token in tokens if not token[-1].isdecimal() and token not in _FILLERS]
    if not numbers or len(numbers) + len(words) > _MOST_PARTS or len(words) > 1:
        raise NotADateError(text)
    if words:
        return _with_month(_month(words[0], notation), numbers)
    return _numeric(numbers, notation.order)


def format_date(packed: int, notation: DateNotation) -> str:
    """Write a packed date in the locale's order; a whole day has its month's short name."""
    year, month, day = unpack(packed)
    if notation.order is Order.YEAR_FIRST and year:
        return "-".join([f"{year}", *(f"{part:02}" for part in (month, day) if part)])
    if not month:
        return str(year)
    if not day:
        return f"{notation.months[month - 1]} {year}"
    name = notation.short_months[month - 1]
    if notation.order is Order.DAY_FIRST:
        return f"{day} {name} {year}" if year else f"{day} {name}"
    return f"{name} {day}, {year}" if year else f"{name} {day}"


def _tokens(text: str) -> list[str]:
    """Cut into numbers and folded words; the rest must be marks that dates are written with."""
    folded = _folded(text)
    if re.sub(r"[\s.,/'-]", "", _TOKEN.sub("", folded)):
        raise NotADateError(text)
    return _TOKEN.findall(folded)


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).replace("\u2019", "'").casefold()


def _month(word: str, notation: DateNotation) -> int:
    """Return 1 to 12 for a month's name, or the first three letters or more of it."""
    for names in (notation.short_months, notation.months, ENGLISH_MONTHS):
        for number, name in enumerate(names, 1):
            folded = _folded(name).rstrip(".")
            if word == folded or (len(word) >= len("jan") and folded.startswith(word)):
                return number
    raise NotADateError(word)


def _with_month(month: int, numbers: Sequence[str]) -> int:
    """Put a day, a year or both beside a month that was given by name."""
    if len(numbers) == 1:
        if _only_a_year(numbers[0]):
            return PartialDate(_year(numbers[0]), month, 0).pack()
        return PartialDate(0, month, _small(numbers[0])).pack()
    first, second = numbers
    day, year = (second, first) if _only_a_year(first) else (first, second)
    return PartialDate(_year(year), month, _small(day)).pack()


def _numeric(numbers: Sequence[str], order: Order) -> int:
    """Read digits only: in the locale's order if that gives a day, else in the one that does.

    ``13/5`` can only be the thirteenth of May, wherever it is typed.
    """
    *likely, last = _readings(numbers, order)
    for reading in likely:
        with suppress(NoSuchDayError):
            return _assigned(numbers, reading).pack()
    return _assigned(numbers, last).pack()


def _readings(numbers: Sequence[str], order: Order) -> list[str]:
    """List the orders in which these numbers may stand, the most likely one first."""
    years = [index for index, number in enumerate(numbers) if _only_a_year(number)]
    month_first = order is not Order.DAY_FIRST
    pairs = ["md", "dm"] if month_first else ["dm", "md"]
    match len(numbers), years:
        case 1, [0]:
            return ["y"]
        case 2, []:
            return pairs
        case 2, [index]:
            return [("ym", "my")[index]]
        case 3, [0]:
            return ["ymd"]
        case 3, [2]:
            return [pair + "y" for pair in pairs]
        case 3, []:
            return [order.value, *(pair + "y" for pair in pairs)]
        case _:
            raise NotADateError(numbers)


def _assigned(numbers: Sequence[str], reading: str) -> PartialDate:
    parts = dict(zip(reading, numbers, strict=True))
    year, month, day = (parts.get(letter) for letter in "ymd")
    return PartialDate(
        _year(year) if year else 0, _small(month) if month else 0, _small(day) if day else 0
    )


def _only_a_year(number: str) -> bool:
    """Tell whether a number cannot be a day or month: ``1997``, ``'97``, ``97``."""
    return number.startswith("'") or len(number) == _YEAR_DIGITS or int(number[-9:]) > _LONGEST


def _year(number: str) -> int:
    digits = number.removeprefix("'")
    if len(digits) == _YEAR_DIGITS:
        return int(digits)
    if len(digits) != len("97"):
        raise NotADateError(number)
    return int(digits) + (1900 if int(digits) >= _CENTURY_BREAK else 2000)


def _small(number: str) -> int:
    """Return a day or month, which is never 0."""
    if not 1 <= len(number) <= len("31") or not number.isdecimal():
        raise NotADateError(number)
    if not int(number):
        raise NoSuchDayError(number)
    return int(number)
