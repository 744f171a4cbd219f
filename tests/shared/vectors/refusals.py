"""What must be refused, and at which check: changes to the recorded entries and links.

A row has ``entry`` or ``link`` (a number), ``patches`` (offset and bytes), ``length`` and ``code``:
take that recorded object, put the bytes in, and cut or fill with zeros to the length. Rows whose
first patch is a signature were signed anew by the writer's own key, so that later checks are met.
"""

import random
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from shared.crypto.epochs import Keyring
from shared.domain.stamps import Origin
from shared.envelope import HEADER_BYTES, Kind, signed_message
from shared.ids import EntryHash, TenantId
from shared.ledger import Accepted, Ledger, LedgerState, Refused
from shared.membership import verify_chain
from shared.membership.chain import InvalidChainError
from shared.signing import SigningKey
from shared.signing.keys import SIGNATURE_BYTES

Row = dict[str, Any]
FIELDS = {
    "magic": (0, 4),
    "suite": (4, 1),
    "kind": (5, 1),
    "tenant": (6, 32),
    "space": (38, 16),
    "epoch": (54, 4),
    "device": (58, 16),
    "incarnation": (74, 8),
    "seq": (82, 8),
    "prev": (90, 32),
    "seen": (122, 32),
}
SIGNATURE, SALT, COMMITMENT, CIPHERTEXT = 154, 218, 242, 274
LINK_PARTS = {"magic": 0, "suite": 4, "kind": 5, "n": 6, "prev": 10, "signer": 42, "signature": 58}


def apply(raw: bytes, row: Row) -> bytes:
    """Return the object that a row describes."""
    changed = bytearray(raw)
    for at, patch in row["patches"]:
        piece = bytes.fromhex(patch)
        changed[at : at + len(piece)] = piece
    return bytes(changed[: row["length"]].ljust(row["length"], b"\0"))


class Reader:
    """A ledger that has accepted the first entries, and judges what is held before it."""

    def __init__(self, tenant: TenantId, links: Sequence[bytes], keyring: Keyring) -> None:
        self._hashes: dict[tuple[Origin, int], EntryHash] = {}
        state = LedgerState(tenant, tuple(links), {})
        self.ledger = Ledger(state, keyring, lambda *place: self._hashes.get(place))

    def take(self, sealed: bytes) -> None:
        outcome = self.ledger.judge(sealed)
        assert isinstance(outcome, Accepted), outcome
        self._hashes[outcome.entry.origin, outcome.entry.seq] = outcome.entry.hash

    def code_of(self, sealed: bytes) -> str:
        """Return the check that refuses it; empty if it is accepted, known, or has to wait."""
        try:
            self.ledger.judge(sealed)
        except Refused as refused:
            return refused.code.value
        return ""


def refused_entries(
    entries: Sequence[bytes], reader: Callable[[], Reader], keys: dict[bytes, SigningKey]
) -> Iterator[Row]:
    """Yield changes of every part of every entry, as they are and signed anew."""
    for n, sealed in enumerate(entries):
        luck = random.Random(n)  # noqa: S311 - the same rows every time
        changes = [*_plain(sealed, luck), *_signed(sealed, luck, keys)]
        for patches, length in changes:
            row = {"entry": n, "patches": [[at, p.hex()] for at, p in patches], "length": length}
            judge = reader()
            for before in entries[:n]:
                judge.take(before)
            code = judge.code_of(apply(sealed, row))
            if code:
                yield row | {"code": code}


def _plain(sealed: bytes, luck: random.Random) -> Iterator[tuple[list[tuple[int, bytes]], int]]:
    places = [start for start, _ in FIELDS.values()]
    places += [SIGNATURE, SIGNATURE + 32, SALT, COMMITMENT, CIPHERTEXT, len(sealed) - 1]
    for at in places:
        yield [(at, bytes([sealed[at] ^ 1 << luck.randrange(8)]))], len(sealed)
    for length in (0, HEADER_BYTES, 545, len(sealed) - 1, len(sealed) + 1):
        yield [], length


def _signed(
    sealed: bytes, luck: random.Random, keys: dict[bytes, SigningKey]
) -> Iterator[tuple[list[tuple[int, bytes]], int]]:
    """Change what the writer signs: it is the writer who lies."""
    key = keys[sealed[58:74]]
    for name in ("epoch", "seq", "prev", "seen"):
        start, size = FIELDS[name]
        value = bytearray(sealed[start : start + size])
        value[-1] ^= 1 << luck.randrange(8)
        yield _with_signature(sealed, [(start, bytes(value))], key), len(sealed)
    for at in (SALT, COMMITMENT, CIPHERTEXT, len(sealed) - 1):
        patch = (at, bytes([sealed[at] ^ 1 << luck.randrange(8)]))
        yield _with_signature(sealed, [patch], key), len(sealed)


def _with_signature(
    sealed: bytes, patches: list[tuple[int, bytes]], key: SigningKey
) -> list[tuple[int, bytes]]:
    changed = bytearray(sealed)
    for at, piece in patches:
        changed[at : at + len(piece)] = piece
    header, rest = bytes(changed[:HEADER_BYTES]), bytes(changed[HEADER_BYTES + SIGNATURE_BYTES :])
    signature = key.sign(signed_message(header, rest, Kind.ENTRY))
    return [(SIGNATURE, signature), *patches]


def refused_links(links: Sequence[bytes], tenant: TenantId) -> Iterator[Row]:
    """Yield changes of every part of every link."""
    for n, link in enumerate(links):
        luck = random.Random(100 + n)  # noqa: S311 - the same rows every time
        places = [*LINK_PARTS.values(), 122, luck.randrange(123, len(link)), len(link) - 1]
        for at in places:
            changed = bytes([link[at] ^ 1 << luck.randrange(8)])
            row = {"link": n, "patches": [[at, changed.hex()]], "length": len(link)}
            if _breaks(links, n, row, tenant):
                yield row | {"code": "chain"}
        for length in (len(link) - 1, len(link) + 1):
            row = {"link": n, "patches": [], "length": length}
            if _breaks(links, n, row, tenant):
                yield row | {"code": "chain"}


def _breaks(links: Sequence[bytes], n: int, row: Row, tenant: TenantId) -> bool:
    try:
        verify_chain([*links[:n], apply(links[n], row), *links[n + 1 :]], tenant)
    except InvalidChainError:
        return True
    return False
