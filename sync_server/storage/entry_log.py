"""The log of one tenant: sealed entries in the order in which they came."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from shared.envelope import Envelope
from shared.ids import Cursor, DeviceId, EntryHash, Incarnation, LogId
from shared.membership import MOST_STREAMS
from shared.protocol.limits import PAGE_BYTES
from shared.protocol.messages import StreamHead
from shared.protocol.problems import Code
from sync_server.storage.errors import RefusedError
from sync_server.storage.limits import Room
from sync_server.storage.ports import Connection, Database

FLOOR = "floor"
_EMPTY = EntryHash(b"")


class StreamName(NamedTuple):
    """One life of one device."""

    device: DeviceId
    incarnation: Incarnation


@dataclass(frozen=True, slots=True)
class Stream:
    """Where one stream stands: its row, its last entry, what it holds."""

    id: int
    seq: int = 0
    hash: EntryHash = _EMPTY
    entries: int = 0
    bytes: int = 0

    def after(self, envelope: Envelope) -> "Stream":
        """Return where it stands when this entry has been added."""
        return replace(
            self,
            seq=envelope.header.seq,
            hash=envelope.hash,
            entries=self.entries + 1,
            bytes=self.bytes + len(envelope.sealed),
        )


@dataclass(frozen=True, slots=True)
class LogState:
    """The log at one moment. Replaced as a whole, so any thread may read it at any time."""

    end: Cursor
    streams: Mapping[StreamName, Stream]

    @property
    def entries(self) -> int:
        """How many entries are held; those behind the base are not."""
        return sum(stream.entries for stream in self.streams.values())

    @property
    def bytes(self) -> int:
        """Size of all entries."""
        return sum(stream.bytes for stream in self.streams.values())

    @property
    def heads(self) -> tuple[StreamHead, ...]:
        """The last entry of every stream."""
        return tuple(
            StreamHead(name.device, name.incarnation, stream.seq, stream.hash)
            for name, stream in self.streams.items()
        )


class Batch(NamedTuple):
    """Checked entries of one request, and the oldest epoch that they may be of.

    ``again``: a server had lost them; of those that are gone behind the base none is missing.
    """

    envelopes: Sequence[Envelope]
    oldest_epoch: int
    again: bool = False


class Span(NamedTuple):
    """What one batch added: the entries after ``after`` up to ``end``."""

    after: Cursor
    end: Cursor


@dataclass(frozen=True, slots=True)
class Page:
    """Entries in order; reading goes on after ``cursor`` if there are ``more``, up to ``end``."""

    entries: tuple[bytes, ...]
    cursor: Cursor
    more: bool
    end: Cursor


class EntryLog:
    """Appends entries so that they are on disk when it returns, and reads them back."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.reload()

    def reload(self) -> None:
        """Read again where the log stands."""
        with self._database.read() as db:
            self.id = _log_id(db)
            self.state = _load(db)

    def append_each(self, batches: Sequence[Batch], *, room: Room) -> list[Span | RefusedError]:
        """Store each batch whole or not at all, flushed to disk once for all of them.

        Entries that are here already are skipped. The refusals: ENTRY_REFUSED, ENTRY_TAKEN,
        ENTRY_GAP, EPOCH_STALE, QUOTA, with the index of the entry at fault.
        """
        outcomes: list[Span | RefusedError] = []
        with self._database.write() as db:
            state = self.state
            for batch in batches:
                try:
                    grown = _append(db, state, batch, room)
                except RefusedError as refused:
                    outcomes.append(refused)
                    continue
                outcomes.append(Span(state.end, grown.end))
                state = grown
        self.state = state
        return outcomes

    def page(
        self,
        after: Cursor,
        *,
        without: DeviceId | None = None,
        have: Iterable[StreamHead] = (),
        budget: int = PAGE_BYTES,
    ) -> Page:
        """Read on from a cursor: at most ``budget`` bytes, but at least one entry.

        Leaves out the entries of device ``without`` and those that ``have`` covers.
        """
        with self._database.turn(), self._scan(after, without) as rows:
            state = self.state
            floors = _floors(state.streams, have)
            found: list[bytes] = []
            cursor, room = after, budget
            for position, stream, seq, sealed in rows:
                if seq > floors.get(stream, 0):
                    if found and len(sealed) > room:
                        return Page(tuple(found), cursor, more=True, end=state.end)
                    found.append(sealed)
                    room -= len(sealed)
                cursor = Cursor(position)
        end = max(cursor, state.end)
        return Page(tuple(found), end, more=False, end=end)

    def _scan(
        self, after: Cursor, without: DeviceId | None
    ) -> AbstractContextManager[Iterator[tuple[Any, ...]]]:
        return self._database.scan(
            "SELECT position, stream, seq, sealed FROM entry WHERE position > ?"
            " AND stream NOT IN (SELECT id FROM stream WHERE device = ?) ORDER BY position",
            (after, without),
        )


def _append(db: Connection, state: LogState, batch: Batch, room: Room) -> LogState:
    """Add one batch within the transaction of many; a refused one writes nothing."""
    growing = _Growing(db, state, batch, room)
    for at, envelope in enumerate(batch.envelopes):
        growing.add(at, envelope)
    return growing.write()


