"""What makes a head a bear's or an elephant's: ears, snout and what grows on top."""

from collections.abc import Callable, Mapping

from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor

from desktop.drawing.plush.cloth import Cloth
from desktop.drawing.plush.coats import Coat
from desktop.drawing.plush.cuts import (
    BOTH_SIDES,
    curve,
    mirrored,
    oval,
    round_through,
    scalloped,
)
from desktop.drawing.plush.figures import Ears, Figure, Marks, Snout, Top

_HORN = QColor("#efe3c8")
_GOLD = QColor("#e8c25a")
_COMB = QColor("#d0352f")
_BILL = QColor("#e6b23c")

# Outer and inner shape of the left ear.
_EARS = {
    Ears.ROUND: (oval(31.5, 20, 8, 8), oval(31.8, 20.6, 4.6, 4.6)),
    Ears.WIDE: (oval(25, 30, 8.5, 9), oval(25, 30, 5.4, 6)),
    Ears.HUGE: (oval(22, 27, 14, 15.5, -14), oval(22.5, 27.5, 9.5, 11, -14)),
    Ears.FLOPPY: (
        round_through([(35, 17), (26, 19), (19, 31), (20, 47), (27, 50), (32, 38)]),
        None,
    ),
    Ears.POINTED: (
        round_through([(28, 30), (25.5, 10), (28, 7), (45, 17), (40, 27)]),
        round_through([(30, 24), (28.5, 13), (30, 12), (39, 18)]),
    ),
    Ears.LONG: (
        round_through([(38, 22), (30, 10), (30, -3), (37, -4), (43, 8), (46, 20)]),
        round_through([(39.5, 16), (34, 8), (33.4, 0.5), (37, 0.5), (41, 9), (43, 16)]),
    ),
    Ears.SIDE: (
        round_through([(31, 26), (22, 20), (13, 22), (12, 27), (20, 31), (30, 32)]),
        round_through([(27, 26.5), (21, 23.5), (16, 25), (20, 28), (27, 29)]),
    ),
}


def ears(cloth: Cloth, figure: Figure, coat: Coat) -> None:
    """Put two ears on."""
    if figure.ears is Ears.NONE:
        return
    outer, inner = _EARS[figure.ears]
    color = coat.mark if figure.marks in (Marks.PANDA, Marks.PATCHES) else coat.base
    if figure.ears is Ears.FLOPPY and figure.marks is Marks.NONE:
        color = coat.base.darker(118)
    for turn in BOTH_SIDES:
        cloth.part(turn(outer), color)
        if inner is not None and color is coat.base:
            cloth.patch(turn(inner), coat.soft)


def snout(cloth: Cloth, figure: Figure, coat: Coat) -> None:
    """Put on the snout, nose and mouth."""
    sewn = _SNOUTS.get(figure.snout)
    if sewn is not None:
        sewn(cloth, coat)


def top_behind(cloth: Cloth, figure: Figure, coat: Coat) -> None:
    """Put on what stands behind the head."""
    match figure.top:
        case Top.MANE:
            cloth.part(scalloped(50, 36, 27, 13, 5), coat.base.darker(150))
        case Top.SPIKES:
            cloth.part(scalloped(50, 33, 24, 11, 6), coat.base.darker(140))
        case Top.ANTLERS:
            antler = round_through(
                [
                    (42, 20),
                    (34, 12),
                    (24, 14),
                    (17, 6),
                    (23, 4),
                    (25, 8),
                    (29, 0),
                    (34, 6),
                    (38, 2),
                    (41, 10),
                ]
            )
            for turn in BOTH_SIDES:
                cloth.part(turn(antler), _HORN.darker(112))
        case Top.HORNS:
            horn = round_through([(40, 19), (31, 15), (27, 6), (31, 4), (36, 10), (44, 15)])
            for turn in BOTH_SIDES:
                cloth.part(turn(horn), _HORN)
        case _:
            pass


