"""The top of the window: the drawer, the collection's name, the one search box, the one ``+``."""

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QMenu, QPushButton
from typing_extensions import override

from desktop.ui.controls import IconButton
from desktop.ui.look import Icon, Look, look_of
from desktop.ui.zone import Zone, row
from shared.skins.tokens import Role, Word

WIDEST_SEARCH = 560
PAUSE_MILLIS = 60
"""Between the last letter typed and the search, so that fast typing costs one search."""


class SearchBox(QLineEdit):
    """Finds as you type. Esc empties it and gives the keyboard back to the list."""

    searched = Signal(str)
    left = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "search")
        self.setAccessibleName("Search")
        self.setClearButtonEnabled(True)
        self._pause = QTimer(self, singleShot=True, interval=PAUSE_MILLIS)
        self._pause.timeout.connect(lambda: self.searched.emit(self.text()))
        self.textChanged.connect(lambda _text: self._pause.start())
        self._glass = self.addAction(
            look_of(self).icon(Icon.SEARCH), QLineEdit.ActionPosition.LeadingPosition
        )

    def begin(self, typed: str = "") -> None:
        """Take the keyboard, and what was typed elsewhere."""
        self.setFocus(Qt.FocusReason.ShortcutFocusReason)
        if typed:
            self.insert(typed)
        else:
            self.selectAll()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc empties and leaves; Down and Enter go to the list."""
        match event.key():
            case Qt.Key.Key_Escape:
                self.clear()
                self.left.emit()
            case Qt.Key.Key_Down | Qt.Key.Key_Return | Qt.Key.Key_Enter:
                self.left.emit()
            case _:
                super().keyPressEvent(event)

    def wear(self, look: Look) -> None:
        """Take the glass and the words of a look."""
        self._glass.setIcon(look.icon(Icon.SEARCH, Role.TEXT_QUIET))
        hint = "   /" if look.key_hints else ""
        self.setPlaceholderText(f"{look.word(Word.SEARCH)}: name, animal, tag, place{hint}")


class TopBar(Zone):
    """The bar over the three zones."""

    def __init__(self, collection: str, menu: QMenu) -> None:
        self.search = SearchBox()
        self.drawer = IconButton("Show or hide the sidebar", Icon.SIDEBAR)
        self.sheet = IconButton("Show or hide the details", Icon.INSPECTOR)
        self.add = IconButton("Add", Icon.ADD, role="primary")
        self.name = QPushButton()
        self.name.setProperty("role", "quiet")
        self.show_name(collection)
        self.name.setMenu(menu)
        super().__init__(
            "bar",
            row(self.drawer, self.name, None, self.search, None, self.sheet, self.add, edge=2),
        )
        box = self.layout()
        if box is not None:
            box.setStretch(3, 6)  # type: ignore[attr-defined]  # it is the row made above

    def show_name(self, collection: str) -> None:
        """Show what the collection is called."""
        self.name.setText(collection.replace("&", "&&"))
        self.name.setAccessibleName(f"Collection {collection}")

    @override
    def put_on(self, look: Look) -> None:
        """Take distances, sizes and words of a look."""
        super().put_on(look)
        self.search.wear(look)
        self.search.setMaximumWidth(look.scaled(WIDEST_SEARCH))
        self.add.show_icon(Icon.ADD, f"{look.word(Word.ADD)} a {look.word(Word.COPY)}")
