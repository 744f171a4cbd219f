"""Whatever does not sit on its tail: birds, swimmers, crawlers and odd ones."""

from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor

from desktop.drawing.plush.cloth import Cloth
from desktop.drawing.plush.coats import Coat
from desktop.drawing.plush.cuts import BOTH_SIDES, curve, oval, round_through
from desktop.drawing.plush.figures import Figure, Marks
from desktop.drawing.plush.head import ears, top_before, top_behind
from desktop.drawing.plush.work import eyes, smile

_BEAK = QColor("#eda336")


def bird(cloth: Cloth, figure: Figure, coat: Coat) -> None:
    """Sew an egg with wings, feet and a beak."""
    foot = round_through([(34, 90), (44, 88), (46, 94), (40, 96), (31, 95)])
    wing = round_through([(31, 50), (24, 58), (18, 76), (22, 82), (31, 74), (35, 62)])
    for turn in BOTH_SIDES:
        cloth.part(turn(foot), _BEAK)
    top_behind(cloth, figure, coat)
    ears(cloth, figure, coat)
    body = round_through(
        [
            (50, 14),
            (66, 20),
            (72, 36),
            (71, 52),
            (75, 72),
            (66, 90),
            (50, 93),
            (34, 90),
            (25, 72),
            (29, 52),
            (28, 36),
            (34, 20),
        ]
    )
    cloth.part(body, coat.base)
    if figure.belly:
        cloth.patch(oval(50, 70, 15.5, 19), coat.soft)
        for turn in BOTH_SIDES:
            cloth.patch(turn(oval(42, 33.5, 7.4, 8.6)), coat.soft)
    for turn in BOTH_SIDES:
        cloth.part(turn(wing), coat.base.darker(112))
    eyes(cloth, coat, apart=8, y=33, radius=2.7)
    cloth.part(round_through([(44, 39), (50, 36), (56, 39), (50, 47)]), _BEAK)
    top_before(cloth, figure, coat)


def swimmer(cloth: Cloth, figure: Figure, coat: Coat) -> None:
    """Sew a fish or a whale from the side."""
    tail = round_through([(78, 66), (88, 52), (98, 46), (95, 62), (98, 78), (88, 76)])
    cloth.part(tail, coat.base)
    cloth.part(round_through([(44, 46), (54, 28), (64, 26), (64, 48)]), coat.base.darker(110))
    body = round_through(
        [(6, 68), (18, 48), (42, 42), (66, 50), (86, 64), (72, 82), (44, 92), (18, 88)]
    )
    cloth.part(body, coat.base)
    belly = round_through([(10, 74), (30, 78), (56, 78), (76, 70), (70, 82), (44, 91), (19, 87)])
    if figure.belly:
        cloth.patch(belly, coat.soft)
    if figure.marks is Marks.STRIPES:
        for x in (38, 50, 62):
            cloth.line(curve((x, 47), (x + 4, 62), (x, 78)), coat.mark, 3)
    cloth.part(
        round_through([(44, 72), (58, 74), (64, 88), (54, 92), (46, 84)]), coat.base.darker(112)
    )
    cloth.bead(QPointF(25, 62), 2.8, coat.dark)
    cloth.line(curve((9, 72), (16, 79), (26, 76)), coat.dark, 0.9)


def octopus(cloth: Cloth, figure: Figure, coat: Coat) -> None:
    """Sew a dome on six legs."""
    _ = figure
    outer = round_through([(40, 60), (28, 70), (12, 76), (8, 88), (16, 92), (30, 86), (46, 74)])
    inner = round_through([(44, 62), (36, 78), (26, 90), (34, 95), (44, 88), (50, 70)])
    middle = round_through([(44, 62), (43, 84), (45, 94), (55, 94), (57, 84), (56, 62)])
    for turn in BOTH_SIDES:
        cloth.part(turn(outer), coat.base)
    for turn in BOTH_SIDES:
        cloth.part(turn(inner), coat.base)
    cloth.part(middle, coat.base)
    cloth.part(
        round_through(
            [(50, 14), (70, 22), (76, 44), (68, 66), (50, 71), (32, 66), (24, 44), (30, 22)]
        ),
        coat.base,
    )
    eyes(cloth, coat, apart=9, y=44, radius=2.8)
    smile(cloth, coat, y=52)


