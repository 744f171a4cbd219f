"""What an open collection does with a server, for the screens; and the vault beneath it."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Event

from desktop.collection.collection import Collection
from desktop.collection.devices import OnlyLooksError
from desktop.collection.errors import EXPECTED, sentence
from desktop.collection.kit import mark_of
from desktop.collection.library import SKIN
from desktop.sync.address import server_url
from desktop.sync.by_files import Answering
from desktop.sync.errors import SyncError
from desktop.sync.freeing import Freed
from desktop.sync.hosting import Reception
from desktop.sync.network import Network
from desktop.sync.worker import Worker
from desktop.ui.first_run.beginnings import Place, Trouble, Verdict
from desktop.ui.kit.kit import Kit
from desktop.vault.identity import read_server
from desktop.vault.progress import Progress
from desktop.vault.vault import Vault
from shared.crypto.paper import PAPER_BYTES, paper_device, words_of
from shared.domain.operations import Change
from shared.domain.schema import Kind
from shared.ids import DeviceId, RecordId
from shared.protocol.messages import About

_NEW_KIT = "Change the emergency kit"
_ADDED = "Add a device"
_HERE_ALREADY = "This device syncs there already. Type the address of another server."
_NOT_THERE = (
    "The server at that address does not have this collection. Ask the device that moved it."
)


class Patience:
    """Waits between two looks, until somebody gives up."""

    def __init__(self) -> None:
        self._given_up = Event()

    def pause(self, seconds: float) -> bool:
        """Wait; tell whether to go on."""
        return not self._given_up.wait(seconds)

    def end(self) -> None:
        """Give up."""
        self._given_up.set()


class Connection:
    """One collection's way to its server."""

    def __init__(self, network: Network, vault: Vault, collection: Collection) -> None:
        self._network = network
        self._vault = vault
        self._collection = collection
        self._patience = Patience()
        self._paper_secret = b""

    @property
    def server(self) -> str:
        """The server's address; empty while the collection stays on this device."""
        return read_server(self._vault.secrets)

    def start(self) -> Worker | None:
        """Begin to sync, if there is a server."""
        if not self.server:
            return None
        return self._network.start(
            self._vault, changed=self._collection.announce, tell=self._collection.tell
        )

    def judge(self, server: str, name: str) -> Verdict:
        """Say whether a name can be had at a server, or is this collection's there already."""
        verdict = judge(self._network, server, name)
        if not verdict.why_not:
            return verdict
        try:
            if str(server_url(server)) == self.server:
                return Verdict(_HERE_ALREADY)
            return Verdict(yours=True) if self._network.knows(self._vault, server) else verdict
        except EXPECTED:
            return verdict

    def sign_up(self, place: Place) -> Trouble | None:
        """Give the collection its place at a server, and sync there and nowhere else from now on.

        Nothing changes unless that server gave it one.
        """
        skin = self._collection.settings.get(SKIN)

        def move() -> None:
            self._network.claim(self._vault, place.server, place.name, skin, place.invitation)
            self._move(place.server)

        return attempt(move)

    def follow_server(self) -> Trouble | None:
        """Sync where another device has moved the collection."""
        server = self._collection.whereabouts.elsewhere
        try:
            if not self._network.knows(self._vault, server):
                return Trouble(_NOT_THERE)
        except EXPECTED as error:
            return Trouble(sentence(error))
        return attempt(lambda: self._move(server))

    def leave_server(self) -> Trouble | None:
        """Let the collection stay on this device, and exchange by hand."""
        return attempt(lambda: self._move(""))

    def _move(self, server: str) -> None:
        """Sync at a server from now on, or at none. The old one may bring the word to the others.

        Whatever happens on the way, there is a sync afterwards, at the one server or the other.
        """
        collection, whereabouts = self._collection, self._collection.whereabouts
        address = str(server_url(server)) if server else ""
        collection.stay()
        try:
            if address and address != whereabouts.told and (self.server or whereabouts.told):
                with suppress(OnlyLooksError):
                    whereabouts.tell(address)
            if self.server:
                self._network.part(self._vault, collection.announce)
            self._network.settle(self._vault, address)
        finally:
            worker = self.start()
            if worker is not None:
                collection.follow(worker)
                worker.sync_now()  # an edit made meanwhile was told to nobody
        collection.tell(collection.status)

    def welcome(self, code: str) -> "Visitor | Trouble":
        """Answer the code of a new device, and wait for it."""
        self._patience = Patience()
        try:
            reception = self._network.greet(self._vault, code, self._patience.pause)
        except EXPECTED as error:
            return Trouble(sentence(error))
        return Visitor(self, reception)

    def admit(self, reception: Reception) -> Trouble | None:
        """Let a device in, and tell the server's other devices soon."""
        try:
            self._network.admit(self._vault, reception)
        except EXPECTED as error:
            return Trouble(sentence(error))
        if self._collection.sync is not None:
            self._collection.sync.sync_now()
        return None

    def answer(self, path: Path) -> "VisitorByFiles | Trouble":
        """Open the file of a new device that can ask no server."""
        try:
            answering = self._network.answering(self._vault, path)
        except EXPECTED as error:
            return Trouble(sentence(error))
        return VisitorByFiles(self, answering)

    def tell_of(self, label: str, device: DeviceId) -> None:
        """Show the list of devices anew, and take what changed to the others soon."""
        record = frozenset([RecordId(device)])
        self._collection.announce(Change(label, {Kind.DEVICE: record}))
        if self._collection.sync is not None:
            self._collection.sync.sync_now()
        else:
            self._collection.tell(self._collection.status)

    def new_kit(self) -> Kit | Trouble:
        """Let a new emergency kit take the old one's place; it is yet to be dated.

        If it fails, the next try is for the same words: the server may have heard of them.
        """
        self._paper_secret = self._paper_secret or self._network.surroundings.random(PAPER_BYTES)
        paper, collection = paper_device(self._paper_secret), self._collection
        collection.kit.coming(paper.device)
        try:
            links = self._network.change_kit(self._vault, paper)
        except EXPECTED as error:
            return Trouble(sentence(error))
        words, self._paper_secret = words_of(self._paper_secret), b""
        self.tell_of(_NEW_KIT, paper.device)
        mark = mark_of(collection.tenant, links)
        return Kit(collection.name, words, collection.tenant.hex(), self.server, "", mark)

    def about(self) -> About | Trouble:
        """Ask the server what it holds."""
        try:
            return self._network.about(self._vault)
        except EXPECTED as error:
            return Trouble(sentence(error))

    def free(self, progress: Progress) -> Freed | Trouble:
        """Remove originals from this device that the server shows to have."""
        try:
            return self._network.free(self._vault, progress)
        except SyncError as error:
            return Trouble(sentence(error))

    def cancel(self) -> None:
        """Give up waiting for a device."""
        self._patience.end()


