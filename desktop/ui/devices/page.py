"""The devices that may read this collection, and the ways to have more of them."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal

from desktop.collection.values import DeviceCard
from desktop.ui.controls import Button, Text
from desktop.ui.devices.online import Online
from desktop.ui.errand import Errand
from desktop.ui.first_run.beginnings import Trouble
from desktop.ui.first_run.server_lines import ServerLines
from desktop.ui.look import Icon
from desktop.ui.page import Page
from desktop.ui.zone import Zone, column, row

_ALONE = "This collection lives on this computer only. With a server, other devices can join it."
_TOGETHER = "Each of these can read and change this collection. The server can do neither."


class DevicesPage(Page):
    """A card for each device, this one first; then adding one, or signing up with a server."""

    add_wanted = Signal()
    signed_up = Signal()

    def __init__(self, online: Online) -> None:
        self._cards = Zone(layout=column(gap=2))
        server = online.server
        more = self._adding(server) if server else SignUp(online)
        body = Zone(layout=column(Text(_TOGETHER if server else _ALONE), self._cards, more, gap=4))
        super().__init__("Devices", body)
        if isinstance(more, SignUp):
            more.done.connect(self.signed_up)

    def show_devices(self, devices: Sequence[DeviceCard]) -> None:
        """List these devices."""
        box = self._cards.layout()
        while box is not None and (item := box.takeAt(0)):
            if widget := item.widget():
                widget.deleteLater()
        for device in devices:
            if box is not None:
                box.addWidget(_card(device))

    def _adding(self, server: str) -> Zone:
        address = Text(f"Server: {server}", "caption")
        address.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        add = Button("Add a device", "primary", icon=Icon.ADD, pressed=self._ask)
        return Zone(layout=column(address, row(add, None), gap=3))

    def _ask(self) -> None:
        self.add_wanted.emit()


class SignUp(Zone):
    """A place at a server for a collection that has none yet."""

    done = Signal()

    def __init__(self, online: Online) -> None:
        self._online = online
        self._lines = ServerLines(online.why_not)
        self._go = Button("Sign up", "primary", pressed=self._sign_up)
        self._trouble = Text(role="danger")
        self._trouble.hide()
        super().__init__(
            layout=column(
                Text("Sync through a server", "title"),
                self._lines,
                self._trouble,
                row(self._go, None),
                gap=3,
            )
        )
        self._go.setEnabled(False)
        self._lines.judged.connect(lambda: self._go.setEnabled(self._lines.free))

    def _sign_up(self) -> None:
        server, name = self._lines.wish
        self._go.setEnabled(False)
        Errand(
            self,
            lambda: self._online.sign_up(server, name),
            then=self._answered,
            failed=lambda _error: self._go.setEnabled(True),
        )

    def _answered(self, trouble: Trouble | None) -> None:
        if trouble is None:
            self.done.emit()
            return
        self._go.setEnabled(True)
        self._trouble.say(trouble.sentence)
        self._trouble.show()


def _card(device: DeviceCard) -> Zone:
    about = "Paper, 24 words" if device.paper else device.platform
    words = column(Text(device.name, "strong"), Text(about, "caption"), gap=0)
    line = row(words, gap=3, edge=3)
    line.setStretch(0, 1)
    if device.this_one:
        here = Text("This device", "chip")
        here.setWordWrap(False)
        line.addWidget(here, 0, Qt.AlignmentFlag.AlignVCenter)
    card = Zone("card", line)
    card.setAccessibleName(f"{device.name}, {about}")
    return card
