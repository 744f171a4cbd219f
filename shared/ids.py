"""Names of things. Each identifier is its own type, so one cannot be passed for another.

All but ``Slug`` are raw bytes of a fixed length. They are parsed once, where they enter the
program, by the functions below; past that point the type is the proof.
"""

import re
from typing import NewType

TenantId = NewType("TenantId", bytes)
"""32 bytes: SHA-256 of the tenant's genesis link, so it certifies itself."""
DeviceId = NewType("DeviceId", bytes)
"""16 random bytes; one installation of the app, or the paper device."""
Incarnation = NewType("Incarnation", bytes)
"""8 random bytes; one unbroken life of a device's vault file."""
RecordId = NewType("RecordId", bytes)
"""16 bytes: a UUIDv7, or one derived from a reference piece."""
FileId = NewType("FileId", bytes)
"""16 random bytes; the name of one sealed attachment."""
LogId = NewType("LogId", bytes)
"""16 random bytes; the server's name for one life of a tenant's log."""
EntryHash = NewType("EntryHash", bytes)
"""32 bytes: SHA-256 of a whole sealed entry."""
PairId = NewType("PairId", bytes)
"""16 random bytes; the address of one pairing mailbox."""
Cursor = NewType("Cursor", int)
"""How far a reader has come in the server's order of one log."""
Slug = NewType("Slug", str)
"""A DNS label, as in ``artmatt`` of ``artmatt.beanie.ty``."""

TENANT_BYTES = 32
DEVICE_BYTES = 16
INCARNATION_BYTES = 8
RECORD_BYTES = 16
FILE_BYTES = 16
LOG_BYTES = 16
PAIR_BYTES = 16
HASH_BYTES = 32

_SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")


class InvalidIdError(ValueError):
    """Swingtag knows no such name. Check it for typing errors and try again."""


def _sized(raw: bytes, length: int) -> bytes:
    if len(raw) != length:
        raise InvalidIdError(len(raw))
    return bytes(raw)


def tenant_id(raw: bytes) -> TenantId:
    """Accept 32 bytes, or raise InvalidIdError."""
    return TenantId(_sized(raw, TENANT_BYTES))


def incarnation(raw: bytes) -> Incarnation:
    """Accept 8 bytes, or raise InvalidIdError."""
    return Incarnation(_sized(raw, INCARNATION_BYTES))


def file_id(raw: bytes) -> FileId:
    """Accept 16 bytes, or raise InvalidIdError."""
    return FileId(_sized(raw, FILE_BYTES))


def pair_id(raw: bytes) -> PairId:
    """Accept 16 bytes, or raise InvalidIdError."""
    return PairId(_sized(raw, PAIR_BYTES))


def log_id(raw: bytes) -> LogId:
    """Accept 16 bytes, or raise InvalidIdError."""
    return LogId(_sized(raw, LOG_BYTES))


def entry_hash(raw: bytes) -> EntryHash:
    """Accept 32 bytes, or raise InvalidIdError."""
    return EntryHash(_sized(raw, HASH_BYTES))


def slug(text: str) -> Slug:
    """Accept a lower-case DNS label of at most 63 letters, or raise InvalidIdError."""
    if not _SLUG.fullmatch(text) or text.startswith("xn--"):
        raise InvalidIdError(text)
    return Slug(text)
