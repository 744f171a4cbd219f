"""One skin in one scheme at one text size: the answers to every question about looks."""

from dataclasses import dataclass, replace
from enum import Enum

from PySide6.QtGui import QColor, QFont, QIcon, QImage, QPixmap

from desktop.ui.look import icons, letters
from desktop.ui.look.icons import Icon
from shared.skins.tokens import (
    WORDS,
    Art,
    Density,
    Motion,
    Role,
    Scheme,
    Shadow,
    Skin,
    Typeface,
    View,
    Word,
)

_STEPS = (0, 4, 8, 12, 16, 24, 32, 48, 64)
_AIR = {Density.DENSE: 0.75, Density.NORMAL: 1.0, Density.ROOMY: 1.15}
_ROW = {Density.DENSE: 26, Density.NORMAL: 36, Density.ROOMY: 42}
_CONTROL = {Density.DENSE: 28, Density.NORMAL: 34, Density.ROOMY: 38}
_PACE = {Motion.NONE: 0, Motion.CALM: 140, Motion.LIVELY: 200}
_RATIOS = (1.0, 2.0)
ICON_SIZE = 16
"""Of an icon within a line of text, in logical pixels."""


class TextSize(Enum):
    """The type scale, in pixels at 100 %."""

    CAPTION = 12
    BODY = 13
    LEAD = 15
    TITLE = 18
    HEADING = 24
    DISPLAY = 32


_HEADINGS = (TextSize.TITLE, TextSize.HEADING, TextSize.DISPLAY)


@dataclass(frozen=True, slots=True)
class Look:
    """A skin as the screens ask for it.

    ``text_scale`` is the person's (1.0 to 2.0), the skin's own factor comes on top. ``still`` is
    true when the system asks for less motion.
    """

    skin: Skin
    scheme: Scheme
    text_scale: float = 1.0
    still: bool = False

    def color(self, role: Role) -> QColor:
        """Give the colour of a role."""
        return QColor(self.skin.colors(self.scheme)[role])

    def tint(self, number: int) -> QColor:
        """Give one of the skin's soft colours for pictures that are not there yet."""
        return QColor(self.skin.tints[number % len(self.skin.tints)])

    def space(self, step: int) -> int:
        """Give the distance of step 0 to 8 in pixels: 0 4 8 12 16 24 32 48 64, by density."""
        return round(_STEPS[step] * _AIR[self.skin.shape.density])

    def scaled(self, pixels: float) -> int:
        """Give a length that grows with the text."""
        return round(pixels * self.text_scale * self.skin.type.scale)

    @property
    def row_height(self) -> int:
        """Height of one line of a table or a sidebar, in pixels."""
        return self.scaled(_ROW[self.skin.shape.density])

    @property
    def control_height(self) -> int:
        """Height of a button or field, in pixels."""
        return self.scaled(_CONTROL[self.skin.shape.density])

    @property
    def radius(self) -> int:
        """Radius of a card; a control takes ``small_radius``."""
        return self.skin.shape.radius

    @property
    def small_radius(self) -> int:
        """Radius of buttons, fields and badges."""
        return min(self.radius, max(self.radius * 2 // 3, 3)) if self.radius else 0

    @property
    def outline(self) -> int:
        """Width of an edge, in pixels."""
        return self.skin.shape.outline

    @property
    def shadow(self) -> Shadow:
        """How cards lift off the ground."""
        return self.skin.shape.shadow

    @property
    def motion(self) -> int:
        """Duration of a movement in milliseconds; 0 means: do not move."""
        return 0 if self.still else _PACE[self.skin.shape.motion]

    @property
    def start_view(self) -> View:
        """The view that the list begins with."""
        return self.skin.start.view

    @property
    def key_hints(self) -> bool:
        """Whether keys are written beside the commands."""
        return self.skin.start.key_hints

    def word(self, word: Word) -> str:
        """Give what this skin calls a thing. Always show it as plain text."""
        return self.skin.words.get(word, WORDS[word])

    def typeface(self, size: TextSize) -> Typeface:
        """Tell which kind of letters stands at a size."""
        return self.skin.type.heading if size in _HEADINGS else self.skin.type.body

    def font(self, size: TextSize = TextSize.BODY, *, strong: bool = False) -> QFont:
        """Make the font of a size; titles and larger are in the skin's heading letters."""
        return letters.font(self.typeface(size), self.scaled(size.value), strong=strong)

    def figures(self, size: TextSize = TextSize.BODY, *, strong: bool = False) -> QFont:
        """Make the font for numbers that stand below each other."""
        return letters.font(self.skin.type.numbers, self.scaled(size.value), strong=strong)

    def icon(self, name: Icon, role: Role = Role.TEXT_NORMAL, size: int = ICON_SIZE) -> QIcon:
        """Make an icon in the colour of a role, grey when disabled, sharp on any screen.

        ``size`` is how many logical pixels wide it is shown.
        """
        made = QIcon()
        for ratio in _RATIOS:
            made.addPixmap(icons.pixmap(name, self.color(role), size, ratio))
            muted = icons.pixmap(name, self._muted(role), size, ratio)
            made.addPixmap(muted, QIcon.Mode.Disabled)
        return made

    def icon_pixmap(
        self, name: Icon, size: int, ratio: float, role: Role = Role.TEXT_NORMAL
    ) -> QPixmap:
        """Paint an icon ``size`` logical pixels wide for a painter at a device pixel ratio."""
        return icons.pixmap(name, self.color(role), size, ratio)

    def art(self, art: Art) -> QImage | None:
        """Decode a picture of the pack, or give None where the pack has none."""
        data = self.skin.art.get(art)
        return None if data is None else QImage.fromData(data)

    def plain(self) -> "Look":
        """Give the built-in look in the same scheme and size, for screens that keep secrets."""
        return replace(self, skin=Skin())

    def _muted(self, role: Role) -> QColor:
        over, under = self.color(role), self.color(Role.SURFACE_1)
        return mix(over, under, 0.45)


def mix(over: QColor, under: QColor, share: float) -> QColor:
    """Lay ``share`` (0 to 1) of one colour over another."""
    return QColor.fromRgbF(
        over.redF() * share + under.redF() * (1 - share),
        over.greenF() * share + under.greenF() * (1 - share),
        over.blueF() * share + under.blueF() * (1 - share),
    )
