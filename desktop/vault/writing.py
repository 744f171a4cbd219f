"""One transaction that changes the collection: rows, search index, history and outbox in step."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from sqlite3 import Cursor

from desktop.vault.archive import LARGEST_BLOB, compress
from desktop.vault.database import Database
from desktop.vault.forming import Forming, halves, parts_of
from desktop.vault.merging import Footprint, Merging
from desktop.vault.moments import UNKNOWN, Moments
from desktop.vault.search import Speaker, is_behind, next_unspoken, tidy, update_index
from shared.domain.edits import Edit, Group, encode_edit
from shared.domain.operations import Change, Operation
from shared.domain.schema import Kind, Value
from shared.domain.stamps import HybridClock, Origin, Stamp

_MOST_LISTED = 5_000
"""So many records are named in a Change; beyond, everything may have changed."""
_WRITES_A_TIDYING = 4


class _TakenBackError(Exception):
    """Ends a trial."""


@dataclass(slots=True)
class Writing:
    """What is at hand while the collection changes. ``millis``: the wall clock.

    ``step``: which step of undo the edits belong to that are kept now, if any.
    """

    cursor: Cursor
    moments: Moments
    merging: Merging
    clock: HybridClock
    origin: Origin
    millis: int
    step: int | None = None

    def write(self, label: str, operations: Iterable[Operation]) -> list[int]:
        """Write operations as own edits and return their moments."""
        return [moment for part in parts_of(list(operations)) for moment in self._part(label, part)]

    def add(self, label: str, forming: Forming) -> list[int]:
        """Write what was formed as one own edit and return its moment, if it changes anything."""
        if forming.empty:
            return []
        edit, packed = self._packed(label, forming)
        return [self.keep(edit, packed)]

    def keep(
        self, edit: Edit, packed: bytes | None, entry: int | None = None, place: int = 0
    ) -> int:
        """Store an edit, pending or within an entry, and merge it; return its moment.

        An edit that is here already is not merged again: it may come once more in another entry,
        after its device was restored from a backup.
        """
        known = self.moments.moment(edit.stamp)
        if known != UNKNOWN:
            if packed is None:
                sql = "UPDATE edit SET blob = NULL, entry = ?, place = ? WHERE moment = ?"
                self.cursor.execute(f"{sql} AND blob NOT NULL", (entry, place, known))
            return known
        stream = self.moments.stream(edit.origin)
        moment = self.cursor.execute(
            "INSERT INTO edit (reading, stream, millis, label, entry, place, blob, step)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (edit.reading, stream, edit.millis, edit.label, entry, place, packed, self.step),
        ).lastrowid
        self.merging.merge(edit, int(moment or 0))
        return int(moment or 0)

    def _part(self, label: str, part: Sequence[Operation]) -> list[int]:
        forming = Forming(self.cursor, self.moments)
        forming.form(part)
        if forming.empty:
            return []
        edit, packed = self._packed(label, forming)
        if len(packed) > LARGEST_BLOB:
            return [moment for half in halves(part) for moment in self._part(label, half)]
        return [self.keep(edit, packed)]

    def _packed(self, label: str, forming: Forming) -> tuple[Edit, bytes]:
        edit = forming.edit(label, Stamp(self.clock.tick(), self.origin), self.millis)
        try:
            return edit, compress(encode_edit(edit))
        except UnicodeEncodeError:
            whole = _mended(edit)
            return whole, compress(encode_edit(whole))


class Writer:
    """The only way to change the collection. ``origin`` is the stream of own edits.

    ``wall_millis`` tells the time for the history; what a server says of it does not count there.
    ``committed`` hears of each change once it is safe.
    """

    def __init__(
        self,
        database: Database,
        speaker: Speaker,
        clock: HybridClock,
        origin: Origin,
        *,
        wall_millis: Callable[[], int],
        committed: Callable[[Footprint], None],
    ) -> None:
        self._database = database
        self._speaker = speaker
        self._clock = clock
        self._wall_millis = wall_millis
        self._committed = committed
        self._untidy = 0
        self.origin = origin

    @contextmanager
    def transaction(self, *, index_later: bool = False) -> Iterator[Writing]:
        """Change the collection. If anything fails, nothing was changed, the clock included.

        With ``index_later`` a search finds new copies only after the next transaction, or after
        ``catch_up``: the list need not wait for the index.
        """
        with self._database.writing() as cursor:
            last = self._clock.last
            try:
                first_new_row = next_unspoken(cursor)
                moments = Moments(cursor)
                merging = Merging(cursor, moments)
                millis = self._wall_millis()
                yield Writing(cursor, moments, merging, self._clock, self.origin, millis)
                update_index(
                    cursor,
                    self._speaker,
                    merging.footprint,
                    first_new_row,
                    rest_later=index_later,
                )
                self._tidy_now_and_then(cursor)
            except BaseException:
                self._clock.last = last
                self._speaker.forget()
                raise
        self._committed(merging.footprint)

    def catch_up(self) -> bool:
        """Let a search find what was left for later; false if nothing was."""
        with self._database.reading() as cursor:
            behind = is_behind(cursor)
        if behind:
            with self.transaction():
                pass
        return behind

    @contextmanager
    def trial(self) -> Iterator[Writing]:
        """See what the collection would be after a change, which is taken back at the end."""
        with suppress(_TakenBackError), self._database.writing() as cursor:
            moments = Moments(cursor)
            millis = self._wall_millis()
            merging = Merging(cursor, moments)
            yield Writing(cursor, moments, merging, self._clock, self.origin, millis)
            raise _TakenBackError

    def _tidy_now_and_then(self, cursor: Cursor) -> None:
        self._untidy = (self._untidy + 1) % _WRITES_A_TIDYING
        if not self._untidy:
            tidy(cursor)


def change_of(label: str, footprint: Footprint, *, remote: bool = False) -> Change:
    """Tell the views what was touched."""
    touched = {kind: frozenset(records) for kind in Kind if (records := footprint.of(kind.value))}
    if sum(map(len, touched.values())) > _MOST_LISTED:
        return Change(label, everything=True, remote=remote)
    return Change(label, touched, remote=remote)


def _mended(edit: Edit) -> Edit:
    """Replace lone surrogates, which are no text and could neither be stored nor sent."""
    return replace(
        edit,
        label=_mend(edit.label),
        groups=tuple(_mended_group(group) for group in edit.groups),
    )


def _mended_group(group: Group) -> Group:
    columns: tuple[Sequence[Value], ...] = tuple(
        [_mend(value) if isinstance(value, str) else value for value in column]
        for column in group.columns
    )
    return replace(group, fields=tuple(map(_mend, group.fields)), columns=columns)


def _mend(text: str) -> str:
    return text.encode("utf-8", "replace").decode("utf-8")
