"""Which colours must be told apart, and by how much (WCAG 2.2, level AA)."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from typing_extensions import override

from shared.skins.tokens import Color, Role, Scheme, Skin

TEXT = 4.5
"""Least ratio between text and its ground."""
PART = 3.0
"""Least ratio between an edge, ring or icon and what it lies on."""

_LINEAR_BELOW = 0.04045

_GROUNDS = (Role.SURFACE_0, Role.SURFACE_1)
_READ = (
    Role.TEXT_STRONG,
    Role.TEXT_NORMAL,
    Role.TEXT_QUIET,
    Role.ACCENT,
    Role.POSITIVE,
    Role.WARNING,
    Role.DANGER,
)


class Pair(NamedTuple):
    """Two roles that meet on the screen, and the ratio they need."""

    over: Role
    under: Role
    least: float


PAIRS: tuple[Pair, ...] = (
    *(Pair(text, ground, TEXT) for text in _READ for ground in _GROUNDS),
    Pair(Role.TEXT_STRONG, Role.SURFACE_2, TEXT),
    Pair(Role.TEXT_NORMAL, Role.SURFACE_2, TEXT),
    Pair(Role.TEXT_QUIET, Role.SURFACE_2, TEXT),
    Pair(Role.TEXT_STRONG, Role.SURFACE_3, TEXT),
    Pair(Role.TEXT_STRONG, Role.SELECTION, TEXT),
    Pair(Role.TEXT_NORMAL, Role.SELECTION, TEXT),
    Pair(Role.ON_ACCENT, Role.ACCENT, TEXT),
    Pair(Role.ON_TAG, Role.TAG, TEXT),
    *(Pair(Role.FOCUS, ground, PART) for ground in _GROUNDS),
    *(Pair(Role.OUTLINE_STRONG, ground, PART) for ground in _GROUNDS),
)


class Fault(NamedTuple):
    """A pair that cannot be told apart well enough in one scheme of a skin."""

    scheme: Scheme
    pair: Pair
    ratio: float

    @override
    def __str__(self) -> str:
        """Say it in one sentence, with the number to reach."""
        over, under = self.pair.over.value, self.pair.under.value
        return (
            f"In [{self.scheme.value}] {over} on {under} has a contrast of {self.ratio:.2f}, "
            f"and people need at least {self.pair.least:.1f}: make one of the two "
            "lighter or darker."
        )


def luminance(color: Color) -> float:
    """Give the relative luminance of ``#rrggbb``, 0 (black) to 1 (white)."""
    red, green, blue = (_linear(int(color[at : at + 2], 16) / 255) for at in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: Color, other: Color) -> float:
    """Give the contrast ratio of two colours, 1 to 21."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def faults(skin: Skin) -> tuple[Fault, ...]:
    """List every pair of a skin that falls short; empty means that the skin can be read."""
    return tuple(fault for scheme in Scheme for fault in _faults(scheme, skin.colors(scheme)))


def _faults(scheme: Scheme, colors: Mapping[Role, Color]) -> Iterator[Fault]:
    for pair in PAIRS:
        ratio = contrast(colors[pair.over], colors[pair.under])
        if ratio < pair.least:
            yield Fault(scheme, pair, ratio)


def _linear(channel: float) -> float:
    if channel <= _LINEAR_BELOW:
        return channel / 12.92
    return float(((channel + 0.055) / 1.055) ** 2.4)
