"""What a pattern is: parts put on a cloth, for a figure in a coat."""

from collections.abc import Callable

from PySide6.QtCore import QPointF

from desktop.drawing.plush.cloth import Cloth
from desktop.drawing.plush.coats import Coat
from desktop.drawing.plush.cuts import curve, mirrored
from desktop.drawing.plush.figures import Figure

Pattern = Callable[[Cloth, Figure, Coat], None]


def eyes(cloth: Cloth, coat: Coat, *, apart: float, y: float, radius: float = 2.5) -> None:
    """Sew on two beads, ``apart`` from the middle."""
    for x in (50 - apart, 50 + apart):
        cloth.bead(QPointF(x, y), radius, coat.dark)


def smile(cloth: Cloth, coat: Coat, *, y: float, wide: float = 6.0) -> None:
    """Stitch a smile with its middle at ``y``."""
    half = curve((50, y), (50 - wide * 0.45, y + wide * 0.55), (50 - wide, y))
    cloth.line(half, coat.dark, 0.9)
    cloth.line(mirrored(half), coat.dark, 0.9)
