"""Which fields a copy shows, in which order, and the editor that fits each."""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from desktop.collection.values import CustomField, Term
from desktop.ui.field.box import FieldBox
from desktop.ui.field.choice import ChoiceBox, YesNoBox
from desktop.ui.field.line import LineBox, NotesBox
from desktop.ui.look import Look
from desktop.ui.notation import Notation
from desktop.ui.zone import Zone, grid
from shared.domain.schema import FIELDS, Field, FieldType, Kind, Value
from shared.skins.tokens import WORDS, Word

COLUMNS = 2


class Place(NamedTuple):
    """The address of a field: of which record, and its name there."""

    kind: Kind
    field: str


class Line(NamedTuple):
    """One field of the form; a ``wide`` one takes the whole width."""

    place: Place
    wide: bool = False


def _copy(field: str, *, wide: bool = False) -> Line:
    return Line(Place(Kind.COPY, field), wide)


def _model(field: str, *, wide: bool = False) -> Line:
    return Line(Place(Kind.MODEL, field), wide)


IDENTITY = (
    _model("name", wide=True),
    Line(Place(Kind.VARIANT, "label"), wide=True),
)
COPY_LINES = (
    _copy("status"),
    _copy("condition"),
    _copy("swing_tag"),
    _copy("swing_condition"),
    _copy("tush_tag"),
    _copy("tush_condition"),
    _copy("paid"),
    _copy("value"),
    _copy("acquired"),
    _copy("acquired_from"),
    _copy("location"),
    _copy("number"),
    _copy("notes", wide=True),
)
MODEL_LINES = (
    _model("style_number"),
    _model("animal"),
    _model("introduced"),
    _model("retired"),
    _model("birthday"),
    _model("line"),
)
_LABELS: Mapping[str, str] = {
    "label": "Variant",
    "swing_condition": "Swing tag grade",
    "tush_condition": "Tush tag grade",
    "acquired_from": "From",
    "number": "Own number",
    "introduced": "Introduced",
    "retired": "Retired",
    "birthday": "Birthday",
    "line": "Line",
}


class Editors:
    """Makes the editor for a field: what it understands, what it offers, what it is called."""

    def __init__(
        self,
        notation: Notation,
        terms: Callable[[str], Sequence[Term]],
        places: Callable[[], Sequence[str]],
        *,
        history: bool,
    ) -> None:
        self._notation = notation
        self._terms = terms
        self._places = places
        self._history = history

    def own(self, custom: CustomField) -> FieldBox:
        """Make the editor of a field that the collector added."""
        return self._editor(custom.field, custom.label)

    def make(self, place: Place, look: Look) -> FieldBox:
        """Make the editor of one of Swingtag's fields, called as the skin calls it."""
        if place.field == "location":
            box = self._line(label_of(place, look), read=str, write=_plain)
            box.offer(self._places())
            return box
        return self._editor(field_at(place), label_of(place, look))

    def _editor(self, field: Field, label: str) -> FieldBox:
        match field.type:
            case FieldType.CHOICE:
                return ChoiceBox(label, self._terms(field.vocabulary), history=self._history)
            case FieldType.MONEY:
                return self._line(
                    label, read=self._notation.read_money, write=_if_int(self._notation.money)
                )
            case FieldType.DATE:
                return self._line(
                    label, read=self._notation.read_date, write=_if_int(self._notation.date)
                )
            case FieldType.NUMBER:
                return self._line(
                    label, read=self._notation.read_count, write=_if_int(self._notation.count)
                )
            case FieldType.YES_NO:
                return YesNoBox(label, history=self._history)
            case FieldType.LONG_TEXT:
                return NotesBox(label, history=self._history)
            case FieldType.TEXT | FieldType.LINK | FieldType.BYTES:
                role = "title" if field.name == "name" else "inplace"
                return self._line(label, read=str, write=_plain, role=role)

    def _line(
        self,
        label: str,
        *,
        read: Callable[[str], Value],
        write: Callable[[Value], str],
        role: str = "inplace",
    ) -> LineBox:
        return LineBox(label, read=read, write=write, role=role, history=self._history)


class Form(Zone):
    """Field editors in two columns. ``boxes`` finds each by its place."""

    def __init__(self) -> None:
        self._grid = grid(gap=1)
        super().__init__(layout=self._grid)
        for column in range(COLUMNS):
            self._grid.setColumnStretch(column, 1)
            self._grid.setColumnMinimumWidth(column, 1)
        self._next = 0

    def add(self, box: FieldBox, *, wide: bool = False) -> None:
        """Put the next editor into the form."""
        line, at = divmod(self._next, COLUMNS)
        if wide and at:
            line, at = line + 1, 0
        self._grid.addWidget(box, line, at, 1, COLUMNS if wide else 1)
        self._next = line * COLUMNS + at + (COLUMNS if wide else 1)


def field_at(place: Place) -> Field:
    """Find the field in the schema."""
    return next(field for field in FIELDS[place.kind] if field.name == place.field)


def label_of(place: Place, look: Look) -> str:
    """Give what a field is called, in the skin's words where it has one."""
    if place.field in _LABELS:
        return _LABELS[place.field]
    word = Word(place.field)
    return look.word(word) if word in WORDS else place.field


def _plain(value: Value) -> str:
    return "" if value is None else str(value)


def _if_int(write: Callable[[int], str]) -> Callable[[Value], str]:
    return lambda value: write(value) if isinstance(value, int) else _plain(value)
