"""What the conductor can ask of a device: each move is something a collector does or sees."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from desktop.application.demo import hands
from desktop.application.demo.hands import NotOnScreenError
from desktop.collection.values import Detail
from desktop.ui.field.form import Place, label_of
from desktop.ui.inspector.photos import PhotoPanel
from desktop.ui.window.main_window import MainWindow
from shared.domain.schema import Kind
from shared.skins.tokens import Scheme

_EXPOSURE_MILLIS = 400  # photos arrive bit by bit
_CONTROL = Qt.KeyboardModifier.ControlModifier


def main_window() -> MainWindow:
    """Return the window of the open collection, or raise NotOnScreenError."""
    for window in QApplication.topLevelWidgets():
        if isinstance(window, MainWindow) and window.isVisible():
            return window
    raise NotOnScreenError("No collection is open.")


def press(name: str) -> None:
    """Press a button."""
    hands.press(name)


def write(name: str, text: str) -> None:
    """Type into a control."""
    hands.wait_until(f"\u201c{name}\u201d", lambda: hands.usable(name))
    hands.write(hands.named(name), text)


def read(pattern: str, seconds: float = hands.PATIENCE_SECONDS) -> str:
    """Wait for words that match a pattern, and return them."""
    hands.wait_until(f"\u201c{pattern}\u201d", lambda: _readable(pattern), seconds)
    return hands.read(pattern)


def read_code() -> str:
    """Return the code that this new device shows."""
    name = "Code for the other device"
    hands.wait_until("The code", lambda: hands.usable(name))
    return str(hands.named(name).property("plainText"))


def choose(command: str) -> None:
    """Choose a command of the menus."""
    main_window().commands[command].trigger()


def open_window() -> str:
    """Wait until a collection is open, and return its window's title."""
    hands.wait_until("The open collection", _is_open)
    return main_window().windowTitle()


def add(typed: str, fields: Mapping[str, str]) -> None:
    """Add a copy: type its name, take the first piece, fill in fields, save and go on."""
    panel = main_window().panels.add
    if not panel.isVisible():
        choose("add")
    hands.write(hands.named("Which one?"), typed)
    QTest.keyClick(hands.named("Which one?"), Qt.Key.Key_Return)
    for field, text in fields.items():
        fill(field, text)
    before = len(listed())
    QTest.keyClick(panel, Qt.Key.Key_Return, _CONTROL)
    hands.wait_until(f"The new {typed}", lambda: len(listed()) == before + 1)


def stop_adding() -> None:
    """Close the panel for new copies."""
    QTest.keyClick(main_window().panels.add, Qt.Key.Key_Escape)


def fill(field: str, text: str) -> None:
    """Fill in a field of the copy that is shown."""
    place = Place(Kind.COPY, field)
    hands.write_field(hands.named(label_of(place, main_window().wardrobe.look)), text)


def listed() -> list[str]:
    """Return the names of the copies in the list, in its order."""
    window = main_window()
    return [row.name for row in window.live.collection.rows(window.panels.list.copies)]


def search(words: str, count: int) -> list[str]:
    """Type into the search box and wait for as many copies as are expected."""
    _look_for(words)
    hands.wait_until(f"{count} times \u201c{words}\u201d", lambda: len(listed()) == count)
    return listed()


def pick(name: str) -> None:
    """Find a copy by its name and click on it."""
    shelf = main_window().panels.list.shelf
    _look_for(name)
    hands.wait_until(f"{name} in the list", lambda: name in listed())
    at = listed().index(name)
    shelf.reveal(at, glide=False)
    middle = shelf.cell_rect(at).center()
    QTest.mouseClick(shelf.viewport(), Qt.MouseButton.LeftButton, pos=middle)


def delete() -> None:
    """Put the copy that was picked into the trash, by key."""
    QTest.keyClick(main_window().panels.list.shelf, Qt.Key.Key_Delete)


def go_to_first() -> str:
    """Go to the first copy of the list, and return its name."""
    shelf = main_window().panels.list.shelf
    QTest.keyClick(shelf, Qt.Key.Key_Home)
    return _current_name()


def go_on() -> str:
    """Go to the next copy of the list, and return its name."""
    choose("next")
    return _current_name()


def drop_photo(file: str) -> None:
    """Drop a picture file on the photos of the copy that is shown, and see it arrive."""
    window = main_window()
    copy, detail = window.panels.inspector.copy, window.live.collection.detail
    hands.drop(window.panels.inspector.findChildren(PhotoPanel)[0], Path(file))
    hands.wait_until("The photo", lambda: copy is not None and _has_photo(detail(copy)))


def see_photo() -> None:
    """Wait for the large picture of the copy that is shown; looking at it makes it come."""
    window = main_window()
    copy, detail = window.panels.inspector.copy, window.live.collection.detail
    hands.wait_until("The large photo", lambda: copy is not None and _is_here(detail(copy)))


def state() -> dict[str, Any]:
    """Tell what this device holds: content hash, copies, small photos, conflicts, edits to send."""
    collection, copies = main_window().live.collection, main_window().panels.list.copies
    details = [collection.detail(copy) for copy in copies]
    photos = [photo.photo for detail in details if detail for photo in detail.photos]
    return {
        "hash": collection.content_hash.hex(),
        "names": listed(),
        "photos": sum(collection.photos.thumbnail(photo) is not None for photo in photos),
        "conflicts": len(collection.conflicts()),
        "flagged": [row.name for row in collection.rows(copies) if row.flagged],
        "waiting": collection.status.waiting,
        "phase": collection.status.phase.name,
    }


def shot(file: str, scheme: str) -> None:
    """Save a picture of the window as it looks in ``light`` or ``dark``."""
    window = main_window()
    window.panels.bar.hide()
    window.wardrobe.put_on(replace(window.wardrobe.look, scheme=Scheme(scheme)))
    QTest.qWait(_EXPOSURE_MILLIS)
    window.grab().save(file)


def leave() -> None:
    """Close the window, which ends the program."""
    main_window().close()


def _look_for(words: str) -> None:
    panels = main_window().panels
    hands.write(panels.top.search, words)
    if not words:
        QTest.keyClick(panels.top.search, Qt.Key.Key_Backspace)
    hands.wait_until(f"The search for {words}", lambda: panels.list.query.words == words)


def _readable(pattern: str) -> bool:
    try:
        return bool(hands.read(pattern))
    except NotOnScreenError:
        return False


def _has_photo(detail: Detail | None) -> bool:
    return detail is not None and bool(detail.photos)


def _is_here(detail: Detail | None) -> bool:
    return _has_photo(detail) and detail is not None and detail.photos[0].here


def _is_open() -> bool:
    return any(
        isinstance(window, MainWindow) and window.isVisible()
        for window in QApplication.topLevelWidgets()
    )


def _current_name() -> str:
    window = main_window()
    current = window.panels.list.shelf.current
    rows = window.live.collection.rows([current] if current else [])
    if not rows:
        raise NotOnScreenError("No copy is chosen in the list.")
    return rows[0].name


MOVES: Mapping[str, Callable[..., Any]] = {
    move.__name__: move
    for move in (
        press,
        write,
        read,
        read_code,
        choose,
        open_window,
        add,
        stop_adding,
        fill,
        listed,
        search,
        pick,
        delete,
        go_to_first,
        go_on,
        drop_photo,
        see_photo,
        state,
        shot,
        leave,
    )
}
"""The moves by name, as they come over the line."""
