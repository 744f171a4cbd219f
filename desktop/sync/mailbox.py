"""A pairing mailbox at the server: leave a message, wait for one."""

from collections.abc import Callable
from dataclasses import dataclass

from desktop.sync.courier import Stranger
from desktop.sync.errors import SyncError
from shared.ids import PairId
from shared.protocol.limits import PAIR_SECONDS

Pause = Callable[[float], bool]
"""Waits that many seconds; false if the person has given up meanwhile (``Event.wait``, turned)."""

_STEP = 1.0
_TRIES = 5


class PairingExpiredError(SyncError):
    """The other device was not heard of for ten minutes. Make a new code and try again."""


class PairingCancelledError(SyncError):
    """The pairing was cancelled. Nothing has changed."""


@dataclass(frozen=True, slots=True)
class ServerMailbox:
    """The numbered slots of one pairing, at a server."""

    stranger: Stranger
    pair: PairId
    pause: Pause

    def leave(self, slot: int, message: bytes) -> None:
        """Leave a message; a broken line is tried again some times.

        Raises RefusedError(SLOT_USED) if the code was used already, and SyncError.
        """
        for tries_left in range(_TRIES - 1, -1, -1):
            try:
                self.stranger.leave(self.pair, slot, message)
            except SyncError as error:
                if not (error.passing and tries_left):
                    raise
                if not self.pause(_STEP):
                    raise PairingCancelledError from error
            else:
                return

    def wait_for(self, slot: int) -> bytes:
        """Wait up to ten minutes for a message; a broken line is tried again."""
        for _ in range(int(PAIR_SECONDS / _STEP)):
            message = self._look(slot)
            if message is not None:
                return message
            if not self.pause(_STEP):
                raise PairingCancelledError
        raise PairingExpiredError

    def _look(self, slot: int) -> bytes | None:
        try:
            return self.stranger.take(self.pair, slot)
        except SyncError as error:
            if not error.passing:
                raise
            return None
