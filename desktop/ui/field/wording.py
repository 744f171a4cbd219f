"""Values as words, wherever they are only read: in conflicts, history and reports of an undo."""

from collections.abc import Callable

from desktop.collection.words import Words
from desktop.ui.field.form import name_of_field
from desktop.ui.look import Look
from desktop.ui.notation import Notation
from shared.domain.schema import CUSTOM_PREFIX, DELETED, FIELDS, TAG_PREFIX, Field, FieldType, Value

REMOVED = "(removed)"


class Wording:
    """Writes any field's value as the collector knows it."""

    def __init__(self, words: Words, notation: Notation) -> None:
        self._words = words
        self._notation = notation

    def of(self, field: str, value: Value) -> str:
        """Write a value of a field, named as on the wire."""
        if value is None:
            return ""
        if field == DELETED:
            return "in the trash" if value else "kept"
        known = self._find(field)
        write = self._writers().get(known.type if known else FieldType.TEXT)
        if known is not None and known.type is FieldType.CHOICE:
            return self._term(known.vocabulary, str(value))
        return write(value) if write else str(value)

    def label(self, field: str, look: Look) -> str:
        """Name a field as its form does, in the skin's words."""
        if field == DELETED:
            return "Deleting"
        if field.startswith(TAG_PREFIX):
            tag = field.removeprefix(TAG_PREFIX)
            return next((f"Tag {t.name}" for t in self._words.tags() if t.tag.hex() == tag), "Tag")
        own = {custom.field.name: custom.label for custom in self._words.fields()}
        named = own.get(field) or name_of_field(field, look)
        return named or field.replace("_", " ").capitalize()

    def type_of(self, field: str) -> FieldType | None:
        """Return how values of a field are written; None for one of a newer version."""
        known = self._find(field)
        return known.type if known else None

    def _writers(self) -> dict[FieldType, Callable[[Value], str]]:
        return {
            FieldType.MONEY: lambda v: self._notation.money(v) if isinstance(v, int) else "",
            FieldType.DATE: lambda v: self._notation.date(v) if isinstance(v, int) else "",
            FieldType.NUMBER: lambda v: self._notation.count(v) if isinstance(v, int) else "",
            FieldType.YES_NO: lambda v: "yes" if v else "no",
            FieldType.LINK: self._place,
        }

    def _find(self, field: str) -> Field | None:
        if field.startswith(TAG_PREFIX):
            return Field(field, FieldType.YES_NO)
        if field.startswith(CUSTOM_PREFIX):
            own = (custom.field for custom in self._words.fields())
            return next((known for known in own if known.name == field), None)
        every = (known for fields in FIELDS.values() for known in fields)
        return next((known for known in every if known.name == field), None)

    def _term(self, vocabulary: str, code: str) -> str:
        terms = self._words.terms(vocabulary)
        return next((term.label for term in terms if term.code == code), code)

    def _place(self, value: Value) -> str:
        places = self._words.locations()
        return next((place.path for place in places if place.location == value), REMOVED)
