"""A drill: do the words on the sheet still open this collection? Nothing leaves the computer."""

from collections.abc import Callable

from desktop.collection.devices import KitVerdict
from desktop.collection.errors import EXPECTED, sentence
from desktop.ui.controls import Button, Text
from desktop.ui.errand import Errand
from desktop.ui.kit.kit import read_kit
from desktop.ui.kit.words_box import WordsBox
from desktop.ui.look import say
from desktop.ui.page import Page
from desktop.ui.zone import Zone, column, row

_HOW = (
    "Take out the sheet and type its 24 words, the first four letters of each are enough. "
    "They are compared on this computer with the key that your devices agreed on, sent nowhere, "
    "and forgotten at once."
)
_OUTCOMES = {
    KitVerdict.RIGHT: (
        "This kit is good. It brings this collection back when no device is left.",
        "positive",
    ),
    KitVerdict.REPLACED: (
        "This kit was replaced by a newer one and opens nothing any more. Destroy this sheet.",
        "danger",
    ),
    KitVerdict.OTHER: (
        "This is a kit, but of another collection. Look for the sheet of this one.",
        "danger",
    ),
}


class DrillPage(Page):
    """All 24 words, and what came of it."""

    def __init__(self, try_kit: Callable[[str], KitVerdict]) -> None:
        self._try_kit = try_kit
        self._words = WordsBox("The 24 words of my kit")
        self._said = Text()
        self._said.hide()
        self._go = Button("Test my kit", "primary", pressed=self._try)
        self._go.setEnabled(False)
        body = Zone(layout=column(Text(_HOW), self._words, self._said, row(self._go, None), gap=3))
        super().__init__("Test my kit", body, "Back to the devices")
        self._words.textChanged.connect(self._judge)

    def _judge(self) -> None:
        typed = self._words.toPlainText()
        self._go.setEnabled(read_kit(typed).complete)
        if typed:
            self._said.hide()

    def _try(self) -> None:
        words = read_kit(self._words.toPlainText()).words
        self._go.setEnabled(False)
        Errand(
            self,
            lambda: self._try_kit(words),
            then=self._tell,
            failed=self._failed,
            expected=EXPECTED,
        )

    def _tell(self, verdict: KitVerdict) -> None:
        self._words.clear()
        self._say(*_OUTCOMES[verdict])

    def _failed(self, error: Exception | None) -> None:
        self._go.setEnabled(True)
        self._say(sentence(error) if error else "", "danger")

    def _say(self, words: str, role: str) -> None:
        self._said.say(words)
        self._said.setVisible(bool(words))
        say(self._said, role)
