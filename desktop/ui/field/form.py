"""Which fields a copy shows, in which order, and the editor that fits each."""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from PySide6.QtCore import Qt
from typing_extensions import override

from desktop.collection.values import CustomField, Term
from desktop.ui.field.box import FieldBox
from desktop.ui.field.choice import ChoiceBox, YesNoBox
from desktop.ui.field.line import LineBox, NotesBox
from desktop.ui.look import Look
from desktop.ui.notation import Notation
from desktop.ui.zone import Zone, grid
from shared.domain.schema import FIELDS, Field, FieldType, Kind, Value
from shared.skins.tokens import WORDS

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

_SCOPES: Mapping[str, str] = {
    "condition": "plush",
    "swing_condition": "tag",
    "tush_condition": "tag",
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

    def make(self, place: Place) -> FieldBox:
        """Make the editor of one of Swingtag's fields; ``Form`` calls it as the skin does."""
        if place.field == "location":
            box = self._line(place.field, read=str, write=_plain)
            box.offer(self._places())
            return box
        return self._editor(field_at(place), place.field)

    def _editor(self, field: Field, label: str) -> FieldBox:
        match field.type:
            case FieldType.CHOICE:
                scope = _SCOPES.get(field.name, "")
                terms = [term for term in self._terms(field.vocabulary) if _fits(term, scope)]
                return ChoiceBox(label, terms, history=self._history)
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
                return self._words(field, label)

    def _words(self, field: Field, label: str) -> FieldBox:
        if field.name != "name":
            return self._line(label, read=str, write=_plain)
        title = self._line(label, read=str, write=_plain, role="title")
        title.hide_label()
        return title

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
    """Field editors in two columns, called as the skin calls them."""

    def __init__(self, lines: Sequence[Line], editors: Editors) -> None:
        self._grid = grid(gap=1)
        super().__init__(layout=self._grid)
        for at in range(COLUMNS):
            self._grid.setColumnStretch(at, 1)
        self.boxes: dict[Place, FieldBox] = {}
        self._next = 0
        for line in lines:
            self.add(line.place, editors.make(line.place), wide=line.wide)
        self._ours = frozenset(self.boxes)

    def add(self, place: Place, box: FieldBox, *, wide: bool = False) -> None:
        """Put one more editor into the form."""
        self.boxes[place] = box
        line, at = divmod(self._next, COLUMNS)
        if wide and at:
            line, at = line + 1, 0
        span = COLUMNS if wide else 1
        self._grid.addWidget(box, line, at, 1, span, Qt.AlignmentFlag.AlignTop)
        self._next = line * COLUMNS + at + span

    @override
    def put_on(self, look: Look) -> None:
        super().put_on(look)
        for place in self._ours:
            self.boxes[place].rename(label_of(place, look))


def _fits(term: Term, scope: str) -> bool:
    return not scope or term.scope in {"", "both", scope}


def field_at(place: Place) -> Field:
    """Find the field in the schema."""
    return next(field for field in FIELDS[place.kind] if field.name == place.field)


def label_of(place: Place, look: Look) -> str:
    """Give what a field is called, in the skin's words where it has one."""
    return name_of_field(place.field, look) or place.field


def name_of_field(field: str, look: Look) -> str | None:
    """Give what a field of the schema is called; None for one that no form has."""
    if field in _LABELS:
        return _LABELS[field]
    return next((look.word(word) for word in WORDS if word.value == field), None)


def _plain(value: Value) -> str:
    return "" if value is None else str(value)


def _if_int(write: Callable[[int], str]) -> Callable[[Value], str]:
    return lambda value: write(value) if isinstance(value, int) else _plain(value)
