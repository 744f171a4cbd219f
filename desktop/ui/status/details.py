"""What the status line stands for, at length: where the sync is, since when, what to do."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QWidget

from desktop.collection.syncing import Syncing
from desktop.collection.values import Finding, Moving, SyncPhase, SyncStatus
from desktop.ui.controls import Button, Text
from desktop.ui.look import Icon, dress, look_of
from desktop.ui.notation import Notation
from desktop.ui.zone import Zone, column, row

WIDTH = 320
_MINUTE, _MINUTES_SAID = 60, 90
_UNTIL = "It goes on when you continue, or when Swingtag is started again."


class Ways(NamedTuple):
    """Where the details lead. ``sync`` is None without a server, ``late`` if nothing is there.

    ``dismiss`` is told the sentence that somebody has read.
    """

    devices: Callable[[], object]
    late: Callable[[], object] | None
    sync: Syncing | None
    dismiss: Callable[[str], object]


class Details(Zone):
    """What is known, kept in step with the status while it is in sight, and the ways on."""

    def __init__(self, status: SyncStatus, notation: Notation, ways: Ways) -> None:
        self._notation = notation
        self._dismiss = ways.dismiss
        self._found: tuple[Finding, ...] = ()
        self._texts: list[Text] = []
        self._findings, self._facts = column(gap=3), column(gap=2)
        rows = [row(*buttons, None) for buttons in self._buttons(status, ways) if buttons]
        super().__init__("card", column(self._findings, self._facts, *rows, gap=2, edge=3))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setAccessibleName("Where the sync stands")
        self.show_status(status)

    def show_status(self, status: SyncStatus) -> None:
        """Say where the sync stands now; the foot stays where it is."""
        if status.found != self._found:
            self._list(status.found)
        facts = _facts(status, self._notation)
        if [role for _, role in facts] != [text.property("role") or "" for text in self._texts]:
            self._fill([role for _, role in facts])
        for text, (words, _) in zip(self._texts, facts, strict=True):
            text.say(words)
        self.settle()

    def settle(self) -> None:
        """Take as much height as the words need, upwards."""
        foot = self.y() + self.height()
        width = look_of(self).scaled(WIDTH)
        if (layout := self.layout()) is not None:
            layout.activate()  # it has not heard yet of words that changed
        self.setFixedSize(width, self.heightForWidth(width))
        self.move(self.x(), foot - self.height())

    def _list(self, found: Sequence[Finding]) -> None:
        """List what was found out, each with the way to be rid of it."""
        self._found = tuple(found)
        while item := self._findings.takeAt(0):
            if old := item.widget():
                old.hide()  # it is deleted only when Qt has time
                old.deleteLater()
        for place, finding in enumerate(found):
            role = "" if place else "strong"
            one = _FindingLine(finding, role, self._notation, self._dismiss)
            self._findings.addWidget(one)
            one.show()

    def _fill(self, roles: Sequence[str]) -> None:
        for text in self._texts:
            self._facts.removeWidget(text)
            text.hide()  # it is deleted only when Qt has time
            text.deleteLater()
        self._texts = [Text(role=role) for role in roles]
        for text in self._texts:
            self._facts.addWidget(text)
            text.show()

    def _buttons(self, status: SyncStatus, ways: Ways) -> tuple[list[Button], list[Button]]:
        """Return two rows of them: what to do with the sync, and where else to look."""
        first, then = list[Button](), [self._button("Devices", ways.devices)]
        if ways.late is not None:
            then.append(self._button("Set-aside changes", ways.late))
        if ways.sync is not None and status.phase is SyncPhase.PAUSED:
            first = [self._button("Continue", ways.sync.resume, Icon.SYNC)]
        elif ways.sync is not None:
            first = [
                self._button("Sync now", ways.sync.sync_now, Icon.SYNC),
                self._button("Pause", ways.sync.pause, Icon.PAUSE),
            ]
        return first, then

    def _button(self, words: str, run: Callable[[], object], icon: Icon | None = None) -> Button:
        return Button(words, icon=icon, pressed=lambda: (self.close(), run()))


class _FindingLine(Zone):
    """What was found out, when, and the button for whoever has read it, if it does not hold."""

    def __init__(
        self, finding: Finding, role: str, notation: Notation, dismiss: Callable[[str], object]
    ) -> None:
        when = Text(_when(finding, notation), "caption")
        foot = row(when, gap=2)
        foot.setStretch(0, 1)
        if not finding.holds:
            words = finding.sentence
            button = Button("Dismiss", "quiet", pressed=lambda: dismiss(words))
            button.setAccessibleName(f"Dismiss: {words}")
            foot.addWidget(button, 0, Qt.AlignmentFlag.AlignVCenter)
        super().__init__(layout=column(Text(finding.sentence, role), foot, gap=0))


def pop_up_details(status: SyncStatus, notation: Notation, owner: QWidget, ways: Ways) -> Details:
    """Float the details over the status line until Esc or a click elsewhere."""
    details = Details(status, notation, ways)
    details.setParent(owner, Qt.WindowType.Popup)
    look = look_of(owner)
    dress(details, look)
    details.settle()
    details.move(owner.mapToGlobal(QPoint(look.space(2), -details.height() - look.space(1))))
    details.show()
    return details


def _facts(status: SyncStatus, notation: Notation) -> list[tuple[str, str]]:
    """Say all that is known, the gravest first, each with the role of its words."""
    found = {each.sentence for each in status.found}
    now = [words for words in (status.message, *status.also) if words not in found]
    facts = [(words, "" if place else "strong") for place, words in enumerate(now)]
    if status.phase is SyncPhase.PAUSED:
        facts.append((_UNTIL, "caption"))
    if status.pictures is not None:
        facts.append((_how_far(status.pictures, notation), ""))
    elif status.total:
        facts.append((f"{round(status.share * 100)}\u00a0% of this sync is done.", ""))
    if status.waiting:
        facts.append((_waiting(status.waiting, notation), ""))
    if status.last_synced_millis is not None:
        facts.append((f"Last synced {notation.moment(status.last_synced_millis)}.", "caption"))
    if status.phase is SyncPhase.LOCAL_ONLY:
        facts.append(("No server is set. Nothing leaves this computer.", "caption"))
    if status.sent or status.received:
        sent, received = notation.size(status.sent), notation.size(status.received)
        facts.append((f"{sent} sent and {received} received since it was opened.", "caption"))
    return [fact for fact in facts if fact[0]]


def _when(finding: Finding, notation: Notation) -> str:
    moment = notation.moment(finding.millis)
    if finding.holds:
        return f"Since {moment}. It still holds."
    return f"Noticed {moment}. The last look did not meet it." if finding.alarm else moment


def _how_far(moving: Moving, notation: Notation) -> str:
    """Say how many bytes are across, how fast they go, and how long the rest takes."""
    if not moving.all_bytes:
        return ""
    done = f"{notation.size(moving.bytes)} of {notation.size(moving.all_bytes)}"
    if not moving.speed:
        return f"{done}."
    return f"{done}, {notation.size(round(moving.speed))} a second; {_left(moving.left)}."


def _left(seconds: float) -> str:
    minutes, hours = round(seconds / 60), round(seconds / 3600)
    if seconds < _MINUTE:
        return "less than a minute left"
    if minutes <= _MINUTES_SAID:
        return "about 1 minute left" if minutes == 1 else f"about {minutes} minutes left"
    return f"about {hours} hours left"


def _waiting(count: int, notation: Notation) -> str:
    return (
        "1 change waits to be sent."
        if count == 1
        else (f"{notation.count(count)} changes wait to be sent.")
    )
