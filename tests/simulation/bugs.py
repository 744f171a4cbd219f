"""Bugs put into the program on purpose, to see that the worlds find them."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from typing import Any

from desktop.sync.folder.entries import EntriesIn
from desktop.vault import aside as aside_module
from desktop.vault import merging as merging_module
from desktop.vault import readable as readable_module
from desktop.vault.layout import Layout, Row
from desktop.vault.log import Log
from desktop.vault.merging import Merging
from desktop.vault.snapshots import Snapshots
from desktop.vault.writing import Writer, Writing
from shared.domain.edits import Edit, Shape
from shared.domain.merge import Tombstone
from shared.domain.stamps import Origin
from shared.ids import DeviceId
from shared.ledger import Ledger, Refused
from shared.ledger.refusal import Code
from sync_server.storage.sqlite.database import SqliteDatabase
from tests.simulation.shortcuts import swapped


def sequence_reused() -> AbstractContextManager[None]:
    """A device that was put back goes on counting in the stream that it had."""

    def renew(log: Log) -> Origin:
        return log.origin

    return swapped(Log, "renew", renew)


def whole_row_wins() -> AbstractContextManager[None]:
    """The later edit takes the whole record; the other one is forgotten."""

    def overwrite(merging: Merging, _: Layout, row: Row, writes: Any, arrival: Any) -> bool:
        moments = {row.moment(write.name) for write in writes} | set(row.moments.values())
        newest = [merging._moments.stamp(moment) for moment in moments if moment]
        if newest and max(newest) > arrival.stamp:
            return False
        for write in writes:
            row.hold(write.name, write.value, arrival.moment)
        return True

    return swapped(Merging, "_overwrite", overwrite)


def tombstone_dropped() -> AbstractContextManager[None]:
    """Deletes from elsewhere are not taken in."""
    decode = readable_module.decode_edit

    def without_deletes(blob: bytes, device: DeviceId) -> Edit:
        edit = decode(blob, device)
        return replace(edit, groups=tuple(g for g in edit.groups if g.shape != Shape.DELETE))

    return swapped(readable_module, "decode_edit", without_deletes)


def last_word_alone() -> AbstractContextManager[None]:
    """Of deletes and restores made apart only the last counts, and what its writer saw."""

    def joined(held: Tombstone | None, arriving: Tombstone) -> Tombstone:
        return arriving if held is None or arriving.last > held.last else held

    return swapped(merging_module, "joined", joined)


def previous_unchecked() -> AbstractContextManager[None]:
    """An entry need not follow the one before it."""
    right = Ledger._check_place

    def check(ledger: Ledger, *place: Any) -> Any:
        try:
            return right(ledger, *place)
        except Refused as refused:
            if refused.code is not Code.EQUIVOCATION:
                raise
            return None

    return swapped(Ledger, "_check_place", check)


def clock_not_restored() -> AbstractContextManager[None]:
    """The hybrid clock keeps what it learned in a transaction that failed."""
    right = Writer.transaction

    @contextmanager
    def transaction(writer: Writer, **named: Any) -> Iterator[Writing]:
        reached = writer._clock.last
        try:
            with right(writer, **named) as writing:
                try:
                    yield writing
                finally:
                    reached = writer._clock.last
        except BaseException:
            writer._clock.last = reached
            raise

    return swapped(Writer, "transaction", transaction)


def answered_too_early() -> AbstractContextManager[None]:
    """The server answers, and writes down the last thing that it was told with the next one."""

    @contextmanager
    def write(database: SqliteDatabase) -> Iterator[sqlite3.Connection]:
        with database.turn():
            connection = database._connection
            if connection.in_transaction:
                connection.execute("COMMIT")
            connection.execute("BEGIN IMMEDIATE")
            yield connection

    return swapped(SqliteDatabase, "write", write)


def history_left_out() -> AbstractContextManager[None]:
    """A snapshot takes the place of entries, and nobody keeps what these had written."""
    return swapped(Snapshots, "history", lambda *_: iter(()))


def own_numbers_again() -> AbstractContextManager[None]:
    """A device does not look whether a stick has more of its stream than it has itself."""
    return swapped(EntriesIn, "was_copied", lambda _: False)


def cut_never_lifted() -> AbstractContextManager[None]:
    """What was set aside of a device that might only look stays so when it may write again."""
    return swapped(aside_module, "_marks", lambda _: {})


BUGS: dict[str, Callable[[], AbstractContextManager[None]]] = {
    "sequence re-used after a restore": sequence_reused,
    "last writer wins the whole row": whole_row_wins,
    "tombstone dropped": tombstone_dropped,
    "last word on the trash alone": last_word_alone,
    "previous hash unchecked": previous_unchecked,
    "clock not restored after a failure": clock_not_restored,
    "server answers before it has written": answered_too_early,
    "snapshot leaves the history out": history_left_out,
    "numbers on a stick used again": own_numbers_again,
    "set aside for ever": cut_never_lifted,
}
