"""The devices that may read this collection, and the ways to have more of them."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, Signal

from desktop.collection.kit import KitState
from desktop.collection.values import DeviceCard, ForkedList, Parting, Rights, SyncStatus
from desktop.ui.controls import Button, Text
from desktop.ui.devices.card import DeviceTile, FormerTile
from desktop.ui.devices.comparison import Comparison
from desktop.ui.devices.fork_notice import ForkNotice
from desktop.ui.devices.moved_notice import MovedNotice
from desktop.ui.devices.online import Online
from desktop.ui.devices.parted_notice import PartedNotice
from desktop.ui.devices.sign_up import SignUp
from desktop.ui.look import Icon, say
from desktop.ui.notation import Notation
from desktop.ui.page import Page
from desktop.ui.zone import Zone, column, row

_ALONE = (
    "This collection lives on this computer only. Others can join it, with a server or without."
)
_TOGETHER_ALONE = "Each of these can read this collection, and nobody else."
_TOGETHER = "Each of these can read this collection, and no other. The server cannot."
_BY_HAND = "Devices also exchange through a stick, a shared folder, or as one file."
_LOOKS = "This device may only look: it shows everything and changes nothing."


class DevicesPage(Page):
    """A card for each device, this one first; then adding one, or signing up with a server."""

    add_wanted = Signal()
    files_wanted = Signal()
    signed_up = Signal()
    server_wanted = Signal()
    move_wanted = Signal()
    leave_wanted = Signal()
    kit_wanted = Signal()
    renamed = Signal(object, str)  # DeviceId
    removed = Signal(object)  # DeviceId
    kept = Signal(object)  # DeviceId
    granted = Signal(object, object)  # DeviceId, Rights
    recognised = Signal(object)  # DeviceId
    excused = Signal(object)  # DeviceId
    late_wanted = Signal()
    new_kit_wanted = Signal()
    exchange_wanted = Signal()
    followed = Signal(bool)  # whether this side's changes are to be done again

    def __init__(
        self,
        online: Online,
        notation: Notation,
        words: Callable[[], Sequence[str]],
        waiting: Callable[[], int],
    ) -> None:
        self._notation = notation
        self._server = online.server
        self._devices: tuple[DeviceCard, ...] = ()
        self._gone: tuple[DeviceCard, ...] = ()
        self._kit: KitState | None = None
        self._tiles: list[DeviceTile] = []
        self._add: Button | None = None
        self._cards = Zone(layout=column(gap=2))
        self._former = Zone(layout=column(gap=2))
        self._heading = Text("Removed devices", "title")
        self._looks = Text(_LOOKS)
        say(self._looks, "warning")
        self._fork = ForkNotice(by_hand=not self._server)
        self._parted = PartedNotice(by_hand=not self._server)
        self._comparison = Comparison(words, waiting, by_hand=not self._server)
        self._lead = Text(_TOGETHER if self._server else _ALONE)
        self._by_files = self._adding_by_files()
        more = self._adding() if self._server else SignUp(online)
        self._moved = MovedNotice(online)
        gone = column(self._heading, self._former, gap=2)
        body = Zone(
            layout=column(
                self._fork,
                self._parted,
                self._moved,
                self._lead,
                self._looks,
                self._cards,
                self._by_files,
                more,
                self._by_hand(),
                self._comparison,
                gone,
                gap=4,
            )
        )
        self._comparison.setVisible(bool(self._server))
        super().__init__("Devices", body)
        self._fork.followed.connect(self.followed)
        self._moved.done.connect(self.signed_up)
        if isinstance(more, SignUp):
            more.done.connect(self.signed_up)

    def show_devices(
        self,
        devices: Sequence[DeviceCard],
        former: Sequence[DeviceCard] = (),
        kit: KitState | None = None,
        fork: ForkedList | None = None,
        elsewhere: str = "",
    ) -> None:
        """List these devices, unless somebody is in the middle of a card."""
        self._comparison.refresh()
        self._fork.show_fork(fork)
        self._moved.show_address(elsewhere)
        now = (tuple(devices), tuple(former), kit)
        if now == (self._devices, self._gone, self._kit) or any(tile.busy for tile in self._tiles):
            return
        self._devices, self._gone, self._kit = now
        rights = next((card.rights for card in devices if card.this_one), Rights.OWNER)
        owner = rights is Rights.OWNER
        manages = owner
        self._looks.setVisible(rights is Rights.VIEWER)
        self._by_files.setVisible(owner and not self._server)
        if not self._server:
            computers = [card for card in devices if not card.paper]
            self._lead.say(_TOGETHER_ALONE if len(computers) > 1 else _ALONE)
            self._comparison.setVisible(len(computers) > 1)
        self._tiles = [
            self._tile(device, manages=owner if device.paper else manages) for device in devices
        ]
        _refill(self._cards, self._tiles)
        _refill(self._former, [self._former_tile(device) for device in former])
        self._heading.setVisible(bool(former))
        if self._add is not None:
            self._add.setVisible(manages)

    def show_parting(self, parting: Parting | None) -> None:
        """Show who follows another version of a history than this device, and the way out."""
        self._parted.show_parting(parting)

    def follow(self, _status: SyncStatus) -> None:
        """Keep the words in step: edits count once they are sealed, which the status tells."""
        self._comparison.refresh()

    def _tile(self, device: DeviceCard, *, manages: bool) -> DeviceTile:
        kit = self._kit if device.paper else None
        tile = DeviceTile(
            device, self._notation, manages=manages, kit=kit, by_hand=not self._server
        )
        tile.new_kit_wanted.connect(self.new_kit_wanted)
        tile.granted.connect(self.granted)
        tile.recognised.connect(self.recognised)
        tile.excused.connect(self.excused)
        tile.renamed.connect(self.renamed)
        tile.removed.connect(self.removed)
        tile.kept.connect(self.kept)
        tile.kit_wanted.connect(self.kit_wanted)
        return tile

    def _former_tile(self, device: DeviceCard) -> FormerTile:
        tile = FormerTile(device, self._notation)
        tile.late_wanted.connect(self.late_wanted)
        return tile

    def _adding(self) -> Zone:
        address = Text(f"Server: {self._server}", "caption")
        address.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._add = add = Button("Add a device", "primary", icon=Icon.ADD, pressed=self._ask_add)
        knows = Button("What the server knows", icon=Icon.SHOW, pressed=self._ask_server)
        other = Button("Another server\u2026", "link", pressed=self._ask_move)
        none = Button("Without a server from now on\u2026", "link", pressed=self._ask_leave)
        # Methods, not the signals themselves: those exist only once the page does.
        return Zone(
            layout=column(
                row(add, knows, None, gap=2), address, row(other, none, None, gap=3), gap=2
            )
        )

    def _adding_by_files(self) -> Zone:
        words = Text("Without a server, two files that you carry over let it in.", "caption")
        add = Button("Add a device", "primary", icon=Icon.ADD, pressed=self._ask_files)
        return Zone(layout=column(row(add, None), words, gap=2))

    def _by_hand(self) -> Zone:
        go = Button("Exchange folder and bundles", icon=Icon.SYNC, pressed=self._ask_exchange)
        return Zone(
            layout=column(
                column(Text("Without a server", "title"), Text(_BY_HAND, "caption"), gap=0),
                row(go, None),
                gap=3,
            )
        )

    def _ask_exchange(self) -> None:
        self.exchange_wanted.emit()

    def _ask_files(self) -> None:
        self.files_wanted.emit()

    def _ask_add(self) -> None:
        self.add_wanted.emit()

    def _ask_server(self) -> None:
        self.server_wanted.emit()

    def _ask_move(self) -> None:
        self.move_wanted.emit()

    def _ask_leave(self) -> None:
        self.leave_wanted.emit()


def _refill(zone: Zone, tiles: Sequence[Zone]) -> None:
    """Put other cards in the place of those that are there."""
    box = zone.layout()
    if box is None:
        return
    while item := box.takeAt(0):
        if widget := item.widget():
            widget.hide()  # it is deleted only when Qt has time
            widget.deleteLater()
    for tile in tiles:
        box.addWidget(tile)
        tile.show()
