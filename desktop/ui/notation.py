"""How this computer writes money, dates and counts, read once from the system's settings."""

from collections.abc import Mapping

from PySide6.QtCore import QDate, QDateTime, QLocale

from shared.domain.dates import (
    DateNotation,
    NoSuchDayError,
    NotADateError,
    Order,
    format_date,
    parse_date,
)
from shared.domain.money import (
    Money,
    MoneyNotation,
    NotMoneyError,
    TooMuchError,
    TooPreciseError,
    UnknownCurrencyError,
    format_money,
    parse_money,
)


class NotANumberError(ValueError):
    """That is not a whole number. Use digits only, as in 12."""


NOT_UNDERSTOOD = (
    NotADateError,
    NoSuchDayError,
    NotMoneyError,
    TooMuchError,
    TooPreciseError,
    UnknownCurrencyError,
    NotANumberError,
)
"""What reading a person's words may raise; each class's docstring says what to type instead."""

_MONTHS = range(1, 13)
FALLBACK_CURRENCY = "USD"


class Notation:
    """Reads what was typed and writes what is stored, as the collector's locale does."""

    def __init__(self, locale: QLocale) -> None:
        self._locale = locale
        self._money = _money_notation(locale)
        self._dates = _date_notation(locale)

    @property
    def currency(self) -> str:
        """The three letters of the locale's currency."""
        return self._money.currency

    def day(self, date: QDate) -> str:
        """Write a whole day of the calendar."""
        return self._locale.toString(date, QLocale.FormatType.LongFormat)

    def money(self, packed: int) -> str:
        """Write a packed amount."""
        return format_money(packed, self._money)

    def read_money(self, text: str) -> int:
        """Return a packed amount; raise an error whose docstring says what is wrong."""
        return parse_money(text, self._money)

    def date(self, packed: int) -> str:
        """Write a packed date."""
        return format_date(packed, self._dates)

    def read_date(self, text: str) -> int:
        """Return a packed date; raise an error whose docstring says what is wrong."""
        return parse_date(text, self._dates)

    def count(self, number: int) -> str:
        """Write a whole number with the locale's groups."""
        return self._locale.toString(number)

    def read_count(self, text: str) -> int:
        """Return a whole number; raise NotANumberError."""
        number, understood = self._locale.toLongLong(text)
        if not understood:
            raise NotANumberError(text)
        return int(number)

    def sum(self, minor_by_currency: Mapping[str, int]) -> str:
        """Write sums in several currencies side by side, the largest first."""
        largest_first = sorted(minor_by_currency.items(), key=lambda item: -item[1])
        return " + ".join(self.money(Money(minor, code).pack()) for code, minor in largest_first)

    def size(self, count: int) -> str:
        """Write a number of bytes, in kilobytes or larger where it is more."""
        return self._locale.formattedDataSize(count, 1, QLocale.DataSizeFormat.DataSizeSIFormat)

    def moment(self, millis: int) -> str:
        """Write a point in time, to the minute, in this computer's zone."""
        when = QDateTime.fromMSecsSinceEpoch(millis)
        return self._locale.toString(when, QLocale.FormatType.ShortFormat)


def system_locale() -> QLocale:
    """Return the person's locale; American English where the system has none."""
    locale = QLocale.system()
    return QLocale("en_US") if locale.language() == QLocale.Language.C else locale


def _money_notation(locale: QLocale) -> MoneyNotation:
    sample = locale.toCurrencyString(1)
    return MoneyNotation(
        decimal=locale.decimalPoint(),
        group=locale.groupSeparator(),
        currency=locale.currencySymbol(QLocale.CurrencySymbolFormat.CurrencyIsoCode)
        or FALLBACK_CURRENCY,
        symbol_first=not sample[:1].isdigit(),
    )


def _date_notation(locale: QLocale) -> DateNotation:
    pattern = locale.dateFormat(QLocale.FormatType.ShortFormat)
    letters = "".join(dict.fromkeys(letter for letter in pattern.lower() if letter in "dmy"))
    order = Order(letters) if letters in {order.value for order in Order} else Order.DAY_FIRST
    return DateNotation(
        order=order,
        months=tuple(locale.standaloneMonthName(month) for month in _MONTHS),
        short_months=tuple(
            locale.standaloneMonthName(month, QLocale.FormatType.ShortFormat) for month in _MONTHS
        ),
    )
