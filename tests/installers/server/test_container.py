"""The image holds what a blind server needs and nothing else, and serves from it."""

import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
FOLDER = ROOT / "installers/server"
CONTAINERFILE = FOLDER / "Containerfile"


@pytest.fixture(scope="module")
def image(tmp_path_factory):
    """The sources that the first stage copies, where it copies them to."""
    folder = tmp_path_factory.mktemp("image")
    for line in re.findall(r"^COPY (?!--from)(.+)$", CONTAINERFILE.read_text(), re.MULTILINE):
        *sources, target = shlex.split(line)
        for source in sources:
            place = folder / target
            if (ROOT / source).is_dir():
                shutil.copytree(ROOT / source, place, dirs_exist_ok=True)
            else:
                place = place / Path(source).name if target.endswith("/") else place
                place.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(ROOT / source, place)
    return folder


def python(image, code):
    """Run Python as in the image: its copy of our packages comes first."""
    paths = f"import sys; sys.path.insert(0, {str(image)!r}); "
    command = [sys.executable, "-c", paths + code]
    return subprocess.run(command, cwd=image, capture_output=True, text=True, check=False)


def test_the_server_starts_from_the_image(image):
    run = python(image, "from sync_server.application.main import main; main(['--version'])")
    assert (run.returncode, run.stdout.split()[0]) == (0, "swingtag-server"), run.stderr


@pytest.mark.parametrize("package", ["shared.crypto", "shared.domain", "shared.ledger", "desktop"])
def test_the_image_cannot_open_an_entry(image, package):
    assert (ROOT / package.replace(".", "/")).is_dir()  # it does exist
    assert not (image / package.replace(".", "/")).exists()


def test_the_linter_has_nothing_to_say():
    hadolint = Path(sys.executable).with_name("hadolint")
    run = subprocess.run([hadolint, CONTAINERFILE], capture_output=True, text=True, check=False)
    assert (run.returncode, run.stdout) == (0, "")


def test_the_image_runs_as_nobody_and_tells_of_its_health():
    last_stage = CONTAINERFILE.read_text().rsplit("\nFROM ", 1)[1]
    assert re.search(r"^USER 10001:10001$", last_stage, re.MULTILINE)
    assert "HEALTHCHECK" in last_stage
    assert "/v1/health" in last_stage
