"""What a collector does with pieces, each deed one named step that undo takes back."""

from collections.abc import Callable, Iterable, Sequence

from desktop.collection.autofill import Fields, Proposal, propose
from desktop.collection.naming import Mint, named
from desktop.collection.reference.catalogue import Reference
from desktop.collection.reference.pack import Piece
from desktop.collection.scribe import Scribe, tag_field
from desktop.collection.values import Draft
from desktop.vault.vault import Records
from shared.domain.operations import Change, Delete, Operation, Restore
from shared.domain.schema import Kind
from shared.ids import RecordId

Write = Callable[[str, Sequence[Operation]], Change]
"""``Collection.write``: makes one step of a label and operations."""


class Copies:
    """Adds, changes and removes copies with the models and variants that they belong to."""

    def __init__(self, records: Records, reference: Reference, mint: Mint, write: Write) -> None:
        self._records = records
        self._reference = reference
        self._mint = mint
        self._write = write

    def propose(self, piece: Piece, draft: Draft) -> Proposal:
        """Fill the gaps of a draft from a reference piece that the collector chose.

        Nothing is written. What the collection says of that model already goes before the
        catalogue; clear a name that was only typed to search before calling.
        """
        model = self._records.fields(Kind.MODEL, named(Kind.MODEL, "reference", piece.model))
        variant = self._records.fields(Kind.VARIANT, named(Kind.VARIANT, "reference", piece.key))
        variants = self._reference.variants(piece)
        return propose(piece, variants, draft, model or {}, variant or {})

    def add(self, draft: Draft) -> RecordId:
        """Add a copy and return its id; raise UnnamedError if it has no name."""
        name = draft.model.get("name")
        return self.add_many(f"Add {name}" if isinstance(name, str) else "Add", [draft])[0]

    def add_many(self, label: str, drafts: Iterable[Draft]) -> list[RecordId]:
        """Add copies in one step."""
        scribe = self._scribe()
        copies = [scribe.add_copy(draft) for draft in drafts]
        self._write(label, scribe.operations)
        return copies

    def edit(self, copies: Sequence[RecordId], fields: Fields) -> Change:
        """Set the same fields of one copy or many."""
        scribe = self._scribe()
        scribe.edit_copies(copies, fields)
        return self._write(f"Edit {self._called(copies)}", scribe.operations)

    def edit_model(self, copy: RecordId, fields: Fields) -> Change:
        """Change what holds for all copies of this one's model."""
        scribe = self._scribe()
        scribe.edit_model(copy, fields)
        return self._write(f"Edit {self._called([copy])}", scribe.operations)

    def edit_variant(self, copy: RecordId, fields: Fields) -> Change:
        """Change what holds for all copies of this one's variant."""
        scribe = self._scribe()
        scribe.edit_variant(copy, fields)
        return self._write(f"Edit {self._called([copy])}", scribe.operations)

    def move(self, copies: Sequence[RecordId], path: str) -> Change:
        """Put copies into a place, as in ``Attic / Box 3``; "" takes them out of any."""
        scribe = self._scribe()
        scribe.edit_copies(copies, {"location": scribe.location(path)})
        where = f"to {path}" if path else "out of its place"
        return self._write(f"Move {self._called(copies)} {where}", scribe.operations)

    def tag(self, copies: Sequence[RecordId], name: str) -> Change:
        """Put a tag on copies; it is made if there is none of that name."""
        scribe = self._scribe()
        scribe.edit_copies(copies, {tag_field(scribe.tag(name)): True})
        return self._write(f"Tag {self._called(copies)} {name}", scribe.operations)

    def untag(self, copies: Sequence[RecordId], tag: RecordId) -> Change:
        """Take a tag off copies."""
        scribe = self._scribe()
        scribe.edit_copies(copies, {tag_field(tag): False})
        return self._write(f"Untag {self._called(copies)}", scribe.operations)

    def delete(self, copies: Sequence[RecordId]) -> Change:
        """Put copies into the trash."""
        operations = [Delete(Kind.COPY, tuple(copies))]
        return self._write(f"Delete {self._called(copies)}", operations)

    def restore(self, copies: Sequence[RecordId]) -> Change:
        """Take copies out of the trash."""
        operations = [Restore(Kind.COPY, tuple(copies))]
        return self._write(f"Restore {self._called(copies)}", operations)

    def _scribe(self) -> Scribe:
        return Scribe(self._records, self._mint)

    def _called(self, copies: Sequence[RecordId]) -> str:
        """Return how a step names copies: ``Peanut``, or ``3 pieces``."""
        if len(copies) != 1:
            return f"{len(copies)} pieces"
        detail = self._records.detail(copies[0])
        name = detail.model_fields.get("name") if detail else None
        return name if isinstance(name, str) and name else "a piece"
