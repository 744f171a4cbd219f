"""What passes between the ledger, which trusts nobody, and the vault, which stores."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from shared.domain.stamps import Origin
from shared.ids import EntryHash, TenantId


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
class LedgerState:
    """All that a device must remember to judge the next entry.

    ``seen`` holds, for each writer's stream, the heads that its last entry had seen.
    """

    tenant: TenantId
    links: tuple[bytes, ...]
    heads: Heads
    seen: Mapping[Origin, Heads] = field(default_factory=dict)
