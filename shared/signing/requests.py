"""How a device proves itself to the server: it signs each request; no token, no password.

The ``Authorization`` header reads ``Swingtag <base64url of tenant 32 | device 16 | milliseconds
since 1970, 8 | signature 64>``. What is signed is not sent again: method, target, server name
and body are what the server sees of them, so a request cannot be replayed elsewhere.
"""

import base64
import binascii
from dataclasses import dataclass
from enum import Enum

from shared.ids import DEVICE_BYTES, TENANT_BYTES, DeviceId, TenantId
from shared.signing.hashes import labelled, sha256
from shared.signing.keys import SIGNATURE_BYTES, SigningKey, verify

SCHEME = "Swingtag"
WINDOW_MILLIS = 5 * 60 * 1000
"""How far, either way, a request's time may lie from the server's."""

_MILLIS_BYTES = 8
_RAW_BYTES = TENANT_BYTES + DEVICE_BYTES + _MILLIS_BYTES + SIGNATURE_BYTES


class InvalidCredentialError(ValueError):
    """The request carries no signature that the server can read. Update Swingtag and try again."""


class Verdict(Enum):
    """What the check of a credential found."""

    GOOD = "good"
    FORGED = "forged"
    WRONG_TIME = "wrong time"


@dataclass(frozen=True, slots=True)
class RequestSummary:
    """What a request signature covers, besides who signs and when.

    ``target`` is path and query as sent, ``authority`` the Host header: ``host`` or
    ``host:port``, in any case of letters.
    """

    method: str
    target: str
    authority: str
    body_hash: bytes

    @classmethod
    def of(cls, method: str, target: str, authority: str, body: bytes = b"") -> "RequestSummary":
        """Summarise a request whose whole body is at hand."""
        return cls(method, target, authority, sha256(body))

    def message(self, tenant: TenantId, device: DeviceId, millis: int) -> bytes:
        """Return the bytes to be signed."""
        return labelled(
            "request",
            self.method.upper().encode(),
            self.target.encode(),
            self.authority.lower().encode(),
            tenant,
            device,
            millis.to_bytes(_MILLIS_BYTES),
            self.body_hash,
        )


@dataclass(frozen=True, slots=True)
class Credential:
    """Who claims to send a request, when, and the proof. Nothing is proven before ``check``."""

    tenant: TenantId
    device: DeviceId
    millis: int
    signature: bytes

    @classmethod
    def parse(cls, header: str) -> "Credential":
        """Read an ``Authorization`` header, or raise InvalidCredentialError."""
        scheme, _, text = header.partition(" ")
        if scheme.lower() != SCHEME.lower() or not text.isascii():
            raise InvalidCredentialError
        try:
            raw = base64.b64decode(text, altchars=b"-_", validate=True)
        except binascii.Error as error:
            raise InvalidCredentialError from error
        if len(raw) != _RAW_BYTES:
            raise InvalidCredentialError
        device, millis = TENANT_BYTES, TENANT_BYTES + DEVICE_BYTES
        return cls(
            TenantId(raw[:device]),
            DeviceId(raw[device:millis]),
            int.from_bytes(raw[millis : millis + _MILLIS_BYTES]),
            raw[-SIGNATURE_BYTES:],
        )

    @property
    def header(self) -> str:
        """The value of the ``Authorization`` header."""
        raw = self.tenant + self.device + self.millis.to_bytes(_MILLIS_BYTES) + self.signature
        return f"{SCHEME} {base64.urlsafe_b64encode(raw).decode()}"

    def check(self, request: RequestSummary, public: bytes, now_millis: int) -> Verdict:
        """Judge the proof against what the server saw, the device's key and the server's clock."""
        message = request.message(self.tenant, self.device, self.millis)
        if not verify(public, self.signature, message):
            return Verdict.FORGED
        if abs(now_millis - self.millis) > WINDOW_MILLIS:
            return Verdict.WRONG_TIME
        return Verdict.GOOD


def sign_request(
    key: SigningKey, tenant: TenantId, device: DeviceId, request: RequestSummary, millis: int
) -> str:
    """Return the ``Authorization`` header with which ``device`` sends ``request``."""
    signature = key.sign(request.message(tenant, device, millis))
    return Credential(tenant, device, millis, signature).header
