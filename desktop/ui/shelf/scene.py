"""What painting needs to know: look, letters, how numbers are written, where pictures come from."""

from dataclasses import dataclass, field
from typing import Protocol

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPixmap

from desktop.collection.values import CopyRow
from desktop.ui.look import Look
from desktop.ui.shelf.ink import Hands
from desktop.ui.shelf.kept import Kept
from desktop.ui.shelf.pictures import Pictures
from desktop.ui.whereabouts import Said
from shared.domain.vocabularies import WANTED
from shared.skins.tokens import Art

_FRAMES_KEPT = 24 * 1024 * 1024


class Writes(Protocol):
    """Writes packed money and dates as the person's locale does."""

    def money(self, packed: int) -> str:
        """Write an amount."""

    def date(self, packed: int) -> str:
        """Write a date, perhaps a partial one."""


@dataclass(slots=True)
class Scene:
    """Everything that stays the same from one cell to the next."""

    look: Look
    notation: Writes
    pictures: Pictures
    ratio: float = 1.0
    money_hidden: bool = False
    frames: Kept = field(default_factory=lambda: Kept(_FRAMES_KEPT))

    def __post_init__(self) -> None:
        self.hands = Hands(self.look)

    hands: Hands = field(init=False)

    def backdrop(self) -> QPixmap | None:
        """Give the tile that the skin hangs behind the animals, if it brings one."""
        known = self.frames.get("backdrop")
        image = self.look.art(Art.BACKDROP) if known is None else None
        if image is None or image.isNull():
            return known
        return self.frames.put("backdrop", QPixmap.fromImage(image))

    def money(self, packed: int | None) -> str:
        """Write an amount: empty if there is none, dots in guest mode."""
        if packed is None:
            return ""
        return "\u2022\u2022\u2022" if self.money_hidden else self.notation.money(packed)

    def date(self, packed: int | None) -> str:
        """Write a date, empty if there is none."""
        return "" if packed is None else self.notation.date(packed)


@dataclass(frozen=True, slots=True)
class Cell:
    """One copy as it is to be painted now. ``said``: of a picture that is out of reach."""

    row: CopyRow
    said: Said | None
    selected: bool
    current: bool
    hovered: bool
    dropping: bool

    @property
    def wanted(self) -> bool:
        """Whether the copy is only wished for: it stands in its place, greyed."""
        return self.row.status == WANTED


def blank(size: QSize, ratio: float) -> QPixmap:
    """Make a clear picture of a size in logical pixels."""
    made = QPixmap(round(size.width() * ratio), round(size.height() * ratio))
    made.fill(Qt.GlobalColor.transparent)
    made.setDevicePixelRatio(ratio)
    return made
