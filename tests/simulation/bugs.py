"""Bugs put into the program on purpose, to see that the worlds find them."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from typing import Any

from desktop.vault import log as log_module
from desktop.vault.layout import Layout, Row
from desktop.vault.log import Log
from desktop.vault.merging import Merging
from desktop.vault.writing import Writer, Writing
from shared.domain.edits import Edit, Shape
from shared.domain.stamps import Origin
from shared.ids import DeviceId
from shared.ledger import Ledger, Refused
from shared.ledger.refusal import Code


@contextmanager
def _swapped(owner: Any, name: str, bug: Any) -> Iterator[None]:
    right = getattr(owner, name)
    setattr(owner, name, bug)
    try:
        yield
    finally:
        setattr(owner, name, right)


def sequence_reused() -> AbstractContextManager[None]:
    """A device that was put back goes on counting in the stream that it had."""

    def renew(log: Log) -> Origin:
        return log.origin

    return _swapped(Log, "renew", renew)


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

    return _swapped(Merging, "_overwrite", overwrite)


def tombstone_dropped() -> AbstractContextManager[None]:
    """Deletes from elsewhere are not taken in."""
    decode = log_module.decode_edit

    def without_deletes(blob: bytes, device: DeviceId) -> Edit:
        edit = decode(blob, device)
        return replace(edit, groups=tuple(g for g in edit.groups if g.shape != Shape.DELETE))

    return _swapped(log_module, "decode_edit", without_deletes)


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

    return _swapped(Ledger, "_check_place", check)


def clock_not_restored() -> AbstractContextManager[None]:
    """The hybrid clock keeps what it learned in a transaction that failed."""
    right = Writer.transaction

    @contextmanager
    def transaction(writer: Writer) -> Iterator[Writing]:
        reached = writer._clock.last
        try:
            with right(writer) as writing:
                try:
                    yield writing
                finally:
                    reached = writer._clock.last
        except BaseException:
            writer._clock.last = reached
            raise

    return _swapped(Writer, "transaction", transaction)


BUGS: dict[str, Callable[[], AbstractContextManager[None]]] = {
    "sequence re-used after a restore": sequence_reused,
    "last writer wins the whole row": whole_row_wins,
    "tombstone dropped": tombstone_dropped,
    "previous hash unchecked": previous_unchecked,
    "clock not restored after a failure": clock_not_restored,
}
