"""Pictures on their way in: fetched in chunks and held against their root.

Thumbnails come by themselves, originals when somebody wants to see one. A picture that is not
to be had yet is waited for: it is asked for again with every sync.
"""

from collections.abc import Callable, Generator, Iterator

from desktop.sync.courier import Courier
from desktop.sync.errors import DoorError, RefusedError
from desktop.sync.pictures import (
    PARTS,
    THUMBNAILS,
    Wanted,
    cut_up,
    root_of,
    sound_chunks,
    spoken_of,
    wanted_of,
)
from desktop.sync.setbacks import Setbacks
from desktop.sync.tally import Counter, Tally
from desktop.vault.errors import UnreadPictureError
from desktop.vault.vault import Vault
from shared.crypto.attachments import SEALED_CHUNK_BYTES
from shared.domain.operations import Change
from shared.domain.schema import Kind
from shared.ids import RecordId
from shared.protocol.problems import Code

_PHOTOS_A_CHANGE = 32

Fetch = Generator[int, None, bool]
"""Fetches a file: yields the bytes of each chunk that came, and returns whether all is here."""


class Attachments:
    """Fetches files for a vault from a server. One thread uses it, but for ``want``."""

    def __init__(
        self,
        vault: Vault,
        courier: Courier,
        setbacks: Setbacks,
        changed: Callable[[Change], None],
    ) -> None:
        """Tell ``changed`` of photos whose bytes have arrived."""
        self._files = vault.files
        self._records = vault.records
        self._courier = courier
        self._setbacks = setbacks
        self._changed = changed
        self._wanted: set[RecordId] = set()
        self._tried: set[RecordId] = set()
        self._may_lack_thumbnails = True
        self._photos = 0
        self._thumbnails: list[Wanted] = []
        self._work: Iterator[int] | None = None
        self._arrived: set[RecordId] = set()
        self._counter = Counter()
        self.awaits = False
        """Whether pictures that should come were not to be had when they were asked for last."""

    @property
    def active(self) -> bool:
        """Whether something is to be fetched now."""
        return self._work is not None

    @property
    def tally(self) -> Tally:
        """How many of the thumbnails have come that were missing. Their bytes are not known."""
        return self._counter.tally(len(self._thumbnails), 0)

    def note(self, change: Change) -> None:
        """Note what came in: new photos have thumbnails to fetch."""
        if change.everything or Kind.PHOTO in change.records:
            self._may_lack_thumbnails = True

    def want(self, photo: RecordId) -> None:
        """Fetch an original, ahead of all else. Any thread may call this."""
        self._wanted.add(photo)

    def begin(self) -> None:
        """Look, at the end of a round, what is missing here; what is under way goes on."""
        self._tried.clear()
        photos = self._records.count_photos()  # some may have come by a folder, without pictures
        if self._may_lack_thumbnails or photos != self._photos:
            self._photos = photos
            missing = filter(self._lacks, spoken_of(self._records, THUMBNAILS))
            self._thumbnails = list({wanted.file: wanted for wanted in missing}.values())
            self._may_lack_thumbnails = False
        if self._work is None and (self._thumbnails or self._wanted):
            self._counter.restart()
            self._work = self._fetching()
        if self._work is None:
            self.awaits = False

    def step(self) -> None:
        """Fetch one more chunk. Raises SyncError."""
        if self._work is None:
            return
        try:
            ended = next(self._work, None) is None
        except BaseException:
            self._work, self._may_lack_thumbnails = None, True
            self._tell()
            raise
        if ended:
            self._work = None
        if ended or len(self._arrived) >= _PHOTOS_A_CHANGE:
            self._tell()

    def _fetching(self) -> Iterator[int]:
        """Fetch what somebody wants to see, then the thumbnails that are missing here."""
        missed = False
        while True:
            photo = next(iter(self._wanted - self._tried), None)
            if photo is not None:
                self._tried.add(photo)
                yield from self._fetch_photo(photo)
            elif self._thumbnails:
                wanted = self._thumbnails.pop()
                if self._lacks(wanted):  # it may have come with its photo
                    came = yield from self._fetch_one(wanted)
                    missed = missed or not came
                self._counter.ended(0)
            else:
                break
        self._may_lack_thumbnails = self._may_lack_thumbnails or missed
        self.awaits = self._may_lack_thumbnails or bool(self._wanted)

    def _fetch_photo(self, photo: RecordId) -> Iterator[int]:
        """Fetch what of a photo is missing or damaged.

        A photo for which nothing had to be fetched has not arrived: it would be asked for again
        at once if its record, and not its file, is what is wrong.
        """
        fields = self._records.fields(Kind.PHOTO, photo) or {}
        asked = [wanted for part in PARTS if (wanted := wanted_of(photo, fields, part))]
        is_whole = True
        for wanted in asked:
            if sound_chunks(self._files, wanted.file, wanted.root) is None:
                came = yield from self._fetch_one(wanted)
                is_whole = is_whole and came
        if is_whole:
            self._wanted.discard(photo)

    def _fetch_one(self, wanted: Wanted) -> Fetch:
        """Fetch and keep one file; false if the server has it not, not whole or not unchanged."""
        came = yield from self.fetch(wanted)
        if came:
            self._arrived.add(wanted.photo)
        return came

    def fetch(self, wanted: Wanted) -> Fetch:
        """Fetch the chunks of a file, after those that came before, and keep it once whole."""
        if self._setbacks.out_of_reach:
            return False
        begun = min(self._files.begun_bytes(wanted.file) // SEALED_CHUNK_BYTES, wanted.chunks)
        try:
            for index in range(begun, wanted.chunks):
                chunk = self._courier.get_chunk(wanted.file, index)
                self._files.add(wanted.file, chunk, index * SEALED_CHUNK_BYTES)
                yield len(chunk)
        except (RefusedError, DoorError) as error:
            if isinstance(error, RefusedError) and error.refusal.code is Code.NOT_FOUND:
                self._miss(wanted)
            else:
                self._setbacks.bear(error)
            yield 0
            return False
        return self._take_in(wanted)

    def _take_in(self, wanted: Wanted) -> bool:
        """Keep a file of which all has come, if it is what its record says."""
        try:
            chunks = cut_up(self._files.begun(wanted.file))
        except UnreadPictureError:
            chunks = []
        sound = root_of(chunks) == wanted.root
        if sound:
            self._files.keep(wanted.file, chunks, sent=True)
        self._files.forget_begun(wanted.file)
        return sound

    def _miss(self, wanted: Wanted) -> None:
        """Note that the server has not what was asked for, and show it."""
        if wanted.file not in self._files.absent:
            self._files.absent.add(wanted.file)
            self._arrived.add(wanted.photo)

    def _lacks(self, wanted: Wanted) -> bool:
        return not self._files.has(wanted.file)

    def _tell(self) -> None:
        """Tell of the photos of which something has come, or is known to be missing."""
        if self._arrived:
            records = {Kind.PHOTO: frozenset(self._arrived)}
            self._arrived.clear()
            self._changed(Change("Pictures have arrived", records, remote=True))
