"""What the status line stands for, at length: where the sync is, since when, what to do."""

from collections.abc import Callable

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QWidget

from desktop.collection.values import SyncPhase, SyncStatus
from desktop.ui.controls import Button, Text
from desktop.ui.look import Icon, dress, look_of
from desktop.ui.notation import Notation
from desktop.ui.zone import Zone, column, row

WIDTH = 320


def pop_up_details(
    status: SyncStatus,
    notation: Notation,
    owner: QWidget,
    *,
    sync_now: Callable[[], object] | None,
    show_devices: Callable[[], object],
    show_late: Callable[[], object] | None,
) -> Zone:
    """Float the details over the status line until Esc or a click elsewhere.

    ``show_late`` leads to what was set aside of removed devices; None if nothing is.
    """
    facts = [Text(status.message, "strong")]
    if status.waiting:
        facts.append(Text(f"{notation.count(status.waiting)} changes wait to be sent."))
    if status.last_synced_millis is not None:
        facts.append(Text(f"Last synced {notation.moment(status.last_synced_millis)}.", "caption"))
    if status.phase is SyncPhase.LOCAL_ONLY:
        facts.append(Text("No server is set. Nothing leaves this computer.", "caption"))
    details = Zone("card")
    ways = [Button("Devices", pressed=lambda: (details.close(), show_devices()))]
    if show_late is not None:
        late = Button("Set-aside changes", pressed=lambda: (details.close(), show_late()))
        ways.append(late)
    if sync_now is not None:
        now = Button("Sync now", icon=Icon.SYNC, pressed=lambda: (details.close(), sync_now()))
        ways.insert(0, now)
    details.setLayout(column(*facts, row(*ways, None), gap=2, edge=3))
    details.setParent(owner, Qt.WindowType.Popup)
    details.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    details.setAccessibleName("Where the sync stands")
    look = look_of(owner)
    dress(details, look)
    details.setFixedWidth(look.scaled(WIDTH))
    details.adjustSize()
    details.move(owner.mapToGlobal(QPoint(look.space(2), -details.height() - look.space(1))))
    details.show()
    return details
