"""Devices that follow two versions of one history: what happened, and how they come together."""

from PySide6.QtCore import Qt

from desktop.collection.values import Parting
from desktop.ui.controls import Text
from desktop.ui.look import say
from desktop.ui.zone import Zone, column, grid

_APART = (
    "The server and other devices have another version of what one of your devices wrote than this "
    "device. So new edits by {} do not come in here."
)
_TOGETHER = (
    "New edits by {} follow another version of what one of your devices wrote than the one that "
    "this device has, so they do not come in here."
)
_WHY = (
    "Most likely a device\u2019s folder was copied, or put back, and both copies were used, one of "
    "them out of the other\u2019s reach. If that cannot be, do nothing of this: compare the six "
    "words below with your other devices, and trust {} no more."
)
_BACKUP = "Make a backup here, under Backups."
_REMOVE_THIS = (
    "On a device that has the server\u2019s version, remove this one under Devices, and the one "
    "that was copied."
)
_JOIN_THIS = (
    "Let this computer join as a new device, beside this copy. Here you find what is missing there."
)
_BACKUPS = "Make a backup on each of them: {}."
_REMOVE = "Remove them here."
_JOIN = (
    "Let those computers join as new devices, beside their old copies. There you find what is "
    "missing here."
)
_DECIDE = (
    "Make a backup on each device. Those that show the same six words belong together; decide "
    "which go on."
)
_REMOVE_OTHERS = "On one of these remove all others, and the device that was copied."
_START_ANEW = (
    "There, choose an empty exchange folder, and let the removed computers join as new devices, "
    "beside their old copies. There you find what is missing."
)
_ELSEWHERE = "Remove them on another device that shows the same six words: this one is among them."
_STEPS = 3


class PartedNotice(Zone):
    """Hidden while all devices follow one history. ``by_hand``: there is no server."""

    def __init__(self, *, by_hand: bool) -> None:
        super().__init__("notice")
        self._by_hand = by_hand
        self._what = Text()
        self._steps = [Text() for _ in range(_STEPS)]
        steps = grid(gap=2)
        steps.setColumnStretch(1, 1)
        for line, step in enumerate(self._steps):
            number = Text(f"{line + 1}.", "strong")
            number.setWordWrap(False)
            steps.addWidget(number, line, 0, Qt.AlignmentFlag.AlignTop)
            steps.addWidget(step, line, 1)
        why = Text(_WHY.format("this folder" if by_hand else "this server"))
        heading = Text("Your devices have parted", "title")
        self.setLayout(column(heading, self._what, why, Zone(layout=steps), gap=3, edge=3))
        say(self, "warning", name="state")
        self.setAccessibleName("Your devices have parted")
        self.hide()

    def show_parting(self, parting: Parting | None) -> None:
        """Say who has parted, and what to do on this device; or nothing."""
        self.setVisible(parting is not None)
        if parting is None:
            return
        names = _listed(parting.names)
        self._what.say((_APART if parting.apart else _TOGETHER).format(names))
        for text, words in zip(self._steps, self._words(parting), strict=True):
            text.say(words.format(names))

    def _words(self, parting: Parting) -> tuple[str, ...]:
        if self._by_hand:
            return _DECIDE, _REMOVE_OTHERS, _START_ANEW
        if parting.apart:
            return _BACKUP, _REMOVE_THIS, _JOIN_THIS
        return _BACKUPS, _ELSEWHERE if parting.this_one else _REMOVE, _JOIN


def _listed(names: tuple[str, ...]) -> str:
    *others, last = names
    return f"{', '.join(others)} and {last}" if others else last
