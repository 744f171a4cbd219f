"""Which parts an animal is sewn of, found by the words that catalogues use for species."""

from dataclasses import dataclass, replace
from enum import Enum, auto


class Build(Enum):
    """The pattern that the body is cut by."""

    SITTER = auto()
    BIRD = auto()
    SWIMMER = auto()
    OCTOPUS = auto()
    BUG = auto()
    TURTLE = auto()
    CRAB = auto()
    COIL = auto()
    DRAPE = auto()


class Ears(Enum):
    """How the ears are cut."""

    NONE = auto()
    ROUND = auto()
    WIDE = auto()
    HUGE = auto()
    FLOPPY = auto()
    POINTED = auto()
    LONG = auto()
    SIDE = auto()


class Snout(Enum):
    """What stands in the middle of the face."""

    NONE = auto()
    OVAL = auto()
    SMALL = auto()
    LONG = auto()
    PIG = auto()
    TRUNK = auto()
    BILL = auto()
    WIDE = auto()


class Top(Enum):
    """What grows on the head."""

    NONE = auto()
    HORNS = auto()
    ANTLERS = auto()
    UNICORN = auto()
    MANE = auto()
    FORELOCK = auto()
    COMB = auto()
    TUFT = auto()
    CURLS = auto()
    SPIKES = auto()


class Marks(Enum):
    """What the coat shows besides its colour."""

    NONE = auto()
    STRIPES = auto()
    SPOTS = auto()
    PATCHES = auto()
    PANDA = auto()
    MASK = auto()
    BLAZE = auto()


@dataclass(frozen=True, slots=True)
class Figure:
    """One pattern: body, ears, snout, top, marks, and whether there is a belly patch."""

    build: Build = Build.SITTER
    ears: Ears = Ears.ROUND
    snout: Snout = Snout.OVAL
    top: Top = Top.NONE
    marks: Marks = Marks.NONE
    belly: bool = False
    bow: bool = False


_BEAR = Figure(bow=True)
_DOG = Figure(ears=Ears.FLOPPY)
_CAT = Figure(ears=Ears.POINTED, snout=Snout.SMALL, belly=True)
_BIG_CAT = replace(_CAT, ears=Ears.ROUND, snout=Snout.OVAL)
_GRAZER = Figure(ears=Ears.SIDE, snout=Snout.LONG)
_BIRD = Figure(Build.BIRD, Ears.NONE, Snout.NONE, belly=True)
_FISH = Figure(Build.SWIMMER, Ears.NONE, Snout.NONE, belly=True)
_BUG = Figure(Build.BUG, Ears.NONE, Snout.NONE, marks=Marks.SPOTS)
_REPTILE = Figure(ears=Ears.NONE, snout=Snout.WIDE, belly=True)
_COIL = Figure(Build.COIL, Ears.NONE, Snout.NONE)
_DRAPE = Figure(Build.DRAPE, Ears.NONE, Snout.NONE)
_OCTOPUS = Figure(Build.OCTOPUS, Ears.NONE, Snout.NONE)
_CRAB = Figure(Build.CRAB, Ears.NONE, Snout.NONE)
_DOLL = Figure(ears=Ears.NONE, snout=Snout.SMALL, top=Top.CURLS)

