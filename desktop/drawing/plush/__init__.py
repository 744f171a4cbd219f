"""Plush animals, drawn: any species of the catalogue in any coat, as a picture or as a shape."""

from desktop.drawing.plush.coats import Coat, coat_of
from desktop.drawing.plush.figures import Figure, figure_of
from desktop.drawing.plush.sewing import sew

__all__ = ["Coat", "Figure", "coat_of", "figure_of", "sew"]
