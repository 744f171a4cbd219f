"""Exchange without a server, as the collector knows it: a folder, when last, what came and went."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path

import msgspec

from desktop.collection.errors import EXPECTED, sentence
from desktop.collection.settings import Settings
from desktop.collection.values import SyncPhase, SyncStatus
from desktop.sync.errors import SyncError
from desktop.sync.findings import Findings, Source
from desktop.sync.folder.bundle import SUFFIX, BundleSource, BundleTarget, tenant_of
from desktop.sync.folder.errors import FolderGoneError
from desktop.sync.folder.exchange import FolderExchange
from desktop.sync.folder.places import FolderPlace
from desktop.sync.folder.traffic import FolderNotice, Traffic
from desktop.sync.notices import still_true
from desktop.vault.errors import VaultError
from desktop.vault.photo_policy import read_wanted, want
from desktop.vault.progress import UNWATCHED, Progress, StoppedError
from desktop.vault.vault import Surroundings, Vault
from shared.domain.operations import Change
from shared.domain.schema import Kind
from shared.domain.stamps import Origin
from shared.ids import Incarnation, RecordId
from shared.membership import Role, verify_chain

__all__ = ["SUFFIX", "ExchangeCare", "ExchangeState", "LastExchange", "Progress", "StoppedError"]

STATE = "exchange folder"
_EXCHANGED = "Everything is saved, and in the exchange folder."
_STOPPED = "The last exchange was stopped before its end; the next one goes on."
_WANTED = "A picture is asked for"
_LINKS_WAIT = "A change of your devices waits for the next exchange."
_NEVER = "Nothing was exchanged yet."
_ONE_WAITS = "1 change waits for the next exchange."
_SOME_WAIT = "{} changes wait for the next exchange."


class OwnFolderError(VaultError):
    """That is this collection's own folder. Choose another one, on a stick or a shared drive."""


class NoExchangeFolderError(VaultError):
    """No exchange folder is chosen yet."""


def _look_later() -> None:
    """Wait for the next exchange."""


@dataclass(frozen=True, slots=True)
class LastExchange:
    """When it was, how much came and went, and what a person should know of it.

    ``removed``: that this device is one of the collection's no longer.
    """

    millis: int
    edits_in: int = 0
    pictures_in: int = 0
    edits_out: int = 0
    pictures_out: int = 0
    notices: tuple[str, ...] = ()
    removed: bool = False


@dataclass(frozen=True, slots=True)
class ExchangeState:
    """What this device remembers.

    ``trouble``: why the last attempt failed, if it did; ``away``: because the folder was not there;
    ``stopped``: somebody ended it. ``holds``: up to which number the folder was seen to have each
    stream of this device, by its incarnation in hex, and ``links`` the hash of the last link of the
    list of devices there, in hex. ``devices``: how many computers the collection had then.
    """

    folder: str = ""
    last: LastExchange | None = None
    trouble: str = ""
    away: bool = False
    stopped: bool = False
    holds: dict[str, int] = field(default_factory=dict)
    links: str = ""
    devices: int = 1


