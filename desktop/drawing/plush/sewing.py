"""Sew an animal: choose the pattern of its body and put the parts on, back to front."""

from collections.abc import Mapping

from desktop.drawing.plush.bodies import bird, bug, coil, crab, drape, octopus, swimmer, turtle
from desktop.drawing.plush.cloth import Cloth
from desktop.drawing.plush.coats import Coat
from desktop.drawing.plush.figures import Build, Figure
from desktop.drawing.plush.sitter import sitter
from desktop.drawing.plush.work import Pattern

_PATTERNS: Mapping[Build, Pattern] = {
    Build.SITTER: sitter,
    Build.BIRD: bird,
    Build.SWIMMER: swimmer,
    Build.OCTOPUS: octopus,
    Build.BUG: bug,
    Build.TURTLE: turtle,
    Build.CRAB: crab,
    Build.COIL: coil,
    Build.DRAPE: drape,
}


def sew(cloth: Cloth, figure: Figure, coat: Coat) -> None:
    """Paint an animal into a field of 100 by 100; its floor is at 95."""
    _PATTERNS[figure.build](cloth, figure, coat)
