"""Between the sealed bytes of an entry, or another sealed object, and what is stored of it."""

from shared.crypto.epochs import Keyring
from shared.crypto.padding import BadPaddingError, pad, unpad
from shared.crypto.sealing import NotOpenedError, open_sealed, seal
from shared.domain.stamps import Origin
from shared.envelope import HEADER_BYTES, Envelope, Header, Kind, signed_message
from shared.ledger.refusal import Code, Refused
from shared.ledger.values import SealedEntry
from shared.signing import SigningKey, sha256
from shared.signing.keys import SIGNATURE_BYTES

_KIND_AT = 5


class DamagedEntryError(ValueError):
    """A stored entry of the history is damaged. Another device or the server has it whole."""


def close_entry(
    header: Header, body: bytes, salt: bytes, keyring: Keyring, key: SigningKey
) -> SealedEntry:
    """Seal and sign a compressed frame."""
    head = header.encode()
    sealed_body = _seal(header, body, salt, keyring)
    signature = key.sign(signed_message(head, sealed_body, header.kind))
    return SealedEntry(
        origin=Origin(header.device, header.incarnation),
        seq=header.seq,
        hash=sha256(head + signature + sealed_body),
        header=head,
        signature=signature,
        salt=salt,
        body=body,
    )


def open_entry(envelope: Envelope, keyring: Keyring) -> SealedEntry:
    """Open an entry whose signature was checked; raise Refused if it is not what was sealed."""
    header, raw = envelope.header, envelope.sealed
    head, sealed_body = raw[:HEADER_BYTES], raw[HEADER_BYTES + SIGNATURE_BYTES :]
    space_key = keyring.space_key(header.epoch, header.space)
    try:
        body = unpad(open_sealed(space_key, header.kind.purpose, head, sealed_body))
    except NotOpenedError as error:
        raise Refused(Code.SEAL) from error
    except BadPaddingError as error:
        raise Refused(Code.PADDING) from error
    return SealedEntry(
        origin=Origin(header.device, header.incarnation),
        seq=header.seq,
        hash=envelope.hash,
        header=head,
        signature=envelope.signature,
        salt=envelope.salt,
        body=body,
    )


def rebuild(entry: SealedEntry, keyring: Keyring) -> bytes:
    """Return the sealed bytes of an entry. Raise DamagedEntryError unless they hash as before."""
    try:
        header = Header.parse(entry.header, Kind(entry.header[_KIND_AT]))
        sealed_body = _seal(header, entry.body, entry.salt, keyring)
    except (ValueError, LookupError) as error:  # no header, or none of an epoch there is
        raise DamagedEntryError from error
    sealed = entry.header + entry.signature + sealed_body
    if sha256(sealed) != entry.hash:
        raise DamagedEntryError
    return sealed


def _seal(header: Header, body: bytes, salt: bytes, keyring: Keyring) -> bytes:
    space_key = keyring.space_key(header.epoch, header.space)
    return seal(space_key, header.kind.purpose, header.encode(), pad(body), salt)
