"""Money as one integer: minor units and a currency, packed so that it stores and travels small.

``packed = minor << 15 | code`` where ``code`` is the currency's three letters read as a number
of base 26 (26 ** 3 < 2 ** 15). No float is ever involved: 0.10 stays ten cents.
"""

import re
import unicodedata
from dataclasses import dataclass
from typing import NamedTuple

from shared.domain.currencies import CURRENCIES, OWN_SYMBOLS, SHARED_SYMBOLS, decimals

CURRENCY_BITS = 15
MAX_MINOR = (1 << 48) - 1
"""The largest amount, so that a packed one fits a signed 64-bit column."""

_CURRENCY_MASK = (1 << CURRENCY_BITS) - 1
_CODE = re.compile(r"[A-Z]{3}")
_AMOUNT = re.compile(r"[0-9][0-9.,' ]*|[.,][0-9]+")
_DASH_FOR_ZERO = re.compile(r"(?<=[0-9])[.,](?:--?|[\u2013\u2014])(?![0-9])")
_LOOKALIKES = str.maketrans(
    {
        "\u2019": "'",
        "\u066b": ".",
        "\u066c": ",",
        "\uff0c": ",",
        "\uff0e": ".",
    }
)


class NotMoneyError(ValueError):
    """That is not an amount of money. Try 12.50, $12 or 12 EUR."""


class UnknownCurrencyError(ValueError):
    """Swingtag knows no such currency. Use its three letters, as in 12 EUR."""


class TooPreciseError(ValueError):
    """That currency has no units that small. Leave out the last digits."""


class TooMuchError(ValueError):
    """That amount is too large to keep. Check it for a digit too many."""


class Money(NamedTuple):
    """An amount in minor units (cents; whole yen) and its ISO 4217 code."""

    minor: int
    currency: str

    def pack(self) -> int:
        """Return the integer that is stored."""
        if not _CODE.fullmatch(self.currency):
            raise UnknownCurrencyError(self.currency)
        if abs(self.minor) > MAX_MINOR:
            raise TooMuchError(self.minor)
        code = 0
        for letter in self.currency:
            code = code * 26 + ord(letter) - ord("A")
        return self.minor << CURRENCY_BITS | code


