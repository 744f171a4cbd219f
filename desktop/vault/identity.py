"""Who this device is, as its vault keeps it: its keys, the epoch keys it holds, its server."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import msgspec

from desktop.vault.vault import Secrets
from shared.crypto.boxes import BoxKey
from shared.crypto.devices import DeviceKeys
from shared.crypto.epochs import Keyring
from shared.ids import DeviceId, TenantId
from shared.membership import LinkWithBoxes
from shared.signing import SigningKey

_IDENTITY = "identity"
_FOUNDING = "founding"
_SERVER = "server"


@dataclass(frozen=True, slots=True)
class Identity:
    """A device of a tenant, able to sign, to open its boxes and to read."""

    keys: DeviceKeys = field(repr=False)
    keyring: Keyring = field(repr=False)


class _Kept(NamedTuple):
    device: bytes
    signing_seed: bytes
    box_seed: bytes
    tenant: bytes
    epoch_keys: dict[int, bytes]


class _KeptLink(NamedTuple):
    link: bytes
    boxes: tuple[bytes, ...]


def keep_identity(secrets: Secrets, identity: Identity) -> None:
    """Store who this device is; again whenever it has learned another epoch key."""
    keys, keyring = identity.keys, identity.keyring
    kept = _Kept(
        keys.device, keys.signing.seed, keys.box.seed, keyring.tenant, dict(keyring.epoch_keys)
    )
    secrets.put(_IDENTITY, msgspec.msgpack.encode(kept))


def read_identity(secrets: Secrets) -> Identity:
    """Return who this device is. Every vault that was created to the end has it."""
    raw = secrets.get(_IDENTITY)
    if raw is None:
        raise LookupError(_IDENTITY)
    kept = msgspec.msgpack.decode(raw, type=_Kept)
    signing, box = SigningKey.from_seed(kept.signing_seed), BoxKey.from_seed(kept.box_seed)
    return Identity(
        DeviceKeys(DeviceId(kept.device), signing, box),
        Keyring(TenantId(kept.tenant), kept.epoch_keys),
    )


def keep_founding(secrets: Secrets, links: Sequence[LinkWithBoxes]) -> None:
    """Store the first links with their boxes, for the day when the tenant signs up."""
    kept = [_KeptLink(made.link, made.boxes) for made in links]
    secrets.put(_FOUNDING, msgspec.msgpack.encode(kept))


def add_founding(secrets: Secrets, links: Iterable[LinkWithBoxes]) -> None:
    """Store more links with their boxes: a server that loses them gets them back from here."""
    kept = read_founding(secrets)
    known = {made.link for made in kept}
    added = [made for made in links if made.link not in known]
    if added:
        keep_founding(secrets, (*kept, *added))


def read_founding(secrets: Secrets) -> tuple[LinkWithBoxes, ...]:
    """Return the links that are here with all of their boxes."""
    raw = secrets.get(_FOUNDING)
    kept = msgspec.msgpack.decode(raw, type=tuple[_KeptLink, ...]) if raw else ()
    return tuple(LinkWithBoxes(made.link, made.boxes) for made in kept)


def keep_server(secrets: Secrets, server: str) -> None:
    """Store the address of the server that this collection syncs with; "" for none."""
    secrets.put(_SERVER, server.encode())


def read_server(secrets: Secrets) -> str:
    """Return the server's address; "" while the collection stays on this device."""
    return (secrets.get(_SERVER) or b"").decode()
