import os
import subprocess
import sys

import pytest

from desktop.application.instance import SingleInstance
from desktop.application.main import has_screen, instance_name
from desktop.system.paths import places_in


def run(*args, **environment):
    return subprocess.run(
        [sys.executable, "-c", "from desktop.application.main import main; main()", *args],
        capture_output=True,
        text=True,
        timeout=60,
        env={**os.environ, **environment},
        check=False,
    )


def test_the_command_line_tells_version_and_help():
    version = run("--version")
    assert version.stdout.startswith("swingtag ")
    helped = run("--help")
    assert "open" in helped.stdout
    assert helped.returncode == 0


SLOW = ("sqlalchemy", "sqlmodel", "httpx", "keyring")
LOOK = f"import sys, desktop.application.main; print([m for m in {SLOW} if m in sys.modules])"


def test_the_first_window_needs_no_data_layer():
    found = subprocess.run(
        [sys.executable, "-c", LOOK], capture_output=True, text=True, timeout=60, check=True
    )
    assert found.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("environment", "system", "screen"),
    [
        ({}, "linux", False),
        ({"DISPLAY": ":0"}, "linux", True),
        ({"WAYLAND_DISPLAY": "wayland-0"}, "linux", True),
        ({"QT_QPA_PLATFORM": "offscreen"}, "linux", True),
        ({}, "win32", True),
        ({}, "darwin", True),
    ],
)
def test_without_a_screen_it_says_so(environment, system, screen):
    assert has_screen(environment, system) is screen


def test_a_second_start_hands_its_wish_to_the_first(qtbot, tmp_path):
    name = instance_name(places_in(tmp_path))
    first, second = SingleInstance(name), SingleInstance(name)
    wishes = []
    assert not first.hand_over("nobody there")
    assert first.listen(wishes.append)
    assert second.hand_over("/home/anna/beanies.swingtag")
    qtbot.waitUntil(lambda: wishes == ["/home/anna/beanies.swingtag"])


def test_two_persons_never_meet_on_one_socket(tmp_path):
    assert instance_name(places_in(tmp_path / "a")) != instance_name(places_in(tmp_path / "b"))


CORES = """
import resource, sys
from {} import main
resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))
try:
    main(["--help"])
except SystemExit:
    print(resource.getrlimit(resource.RLIMIT_CORE))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows knows no such limit")
@pytest.mark.parametrize("program", ["desktop.application.main", "sync_server.application.main"])
def test_no_program_may_leave_its_memory_on_the_disk(program):
    found = subprocess.run(
        [sys.executable, "-c", CORES.format(program)], capture_output=True, text=True, check=True
    )
    assert found.stdout.endswith("(0, 0)\n")
