"""What the server holds of pictures against what the photos need: sent again, claimed, let go.

Once a day, and whenever a server turns out to have lost something, one listing is asked for. What a
photo needs and the server lacks is sent by whoever has it; what is there unclaimed is claimed.

A file is let go only if a photo says that its pictures were deleted for good, no other photo needs
it, and every device that ever wrote has shown that it read that. The server refuses unless all of
the log was read. So nothing that another device still needs is let go; see docs/sync.md.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

import msgspec

from desktop.sync.books import Books
from desktop.sync.courier import Courier
from desktop.sync.errors import RefusedError, ServerTroubleError
from desktop.sync.pictures import sound_chunks
from desktop.vault.references import Reference, Standing
from desktop.vault.vault import Vault
from shared.crypto.attachments import chunk_count
from shared.domain.operations import Change
from shared.domain.schema import Kind
from shared.domain.stamps import Origin
from shared.ids import Cursor, FileId, LogId, RecordId
from shared.membership import Member, Role
from shared.protocol.messages import HeldFile
from shared.protocol.problems import Code

DAY_MILLIS = 86_400_000
_HOUR_MILLIS = 3_600_000
_KEPT = "pictures compared"
_MOST_PAGES = 64
"""No collection has more than three million files; a server that lists more is not believed."""
_UNKNOWN = {Code.NOT_FOUND, Code.METHOD}
"""What a server says that has no such list."""
_NOT_NOW = {Code.NOT_FOUND, Code.FILE_INCOMPLETE, Code.QUOTA, Code.TOO_LARGE, Code.FILES_AWAY}

Said = set[tuple[Origin, int | None]]


class _Compared(NamedTuple):
    """In which log the last comparison was made, and when: milliseconds, on this wall clock."""

    log: bytes = b""
    at: int = 0


class Claims:
    """Keeps a server's pictures in step with the photos. One thread uses it."""

    def __init__(
        self,
        vault: Vault,
        courier: Courier,
        books: Books,
        *,
        changed: Callable[[Change], None],
        now_millis: Callable[[], int],
    ) -> None:
        """Tell ``changed`` of photos of which is known now whether the server has them."""
        self._vault = vault
        self._courier = courier
        self._books = books
        self._changed = changed
        self._now_millis = now_millis

    @property
    def due(self) -> bool:
        """Whether a day has passed, or the server began another log."""
        kept = self._vault.secrets.get(_KEPT)
        last = msgspec.msgpack.decode(kept, type=_Compared) if kept else _Compared()
        passed = self._now_millis() - last.at
        return last.log != self._vault.log.cursor()[0] or not 0 <= passed < DAY_MILLIS

    def compare(self) -> None:
        """Ask what is there and do what follows; what is to be sent is only noted.

        Both sides must be level: the device has read all, and sent all that it wrote. Where no
        photo ever was, nothing is asked.
        """
        held = self._listing() if self._vault.references.all() else {}
        if held is not None:
            self._provide(held)
        level = held is None or self._let_go(held)
        wait = 0 if level else DAY_MILLIS - _HOUR_MILLIS
        compared = _Compared(self._vault.log.cursor()[0] or b"", self._now_millis() - wait)
        self._vault.secrets.put(_KEPT, msgspec.msgpack.encode(compared))

    def _listing(self) -> dict[FileId, HeldFile] | None:
        held: dict[FileId, HeldFile] = {}
        after = b""
        for _ in range(_MOST_PAGES):
            try:
                page = self._courier.files(after)
            except RefusedError as error:
                if error.refusal.code in _UNKNOWN:
                    return None
                raise
            held |= {each.file: each for each in page.files}
            if not page.more or not page.files:
                return held
            after = page.files[-1].file
        raise ServerTroubleError

    def _provide(self, held: Mapping[FileId, HeldFile]) -> None:
        """Claim what is there, send what is here, and note what is at neither place."""
        files, absent, again = self._vault.files, set[FileId](), list[FileId]()
        references = self._vault.references.all()
        for each in _needed(references):
            there = held.get(each.file)
            if there is not None and there.claimed:
                continue
            whole = there is not None and there.chunks == chunk_count(each.size)
            if whole and self._claim(each.file, chunk_count(each.size)):
                continue
            if self._is_sound(each):
                again.append(each.file)
            else:
                absent.add(each.file)
        files.send_again(again)
        news = {each.photo for each in references if each.file in absent ^ files.absent}
        files.absent.clear()
        files.absent.update(absent)
        self._tell(news)

    def _claim(self, file: FileId, chunks: int) -> bool:
        try:
            self._courier.claim(file, chunks)
        except RefusedError as error:
            if error.refusal.code not in _NOT_NOW:
                raise
            return False
        return True

    def _is_sound(self, reference: Reference) -> bool:
        return sound_chunks(self._vault.files, reference.file, reference.root) is not None

    def _let_go(self, held: Mapping[FileId, HeldFile]) -> bool:
        """Let go what no photo needs any more; false if others have written meanwhile."""
        references, read = self._vault.references, self._vault.log.cursor()
        free = [f for f, said in references.emptyings().items() if self._is_read_by_all(said)]
        references.drop([file for file in free if file not in held])
        claimed = [file for file in free if file in held and held[file].claimed]
        return all(self._release(file, *read) for file in claimed)

    def _release(self, file: FileId, log: LogId | None, cursor: Cursor) -> bool:
        if log is None:
            return False
        try:
            self._courier.release(file, log, cursor)
        except RefusedError as error:
            if error.refusal.code is Code.LOG_MOVED:
                return False
            if error.refusal.code is not Code.NOT_FOUND:
                raise
        return True

    def _is_read_by_all(self, said: Said) -> bool:
        """Tell whether every other device has shown that it read these entries."""
        state = self._books.ledger.state
        wrote = {origin.device for origin in state.heads}
        members = [
            member
            for member in self._books.membership.live
            if member.role is not Role.PAPER and (member.may_write or member.device in wrote)
        ]
        for origin, seq in said:
            stands = state.base.get(origin)
            number = seq or (stands.seq if stands is not None and seq == 0 else 0)
            if not number or not all(self._has_read(each, origin, number) for each in members):
                return False
        return True

    def _has_read(self, member: Member, origin: Origin, seq: int) -> bool:
        if member.device in {origin.device, self._vault.device}:
            return True
        return any(
            origin in heads and heads[origin].seq >= seq
            for writer, heads in self._books.ledger.state.seen.items()
            if writer.device == member.device
        )

    def _tell(self, photos: set[RecordId]) -> None:
        if photos:
            records = {Kind.PHOTO: frozenset(photos)}
            self._changed(Change("Pictures were looked for", records, remote=True))


def _needed(references: Iterable[Reference]) -> Iterable[Reference]:
    """Return one reference to each file that a photo needs."""
    needed = (each for each in references if each.standing is not Standing.EMPTIED)
    return {each.file: each for each in needed}.values()
