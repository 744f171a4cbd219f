"""Two edits under one stamp: a copy of this device, unknown to it, wrote the other one.

A restored or copied disk goes on where the older one stood. If its clock runs behind the last
reading, the next reading of both is the same. The server has taken the other one's edit by now, so
the own one, which nobody else has seen, is written anew under a stamp of its own.
"""

from dataclasses import replace
from typing import NamedTuple

from desktop.vault.archive import Archive, compress
from desktop.vault.aside import derive
from desktop.vault.moments import UNKNOWN
from desktop.vault.writing import Writing
from shared.domain.edits import Edit, encode_edit


class Twin(NamedTuple):
    """An own edit that was taken away, with what undo remembers of it."""

    edit: Edit
    restores: bytes | None
    step: int | None


def take_away(writing: Writing, edit: Edit) -> Twin | None:
    """Take away a pending edit that has the stamp of another one; return it."""
    cursor, moment = writing.cursor, writing.moments.moment(edit.stamp)
    if moment == UNKNOWN:
        return None
    sql = "SELECT restores, step FROM edit WHERE moment = ? AND blob IS NOT NULL"
    pending = cursor.execute(sql, (moment,)).fetchone()
    archive = Archive(cursor, writing.moments)
    if pending is None or (own := archive.edit(moment)) == edit:
        return None
    derive(writing, archive, archive.places(moment), {moment})
    cursor.execute("DELETE FROM touched WHERE moment = ?", (moment,))
    cursor.execute("DELETE FROM edit WHERE moment = ?", (moment,))
    return Twin(own, *pending)


def write_anew(writing: Writing, twin: Twin) -> None:
    """Write such an edit once more; against what it had not seen, it stands as a conflict."""
    edit = replace(twin.edit, reading=writing.clock.tick(), origin=writing.origin)
    moment = writing.keep(edit, compress(encode_edit(edit)))
    sql = "UPDATE edit SET restores = ?, step = ? WHERE moment = ?"
    writing.cursor.execute(sql, (twin.restores, twin.step, moment))
