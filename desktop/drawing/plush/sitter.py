"""Whatever sits and looks at you: bears, dogs, cats, rabbits, elephants and most others."""

from collections.abc import Callable, Mapping

from desktop.drawing.plush.cloth import Cloth
from desktop.drawing.plush.coats import Coat
from desktop.drawing.plush.cuts import BOTH_SIDES, curve, mirrored, oval, round_through
from desktop.drawing.plush.figures import Figure, Marks, Snout
from desktop.drawing.plush.head import ears, snout, top_before, top_behind
from desktop.drawing.plush.work import eyes

_HEAD = (50.0, 35.0, 22.5, 20.5)


def sitter(cloth: Cloth, figure: Figure, coat: Coat) -> None:
    """Sew body, limbs, head and face."""
    _limbs_and_body(cloth, figure, coat)
    top_behind(cloth, figure, coat)
    ears(cloth, figure, coat)
    cloth.part(oval(*_HEAD), coat.base)
    _face_marks(cloth, figure, coat)
    snout(cloth, figure, coat)
    high = figure.snout in (Snout.LONG, Snout.WIDE, Snout.BILL)
    eyes(cloth, coat, apart=8.6, y=29.5 if high else 32)
    top_before(cloth, figure, coat)
    if figure.bow:
        _bow(cloth, coat)


def _limbs_and_body(cloth: Cloth, figure: Figure, coat: Coat) -> None:
    limb = coat.mark if figure.marks is Marks.PANDA else coat.base
    body = round_through(
        [(50, 48), (63, 53), (71, 70), (70, 86), (58, 94), (42, 94), (30, 86), (29, 70), (37, 53)]
    )
    cloth.part(body, coat.base)
    if figure.belly:
        cloth.patch(oval(50, 76, 13, 15.5), coat.soft)
    _body_marks(cloth, figure, coat)
    arm = oval(30.5, 66, 7.2, 15, 22)
    leg = oval(29, 86.5, 13, 9, -14)
    pad = oval(23, 86.5, 5.2, 5.6, -14)
    for turn in BOTH_SIDES:
        cloth.part(turn(leg), limb)
        cloth.patch(turn(pad), coat.soft)
        cloth.part(turn(arm), limb)


def _body_marks(cloth: Cloth, figure: Figure, coat: Coat) -> None:
    match figure.marks:
        case Marks.STRIPES:
            for y, wide in ((60, 9), (70, 11), (80, 11)):
                cloth.line(curve((50 - wide, y), (50, y + 5), (50 + wide, y)), coat.mark, 2.2)
        case Marks.SPOTS:
            for x, y, size in ((42, 62, 3), (58, 66, 3.6), (46, 76, 2.6), (60, 81, 3), (40, 83, 3)):
                cloth.patch(oval(x, y, size, size * 0.85), coat.mark)
        case Marks.PATCHES:
            cloth.patch(
                round_through([(56, 58), (67, 64), (68, 76), (58, 78), (53, 68)]), coat.mark
            )
            cloth.patch(round_through([(34, 76), (43, 78), (42, 90), (33, 88)]), coat.mark)
        case Marks.PANDA:
            band = round_through([(37, 52), (63, 52), (70, 66), (50, 70), (30, 66)])
            cloth.patch(band, coat.mark)
        case Marks.NONE | Marks.MASK | Marks.BLAZE:
            pass


def _face_marks(cloth: Cloth, figure: Figure, coat: Coat) -> None:
    sewn = _FACES.get(figure.marks)
    if sewn is not None:
        sewn(cloth, coat)


def _striped_face(cloth: Cloth, coat: Coat) -> None:
    for x, lean in ((43, -2.0), (50, 0.0), (57, 2.0)):
        cloth.line(curve((x, 16.5), (x - lean / 2, 19), (x - lean, 23)), coat.mark, 1.9)
    for y in (36, 41):
        cheek = curve((28.6, y - 1), (32, y), (35.5, y + 1.5))
        cloth.line(cheek, coat.mark, 1.7)
        cloth.line(mirrored(cheek), coat.mark, 1.7)


def _spotted_face(cloth: Cloth, coat: Coat) -> None:
    for x, y, size in ((36, 22, 2.4), (62, 21, 3), (68, 34, 2), (33, 42, 2)):
        cloth.patch(oval(x, y, size, size * 0.85), coat.mark)


def _patched_face(cloth: Cloth, coat: Coat) -> None:
    cloth.patch(oval(59, 30, 8, 9.5, 18), coat.mark)


def _masked_face(cloth: Cloth, coat: Coat) -> None:
    for turn in BOTH_SIDES:
        cloth.patch(turn(oval(40.5, 32.5, 6, 7.4, 28)), coat.mark)


def _blazed_face(cloth: Cloth, coat: Coat) -> None:
    blaze = [(50, 15), (54, 22), (54, 32), (61, 46), (39, 46), (46, 32), (46, 22)]
    cloth.patch(round_through(blaze), coat.soft)


_FACES: Mapping[Marks, Callable[[Cloth, Coat], None]] = {
    Marks.STRIPES: _striped_face,
    Marks.SPOTS: _spotted_face,
    Marks.PATCHES: _patched_face,
    Marks.PANDA: _masked_face,
    Marks.MASK: _masked_face,
    Marks.BLAZE: _blazed_face,
}


def _bow(cloth: Cloth, coat: Coat) -> None:
    loop = round_through([(50, 54.5), (41, 49.5), (37.5, 54), (41, 59.5)])
    tail = round_through([(49, 56), (44, 66), (47.5, 67.5), (50.5, 58)])
    for turn in BOTH_SIDES:
        cloth.part(turn(tail), coat.ribbon)
        cloth.part(turn(loop), coat.ribbon)
    cloth.part(oval(50, 54.6, 2.8, 2.6), coat.ribbon)
