"""What the server knows about the collector: read back from it, in plain words and as it is."""

from collections.abc import Sequence

from PySide6.QtCore import Qt

from desktop.collection.values import About, AboutTable
from desktop.ui.controls import Button, Text
from desktop.ui.devices.online import Online
from desktop.ui.devices.server_words import CANNOT, SEES, SEES_NEVER, TABLES, UNKNOWN
from desktop.ui.errand import Errand
from desktop.ui.first_run.beginnings import Trouble
from desktop.ui.look import Icon
from desktop.ui.notation import Notation
from desktop.ui.page import Page
from desktop.ui.zone import Zone, column, grid, row

_ASKING = "Asking the server\u2026"
_BROKE_OFF = "It could not be read back. Ask again."
_LAST_ROWS = ("the last row", "the one before")
_LEAD = (
    "This was read back from the server just now: every table that it keeps of you, how much is "
    "in it, and its last rows as they are stored."
)


_SHARES = (3, 7, 4, 4)
"""How the width of a card is shared by a column's name, what it is, and its last two values."""


class ServerPage(Page):
    """Asks as soon as it is made."""

    def __init__(self, online: Online, notation: Notation) -> None:
        self._online = online
        self._notation = notation
        self._lead = Text(_ASKING)
        self._facts = Zone(layout=column(gap=3))
        self._again = Button("Ask again", icon=Icon.SYNC, pressed=self.ask)
        super().__init__(
            "What the server knows",
            Zone(
                layout=column(
                    self._lead,
                    self._facts,
                    _list("It also sees, as every server does", SEES),
                    _list("It never sees", SEES_NEVER),
                    _list("What a bad server could do", (CANNOT,)),
                    row(self._again, None),
                    gap=4,
                )
            ),
            "Back to the devices",
        )
        self.ask()

    def ask(self) -> None:
        """Read it back."""
        self._lead.say(_ASKING)
        self._again.setEnabled(False)
        Errand(
            self,
            self._online.about,
            then=self._answered,
            failed=lambda _error: self._broke_off(),
        )

    def _broke_off(self) -> None:
        self._again.setEnabled(True)
        self._lead.say(_BROKE_OFF)

    def _answered(self, outcome: About | Trouble) -> None:
        self._again.setEnabled(True)
        box = self._facts.layout()
        while box is not None and (item := box.takeAt(0)):
            if widget := item.widget():
                widget.deleteLater()
        if isinstance(outcome, Trouble):
            self._lead.say(outcome.sentence)
            return
        self._lead.say(_LEAD)
        if box is not None:
            box.addWidget(self._summary(outcome))
            for table in sorted(outcome.tables, key=_order):
                box.addWidget(self._table(table))

    def _summary(self, about: About) -> Zone:
        size, count = self._notation.size, self._notation.count
        live = sum(not device.revoked for device in about.devices)
        lines = (
            ("Your name there", about.slug),
            ("Signed up", self._notation.moment(about.created)),
            ("Devices", f"{count(live)} now, {count(len(about.devices))} ever, your kit included"),
            ("Edits", f"{size(about.entry_bytes)} of {size(about.log_quota)}"),
            ("Pictures", f"{size(about.files.bytes)} of {size(about.file_quota)}"),
        )
        table = grid(gap=2, edge=3)
        for at, (name, fact) in enumerate(lines):
            table.addWidget(Text(name, "caption"), at, 0)
            table.addWidget(Text(fact, "strong"), at, 1)
        table.setColumnStretch(1, 1)
        return Zone("card", table)

    def _table(self, table: AboutTable) -> Zone:
        words = TABLES.get(table.table, UNKNOWN)
        rows = "1 row" if table.rows == 1 else f"{self._notation.count(table.rows)} rows"
        size = Text(f"{rows}, {self._notation.size(table.bytes)}", "chip")
        size.setWordWrap(False)
        head = row(Text(words.title, "strong"), size, gap=2)
        head.setStretch(0, 1)
        facts = grid(gap=2)
        last = [*zip(_LAST_ROWS, table.last, strict=False)]
        for across, (which, _) in enumerate(last, 2):
            facts.addWidget(Text(which, "caption"), 0, across)
        for down, name in enumerate(table.columns):
            facts.addWidget(Text(name, "mono"), down + 1, 0, Qt.AlignmentFlag.AlignTop)
            facts.addWidget(Text(words.columns.get(name, UNKNOWN.about), "caption"), down + 1, 1)
            for across, (_, values) in enumerate(last, 2):
                value = _value("".join(values[down : down + 1]))  # a server may send too few
                facts.addWidget(value, down + 1, across, Qt.AlignmentFlag.AlignTop)
        for at, share in enumerate(_SHARES):
            facts.setColumnStretch(at, share)
        card = Zone("card", column(head, Text(words.about), facts, gap=2, edge=3))
        card.setAccessibleName(f"{words.title}: {size.text()}")
        return card


def _value(text: str) -> Text:
    value = Text(text or "\u2013", "mono", one_line=True)
    value.setAccessibleName(text or "nothing")
    return value


def _list(heading: str, lines: Sequence[str]) -> Zone:
    return Zone(layout=column(Text(heading, "title"), *map(Text, lines), gap=1))


def _order(table: AboutTable) -> int:
    known = list(TABLES)
    return known.index(table.table) if table.table in known else len(known)
