"""The colours that an animal is sewn in: by its variant's words, by species or by name."""

from dataclasses import dataclass
from random import Random

from PySide6.QtGui import QColor


@dataclass(frozen=True, slots=True)
class Coat:
    """Plush of the body, of belly, snout and inner ears, of marks, and of nose and eyes."""

    base: QColor
    soft: QColor
    mark: QColor
    dark: QColor
    ribbon: QColor


# Words of variants, and the names of pieces that every collector has before their eyes.
_WORDS: tuple[tuple[str, str], ...] = (
    ("erin", "#3c9a4f"),
    ("princess", "#6d3f9e"),
    ("valentina", "#b5305f"),
    ("valentino", "#f3efe8"),
    ("clubby", "#2f56b8"),
    ("peace", "#5fa3a8"),
    ("curly", "#b07a46"),
    ("spot", "#f1ece3"),
    ("royal blue", "#2c4fb0"),
    ("light blue", "#9ec4e8"),
    ("raspberry", "#b3326a"),
    ("fuchsia", "#c23a86"),
    ("magenta", "#b8327e"),
    ("lilac", "#b79ad6"),
    ("lavender", "#b6a4dd"),
    ("purple", "#7a4aa8"),
    ("violet", "#6d4aad"),
    ("teal", "#2f8f8f"),
    ("jade", "#3f9a78"),
    ("cranberry", "#9a2740"),
    ("magenta", "#c02f7c"),
    ("maroon", "#7d2437"),
    ("orange", "#e5832c"),
    ("red", "#c8352f"),
    ("pink", "#ec9fb8"),
    ("gold", "#dca542"),
    ("yellow", "#f0c93f"),
    ("lime", "#a9cf3f"),
    ("green", "#5d9f53"),
    ("blue", "#5f8fd0"),
    ("brown", "#8a5a36"),
    ("tan", "#c9a374"),
    ("cream", "#efe2c4"),
    ("ivory", "#f1e9d6"),
    ("white", "#f3efe8"),
    ("gray", "#8e9096"),
    ("grey", "#8e9096"),
    ("black", "#3b3838"),
)
_SPECIES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("polar", ("#f3efe8",)),
    ("panda", ("#f3efe8",)),
    ("koala", ("#9aa0a8",)),
    ("black bear", ("#3f3c3c",)),
    ("bear", ("#b07a46", "#8a5a36", "#c9a374", "#7a4aa8", "#c23a86", "#2f8f8f", "#d8b04a",
              "#c8352f", "#f3efe8", "#5f8fd0", "#5d9f53", "#e9a3b8")),
    ("dalmatian", ("#f4f1ea",)),
    ("husky", ("#8e949c",)),
    ("poodle", ("#f1e9e0", "#e9a3b8", "#3f3c3c")),
    ("dog", ("#c79a62", "#8a5a36", "#e3c896", "#3f3c3c", "#f1e6d2")),
    ("fox", ("#d96a2b",)),
    ("tiger", ("#e58a34",)),
    ("lion", ("#d9a54c",)),
    ("siamese", ("#eadcc4",)),
    ("cat", ("#dca542", "#3b3838", "#b9b4ae", "#e3a66a", "#f1ece3")),
    ("rabbit", ("#f1ece3", "#c9a27a", "#b9b4ae", "#e9b7c6")),
    ("mouse", ("#a8a6ac", "#f1ece3")),
    ("elephant", ("#7f93c4", "#9aa0a8", "#2c4fb0")),
    ("pig", ("#ef9fb5",)),
    ("cow", ("#f3efe8",)),
    ("bull", ("#b23a34",)),
    ("moose", ("#7d5230",)),
    ("zebra", ("#f4f1ea",)),
    ("unicorn", ("#f5eff6",)),
    ("horse", ("#a5682f",)),
    ("sheep", ("#f4efe4",)),
    ("hippo", ("#9a92b8",)),
    ("gorilla", ("#4a4749",)),
    ("monkey", ("#8a5a36", "#c08447")),
    ("raccoon", ("#8d8a88",)),
    ("skunk", ("#38363a",)),
    ("platypus", ("#c23a86",)),
    ("frog", ("#6cab4a",)),
    ("alligator", ("#4f8f4c",)),
    ("dragon", ("#4fa08a", "#7a4aa8", "#c8352f")),
    ("turtle", ("#5fa05a",)),
    ("penguin", ("#3a3c46",)),
    ("duck", ("#f2c93a",)),
    ("chick", ("#f5d65a",)),
    ("flamingo", ("#ef8fae",)),
    ("cardinal", ("#c8352f",)),
    ("owl", ("#a8764a", "#cbb79a")),
    ("goldfish", ("#ee8a2c",)),
    ("dolphin", ("#8fa9c4",)),
    ("whale", ("#4d5b78",)),
    ("lobster", ("#cf3b30",)),
    ("crab", ("#d9582f",)),
    ("octopus", ("#e79bb8", "#cbb08c")),
    ("ladybug", ("#cf3b30",)),
    ("bee", ("#efc23c",)),
    ("spider", ("#3f3c3c",)),
    ("ghost", ("#f5f3ee",)),
    ("snow", ("#f5f6f8",)),
    ("pumpkin", ("#ea8430",)),
)  # fmt: skip
_ANY = ("#b07a46", "#8fb0c9", "#c9a374", "#9fb77a", "#d59a8a", "#a89ac9", "#d8b04a")
_RIBBONS = ("#c8202f", "#2f6fb5", "#2f8f5a", "#e0a52c", "#7a4aa8", "#d24f8c")
_LIGHT = 0.72
_DEEP = 0.28


def coat_of(name: str, animal: str, variant: str) -> Coat:
    """Choose a coat, the same one for the same words."""
    chance = Random(f"{name}/{animal}")  # noqa: S311 - colours of toys need no secrecy
    base = QColor(_base(animal.casefold(), f"{variant} {name}".casefold(), chance))
    return Coat(
        base=base,
        soft=_soft(base),
        mark=_mark(base),
        dark=QColor("#231d1c"),
        ribbon=QColor(chance.choice(_RIBBONS)),
    )


def _base(animal: str, words: str, chance: Random) -> str:
    for word, color in _WORDS:
        if word in words.split() or (" " in word and word in words):
            return color
    for species, colors in _SPECIES:
        if species in animal:
            return chance.choice(colors)
    return chance.choice(_ANY)


def _soft(base: QColor) -> QColor:
    if base.lightnessF() > _LIGHT:
        return QColor.fromHslF(base.hslHueF() if base.hslHueF() >= 0 else 0.08, 0.45, 0.88)
    hue = base.hslHueF() if base.hslHueF() >= 0 else 0.08
    return QColor.fromHslF(hue, min(base.hslSaturationF() * 0.7, 0.55), 0.82)


def _mark(base: QColor) -> QColor:
    if base.lightnessF() < _DEEP:
        return QColor("#efe9df")
    if base.lightnessF() > _LIGHT and base.hslSaturationF() < 0.5:  # noqa: PLR2004 - nearly white
        return QColor("#4a403c")
    return base.darker(185)
