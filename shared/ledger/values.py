"""What passes between the ledger, which trusts nobody, and the vault, which stores."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from shared.domain.stamps import Origin
from shared.ids import EntryHash, TenantId
from shared.signing import SigningKey


class Head(NamedTuple):
    """The last entry of one stream: its number, counted from 1, and its hash."""

    seq: int
    hash: EntryHash


Heads = Mapping[Origin, Head]


@dataclass(frozen=True, slots=True)
class SealedEntry:
    """One entry as it is stored and sent, with what its bytes are rebuilt from.

    ``body`` is the compressed frame before padding and sealing: kept once, it is the history,
    and ``header``, ``signature``, ``salt`` and it give ``sealed`` again, byte for byte.
    """

    origin: Origin
    seq: int
    hash: EntryHash
    header: bytes
    signature: bytes
    salt: bytes
    body: bytes


@dataclass(frozen=True, slots=True)
class Accepted:
    """An entry that passed every check, opened.

    ``edits`` are edit blobs of shared.domain.edits, in order. ``heads`` are the other streams'
    heads that its writer had seen, changed since the writer's entry before.
    """

    entry: SealedEntry
    heads: Heads
    edits: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Duplicate:
    """An entry that is here already, with the same bytes. Nothing is to be done."""

    origin: Origin
    seq: int


@dataclass(frozen=True, slots=True)
class Waiting:
    """A genuine entry that cannot be accepted yet.

    ``heads`` are the entries, with all before them, that must come first. ``epoch`` is set if
    instead the links or the key of that epoch are missing. Keep the entry and judge it again
    when more has come; all other streams go on.
    """

    heads: Heads
    epoch: int | None = None


@dataclass(frozen=True, slots=True)
class Author:
    """Who writes own entries. ``previous`` is the stream of this device before ``origin``."""

    origin: Origin
    key: SigningKey
    previous: Origin | None = None


@dataclass(frozen=True, slots=True)
class LedgerState:
    """All that a device must remember to judge the next entry.

    ``seen`` holds, for each writer's stream, the heads that its last entry had seen. ``base``: the
    heads of the snapshot that this device has taken in, which stands for entries not held here.
    """

    tenant: TenantId
    links: tuple[bytes, ...]
    heads: Heads
    seen: Mapping[Origin, Heads] = field(default_factory=dict)
    base: Heads = field(default_factory=dict)
