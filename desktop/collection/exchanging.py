"""Exchange without a server, as the collector knows it: a folder, when last, what came and went."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec

from desktop.collection.errors import EXPECTED, sentence
from desktop.collection.settings import Settings
from desktop.collection.values import SyncPhase, SyncStatus
from desktop.sync.errors import SyncError
from desktop.sync.folder.bundle import SUFFIX, BundleSource, BundleTarget, tenant_of
from desktop.sync.folder.errors import FolderGoneError
from desktop.sync.folder.exchange import FolderExchange
from desktop.sync.folder.places import FolderPlace
from desktop.sync.folder.traffic import FolderNotice, Traffic
from desktop.vault.errors import VaultError
from desktop.vault.progress import UNWATCHED, Progress, StoppedError
from desktop.vault.vault import Surroundings, Vault
from shared.domain.operations import Change
from shared.membership import Role, verify_chain

__all__ = ["SUFFIX", "ExchangeCare", "ExchangeState", "LastExchange", "Progress", "StoppedError"]

STATE = "exchange folder"
_EXCHANGED = "Everything is saved, and in the exchange folder."
_NEVER = "Nothing was exchanged yet."
_ONE_WAITS = "1 change waits for the next exchange."
_SOME_WAIT = "{} changes wait for the next exchange."


class OwnFolderError(VaultError):
    """That is this collection's own folder. Choose another one, on a stick or a shared drive."""


class NoExchangeFolderError(VaultError):
    """No exchange folder is chosen yet."""


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

    ``trouble``: why the last attempt failed, if it did; ``away``: because the folder was not there.
    ``devices``: how many computers the collection had then.
    """

    folder: str = ""
    last: LastExchange | None = None
    trouble: str = ""
    away: bool = False
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
        waiting = self._vault.log.waiting()
        last = state.last.millis if state.last else None
        phase, words = SyncPhase.SAVED, _EXCHANGED
        if state.trouble or (state.last and state.last.notices):
            phase = SyncPhase.OFFLINE if state.away else SyncPhase.TROUBLE
            words = state.trouble or (state.last.notices[0] if state.last else "")
        elif waiting:
            words = _ONE_WAITS if waiting == 1 else _SOME_WAIT.format(waiting)
            phase = SyncPhase.WAITING
        elif last is None:
            phase, words = SyncPhase.WAITING, _NEVER
        return SyncStatus(
            phase,
            words,
            waiting,
            last_synced_millis=last,
            devices=state.devices,
            removed=state.last is not None and state.last.removed,
        )

    def choose(self, folder: Path) -> None:
        """Exchange through a folder from now on; raise OwnFolderError."""
        if folder.resolve().is_relative_to(self._vault.folder.resolve()):
            raise OwnFolderError
        self._keep(ExchangeState(folder=str(folder)))

    def leave(self) -> None:
        """Use no folder any more; what lies in it stays there."""
        self._keep(ExchangeState())

    def exchange(self, progress: Progress = UNWATCHED) -> LastExchange:
        """Exchange now. Raises StoppedError, and what the world may do, which is remembered."""
        return self._remembered(lambda: self._exchanged(self._place(), progress))

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
        return self._told(traffic)

    def open_bundle(self, path: Path, progress: Progress = UNWATCHED) -> LastExchange:
        """Take in what is in a file. Raises as ``exchange``."""
        with BundleSource(path) as source:
            return self._told(self._exchanger().open_bundle(source, progress))

    def _exchanged(self, place: FolderPlace, progress: Progress) -> LastExchange:
        return self._told(self._exchanger().exchange(place, progress))

    def _exchanger(self) -> FolderExchange:
        return FolderExchange(self._vault, self._surroundings.random, self._announce)

    def _place(self) -> FolderPlace:
        folder, vault = self.state.folder, self._vault
        if not folder:
            raise NoExchangeFolderError
        return FolderPlace(Path(folder), vault.tenant, vault.device, self._surroundings.random)

    def _told(self, traffic: Traffic) -> LastExchange:
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

    def _remembered(self, deed: Callable[[], LastExchange]) -> LastExchange:
        state = self.state
        try:
            last = deed()
        except StoppedError:
            raise
        except EXPECTED as error:
            away = isinstance(error, FolderGoneError)
            self._keep(replace(state, trouble=sentence(error), away=away))
            raise
        membership = verify_chain(self._vault.log.state().links, self._vault.tenant)
        devices = sum(member.role is not Role.PAPER for member in membership.live)
        self._keep(ExchangeState(state.folder, last, devices=devices))
        return last

    def _keep(self, state: ExchangeState) -> None:
        self._settings.put_here(STATE, msgspec.json.encode(state).decode())
        self._kept()
