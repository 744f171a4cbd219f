"""All originals fetched for a device that is to have them, in pieces: nothing waits for long."""

from collections.abc import Callable

from desktop.sync.attachments import Attachments
from desktop.sync.pictures import ORIGINALS, Wanted, spoken_of
from desktop.vault.photo_policy import PhotoPolicy, is_paused, read_policy
from desktop.vault.vault import Vault
from shared.domain.operations import Change
from shared.domain.schema import Kind
from shared.ids import RecordId

_CHUNKS_A_STEP = 16
"""4 MiB; then edits and wake-ups have their turn."""
_PHOTOS_A_CHANGE = 32
_ABSENT_A_ROUND = 20
"""So many of those that the server had not are asked for again in a round."""


class Gathering:
    """Fetches originals one after the other. One thread uses it."""

    def __init__(
        self, vault: Vault, attachments: Attachments, changed: Callable[[Change], None]
    ) -> None:
        """Tell ``changed`` of photos whose originals have arrived."""
        self._vault = vault
        self._attachments = attachments
        self._changed = changed
        self._left: list[Wanted] = []
        self._arrived: set[RecordId] = set()
        self.awaits = False

    @property
    def active(self) -> bool:
        """Whether there is something to fetch now."""
        return bool(self._left)

    def begin(self) -> None:
        """Look, at the end of a round, what is to be here and is not."""
        self._left, self.awaits = [], False
        if not self._wanted():
            return
        lacking = [
            wanted
            for wanted in {each.file: each for each in self._originals()}.values()
            if not self._vault.files.has(wanted.file)
        ]
        absent = [each for each in lacking if each.file in self._vault.files.absent]
        present = [each for each in lacking if each.file not in self._vault.files.absent]
        self.awaits = bool(absent)
        self._left = [*absent[:_ABSENT_A_ROUND], *present]

    def step(self) -> None:
        """Fetch a few chunks of the next original; raise SyncError."""
        if not self._wanted() or self._attachments.out_of_reach:
            self._left = []
        if self._left:
            came = self._attachments.fetch_some(self._left[-1], _CHUNKS_A_STEP)
            if came is None:
                return
            wanted = self._left.pop()
            if came:
                self._arrived.add(wanted.photo)
        if self._arrived and (len(self._arrived) >= _PHOTOS_A_CHANGE or not self._left):
            records = {Kind.PHOTO: frozenset(self._arrived)}
            self._arrived.clear()
            self._changed(Change("Photos have arrived", records, remote=True))

    def _wanted(self) -> bool:
        secrets = self._vault.secrets
        return read_policy(secrets) is PhotoPolicy.ALL and not is_paused(secrets)

    def _originals(self) -> list[Wanted]:
        return list(spoken_of(self._vault.records, ORIGINALS))
