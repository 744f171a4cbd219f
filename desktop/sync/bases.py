"""Snapshots on their way in: judged, and taken in where entries are gone; then the history."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Protocol

from desktop.sync.books import Books
from desktop.sync.bridging import Bridge, spans_to
from desktop.sync.errors import RefusedError, SyncError
from desktop.vault.vault import Vault
from shared.domain.operations import Change
from shared.domain.pages import MalformedPageError, is_agreed
from shared.domain.stamps import Origin
from shared.envelope import Kind
from shared.ids import EntryHash, LogId
from shared.ledger import Code as Fault
from shared.ledger import Heads, Refused, SealedEntry, Waiting
from shared.ledger.making import PastEdit, decode_segment
from shared.ledger.snapshots import (
    Segment,
    Snapshot,
    StateDigest,
    check_cuts,
    check_reach,
    is_reached,
    judge_snapshot,
    open_part,
)
from shared.protocol.messages import BaseReply, SnapshotReply
from shared.protocol.problems import Code


class Summaries(Protocol):
    """Where snapshots and their parts come from; RefusedError for what is not there."""

    def base(self) -> BaseReply:
        """Say which snapshots stand."""

    def snapshot(self, name: EntryHash) -> SnapshotReply:
        """Give a snapshot with its approvals."""

    def get_object(self, name: EntryHash) -> bytes:
        """Give a piece or a segment."""


class FalseBaseError(SyncError):
    """The server offers a summary of your collection that your devices did not sign, or an old one.

    It was not taken in. Sync another device; if this stays, do not trust this server.
    """


class ForkedBaseError(FalseBaseError):
    """What is here and what the server has are two histories of one device of your collection.

    A device and the server were both put back to an older state. Nothing is lost here: save a
    backup, remove this device's copy, and let it join anew.
    """


class Bases:
    """Fetches from one server or folder. One thread uses it; SyncError is what may come."""

    def __init__(
        self,
        vault: Vault,
        books: Books,
        courier: Summaries,
        changed: Callable[[Change], None],
        bridge: Bridge | None = None,
    ) -> None:
        self._snapshots = vault.snapshots
        self._books = books
        self._courier = courier
        self._changed = changed
        self._bridge = bridge

    def take(self, name: EntryHash, log: LogId | None) -> None:
        """Take in the base of a server's log in place of the entries that are gone.

        What is here and not at the server stays, on top of it. If a cut came after the base was
        made, the one that is proposed to follow it will do. ``log`` is None if no server gives it.
        Raises FalseBaseError.
        """
        try:
            self._take(name, log)
        except (Refused, MalformedPageError) as error:
            proposed = EntryHash(self._courier.base().proposed)
            if not proposed or proposed == name or not _is(error, Fault.CUT):
                raise _told(error) from error
            self.take(proposed, log)

    def _take(self, name: EntryHash, log: LogId | None) -> None:
        try:
            snapshot = self._judged(name)
            bridge = self._between(snapshot, log)
            self._fetch_pieces(snapshot)
            change = self._snapshots.take_in(snapshot, log, self._checking(snapshot), bridge)
        finally:
            self._books.look_again()
        self._changed(change)
        self._let_be_found()

    def _between(self, snapshot: Snapshot, log: LogId | None) -> list[SealedEntry]:
        """Check that a snapshot can take the place of what is here.

        Returns the entries beyond it for which one stands that was taken in before.
        """
        books, heads = self._books, snapshot.manifest.heads
        spans = spans_to(heads, books) if self._bridge and log else {}
        base = {**books.ledger.state.base, **{origin: span.after for origin, span in spans.items()}}
        known = replace(books.ledger.state, heads=books.ledger_heads_left(), base=base)
        joints = {(origin, span.after.seq): span.after.hash for origin, span in spans.items()}

        def hash_at(origin: Origin, seq: int) -> EntryHash | None:
            return books.log.hash_at(origin, seq) or joints.get((origin, seq))

        try:
            check_reach(snapshot, known, books.membership, hash_at)
            return self._bridge.over(spans, heads, log) if self._bridge and log and spans else []
        except Refused as error:
            if error.code is Fault.BASE and _beyond(heads, books.ledger.state.heads):
                raise Refused(Fault.FORK) from error  # an older one would have nothing new
            raise

    def heads_of(self, name: EntryHash) -> Heads:
        """Tell up to which heads a snapshot goes; raise FalseBaseError."""
        try:
            return self._judged(name).manifest.heads
        except Refused as error:
            raise FalseBaseError from error

    def heads_beyond(self, name: EntryHash) -> Heads:
        """Tell of a snapshot's heads those that go further than what is here; FalseBaseError."""
        return _beyond(self.heads_of(name), self._books.ledger.state.heads)

    def learn(self, name: EntryHash, *, to_sign: bool = False) -> Snapshot | None:
        """Fetch a snapshot and return it if all that it stands for is here.

        Raises FalseBaseError if it contradicts what is here; if it is ``to_sign``, also if it goes
        behind a cut.
        """
        try:
            snapshot = self._judged(name)
            if to_sign:
                check_cuts(snapshot, self._books.membership)
            ledger = self._books.ledger
            reached = is_reached(snapshot, ledger.state.heads, self._books.log.hash_at)
        except Refused as error:
            raise _told(error) from error
        return snapshot if reached else None

    def fetch_history(self) -> None:
        """Fetch the history that a snapshot stood for, the newest first."""
        for segment in self._snapshots.missing_history():
            try:
                opened = self._opened(segment)
            except RefusedError as error:
                if error.refusal.code is Code.NOT_FOUND:
                    return  # a newer snapshot lists others in its place; it is soon known here
                raise
            self._snapshots.keep_segment(opened)

    def fetch_segment(self, segment: Segment) -> list[PastEdit]:
        """Fetch a history segment and return its edits; raise FalseBaseError."""
        return decode_segment(self._opened(segment).body)

    def _opened(self, segment: Segment) -> SealedEntry:
        name, tenant = EntryHash(segment.hash), self._books.membership.tenant
        sealed = self._courier.get_object(name)
        try:
            return open_part(sealed, name, Kind.SEGMENT, tenant, self._books.identity.keyring)
        except Refused as error:
            raise FalseBaseError from error

    def _judged(self, name: EntryHash) -> Snapshot:
        reply = self._courier.snapshot(name)
        approvals = {each.device: each.signature for each in reply.approvals}
        books = self._books
        found = judge_snapshot(reply.snapshot, approvals, books.membership, books.identity.keyring)
        if isinstance(found, Waiting):
            raise Refused(Fault.SEAL)  # links and keys come before everything else
        if found.hash != name:
            raise Refused(Fault.PIECE)  # what is signed later is the name
        return found

    def _fetch_pieces(self, snapshot: Snapshot) -> None:
        """Bring the pieces here that are not yet: an interrupted download goes on where it was."""
        tenant, keyring = self._books.membership.tenant, self._books.identity.keyring
        for name in snapshot.manifest.pieces:
            if not self._snapshots.has(name):
                sealed = self._courier.get_object(name)
                self._snapshots.keep_piece(open_part(sealed, name, Kind.PIECE, tenant, keyring))

    def _let_be_found(self) -> None:
        """Make the search index of what is listed by now."""
        found = self._snapshots.let_be_found()
        if not found.empty:
            self._changed(found)

    def _checking(self, snapshot: Snapshot) -> Callable[[Iterable[bytes]], Iterator[bytes]]:
        keyring, header = self._books.identity.keyring, snapshot.header

        def check(pages: Iterable[bytes]) -> Iterator[bytes]:
            digest = StateDigest()
            for page in pages:
                if is_agreed(page):
                    digest.add(page)
                yield page
            if digest.of(keyring, header.epoch) != snapshot.manifest.state:
                raise Refused(Fault.STATE)

        return check


def _beyond(heads: Heads, here: Heads) -> Heads:
    return {
        origin: head
        for origin, head in heads.items()
        if origin not in here or here[origin].seq < head.seq
    }


def _told(error: Exception) -> FalseBaseError:
    return ForkedBaseError() if _is(error, Fault.FORK) else FalseBaseError()


def _is(error: Exception, code: Fault) -> bool:
    return isinstance(error, Refused) and error.code is code
