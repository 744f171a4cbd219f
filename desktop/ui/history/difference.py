"""What is different between two times: counts in one sentence, then the pieces."""

from collections.abc import Sequence

from typing_extensions import override

from desktop.collection.times import Difference, PieceChange
from desktop.ui.controls import Text
from desktop.ui.field.wording import Wording
from desktop.ui.history.telling import Line, line_of
from desktop.ui.look import Look
from desktop.ui.notation import Notation
from desktop.ui.zone import Zone, column
from shared.domain.schema import Kind
from shared.skins.tokens import Word

_SAME = "Nothing is different."
_OTHERS = {
    Kind.LOCATION: ("place", "places"),
    Kind.TAG: ("tag", "tags"),
    Kind.FIELD: ("own field", "own fields"),
    Kind.TERM: ("choice", "choices"),
}


class DifferenceView(Zone):
    """Three lists: what came, what changed, what went."""

    def __init__(self, difference: Difference, wording: Wording, notation: Notation) -> None:
        self._difference, self._wording, self._notation = difference, wording, notation
        self._counts = Text(role="strong")
        self._told: list[tuple[Text, Line]] = []
        body = column(self._counts, gap=3)
        if others := _others(difference):
            body.addWidget(Text(others, "caption"))
        came, changed, went = difference.counts
        for heading, pieces, count in (
            ("Added", difference.added, came),
            ("Changed", difference.changed, changed),
            ("Removed", difference.removed, went),
        ):
            if pieces:
                body.addWidget(self._list(heading, pieces, count))
        super().__init__(layout=body)
        self.setAccessibleName("What is different")

    @override
    def put_on(self, look: Look) -> None:
        """Call pieces and fields what this skin calls them."""
        super().put_on(look)
        self._counts.say(self._say_counts(look))
        for text, line in self._told:
            text.say(line.say(self._wording, look))

    def _say_counts(self, look: Look) -> str:
        if not any(self._difference.counts):
            return _SAME if self._difference.empty else f"No {look.word(Word.COPY)} is different."
        words = ("added", "changed", "removed")
        parts = [
            f"{self._notation.count(count)} {word}"
            for count, word in zip(self._difference.counts, words, strict=True)
            if count
        ]
        return ", ".join(parts)

    def _list(self, heading: str, pieces: Sequence[PieceChange], count: int) -> Zone:
        body = column(Text(heading, "title"), gap=2, edge=3)
        for piece in pieces:
            body.addWidget(self._piece(piece))
        if count > len(pieces):
            more = f"and {self._notation.count(count - len(pieces))} more"
            body.addWidget(Text(more, "caption"))
        card = Zone("card", body)
        card.setAccessibleName(heading)
        return card

    def _piece(self, piece: PieceChange) -> Zone:
        row = piece.row
        name = " \u2013 ".join(part for part in (row.name, row.variant) if part)
        body = column(Text(name or "Without a name", "strong"), gap=0)
        lines = [line_of(*turn, self._wording) for turn in piece.turns]
        lines += [
            Line("", f"{self._notation.count(count)} {word}")
            for count, word in zip(piece.photos, ("photos came", "photos went"), strict=True)
            if count
        ]
        for line in lines:
            if line is not None:
                self._told.append((Text(), line))
                body.addWidget(self._told[-1][0])
        return Zone(layout=body)


def _others(difference: Difference) -> str:
    """Say which other things are different, if any."""
    parts = [f"{count} {_OTHERS[kind][count != 1]}" for kind, count in difference.others.items()]
    return f"Also different: {', '.join(parts)}." if parts else ""
