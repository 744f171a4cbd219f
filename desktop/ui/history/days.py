"""A day as a person types it, and its end as the history counts."""

from calendar import monthrange

from PySide6.QtCore import QDate, QDateTime, QTime
from PySide6.QtWidgets import QLineEdit

from desktop.collection.errors import sentence
from desktop.ui.controls import Text
from desktop.ui.look import say
from desktop.ui.notation import NOT_UNDERSTOOD, Notation
from desktop.ui.zone import Zone, column
from shared.domain.dates import NoSuchDayError

_DECEMBER = 12
_YEAR, _MONTH = 10_000, 100


class NoYearError(ValueError):
    """Say the year, too, as in 3 May 2026."""


class DayLine(Zone):
    """One line for a day, a month or a year; the end of it counts. Empty is ``otherwise``."""

    def __init__(self, label: str, notation: Notation, *, otherwise: str = "") -> None:
        self._notation, self._otherwise = notation, otherwise
        self.line = QLineEdit()
        self.line.setAccessibleName(label)
        self.line.setPlaceholderText(otherwise or notation.day(QDate.currentDate()))
        self._trouble = Text()
        say(self._trouble, "danger")
        self._trouble.hide()
        super().__init__(layout=column(Text(label, "caption"), self.line, self._trouble, gap=1))
        self.line.textChanged.connect(lambda _typed: self.refuse(""))

    def show_day(self, day: QDate) -> None:
        """Put a day in."""
        packed = day.year() * _YEAR + day.month() * _MONTH + day.day()
        self.line.setText(self._notation.date(packed))

    def read(self) -> QDate | None:
        """Return the day; None, and a sentence under the line, if it is none."""
        typed = self.line.text().strip()
        try:
            return _last_day(self._notation.read_date(typed))
        except (*NOT_UNDERSTOOD, NoYearError) as error:
            self.refuse(sentence(error))
            return None

    @property
    def left_open(self) -> bool:
        """Whether what stands for an empty line is meant."""
        typed = self.line.text().strip().casefold()
        return bool(self._otherwise) and typed in {"", self._otherwise.casefold()}

    def refuse(self, words: str) -> None:
        """Say what is wrong with the day."""
        self._trouble.say(words)
        self._trouble.setVisible(bool(words))


def end_of(day: QDate) -> int:
    """Return the last millisecond of a day in this computer's zone, since 1970."""
    return QDateTime(day, QTime(23, 59, 59, 999)).toMSecsSinceEpoch()


def day_of(millis: int) -> QDate:
    """Return the day of a point in time."""
    return QDateTime.fromMSecsSinceEpoch(millis).date()


def _last_day(packed: int) -> QDate:
    year, month, day = packed // _YEAR, packed // _MONTH % _MONTH, packed % _MONTH
    if not year:
        raise NoYearError
    month = month or _DECEMBER
    found = QDate(year, month, day or monthrange(year, month)[1])
    if not found.isValid():
        raise NoSuchDayError
    return found
