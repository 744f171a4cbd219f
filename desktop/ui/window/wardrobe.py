"""What a window wears: a skin, in the system's light or dark, at the person's text size."""

from dataclasses import replace

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QFontInfo, QGuiApplication
from PySide6.QtWidgets import QWidget

from desktop.ui.look import Look, dress
from shared.skins.tokens import Scheme, Skin

SMALLEST, LARGEST, STEP = 0.8, 2.0, 0.1
_USUAL_PIXELS = {"windows": 12, "cocoa": 13}
_USUAL_ELSEWHERE = 15
"""Of the system's own font where nobody asked for larger text; elsewhere it is 12 to 15."""


class Wardrobe(QObject):
    """Dresses one window, and again whenever skin, scheme or text size change: then ``dressed``."""

    dressed = Signal()

    def __init__(self, window: QWidget, skin: Skin, *, text_scale: float = 1.0) -> None:
        super().__init__(window)
        self._window = window
        self._look = Look(skin, system_scheme(), text_scale)
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._follow_system)
        dress(window, self._look)

    @property
    def skin(self) -> Skin:
        """The skin that is worn."""
        return self._look.skin

    @property
    def look(self) -> Look:
        """The look that the window wears."""
        return self._look

    @property
    def text_scale(self) -> float:
        """How large the text is; 1.0 is the skin's own size."""
        return self._look.text_scale

    def wear(self, skin: Skin) -> None:
        """Put on another skin."""
        self.put_on(replace(self._look, skin=skin))

    def grow(self, steps: int) -> None:
        """Make the text larger or smaller; 0 steps goes back to what the system asks for."""
        self.write(self.text_scale + steps * STEP if steps else system_text_scale())

    def write(self, scale: float) -> None:
        """Let the text be so large."""
        scale = round(min(max(scale, SMALLEST), LARGEST), 2)
        self.put_on(replace(self._look, text_scale=scale))

    def put_on(self, look: Look) -> None:
        """Wear a look until something of it changes."""
        if look != self._look:
            self._look = look
            dress(self._window, look)
            self.dressed.emit()

    def _follow_system(self, *_scheme: object) -> None:
        self.put_on(replace(self._look, scheme=system_scheme()))


def system_text_scale() -> float:
    """Give how much larger than usual the system writes, 1.0 to 2.0."""
    usual = _USUAL_PIXELS.get(QGuiApplication.platformName(), _USUAL_ELSEWHERE)
    pixels = QFontInfo(QGuiApplication.font()).pixelSize()
    return round(min(max(pixels / usual, 1.0), LARGEST), 1)


def system_scheme() -> Scheme:
    """Give the scheme that the system asks for; light where it does not say."""
    dark = QGuiApplication.styleHints().colorScheme() == Qt.ColorScheme.Dark
    return Scheme.DARK if dark else Scheme.LIGHT