class _Growing:
    """The log while one batch is added to it: all is checked before anything is written."""

    def __init__(self, db: Connection, before: LogState, batch: Batch, room: Room) -> None:
        self._db = db
        self._before = before
        self._streams = dict(before.streams)
        self._oldest_epoch = batch.oldest_epoch
        self._again = batch.again
        self._room = room.bytes - before.bytes
        self._places = room.count - before.entries
        self._rows: dict[tuple[int, int], tuple[int, EntryHash, bytes]] = {}
        self._touched: set[StreamName] = set()

    def add(self, at: int, envelope: Envelope) -> None:
        """Add one entry, if its stream does not hold it already."""
        header = envelope.header
        name = StreamName(header.device, header.incarnation)
        stream = self._streams.get(name) or self._begin(at, name)
        if header.seq <= stream.seq:
            self._require_same(at, stream, envelope)
            return
        if header.seq > stream.seq + 1:
            raise RefusedError(Code.ENTRY_GAP, at=at)
        # The first entry of a stream follows another incarnation: its readers judge that.
        if stream.seq and header.prev != stream.hash:
            raise RefusedError(Code.ENTRY_TAKEN, at=at)
        if header.epoch < self._oldest_epoch:
            raise RefusedError(Code.EPOCH_STALE, at=at)
        self._room -= len(envelope.sealed)
        self._places -= 1
        if min(self._room, self._places) < 0:
            raise RefusedError(Code.QUOTA, at=at)
        self._rows[stream.id, header.seq] = (self._end + 1, envelope.hash, envelope.sealed)
        self._streams[name] = stream.after(envelope)
        self._touched.add(name)

    def _begin(self, at: int, name: StreamName) -> Stream:
        """Begin a stream, unless its device has as many as the link can list that puts it out."""
        if sum(other.device == name.device for other in self._streams) >= MOST_STREAMS:
            raise RefusedError(Code.ENTRY_REFUSED, at=at)
        return new_stream(self._streams)

    def write(self) -> LogState:
        """Write down what was added and return the log with it."""
        if not self._rows:
            return self._before
        self._db.executemany(
            "INSERT INTO entry (stream, seq, position, hash, sealed) VALUES (?, ?, ?, ?, ?)",
            [(*place, *row) for place, row in self._rows.items()],
        )
        put_streams(self._db, {name: self._streams[name] for name in self._touched})
        return LogState(self._end, self._streams)

    @property
    def _end(self) -> Cursor:
        return Cursor(self._before.end + len(self._rows))

    def _require_same(self, at: int, stream: Stream, envelope: Envelope) -> None:
        held = self._hash_of(stream, envelope.header.seq)
        if held is None and self._again:
            return
        if held != envelope.hash:
            raise RefusedError(Code.ENTRY_TAKEN, at=at)

    def _hash_of(self, stream: Stream, seq: int) -> EntryHash | None:
        if (stream.id, seq) in self._rows:
            return self._rows[stream.id, seq][1]
        sql = "SELECT hash FROM entry WHERE stream = ? AND seq = ?"
        found = self._db.execute(sql, (stream.id, seq)).fetchone()
        return EntryHash(found[0]) if found else None


def new_stream(streams: Mapping[StreamName, Stream]) -> Stream:
    """Return a stream with nothing in it, under a number that no other one has."""
    return Stream(1 + max((stream.id for stream in streams.values()), default=0))


def put_streams(db: Connection, streams: Mapping[StreamName, Stream]) -> None:
    """Write down where streams stand."""
    db.executemany(
        "INSERT INTO stream (id, device, incarnation, seq, hash, entries, bytes)"
        " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET seq = excluded.seq,"
        " hash = excluded.hash, entries = excluded.entries, bytes = excluded.bytes",
        [
            (each.id, *name, each.seq, each.hash, each.entries, each.bytes)
            for name, each in streams.items()
        ],
    )


def read_log_id(database: Database) -> LogId:
    """Return the name of the log's present life."""
    with database.read() as db:
        return _log_id(db)


def _log_id(db: Connection) -> LogId:
    return LogId(db.execute("SELECT value FROM fact WHERE name = 'log'").fetchone()[0])


def renew_log_id(database: Database, log: LogId) -> None:
    """Begin another life of the log: its devices will compare what they hold with it."""
    with database.write() as db:
        db.execute("UPDATE fact SET value = ? WHERE name = 'log'", (log,))


def floor_of(db: Connection) -> Cursor:
    """Return the last position at which an entry may have been dropped; 0 if none ever was.

    Whoever has read less far needs the snapshot that stands for what was dropped.
    """
    found = db.execute("SELECT value FROM fact WHERE name = ?", (FLOOR,)).fetchone()
    return Cursor(int.from_bytes(found[0])) if found else Cursor(0)


def _load(db: Connection) -> LogState:
    last = db.execute("SELECT coalesce(max(position), 0) FROM entry").fetchone()[0]
    end = max(last, floor_of(db))
    rows = db.execute("SELECT device, incarnation, id, seq, hash, entries, bytes FROM stream")
    return LogState(Cursor(end), {StreamName(row[0], row[1]): Stream(*row[2:]) for row in rows})


def _floors(streams: Mapping[StreamName, Stream], have: Iterable[StreamHead]) -> dict[int, int]:
    """Return, per stream row, up to which number its entries are left out."""
    named = ((streams.get(StreamName(head.device, head.incarnation)), head.seq) for head in have)
    return {stream.id: seq for stream, seq in named if stream is not None}
