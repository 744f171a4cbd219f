"""Pictures on their way out: sealed chunks put and claimed, one step after the other.

Thumbnails (one chunk) go ahead of the edits that speak of them, everything else behind, a chunk a
step: edits and wake-ups have their turn in between.
"""

from collections.abc import Generator, Iterator
from dataclasses import dataclass

from desktop.sync.courier import Courier
from desktop.sync.errors import DoorError, DoorShutError, HarmedPictureError, RefusedError, said
from desktop.sync.pictures import cut_up, root_of
from desktop.sync.setbacks import Setbacks
from desktop.sync.tally import Counter, Tally
from desktop.vault.errors import UnreadPictureError
from desktop.vault.references import Reference, Standing
from desktop.vault.vault import Vault
from shared.crypto.attachments import chunk_count, sealed_size
from shared.ids import FileId

_SMALL_CHUNKS = 1
_SHUT_DOORS = 2
"""How often in a row a URL may be refused: it may have become too old while others were used."""


@dataclass(slots=True)
class _Upload:
    """A file on its way. ``chunks`` yields how many bytes were put with each step."""

    reference: Reference
    chunks: Iterator[int]

    @property
    def size(self) -> int:
        return sealed_size(self.reference.size)


class Sending:
    """Sends the files of one vault to a server. One thread uses it; SyncError is what may come."""

    def __init__(self, vault: Vault, courier: Courier, setbacks: Setbacks) -> None:
        self._files = vault.files
        self._references = vault.references
        self._courier = courier
        self._setbacks = setbacks
        self._left: list[Reference] = []  # the largest first: it is taken from the end
        self._upload: _Upload | None = None
        self._counter = Counter()

    @property
    def active(self) -> bool:
        """Whether something is to be sent now."""
        return not self._setbacks.out_of_reach and bool(self._upload or self._left)

    @property
    def tally(self) -> Tally:
        """How far the pictures have come that were to be sent since nothing was."""
        ahead = [sealed_size(each.size) for each in self._left]
        if self._upload is not None:
            ahead.append(self._upload.size)
        return self._counter.tally(len(ahead), sum(ahead))

    def edits_have_left(self) -> None:
        """Send what must not be claimed before its edit is at the server."""
        self._files.edits_have_left()

    def begin(self) -> None:
        """Look what is to be sent; a file under way goes on."""
        if not self.active:
            self._counter.restart()
        under_way = self._upload.reference.file if self._upload else None
        unsent = [each for each in self._unsent() if each.file != under_way]
        self._left = sorted(unsent, key=lambda each: each.size, reverse=True)

    def step(self) -> None:
        """Send one more chunk."""
        if self._upload is None and self._left:
            self._upload = self._open(self._left.pop())
        if self._upload is not None:
            self._go_on(self._upload)

    def step_small(self) -> bool:
        """Send one thumbnail, ahead of a round whose edits need it; false if none is left."""
        if not self._left or not _is_small(self._left[-1]) or self._setbacks.out_of_reach:
            return False
        reference = self._left.pop()
        upload = self._open(reference)
        while upload is not None and self._put_next(upload) is not None:
            pass
        self._counter.ended(sealed_size(reference.size))
        return True

    def send_small(self) -> None:
        """Send all thumbnails that are left, as the edits that were just sealed need them."""
        self.begin()
        while self.step_small():
            pass

    def _unsent(self) -> list[Reference]:
        """Return what photos need of it; what none speaks of yet may never be needed."""
        unsent = set(self._files.unsent()) - self._setbacks.refused
        if not unsent:
            return []
        needed = {
            each.file: each
            for each in self._references.all()
            if each.file in unsent and each.standing is not Standing.EMPTIED
        }
        return [each for each in needed.values() if self._files.has(each.file)]

    def _open(self, reference: Reference) -> _Upload | None:
        """Begin with a file that is still to be sent, and sound."""
        try:
            chunks = cut_up(self._files.read(reference.file))
        except FileNotFoundError:
            return None
        except UnreadPictureError as error:
            self._setbacks.refuse(reference.file, said(error))
            return None
        if root_of(chunks) != reference.root:
            self._setbacks.refuse(reference.file, HarmedPictureError().sentence)
            return None
        return _Upload(reference, self._putting(reference.file, chunks))

    def _go_on(self, upload: _Upload) -> None:
        """Put the next chunk of the file under way; it is none any more once it cannot go on."""
        self._upload = None
        put = self._put_next(upload)
        if put is None:
            self._counter.ended_under_way(upload.size)
        else:
            self._upload = upload
            self._counter.moved(put)

    def _put_next(self, upload: _Upload) -> int | None:
        """Put a chunk; None if the file is across, or refused for a reason of its own."""
        file = upload.reference.file
        try:
            put = next(upload.chunks, None)
        except (RefusedError, DoorError) as error:
            self._setbacks.bear(error)
            self._setbacks.refused.add(file)
            return None
        if put is None:
            self._files.acknowledge(file)
        return put

    def _putting(self, file: FileId, chunks: list[bytes]) -> Iterator[int]:
        """Put the chunks that the server has not, and claim the file."""
        present = frozenset[int]()
        if len(chunks) > _SMALL_CHUNKS:
            present = yield from self._putting_through(file, chunks)
        for index, chunk in enumerate(chunks):
            if index not in present:
                self._courier.put_chunk(file, index, chunk)
                yield len(chunk)
        self._courier.claim(file, len(chunks))

    def _putting_through(
        self, file: FileId, chunks: list[bytes]
    ) -> Generator[int, None, frozenset[int]]:
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
                    yield len(chunks[door.n])
            except DoorShutError:
                shut += 1
        raise DoorShutError


def _is_small(reference: Reference) -> bool:
    return chunk_count(reference.size) <= _SMALL_CHUNKS
