"""Everything that a collection can do with a server, put together for whoever opens it."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import httpx

from desktop.sync.address import server_url
from desktop.sync.attachments import Attachments
from desktop.sync.bases import Bases
from desktop.sync.books import Books
from desktop.sync.bridging import Bridge
from desktop.sync.by_files import Answering, Asking
from desktop.sync.chain import Chain
from desktop.sync.claims import Claims
from desktop.sync.compaction import Compaction
from desktop.sync.comparison import head_lines
from desktop.sync.courier import Courier, Stranger
from desktop.sync.errors import RefusedError, SyncError
from desktop.sync.exchange import Exchange
from desktop.sync.findings import Findings, Source
from desktop.sync.folder.recovery import fill, recover_from
from desktop.sync.folder.traffic import Traffic
from desktop.sync.forks import Forks
from desktop.sync.freeing import Freed, Freeing
from desktop.sync.gathering import Gathering
from desktop.sync.hosting import Host, Reception
from desktop.sync.joined import Joined
from desktop.sync.kit_change import change_kit
from desktop.sync.mailbox import Pause, ServerMailbox
from desktop.sync.pairing import Guest, Newcomer
from desktop.sync.parts import Parts
from desktop.sync.recovery import recover
from desktop.sync.removal import Removals
from desktop.sync.reporter import Reporter
from desktop.sync.restoring import whole_links
from desktop.sync.rhythm import Rhythm
from desktop.sync.sending import Sending
from desktop.sync.session import Pictures, Session, Tools
from desktop.sync.setbacks import Setbacks
from desktop.sync.signup import Availability, availability, sign_up
from desktop.sync.status import SyncStatus
from desktop.sync.worker import Worker
from desktop.vault.identity import keep_server, read_founding, read_identity, read_server
from desktop.vault.progress import Progress
from desktop.vault.vault import Surroundings, Vault
from shared.crypto.devices import DeviceKeys
from shared.crypto.pairing import Code, Waiting
from shared.domain.operations import Change
from shared.ids import TenantId
from shared.protocol.messages import About


@dataclass(frozen=True, slots=True)
class Network:
    """The way out of this computer. All methods but ``start`` wait, and raise SyncError.

    A server is an address as people type it. ``http`` comes from ``open_http``.
    """

    http: httpx.Client
    surroundings: Surroundings
    rhythm: Rhythm

    def start(
        self,
        vault: Vault,
        *,
        changed: Callable[[Change], None],
        tell: Callable[[SyncStatus], None],
    ) -> Worker:
        """Keep a collection in step with its server until the worker is stopped.

        ``changed`` is told of what came in and ``tell`` of each new status, on threads of the
        worker's own.
        """
        session = self.session(vault, changed)
        reporter = Reporter(
            tell,
            backlog=vault.log.unconfirmed,
            devices=session.count_devices,
            traffic=session.traffic,
            now_millis=self.surroundings.now_millis,
        )
        worker = Worker(session, reporter, self.rhythm)
        worker.start()
        return worker

    def session(self, vault: Vault, changed: Callable[[Change], None]) -> Session:
        """Return the rounds of sync of a collection, for whoever drives them by hand."""
        keys = read_identity(vault.secrets).keys
        courier = self._courier(read_server(vault.secrets), vault.tenant, keys)
        setbacks = Setbacks()
        attachments = Attachments(vault, courier, setbacks, changed)

        def note(change: Change) -> None:
            attachments.note(change)
            changed(change)

        exchange = Exchange(
            vault,
            self.surroundings.random,
            changed=note,
            now_millis=self.surroundings.now_millis,
        )
        random, now_millis = self.surroundings.random, self.surroundings.now_millis
        parts = Parts(courier)
        bridge = Bridge(exchange.books, courier.sync)
        bases = Bases(vault, exchange.books, parts, note, bridge)
        compaction = Compaction(
            vault,
            exchange.books,
            courier,
            bases,
            most=self.rhythm.most,
            now_millis=self.surroundings.now_millis,
        )
        tools = Tools(
            Removals(exchange.books, vault.secrets, random),
            Forks(exchange.books, courier, vault.secrets, random, changed),
            bases,
            parts,
            compaction,
        )
        pictures = Pictures(
            setbacks,
            attachments,
            Sending(vault, courier, setbacks),
            Claims(vault, courier, exchange.books, changed=note, now_millis=now_millis),
            Gathering(vault, attachments, setbacks, note),
        )
        return Session(exchange, courier, pictures, tools)

    def availability(self, server: str, name: str) -> Availability:
        """Ask whether a name can be had at a server, and what it takes."""
        return availability(self.http, server_url(server), name)

    def sign_up(
        self, vault: Vault, server: str, name: str, skin: str = "", invitation: str = ""
    ) -> None:
        """Give a collection its place at a server, and let it sync there from now on."""
        self.claim(vault, server, name, skin, invitation)
        self.settle(vault, server)

    def claim(
        self, vault: Vault, server: str, name: str, skin: str = "", invitation: str = ""
    ) -> None:
        """Get a collection a place at a server; nothing changes here.

        Another of its devices may have done that before: then this one has a place there, too.
        """
        keys = read_identity(vault.secrets).keys
        courier = self._courier(server, vault.tenant, keys)
        links = whole_links(vault.log.state().links, read_founding(vault.secrets))
        try:
            sign_up(courier, name, links, skin=skin, invitation=invitation)
        except RefusedError:
            if not self.knows(vault, server):
                raise

    def part(self, vault: Vault, changed: Callable[[Change], None]) -> None:
        """Make a last round with the server, if it still answers: each tells what it has."""
        with suppress(SyncError):
            self.session(vault, changed).round(lambda _done, _total: None)

    def settle(self, vault: Vault, server: str) -> None:
        """Let a collection sync from now on at a server that has a place for it; "" for none.

        What it has goes there as it is sealed, others' entries too. Its worker must have ended.
        """
        address = str(server_url(server)) if server else ""
        with vault.log.turn:
            if read_server(vault.secrets) not in {"", address}:
                vault.log.leave_server()  # first: to look at the old one once more does no harm
                findings = Findings(vault.secrets, Source.SERVER, self.surroundings.now_millis)
                findings.settle()  # what was found there holds no more
            keep_server(vault.secrets, address)

    def knows(self, vault: Vault, server: str) -> bool:
        """Tell whether a server has this collection, and this device in it."""
        keys = read_identity(vault.secrets).keys
        try:
            Chain.fetch(self._courier(server, vault.tenant, keys), vault.tenant)
        except RefusedError:
            return False
        return True

    def about(self, vault: Vault) -> About:
        """Ask a collection's server what it holds of it."""
        keys = read_identity(vault.secrets).keys
        return self._courier(read_server(vault.secrets), vault.tenant, keys).about()

    def free(self, vault: Vault, progress: Progress) -> Freed:
        """Remove originals from this device that the server shows to have; see Freeing."""
        keys = read_identity(vault.secrets).keys
        courier = self._courier(read_server(vault.secrets), vault.tenant, keys)
        return Freeing(vault, courier, self.surroundings.random).free(progress)

    def newcomer(self, server: str, pause: Pause) -> Newcomer:
        """Begin to join a collection from this new device: it has a code to show."""
        waiting = Waiting.start(self.surroundings.random)
        mailbox = self._mailbox(server, waiting.code, pause)
        return Newcomer(waiting, mailbox, self.surroundings.random)

    def join(self, guest: Guest, server: str) -> Joined:
        """Become a device of the collection, once the person said that the digits agree."""

        def fetch(tenant: TenantId, keys: DeviceKeys) -> Chain:
            return Chain.fetch(self._courier(server, tenant, keys), tenant)

        return guest.join(str(server_url(server)), fetch)

    def asking(self) -> Asking:
        """Begin to join a collection from this new device, by files that a person carries."""
        return Asking(self.surroundings.random, self.surroundings.now_millis)

    def greet(self, vault: Vault, code: str, pause: Pause) -> Reception:
        """Answer the code of a new device; PairingError if it is none."""
        read = Code.parse(code)
        mailbox = self._mailbox(read_server(vault.secrets), read, pause)
        greeted = self._host(vault).greet(read, mailbox)
        greeted.offer()
        return greeted.meet()

    def admit(self, vault: Vault, reception: Reception) -> None:
        """Add the new device, once the person said that the digits agree. Sync afterwards."""
        reception.admit(self._heads_sent(vault))

    def answering(self, vault: Vault, path: Path) -> Answering:
        """Answer the file of a new device; PairingError, PairingFileError for any other."""
        host, heads = self._host(vault), partial(self._heads_sent, vault)
        return Answering(host, vault.secrets, heads, path, self.surroundings.now_millis)

    def _heads_sent(self, vault: Vault) -> list[bytes]:
        return list(head_lines(Books(vault, self.surroundings.random).heads_sent()))

    def _host(self, vault: Vault) -> Host:
        server = read_server(vault.secrets)
        keys = read_identity(vault.secrets).keys
        courier = self._courier(server, vault.tenant, keys) if server else None
        return Host(courier, vault, self.surroundings.random, self.surroundings.now_millis)

    def change_kit(self, vault: Vault, paper: DeviceKeys) -> tuple[bytes, ...]:
        """Let another paper device take the old one's place; return the chain. Sync afterwards."""
        server = read_server(vault.secrets)
        keys = read_identity(vault.secrets).keys
        courier = self._courier(server, vault.tenant, keys) if server else None
        return change_kit(vault, paper, self.surroundings.random, courier)

    def recover(self, words: str, tenant: TenantId, server: str) -> Joined:
        """Become a device of the collection by its emergency kit; WrongWordsError for typing."""

        def courier(tenant: TenantId, keys: DeviceKeys) -> Courier:
            return self._courier(server, tenant, keys)

        random = self.surroundings.random
        return recover(words, tenant, str(server_url(server)), courier, random)

    def recover_from(self, words: str, place: Path) -> Joined:
        """Do the same without a server, by a folder or a bundle; then fill the vault from there."""
        return recover_from(words, place, self.surroundings.random)

    def fill(self, vault: Vault, place: Path, progress: Progress) -> Traffic:
        """Take in all that lies in a folder or a bundle; raises StoppedError, too."""
        return fill(vault, place, self.surroundings.random, progress)

    def _courier(self, server: str, tenant: TenantId, keys: DeviceKeys) -> Courier:
        return Courier(
            self.http,
            server_url(server),
            tenant=tenant,
            keys=keys,
            now_millis=self.surroundings.now_millis,
        )

    def _mailbox(self, server: str, code: Code, pause: Pause) -> ServerMailbox:
        return ServerMailbox(Stranger(self.http, server_url(server)), code.pair, pause)
