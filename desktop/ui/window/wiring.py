"""Who hears whom in the main window."""

from typing import TYPE_CHECKING

from PySide6.QtGui import QAction

from desktop.collection.values import Draft
from desktop.ui.status.details import Ways, pop_up_details
from shared.ids import RecordId

if TYPE_CHECKING:  # the window calls this once it has its panels
    from desktop.ui.window.main_window import MainWindow


def wire(window: "MainWindow") -> None:
    """Connect the panels of a window with each other and with its deeds."""
    _wire_finding(window)
    _wire_shelf(window)
    _wire_side(window)
    _wire_edges(window)


def _wire_finding(window: "MainWindow") -> None:
    panels, pages = window.panels, window.pages
    search, listed = panels.top.search, panels.list

    def choose(key: str) -> None:
        pages.show_list()
        panels.folding.close_floating()
        listed.list_shelf(key)

    def find(words: str) -> None:
        if words:
            pages.leave()
        listed.search(words)

    panels.sidebar.chosen.connect(choose)
    search.searched.connect(find)
    search.left.connect(listed.shelf.setFocus)


def _wire_shelf(window: "MainWindow") -> None:
    panels, deeds, shelf = window.panels, window.deeds, window.panels.list.shelf

    def open_details(copy: RecordId) -> None:
        panels.side.setCurrentWidget(panels.inspector)
        panels.inspector.show_copy(copy)
        panels.folding.open_sheet()
        panels.inspector.setFocus()

    shelf.current_changed.connect(window.show_copy)
    shelf.opened.connect(open_details)
    shelf.delete_asked.connect(deeds.delete)
    shelf.begun.connect(window.add)
    shelf.photos_dropped.connect(window.drop_photos)
    shelf.menu_asked.connect(window.show_menu)


def _wire_side(window: "MainWindow") -> None:
    panels, deeds = window.panels, window.deeds

    def save(draft: Draft, another: bool) -> None:  # noqa: FBT001 - as the panel signals
        copy = deeds.add(draft, panels.add, another=another)
        if copy is not None:
            panels.list.shelf.choose([copy])
            if not another:
                close()

    def close() -> None:
        panels.side.setCurrentWidget(panels.inspector)
        panels.folding.close_floating()
        panels.inspector.show_copy(panels.list.shelf.current)
        panels.list.shelf.setFocus()

    panels.add.saved.connect(save)
    panels.add.closed.connect(close)
    panels.inspector.stepped.connect(panels.list.shelf.choose_beside)
    panels.inspector.past_wanted.connect(window.past.show_piece)
    panels.inspector.closed.connect(panels.folding.toggle_sheet)


def _wire_edges(window: "MainWindow") -> None:
    panels, pages = window.panels, window.pages

    def details() -> None:
        collection = window.live.collection
        late = pages.show_late if collection.late.all() else None
        ways = Ways(pages.show_devices, late, collection.sync, collection.dismiss)
        shown = pop_up_details(collection.status, window.notation, panels.status, ways)
        window.live.synced.connect(shown.show_status)

    panels.top.add.clicked.connect(window.add)
    panels.top.drawer.clicked.connect(panels.folding.toggle_drawer)
    panels.top.sheet.clicked.connect(panels.folding.toggle_sheet)
    panels.status.details_wanted.connect(details)
    panels.status.conflicts_wanted.connect(window.past.show_choices)
    window.backups.told.connect(panels.bar.tell)
    window.backups.troubled.connect(
        lambda words: panels.bar.warn(words, action="Backups", run=pages.show_backups)
    )
    window.exchange.told.connect(panels.bar.tell)
    window.exchange.troubled.connect(
        lambda words: panels.bar.warn(words, action="Exchange", run=pages.show_exchange)
    )
    menu = panels.top.name.menu()
    for name in ("another", "times", "lock", "backups", "settings", "about"):
        action: QAction = window.commands[name]
        menu.addAction(action)
