"""Pairing mailboxes: a few small messages that two devices leave for each other.

They live in memory, for ten minutes. Until then a message can be read again, for an answer may be
lost on its way; it is sealed for whoever it is meant for. Losing them in a restart costs a person
one more try; keeping them on disk would let anybody write to it.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock

from shared.ids import PairId
from shared.protocol.limits import MIB, PAIR_SECONDS, SLOTS_PER_BOX
from shared.protocol.problems import Code
from sync_server.storage.errors import RefusedError

MOST_BYTES = 16 * MIB
"""What all mailboxes together may hold."""


@dataclass(slots=True)
class _Box:
    deadline: float
    slots: dict[int, bytes] = field(default_factory=dict)


class MemoryMailboxes:
    """All open mailboxes of one process. ``now`` returns seconds, never going back."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._turn = Lock()
        self._boxes: dict[PairId, _Box] = {}
        self._held = 0

    def put(self, name: PairId, slot: int, message: bytes) -> None:
        """Leave a message; the same one again is fine.

        Raises RefusedError: NOT_FOUND for an impossible slot or an empty message, SLOT_USED,
        TOO_MANY when no room is left.
        """
        if slot not in range(SLOTS_PER_BOX) or not message:
            raise RefusedError(Code.NOT_FOUND)
        with self._turn:
            self._forget(now := self._now())
            self._put(name, slot, message, now)

    def _put(self, name: PairId, slot: int, message: bytes, now: float) -> None:
        box = self._boxes.get(name) or _Box(now + PAIR_SECONDS)
        if slot in box.slots:
            if box.slots[slot] != message:
                raise RefusedError(Code.SLOT_USED)
            return
        if self._held + len(message) > MOST_BYTES:
            raise RefusedError(Code.TOO_MANY, retry_after=PAIR_SECONDS // 10)
        box.slots[slot] = message
        self._boxes[name] = box
        self._held += len(message)

    def read(self, name: PairId, slot: int) -> bytes:
        """Return a message, or raise RefusedError NOT_FOUND."""
        with self._turn:
            self._forget(self._now())
            box = self._boxes.get(name)
            if box is None or slot not in box.slots:
                raise RefusedError(Code.NOT_FOUND)
            return box.slots[slot]

    def _forget(self, now: float) -> None:
        """Drop what is too old. Boxes stand in the order of their making, so the old are first."""
        while self._boxes:
            name, box = next(iter(self._boxes.items()))
            if box.deadline > now:
                return
            del self._boxes[name]
            self._held -= sum(map(len, box.slots.values()))