def unpack(packed: int) -> Money:
    """Return the amount and currency of a stored integer.

    Raise UnknownCurrencyError or TooMuchError if no amount packs to it.
    """
    code = packed & _CURRENCY_MASK
    if code >= 26**3:
        raise UnknownCurrencyError(code)
    if abs(packed >> CURRENCY_BITS) > MAX_MINOR:
        raise TooMuchError(packed)
    letters = (code // 676, code // 26 % 26, code % 26)
    currency = "".join(chr(ord("A") + letter) for letter in letters)
    return Money(packed >> CURRENCY_BITS, currency)


@dataclass(frozen=True, slots=True)
class MoneyNotation:
    """How a locale writes money: the screens fill this in from the system's settings."""

    decimal: str = "."
    group: str = ","
    currency: str = "USD"
    symbol_first: bool = True


def parse_money(text: str, notation: MoneyNotation) -> int:
    """Read what a person typed and return it packed.

    Raise NotMoneyError, UnknownCurrencyError, TooPreciseError or TooMuchError.
    """
    plain = _plain(text)
    found = _AMOUNT.search(plain)
    if found is None:
        raise NotMoneyError(text)
    currency = _currency(plain[: found.start()], plain[found.end() :], notation.currency)
    whole, fraction = _parts(found.group().strip(), notation, decimals(currency))
    return Money(_minor(whole, fraction, decimals(currency)), currency).pack()


def format_money(packed: int, notation: MoneyNotation) -> str:
    """Write a packed amount as the locale does, with its symbol or its three letters."""
    money = unpack(packed)
    places = decimals(money.currency)
    digits = str(abs(money.minor)).rjust(places + 1, "0")
    whole, fraction = digits[: len(digits) - places], digits[len(digits) - places :]
    amount = f"{int(whole):,}".replace(",", notation.group)
    if fraction:
        amount += notation.decimal + fraction
    sign = "-" if money.minor < 0 else ""
    symbol = _symbol(money.currency, notation.currency)
    if symbol == money.currency or not notation.symbol_first:
        return f"{sign}{amount}\u00a0{symbol}"
    return f"{sign}{symbol}{amount}"


def _plain(text: str) -> str:
    """Digits of any script as ASCII, one kind of space and apostrophe, ``12,-`` as ``12``."""
    ascii_digits = "".join(
        str(unicodedata.decimal(letter)) if letter.isdecimal() else letter
        for letter in text.translate(_LOOKALIKES)
    )
    return _DASH_FOR_ZERO.sub("", " ".join(ascii_digits.split()))


def _currency(before: str, after: str, default: str) -> str:
    """Read the word or symbol on either side of the amount; there may be one at most."""
    words = [word.strip() for word in (before, after) if word.strip()]
    if not words:
        return default
    if len(words) > 1:
        raise NotMoneyError(words)
    word = words[0].rstrip(".").upper()
    if word in SHARED_SYMBOLS:
        sharing = SHARED_SYMBOLS[word]
        return default if default in sharing else sharing[0]
    code = OWN_SYMBOLS.get(word, word)
    if code in CURRENCIES:
        return code
    raise UnknownCurrencyError(word) if _CODE.fullmatch(word) else NotMoneyError(word)


def _parts(amount: str, notation: MoneyNotation, places: int) -> tuple[str, str]:
    """Split ``1.234,56`` into whole and fraction, deciding what each mark means."""
    marks = {mark: amount.count(mark) for mark in ".,' " if mark in amount}
    decimal = _decimal_mark(amount, marks, notation, places)
    whole, _, fraction = amount.rpartition(decimal) if decimal else (amount, "", "")
    grouping = {mark for mark in marks if mark != decimal}
    if len(grouping) > 1 or not _well_grouped(whole, grouping):
        raise NotMoneyError(amount)
    if fraction and not fraction.isdecimal():
        raise NotMoneyError(amount)
    return "".join(filter(str.isdecimal, whole)), fraction


def _decimal_mark(amount: str, marks: dict[str, int], notation: MoneyNotation, places: int) -> str:
    """Name the mark that starts the fraction, or "".

    Of two marks it is the last. A lone one means what it means in the locale, unless that is
    impossible there: ``12.50`` cannot be thousands, so even a German means twelve and a half.
    """
    possible = [mark for mark in ".," if marks.get(mark) == 1]
    if not possible:
        return ""
    last = max(possible, key=amount.rfind)
    if len(marks) > 1:
        return last if amount.rfind(last) == max(map(amount.rfind, marks)) else ""
    behind = len(amount) - amount.rfind(last) - 1
    if last != notation.decimal and _well_grouped(amount, {last}):
        return ""
    return last if last == notation.decimal or behind <= places else ""


def _well_grouped(whole: str, grouping: set[str]) -> bool:
    """Tell whether each mark stands before three digits, or Indian: before two, then three."""
    return all(
        re.fullmatch(rf"[0-9]{{1,3}}(?:{m}[0-9]{{2,3}})*{m}[0-9]{{3}}", whole)
        for m in map(re.escape, grouping)
    )


def _minor(whole: str, fraction: str, places: int) -> int:
    digits = fraction.rstrip("0")
    if len(digits) > places:
        raise TooPreciseError(fraction)
    if len(whole) > len(str(MAX_MINOR)):
        raise TooMuchError(whole)
    return int((whole or "0") + digits.ljust(places, "0"))


def _symbol(currency: str, home: str) -> str:
    """Return the sign that says this currency to a reader in ``home``, else its letters."""
    for symbol, sharing in SHARED_SYMBOLS.items():
        reading = home if home in sharing else sharing[0]
        if reading == currency and _is_sign(symbol):
            return symbol
    signs = (sign for sign, code in OWN_SYMBOLS.items() if code == currency and _is_sign(sign))
    return next(signs, currency)


def _is_sign(symbol: str) -> bool:
    return any(unicodedata.category(letter) == "Sc" for letter in symbol)
