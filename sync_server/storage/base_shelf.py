"""Snapshots, their pieces and the history segments of one tenant, all sealed.

One snapshot is the base: it stands for entries that are not here any more. One more may be
proposed; it becomes the base once every live device that was here lately has signed it.
"""

import struct
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from shared.ids import HASH_BYTES, Cursor, DeviceId, EntryHash
from shared.membership import Membership, Role
from shared.protocol.limits import SEEN_SECONDS, UNCLAIMED_SECONDS
from shared.protocol.messages import Approval, BaseReply, SnapshotReply, StreamHead
from shared.protocol.problems import Code
from sync_server.storage.entry_log import EntryLog, LogState, StreamName, floor_of
from sync_server.storage.errors import RefusedError
from sync_server.storage.log_start import start_at
from sync_server.storage.ports import Connection, Database
from sync_server.storage.proposals import Checked, check_approvals, check_object, covers

_DAY_MILLIS = 86_400_000
_LINE = struct.Struct(">16s8sQ32s")


@dataclass(frozen=True, slots=True)
class Standing:
    """A snapshot that is here. ``n``: its number, one more than that of the one before."""

    hash: EntryHash
    n: int
    heads: tuple[StreamHead, ...]


@dataclass(frozen=True, slots=True)
class BaseState:
    """Replaced as a whole, so any thread may read it at any time.

    ``floor``: who has read the log less far than this needs the base.
    """

    base: Standing | None
    proposed: Standing | None
    floor: Cursor
    objects: int
    object_bytes: int