@dataclass(frozen=True, slots=True)
class Visitor:
    """A new device at the door of an open collection."""

    connection: Connection
    reception: Reception

    @property
    def digits(self) -> str:
        """Six digits, to be compared with those on the other screen."""
        return self.reception.digits

    def admit(self) -> Trouble | None:
        """Let it in."""
        return self.connection.admit(self.reception)


class VisitorByFiles:
    """A new device that asks by a file, at the door of an open collection."""

    def __init__(self, connection: Connection, answering: Answering) -> None:
        self._connection, self._answering = connection, answering

    @property
    def name(self) -> str:
        """A name for the answer's file."""
        return self._answering.name

    @property
    def saved(self) -> Path:
        """Where it was saved last."""
        return self._answering.saved

    @property
    def digits(self) -> str:
        """Six digits to compare, if it has come so far."""
        return self._answering.digits

    @property
    def admitted(self) -> bool:
        """Whether the device was let in, its answer saved or not."""
        return self._answering.admitted

    def save(self, path: Path) -> Trouble | None:
        """Save the answer, as far as it has come."""
        return attempt(lambda: self._answering.save(path))

    def meet(self, path: Path) -> Trouble | None:
        """Open the device's file as it was saved anew."""
        return attempt(lambda: self._answering.meet(path))

    def look(self) -> Path | None:
        """Find the device's file as it was saved anew, if it has come to lie beside the answer."""
        return self._answering.look()

    def admit(self) -> Trouble | None:
        """Let it in, and save the answer anew."""
        trouble = attempt(self._answering.admit)
        if self._answering.admitted:
            self._connection.tell_of(_ADDED, self._answering.newcomer)
        return trouble


def attempt(deed: Callable[[], object]) -> Trouble | None:
    """Do something that may be prevented, and say by what."""
    try:
        deed()
    except EXPECTED as error:
        return Trouble(sentence(error))
    return None


def judge(network: Network, server: str, name: str) -> Verdict:
    """Say whether a name can be had at a server, or why that cannot be asked."""
    try:
        told = network.availability(server, name)
    except EXPECTED as error:
        return Verdict(sentence(error))
    return Verdict(told.why_not, told.invitation)
