"""All originals fetched for a device that is to have them, in pieces: nothing waits for long."""

from collections.abc import Callable

from desktop.sync.attachments import Attachments, Fetch
from desktop.sync.pictures import ORIGINALS, Wanted, spoken_of
from desktop.sync.setbacks import Setbacks
from desktop.sync.tally import Counter, Tally
from desktop.vault.photo_policy import PhotoPolicy, is_paused, read_policy
from desktop.vault.vault import Vault
from shared.crypto.attachments import sealed_size
from shared.domain.operations import Change
from shared.domain.schema import Kind
from shared.ids import RecordId

_PHOTOS_A_CHANGE = 32
_ABSENT_A_ROUND = 20
"""So many of those that the server had not are asked for again in a round."""


class Gathering:
    """Fetches originals one after the other. One thread uses it."""

    def __init__(
        self,
        vault: Vault,
        attachments: Attachments,
        setbacks: Setbacks,
        changed: Callable[[Change], None],
    ) -> None:
        """Tell ``changed`` of photos whose originals have arrived."""
        self._vault = vault
        self._attachments = attachments
        self._setbacks = setbacks
        self._changed = changed
        self._left: list[Wanted] = []
        self._fetch: Fetch | None = None
        self._counter = Counter()
        self._arrived: set[RecordId] = set()
        self.awaits = False

    @property
    def active(self) -> bool:
        """Whether there is something to fetch now."""
        return bool(self._left)

    @property
    def tally(self) -> Tally:
        """How far the originals have come that were missing since nothing was."""
        return self._counter.tally(len(self._left), sum(map(_sealed, self._left)))

    def begin(self) -> None:
        """Look, at the end of a round, what is to be here and is not; a file under way goes on."""
        if not self.active:
            self._counter.restart()
        under_way = self._left[-1] if self._fetch is not None else None
        self._left, self.awaits = [], False
        if not self._wanted():
            self._fetch = None
            return
        lacking = [
            wanted
            for wanted in {each.file: each for each in self._originals()}.values()
            if not self._vault.files.has(wanted.file) and wanted != under_way
        ]
        absent = [each for each in lacking if each.file in self._vault.files.absent]
        present = [each for each in lacking if each.file not in self._vault.files.absent]
        self.awaits = bool(absent)
        self._left = [*absent[:_ABSENT_A_ROUND], *present]
        if under_way is not None:
            self._left.append(under_way)

    def step(self) -> None:
        """Fetch one more chunk; raise SyncError."""
        if not self._wanted() or self._setbacks.out_of_reach:
            self._left, self._fetch = [], None
        if self._left:
            self._go_on()
        if self._arrived and (len(self._arrived) >= _PHOTOS_A_CHANGE or not self._left):
            records = {Kind.PHOTO: frozenset(self._arrived)}
            self._arrived.clear()
            self._changed(Change("Photos have arrived", records, remote=True))

    def _go_on(self) -> None:
        fetch = self._fetch or self._attachments.fetch(self._left[-1])
        self._fetch = None
        try:
            self._counter.moved(next(fetch))
        except StopIteration as end:
            wanted = self._left.pop()
            self._counter.ended_under_way(_sealed(wanted))
            if end.value:
                self._arrived.add(wanted.photo)
        else:
            self._fetch = fetch

    def _wanted(self) -> bool:
        secrets = self._vault.secrets
        return read_policy(secrets) is PhotoPolicy.ALL and not is_paused(secrets)

    def _originals(self) -> list[Wanted]:
        return list(spoken_of(self._vault.records, ORIGINALS))


def _sealed(wanted: Wanted) -> int:
    return sealed_size(wanted.size)
