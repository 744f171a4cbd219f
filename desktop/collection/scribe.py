"""Writes down what the collector did as operations, from what the collection holds already.

One scribe serves one step. Places and tags are made when they are first named; a draft from the
catalogue goes to the record that stands for its piece, on every device the same.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from desktop.collection.autofill import EMPTY, Fields
from desktop.collection.naming import Mint, named
from desktop.collection.values import Draft
from desktop.vault.places import PATH_MARK
from desktop.vault.vault import Records
from shared.domain.operations import Operation, Put, PutMany
from shared.domain.schema import CUSTOM_PREFIX, TAG_PREFIX, Kind, Value
from shared.domain.vocabularies import OWNED
from shared.ids import RecordId


class UnnamedError(ValueError):
    """A name is missing. Type one and try again."""


class UnknownCopyError(LookupError):
    """That piece is no longer in the collection. Look for it in the trash."""


@dataclass(slots=True)
class Scribe:
    """Collects the operations of one step."""

    records: Records
    mint: Mint
    operations: list[Operation] = field(default_factory=list)
    _made: dict[Kind, dict[RecordId, dict[str, Value]]] = field(default_factory=dict)

    def add_copy(self, draft: Draft) -> RecordId:
        """Write down a new copy with what it belongs to, and return its id."""
        copy = self.mint.fresh()
        fields: dict[str, Value] = {"status": OWNED, **_filled(draft.copy)}
        model = self._model(draft)
        variant = self._variant(draft, model)
        location = self.location(draft.location)
        links = {"model": model, "variant": variant, "location": location}
        fields |= {name: record for name, record in links.items() if record is not None}
        fields |= {tag_field(self.tag(name)): True for name in draft.tags}
        self.put(Kind.COPY, copy, fields)
        return copy

    def edit_model(self, copy: RecordId, fields: Fields) -> None:
        """Change the model that a copy belongs to; one is made if it has none."""
        self._edit_owner(copy, Kind.MODEL, "model", fields)

    def edit_variant(self, copy: RecordId, fields: Fields) -> None:
        """Change the variant that a copy belongs to; one is made if it has none."""
        model = self._copy(copy).get("model")
        self._edit_owner(copy, Kind.VARIANT, "variant", {**fields, "model": model})

    def edit_copies(self, copies: Sequence[RecordId], fields: Fields) -> None:
        """Set the same fields of one copy or many."""
        if not fields:
            return
        if len(copies) == 1:
            self.put(Kind.COPY, copies[0], fields)
            return
        columns = tuple([value] * len(copies) for value in fields.values())
        self.operations.append(PutMany(Kind.COPY, tuple(copies), tuple(fields), columns))

    def location(self, path: str) -> RecordId | None:
        """Return the place of a path, made where it does not exist; None for an empty path."""
        parent: RecordId | None = None
        for name in filter(None, (part.strip() for part in path.split(PATH_MARK))):
            parent = self._named(Kind.LOCATION, name, parent)
        return parent

    def tag(self, name: str) -> RecordId:
        """Return the tag of a name, made if there is none."""
        return self._named(Kind.TAG, name.strip(), None)

    def put(self, kind: Kind, record: RecordId, fields: Fields) -> None:
        """Set fields of one record."""
        self.operations.append(Put(kind, record, dict(fields)))
        self._made.setdefault(kind, {}).setdefault(record, {}).update(fields)

    def _model(self, draft: Draft) -> RecordId:
        fields = _filled(draft.model)
        reference = fields.get("reference")
        if isinstance(reference, str):
            record = named(Kind.MODEL, "reference", reference)
        else:
            name = name_of(str(fields.get("name", "")))
            record = self._own(Kind.MODEL, "name", name, str(fields.get("style_number", "")))
        self._put_changes(Kind.MODEL, record, fields)
        return record

    def _variant(self, draft: Draft, model: RecordId) -> RecordId | None:
        fields = _filled(draft.variant)
        if not fields:
            return None
        reference = fields.get("reference")
        if isinstance(reference, str):
            record = named(Kind.VARIANT, "reference", reference)
        else:
            record = self._own(Kind.VARIANT, "label", str(fields.get("label", "")), model.hex())
        self._put_changes(Kind.VARIANT, record, {**fields, "model": model})
        return record

    def _own(self, kind: Kind, name_field: str, name: str, within: str) -> RecordId:
        """Return what the collector means by a name that no catalogue knows.

        If that record was renamed since, this is another one.
        """
        record = named(kind, "own", name.casefold(), within)
        known = self._fields(kind, record)
        if known is None or str(known.get(name_field, "")).casefold() == name.casefold():
            return record
        return self.mint.fresh()

    def _put_changes(self, kind: Kind, record: RecordId, fields: Fields) -> None:
        known = self._fields(kind, record) or {}
        changes = {name: value for name, value in fields.items() if known.get(name) != value}
        if changes:
            self.put(kind, record, changes)

    def _edit_owner(self, copy: RecordId, kind: Kind, link: str, fields: Fields) -> None:
        owner = self._copy(copy).get(link)
        if isinstance(owner, bytes):
            self._put_changes(kind, RecordId(owner), fields)
            return
        record = self.mint.fresh()
        self.put(kind, record, fields)
        self.put(Kind.COPY, copy, {link: record})

    def _named(self, kind: Kind, name: str, parent: RecordId | None) -> RecordId:
        """Return the living record of a name, else make the one that stands for it.

        If that was renamed or thrown away, the new one is another: ids are not used twice.
        """
        folded = name_of(name).casefold()
        everything = {**self.records.living(kind), **self._made.get(kind, {})}
        for record, fields in everything.items():
            if str(fields.get("name", "")).casefold() == folded and fields.get("parent") == parent:
                return record
        record = named(kind, parent.hex() if parent else "", folded)
        if self._fields(kind, record) is not None:
            record = self.mint.fresh()
        self.put(kind, record, {"name": name} | ({"parent": parent} if parent else {}))
        return record

    def _copy(self, copy: RecordId) -> Fields:
        fields = self._fields(Kind.COPY, copy)
        if fields is None:
            raise UnknownCopyError(copy)
        return fields

    def _fields(self, kind: Kind, record: RecordId) -> Fields | None:
        made = self._made.get(kind, {}).get(record)
        known = self.records.fields(kind, record)
        return known if made is None else {**(known or {}), **made}


def tag_field(tag: RecordId) -> str:
    """Return the name of the field by which a copy has a tag."""
    return TAG_PREFIX + tag.hex()


def custom_field(field_record: RecordId) -> str:
    """Return the name of an own field on a copy."""
    return CUSTOM_PREFIX + field_record.hex()


def _filled(fields: Fields) -> dict[str, Value]:
    return {name: value for name, value in fields.items() if value not in EMPTY}


def name_of(text: str) -> str:
    """Return a name as it is kept, without outer spaces, or raise UnnamedError."""
    if not text.strip():
        raise UnnamedError
    return text.strip()
