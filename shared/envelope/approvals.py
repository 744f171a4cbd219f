"""Approvals: devices that hold what a snapshot says sign its hash."""

from shared.ids import EntryHash, TenantId
from shared.signing import labelled, verify


def approval_message(tenant: TenantId, snapshot: EntryHash) -> bytes:
    """Return what a device signs to approve the snapshot with this hash."""
    return labelled("approval", tenant, snapshot)


def check_approval(tenant: TenantId, snapshot: EntryHash, public: bytes, signature: bytes) -> bool:
    """Tell whether the owner of ``public`` approved a snapshot."""
    return verify(public, signature, approval_message(tenant, snapshot))