class ExchangeCare:
    """Exchanges one collection by folder and by bundle, and remembers it on this device.

    ``announce`` tells the screens of what came; ``came`` is called once something did, and ``kept``
    when something else is remembered. All methods but ``state`` and ``status`` wait, and may be
    called on any thread.
    """

    def __init__(
        self,
        vault: Vault,
        settings: Settings,
        surroundings: Surroundings,
        *,
        announce: Callable[[Change], None],
        came: Callable[[], None],
        kept: Callable[[], None],
    ) -> None:
        self._vault = vault
        self._settings = settings
        self._surroundings = surroundings
        self._announce = announce
        self._came = came
        self._kept = kept
        self.asked: Callable[[], object] = _look_later
        """Called when somebody asks for what a folder may have."""

    @property
    def state(self) -> ExchangeState:
        """What is remembered."""
        kept = self._settings.here(STATE)
        return msgspec.json.decode(kept, type=ExchangeState) if kept else ExchangeState()

    @property
    def status(self) -> SyncStatus | None:
        """Say where a collection stands that has a folder and no server; None without a folder."""
        state = self.state
        if not state.folder:
            return None
        waiting = self._waiting(state)
        phase, words = self._standing(state, waiting)
        return SyncStatus(
            phase,
            words[0],
            waiting,
            last_synced_millis=state.last.millis if state.last else None,
            devices=state.devices,
            removed=state.last is not None and state.last.removed,
            also=words[1:],
        )

    def _standing(self, state: ExchangeState, waiting: int) -> tuple[SyncPhase, tuple[str, ...]]:
        """Say what the folder lacks, as far as it was seen, the gravest first."""
        notices = still_true(state.last.notices) if state.last else ()
        if state.trouble:
            phase = SyncPhase.OFFLINE if state.away else SyncPhase.TROUBLE
            return phase, (state.trouble, *notices)
        if notices:
            return SyncPhase.TROUBLE, notices
        if state.stopped:
            return SyncPhase.WAITING, (_STOPPED,)
        if waiting:
            words = _ONE_WAITS if waiting == 1 else _SOME_WAIT.format(waiting)
            return SyncPhase.WAITING, (words,)
        if state.last is None:
            return SyncPhase.WAITING, (_NEVER,)
        if state.links != sha256(self._vault.log.last_link()).hexdigest():
            return SyncPhase.WAITING, (_LINKS_WAIT,)
        return SyncPhase.SAVED, (_EXCHANGED,)

    def _waiting(self, state: ExchangeState) -> int:
        """Count the own edits that the folder was not seen to have, wherever else they went."""
        device = self._vault.device
        holds = {
            Origin(device, Incarnation(bytes.fromhex(life))): seq
            for life, seq in state.holds.items()
        }
        return self._vault.log.beyond(holds)

    @property
    def has_folder(self) -> bool:
        """Whether a folder was chosen on this device."""
        return bool(self.state.folder)

    def wants(self, photo: RecordId) -> bool:
        """Tell whether a folder or a bundle is to bring a photo."""
        return photo in read_wanted(self._vault.secrets)

    def want(self, photo: RecordId) -> None:
        """Let the next folder or bundle that has a photo bring it, and look whether one is here."""
        if self.wants(photo):
            return
        want(self._vault.secrets, photo)
        self._announce(Change(_WANTED, {Kind.PHOTO: frozenset((photo,))}, remote=True))
        self.asked()

    def choose(self, folder: Path) -> None:
        """Exchange through a folder from now on; raise OwnFolderError."""
        if folder.resolve().is_relative_to(self._vault.folder.resolve()):
            raise OwnFolderError
        self._findings(Source.FOLDER).settle()
        self._keep(ExchangeState(folder=str(folder)))

    def leave(self) -> None:
        """Use no folder any more; what lies in it stays there."""
        self._findings(Source.FOLDER).settle()
        self._keep(ExchangeState())

    def exchange(self, progress: Progress = UNWATCHED) -> LastExchange:
        """Exchange now. Raises StoppedError, and what the world may do, which is remembered."""
        place, state = self._place(), self.state
        try:
            traffic = self._exchanger().exchange(place, progress)
        except StoppedError:
            self._keep(replace(state, stopped=True, trouble="", away=False))
            raise
        except EXPECTED as error:
            away = isinstance(error, FolderGoneError)
            self._keep(replace(state, trouble=sentence(error), away=away))
            raise
        last = self._told(traffic, Source.FOLDER)
        self._keep(self._seen(state, traffic, last))
        return last

    def look(self, progress: Progress = UNWATCHED) -> LastExchange | None:
        """Exchange if the folder is in reach, and was used before; None if it is not.

        An empty folder is not filled unasked: it may be where a drive is to be mounted.
        """
        if not self.state.folder or not self._place().is_used:
            return None
        try:
            return self.exchange(progress)
        except FolderGoneError:
            return None

    def is_ours(self, bundle: Path) -> bool:
        """Tell whether a file is a bundle of this collection."""
        try:
            return tenant_of(bundle) == self._vault.tenant
        except SyncError:
            return False

    def save_bundle(
        self, path: Path, progress: Progress = UNWATCHED, *, pictures: bool = True
    ) -> LastExchange:
        """Write all that is here into one file. Raises as ``exchange``."""
        with BundleTarget(path, self._vault.tenant) as target:
            traffic = self._exchanger().save_bundle(target, progress, pictures=pictures)
        return self._told(traffic, Source.BUNDLE)

    def open_bundle(self, path: Path, progress: Progress = UNWATCHED) -> LastExchange:
        """Take in what is in a file. Raises as ``exchange``."""
        with BundleSource(path) as source:
            last = self._told(self._exchanger().open_bundle(source, progress), Source.BUNDLE)
        self._findings(Source.BUNDLE).settle()  # nobody looks at it again
        self._kept()
        return last

    def _exchanger(self) -> FolderExchange:
        return FolderExchange(self._vault, self._surroundings.random, self._announce)

    def _place(self) -> FolderPlace:
        folder, vault = self.state.folder, self._vault
        if not folder:
            raise NoExchangeFolderError
        return FolderPlace(Path(folder), vault.tenant, vault.device, self._surroundings.random)

    def _findings(self, source: Source) -> Findings:
        return Findings(self._vault.secrets, source, self._surroundings.now_millis)

    def _told(self, traffic: Traffic, source: Source) -> LastExchange:
        findings = self._findings(source)
        for notice in traffic.notices:
            forked = traffic.forked if notice is FolderNotice.FORKED else ()
            findings.found(notice, {stream.device for stream in forked})
        findings.settle(traffic.notices)
        if traffic.edits_in or traffic.pictures_in:
            self._came()
        return LastExchange(
            self._surroundings.now_millis(),
            traffic.edits_in,
            traffic.pictures_in,
            traffic.edits_out,
            traffic.pictures_out,
            traffic.sentences,
            FolderNotice.REMOVED in traffic.notices,
        )

    def _seen(self, state: ExchangeState, traffic: Traffic, last: LastExchange) -> ExchangeState:
        """Return what to remember of an exchange; what was not laid down stays as it was."""
        membership = verify_chain(self._vault.log.state().links, self._vault.tenant)
        held = {origin.incarnation.hex(): seq for origin, seq in traffic.holds.items()}
        return ExchangeState(
            state.folder,
            last,
            holds={**state.holds, **held},
            links=traffic.links.hex() or state.links,
            devices=sum(member.role is not Role.PAPER for member in membership.live),
        )

    def _keep(self, state: ExchangeState) -> None:
        self._settings.put_here(STATE, msgspec.json.encode(state).decode())
        self._kept()
