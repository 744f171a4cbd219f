"""Where a log starts: entries that a snapshot stands for are dropped, and nothing else ever is."""

from collections.abc import Iterable
from dataclasses import replace

from shared.ids import Cursor
from shared.protocol.messages import StreamHead
from sync_server.storage.entry_log import (
    FLOOR,
    LogState,
    Stream,
    StreamName,
    floor_of,
    new_stream,
    put_streams,
)
from sync_server.storage.ports import Connection

_FLOOR_BYTES = 8


def start_at(db: Connection, state: LogState, heads: Iterable[StreamHead]) -> LogState:
    """Drop the entries up to ``heads`` and return the log as it then is.

    A stream that does not come so far, for the server lost its entries, goes on from there.
    """
    streams = dict(state.streams)
    floor, end = floor_of(db), state.end
    for head in heads:
        name = StreamName(head.device, head.incarnation)
        stream = streams.get(name) or new_stream(streams)
        floor = max(floor, _last_dropped(db, stream, head.seq))
        streams[name] = _shortened(db, stream, head)
        if stream.seq < head.seq:
            # Entries are missing that no position stands for: everybody needs the snapshot.
            streams[name] = replace(streams[name], seq=head.seq, hash=head.hash)
            floor = end = Cursor(state.end + 1)
    db.execute(
        "INSERT INTO fact (name, value) VALUES (?, ?)"
        " ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        (FLOOR, floor.to_bytes(_FLOOR_BYTES)),
    )
    put_streams(db, streams)
    return LogState(end, streams)


def _last_dropped(db: Connection, stream: Stream, seq: int) -> Cursor:
    sql = "SELECT coalesce(max(position), 0) FROM entry WHERE stream = ? AND seq <= ?"
    return Cursor(db.execute(sql, (stream.id, seq)).fetchone()[0])


def _shortened(db: Connection, stream: Stream, head: StreamHead) -> Stream:
    db.execute("DELETE FROM entry WHERE stream = ? AND seq <= ?", (stream.id, head.seq))
    sql = "SELECT count(*), coalesce(sum(length(sealed)), 0) FROM entry WHERE stream = ?"
    entries, size = db.execute(sql, (stream.id,)).fetchone()
    return replace(stream, entries=entries, bytes=size)
