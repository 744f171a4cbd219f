"""The panels of a main window, made once, before they are laid out and wired."""

from dataclasses import dataclass

from PySide6.QtWidgets import QMenu, QStackedWidget

from desktop.ui.add.panel import AddPanel
from desktop.ui.field.form import Editors
from desktop.ui.field.wording import Wording
from desktop.ui.history.news import NewsStrip
from desktop.ui.inspector.inspector import Inspector
from desktop.ui.live import LiveCollection
from desktop.ui.notation import Notation
from desktop.ui.pictures import PictureFetch
from desktop.ui.sidebar.sidebar import Sidebar
from desktop.ui.status.strip import StatusStrip
from desktop.ui.window.folding import Folding
from desktop.ui.window.list_zone import ListZone
from desktop.ui.window.quiet_bar import QuietBar
from desktop.ui.window.top_bar import TopBar


@dataclass(frozen=True, slots=True)
class Panels:
    """Everything that a window shows, by name."""

    top: TopBar
    sidebar: Sidebar
    middle: QStackedWidget
    list: ListZone
    side: QStackedWidget
    inspector: Inspector
    add: AddPanel
    bar: QuietBar
    status: StatusStrip
    news: NewsStrip
    folding: Folding
    wording: Wording

    @classmethod
    def make(
        cls, live: LiveCollection, notation: Notation, pictures: PictureFetch, switch: QMenu
    ) -> "Panels":
        """Make the panels of one collection."""
        collection = live.collection
        words = collection.words
        places = lambda: [place.path for place in words.locations()]  # noqa: E731 - one use
        editors = Editors(notation, words.terms, places, history=False)
        add = AddPanel(collection.reference.search, collection.copies.propose, editors, notation)
        sidebar, listed = Sidebar(notation), ListZone(live, notation, pictures)
        inspector = Inspector(live, notation, pictures)
        middle, side = QStackedWidget(), QStackedWidget()
        middle.addWidget(listed)
        side.addWidget(inspector)
        side.addWidget(add)
        return cls(
            top=TopBar(collection.name, switch),
            sidebar=sidebar,
            middle=middle,
            list=listed,
            side=side,
            inspector=inspector,
            add=add,
            bar=QuietBar(),
            status=StatusStrip(collection.name),
            news=NewsStrip(notation),
            folding=Folding(sidebar, middle, side),
            wording=Wording(words, notation),
        )