# The first word that occurs in the species decides, so the particular stands before the general.
_BY_WORD: tuple[tuple[str, Figure], ...] = (
    ("panda", replace(_BEAR, marks=Marks.PANDA)),
    ("koala", Figure(ears=Ears.WIDE, snout=Snout.OVAL, belly=True)),
    ("bear", _BEAR),
    ("dalmatian", replace(_DOG, marks=Marks.SPOTS)),
    ("husky", replace(_DOG, ears=Ears.POINTED, marks=Marks.BLAZE, belly=True)),
    ("shepherd", replace(_DOG, ears=Ears.POINTED, marks=Marks.MASK)),
    ("chihuahua", replace(_DOG, ears=Ears.POINTED)),
    ("poodle", replace(_DOG, top=Top.CURLS)),
    ("terrier", replace(_DOG, ears=Ears.POINTED, marks=Marks.PATCHES)),
    ("beagle", replace(_DOG, marks=Marks.BLAZE, belly=True)),
    ("bernard", replace(_DOG, marks=Marks.BLAZE, belly=True)),
    ("collie", replace(_DOG, marks=Marks.BLAZE, belly=True)),
    ("dog", _DOG),
    ("wolf", replace(_DOG, ears=Ears.POINTED, belly=True)),
    ("fox", replace(_CAT, snout=Snout.OVAL, belly=True)),
    ("catfish", _FISH),
    ("tabby", replace(_CAT, marks=Marks.STRIPES)),
    ("calico", replace(_CAT, marks=Marks.PATCHES)),
    ("siamese", replace(_CAT, marks=Marks.MASK, belly=False)),
    ("cat", _CAT),
    ("tiger", replace(_BIG_CAT, marks=Marks.STRIPES)),
    ("lion", replace(_BIG_CAT, top=Top.MANE)),
    ("leopard", replace(_BIG_CAT, marks=Marks.SPOTS)),
    ("cheetah", replace(_BIG_CAT, marks=Marks.SPOTS)),
    ("jaguar", replace(_BIG_CAT, marks=Marks.SPOTS)),
    ("panther", _BIG_CAT),
    ("cougar", _BIG_CAT),
    ("rabbit", Figure(ears=Ears.LONG, snout=Snout.SMALL, belly=True)),
    ("kangaroo", Figure(ears=Ears.LONG, snout=Snout.OVAL, belly=True)),
    ("llama", replace(_GRAZER, ears=Ears.LONG, top=Top.TUFT)),
    ("mouse", Figure(ears=Ears.HUGE, snout=Snout.SMALL)),
    ("hamster", Figure(ears=Ears.ROUND, snout=Snout.SMALL, belly=True)),
    ("chipmunk", Figure(snout=Snout.SMALL, marks=Marks.STRIPES, belly=True)),
    ("squirrel", Figure(ears=Ears.POINTED, snout=Snout.SMALL, belly=True)),
    ("groundhog", Figure(snout=Snout.OVAL, belly=True)),
    ("beaver", Figure(snout=Snout.OVAL, belly=True)),
    ("otter", Figure(snout=Snout.OVAL, belly=True)),
    ("ferret", Figure(snout=Snout.OVAL, marks=Marks.MASK, belly=True)),
    ("badger", Figure(snout=Snout.OVAL, marks=Marks.BLAZE)),
    ("skunk", Figure(snout=Snout.SMALL, marks=Marks.BLAZE)),
    ("raccoon", Figure(ears=Ears.POINTED, snout=Snout.SMALL, marks=Marks.MASK, belly=True)),
    ("hedgehog", Figure(snout=Snout.SMALL, top=Top.SPIKES, belly=True)),
    ("meerkat", Figure(snout=Snout.SMALL, marks=Marks.MASK, belly=True)),
    ("baboon", Figure(ears=Ears.WIDE, snout=Snout.WIDE)),
    ("gorilla", Figure(ears=Ears.ROUND, snout=Snout.WIDE)),
    ("orangutan", Figure(ears=Ears.WIDE, snout=Snout.WIDE, top=Top.TUFT)),
    ("chimpanzee", Figure(ears=Ears.WIDE, snout=Snout.WIDE)),
    ("monkey", Figure(ears=Ears.WIDE, snout=Snout.WIDE, belly=True)),
    ("sloth", Figure(snout=Snout.WIDE, marks=Marks.MASK)),
    ("elephant", Figure(ears=Ears.HUGE, snout=Snout.TRUNK)),
    ("mammoth", Figure(ears=Ears.HUGE, snout=Snout.TRUNK, top=Top.TUFT)),
    ("anteater", Figure(ears=Ears.ROUND, snout=Snout.TRUNK)),
    ("pig", Figure(ears=Ears.POINTED, snout=Snout.PIG)),
    ("bull", replace(_GRAZER, top=Top.HORNS)),
    ("buffalo", replace(_GRAZER, top=Top.HORNS)),
    ("cow", replace(_GRAZER, top=Top.HORNS, marks=Marks.PATCHES)),
    ("goat", replace(_GRAZER, top=Top.HORNS)),
    ("ram", replace(_GRAZER, top=Top.HORNS)),
    ("moose", replace(_GRAZER, top=Top.ANTLERS)),
    ("reindeer", replace(_GRAZER, top=Top.ANTLERS)),
    ("deer", replace(_GRAZER, top=Top.ANTLERS, belly=True)),
    ("unicorn", replace(_GRAZER, top=Top.UNICORN)),
    ("zebra", replace(_GRAZER, top=Top.FORELOCK, marks=Marks.STRIPES)),
    ("horse", replace(_GRAZER, top=Top.FORELOCK)),
    ("pony", replace(_GRAZER, top=Top.FORELOCK)),
    ("donkey", replace(_GRAZER, ears=Ears.LONG, top=Top.FORELOCK)),
    ("giraffe", replace(_GRAZER, marks=Marks.SPOTS)),
    ("camel", replace(_GRAZER, top=Top.TUFT)),
    ("sheep", replace(_GRAZER, ears=Ears.SIDE, snout=Snout.OVAL, top=Top.CURLS)),
    ("lamb", replace(_GRAZER, snout=Snout.OVAL, top=Top.CURLS)),
    ("hippopotamus", Figure(snout=Snout.WIDE)),
    ("rhinoceros", Figure(snout=Snout.WIDE, top=Top.UNICORN)),
    ("walrus", Figure(ears=Ears.NONE, snout=Snout.WIDE)),
    ("seal", Figure(ears=Ears.NONE, snout=Snout.OVAL, belly=True)),
    ("platypus", Figure(ears=Ears.NONE, snout=Snout.BILL)),
    ("armadillo", Figure(ears=Ears.LONG, snout=Snout.OVAL, marks=Marks.STRIPES)),
    ("bat", Figure(ears=Ears.POINTED, snout=Snout.SMALL)),
    ("dragon", replace(_REPTILE, top=Top.SPIKES)),
    ("saur", replace(_REPTILE, top=Top.SPIKES)),
    ("frog", replace(_REPTILE, snout=Snout.WIDE)),
    ("alligator", replace(_REPTILE, top=Top.SPIKES)),
    ("lizard", replace(_REPTILE, marks=Marks.STRIPES)),
    ("iguana", replace(_REPTILE, top=Top.SPIKES)),
    ("chameleon", replace(_REPTILE, marks=Marks.SPOTS)),
    ("owl", replace(_BIRD, ears=Ears.POINTED)),
    ("rooster", replace(_BIRD, top=Top.COMB)),
    ("turkey", replace(_BIRD, top=Top.COMB)),
    ("chick", replace(_BIRD, belly=False)),
    ("cardinal", replace(_BIRD, top=Top.TUFT)),
    ("cockatoo", replace(_BIRD, top=Top.TUFT)),
    *(
        (word, _BIRD)
        for word in (
            "duck", "goose", "swan", "penguin", "parrot", "toucan", "eagle", "crow", "robin",
            "jay", "pelican", "puffin", "flamingo", "ostrich", "kiwi", "stork", "peacock", "bird",
            "buzzard", "dodo", "pterodactyl",
        )
    ),
    *(
        (word, _FISH)
        for word in (
            "fish", "dolphin", "whale", "shark", "orca", "manatee", "ray", "seahorse", "eel",
        )
    ),
    *((word, _OCTOPUS) for word in ("octopus", "squid", "jelly")),
    ("bee", replace(_BUG, marks=Marks.STRIPES)),
    ("firefly", replace(_BUG, marks=Marks.STRIPES)),
    ("beetle", replace(_BUG, marks=Marks.NONE)),
    ("spider", replace(_BUG, marks=Marks.NONE)),
    ("butterfly", _BUG),
    ("ladybug", _BUG),
    ("turtle", Figure(Build.TURTLE, Ears.NONE, Snout.NONE)),
    ("snail", Figure(Build.TURTLE, Ears.NONE, Snout.NONE)),
    *((word, _CRAB) for word in ("crab", "lobster", "scorpion")),
    ("snake", replace(_COIL, marks=Marks.SPOTS)),
    ("worm", replace(_COIL, marks=Marks.STRIPES)),
    *(
        (word, _DRAPE)
        for word in ("ghost", "snow", "pumpkin", "sponge", "alien", "emoji", "skeleton", "purse")
    ),
    *((word, _DOLL) for word in ("girl", "boy", "man", "santa", "hero")),
)  # fmt: skip


def figure_of(animal: str) -> Figure:
    """Find the pattern for a species; what nobody knows becomes a bear."""
    words = animal.casefold()
    return next((figure for word, figure in _BY_WORD if word in words), _BEAR)
