"""Edits behind a cut are set aside: what they touched is derived again from the history.

A device may have merged what another wrote before the link came that cuts it off. Others never
take those edits in, so here, too, the records must read as if they had not been made. The edits
themselves stay where they are: the history of a record still shows them.
"""

from collections.abc import Collection, Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import replace
from sqlite3 import Cursor

from desktop.vault.archive import Archive
from desktop.vault.base_rows import read_base_rows
from desktop.vault.entries import moments_behind
from desktop.vault.layout import GHOST, Row, layout_of
from desktop.vault.secrets import drop, put
from desktop.vault.writing import Writing
from shared.domain.edits import Edit, Group
from shared.domain.schema import Kind
from shared.domain.stamps import Origin
from shared.ids import RecordId

Spot = tuple[str, RecordId]

_MARK = "vault/set aside/"
_NUMBER_BYTES = 8


def set_aside(writing: Writing, cuts: Mapping[Origin, int]) -> None:
    """Derive again what lies behind cuts, and what does no more.

    ``cuts`` has the last number that counts of every stream that is cut. A cut goes away, or moves
    on, if a device gets its rights back or another list of devices is followed. A conflict in such
    a record that the collector had settled is shown once more.
    """
    cursor = writing.cursor
    last_of = {writing.moments.stream(origin): last for origin, last in cuts.items()}
    before = _marks(cursor)
    late = {m for stream, last in last_of.items() for m in moments_behind(cursor, stream, last)}
    changed = set[int]()
    for stream in last_of.keys() | before.keys():
        was, now = before.get(stream), last_of.get(stream)
        if was != now:
            first = min(last for last in (was, now) if last is not None)
            changed |= moments_behind(cursor, stream, first)
            _mark(cursor, stream, now)
    archive = Archive(cursor, writing.moments)
    derive(writing, archive, {spot for moment in changed for spot in archive.places(moment)}, late)


def forget_marks(cursor: Cursor) -> None:
    """Forget which streams were dealt with: the records were derived anew without it."""
    cursor.execute("DELETE FROM secret WHERE name LIKE ?", (f"{_MARK}%",))


def derive(
    writing: Writing, archive: Archive, spots: Iterable[Spot], late: Collection[int]
) -> None:
    """Empty records, then merge every edit to them again, in their order, but the late ones.

    What a snapshot that was taken in says of a record stands for the edits that it covers.
    """
    known = sorted(spots)
    base = read_base_rows(writing.cursor, known)
    passed_over = base.moments.union(late)
    for spot in known:
        _derive(writing, archive, spot, passed_over, base.rows.get(spot))


def _derive(
    writing: Writing, archive: Archive, spot: Spot, passed_over: AbstractSet[int], base: Row | None
) -> None:
    cursor, (kind, record) = writing.cursor, spot
    layout = layout_of(kind)
    is_here = bool(layout.read(cursor, [record], ()))
    moments = archive.writers(kind, record)
    left = sorted(moments - passed_over)
    if not (is_here or left or base):
        return
    cursor.executemany(
        "INSERT OR IGNORE INTO touched VALUES (?, ?)", [(record, moment) for moment in moments]
    )
    cursor.execute("DELETE FROM conflict WHERE kind = ? AND record = ?", (kind, record))
    writing.merging.look_again()
    if is_here:
        vacate(writing, kind, record)
    if base is not None:
        cursor.execute(layout.replace_sql(), layout.raw(base))
        cursor.execute(layout.bury_sql(), (base.deleted, record))
    for moment in left:
        writing.merging.merge(part_of(archive.edit(moment), spot), moment)
    writing.merging.footprint.add(kind, (), [record], layout.types)


def vacate(writing: Writing, kind: str, record: RecordId) -> None:
    """Take a record away. A copy leaves an empty row behind, under an id that nobody knows."""
    cursor, layout = writing.cursor, layout_of(kind)
    if kind != Kind.COPY.value:
        cursor.execute(f"DELETE FROM {layout.table} WHERE id = ?", (record,))  # noqa: S608 - ours
        return
    (ghost,) = cursor.execute("SELECT randomblob(16)").fetchone()
    emptied = ", ".join(f'"{name}" = NULL' for name in (*layout.types, "stamps", "extra"))
    cursor.execute(
        f"UPDATE copy SET id = ?, deleted = {GHOST}, {emptied} WHERE id = ?",  # noqa: S608 - ours
        (ghost, record),
    )
    writing.merging.footprint.add(kind, (), [RecordId(ghost)], layout.types)


def part_of(edit: Edit, spot: Spot) -> Edit:
    """Return what an edit does to one record."""
    groups = [
        _only(group, place)
        for group in edit.groups
        if group.kind == spot[0]
        for place, record in enumerate(group.records)
        if record == spot[1]
    ]
    return replace(edit, groups=tuple(groups))


def _only(group: Group, place: int) -> Group:
    return replace(
        group,
        records=[group.records[place]],
        columns=tuple([column[place]] for column in group.columns),
        replaces=tuple([column[place]] for column in group.replaces),
        covers=(group.covers[place],) if group.covers else (),
    )


def _marks(cursor: Cursor) -> dict[int, int]:
    """Return the streams that were dealt with, and the last number that counted then."""
    sql = "SELECT name, value FROM secret WHERE name LIKE ?"
    found = cursor.execute(sql, (f"{_MARK}%",)).fetchall()
    return {int(name.removeprefix(_MARK)): int.from_bytes(value) for name, value in found}


def _mark(cursor: Cursor, stream: int, last: int | None) -> None:
    name = f"{_MARK}{stream}"
    if last is None:
        drop(cursor, name)
    else:
        put(cursor, name, last.to_bytes(_NUMBER_BYTES))
