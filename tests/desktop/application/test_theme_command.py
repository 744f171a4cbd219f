"""Making a skin from the command line: check it, build it, look at it."""

import pytest
from PySide6.QtGui import QImage

from desktop.application.theme_command import main
from shared.skins import read_pack

MANIFEST = 'name = "mine"\ntitle = "Mine"\nversion = "1.2.0"\nauthor = "Me"\n'


@pytest.fixture
def pack(tmp_path):
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "skin.toml").write_text(MANIFEST, encoding="utf-8")
    return folder


def test_a_good_skin_is_called_so(pack, capsys):
    assert main(["check", str(pack)]) == 0
    assert capsys.readouterr().out == "Mine 1.2.0 by Me can be worn.\n"


def test_every_fault_is_said_on_a_line_of_its_own(pack, capsys):
    faint = '[light]\ntext_quiet = "#f0f0f0"\n[dark]\non_accent = "#ff6b6b"\n'
    (pack / "skin.toml").write_text(MANIFEST + faint, encoding="utf-8")
    assert main(["check", str(pack)]) == 1
    said = capsys.readouterr().err.splitlines()
    assert any(line.startswith("In [light] text_quiet on surface0") for line in said)
    assert any(line.startswith("In [dark] on_accent on accent") for line in said)


def test_what_is_built_is_the_same_skin_and_the_same_bytes(pack, tmp_path, capsys):
    first, second = tmp_path / "one.swingskin", tmp_path / "two.swingskin"
    assert main(["build", str(pack), "--to", str(first)]) == 0
    assert main(["build", str(pack), "--to", str(second)]) == 0
    assert first.read_bytes() == second.read_bytes()
    assert read_pack(first.read_bytes()).title == "Mine"
    assert main(["check", str(first)]) == 0
    assert "SHA-256" in capsys.readouterr().out


def test_a_preview_shows_three_views_in_light_and_dark(pack, tmp_path, qapp):
    _ = qapp
    picture = tmp_path / "look.png"
    assert main(["preview", str(pack), "--to", str(picture)]) == 0
    image = QImage(str(picture))
    assert (image.width(), image.height()) == (1760, 1680)
    light, dark = image.pixelColor(4, 4), image.pixelColor(884, 4)
    assert light.lightness() > 200
    assert dark.lightness() < 60


@pytest.mark.parametrize("command", ["check", "build", "preview"])
def test_what_is_not_there_is_said_and_nothing_is_written(command, tmp_path, capsys):
    assert main([command, str(tmp_path / "nowhere")]) == 1
    assert capsys.readouterr().err.endswith(".\n")
    assert list(tmp_path.iterdir()) == []


def test_a_place_that_cannot_be_written_is_said(pack, tmp_path, capsys):
    assert main(["build", str(pack), "--to", str(tmp_path / "no" / "folder.swingskin")]) == 1
    assert "cannot be written" in capsys.readouterr().err
