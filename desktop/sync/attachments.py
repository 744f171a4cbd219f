"""Pictures on their way: sealed chunks put and claimed, fetched and held against their root.

Thumbnails come by themselves, originals when somebody wants to see one. A picture that is not
to be had yet is waited for: it is asked for again with every sync.
"""

from collections.abc import Callable

from desktop.sync.courier import Courier
from desktop.sync.errors import (
    DoorAwayError,
    DoorError,
    DoorShutError,
    HarmedPictureError,
    RefusedError,
    SyncError,
)
from desktop.sync.pictures import PARTS, THUMBNAILS, Wanted, cut_up, root_of, spoken_of, wanted_of
from desktop.vault.references import Standing
from desktop.vault.vault import Vault
from shared.crypto.attachments import SEALED_CHUNK_BYTES
from shared.domain.operations import Change
from shared.domain.schema import Kind
from shared.ids import FileId, RecordId
from shared.protocol.problems import Code

_SMALL_CHUNKS = 1
_NOT_THIS_ONE = {Code.QUOTA, Code.CHUNK_DIFFERS, Code.TOO_LARGE, Code.FILE_INCOMPLETE}
"""Refusals that say something of one file, and nothing of the next."""
_SHUT_DOORS = 2
"""How often in a row a URL may be refused: it may have become too old while others were used."""


