"""The letters Swingtag carries, so that a skin reads the same on every system."""

from importlib.resources import files

from PySide6.QtGui import QFont, QFontDatabase

from shared.skins.tokens import Typeface

_FILES = (
    "sans.ttf",
    "sans-strong.ttf",
    "rounded.ttf",
    "rounded-strong.ttf",
    "mono.ttf",
    "mono-strong.ttf",
    "display.ttf",
)
_CARRIED = {
    Typeface.ROUNDED: "Swingtag Rounded",
    Typeface.MONO: "Swingtag Mono",
    Typeface.DISPLAY: "Swingtag Display",
}
_SANS = "Swingtag Sans"
# What Linux hands out when nobody has chosen a font for the desktop.
_UNCHOSEN = ("DejaVu Sans", "Bitstream Vera Sans", "Sans Serif", "Sans", "")


def register() -> None:
    """Make the carried letters known to Qt. Needs a QGuiApplication; harmless to repeat."""
    for name in _FILES:
        data = files("desktop.ui.look").joinpath("fonts", name).read_bytes()
        QFontDatabase.addApplicationFontFromData(data)


def family(typeface: Typeface) -> str:
    """Name the family of a kind of letters. ``SYSTEM`` is the desktop's own if it has one."""
    if typeface in _CARRIED:
        return _CARRIED[typeface]
    chosen = QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont).family()
    return _SANS if chosen in _UNCHOSEN else chosen


def font(typeface: Typeface, pixels: int, *, strong: bool) -> QFont:
    """Make a font of a kind, with figures of equal width wherever it has them."""
    made = QFont(family(typeface))
    made.setPixelSize(pixels)
    made.setWeight(QFont.Weight.Bold if strong else QFont.Weight.Normal)
    made.setFeature(QFont.Tag("tnum"), 1)
    return made
