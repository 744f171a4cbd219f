"""One link: a fixed head, the signer's signature, and a body that depends on the kind.

Layout, big endian: ``magic 4 | suite 1 | kind 1 | n 4 | prev 32 | signer 16 | signature 64 |
body``. The head and the signature are read and checked before the body is looked at.
"""

import struct
from dataclasses import dataclass
from enum import IntEnum

from shared.ids import DeviceId, EntryHash
from shared.signing import SigningKey, labelled, sha256, verify
from shared.signing.keys import SIGNATURE_BYTES

MAGIC = b"SWTL"
SUITE = 1
MAX_LINK_BYTES = 64 * 1024

_HEAD = struct.Struct(">4sBBI32s16s")
_BODY = _HEAD.size + SIGNATURE_BYTES
MAX_BODY_BYTES = MAX_LINK_BYTES - _BODY


class InvalidChainError(ValueError):
    """The list of devices that came was not signed by this collection's owner. It was ignored.

    Nothing has changed here. If it keeps happening, do not trust this server.
    """


class LinkKind(IntEnum):
    """What a link does."""

    GENESIS = 1
    ADD = 2
    REVOKE = 3
    ROTATE = 4
    ROLE = 5
    RECOVERY = 6


@dataclass(frozen=True, slots=True)
class Link:
    """A link cut into its parts. ``n`` counts from 1; ``prev`` is SHA-256 of the link before."""

    kind: LinkKind
    n: int
    prev: EntryHash
    signer: DeviceId
    signature: bytes
    body: bytes
    raw: bytes

    @classmethod
    def parse(cls, raw: bytes) -> "Link":
        """Cut a link into its parts, or raise InvalidChainError."""
        if not _BODY <= len(raw) <= MAX_LINK_BYTES:
            raise InvalidChainError
        magic, suite, kind, n, prev, signer = _HEAD.unpack_from(raw)
        if (magic, suite) != (MAGIC, SUITE) or kind not in set(LinkKind):
            raise InvalidChainError
        signature, body = raw[_HEAD.size : _BODY], raw[_BODY:]
        return cls(LinkKind(kind), n, prev, signer, signature, body, raw)

    @property
    def hash(self) -> EntryHash:
        """SHA-256 of the whole link."""
        return sha256(self.raw)

    def signed_by(self, public: bytes) -> bool:
        """Tell whether the owner of ``public`` signed this link."""
        return verify(public, self.signature, _message(self.raw[: _HEAD.size], self.body))


def sign_link(
    key: SigningKey, kind: LinkKind, signer: DeviceId, body: bytes, *, n: int, prev: EntryHash
) -> bytes:
    """Return the bytes of a new link."""
    head = _HEAD.pack(MAGIC, SUITE, kind, n, prev, signer)
    return head + key.sign(_message(head, body)) + body


def _message(head: bytes, body: bytes) -> bytes:
    return labelled("link", head, sha256(body))
