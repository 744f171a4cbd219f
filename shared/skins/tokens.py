"""What a skin can say: typed tokens with defaults, and nothing else.

The defaults are the skin *classic*. A pack names only what differs from it. There are no
stylesheets, scripts, fonts or addresses in a pack: the app makes its own look from these values.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Annotated

import msgspec


class Role(Enum):
    """What a colour is for. Widgets ask for a role and never for a colour."""

    SURFACE_0 = "surface0"  # the window's ground
    SURFACE_1 = "surface1"  # what lies on it: cards, panels, fields
    SURFACE_2 = "surface2"  # under the pointer, wells, headers
    SURFACE_3 = "surface3"  # pressed
    TEXT_STRONG = "text_strong"  # names, titles
    TEXT_NORMAL = "text_normal"
    TEXT_QUIET = "text_quiet"  # captions, what may be overlooked
    ACCENT = "accent"  # the one thing to do next
    ON_ACCENT = "on_accent"
    POSITIVE = "positive"
    WARNING = "warning"
    DANGER = "danger"
    SELECTION = "selection"  # the ground of what is selected
    FOCUS = "focus"  # the ring around what has the keyboard
    TAG = "tag"  # the swing tag on a card
    ON_TAG = "on_tag"
    OUTLINE = "outline"  # quiet lines that only decorate
    OUTLINE_STRONG = "outline_strong"  # edges that a control is known by


class Scheme(Enum):
    """Whether the system asks for light or for dark windows."""

    LIGHT = "light"
    DARK = "dark"


class Typeface(Enum):
    """The kinds of letters that Swingtag carries or finds; a pack brings no fonts."""

    SYSTEM = "system"
    ROUNDED = "rounded"
    MONO = "mono"
    DISPLAY = "display"


class Density(Enum):
    """How much air there is around things."""

    DENSE = "dense"
    NORMAL = "normal"
    ROOMY = "roomy"


class Shadow(Enum):
    """How a card lifts off the ground: not at all, softly, or like a cut-out sticker."""

    NONE = "none"
    SOFT = "soft"
    HARD = "hard"


class Motion(Enum):
    """How much moves. When the system asks for less motion, nothing does."""

    NONE = "none"
    CALM = "calm"
    LIVELY = "lively"


class View(Enum):
    """The three ways to look at a list."""

    GRID = "grid"
    TABLE = "table"
    CABINET = "cabinet"


class Art(Enum):
    """The pictures that a pack may bring, each one PNG file."""

    BACKDROP = "backdrop"  # tiled behind the grid and the cabinet
    EMBLEM = "emblem"  # the collector's own mark, where a list is empty


class Word(Enum):
    """What a skin may call differently. Words of security and of errors are not among these."""

    COLLECTION = "collection"
    COPY = "copy"
    COPIES = "copies"
    ALL = "all"
    WANTED = "wanted"
    TRADE = "trade"
    LOCATION = "location"
    LOCATIONS = "locations"
    TAGS = "tags"
    TRASH = "trash"
    NAME = "name"
    ANIMAL = "animal"
    STYLE_NUMBER = "style_number"
    STATUS = "status"
    SWING_TAG = "swing_tag"
    TUSH_TAG = "tush_tag"
    CONDITION = "condition"
    PAID = "paid"
    VALUE = "value"
    ACQUIRED = "acquired"
    NOTES = "notes"
    PHOTOS = "photos"
    GRID = "grid"
    TABLE = "table"
    CABINET = "cabinet"
    ADD = "add"
    SEARCH = "search"


WORDS: Mapping[Word, str] = {
    Word.COLLECTION: "Collection",
    Word.COPY: "beanie",
    Word.COPIES: "beanies",
    Word.ALL: "All",
    Word.WANTED: "Wish list",
    Word.TRADE: "For trade",
    Word.LOCATION: "Location",
    Word.LOCATIONS: "Locations",
    Word.TAGS: "Tags",
    Word.TRASH: "Trash",
    Word.NAME: "Name",
    Word.ANIMAL: "Animal",
    Word.STYLE_NUMBER: "Style number",
    Word.STATUS: "Status",
    Word.SWING_TAG: "Swing tag",
    Word.TUSH_TAG: "Tush tag",
    Word.CONDITION: "Condition",
    Word.PAID: "Paid",
    Word.VALUE: "Value",
    Word.ACQUIRED: "Acquired",
    Word.NOTES: "Notes",
    Word.PHOTOS: "Photos",
    Word.GRID: "Grid",
    Word.TABLE: "Table",
    Word.CABINET: "Cabinet",
    Word.ADD: "Add",
    Word.SEARCH: "Search",
}

Color = str
"""``#rrggbb`` in lower case."""