def top_before(cloth: Cloth, figure: Figure, coat: Coat) -> None:
    """Put on what stands before the brow."""
    match figure.top:
        case Top.UNICORN:
            cloth.part(round_through([(46.5, 20), (49.4, 0), (51, 0), (53.5, 20)]), _GOLD)
            for y in (6.0, 11.0, 16.0):
                cloth.line(curve((48.4, y), (50.4, y + 1.6), (52, y)), _GOLD.darker(140), 0.6)
        case Top.FORELOCK:
            cloth.part(round_through([(42, 14), (58, 13), (57, 22), (51, 29), (46, 22)]), coat.mark)
        case Top.TUFT:
            cloth.part(
                round_through([(44, 17), (45, 8), (50, 11), (54, 5), (56, 16), (50, 20)]), coat.mark
            )
        case Top.CURLS:
            for x, y in ((40, 19), (47, 15.5), (54, 15.5), (60.5, 19), (50, 20.5)):
                cloth.part(scalloped(x, y, 4.6, 6, 1), coat.soft)
        case Top.COMB:
            cloth.part(
                round_through([(42, 17), (42, 8), (47, 11), (50, 5), (53, 11), (58, 8), (58, 17)]),
                _COMB,
            )
        case _:
            pass


def _small(cloth: Cloth, coat: Coat) -> None:
    _nose(cloth, coat, y=39.5, wide=2.6, tall=2.0)
    _mouth(cloth, coat, y=41.5)


def _oval(cloth: Cloth, coat: Coat) -> None:
    cloth.part(oval(50, 42.5, 9.6, 7.6), coat.soft)
    _nose(cloth, coat, y=38.6, wide=3.6, tall=2.7)
    _mouth(cloth, coat, y=41.5)


def _long(cloth: Cloth, coat: Coat) -> None:
    cloth.part(oval(50, 44, 12.4, 10.4), coat.soft)
    for x in (45.6, 54.4):
        cloth.bead(QPointF(x, 41.6), 1.3, coat.dark)
    cloth.line(curve((44, 48), (50, 51.4), (56, 48)), coat.dark, 0.9)


def _wide(cloth: Cloth, coat: Coat) -> None:
    cloth.part(oval(50, 43, 15.5, 9.6), coat.soft)
    for x in (47.4, 52.6):
        cloth.bead(QPointF(x, 39.4), 0.9, coat.dark)
    cloth.line(curve((39.5, 43.5), (50, 51), (60.5, 43.5)), coat.dark, 0.9)


def _pig(cloth: Cloth, coat: Coat) -> None:
    cloth.part(oval(50, 42, 8.4, 6.6), coat.base.darker(112))
    for x in (47, 53):
        cloth.patch(oval(x, 42, 1.5, 2.2), coat.dark)
    cloth.line(curve((45.5, 50), (50, 52.6), (54.5, 50)), coat.dark, 0.9)


def _bill(cloth: Cloth, coat: Coat) -> None:
    bill = round_through([(35, 42), (50, 38.5), (65, 42), (62, 50), (50, 52), (38, 50)])
    cloth.part(bill, _BILL)
    cloth.line(curve((37, 45.5), (50, 49), (63, 45.5)), _BILL.darker(150), 0.8)
    for x in (47, 53):
        cloth.bead(QPointF(x, 42), 0.8, coat.dark)


def _trunk(cloth: Cloth, coat: Coat) -> None:
    trunk = round_through(
        [(44, 35), (56, 35), (56.5, 50), (53, 60), (45, 63.5), (41, 59), (46, 56), (46, 48)]
    )
    cloth.part(trunk, coat.base)
    for y in (43, 48, 53):
        cloth.line(curve((47, y), (51, y + 1.4), (55, y)), coat.base.darker(140), 0.7)


def _nose(cloth: Cloth, coat: Coat, *, y: float, wide: float, tall: float) -> None:
    nose = round_through(
        [(50 - wide, y - tall * 0.5), (50, y - tall), (50 + wide, y - tall * 0.5), (50, y + tall)]
    )
    cloth.patch(nose, coat.dark)
    cloth.bead(QPointF(50, y - tall * 0.1), min(wide, tall) * 0.55, coat.dark)


def _mouth(cloth: Cloth, coat: Coat, *, y: float) -> None:
    cloth.line(curve((50, y), (50, y + 1.5), (50, y + 3)), coat.dark, 0.8)
    half = curve((50, y + 3), (47.5, y + 6), (44.5, y + 3.6))
    cloth.line(half, coat.dark, 0.8)
    cloth.line(mirrored(half), coat.dark, 0.8)


_SNOUTS: Mapping[Snout, Callable[[Cloth, Coat], None]] = {
    Snout.SMALL: _small,
    Snout.OVAL: _oval,
    Snout.LONG: _long,
    Snout.WIDE: _wide,
    Snout.PIG: _pig,
    Snout.TRUNK: _trunk,
    Snout.BILL: _bill,
}
