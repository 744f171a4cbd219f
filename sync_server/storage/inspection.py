"""What the server can check of an entry: everything but its content."""

from collections.abc import Sequence

from shared.envelope import Envelope, MalformedEnvelopeError, check_signature
from shared.membership import Membership
from shared.protocol.problems import Code
from sync_server.storage.errors import RefusedError


def inspect(entries: Sequence[bytes], membership: Membership) -> list[Envelope]:
    """Return the entries cut into their parts, if all belong to this tenant and are signed.

    Raises RefusedError: ENTRY_REFUSED, CHAIN_BEHIND, with the index of the entry at fault.
    """
    return [_inspect(at, sealed, membership) for at, sealed in enumerate(entries)]


def _inspect(at: int, sealed: bytes, membership: Membership) -> Envelope:
    try:
        envelope = Envelope.parse(sealed)
    except MalformedEnvelopeError as error:
        raise RefusedError(Code.ENTRY_REFUSED, at=at) from error
    header = envelope.header
    writer = membership.devices.get(header.device)
    if header.tenant != membership.tenant or writer is None:
        raise RefusedError(Code.ENTRY_REFUSED, at=at)
    if not writer.counts(header.incarnation, header.seq, envelope.hash):
        raise RefusedError(Code.ENTRY_REFUSED, at=at)
    if not check_signature(envelope, writer.signing_public):
        raise RefusedError(Code.ENTRY_REFUSED, at=at)
    if header.epoch > membership.epoch:
        raise RefusedError(Code.CHAIN_BEHIND, at=at)
    return envelope
