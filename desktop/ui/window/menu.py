"""The commands of the main window, in the order of its menus."""

from typing import TYPE_CHECKING

from desktop.ui.window.commands import Command
from shared.skins.tokens import View

if TYPE_CHECKING:  # the window makes its menus with this
    from desktop.ui.window.main_window import MainWindow

PAUSE, CONTINUE = "Pause the sync", "Continue the sync"
FILE, EDIT, VIEW, GO, HELP = "&Collection", "&Edit", "&View", "&Go", "&Help"


def commands(window: "MainWindow") -> tuple[Command, ...]:
    """List what can be done, each with its keys."""
    panels, deeds = window.panels, window.deeds
    shelf, inspector, past = panels.list.shelf, panels.inspector, window.past
    return (
        Command("add", FILE, "Add\u2026", window.add, "Ctrl+N"),
        Command("photos", FILE, "Add photos\u2026", inspector.add_photos, "Ctrl+Shift+P"),
        Command("another", FILE, "Another collection\u2026", window.another_wanted.emit, "Ctrl+O"),
        Command("backups", FILE, "Backups", window.pages.show_backups, "Ctrl+Shift+B"),
        Command("from_backup", FILE, "Restore from a backup\u2026", window.restore_wanted.emit),
        Command("settings", FILE, "Settings", window.pages.show_settings, "Ctrl+,"),
        Command("lock", FILE, "Lock", window.lock_wanted.emit, "Ctrl+L"),
        Command("close", FILE, "Close", window.close, "Ctrl+Q"),
        Command("undo", EDIT, "Undo", deeds.undo, "Ctrl+Z"),
        Command("redo", EDIT, "Redo", deeds.redo, "Ctrl+Shift+Z Ctrl+Y"),
        Command("delete", EDIT, "Delete", lambda: deeds.delete(shelf.selected)),
        Command("restore", EDIT, "Take back from the trash", lambda: deeds.restore(shelf.selected)),
        Command("past", EDIT, "History of this field", inspector.show_past, "Ctrl+H"),
        Command("piece", EDIT, "History of this piece", past.show_piece, "Ctrl+Shift+H"),
        Command("grid", VIEW, "Grid", lambda: panels.list.show_view(View.GRID), "Ctrl+1"),
        Command("table", VIEW, "Table", lambda: panels.list.show_view(View.TABLE), "Ctrl+2"),
        Command("cabinet", VIEW, "Cabinet", lambda: panels.list.show_view(View.CABINET), "Ctrl+3"),
        Command("sidebar", VIEW, "Sidebar", panels.folding.toggle_drawer, "Ctrl+B"),
        Command("details", VIEW, "Details", panels.folding.toggle_sheet, "Ctrl+I"),
        Command("guest", VIEW, "Hide amounts", window.hide_money, "Ctrl+G"),
        Command("larger", VIEW, "Larger text", lambda: window.wardrobe.grow(1), "Ctrl++ Ctrl+="),
        Command("smaller", VIEW, "Smaller text", lambda: window.wardrobe.grow(-1), "Ctrl+-"),
        Command("plain", VIEW, "Normal text", lambda: window.wardrobe.grow(0), "Ctrl+0"),
        Command("search", GO, "Search", panels.top.search.begin, "Ctrl+F /"),
        Command("next", GO, "Next", lambda: shelf.choose_beside(1), "Alt+Down"),
        Command("previous", GO, "Previous", lambda: shelf.choose_beside(-1), "Alt+Up"),
        Command("list", GO, "Back to the list", window.pages.show_list, "Alt+Left"),
        Command("conflicts", GO, "Values to choose", past.show_choices),
        Command("times", GO, "Back in time\u2026", past.show_times, "Ctrl+T"),
        Command("devices", GO, "Devices", window.pages.show_devices),
        Command("sync", GO, "Sync now", window.sync_now, "F5"),
        Command("pause", GO, PAUSE, window.pause_sync, "Shift+F5"),
        Command("commands", HELP, "All commands\u2026", window.show_palette, "Ctrl+K F1"),
        Command("about", HELP, "About Swingtag", window.pages.show_about),
    )
