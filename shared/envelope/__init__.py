"""The outside of sealed objects: all that can be checked without a key to open it."""

from shared.envelope.entries import (
    MAX_SEALED_BYTES,
    MIN_SEALED_BYTES,
    Envelope,
    check_signature,
    signed_message,
)
from shared.envelope.header import (
    HEADER_BYTES,
    MAX_SEQ,
    SUITE,
    WHOLE_SPACE,
    Header,
    Kind,
    MalformedEnvelopeError,
)

__all__ = [
    "HEADER_BYTES",
    "MAX_SEALED_BYTES",
    "MAX_SEQ",
    "MIN_SEALED_BYTES",
    "SUITE",
    "WHOLE_SPACE",
    "Envelope",
    "Header",
    "Kind",
    "MalformedEnvelopeError",
    "check_signature",
    "signed_message",
]
