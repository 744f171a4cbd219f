"""What a collector's hands do, on real widgets."""

from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton, QWidget

from desktop.ui.kit.kit import kit_text
from desktop.ui.kit.page import KitBody

PASSWORD = "correct horse battery"
KEY = Qt.Key
CONTROL = Qt.KeyboardModifier.ControlModifier


def named(root, name, kind=QWidget):
    """Find the visible control of a name."""
    found = [w for w in root.findChildren(kind) if called(w) == name and w.isVisible()]
    assert len(found) == 1, f"{len(found)} controls are called {name!r}"
    return found[0]


def called(widget):
    """Return what a screen reader says of a widget."""
    return widget.accessibleName() or getattr(widget, "text", str)()


def press(root, name):
    """Press a button by its name."""
    QTest.mouseClick(named(root, name, QPushButton), Qt.MouseButton.LeftButton)


def write(root, name, text):
    """Type into a line by its name."""
    line = named(root, name)
    line.setFocus()
    line.selectAll()
    QTest.keyClicks(line, text)


def keys(text="", *presses, modifiers=Qt.KeyboardModifier.NoModifier):
    """Type where the keyboard is."""
    for letter in text:
        QTest.keyClicks(QApplication.focusWidget(), letter)
    for key in presses:
        QTest.keyClick(QApplication.focusWidget(), key, modifiers)


def drop_file(widget, path):
    """Drop a file on a widget."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    at = QPointF(widget.rect().center())
    buttons, modifiers = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    copy = Qt.DropAction.CopyAction
    QApplication.sendEvent(widget, QDragEnterEvent(at.toPoint(), copy, data, buttons, modifiers))
    QApplication.sendEvent(widget, QDropEvent(at, copy, data, buttons, modifiers))


def begin_collection(qtbot, computer, name, skin="Classic", *, server=None, kits=None):
    """Go through the first run; ``server`` is an address and a name, ``kits`` collects texts."""
    first = computer.first_run
    press(first, "Start a new collection")
    write(first, "Name of the collection", name)
    write(first, "Password", PASSWORD)
    write(first, "Password again", PASSWORD)
    press(first, "Next")
    named(first, skin).click()
    press(first, "Next")
    if server is not None:
        sign_up(qtbot, first, *server)
    press(first, "Create the collection")
    qtbot.waitUntil(lambda: shown(first, "The 24 words"), timeout=20_000)
    if kits is not None:
        kits.append(kit_text(first.findChild(KitBody)._kit))
    words = _words(first)
    named(first, "I keep these words where only I find them.").click()
    press(first, "Next")
    for number in (3, 12, 20):
        write(first, f"Word {number}", words[number - 1])
    press(first, "Open my collection")
    qtbot.waitUntil(lambda: computer.window is not None, timeout=20_000)
    return computer.window


def add(window, typed):
    """Add one copy by typing in the add box, taking the first piece that fits."""
    come_forward(window)
    window.commands["add"].trigger()
    write(window, "Which one?", typed)
    keys("", KEY.Key_Return)
    QTest.keyClick(window.panels.add, KEY.Key_Return, CONTROL)


def come_forward(window):
    """Give a window the keyboard."""
    window.activateWindow()
    assert QTest.qWaitForWindowActive(window)


def names(window):
    """The names that the list shows, in its order."""
    return [row.name for row in window.live.collection.rows(window.panels.list.copies)]


def unlock(qtbot, computer, password):
    """Type the password and wait for what comes of it."""
    door = computer.unlock
    write(door, "Password", password)
    press(door, "Unlock")
    qtbot.waitUntil(
        lambda: (
            computer.window is not None or any(w.isVisible() and w.text() for w in [door._trouble])
        ),
        timeout=20_000,
    )


def sign_up(qtbot, first, address, slug):
    """Choose a server in the first run, and a name that is free there."""
    named(first, "Sync my devices through a server, which can read nothing.").click()
    write(first, "Server", address)
    write(first, "Your name there", slug)
    qtbot.waitUntil(named(first, "Create the collection").isEnabled, timeout=20_000)


def shown(root, name):
    """Tell whether something of that name is in sight."""
    return any(w.accessibleName() == name and w.isVisible() for w in root.findChildren(QWidget))


def _words(root):
    found = {}
    for widget in root.findChildren(QWidget):
        name = widget.accessibleName()
        if name.startswith("Word ") and ":" in name:
            number, _, word = name.removeprefix("Word ").partition(": ")
            found[int(number)] = word
    return [found[number] for number in sorted(found)]
