"""How copies stand: the geometry that the three views share, and what each must be able to do."""

from abc import ABC, abstractmethod
from enum import Enum, auto

from PySide6.QtCore import QPoint, QRect
from PySide6.QtGui import QPainter
from typing_extensions import override

from desktop.ui.shelf.scene import Cell, Scene
from shared.skins.tokens import Role

_STEP = 8  # widths grow in steps, so that resizing a window does not cut every photo anew


class Step(Enum):
    """Where a key leads."""

    LEFT = auto()
    RIGHT = auto()
    UP = auto()
    DOWN = auto()
    PAGE_UP = auto()
    PAGE_DOWN = auto()
    HOME = auto()
    END = auto()


class Arrangement(ABC):
    """Places cells in a strip as wide as the viewport, and paints them.

    All rectangles are in content coordinates: the first cell is at the top whatever the scroll
    bar says. ``columns`` is 1 for a table.
    """

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.columns = 1
        self.count = 0
        self.width = 0
        self.page = 1

    @abstractmethod
    def fit(self, width: int, height: int, count: int) -> None:
        """Work out the geometry for a viewport and a number of copies."""

    @property
    @abstractmethod
    def pitch(self) -> int:
        """Distance from one line of cells to the next, in pixels."""

    @property
    @abstractmethod
    def margin(self) -> int:
        """Empty pixels above the first line and below the last."""

    @abstractmethod
    def rect(self, index: int) -> QRect:
        """Give the place of a cell."""

    @abstractmethod
    def paint(self, painter: QPainter, rect: QRect, index: int, cell: Cell) -> None:
        """Paint one cell into its place."""

    def paint_ground(self, painter: QPainter, area: QRect, top: int) -> None:
        """Paint what lies behind the cells: ``area`` of the viewport, scrolled to ``top``."""
        painter.fillRect(area, self.scene.look.color(Role.SURFACE_0))
        tile = self.scene.backdrop()
        if tile is not None:
            painter.drawTiledPixmap(area, tile, QPoint(0, top % max(tile.height(), 1)))

    @property
    def height(self) -> int:
        """Height of all the content."""
        lines = -(-self.count // self.columns)
        return lines * self.pitch + 2 * self.margin

    def span(self, top: int, bottom: int) -> range:
        """Give the indexes of cells that touch a strip of the content."""
        first = max((top - self.margin) // self.pitch, 0) * self.columns
        last = ((bottom - self.margin) // self.pitch + 1) * self.columns
        return range(min(first, self.count), min(max(last, 0), self.count))

    def at(self, point: QPoint) -> int | None:
        """Find the cell at a point of the content."""
        for index in self.span(point.y(), point.y()):
            if self.rect(index).contains(point):
                return index
        return None

    def step(self, index: int, step: Step) -> int:
        """Tell which index a key leads to from another."""
        last = self.count - 1
        moved = {
            Step.LEFT: index - 1,
            Step.RIGHT: index + 1,
            Step.UP: index - self.columns,
            Step.DOWN: index + self.columns,
            Step.PAGE_UP: index - self.page * self.columns,
            Step.PAGE_DOWN: index + self.page * self.columns,
            Step.HOME: 0,
            Step.END: last,
        }[step]
        vertical = step in (Step.UP, Step.DOWN)
        if vertical and not 0 <= moved <= last and self.columns > 1:
            return (
                index if step is Step.UP or index // self.columns == last // self.columns else last
            )
        return max(0, min(moved, last))


class Tiles(Arrangement):
    """Cells of one size side by side, as many as fit, stretched to fill the line."""

    def __init__(self, scene: Scene) -> None:
        super().__init__(scene)
        self.cell_width = 1
        self.cell_height = 1
        self._stride = 1.0

    @property
    @abstractmethod
    def least_width(self) -> int:
        """The width below which a cell does not go, in pixels."""

    @property
    def gap(self) -> int:
        """Pixels between two cells."""
        return self.scene.look.space(4)

    @property
    @override
    def margin(self) -> int:
        """Pixels around all cells."""
        return self.scene.look.space(4)

    @abstractmethod
    def tall(self, width: int) -> int:
        """Tell how tall a cell of a width is."""

    @override
    def fit(self, width: int, height: int, count: int) -> None:
        """Fit as many columns as the width holds."""
        room = max(width - 2 * self.margin, 1)
        self.count, self.width = count, width
        self.columns = max((room + self.gap) // (self.least_width + self.gap), 1)
        fair = (room - (self.columns - 1) * self.gap) // self.columns
        fair = min(fair, self.least_width * 3 // 2)
        self.cell_width = max(fair - fair % _STEP, 1)
        self._stride = (room + self.gap) / self.columns
        self.cell_height = self.tall(self.cell_width)
        self.page = max(height // self.pitch, 1)

    @property
    @override
    def pitch(self) -> int:
        """Distance between two lines of cells."""
        return self.cell_height + self.gap

    @override
    def rect(self, index: int) -> QRect:
        """Give the place of a cell."""
        line, column = divmod(index, self.columns)
        left = self.margin + round(column * self._stride)
        return QRect(left, self.margin + line * self.pitch, self.cell_width, self.cell_height)