class BaseShelf:
    """Keeps sealed objects until nothing refers to them. ``now`` is in milliseconds since 1970."""

    def __init__(self, database: Database, log: EntryLog) -> None:
        self._database = database
        self._log = log
        self.reload()

    def reload(self) -> None:
        """Read again which snapshots there are, and who was here."""
        with self._database.read() as db:
            self.state = _load(db)
            visits = db.execute("SELECT device, at FROM visit").fetchall()
            self._visits: dict[DeviceId, int] = dict(visits)

    def is_new_visit(self, device: DeviceId, now: int) -> bool:
        """Tell whether a device was not here in the last day, so that it should be noted."""
        return now - self._visits.get(device, 0) >= _DAY_MILLIS

    def note_visit(self, device: DeviceId, now: int) -> None:
        """Note, to the day, that a device is in use: its approval is wanted for a new base."""
        day = now - now % _DAY_MILLIS
        with self._database.write() as db:
            db.execute(
                "INSERT INTO visit (device, at) VALUES (?, ?)"
                " ON CONFLICT (device) DO UPDATE SET at = excluded.at",
                (device, day),
            )
        self._visits[device] = day

    def needs_base(
        self, cursor: Cursor, have: Sequence[StreamHead], membership: Membership
    ) -> EntryHash | None:
        """Return the base if a reader that has come so far lacks what it stands for."""
        state = self.state
        if state.base is None or cursor >= state.floor:
            return None
        return None if covers(have, state.base.heads, membership) else state.base.hash

    def put(self, name: EntryHash, sealed: bytes, membership: Membership, *, now: int) -> None:
        """Store a piece or segment; it goes in a week if no snapshot refers to it. Again is fine.

        Raises RefusedError: ENTRY_REFUSED.
        """
        envelope = check_object(name, sealed, membership)
        deadline = now + UNCLAIMED_SECONDS * 1000
        with self._database.turn():
            with self._database.write() as db:
                db.execute("DELETE FROM object WHERE deadline < ?", (now,))
                db.execute(
                    "INSERT INTO object (hash, kind, bytes, deadline, sealed)"
                    " VALUES (?, ?, ?, ?, ?) ON CONFLICT (hash) DO NOTHING",
                    (name, envelope.header.kind, len(sealed), deadline, sealed),
                )
                state = _load(db)
            self.state = state

    def get(self, name: EntryHash) -> bytes:
        """Return a piece or segment, or raise RefusedError NOT_FOUND."""
        with self._database.read() as db:
            found = db.execute("SELECT sealed FROM object WHERE hash = ?", (name,)).fetchone()
        if found is None:
            raise RefusedError(Code.NOT_FOUND)
        return bytes(found[0])

    def snapshot(self, name: EntryHash) -> SnapshotReply:
        """Return the base or the proposed snapshot, or raise RefusedError NOT_FOUND."""
        with self._database.read() as db:
            found = db.execute("SELECT sealed FROM snapshot WHERE hash = ?", (name,)).fetchone()
            if found is None:
                raise RefusedError(Code.NOT_FOUND)
            return SnapshotReply(found[0], _approvals(db, name))

    def standing(self, membership: Membership, *, now: int) -> BaseReply:
        """Say which snapshots are here and whose approval is awaited."""
        with self._database.read() as db:
            state = self.state
            awaits = self._awaits(db, state.proposed, membership, now) if state.proposed else ()
        return BaseReply(
            state.base.hash if state.base else b"",
            state.proposed.hash if state.proposed else b"",
            awaits,
        )

    def propose(self, checked: Checked, membership: Membership, *, now: int) -> BaseReply:
        """Keep a proposal; if nobody's approval is awaited it is the base from now on.

        Of two that go equally far the first one stays. Raises RefusedError: BASE_MOVED,
        BASE_INCOMPLETE, ENTRY_TAKEN.
        """
        standing = Standing(checked.envelope.hash, checked.envelope.header.seq, checked.heads)
        with self._database.turn():
            other = self.state.proposed
            if other and other.hash != standing.hash and set(other.heads) == set(standing.heads):
                return self.standing(membership, now=now)
            with self._database.write() as db:
                if self.state.base is None or self.state.base.hash != standing.hash:
                    _require_place(self.state, checked, membership)
                    _require_history(db, self._log.state, standing.heads)
                    _require_objects(db, checked.objects)
                    _keep_proposal(db, standing, checked)
                _keep_approvals(db, standing.hash, checked.approvals)
                after = self._after(db, standing, membership, now)
            self._log.state, self.state = after
            return self.standing(membership, now=now)

    def approve(
        self, name: EntryHash, approval: Approval, membership: Membership, *, now: int
    ) -> BaseReply:
        """Keep a device's approval; the last one that was awaited makes the snapshot the base.

        Raises RefusedError: NOT_FOUND, ENTRY_REFUSED.
        """
        with self._database.turn():
            standing = self._known(name)
            approvals = check_approvals(name, (approval,), membership)
            with self._database.write() as db:
                _keep_approvals(db, name, approvals)
                after = self._after(db, standing, membership, now)
            self._log.state, self.state = after
            return self.standing(membership, now=now)

    def _known(self, name: EntryHash) -> Standing:
        for standing in (self.state.base, self.state.proposed):
            if standing is not None and standing.hash == name:
                return standing
        raise RefusedError(Code.NOT_FOUND)

    def _after(
        self, db: Connection, standing: Standing, membership: Membership, now: int
    ) -> tuple[LogState, BaseState]:
        """Make a snapshot the base if nobody's word is missing; return what then holds."""
        log, base = self._log.state, self.state.base
        is_base = base is not None and base.hash == standing.hash
        if not is_base and not self._awaits(db, standing, membership, now):
            log = start_at(db, log, standing.heads)
            db.execute("DELETE FROM snapshot WHERE hash <> ?", (standing.hash,))
            db.execute("UPDATE snapshot SET base = 1")
        _let_go(db, now)
        return log, _load(db)

    def _awaits(
        self, db: Connection, standing: Standing, membership: Membership, now: int
    ) -> tuple[DeviceId, ...]:
        """Return the live devices that were here lately and have not signed a snapshot."""
        signed = {each.device for each in _approvals(db, standing.hash)}
        maker = "SELECT maker FROM snapshot WHERE hash = ?"
        signed.update(device for (device,) in db.execute(maker, (standing.hash,)))
        since = now - SEEN_SECONDS * 1000
        return tuple(
            member.device
            for member in membership.live
            if member.role is not Role.PAPER
            and self._visits.get(member.device, 0) >= since
            and member.device not in signed
        )


