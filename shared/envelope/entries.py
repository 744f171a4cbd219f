"""A sealed object, cut into its parts, and the check of who wrote it.

Layout: ``header 154 | signature 64 | salt 24 | commitment 32 | ciphertext``. The signature
covers the header and the SHA-256 of all that follows the signature.
"""

from dataclasses import dataclass

from shared.envelope.header import HEADER_BYTES, Header, Kind, MalformedEnvelopeError
from shared.ids import EntryHash
from shared.signing import labelled, sha256, verify
from shared.signing.keys import SIGNATURE_BYTES

SALT_BYTES = 24
COMMITMENT_BYTES = 32
TAG_BYTES = 16
MIN_PADDED_BYTES = 256
MAX_PADDED_BYTES = 1_081_344
"""A body of 1 MiB with its length in front, padded (see docs/format.md)."""

_SALT = HEADER_BYTES + SIGNATURE_BYTES
_COMMITMENT = _SALT + SALT_BYTES
_CIPHERTEXT = _COMMITMENT + COMMITMENT_BYTES
MIN_SEALED_BYTES = _CIPHERTEXT + MIN_PADDED_BYTES + TAG_BYTES
MAX_SEALED_BYTES = _CIPHERTEXT + MAX_PADDED_BYTES + TAG_BYTES


@dataclass(frozen=True, slots=True)
class Envelope:
    """An object as it was received, mostly an entry.

    ``hash`` is the SHA-256 of all its bytes: its name.
    """

    header: Header
    signature: bytes
    salt: bytes
    commitment: bytes
    hash: EntryHash
    sealed: bytes

    @classmethod
    def parse(cls, sealed: bytes, kind: Kind = Kind.ENTRY) -> "Envelope":
        """Cut an object of one kind into its parts, or raise MalformedEnvelopeError."""
        if not MIN_SEALED_BYTES <= len(sealed) <= MAX_SEALED_BYTES:
            raise MalformedEnvelopeError
        return cls(
            header=Header.parse(sealed[:HEADER_BYTES], kind),
            signature=sealed[HEADER_BYTES:_SALT],
            salt=sealed[_SALT:_COMMITMENT],
            commitment=sealed[_COMMITMENT:_CIPHERTEXT],
            hash=sha256(sealed),
            sealed=sealed,
        )


def signed_message(header: bytes, sealed_body: bytes, kind: Kind = Kind.ENTRY) -> bytes:
    """Return what the writer signs; ``sealed_body`` is salt, commitment and ciphertext."""
    return labelled(kind.purpose, header, sha256(sealed_body))


def check_signature(envelope: Envelope, public: bytes) -> bool:
    """Tell whether the owner of ``public`` wrote this object."""
    header, sealed_body = envelope.sealed[:HEADER_BYTES], envelope.sealed[_SALT:]
    message = signed_message(header, sealed_body, envelope.header.kind)
    return verify(public, envelope.signature, message)
