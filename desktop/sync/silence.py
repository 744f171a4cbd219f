"""Who should have been heard from by now. Silence proves nothing, so it is only told.

Whoever uses the collection answers what others wrote: by an edit or, a day later, by an entry with
none, which says how far its device has read. So a device that owes an answer for two weeks was
not in use, or what it wrote is held back.
"""

from collections.abc import Callable, Mapping
from typing import NamedTuple

import msgspec

from desktop.sync.books import Books
from desktop.vault.vault import Secrets
from shared.domain.stamps import Origin
from shared.ids import DeviceId
from shared.ledger import Heads, head_line
from shared.signing import sha256

DAY_MILLIS = 86_400_000
PATIENCE_MILLIS = 14 * DAY_MILLIS
_KEPT = "answers that are owed"
_MARK_BYTES = 8


class _Debt(NamedTuple):
    """``mark``: where the device's streams ended; ``since``: milliseconds, on this wall clock."""

    mark: bytes
    since: int


_Debts = dict[bytes, _Debt]


class Silence:
    """Keeps account of who owes an answer, and gives this device's own. One thread uses it."""

    def __init__(self, books: Books, secrets: Secrets, now_millis: Callable[[], int]) -> None:
        self._books = books
        self._secrets = secrets
        self._now_millis = now_millis

    def answer(self) -> None:
        """Write an entry without edits if this device has owed an answer for a day."""
        debt = _read(self._secrets).get(self._books.identity.keys.device)
        if debt is None or self._now_millis() - debt.since < DAY_MILLIS:
            return
        if self._may_write() and not self._books.log.waiting():
            self._books.seal((), ())

    def note(self) -> None:
        """Note who owes an answer, at the end of a round; any new entry begins the wait anew."""
        before, now = _read(self._secrets), self._now_millis()
        heads, debts = self._books.ledger.state.heads, _Debts()
        spoken = self._books.log.last_edits()
        for member in self._books.membership.live:
            device = member.device
            if member.may_write and self._owes(device, spoken):
                mark = _mark_of(device, heads)
                known = before.get(device)
                same = known is not None and known.mark == mark
                debts[device] = _Debt(mark, min(known.since, now) if known and same else now)
        if debts != before:
            self._secrets.put(_KEPT, msgspec.msgpack.encode(debts))

    def _owes(self, device: DeviceId, spoken: Mapping[Origin, int]) -> bool:
        """Tell whether a device has not shown yet that it read what others wrote."""
        read: dict[Origin, int] = {}
        for origin, heads in self._books.ledger.state.seen.items():
            if origin.device == device:
                read |= {of: max(head.seq, read.get(of, 0)) for of, head in heads.items()}
        devices = self._books.membership.devices
        return any(
            origin.device != device
            and devices[origin.device].may_write
            and seq > read.get(origin, 0)
            for origin, seq in spoken.items()
        )

    def _may_write(self) -> bool:
        membership, identity = self._books.membership, self._books.identity
        me = membership.devices[identity.keys.device]
        return me.may_write and identity.keyring.has(membership.epoch)


def silent_since(secrets: Secrets, now_millis: int) -> dict[DeviceId, int]:
    """Return the devices that have owed an answer for two weeks, and since when."""
    return {
        DeviceId(device): debt.since
        for device, debt in _read(secrets).items()
        if now_millis - debt.since >= PATIENCE_MILLIS
    }


def excuse(secrets: Secrets, device: DeviceId, now_millis: int) -> None:
    """Wait another two weeks for a device that somebody knows to be off."""
    debts = _read(secrets)
    if device in debts:
        debts[device] = debts[device]._replace(since=now_millis)
        secrets.put(_KEPT, msgspec.msgpack.encode(debts))


def _read(secrets: Secrets) -> _Debts:
    kept = secrets.get(_KEPT)
    return msgspec.msgpack.decode(kept, type=_Debts) if kept else {}


def _mark_of(device: DeviceId, heads: Heads) -> bytes:
    own = sorted(head_line(origin, head) for origin, head in heads.items() if origin[0] == device)
    return sha256(b"".join(own))[:_MARK_BYTES]
