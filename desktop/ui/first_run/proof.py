"""The last step of a new collection: three of the words, typed, to prove that they were kept."""

from collections.abc import Sequence

from PySide6.QtWidgets import QLineEdit

from desktop.ui.first_run.step import Step
from desktop.ui.zone import Zone, column

_WRONG = "Not all three are right yet. Look at your sheet again."


class ProofStep(Step):
    """Asks for the words at some positions, counted from 0."""

    def __init__(self, words: Sequence[str], positions: Sequence[int]) -> None:
        self._wanted = [words[position] for position in positions]
        self._lines = [_line(position + 1) for position in positions]
        super().__init__(
            "Are they safe?",
            "Type three of the words from your emergency kit.",
            Zone(layout=column(*self._lines, gap=3)),
            "Open my collection",
        )
        for line in self._lines:
            line.textChanged.connect(self._judge)
        self.allow(forward=False)

    def _judge(self) -> None:
        typed = [line.text().strip().casefold() for line in self._lines]
        complete = all(typed)
        right = typed == self._wanted
        finished = complete and all(
            len(word) >= len(wanted) for word, wanted in zip(typed, self._wanted, strict=True)
        )
        self.refuse(_WRONG if finished and not right else "")
        self.allow(forward=right)


def _line(number: int) -> QLineEdit:
    made = QLineEdit()
    made.setAccessibleName(f"Word {number}")
    made.setPlaceholderText(f"Word {number}")
    return made
