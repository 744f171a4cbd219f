"""Ed25519 keys, the hashes that chain things, and the signature of every HTTP request.

Everything that is signed or derived goes through ``labelled``: one label that names the suite
and the purpose, then each part with its length. So no two things ever share their bytes.
"""

from shared.signing.hashes import NO_HASH, labelled, sha256
from shared.signing.keys import SigningKey, verify
from shared.signing.requests import (
    SCHEME,
    Credential,
    InvalidCredentialError,
    RequestSummary,
    Verdict,
    sign_request,
)

__all__ = [
    "NO_HASH",
    "SCHEME",
    "Credential",
    "InvalidCredentialError",
    "RequestSummary",
    "SigningKey",
    "Verdict",
    "labelled",
    "sha256",
    "sign_request",
    "verify",
]
