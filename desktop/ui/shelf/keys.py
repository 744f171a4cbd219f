"""What the keys do on the shelf."""

from collections.abc import Mapping

from PySide6.QtCore import Qt

from desktop.ui.shelf.arrangement import Step

STEPS: Mapping[int, Step] = {
    Qt.Key.Key_Left: Step.LEFT,
    Qt.Key.Key_Right: Step.RIGHT,
    Qt.Key.Key_Up: Step.UP,
    Qt.Key.Key_Down: Step.DOWN,
    Qt.Key.Key_PageUp: Step.PAGE_UP,
    Qt.Key.Key_PageDown: Step.PAGE_DOWN,
    Qt.Key.Key_Home: Step.HOME,
    Qt.Key.Key_End: Step.END,
}
OPEN = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
DELETE = (Qt.Key.Key_Delete, Qt.Key.Key_Backspace)
