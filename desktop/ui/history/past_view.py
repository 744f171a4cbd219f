"""Shelves, list and details of a day gone by, under a band that says so."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from typing_extensions import override

from desktop.collection.times import Bygone
from desktop.ui.controls import Button, IconButton, Text
from desktop.ui.inspector.inspector import Inspector
from desktop.ui.live import LiveCollection
from desktop.ui.look import Icon, Look, say
from desktop.ui.notation import Notation
from desktop.ui.pictures import PictureFetch
from desktop.ui.sidebar.sidebar import Sidebar
from desktop.ui.window.folding import Folding
from desktop.ui.window.list_zone import ListZone
from desktop.ui.window.top_bar import SearchBox
from desktop.ui.zone import Zone, column, row
from shared.ids import RecordId
from shared.skins.tokens import View

_ONLY = "Nothing can be changed here."


class PastView(Zone):
    """Reads like the window, and writes nothing. ``left``: back to today, or Esc."""

    left = Signal()

    def __init__(
        self, past: Bygone, day: str, notation: Notation, view: View, *, money_hidden: bool
    ) -> None:
        self._past = past
        self.live = LiveCollection(past.collection)
        self._pictures = PictureFetch(past.collection.photos)
        self.search = SearchBox()
        self.sidebar = Sidebar(notation)
        self.list = ListZone(self.live, notation, self._pictures)
        self.inspector = Inspector(self.live, notation, self._pictures, history=False)
        self.inspector.only_show(only=True)
        self._folding = Folding(self.sidebar, self.list, self.inspector)
        box = column(self._band(day), self._folding, gap=0)
        box.setStretch(1, 1)
        super().__init__("page", box)
        self.setAccessibleName(f"The collection as it was on {day}")
        self.live.setParent(self)
        self._pictures.setParent(self)
        self._wire()
        self.sidebar.show_shelves(past.collection.shelves())
        self.list.show_view(view)
        self.list.hide_money(hidden=money_hidden)
        self.inspector.hide_money(hidden=money_hidden)
        self.list.refresh()

    def close_past(self) -> None:
        """Let go of everything that belongs to that day."""
        self._pictures.stop()
        self.live.stop()
        self._past.close()

    @override
    def put_on(self, look: Look) -> None:
        super().put_on(look)
        self.search.wear(look)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        typed = event.text()
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        elif typed.strip() and typed.isprintable():
            self.search.begin(typed)
        else:
            super().keyPressEvent(event)

    def _band(self, day: str) -> Zone:
        words = Text(f"As it was on {day}", "strong", one_line=True)
        only = Text(_ONLY, "caption", one_line=True)
        back = Button("Back to today", "primary", icon=Icon.LEFT, pressed=self._leave)
        drawer = IconButton("Show or hide the sidebar", Icon.SIDEBAR, pressed=self._toggle_drawer)
        sheet = IconButton("Show or hide the details", Icon.INSPECTOR, pressed=self._toggle_sheet)
        said = column(words, only, gap=0)
        inner = row(drawer, back, said, self.search, sheet, gap=2, edge=2)
        inner.setStretch(2, 3)
        inner.setStretch(3, 2)
        band = Zone("notice", inner)
        say(band, "warning", name="state")
        band.setAccessibleName(f"{words.text()}. {_ONLY}")
        return band

    def _toggle_drawer(self) -> None:
        self._folding.toggle_drawer()

    def _toggle_sheet(self) -> None:
        self._folding.toggle_sheet()

    def _leave(self) -> None:
        self.left.emit()

    def _wire(self) -> None:
        shelf = self.list.shelf

        def opened(copy: RecordId) -> None:
            self.inspector.show_copy(copy)
            self._folding.open_sheet()

        self.sidebar.chosen.connect(self.list.list_shelf)
        self.search.searched.connect(self.list.search)
        self.search.left.connect(shelf.setFocus)
        shelf.current_changed.connect(self._show_copy)
        shelf.opened.connect(opened)
        self.inspector.stepped.connect(shelf.choose_beside)
        self.inspector.closed.connect(self._folding.toggle_sheet)

    def _show_copy(self, copy: RecordId | None) -> None:
        self.inspector.show_copy(copy)
        self.inspector.only_show(only=True)
