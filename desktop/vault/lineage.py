"""Whose collection this is, and which stream this device writes to."""

from collections.abc import Mapping
from sqlite3 import Cursor
from typing import NamedTuple

from desktop.vault.secrets import get, put
from shared.domain.stamps import Origin
from shared.ids import DEVICE_BYTES, DeviceId, Incarnation, TenantId

_TENANT, _ORIGIN, _PREVIOUS = "vault/tenant", "vault/origin", "vault/previous"


class Lineage(NamedTuple):
    """``previous`` is the last stream of this device before ``origin`` that has entries."""

    tenant: TenantId
    origin: Origin
    previous: Origin | None = None

    @classmethod
    def read(cls, cursor: Cursor) -> "Lineage":
        """Read what was kept when the collection was made."""
        kept = {name: get(cursor, name) for name in (_TENANT, _ORIGIN, _PREVIOUS)}
        return cls.among({name: secret for name, secret in kept.items() if secret})

    @classmethod
    def among(cls, secrets: Mapping[str, bytes]) -> "Lineage":
        """Find it among all secrets of a collection."""
        previous = secrets.get(_PREVIOUS)
        return cls(
            TenantId(secrets.get(_TENANT, b"")),
            _origin(secrets.get(_ORIGIN, b"")),
            _origin(previous) if previous else None,
        )

    def keep(self, cursor: Cursor) -> None:
        """Keep this one instead."""
        put(cursor, _TENANT, self.tenant)
        put(cursor, _ORIGIN, b"".join(self.origin))
        put(cursor, _PREVIOUS, b"".join(self.previous or ()))


def _origin(raw: bytes) -> Origin:
    return Origin(DeviceId(raw[:DEVICE_BYTES]), Incarnation(raw[DEVICE_BYTES:]))
