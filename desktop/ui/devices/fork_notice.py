"""Two lists of devices, one below the other, and the choice between them."""

from functools import partial

from PySide6.QtCore import Qt, Signal

from desktop.collection.values import ForkedList
from desktop.ui.controls import Button, Text
from desktop.ui.look import say
from desktop.ui.zone import Zone, column, grid

_WHAT = (
    "Your devices were changed in two places that did not know of each other. Until you choose, "
    "edits stay here and no device is added or removed. Everything that you wrote is kept."
)
_ADVICE = (
    "If you did not do what the server\u2019s list tells, choose nothing: compare with your other "
    "devices first, and do not trust this server."
)
_ADVICE_BY_HAND = (
    "If you did not do what the other list tells, choose nothing: compare with your other devices "
    "first. Choose on one of your devices only."
)
_CHOSEN = "Chosen. It is done as soon as the server can be reached."
_CHOSEN_BY_HAND = "Chosen. It is done with the next exchange."
_FOLLOW = "Take {} list. Devices that were added here stay; all else is left out."
_AGAIN = "Take {} list, and do on it what was done here, too."


class ForkNotice(Zone):
    """Hidden while there is one list only. ``by_hand``: the other one came without a server."""

    followed = Signal(bool)  # whether this side's changes are to be done again

    def __init__(self, *, by_hand: bool) -> None:
        super().__init__("notice")
        whose = "the other" if by_hand else "the server\u2019s"
        where = "Only in the exchange folder" if by_hand else "Only at the server"
        self._ours, self._theirs = Text(), Text()
        sides = column(
            column(Text("Only on this device", "strong"), self._ours, gap=0),
            column(Text(where, "strong"), self._theirs, gap=0),
            gap=3,
        )
        ways = grid(gap=2)
        ways.setColumnStretch(1, 1)
        for line, (words, means, again) in enumerate(
            (
                ("Take both", _AGAIN.format(whose), True),
                (f"Take {whose}", _FOLLOW.format(whose), False),
            )
        ):
            choose = Button(words, pressed=partial(self._choose, again))
            choose.setAccessibleName(f"{words}: {means}")
            ways.addWidget(choose, line, 0, Qt.AlignmentFlag.AlignTop)
            ways.addWidget(Text(means), line, 1, Qt.AlignmentFlag.AlignVCenter)
        self._ways = Zone(
            layout=column(ways, Text(_ADVICE_BY_HAND if by_hand else _ADVICE, "caption"), gap=3)
        )
        self._done = _CHOSEN_BY_HAND if by_hand else _CHOSEN
        self._instead = Text(role="strong")
        heading = Text("Two lists of devices", "title")
        parts = (heading, Text(_WHAT), sides, self._ways, self._instead)
        self.setLayout(column(*parts, gap=3, edge=3))
        say(self, "warning", name="state")
        self.setAccessibleName("Two lists of devices")
        self.hide()

    def show_fork(self, fork: ForkedList | None) -> None:
        """Show both lists, or nothing."""
        self.setVisible(fork is not None)
        if fork is not None:
            self._ours.say("\n".join(fork.ours))
            self._theirs.say("\n".join(fork.theirs))
            instead = fork.why_not or (self._done if fork.chosen else "")
            self._ways.setVisible(not instead)
            self._instead.setVisible(bool(instead))
            self._instead.say(instead)

    def _choose(self, again: bool) -> None:  # noqa: FBT001 - bound beforehand
        self.followed.emit(again)
