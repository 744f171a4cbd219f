"""The middle of the window: totals, the three views, the order, and the shelf itself."""

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QComboBox
from typing_extensions import override

from desktop.collection.values import Column, Query, Totals
from desktop.ui.controls import Button, Text
from desktop.ui.live import LiveCollection
from desktop.ui.look import Icon, Look, look_of
from desktop.ui.notation import Notation
from desktop.ui.pictures import PictureFetch
from desktop.ui.shelf import Emptiness, ShelfView
from desktop.ui.window.stock import FoundStock
from desktop.ui.zone import Zone, column, row
from shared.ids import RecordId
from shared.skins.tokens import View, Word

TRASH = "trash"
_DOT = "  \u00b7  "
_VIEWS = (
    (View.GRID, Word.GRID, Icon.GRID),
    (View.TABLE, Word.TABLE, Icon.TABLE),
    (View.CABINET, Word.CABINET, Icon.CABINET),
)
_SORTS: tuple[tuple[str, Column, bool], ...] = (
    ("Name", Column.NAME, False),
    ("Newest first", Column.ADDED, True),
    ("Style number", Column.STYLE_NUMBER, False),
    ("Animal", Column.ANIMAL, False),
    ("Condition", Column.CONDITION, False),
    ("Most valuable", Column.VALUE, True),
    ("Most paid", Column.PAID, True),
    ("Acquired last", Column.ACQUIRED, True),
    ("Place", Column.LOCATION, False),
)


class ListZone(Zone):
    """Asks the collection what to list, and shows it."""

    viewed = Signal(object)  # View

    def __init__(self, live: LiveCollection, notation: Notation, pictures: PictureFetch) -> None:
        self._live, self._notation, self._pictures = live, notation, pictures
        self.shelf = ShelfView(notation)
        self._totals = Text(role="strong", one_line=True)
        self._views = QButtonGroup()
        self._sort = QComboBox()
        self._sort.setProperty("role", "inplace")
        self._sort.setAccessibleName("Order")
        for words, *_how in _SORTS:
            self._sort.addItem(words)
        self._switches = {view: self._switch(view, word, icon) for view, word, icon in _VIEWS}
        head = row(self._totals, self._sort, *self._switches.values(), gap=1, edge=2, sides=4)
        head.setStretch(0, 1)
        super().__init__(layout=column(Zone(layout=head), self.shelf, gap=0))
        self._query = Query()
        self._found_totals = Totals(0, {}, {})
        self._money_hidden = False
        self._sort.activated.connect(lambda at: self.sort(*_SORTS[at][1:]))
        self.shelf.sort_asked.connect(self.sort)

    @property
    def query(self) -> Query:
        """What is listed."""
        return self._query

    @property
    def copies(self) -> Sequence[RecordId]:
        """The copies that are listed, in order."""
        return self.shelf.pages.ids

    def list_shelf(self, key: str) -> None:
        """List a shelf of the sidebar."""
        self._ask(replace(self._query, shelf=key))

    def search(self, words: str) -> None:
        """List what fits some words."""
        self._ask(replace(self._query, words=words))

    def sort(self, by: Column, descending: bool) -> None:  # noqa: FBT001 - as the header signals
        """List in another order."""
        self._ask(replace(self._query, sort=by, descending=descending))

    def refresh(self) -> None:
        """Ask again, for something changed."""
        self._ask(self._query)

    def show_view(self, view: View) -> None:
        """Show grid, table or cabinet."""
        self._switches[view].setChecked(True)
        self.shelf.show_view(view)
        self.viewed.emit(view)

    def hide_money(self, *, hidden: bool) -> None:
        """Leave amounts out, for guests."""
        self._money_hidden = hidden
        self.shelf.hide_money(hidden=hidden)
        self._say_totals()

    @override
    def put_on(self, look: Look) -> None:
        super().put_on(look)
        for view, word, _icon in _VIEWS:
            self._switches[view].setToolTip(look.word(word))
            self._switches[view].setAccessibleName(look.word(word))
        self._say_totals()

    def _ask(self, query: Query) -> None:
        self._query = query
        found = self._live.collection.find(query)
        self._found_totals = found.totals
        self._say_totals()
        self.shelf.when_empty(_emptiness(query, look_of(self)))
        self.shelf.show_stock(FoundStock(found, self._live, self._pictures))
        self.shelf.show_sort(query.sort, descending=query.descending)
        known = [how for _words, *how in _SORTS]
        wished = [query.sort, query.descending]
        self._sort.setCurrentIndex(known.index(wished) if wished in known else -1)

    def _say_totals(self) -> None:
        totals, look = self._found_totals, look_of(self)
        word = look.word(Word.COPY if totals.copies == 1 else Word.COPIES)
        parts = [f"{self._notation.count(totals.copies)} {word}"]
        if not self._money_hidden:
            parts += [f"worth {self._notation.sum(totals.value)}"] if totals.value else []
            parts += [f"paid {self._notation.sum(totals.paid)}"] if totals.paid else []
        self._totals.say_shorter([_DOT.join(parts[:count]) for count in (3, 2, 1)])

    def _switch(self, view: View, word: Word, icon: Icon) -> Button:
        switch = Button("", "segment", icon=icon, pressed=lambda: self.show_view(view))
        switch.setAccessibleName(word.value.capitalize())
        switch.setCheckable(True)
        self._views.addButton(switch)
        return switch


def _emptiness(query: Query, look: Look) -> Emptiness:
    """Choose the words for an empty list by why it is empty, with one thing to do next."""
    copy, copies = look.word(Word.COPY), look.word(Word.COPIES)
    if query.words:
        return Emptiness(
            f"Nothing fits \u201c{query.words}\u201d",
            "Try fewer letters, or another shelf. Esc empties the search.",
        )
    if query.shelf == TRASH:
        return Emptiness("The trash is empty", f"Deleted {copies} wait here until you want them.")
    if query.shelf:
        return Emptiness("Nothing stands here yet", "", f"{look.word(Word.ADD)} a {copy}")
    return Emptiness(
        f"No {copies} yet",
        "Type a name, a style number or a bar code: the catalogue knows 990 pieces.",
        f"{look.word(Word.ADD)} your first {copy}",
    )