def bug(cloth: Cloth, figure: Figure, coat: Coat) -> None:
    """Sew a dome with antennae, six feet and whatever is on its wings."""
    for y in (58, 72, 84):
        for turn in BOTH_SIDES:
            cloth.part(turn(oval(16, y, 8, 4, 20)), coat.dark.lighter(160))
    for turn in BOTH_SIDES:
        cloth.line(turn(curve((42, 24), (38, 12), (30, 8))), coat.dark, 1.6)
        cloth.part(turn(oval(29, 8, 3, 3)), coat.dark.lighter(170))
    cloth.part(oval(50, 66, 35, 29), coat.base)
    _wing_marks(cloth, figure, coat)
    cloth.part(oval(50, 33, 18, 15), coat.dark.lighter(190))
    for x in (43, 57):
        cloth.bead(QPointF(x, 31), 4.4, QColor("#fbf7f0"))
        cloth.bead(QPointF(x, 31.4), 2.5, coat.dark)
    smile(cloth, Coat(coat.base, coat.soft, coat.mark, coat.soft, coat.ribbon), y=40, wide=5)


def _wing_marks(cloth: Cloth, figure: Figure, coat: Coat) -> None:
    if figure.marks is Marks.STRIPES:
        for y, wide in ((56, 31), (68, 33), (80, 28)):
            cloth.line(curve((50 - wide, y), (50, y + 8), (50 + wide, y)), coat.dark, 4.5)
    if figure.marks is Marks.SPOTS:
        cloth.line(curve((50, 46), (50, 70), (50, 95)), coat.dark, 1.2)
        for x, y, size in ((35, 58, 5), (28, 74, 4.4), (40, 82, 4.8)):
            for turn in BOTH_SIDES:
                cloth.patch(turn(oval(x, y, size, size)), coat.dark)


def turtle(cloth: Cloth, figure: Figure, coat: Coat) -> None:
    """Sew a shell with a head and four feet."""
    _ = figure
    for turn in BOTH_SIDES:
        cloth.part(turn(oval(24, 86, 11, 7.5, -16)), coat.base)
    shell = coat.base.darker(150)
    cloth.part(
        round_through(
            [(10, 78), (18, 52), (36, 36), (64, 36), (82, 52), (90, 78), (72, 87), (28, 87)]
        ),
        shell,
    )
    for x, y, size in ((50, 48, 8), (33, 60, 7), (67, 60, 7), (24, 73, 5.4), (76, 73, 5.4)):
        cloth.patch(oval(x, y, size, size * 0.85), shell.lighter(128))
    cloth.part(oval(50, 68, 19, 17.5), coat.base)
    eyes(cloth, coat, apart=7.4, y=64, radius=2.6)
    smile(cloth, coat, y=73)


def crab(cloth: Cloth, figure: Figure, coat: Coat) -> None:
    """Sew a wide body with claws and eyes on stalks."""
    _ = figure
    for x, y, turn_by in ((18, 80, 34), (24, 88, 52), (34, 92, 72)):
        for turn in BOTH_SIDES:
            cloth.part(turn(oval(x, y, 4, 10, turn_by)), coat.base.darker(112))
    claw = round_through(
        [(24, 56), (10, 48), (4, 32), (12, 22), (18, 34), (22, 24), (30, 32), (30, 48)]
    )
    for turn in BOTH_SIDES:
        cloth.part(turn(claw), coat.base)
        cloth.line(turn(curve((41, 52), (40, 40), (39, 34))), coat.base.darker(130), 3)
        cloth.bead(QPointF(turn(oval(39, 32, 1, 1)).boundingRect().center()), 3.6, coat.dark)
    cloth.part(oval(50, 69, 32, 21), coat.base)
    smile(cloth, coat, y=70, wide=9)
    for turn in BOTH_SIDES:
        cloth.patch(turn(oval(30, 70, 4, 3)), coat.soft)


def coil(cloth: Cloth, figure: Figure, coat: Coat) -> None:
    """Sew a snake that lies in rings."""
    for y, wide in ((84, 36), (71, 30), (59, 24)):
        cloth.part(oval(50, y, wide, 11), coat.base)
        for x in (-0.6, 0.0, 0.6) if figure.marks is not Marks.NONE else ():
            cloth.patch(oval(50 + x * wide, y + 2, 4.4, 3.2), coat.mark)
    cloth.part(oval(50, 38, 18, 16), coat.base)
    eyes(cloth, coat, apart=8, y=34)
    smile(cloth, coat, y=43)


def drape(cloth: Cloth, figure: Figure, coat: Coat) -> None:
    """Sew something round at the top and wavy below."""
    _ = figure
    body = round_through(
        [
            (50, 12),
            (70, 20),
            (78, 42),
            (80, 70),
            (86, 90),
            (72, 88),
            (62, 95),
            (50, 89),
            (38, 95),
            (28, 88),
            (14, 90),
            (20, 70),
            (22, 42),
            (30, 20),
        ]
    )
    cloth.part(body, coat.base)
    for turn in BOTH_SIDES:
        cloth.part(turn(oval(20, 60, 7, 11, 30)), coat.base)
    eyes(cloth, coat, apart=9, y=38, radius=3.2)
    smile(cloth, coat, y=47)
