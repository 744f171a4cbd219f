"""Every species of the catalogue can be drawn, the same each time, and none like another."""

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QColor, QImage, QPainter

from desktop.drawing.plush import coat_of, figure_of
from desktop.drawing.plush.figures import Build, Ears, Marks, Snout, Top
from desktop.drawing.portraits import SIZE, paint_shape, portrait, portrait_image

SPECIES = (
    "Bear", "Panda bear", "Polar bear", "Koala", "Dog", "Dog (Dalmatian)", "Dog (Husky)", "Cat",
    "Tiger", "Lion", "Leopard", "Rabbit", "Mouse", "Raccoon", "Skunk", "Monkey", "Elephant", "Pig",
    "Cow", "Bull", "Moose", "Unicorn", "Zebra", "Horse", "Sheep", "Hippopotamus", "Platypus",
    "Frog", "Dragon", "Owl", "Duck", "Rooster", "Penguin", "Dolphin", "Goldfish", "Octopus",
    "Ladybug", "Bee", "Turtle", "Crab", "Snake", "Inchworm", "Ghost", "Girl", "Hedgehog", "Camel",
)  # fmt: skip
SMALL = QSize(120, 120)


def shape(animal: str) -> QImage:
    image = QImage(SMALL, QImage.Format.Format_RGB32)
    image.fill(QColor("white"))
    painter = QPainter(image)
    paint_shape(painter, QRectF(image.rect()), animal, QColor("black"), QColor("white"))
    painter.end()
    return image


def test_every_pattern_and_part_is_somebodys() -> None:
    figures = {figure_of(animal) for animal in SPECIES}
    parts = {"build": Build, "ears": Ears, "snout": Snout, "top": Top, "marks": Marks}
    for part, kinds in parts.items():
        assert {getattr(figure, part) for figure in figures} == set(kinds), part


def test_every_species_fills_its_field() -> None:
    for animal in SPECIES:
        image = shape(animal)
        dark = sum(
            image.pixelColor(x, y).lightness() < 128
            for x in range(0, 120, 4)
            for y in range(0, 120, 4)
        )
        assert 120 < dark < 700, (animal, dark)


def test_words_nobody_knows_become_a_bear() -> None:
    for animal in ("", "Boblin", "\u05d3\u05d5\u05d1", "x" * 10_000, "<b>"):
        assert figure_of(animal) == figure_of("Bear")


def test_the_variant_chooses_the_coat() -> None:
    royal = coat_of("Peanut", "Elephant", "Royal blue").base
    light = coat_of("Peanut", "Elephant", "Light blue").base
    assert royal.blueF() > royal.redF()
    assert light.lightnessF() > royal.lightnessF()
    assert coat_of("Peanut", "Elephant", "Royal blue") == coat_of(
        "Peanut", "Elephant", "Royal blue"
    )


def test_a_portrait_is_the_same_each_time_and_another_for_each_seed() -> None:
    first = portrait("Garcia", "Bear", "", 1)
    assert first == portrait("Garcia", "Bear", "", 1)
    assert first != portrait("Garcia", "Bear", "", 2)
    assert QImage.fromData(first).size() == SIZE
    assert portrait_image("Garcia", "Bear", "", 1, SMALL) != portrait_image(
        "Inky", "Octopus", "", 1, SMALL
    )
