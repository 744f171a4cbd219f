"""What a removed device wrote behind its cut: shown, and made own edits where the person wants."""

from collections.abc import Callable, Iterable, Iterator, Mapping

from desktop.collection.copies import Write
from desktop.collection.values import LaidAside, LatePiece
from desktop.vault.vault import Records
from shared.domain.operations import Change, Delete, Operation, Put, Restore
from shared.domain.schema import CUSTOM_PREFIX, DELETED, TAG_PREFIX, Kind
from shared.domain.stamps import Origin
from shared.ids import RecordId

_LABEL = "Adopt set-aside changes"
_PASSED_OVER = {Kind.DEVICE, Kind.SETTING}
"""Names of devices and preferences: nobody misses those of a device that is gone."""
_PART_OF_A_COPY = {Kind.MODEL, Kind.VARIANT, Kind.PHOTO}
_KIND_WORDS = {
    Kind.LOCATION: "Place",
    Kind.TAG: "Tag",
    Kind.FIELD: "Own field",
    Kind.TERM: "Choice",
}
_NAMELESS = "Without a name"

Spot = tuple[Kind, RecordId]


class LateChanges:
    """``cuts`` tells the last number that counts of every stream that is cut."""

    def __init__(
        self, records: Records, cuts: Callable[[], Mapping[Origin, int]], write: Write
    ) -> None:
        self._records = records
        self._cuts = cuts
        self._write = write

    def all(self) -> list[LaidAside]:
        """Return what was set aside and was not adopted, in the order in which it was written."""
        return late_changes(self._records, self._cuts())

    def pieces(self) -> tuple[LatePiece, ...]:
        """Return the same by the thing that it belongs to."""
        changes = self.all()
        owners = _owners(changes)
        grouped: dict[Spot, list[LaidAside]] = {}
        for change in changes:
            spot = (change.kind, change.record)
            grouped.setdefault(owners.get(spot, spot), []).append(change)
        return tuple(
            LatePiece(self._title(spot, changes), tuple(mine), all(one.new for one in mine))
            for spot, mine in grouped.items()
        )

    def adopt(self, chosen: Iterable[LaidAside]) -> Change:
        """Write what was chosen as own edits, in one step, with what it cannot be without.

        A new record comes as a whole, with the new records that it leads to.
        """
        wanted = {(one.kind, one.record, one.past.field): one for one in chosen}
        new = [one for one in self.all() if one.new]
        while (
            more := {
                (one.kind, one.record, one.past.field): one
                for one in new
                if one.record in _needed(wanted.values())
            }.items()
            - wanted.items()
        ):
            wanted.update(more)
        return self._write(_LABEL, list(_operations(wanted.values())))

    def _title(self, spot: Spot, changes: Iterable[LaidAside]) -> str:
        kind, record = spot
        fields = dict(self._records.fields(kind, record) or {})
        fields |= {
            one.past.field: one.past.value
            for one in changes
            if (one.kind, one.record) == spot and one.past.field not in fields
        }
        model = fields.get("model")
        if isinstance(model, bytes):
            return self._title((Kind.MODEL, RecordId(model)), changes)
        name = fields.get("name") or fields.get("label")
        words = name if isinstance(name, str) else _NAMELESS
        return f"{_KIND_WORDS[kind]} \u201c{words}\u201d" if kind in _KIND_WORDS else words


def late_changes(records: Records, cuts: Mapping[Origin, int]) -> list[LaidAside]:
    """Return what lies behind cuts and was not adopted."""
    found = records.laid_aside(cuts) if cuts else []
    return [change for change in found if change.kind not in _PASSED_OVER]


def _owners(changes: Iterable[LaidAside]) -> dict[Spot, Spot]:
    """Tell to which copy new models, variants and photos belong."""
    owners: dict[Spot, Spot] = {}
    new = {(one.kind, one.record) for one in changes if one.new and one.kind in _PART_OF_A_COPY}
    for one in changes:
        field, value = one.past.field, one.past.value
        if one.kind is Kind.COPY and field in {"model", "variant"} and isinstance(value, bytes):
            linked = (Kind(field), RecordId(value))
            if linked in new:
                owners.setdefault(linked, (Kind.COPY, one.record))
        if one.kind is Kind.PHOTO and field == "copy" and isinstance(value, bytes):
            owners[one.kind, one.record] = (Kind.COPY, RecordId(value))
    return owners


def _needed(wanted: Iterable[LaidAside]) -> set[RecordId]:
    """Return the records that these changes write to or lead to."""
    needed = set[RecordId]()
    for one in wanted:
        needed.add(one.record)
        if isinstance(one.past.value, bytes):
            needed.add(RecordId(one.past.value))
        for prefix in (TAG_PREFIX, CUSTOM_PREFIX):
            if one.past.field.startswith(prefix):
                needed.add(RecordId(bytes.fromhex(one.past.field.removeprefix(prefix))))
    return needed


def _operations(wanted: Iterable[LaidAside]) -> Iterator[Operation]:
    """Take records out of the trash before they are written to, and delete at the end."""
    last = []
    for one in wanted:
        field, value = one.past.field, one.past.value
        if field != DELETED:
            last.append(Put(one.kind, one.record, {field: value}))
        elif value is False:
            yield Restore(one.kind, [one.record])
    yield from last
    for one in wanted:
        if one.past.field == DELETED and one.past.value is True:
            yield Delete(one.kind, [one.record])