def _require_place(state: BaseState, checked: Checked, membership: Membership) -> None:
    """See that a proposal follows the base, and goes as far as it and what else is proposed."""
    header, base = checked.envelope.header, state.base
    last = base.n if base else 0
    if header.seq <= last or (base and header.seq == last + 1 and header.prev != base.hash):
        raise RefusedError(Code.BASE_MOVED)
    for other in (base, state.proposed):
        if other is not None and not covers(checked.heads, other.heads, membership):
            raise RefusedError(Code.BASE_MOVED)


def _require_history(db: Connection, log: LogState, heads: Iterable[StreamHead]) -> None:
    """See that a proposal contradicts no entry that is here."""
    for head in heads:
        stream = log.streams.get(StreamName(head.device, head.incarnation))
        if stream is None or head.seq > stream.seq:
            continue
        sql = "SELECT hash FROM entry WHERE stream = ? AND seq = ?"
        found = db.execute(sql, (stream.id, head.seq)).fetchone()
        if found is None and head.seq < stream.seq:
            continue  # it was dropped; a cut may put a head back behind the base
        if head.hash != (found[0] if found else stream.hash):
            raise RefusedError(Code.ENTRY_TAKEN)


def _require_objects(db: Connection, objects: Iterable[EntryHash]) -> None:
    for name in objects:
        if db.execute("SELECT 1 FROM object WHERE hash = ?", (name,)).fetchone() is None:
            raise RefusedError(Code.BASE_INCOMPLETE)


def _keep_proposal(db: Connection, standing: Standing, checked: Checked) -> None:
    """Keep a snapshot in place of what else was proposed."""
    db.execute("DELETE FROM snapshot WHERE base = 0 AND hash <> ?", (standing.hash,))
    db.execute(
        "INSERT INTO snapshot (hash, n, base, maker, heads, objects, sealed)"
        " VALUES (?, ?, 0, ?, ?, ?, ?) ON CONFLICT (hash) DO NOTHING",
        (
            standing.hash,
            standing.n,
            checked.envelope.header.device,
            b"".join(map(_line, standing.heads)),
            b"".join(checked.objects),
            checked.envelope.sealed,
        ),
    )


def _keep_approvals(
    db: Connection, snapshot: EntryHash, approvals: Mapping[DeviceId, bytes]
) -> None:
    db.executemany(
        "INSERT INTO approval (snapshot, device, signature) VALUES (?, ?, ?)"
        " ON CONFLICT (snapshot, device) DO NOTHING",
        [(snapshot, device, signature) for device, signature in approvals.items()],
    )


def _approvals(db: Connection, snapshot: EntryHash) -> tuple[Approval, ...]:
    sql = "SELECT device, signature FROM approval WHERE snapshot = ? ORDER BY device"
    return tuple(Approval(*row) for row in db.execute(sql, (snapshot,)))


def _let_go(db: Connection, now: int) -> None:
    """Give what no snapshot refers to any more one day, for those who are just reading it."""
    db.execute("DELETE FROM approval WHERE snapshot NOT IN (SELECT hash FROM snapshot)")
    kept = set[bytes]()
    for (objects,) in db.execute("SELECT objects FROM snapshot"):
        kept.update(objects[at : at + HASH_BYTES] for at in range(0, len(objects), HASH_BYTES))
    for name, deadline in db.execute("SELECT hash, deadline FROM object").fetchall():
        if (name in kept) != (deadline is None):
            later = None if name in kept else now + _DAY_MILLIS
            db.execute("UPDATE object SET deadline = ? WHERE hash = ?", (later, name))


def _load(db: Connection) -> BaseState:
    standing = {
        bool(base): Standing(name, n, _heads(lines))
        for name, n, base, lines in db.execute("SELECT hash, n, base, heads FROM snapshot")
    }
    count, size = db.execute("SELECT count(*), coalesce(sum(bytes), 0) FROM object").fetchone()
    (sealed,) = db.execute("SELECT coalesce(sum(length(sealed)), 0) FROM snapshot").fetchone()
    return BaseState(standing.get(True), standing.get(False), floor_of(db), count, size + sealed)


def _line(head: StreamHead) -> bytes:
    return _LINE.pack(head.device, head.incarnation, head.seq, head.hash)


def _heads(lines: bytes) -> tuple[StreamHead, ...]:
    """Read back what ``_line`` wrote."""
    return tuple(StreamHead(*parts) for parts in _LINE.iter_unpack(lines))
