"""A new device joins a collection, for the screens of the first run."""

from pathlib import Path

from desktop.application.online import Patience, attempt
from desktop.collection.errors import EXPECTED, sentence
from desktop.collection.library import Library, Wish
from desktop.sync.by_files import Asking
from desktop.sync.network import Network
from desktop.sync.pairing import Guest
from desktop.ui.first_run.beginnings import Begun, Trouble, Wanted
from shared.crypto.pairing import PairingError

EMPTY = (
    "This device belongs to the collection now, and holds nothing of it yet. Your pieces come with "
    "an exchange folder or a bundle: see Devices, \u201cWithout a server\u201d."
)


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


class ArrivalByFiles:
    """One pairing without a server, from the new device's side."""

    def __init__(self, asking: Asking, library: Library) -> None:
        self._asking, self._library = asking, library

    @property
    def name(self) -> str:
        """A name for this device's file."""
        return self._asking.name

    @property
    def saved(self) -> Path:
        """Where it was saved last."""
        return self._asking.saved

    @property
    def digits(self) -> str:
        """Six digits to compare, if it has come so far."""
        return self._asking.digits

    def save(self, path: Path) -> Trouble | None:
        """Save this device's file, as far as it has come."""
        return attempt(lambda: self._asking.save(path))

    def meet(self, path: Path) -> Trouble | None:
        """Open the answer of the other device, and save this one's file anew."""
        return attempt(lambda: self._asking.meet(path))

    def look(self) -> Path | None:
        """Find the answer, if it has come to lie beside this device's file."""
        return self._asking.look()

    def join(self, path: Path, wanted: Wanted) -> Begun | Trouble:
        """Open the answer as it was saved last, and join."""
        try:
            joined = self._asking.join(path)
            collection = self._library.join(joined, Wish(wanted.name, wanted.password))
            return Begun(collection, notice="" if joined.server else EMPTY)
        except EXPECTED as error:
            return Trouble(sentence(error))
