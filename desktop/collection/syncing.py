"""What a collection needs of its sync. Collections that stay on one device have none."""

from typing import Protocol

from desktop.collection.values import SyncPhase, SyncStatus
from shared.ids import RecordId

STAYS_HERE = SyncStatus(SyncPhase.LOCAL_ONLY, "Everything is saved on this device only.")


class Syncing(Protocol):
    """Keeps a collection in step with its server. All but ``stop`` and ``end`` return at once."""

    @property
    def status(self) -> SyncStatus:
        """Where it stands."""

    def edited(self) -> None:
        """Note that there is something to send."""

    def sync_now(self) -> None:
        """Sync without waiting."""

    def want(self, photo: RecordId) -> None:
        """Fetch a photo's original; it comes as a change of that photo."""

    def pause(self) -> None:
        """Leave the network alone until ``resume``."""

    def resume(self) -> None:
        """Go on after a pause."""

    def stop(self) -> None:
        """End, after the request that is under way."""

    def end(self) -> None:
        """End, and wait until nothing is under way, for the collection is used on."""
