"""What a collector's hands and eyes do, on the real widgets of this process.

Controls are found as a screen reader finds them: by the name that they say.
"""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from time import monotonic, sleep

from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QLabel, QPlainTextEdit, QPushButton, QWidget

PATIENCE_SECONDS = 60.0
_GLANCE_MILLIS = 20


class NotOnScreenError(LookupError):
    """What the hands reach for is not on the screen."""


def widgets() -> Iterator[QWidget]:
    """Yield all that is visible, window by window."""
    for window in QApplication.topLevelWidgets():
        if window.isVisible():
            yield window
            yield from (widget for widget in window.findChildren(QWidget) if widget.isVisible())


def names_of(widget: QWidget) -> tuple[str, str]:
    """Return what a widget is called: its name for the ear, and the words on it."""
    words = widget.property("text")
    return widget.accessibleName(), words if isinstance(words, str) else ""


def named(name: str) -> QWidget:
    """Return the visible control of a name, one that takes the keyboard before one that does not.

    Raise NotOnScreenError if there is none.
    """
    found = [widget for widget in widgets() if name in names_of(widget)]
    if not found:
        raise NotOnScreenError(f"Nothing on the screen is called \u201c{name}\u201d.")
    return min(found, key=lambda widget: widget.focusPolicy() is Qt.FocusPolicy.NoFocus)


def read(pattern: str) -> str:
    """Return the first words on the screen that match a pattern whole, or raise."""
    for widget in widgets():
        for words in names_of(widget):
            if re.fullmatch(pattern, words):
                return words
    raise NotOnScreenError(f"Nothing on the screen reads like \u201c{pattern}\u201d.")


def wait_until(what: str, true: Callable[[], bool], seconds: float = PATIENCE_SECONDS) -> None:
    """Let the program work until something is true, or raise NotOnScreenError."""
    deadline = monotonic() + seconds
    while not true():
        if monotonic() > deadline:
            shown = " | ".join(w.text() for w in widgets() if isinstance(w, QLabel | QPushButton))
            raise NotOnScreenError(
                f"{what} did not come within {seconds:.0f} seconds. The screen says: {shown}"
            )
        QApplication.processEvents()
        sleep(_GLANCE_MILLIS / 1000)  # QTest's own wait would hold up all other threads


def usable(name: str) -> bool:
    """Tell whether a control of a name is there and enabled."""
    return any(name in names_of(widget) and widget.isEnabled() for widget in widgets())


def press(name: str) -> None:
    """Press a button once it can be pressed."""
    wait_until(f"\u201c{name}\u201d", lambda: usable(name))
    button = named(name)
    QTest.mouseClick(button, Qt.MouseButton.LeftButton, pos=_left_middle(button))


def write(widget: QWidget, text: str) -> None:
    """Type into a control in place of what stands there."""
    widget.window().activateWindow()
    widget.setFocus()
    QTest.keyClick(widget, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClicks(widget, text)


def write_field(widget: QWidget, text: str) -> None:
    """Fill a field in: a line is finished by Enter, notes by leaving them, choices by letters."""
    if isinstance(widget, QComboBox):
        widget.setFocus()
        QTest.keyClicks(widget, text)
        return
    write(widget, text)
    if isinstance(widget, QPlainTextEdit):
        widget.clearFocus()
    else:
        QTest.keyClick(widget, Qt.Key.Key_Return)


def drop(widget: QWidget, file: Path) -> None:
    """Drop a file on a widget."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(file))])
    at = QPointF(widget.rect().center())
    buttons, modifiers = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    copy = Qt.DropAction.CopyAction
    QApplication.sendEvent(widget, QDragEnterEvent(at.toPoint(), copy, data, buttons, modifiers))
    QApplication.sendEvent(widget, QDropEvent(at, copy, data, buttons, modifiers))


def _left_middle(widget: QWidget) -> QPoint:
    """Where a check box listens: on its box and words, which begin at the left."""
    return QPoint(min(12, widget.width() // 2), widget.height() // 2)
