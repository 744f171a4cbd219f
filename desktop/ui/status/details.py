"""What the status line stands for, at length: where the sync is, since when, what to do."""

from collections.abc import Callable
from typing import NamedTuple

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QWidget

from desktop.collection.syncing import Syncing
from desktop.collection.values import SyncPhase, SyncStatus
from desktop.ui.controls import Button, Text
from desktop.ui.look import Icon, dress, look_of
from desktop.ui.notation import Notation
from desktop.ui.zone import Zone, column, row

WIDTH = 320
_UNTIL = "It goes on when you continue, or when Swingtag is started again."


class Ways(NamedTuple):
    """Where the details lead. ``sync`` is None without a server, ``late`` if nothing is there."""

    devices: Callable[[], object]
    late: Callable[[], object] | None
    sync: Syncing | None


def pop_up_details(status: SyncStatus, notation: Notation, owner: QWidget, ways: Ways) -> Zone:
    """Float the details over the status line until Esc or a click elsewhere."""
    details = Zone("card")

    def button(words: str, run: Callable[[], object], icon: Icon | None = None) -> Button:
        return Button(words, icon=icon, pressed=lambda: (details.close(), run()))

    first, then = [], [button("Devices", ways.devices)]
    if ways.late is not None:
        then.append(button("Set-aside changes", ways.late))
    if ways.sync is not None and status.phase is SyncPhase.PAUSED:
        first = [button("Continue", ways.sync.resume, Icon.SYNC)]
    elif ways.sync is not None:
        first = [
            button("Sync now", ways.sync.sync_now, Icon.SYNC),
            button("Pause", ways.sync.pause, Icon.PAUSE),
        ]
    rows = [row(*buttons, None) for buttons in (first, then) if buttons]
    details.setLayout(column(*_facts(status, notation), *rows, gap=2, edge=3))
    details.setParent(owner, Qt.WindowType.Popup)
    details.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    details.setAccessibleName("Where the sync stands")
    look = look_of(owner)
    dress(details, look)
    width = look.scaled(WIDTH)
    details.setFixedSize(width, details.heightForWidth(width))
    details.move(owner.mapToGlobal(QPoint(look.space(2), -details.height() - look.space(1))))
    details.show()
    return details


def _facts(status: SyncStatus, notation: Notation) -> list[Text]:
    """Say all that is known, the gravest first."""
    facts = [Text(status.message, "strong"), *map(Text, status.also)]
    if status.phase is SyncPhase.PAUSED:
        facts.append(Text(_UNTIL, "caption"))
    if status.waiting:
        facts.append(Text(_waiting(status.waiting, notation)))
    if status.last_synced_millis is not None:
        facts.append(Text(f"Last synced {notation.moment(status.last_synced_millis)}.", "caption"))
    if status.phase is SyncPhase.LOCAL_ONLY:
        facts.append(Text("No server is set. Nothing leaves this computer.", "caption"))
    if status.sent or status.received:
        sent, received = notation.size(status.sent), notation.size(status.received)
        facts.append(Text(f"{sent} sent and {received} received since it was opened.", "caption"))
    return facts


def _waiting(count: int, notation: Notation) -> str:
    return (
        "1 change waits to be sent."
        if count == 1
        else (f"{notation.count(count)} changes wait to be sent.")
    )
