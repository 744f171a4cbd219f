"""A look dresses one window, answers every question, and cannot be abused by a pack."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtGui import QColor, QFontDatabase, QFontMetricsF
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from desktop.ui.look import Icon, Look, TextSize, dress, look_of, say
from desktop.ui.look.packs import BUNDLED, bundled, bundled_skin, read_from
from desktop.ui.look.stylesheet import palette, stylesheet
from shared.skins import Role, Scheme, SkinError
from shared.skins.tokens import Density, Motion, Shadow, Shape, Skin, Typeface, View, Word

LOOKS = [
    pytest.param(Look(skin, scheme), id=f"{skin.name}-{scheme.value}")
    for skin in bundled()
    for scheme in Scheme
]


def window(qtbot: QtBot, look: Look) -> tuple[QWidget, QLabel, QPushButton]:
    outer, label, button = QWidget(), QLabel("Nobody else can read this."), QPushButton("Lock")
    layout = QVBoxLayout(outer)
    layout.addWidget(label)
    layout.addWidget(button)
    say(button, "primary")
    dress(outer, look)
    qtbot.addWidget(outer)
    outer.resize(400, 200)
    outer.show()
    return outer, label, button


def middle(widget: QWidget) -> QColor:
    """The colour beside the words of a button."""
    image = widget.grab().toImage()
    return image.pixelColor(8, image.height() // 2)


@pytest.mark.parametrize("look", LOOKS)
def test_a_button_is_painted_in_the_skins_accent(qtbot: QtBot, look: Look) -> None:
    outer, _, button = window(qtbot, look)
    assert middle(button) == look.color(Role.ACCENT)
    assert outer.grab().toImage().pixelColor(2, 2) == look.color(Role.SURFACE_0)


def test_two_windows_side_by_side_wear_their_own_and_one_can_change(qtbot: QtBot) -> None:
    artmatt = Look(bundled_skin("artmatt"), Scheme.DARK)
    begin = Look(bundled_skin("begin"), Scheme.DARK)
    one, _, first = window(qtbot, artmatt)
    other, _, second = window(qtbot, begin)
    assert (look_of(first), look_of(second)) == (artmatt, begin)
    assert middle(second) == begin.color(Role.ACCENT)
    classic = Look(bundled_skin("classic"), Scheme.LIGHT)
    dress(one, classic)
    assert middle(first) == classic.color(Role.ACCENT)
    assert middle(second) == begin.color(Role.ACCENT)
    assert other.font().family() != one.font().family()


def test_a_part_of_a_window_can_wear_the_plain_look(qtbot: QtBot) -> None:
    artmatt = Look(bundled_skin("artmatt"), Scheme.DARK, text_scale=1.5)
    outer, label, _ = window(qtbot, artmatt)
    guarded = QWidget(outer)
    dress(guarded, artmatt.plain())
    assert look_of(guarded).skin == Skin()
    assert look_of(guarded).text_scale == 1.5
    assert look_of(label) == artmatt


hexes = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")
skins = st.builds(
    Skin,
    light=st.fixed_dictionaries(dict.fromkeys(Role, hexes)),
    dark=st.fixed_dictionaries(dict.fromkeys(Role, hexes)),
    shape=st.builds(
        Shape,
        radius=st.integers(0, 28),
        outline=st.integers(0, 4),
        density=st.sampled_from(Density),
        shadow=st.sampled_from(Shadow),
        motion=st.sampled_from(Motion),
    ),
    words=st.dictionaries(st.sampled_from(Word), st.text(min_size=1, max_size=24)),
)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(skin=skins, scheme=st.sampled_from(Scheme))
def test_no_skin_changes_what_a_window_says_or_can(
    qtbot: QtBot, skin: Skin, scheme: Scheme
) -> None:
    outer, label, button = window(qtbot, Look(skin, scheme))
    assert label.text() == "Nobody else can read this."
    assert button.isEnabled()
    assert button.isVisibleTo(outer)
    assert button.height() >= 20
    assert label.height() >= 10
    sheet = stylesheet(Look(skin, scheme))
    assert "qproperty" not in sheet
    assert "@" not in sheet
    addresses = re.findall(r"url\(([^)]*)\)", sheet)
    assert all(re.search(r"look/icons/(arrow|tick-dark|tick-light)\.svg", url) for url in addresses)


def test_every_role_of_the_palette_is_opaque_and_from_the_skin() -> None:
    for look in (Look(skin, scheme) for skin in bundled() for scheme in Scheme):
        colors = {look.color(role).name() for role in Role}
        for role in (palette(look).window(), palette(look).base(), palette(look).highlight()):
            assert role.color().name() in colors


@pytest.mark.parametrize("icon", list(Icon))
def test_every_icon_is_drawn_in_its_colour(icon: Icon) -> None:
    look = Look(bundled_skin("artmatt"), Scheme.DARK)
    image = look.icon_pixmap(icon, 24, 2.0, Role.ACCENT).toImage()
    pixels = [image.pixelColor(x, y) for x in range(image.width()) for y in range(image.height())]
    solid = [pixel for pixel in pixels if pixel.alpha() == 255]
    wanted = look.color(Role.ACCENT).getRgb()
    assert len(solid) > 30
    assert all(pixel.getRgb() == pytest.approx(wanted, abs=3) for pixel in solid)


def test_the_carried_letters_are_there_and_figures_are_equally_wide() -> None:
    families = QFontDatabase.families()
    for typeface in (Typeface.ROUNDED, Typeface.MONO, Typeface.DISPLAY):
        skin = replace(Skin(), type=type(Skin().type)(body=typeface, heading=typeface))
        assert Look(skin, Scheme.LIGHT).font().family() in families
    for skin in bundled():
        metrics = QFontMetricsF(Look(skin, Scheme.LIGHT).figures(TextSize.TITLE))
        assert len({round(metrics.horizontalAdvance(digit), 3) for digit in "0123456789"}) == 1


def test_text_grows_with_the_person_and_the_skin() -> None:
    artmatt = Look(bundled_skin("artmatt"), Scheme.LIGHT)
    larger = replace(artmatt, text_scale=2.0)
    assert larger.font().pixelSize() == pytest.approx(2 * artmatt.font().pixelSize(), abs=1)
    assert larger.row_height == pytest.approx(2 * artmatt.row_height, abs=1)


def test_nothing_moves_where_the_system_asks_for_stillness() -> None:
    artmatt = Look(bundled_skin("artmatt"), Scheme.LIGHT)
    assert artmatt.motion > 0
    assert replace(artmatt, still=True).motion == 0


def test_the_three_skins_differ_in_what_makes_them() -> None:
    classic, artmatt, begin = bundled()
    assert [skin.name for skin in bundled()] == list(BUNDLED)
    assert artmatt.start.view is View.CABINET
    assert artmatt.words[Word.COLLECTION] == "Stash"
    assert artmatt.words[Word.CONDITION] == "Vibe"
    assert begin.start.view is View.TABLE
    assert begin.start.key_hints
    assert begin.type.heading is Typeface.MONO
    assert classic.words == Skin().words


def test_a_folder_with_a_link_in_it_is_refused(tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes(b"\x89PNG")
    pack = tmp_path / "pack"
    pack.mkdir()
    (pack / "skin.toml").write_text('name="x"\ntitle="X"\nversion="1.0.0"\nauthor="me"\n')
    read_from(pack)
    (pack / "x.png").symlink_to(tmp_path / "secret")
    with pytest.raises(SkinError, match="not a plain file"):
        read_from(pack)
