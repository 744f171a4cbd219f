"""The log of entries as a device sees it: every entry accepted, waiting, or Refused."""

from shared.ledger.frame import MAX_BODY_BYTES, MAX_EDITS, MAX_FRAME_BYTES, OversizedError
from shared.ledger.heads import head_line, seen_hash
from shared.ledger.ledger import HashAt, Ledger, NotWritableError, WornOutError
from shared.ledger.refusal import Code, Refused
from shared.ledger.stored import DamagedEntryError, rebuild
from shared.ledger.values import (
    Accepted,
    Author,
    Duplicate,
    Head,
    Heads,
    LedgerState,
    SealedEntry,
    Waiting,
)

__all__ = [
    "MAX_BODY_BYTES",
    "MAX_EDITS",
    "MAX_FRAME_BYTES",
    "Accepted",
    "Author",
    "Code",
    "DamagedEntryError",
    "Duplicate",
    "HashAt",
    "Head",
    "Heads",
    "Ledger",
    "LedgerState",
    "NotWritableError",
    "OversizedError",
    "Refused",
    "SealedEntry",
    "Waiting",
    "WornOutError",
    "head_line",
    "rebuild",
    "seen_hash",
]
