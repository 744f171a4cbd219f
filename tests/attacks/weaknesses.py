"""Weaknesses put into the program on purpose, to see that the rows notice them."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from desktop.sync.chain import Chain
from shared.crypto import sealing
from shared.crypto.epochs import Keyring
from shared.ledger import Code, Ledger, Refused, ledger, snapshots
from shared.membership import Link, Member


class _Equal:
    """Whatever is compared is the same."""

    @staticmethod
    def compare_digest(_one: bytes, _other: bytes) -> bool:
        return True


def signature_unchecked() -> Any:
    return patch.object(ledger, "check_signature", lambda _envelope, _public: True)


def link_signature_unchecked() -> Any:
    return patch.object(Link, "signed_by", lambda _link, _public: True)


def commitment_unchecked() -> Any:
    return patch.object(sealing, "hmac", _Equal)


def previous_unchecked() -> Any:
    right = Ledger._check_place

    def check(self: Ledger, *place: Any) -> Any:
        try:
            return right(self, *place)
        except Refused as refused:
            if refused.code in {Code.EQUIVOCATION, Code.SEQUENCE}:
                return None
            raise

    return patch.multiple(Ledger, _check_place=check, _hash_at=lambda *_: None)


def cut_unchecked() -> Any:
    return patch.object(Member, "counts", lambda *_: True)


def foreign_tenant_accepted() -> Any:
    right = ledger.check_writer

    def check(envelope: Any, membership: Any) -> Any:
        try:
            return right(envelope, membership)
        except Refused as refused:
            writer = membership.devices.get(envelope.header.device)
            if refused.code is not Code.TENANT or writer is None:
                raise Refused(Code.DEVICE) from refused
            return writer

    return patch.object(ledger, "check_writer", check)


@contextmanager
def box_hash_not_compared() -> Iterator[None]:
    """Any box that opens will do."""
    right = Chain.open_keys

    def open_keys(self: Chain, keys: Any, keyring: Keyring) -> Keyring:
        keyring = right(self, keys, keyring)
        for number in range(1, len(self.membership.epochs) + 1):
            for box in self.boxes:
                if not keyring.has(number) and (key := _opened(self, keys, box, number)):
                    keyring = keyring.with_key(number, key)
        return keyring

    with patch.object(Chain, "open_keys", open_keys):
        yield


def _opened(chain: Chain, keys: Any, box: bytes, number: int) -> bytes | None:
    try:
        return chain._open_own(keys, box, number)
    except Exception:  # noqa: BLE001 - a weak program looks no closer
        return None


def approvals_uncounted() -> Any:
    return patch.object(snapshots, "_check_signers", lambda *_: None)


WEAKNESSES: dict[str, tuple[Any, tuple[str, ...]]] = {
    "signatures of entries are not checked": (signature_unchecked, ("A7", "A22")),
    "signatures of links are not checked": (link_signature_unchecked, ("A4", "A28")),
    "commitments are not compared": (commitment_unchecked, ("A12",)),
    "previous hashes and numbers are not compared": (previous_unchecked, ("A31",)),
    "cuts are not looked at": (cut_unchecked, ("A29",)),
    "entries of other tenants are let through": (foreign_tenant_accepted, ("A6",)),
    "hashes of boxes are not compared": (box_hash_not_compared, ("A1",)),
    "approvals are not counted": (approvals_uncounted, ("KA",)),
}
"""Each weakness, and the rows that must notice it."""
