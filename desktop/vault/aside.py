"""Edits behind a cut are set aside: what they touched is derived again from the history.

A device may have merged what another wrote before the link came that cuts it off. Others never
take those edits in, so here, too, the records must read as if they had not been made. The edits
themselves stay where they are: the history of a record still shows them.
"""

from collections.abc import Mapping
from dataclasses import replace

from desktop.vault.archive import Archive
from desktop.vault.layout import layout_of
from desktop.vault.secrets import get, put
from desktop.vault.writing import Writing
from shared.domain.edits import Edit, Group
from shared.domain.schema import Kind
from shared.domain.stamps import Origin
from shared.ids import RecordId

GHOST = 2
"""``deleted`` of a copy's row that stands for nothing any more: neither on a shelf nor in the
trash. Rows of copies are never taken away, for their numbers count on in memory."""

Spot = tuple[str, RecordId]


def set_aside(writing: Writing, cuts: Mapping[Origin, int]) -> None:
    """Derive again what lies behind cuts.

    ``cuts`` has the last number that counts of every stream that is cut. Each stream is dealt with
    once: nothing is taken in behind a cut that is known. A conflict in such a record that the
    collector had settled is shown once more.
    """
    late, fresh = set[int](), set[int]()
    for origin, last in cuts.items():
        stream = writing.moments.stream(origin)
        moments = _behind(writing, stream, last)
        late |= moments
        if get(writing.cursor, _mark(stream)) is None:
            put(writing.cursor, _mark(stream), b"")
            fresh |= moments
    archive = Archive(writing.cursor, writing.moments)
    spots = {spot for moment in fresh for spot in archive.places(moment)}
    for spot in sorted(spots):
        _derive(writing, archive, spot, late)


def _behind(writing: Writing, stream: int, last: int) -> set[int]:
    sql = """
        SELECT moment FROM edit WHERE entry IN
            (SELECT number FROM entry WHERE stream = ? AND seq > ?)"""
    return {moment for (moment,) in writing.cursor.execute(sql, (stream, last))}


def _derive(writing: Writing, archive: Archive, spot: Spot, late: set[int]) -> None:
    """Empty a record, then merge every edit to it again, in their order, but the late ones."""
    cursor, (kind, record) = writing.cursor, spot
    row = layout_of(kind).read(cursor, [record]).get(record)
    if row is None:
        return
    touched = "SELECT moment FROM touched WHERE record = ?"
    moments = {row.born, *(moment for (moment,) in cursor.execute(touched, (record,)))}
    cursor.execute("DELETE FROM conflict WHERE kind = ? AND record = ?", (kind, record))
    _vacate(writing, kind, record)
    for moment in sorted(moments - late):
        writing.merging.merge(_part(archive.edit(moment), spot), moment)
    cursor.executemany(
        "INSERT OR IGNORE INTO touched VALUES (?, ?)", [(record, moment) for moment in moments]
    )
    writing.merging.footprint.add(kind, (), [record], layout_of(kind).types)


def _vacate(writing: Writing, kind: str, record: RecordId) -> None:
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


def _part(edit: Edit, spot: Spot) -> Edit:
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


def _mark(stream: int) -> str:
    return f"vault/set aside/{stream}"
