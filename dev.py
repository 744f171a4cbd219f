#!/usr/bin/env python3
"""Set Swingtag up in this folder, then run it, test it or measure it.

Needs nothing but Python 3.11 or later: ``python3 dev.py run``, ``python3 dev.py test``.
"""

from __future__ import annotations

import argparse
import ctypes
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
STAMP = VENV / "swingtag-installed"
"""Which lock files were installed into the environment: name and digest, one a line."""
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")
APP_LOCK = ROOT / "requirements.lock"
TEST_LOCK = ROOT / "requirements-dev.lock"

SYSTEM_LIBRARIES = {
    "libGL.so.1": "libgl1",
    "libEGL.so.1": "libegl1",
    "libfontconfig.so.1": "libfontconfig1",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libdbus-1.so.3": "libdbus-1-3",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libX11-xcb.so.1": "libx11-xcb1",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
}
"""What Qt loads on Linux, and the Debian package that brings it."""

CAMPAIGNS = {
    "simulation": "tests.simulation",
    "faults": "tests.faults",
    "tenants": "tests.tenants",
    "reader": "tests.shared.vectors",
    "rot": "tests.rot",
    "photos": "tests.photos",
    "attacks": "tests.attacks",
    "coverage": "tests.shared",
    "mutation": "tests.mutation",
}
"""What takes longer than the tests may, and the module that runs it."""

CHECKS = (
    ("ruff", "check", "."),
    ("ruff", "format", "--check", "."),
    ("mypy",),
    ("lint-imports",),
)


def stop(sentence: str) -> NoReturn:
    """End with one sentence instead of a traceback."""
    sys.exit(f"dev.py: {sentence}")


def say(text: str) -> None:
    """Tell what happens next, before it does."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def run(command: Sequence[str | Path], *, quiet: bool = False, **environment: str) -> int:
    """Run a command in the root folder and return its exit status; quiet shows only errors."""
    return subprocess.run(
        [str(part) for part in command],
        cwd=ROOT,
        env=os.environ | environment,
        stdout=subprocess.DEVNULL if quiet else None,
        check=False,
    ).returncode


# -- What the system must bring ------------------------------------------------------------------


def missing_packages(*, testing: bool) -> list[str]:
    """Return the Debian packages whose content Qt or the tests would not find here."""
    if not sys.platform.startswith("linux"):
        return []
    missing = [package for name, package in SYSTEM_LIBRARIES.items() if not loads(name)]
    if not any(Path("/usr/share/fonts").rglob("*.[ot]tf")):
        missing.append("fonts-dejavu-core")
    if testing and not shutil.which("Xvfb"):
        missing += ["xvfb", "xauth"]
    if testing and not shutil.which("strace"):
        missing.append("strace")
    return missing


def loads(library: str) -> bool:
    """Tell whether the dynamic linker finds a shared library."""
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def install_packages(packages: Sequence[str], purpose: str) -> None:
    """Install Debian packages, or say which ones are wanted."""
    if not packages:
        return
    wanted = f"apt-get install {' '.join(packages)}"
    if not shutil.which("apt-get"):
        stop(f"{purpose} needs system libraries that are missing here; on Debian: {wanted}")
    if os.geteuid() != 0:
        stop(f"{purpose} needs system libraries that are missing here: sudo {wanted}")
    say(f"Installing system libraries: {' '.join(packages)}")
    if apt(*packages) and (run(["apt-get", "-qq", "update"]) or apt(*packages)):
        stop(f"apt-get could not install what {purpose} needs (its reason stands above): {wanted}")


def apt(*packages: str) -> int:
    """Install Debian packages without a question and return the exit status."""
    command = ["apt-get", "-qq", "-y", "--no-install-recommends", "install", *packages]
    return run(command, quiet=True, DEBIAN_FRONTEND="noninteractive")


# -- The environment of our own ------------------------------------------------------------------


def ensure_environment() -> None:
    """Make ``.venv`` unless a working one is there."""
    if PYTHON.exists() and run([PYTHON, "-c", "import pip"]) == 0:
        return
    say(f"Making {VENV.name} with Python {sys.version.split()[0]}")
    if not has_ensurepip():
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        install_packages([f"python{version}-venv"], "a virtual environment")
    if run([sys.executable, "-m", "venv", "--clear", VENV]):
        stop(f"could not make {VENV}: may you write there, and is the disk full?")


def has_ensurepip() -> bool:
    """Tell whether this Python can put pip into a virtual environment; bare Debian's cannot."""
    probe = [sys.executable, "-c", "import ensurepip, venv"]
    return subprocess.run(probe, capture_output=True, check=False).returncode == 0


