"""Put a look on a window, and find the look that a widget wears."""

from PySide6.QtWidgets import QApplication, QWidget

from desktop.ui.look import letters
from desktop.ui.look.look import Look
from desktop.ui.look.stylesheet import palette, stylesheet
from shared.skins.tokens import Scheme, Skin

_PROPERTY = "look"


def prepare(app: QApplication) -> None:
    """Choose the style that paints alike on every system, and register the letters."""
    app.setStyle("Fusion")
    letters.register()


def dress(widget: QWidget, look: Look) -> None:
    """Let a window, or a part of one, and all within it wear a look from now on."""
    widget.setProperty(_PROPERTY, look)
    widget.setPalette(palette(look))
    widget.setFont(look.font())
    widget.setStyleSheet(stylesheet(look))


def look_of(widget: QWidget) -> Look:
    """Find the look that a widget wears: its own, that of a parent, or the built-in one."""
    wearer: QWidget | None = widget
    while wearer is not None:
        worn = wearer.property(_PROPERTY)
        if isinstance(worn, Look):
            return worn
        wearer = wearer.parentWidget()
    return Look(Skin(), Scheme.LIGHT)


def say(widget: QWidget, role: str, *, name: str = "role") -> None:
    """Set a dynamic property (``role`` or ``state``) and let the stylesheet look again."""
    widget.setProperty(name, role)
    widget.style().unpolish(widget)
    widget.style().polish(widget)
    widget.update()