class Attachments:
    """Moves files between a vault and a server. One thread uses it, but for ``want``."""

    def __init__(self, vault: Vault, courier: Courier, changed: Callable[[Change], None]) -> None:
        """Tell ``changed`` of photos whose bytes have arrived."""
        self._files = vault.files
        self._records = vault.records
        self._references = vault.references
        self._courier = courier
        self._changed = changed
        self._wanted: set[RecordId] = set()
        self._may_lack_thumbnails = True
        self.trouble = ""
        self.out_of_reach = False
        self._refused: set[FileId] = set()
        self._counts: dict[FileId, int] = {}
        self._looked_for: set[RecordId] = set()

    @property
    def awaits(self) -> bool:
        """Whether pictures are missing here that should come."""
        return self._may_lack_thumbnails or bool(self._wanted)

    def note(self, change: Change) -> None:
        """Note what came in: new photos have thumbnails to fetch."""
        if change.everything or Kind.PHOTO in change.records:
            self._may_lack_thumbnails = True

    def want(self, photo: RecordId) -> None:
        """Fetch an original with the next sync. Any thread may call this."""
        self._wanted.add(photo)

    def begin(self) -> None:
        """Begin a round: what was refused in the last one may be tried again."""
        self.trouble = ""
        self.out_of_reach = False
        self._refused.clear()
        self._counts.clear()

    def send_small(self) -> None:
        """Send files of one chunk, as thumbnails are."""
        self._send(lambda chunks: chunks <= _SMALL_CHUNKS)

    def send_large(self) -> None:
        """Send all files that are left."""
        self._send(lambda _: True)

    def edits_have_left(self) -> None:
        """Send what must not be claimed before its edit is at the server."""
        self._files.edits_have_left()

    def fetch(self) -> None:
        """Fetch the thumbnails that are missing here, then the originals that were asked for."""
        arrived = set()
        if self._may_lack_thumbnails:
            missing = [
                wanted for wanted in spoken_of(self._records, THUMBNAILS) if self._lacks(wanted)
            ]
            came = {
                wanted.photo
                for wanted in missing  # photos of one content share a file
                if not self._lacks(wanted) or self._fetch_one(wanted)
            }
            self._may_lack_thumbnails = len(came) < len(missing)
            arrived |= came
        arrived |= self._fetch_wanted() | self._looked_for
        self._looked_for = set()
        if arrived:
            records = {Kind.PHOTO: frozenset(arrived)}
            self._changed(Change("Pictures have arrived", records, remote=True))

    def _fetch_wanted(self) -> set[RecordId]:
        """Fetch what was asked for and is missing or damaged; return the photos it came for.

        A photo for which nothing had to be fetched is none of them: it would be asked for again
        at once if its record, and not its file, is what is wrong.
        """
        came: set[FileId] = set()
        arrived = set()
        for photo in [*self._wanted]:
            fields = self._records.fields(Kind.PHOTO, photo) or {}
            asked = [wanted for part in PARTS if (wanted := wanted_of(photo, fields, part))]
            lacking = [wanted for wanted in asked if not self._is_sound(wanted)]
            came.update(wanted.file for wanted in lacking if self._fetch_one(wanted))
            if all(wanted.file in came for wanted in lacking):
                self._wanted.discard(photo)
            if any(wanted.file in came for wanted in asked):
                arrived.add(photo)
        return arrived

    def _send(self, fits: Callable[[int], bool]) -> None:
        """Send what photos need of it; what none speaks of yet may never be needed."""
        unsent = [file for file in self._files.unsent() if file not in self._refused]
        roots = self._roots() if unsent else {}
        for file in unsent:
            if file not in roots or not self._files.has(file) or not fits(self._count(file)):
                continue
            if self._attempt(file, roots[file]):
                self._files.acknowledge(file)

    def _roots(self) -> dict[FileId, bytes]:
        references = self._references.all()
        return {r.file: r.root for r in references if r.standing is not Standing.EMPTIED}

    def _attempt(self, file: FileId, root: bytes) -> bool:
        """Send a file; false if not this time, for a reason that holds up nothing else."""
        if self.out_of_reach:
            return False
        chunks = self._chunks(file)
        if root_of(chunks) != root:
            self.trouble = HarmedPictureError().sentence
            self._refused.add(file)
            return False
        try:
            self._send_one(file, chunks)
        except (RefusedError, DoorError) as error:
            self._bear(error)
            self._refused.add(file)
            return False
        return True

    def _bear(self, error: SyncError) -> None:
        """Keep what concerns pictures only as a sentence; raise everything else."""
        code = error.refusal.code if isinstance(error, RefusedError) else None
        if isinstance(error, DoorAwayError) or code is Code.FILES_AWAY:
            self.out_of_reach = True
        elif not isinstance(error, DoorError) and code not in _NOT_THIS_ONE:
            raise error
        self.trouble = error.sentence

    def _send_one(self, file: FileId, chunks: list[bytes]) -> None:
        """Put the chunks that the server has not, and claim the file."""
        present = self._put_through(file, chunks) if len(chunks) > _SMALL_CHUNKS else frozenset()
        for index, chunk in enumerate(chunks):
            if index not in present:
                self._courier.put_chunk(file, index, chunk)
        self._courier.claim(file, len(chunks))

    def _put_through(self, file: FileId, chunks: list[bytes]) -> frozenset[int]:
        """Put chunks where the server says, past it; return those that are there then."""
        put, shut = set[int](), 0
        while shut < _SHUT_DOORS:
            told = self._courier.doors(file, len(chunks))
            lacking = set(range(len(chunks))).difference(told.chunks)
            doors = [door for door in told.doors if door.n in lacking]
            if not doors:
                return frozenset(told.chunks)
            if any(door.n in put for door in doors):
                break  # what was put there is not kept
            try:
                for door in doors:
                    self._courier.put_through(door.url, chunks[door.n])
                    put.add(door.n)
                    shut = 0
            except DoorShutError:
                shut += 1
        raise DoorShutError

    def _fetch_one(self, wanted: Wanted) -> bool:
        """Fetch and keep one file; false if the server has it not, not whole or not unchanged."""
        return self.fetch_some(wanted, wanted.chunks) is True

    def fetch_some(self, wanted: Wanted, most: int) -> bool | None:
        """Fetch so many chunks of a file, after those that came before, and keep it once whole.

        None means that there are more; false as for ``_fetch_one``.
        """
        if self.out_of_reach:
            return False
        begun = min(self._files.begun_bytes(wanted.file) // SEALED_CHUNK_BYTES, wanted.chunks)
        end = min(begun + most, wanted.chunks)
        try:
            for index in range(begun, end):
                chunk = self._courier.get_chunk(wanted.file, index)
                self._files.add(wanted.file, chunk, index * SEALED_CHUNK_BYTES)
        except (RefusedError, DoorError) as error:
            if not isinstance(error, RefusedError) or error.refusal.code is not Code.NOT_FOUND:
                self._bear(error)
            else:
                self._miss(wanted)
            return False
        return self._take_in(wanted) if end == wanted.chunks else None

    def _take_in(self, wanted: Wanted) -> bool:
        """Keep a file of which all has come, if it is what its record says."""
        chunks = cut_up(self._files.begun(wanted.file))
        sound = root_of(chunks) == wanted.root
        if sound:
            self._files.keep(wanted.file, chunks, sent=True)
        self._files.forget_begun(wanted.file)
        return sound

    def _miss(self, wanted: Wanted) -> None:
        """Note that the server has not what was asked for, and show it."""
        if wanted.file not in self._files.absent:
            self._files.absent.add(wanted.file)
            self._looked_for.add(wanted.photo)

    def _is_sound(self, wanted: Wanted) -> bool:
        """Tell whether a file is here and is still what its record says."""
        return not self._lacks(wanted) and root_of(self._chunks(wanted.file)) == wanted.root

    def _lacks(self, wanted: Wanted) -> bool:
        return not self._files.has(wanted.file)

    def _count(self, file: FileId) -> int:
        """Return how many chunks a file has; it is read only once for that."""
        if file not in self._counts:
            self._counts[file] = len(self._chunks(file))
        return self._counts[file]

    def _chunks(self, file: FileId) -> list[bytes]:
        return cut_up(self._files.read(file))
