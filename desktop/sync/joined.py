"""What a device has in its hands when it has become one of a collector's devices."""

from collections.abc import Sequence
from dataclasses import dataclass

from desktop.sync.comparison import HEAD_LINE_BYTES, read_head_line
from desktop.vault.identity import Identity
from desktop.vault.vault import Secrets
from shared.ids import TenantId
from shared.ledger import Heads
from shared.membership import LinkWithBoxes

_PROMISE = "promised heads"


@dataclass(frozen=True, slots=True)
class Joined:
    """Enough to make a vault and sync it for the first time.

    ``heads`` are head lines (device 16 | incarnation 8 | seq 8 | hash 32) of what the device
    that welcomed this one had sent to the server: the first sync must bring at least these.
    ``founding`` are links with their boxes, for the day when the collection signs up from here.
    ``beside`` are links for other lists of the collection's devices, which lie where this one came
    from: so this device can follow them, too, should a person choose so.
    """

    server: str
    identity: Identity
    links: tuple[bytes, ...]
    heads: tuple[bytes, ...] = ()
    founding: tuple[LinkWithBoxes, ...] = ()
    beside: tuple[LinkWithBoxes, ...] = ()

    @property
    def tenant(self) -> TenantId:
        """The collection that was joined."""
        return self.identity.keyring.tenant


def keep_promise(secrets: Secrets, heads: Sequence[bytes]) -> None:
    """Note what the first sync must bring; none to forget it."""
    if heads:
        secrets.put(_PROMISE, b"".join(heads))
    else:
        secrets.drop(_PROMISE)


def read_promise(secrets: Secrets) -> Heads:
    """Return what the first sync must bring; empty once it has."""
    raw = secrets.get(_PROMISE) or b""
    lines = (raw[at : at + HEAD_LINE_BYTES] for at in range(0, len(raw), HEAD_LINE_BYTES))
    return dict(read for line in lines if (read := read_head_line(line)) is not None)
