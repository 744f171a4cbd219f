"""What the one door for edits takes, and what it gives back.

Operations name records and new values only. Stamps, the values overwritten and the knowledge
that a delete must carry are added by the vault, inside the transaction that applies them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from shared.domain.schema import Kind, Value
from shared.ids import RecordId


@dataclass(frozen=True, slots=True)
class Put:
    """Set fields of one record, which is made if it is new."""

    kind: Kind
    record: RecordId
    fields: Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class PutMany:
    """Set the same fields of many records, by column: the form of imports and bulk edits.

    ``columns[i]`` holds the values of ``fields[i]``, one for each of ``records``. Ids that
    count on from the first one travel as a single seed.
    """

    kind: Kind
    records: Sequence[RecordId]
    fields: tuple[str, ...]
    columns: tuple[Sequence[Value], ...]


@dataclass(frozen=True, slots=True)
class Delete:
    """Put records into the trash. An edit that the deleter had not seen brings one back."""

    kind: Kind
    records: Sequence[RecordId]


@dataclass(frozen=True, slots=True)
class Restore:
    """Take records out of the trash."""

    kind: Kind
    records: Sequence[RecordId]


Operation = Put | PutMany | Delete | Restore


@dataclass(frozen=True, slots=True)
class Change:
    """What an edit, local or remote, touched: enough for every view to repaint itself.

    ``records`` is empty and ``everything`` true when too much changed to be listed.
    ``skipped`` tells, after an undo, which fields somebody had edited meanwhile.
    """

    label: str
    records: Mapping[Kind, frozenset[RecordId]] = field(default_factory=dict)
    everything: bool = False
    remote: bool = False
    skipped: tuple[str, ...] = ()

    @property
    def empty(self) -> bool:
        """Whether nothing at all was touched."""
        return not self.everything and not self.records