def ensure_installed(lock: Path) -> None:
    """Install a lock file and the project itself, unless the stamp says that it was done."""
    digest = hashlib.sha256(lock.read_bytes() + (ROOT / "pyproject.toml").read_bytes()).hexdigest()
    done = dict(line.split() for line in STAMP.read_text().splitlines()) if STAMP.exists() else {}
    if done.get(lock.name) == digest:
        return
    say(f"Installing {lock.name} (a few minutes the first time)")
    pip: list[str | Path] = [
        PYTHON,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
    ]
    # The lock is complete. Were pip to resolve again, an extra that a package asks for, such as
    # coverage[toml], would draw a release newer than the locked one, and be refused for it.
    locked = [*pip, "--no-deps", "--require-hashes", "--only-binary", ":all:", "-r", lock]
    itself = [*pip, "--no-deps", "--no-build-isolation", "--editable", ROOT]
    if run(locked) or run(itself):
        stop("pip could not install the packages (its reason stands above): is there a network?")
    done[lock.name] = digest
    STAMP.write_text("".join(f"{name} {value}\n" for name, value in done.items()))


def set_up(lock: Path, *, testing: bool = False, screen: bool = True) -> None:
    """Bring everything that a command needs, doing only what is not done yet."""
    if screen:
        install_packages(missing_packages(testing=testing), "Qt")
    ensure_environment()
    ensure_installed(lock)


# -- Commands ------------------------------------------------------------------------------------


def has_screen() -> bool:
    """Tell whether a window could be shown. Windows and macOS always have a screen."""
    if not sys.platform.startswith("linux"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def run_app(extra: list[str]) -> int:
    """Start the app; without a screen, the demo."""
    if has_screen():
        set_up(APP_LOCK)
        return run([BIN / "swingtag", *extra])
    say("There is no screen here, so this is the demo.")
    return run_demo(extra)


def run_demo(extra: list[str]) -> int:
    """Show two collectors with two devices each, and one server, end to end."""
    set_up(APP_LOCK)
    return run([BIN / "swingtag", "demo", *extra])


def run_screenshots(extra: list[str]) -> int:
    """Draw the main screens in every skin, light and dark, as pictures."""
    set_up(APP_LOCK)
    return run([PYTHON, "-m", "tests.screenshots", *extra], QT_QPA_PLATFORM="offscreen")


def run_server(extra: list[str]) -> int:
    """Start a server for this machine."""
    set_up(APP_LOCK, screen=False)
    return run([BIN / "swingtag-server", "run", *extra])


def run_check(extra: list[str]) -> int:
    """Run lint, format, types and import contracts."""
    if extra:
        stop(f"check takes no arguments, but got: {' '.join(extra)}")
    set_up(TEST_LOCK, testing=True)
    failed = [" ".join(check) for check in CHECKS if run([BIN / check[0], *check[1:]])]
    if failed:
        say(f"check failed: {', '.join(failed)}")
    return 1 if failed else 0


def run_test(extra: list[str]) -> int:
    """Check, then run the tests; arguments go to pytest."""
    checked = run_check([])
    return run([BIN / "pytest", *extra], QT_QPA_PLATFORM="offscreen") or checked


def run_bench(extra: list[str]) -> int:
    """Measure, one JSON line a measure: --n 1000 10000 100000, --measure search."""
    set_up(TEST_LOCK)
    return run([PYTHON, "-m", "tests.benchmarks", *extra], QT_QPA_PLATFORM="offscreen")


def run_campaign(extra: list[str]) -> int:
    """Run what takes longer than the tests may; without a name it says which there are."""
    name, *arguments = extra or [""]
    if name not in CAMPAIGNS:
        stop(f"there is no campaign {name!r}; there are: {', '.join(CAMPAIGNS)}")
    set_up(TEST_LOCK, testing=True)
    return run([PYTHON, "-m", CAMPAIGNS[name], *arguments], QT_QPA_PLATFORM="offscreen")


COMMANDS = {
    "run": run_app,
    "test": run_test,
    "check": run_check,
    "demo": run_demo,
    "bench": run_bench,
    "campaign": run_campaign,
    "screenshots": run_screenshots,
    "server": run_server,
}


def main() -> int:
    """Read the command line and do what it says."""
    if sys.version_info < (3, 11):  # noqa: UP036 - the sentence for whoever has an older one
        stop(f"Swingtag needs Python 3.11 or later, and this is {sys.version.split()[0]}")
    parser = argparse.ArgumentParser(
        prog="dev.py",
        description="\n".join(f"{name:12} {call.__doc__}" for name, call in COMMANDS.items()),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("command", choices=COMMANDS, metavar="command")
    parser.add_argument("extra", nargs=argparse.REMAINDER, help="passed on")
    chosen = parser.parse_args()
    try:
        return COMMANDS[chosen.command](chosen.extra)
    except KeyboardInterrupt:
        return 130
    except OSError as trouble:
        stop(f"{trouble.strerror}: {trouble.filename}")


if __name__ == "__main__":
    sys.exit(main())
