"""Everything the server holds for one tenant. No method takes a tenant: the store is the scope."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from shared.ids import Cursor, DeviceId, EntryHash, FileId, LogId, TenantId
from shared.membership import Member, Membership
from shared.protocol.heads import digest_of_heads, heads_that_count
from shared.protocol.messages import (
    AboutDevice,
    AboutFiles,
    AboutTable,
    Approval,
    BaseReply,
    LinkParcel,
    SnapshotProposal,
    StreamHead,
)
from shared.protocol.problems import Code
from sync_server.storage.base_shelf import BaseShelf
from sync_server.storage.entry_log import Batch, EntryLog, LogState, Span, renew_log_id
from sync_server.storage.errors import RefusedError
from sync_server.storage.file_shelf import FileShelf
from sync_server.storage.inspection import inspect
from sync_server.storage.limits import Limits, Room
from sync_server.storage.link_shelf import LinkShelf
from sync_server.storage.ports import Home
from sync_server.storage.proposals import check_proposal
from sync_server.storage.survey import survey


class Parcel(NamedTuple):
    """The entries of one request. ``again``: a server had lost them, their epoch may be older."""

    entries: Sequence[bytes]
    again: bool


@dataclass(frozen=True, slots=True)
class Growth:
    """What one append added: the log went from ``after`` to ``cursor``.

    ``writers`` are the devices that wrote the entries, whoever brought them.
    """

    after: Cursor
    cursor: Cursor
    writers: frozenset[DeviceId]


@dataclass(frozen=True, slots=True)
class Holdings:
    """All that is stored, counted."""

    links: int
    link_bytes: int
    boxes: int
    entries: int
    entry_bytes: int
    objects: int
    object_bytes: int
    devices: tuple[AboutDevice, ...]
    files: AboutFiles
    tables: tuple[AboutTable, ...]


class TenantStore:
    """One tenant's log, chain of devices and attachments.

    ``limits``: what the tenant may fill. Every method may wait for the disk; ``log.state``,
    ``base.state``, ``membership`` and ``heads`` do not.
    """

    def __init__(self, home: Home, tenant: TenantId, limits: Limits) -> None:
        self._database = home.database
        if self.is_shared:
            self._database.has_moved_on()
        self.limits = limits
        self._links = LinkShelf(self._database, tenant)
        self.log = EntryLog(self._database)
        self.base = BaseShelf(self._database, self.log)
        self.files = FileShelf(home)

    @property
    def is_shared(self) -> bool:
        """Tell whether other processes may write too: then ``refresh`` before relying on it."""
        return self._database.is_shared

    def refresh(self) -> None:
        """See what other processes have written meanwhile."""
        with self._database.turn():
            if self._database.has_moved_on():
                self._reload()

    def follow(self, home: Home) -> None:
        """Go on where the tenant was moved to."""
        with self._database.turn():
            self._database.follow(home.database)
            self.refresh()

    def _reload(self) -> None:
        log = self.log.id
        self.log.reload()
        self.base.reload()
        if self.log.id == log:
            self._links.catch_up()
        else:  # a backup was put back
            self._links.reload()

    @property
    def membership(self) -> Membership:
        """The devices, as the chain says now."""
        return self._links.membership

    @property
    def heads(self) -> tuple[StreamHead, ...]:
        """The heads of all streams, as far as their devices' entries count."""
        return heads_that_count(self.log.state.heads, self.membership)

    @property
    def digest(self) -> bytes:
        """One hash over ``heads``."""
        return digest_of_heads(self.heads)

    def append_each(self, parcels: Sequence[Parcel]) -> list[Growth | RefusedError]:
        """Check and store several requests' entries: each all or none, on disk on return.

        They share one flush to disk; a refusal tells the index of the entry at fault.
        """
        with self._database.turn():  # the chain must not move between the check and the write
            checked = [self._inspect(parcel) for parcel in parcels]
            batches = [each for each in checked if isinstance(each, Batch)]
            stored = iter(self.log.append_each(batches, room=self._log_room))
            return [_outcome(each, stored) for each in checked]

    def _inspect(self, parcel: Parcel) -> Batch | RefusedError:
        try:
            envelopes = inspect(parcel.entries, self.membership)
        except RefusedError as refused:
            return refused
        return Batch(envelopes, 1 if parcel.again else self.membership.epoch, parcel.again)

    def extend_chain(self, head: EntryHash, parcels: Sequence[LinkParcel]) -> Membership:
        """Append links to the chain if it still ends with ``head``; see LinkShelf.extend."""
        with self._database.turn():
            return self._links.extend(head, parcels, most_devices=self.limits.devices)

    def links_after(self, count: int, device: DeviceId) -> tuple[LinkParcel, ...]:
        """Return the links after the first ``count``, with the boxes for ``device``."""
        return self._links.after(count, device)

    def links_until_out(self, device: DeviceId) -> tuple[LinkParcel, ...]:
        """Return the links up to the one that put a device out, without boxes."""
        return self._links.until_out(device)

    def put_chunk(self, file: FileId, n: int, content: bytes, *, now: int) -> None:
        """Store one chunk of an attachment; see FileShelf.put."""
        self.files.put(file, n, content, now=now, room=self.limits.file_room)

    def release(self, file: FileId, log: LogId, cursor: Cursor, *, now: int) -> None:
        """Let an attachment go, if whoever asks has read the whole log; see FileShelf.release.

        Raises RefusedError LOG_MOVED: an entry that is not read yet may refer to it.
        """
        with self._database.turn():
            if self.log.id != log or self.log.state.end > cursor:
                raise RefusedError(Code.LOG_MOVED)
            self.files.release(file, now=now)

    def put_object(self, name: EntryHash, sealed: bytes, *, now: int) -> None:
        """Store a piece of a snapshot or a history segment; see BaseShelf.put.

        So that a full log can still become smaller, they may take as much room as the log itself.
        """
        with self._database.turn():
            if self.base.state.object_bytes + len(sealed) > self.limits.log_bytes:
                raise RefusedError(Code.QUOTA)
            self.base.put(name, sealed, self.membership, now=now)

    def propose(self, asked: SnapshotProposal, *, now: int) -> BaseReply:
        """Keep a snapshot that is to be the base, or make it so; see BaseShelf.propose."""
        with self._database.turn():
            checked = check_proposal(asked, self.membership)
            return self.base.propose(checked, self.membership, now=now)

    def approve(self, name: EntryHash, approval: Approval, *, now: int) -> BaseReply:
        """Keep a device's word on a snapshot; see BaseShelf.approve."""
        with self._database.turn():
            return self.base.approve(name, approval, self.membership, now=now)

    def standing(self, *, now: int) -> BaseReply:
        """Say which snapshots are here; see BaseShelf.standing."""
        with self._database.turn():
            return self.base.standing(self.membership, now=now)

    def holdings(self) -> Holdings:
        """Count all that is stored."""
        state = self.log.state
        link_bytes, boxes = self._links.sizes()
        tables = survey(self._database)
        return Holdings(
            links=self.membership.length,
            link_bytes=link_bytes,
            boxes=boxes,
            entries=sum(stream.entries for stream in state.streams.values()),
            entry_bytes=state.bytes,
            objects=self.base.state.objects,
            object_bytes=self.base.state.object_bytes,
            devices=tuple(_about(member, state) for member in self.membership.devices.values()),
            files=self.files.about(),
            tables=tables,
        )

    @property
    def _log_room(self) -> Room:
        """What is left for entries beside the base and the history."""
        room = self.limits.log_room
        return Room(room.bytes - self.base.state.object_bytes, room.count)

    def begin_again(self, log: LogId) -> None:
        """Give the log another name, after a restore; open the store anew afterwards."""
        renew_log_id(self._database, log)

    def is_sound(self) -> bool:
        """Read all and tell whether nothing is damaged or missing."""
        return self._database.is_sound() and self.files.is_complete()

    def close(self) -> None:
        """Release the file."""
        self._database.close()


def _outcome(
    checked: Batch | RefusedError, stored: Iterator[Span | RefusedError]
) -> Growth | RefusedError:
    """Say what became of one parcel; ``stored`` tells it of those that passed the check."""
    if isinstance(checked, RefusedError):
        return checked
    span = next(stored)
    if isinstance(span, RefusedError):
        return span
    writers = frozenset(envelope.header.device for envelope in checked.envelopes)
    return Growth(span.after, span.end, writers)


def _about(member: Member, state: LogState) -> AboutDevice:
    streams = [stream for name, stream in state.streams.items() if name.device == member.device]
    return AboutDevice(
        device=member.device.hex(),
        role=member.role.name.lower(),
        revoked=not member.live,
        entries=sum(stream.entries for stream in streams),
        entry_bytes=sum(stream.bytes for stream in streams),
    )
