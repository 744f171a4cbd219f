"""What a window wears: a skin, in the system's light or dark, at the person's text size."""

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from desktop.ui.look import Look, dress
from shared.skins.tokens import Scheme, Skin

SMALLEST, LARGEST, STEP = 0.8, 2.0, 0.1


class Wardrobe(QObject):
    """Dresses one window, and again whenever skin, scheme or text size change."""

    def __init__(self, window: QWidget, skin: Skin, *, text_scale: float = 1.0) -> None:
        super().__init__(window)
        self._window = window
        self._skin = skin
        self._scale = text_scale
        self._worn: Look | None = None
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._put_on)
        self._put_on()

    @property
    def skin(self) -> Skin:
        """The skin that is worn."""
        return self._skin

    @property
    def look(self) -> Look:
        """The look that the window should wear now."""
        return Look(self._skin, system_scheme(), self._scale)

    @property
    def text_scale(self) -> float:
        """How large the text is; 1.0 is the skin's own size."""
        return self._scale

    def wear(self, skin: Skin) -> None:
        """Put on another skin."""
        self._skin = skin
        self._put_on()

    def grow(self, steps: int) -> None:
        """Make the text larger or smaller; 0 steps goes back to the skin's own size."""
        wished = self._scale + steps * STEP if steps else 1.0
        self._scale = round(min(max(wished, SMALLEST), LARGEST), 2)
        self._put_on()

    def _put_on(self, *_scheme: object) -> None:
        if self.look != self._worn:
            self._worn = self.look
            dress(self._window, self._worn)


def system_scheme() -> Scheme:
    """Give the scheme that the system asks for; light where it does not say."""
    dark = QGuiApplication.styleHints().colorScheme() == Qt.ColorScheme.Dark
    return Scheme.DARK if dark else Scheme.LIGHT
