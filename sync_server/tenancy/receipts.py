"""Receipts of deletion: what was deleted, what stays, signed by the server."""

import msgspec

from shared.signing import SigningKey, labelled, verify

DAY_MILLIS = 86_400_000
NAME_LOCK_DAYS = 90
REMAINS = (
    f"a keyed hash of the name, for {NAME_LOCK_DAYS} days, so that nobody else takes it",
    "this receipt",
    "one line of the audit: that a tenant was deleted, and when",
)


class BadReceiptError(ValueError):
    """The file is no receipt of that server, or was changed. Ask the operator for it again."""


class Counts(msgspec.Struct, frozen=True):
    """What was deleted. ``backups``: what became of each that the operator had made."""

    entries: int = 0
    entry_bytes: int = 0
    links: int = 0
    boxes: int = 0
    files: int = 0
    file_bytes: int = 0
    backups: tuple[str, ...] = ()


class Deletion(msgspec.Struct, frozen=True):
    """What a receipt says. ``tenant`` is hexadecimal, ``at`` in milliseconds since 1970."""

    tenant: str
    at: int
    deleted: Counts
    remains: tuple[str, ...]
    copies: str = "copies of the server's disk, made by other means, are the operator's to delete"


class Receipt(msgspec.Struct, frozen=True):
    """A deletion, the server's public key and its signature, both hexadecimal."""

    deletion: Deletion
    key: str
    signature: str


def sign_receipt(deletion: Deletion, key: SigningKey) -> bytes:
    """Return a receipt as JSON."""
    signature = key.sign(_message(deletion)).hex()
    receipt = Receipt(deletion, key.public.hex(), signature)
    return msgspec.json.format(msgspec.json.encode(receipt)) + b"\n"


def check_receipt(raw: bytes, public: bytes) -> Deletion:
    """Return what a receipt says if the server with this key signed it.

    Raises BadReceiptError.
    """
    try:
        receipt = msgspec.json.decode(raw, type=Receipt)
        signature, key = bytes.fromhex(receipt.signature), bytes.fromhex(receipt.key)
    except ValueError as error:
        raise BadReceiptError from error
    if key != public or not verify(public, signature, _message(receipt.deletion)):
        raise BadReceiptError
    return receipt.deletion


def _message(deletion: Deletion) -> bytes:
    return labelled("receipt", msgspec.json.encode(deletion))
