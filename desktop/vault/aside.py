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
from desktop.vault.secrets import get, put
from desktop.vault.writing import Writing
from shared.domain.edits import Edit, Group
from shared.domain.schema import Kind
from shared.domain.stamps import Origin
from shared.ids import RecordId

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
        moments = moments_behind(writing.cursor, stream, last)
        late |= moments
        if get(writing.cursor, _mark(stream)) is None:
            put(writing.cursor, _mark(stream), b"")
            fresh |= moments
    archive = Archive(writing.cursor, writing.moments)
    derive(writing, archive, {spot for moment in fresh for spot in archive.places(moment)}, late)


def forget_marks(cursor: Cursor) -> None:
    """Forget which streams were dealt with: the records were derived anew without it."""
    cursor.execute("DELETE FROM secret WHERE name LIKE ?", (_mark_of("%"),))


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
    if not layout.read(cursor, [record], ()):
        return
    moments = archive.writers(kind, record)
    cursor.executemany(
        "INSERT OR IGNORE INTO touched VALUES (?, ?)", [(record, moment) for moment in moments]
    )
    cursor.execute("DELETE FROM conflict WHERE kind = ? AND record = ?", (kind, record))
    writing.merging.look_again()
    vacate(writing, kind, record)
    if base is not None:
        cursor.execute(layout.replace_sql(), layout.raw(base))
        cursor.execute(layout.bury_sql(), (base.deleted, record))
    for moment in sorted(moments - passed_over):
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


def _mark(stream: int) -> str:
    return _mark_of(str(stream))


def _mark_of(stream: str) -> str:
    return f"vault/set aside/{stream}"
