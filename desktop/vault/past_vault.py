"""A vault as it was: it reads like any other, and nothing is written to it."""

from collections.abc import Mapping, Sequence

from typing_extensions import override

from desktop.vault.chronicle import WayBack
from desktop.vault.comparing import Compared
from desktop.vault.errors import VaultError
from desktop.vault.past import Progress
from desktop.vault.records import Records
from desktop.vault.shelves import Shelves
from desktop.vault.steps import Choice
from desktop.vault.vault import Vault
from shared.domain.operations import Change, Operation


class ReadOnlyPastError(VaultError):
    """That is the collection as it was. Go back to today to change anything."""


class PastVault(Vault):
    """One vault at a reading of the clock, in memory. Pictures, keys and devices are today's."""

    def __init__(self, vault: Vault, until: int, progress: Progress) -> None:
        """Merge the past again; raise UnknownPastError and what ``progress`` raises."""
        # What a vault on disk opens is not opened again: this one only reads.
        self._present = vault
        self._past = vault.chronicle.past(until, progress)
        self.folder, self.key = vault.folder, vault.key
        self.tenant, self.device = vault.tenant, vault.device
        self.put_back, self.is_watched = False, vault.is_watched
        self.files, self.secrets, self.log = vault.files, vault.secrets, vault.log
        self.chronicle, self.references = vault.chronicle, vault.references
        self.backups, self.checkup = vault.backups, vault.checkup
        self.records = Records(self._past, vault.files)
        self.shelves = Shelves(self._past)

    def compare(self, later: "PastVault | None", progress: Progress) -> Compared:
        """Say what is different in a later state, None for what is here now."""
        after = later._past if later else None  # noqa: SLF001 - of this class
        return self.chronicle.compare(self._past, after, progress)

    def way_back(self, progress: Progress) -> WayBack:
        """Return what makes the present hold what this one does."""
        return self.chronicle.way_back(self._past, progress)

    @override
    def apply(
        self, label: str, operations: Sequence[Operation], *, undoable: bool = True
    ) -> Change:
        raise ReadOnlyPastError

    @override
    def undo(self) -> Change | None:
        raise ReadOnlyPastError

    @override
    def redo(self) -> Change | None:
        raise ReadOnlyPastError

    @override
    def take_back(self, label: str, moments: Sequence[int]) -> Change:
        raise ReadOnlyPastError

    @property
    @override
    def undo_label(self) -> str | None:
        return None

    @property
    @override
    def redo_label(self) -> str | None:
        return None

    @override
    def settle(self, number: int, *, keep_loser: bool) -> Change:
        raise ReadOnlyPastError

    @override
    def choose(self, choices: Mapping[int, Choice]) -> Change:
        raise ReadOnlyPastError

    @override
    def change_password(self, old: str, new: str) -> None:
        raise ReadOnlyPastError

    @override
    def close(self) -> None:
        self._past.close()
