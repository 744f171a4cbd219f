"""A collection comes back by its emergency kit, out of a folder or a bundle that is left."""

from pathlib import Path

from desktop.application.online import attempt
from desktop.collection.collection import Collection
from desktop.collection.errors import EXPECTED, sentence
from desktop.collection.library import Library, Wish
from desktop.sync.folder.pictures import lacking
from desktop.sync.folder.recovery import exchange_folder, is_bundle
from desktop.sync.network import Network
from desktop.ui.first_run.beginnings import Begun, Stop, Tell, Trouble, Wanted
from desktop.vault.progress import Progress
from desktop.vault.vault import Vault

_ONE_LACKS = "1 picture was not there: another copy, or a device that is left, may have it."
_SOME_LACK = "{:,} pictures were not there: another copy, or a device that is left, may have them."


class Returning:
    """Brings one collection back. ``place`` is what the person chose: a folder or a bundle."""

    def __init__(self, network: Network, library: Library, words: str, place: Path) -> None:
        self._network, self._library = network, library
        self._words, self._place = words, place
        self._told: list[str] = []
        self._lacks = ""

    def look(self) -> Trouble | None:
        """See whether the words belong to something that lies there; nothing is kept of it."""
        return attempt(lambda: self._network.recover_from(self._words, self._place))

    def come_back(self, wanted: Wanted, tell: Tell, stop: Stop) -> Begun | Trouble:
        """Take in what lies there, then tell the other devices of this one, through the folder.

        Until something is laid into the folder, trouble leaves nothing behind, here or there.
        """
        try:
            return self._come_back(wanted, Progress(tell, stop))
        except EXPECTED as error:
            return Trouble(sentence(error))

    def _come_back(self, wanted: Wanted, progress: Progress) -> Begun:
        joined = self._network.recover_from(self._words, self._place)
        collection = self._library.join(
            joined,
            Wish(wanted.name, wanted.password),
            lambda vault: self._fill(vault, progress),
        )
        collection.kit.restored = True
        if not is_bundle(self._place):
            self._exchange(collection, progress)
        return Begun(collection, notice=" ".join(filter(None, [*self._told[:1], self._lacks])))

    def _fill(self, vault: Vault, progress: Progress) -> None:
        traffic = self._network.fill(vault, self._place, progress)
        self._told = [*traffic.sentences]
        if count := lacking(vault):
            self._lacks = _ONE_LACKS if count == 1 else _SOME_LACK.format(count)

    def _exchange(self, collection: Collection, progress: Progress) -> None:
        """Exchange through the folder from now on. All has come: this is not stopped any more."""
        collection.exchange.choose(exchange_folder(self._place))
        try:
            self._told = [*collection.exchange.exchange(Progress(progress.tell)).notices]
        except EXPECTED as error:
            self._told = [sentence(error)]
