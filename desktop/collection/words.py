"""The collector's own words: choices, own fields, tags and places, as the screens list them."""

from collections.abc import Iterator, Mapping, Sequence

from desktop.collection.autofill import Fields
from desktop.collection.copies import Write
from desktop.collection.naming import Mint, named
from desktop.collection.order import between
from desktop.collection.reference.catalogue import Reference
from desktop.collection.scribe import custom_field, name_of
from desktop.collection.values import CustomField, Location, Tag, Term
from desktop.vault.places import PATH_MARK
from desktop.vault.vault import Records
from shared.domain.operations import Change, Delete, Put
from shared.domain.schema import FIELDS, Field, FieldType, Kind
from shared.ids import RecordId

_TYPES = {kind.value: kind for kind in FieldType}


class Words:
    """Reads and writes the small kinds of record, over what the reference pack says."""

    def __init__(self, records: Records, reference: Reference, mint: Mint, write: Write) -> None:
        self._records = records
        self._reference = reference
        self._mint = mint
        self._write = write

    def terms(self, vocabulary: str) -> tuple[Term, ...]:
        """Return a vocabulary's choices in order: the pack's, with the collector's laid over."""
        terms = {term.code: term for term in self._reference.terms(vocabulary)}
        for fields in self._records.living(Kind.TERM).values():
            if fields.get("vocabulary") == vocabulary:
                code = _text(fields, "code")
                terms[code] = _overlaid(fields, terms.get(code))
        return tuple(sorted(terms.values(), key=lambda term: (term.rank, term.code)))

    def orders(self) -> Mapping[str, Sequence[str]]:
        """Return by field of a copy the codes of its vocabulary, in order."""
        choices = [field for field in FIELDS[Kind.COPY] if field.vocabulary]
        return {
            field.name: [term.code for term in self.terms(field.vocabulary)] for field in choices
        }

    def fields(self) -> tuple[CustomField, ...]:
        """Return the fields that the collector added to copies, in their order."""
        living = self._records.living(Kind.FIELD)
        ordered = sorted(living.items(), key=lambda item: (_text(item[1], "position"), item[0]))
        return tuple(_own_field(record, fields) for record, fields in ordered)

    def tags(self) -> tuple[Tag, ...]:
        """Return all tags by name."""
        living = self._records.living(Kind.TAG).items()
        tags = [Tag(record, _text(fields, "name")) for record, fields in living]
        return tuple(sorted(tags, key=lambda tag: (tag.name.casefold(), tag.tag)))

    def locations(self) -> tuple[Location, ...]:
        """Return all places by path."""
        living = self._records.living(Kind.LOCATION)
        places = [Location(record, path_of(record, living)) for record in living]
        return tuple(sorted(places, key=lambda place: (place.path.casefold(), place.location)))

    def add_field(self, label: str, kind: FieldType) -> CustomField:
        """Add a field to all copies; raise UnnamedError."""
        living = self._records.living(Kind.FIELD).values()
        position = between(max((_text(fields, "position") for fields in living), default=""), "")
        record = self._mint.fresh()
        fields = {"label": name_of(label), "type": kind.value, "position": position}
        self._write(f"Add the field {label}", [Put(Kind.FIELD, record, fields)])
        return _own_field(record, fields)

    def rename(self, kind: Kind, record: RecordId, name: str) -> Change:
        """Give a tag, place, own field or device another name; raise UnnamedError."""
        field = "label" if kind is Kind.FIELD else "name"
        return self._write(f"Rename to {name}", [Put(kind, record, {field: name_of(name)})])

    def remove(self, kind: Kind, record: RecordId, name: str) -> Change:
        """Remove a tag, place or own field; copies stay, and undo brings all of it back."""
        return self._write(f"Remove {name}", [Delete(kind, (record,))])

    def set_term(self, vocabulary: str, term: Term) -> Change:
        """Add a choice to a vocabulary, or give one of its choices another label or rank."""
        fields: Fields = {
            "vocabulary": vocabulary,
            "code": name_of(term.code),
            "label": name_of(term.label),
            "rank": term.rank,
            "source": term.source,
        }
        record = named(Kind.TERM, vocabulary, term.code)
        return self._write(f"Name {term.code} {term.label}", [Put(Kind.TERM, record, fields)])


def path_of(location: RecordId, places: Mapping[RecordId, Fields]) -> str:
    """Return a place's name after those of the places around it."""
    return PATH_MARK.join(reversed([*_outwards(location, places)]))


def _outwards(location: RecordId, places: Mapping[RecordId, Fields]) -> Iterator[str]:
    """Yield names from the inside out. Two devices may have put two places into each other."""
    seen: set[RecordId] = set()
    within: RecordId | None = location
    while within is not None and within in places and within not in seen:
        seen.add(within)
        yield _text(places[within], "name")
        parent = places[within].get("parent")
        within = RecordId(parent) if isinstance(parent, bytes) else None


def _overlaid(fields: Fields, below: Term | None) -> Term:
    below = below or Term(_text(fields, "code"), _text(fields, "code"), 0, "")
    rank = fields.get("rank")
    return Term(
        code=below.code,
        label=_text(fields, "label") or below.label,
        rank=rank if isinstance(rank, int) else below.rank,
        source=_text(fields, "source") or below.source,
        scope=below.scope,
        hint=below.hint,
    )


def _own_field(record: RecordId, fields: Fields) -> CustomField:
    """Read an own field; one whose type only a newer version knows shows as text."""
    kind = _TYPES.get(_text(fields, "type"), FieldType.TEXT)
    name = custom_field(record)
    return CustomField(record, Field(name, kind, searched=True), _text(fields, "label"))


def _text(fields: Fields, name: str) -> str:
    value = fields.get(name)
    return value if isinstance(value, str) else ""
