"""The parts of snapshots on their way in, one at a time: a pause need not wait for all of them."""

from collections.abc import Callable

from desktop.sync.courier import Courier
from shared.ids import EntryHash
from shared.protocol.messages import BaseReply, SnapshotReply


def _go_on() -> None:
    """Let the next part come."""


class Parts:
    """Fetches from a server as ``Summaries`` says, and asks ``before`` each part.

    What ``before`` raises ends the fetching; the parts that came are kept, and not fetched again.
    """

    def __init__(self, courier: Courier) -> None:
        self._courier = courier
        self.before: Callable[[], None] = _go_on

    def base(self) -> BaseReply:
        """Say which snapshots stand."""
        return self._courier.base()

    def snapshot(self, name: EntryHash) -> SnapshotReply:
        """Give a snapshot with its approvals."""
        return self._courier.snapshot(name)

    def get_object(self, name: EntryHash) -> bytes:
        """Give a piece or a segment."""
        self.before()
        return self._courier.get_object(name)
