"""At which server a collection is: where this device syncs, and what another device told."""

from desktop.collection.photos_here import WriteForGood
from desktop.collection.settings import read_setting, setting
from desktop.vault.identity import read_server
from desktop.vault.vault import Records, Secrets

_SERVER = "server"
_MOVED = "Move to another server"


class Whereabouts:
    """The word goes from device to device like any edit, sealed, by the old server or a folder."""

    def __init__(self, records: Records, secrets: Secrets, write_for_good: WriteForGood) -> None:
        self._records = records
        self._secrets = secrets
        self._write_for_good = write_for_good

    @property
    def server(self) -> str:
        """The address where this device syncs; empty for none."""
        return read_server(self._secrets)

    @property
    def told(self) -> str:
        """The address that a device told when it moved last; empty if none ever did."""
        return read_setting(self._records, _SERVER, "")

    @property
    def elsewhere(self) -> str:
        """The same, unless this device syncs there."""
        return "" if self.told == self.server else self.told

    def tell(self, server: str) -> None:
        """Tell the other devices where to go; OnlyLooksError. Undo does not take it back."""
        self._write_for_good(_MOVED, [setting(_SERVER, server)])