CLASSIC_LIGHT: Mapping[Role, Color] = {
    Role.SURFACE_0: "#f6f4f0",
    Role.SURFACE_1: "#fffefc",
    Role.SURFACE_2: "#efece6",
    Role.SURFACE_3: "#e2ded6",
    Role.TEXT_STRONG: "#1f1c1a",
    Role.TEXT_NORMAL: "#3d3936",
    Role.TEXT_QUIET: "#6b655f",
    Role.ACCENT: "#c8202f",
    Role.ON_ACCENT: "#ffffff",
    Role.POSITIVE: "#1d7044",
    Role.WARNING: "#8a5600",
    Role.DANGER: "#b3261e",
    Role.SELECTION: "#fbe3e1",
    Role.FOCUS: "#c8202f",
    Role.TAG: "#c8202f",
    Role.ON_TAG: "#ffffff",
    Role.OUTLINE: "#e3dfd8",
    Role.OUTLINE_STRONG: "#8c857d",
}

CLASSIC_DARK: Mapping[Role, Color] = {
    Role.SURFACE_0: "#191817",
    Role.SURFACE_1: "#232120",
    Role.SURFACE_2: "#2e2b2a",
    Role.SURFACE_3: "#3a3735",
    Role.TEXT_STRONG: "#f7f3ee",
    Role.TEXT_NORMAL: "#d9d3cc",
    Role.TEXT_QUIET: "#a59e96",
    Role.ACCENT: "#ff6b6b",
    Role.ON_ACCENT: "#2a0808",
    Role.POSITIVE: "#6fcf97",
    Role.WARNING: "#f2b65a",
    Role.DANGER: "#ff8a80",
    Role.SELECTION: "#47282a",
    Role.FOCUS: "#ff6b6b",
    Role.TAG: "#d63a48",
    Role.ON_TAG: "#ffffff",
    Role.OUTLINE: "#363331",
    Role.OUTLINE_STRONG: "#7d766f",
}

CLASSIC_TINTS: tuple[Color, ...] = (
    "#e5a9a1",
    "#e8c48c",
    "#c6cf94",
    "#9ecdb0",
    "#9cc3dc",
    "#b5b0dd",
    "#dcabcf",
)


Scale = Annotated[float, msgspec.Meta(ge=0.8, le=1.5)]
Radius = Annotated[int, msgspec.Meta(ge=0, le=28)]
Width = Annotated[int, msgspec.Meta(ge=0, le=4)]


class Lettering(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which letters stand where, and how large: ``scale`` multiplies every size."""

    body: Typeface = Typeface.SYSTEM
    heading: Typeface = Typeface.SYSTEM
    numbers: Typeface = Typeface.SYSTEM
    scale: Scale = 1.0


class Shape(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The form of things. ``radius`` and ``outline`` are pixels at 100 %."""

    radius: Radius = 10
    outline: Width = 1
    density: Density = Density.NORMAL
    shadow: Shadow = Shadow.SOFT
    motion: Motion = Motion.CALM


class Start(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How the app begins: the first view, and whether keys are written beside commands."""

    view: View = View.GRID
    key_hints: bool = False


@dataclass(frozen=True, slots=True)
class Skin:
    """Everything that one look is made of. ``Skin()`` is classic."""

    name: str = "classic"
    title: str = "Classic"
    version: str = "1.0.0"
    author: str = "Swingtag"
    about: str = ""
    light: Mapping[Role, Color] = field(default_factory=lambda: CLASSIC_LIGHT)
    dark: Mapping[Role, Color] = field(default_factory=lambda: CLASSIC_DARK)
    tints: tuple[Color, ...] = CLASSIC_TINTS
    type: Lettering = field(default_factory=Lettering)
    shape: Shape = field(default_factory=Shape)
    start: Start = field(default_factory=Start)
    words: Mapping[Word, str] = field(default_factory=lambda: WORDS)
    art: Mapping[Art, bytes] = field(default_factory=dict, repr=False)

    def colors(self, scheme: Scheme) -> Mapping[Role, Color]:
        """Give all colours of the light or of the dark form."""
        return self.light if scheme is Scheme.LIGHT else self.dark
