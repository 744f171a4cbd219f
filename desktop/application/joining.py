"""A new device joins a collection, for the screens of the first run."""

from desktop.application.online import Patience
from desktop.collection.errors import EXPECTED, sentence
from desktop.collection.library import Library, Wish
from desktop.sync.network import Network
from desktop.sync.pairing import Guest
from desktop.ui.first_run.beginnings import Begun, Trouble, Wanted
from shared.crypto.pairing import PairingError


class Arrival:
    """One pairing from the new device's side."""

    def __init__(self, network: Network, library: Library, server: str) -> None:
        """Begin; raise SyncError for an address that is none."""
        self._network, self._library, self._server = network, library, server
        self._patience = Patience()
        self._newcomer = network.newcomer(server, self._patience.pause)
        self._guest: Guest | None = None

    @property
    def code(self) -> str:
        """The text to carry to the other device."""
        return self._newcomer.code

    def meet(self) -> str | Trouble:
        """Wait for the other device; return the six digits to compare."""
        try:
            self._guest = self._newcomer.meet()
        except EXPECTED as error:
            return Trouble(sentence(error))
        return self._guest.digits

    def join(self, wanted: Wanted) -> Begun | Trouble:
        """Join, once the digits were found to agree."""
        if self._guest is None:
            return Trouble(sentence(PairingError()))
        try:
            joined = self._network.join(self._guest, self._server)
            return Begun(self._library.join(joined, Wish(wanted.name, wanted.password)))
        except EXPECTED as error:
            return Trouble(sentence(error))

    def cancel(self) -> None:
        """Give up, whatever it waits for."""
        self._patience.end()
