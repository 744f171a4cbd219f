"""The devices that may read this collection."""

from collections.abc import Sequence

from PySide6.QtCore import Signal

from desktop.collection.values import DeviceCard
from desktop.ui.controls import Button, Text
from desktop.ui.look import Icon
from desktop.ui.page import Page
from desktop.ui.zone import Zone, column, row

_ALONE = "This collection lives on this computer only. With a server, other devices can join it."
_TOGETHER = "Each of these can read and change this collection. The server can do neither."


class DevicesPage(Page):
    """A card for each device, this one first, and the way to add another."""

    add_wanted = Signal()

    def __init__(self, *, synced: bool) -> None:
        self._cards = Zone(layout=column(gap=2))
        add = Button("Add a device", "primary", icon=Icon.ADD, pressed=self._ask)
        add.setVisible(synced)
        body = Zone(
            layout=column(Text(_TOGETHER if synced else _ALONE), self._cards, row(add, None), gap=4)
        )
        super().__init__("Devices", body)

    def show_devices(self, devices: Sequence[DeviceCard]) -> None:
        """List these devices."""
        box = self._cards.layout()
        while box is not None and (item := box.takeAt(0)):
            if widget := item.widget():
                widget.deleteLater()
        for device in devices:
            if box is not None:
                box.addWidget(_card(device))

    def _ask(self) -> None:
        self.add_wanted.emit()


def _card(device: DeviceCard) -> Zone:
    about = "Paper, 24 words" if device.paper else device.platform
    words = column(Text(device.name, "strong"), Text(about, "caption"), gap=0)
    line = row(words, gap=3, edge=3)
    if device.this_one:
        here = Text("This device", "chip")
        here.setWordWrap(False)
        line.addWidget(here)
    card = Zone("card", line)
    card.setAccessibleName(f"{device.name}, {about}")
    return card
