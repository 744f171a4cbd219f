"""Plays a journey in a process of its own, watched by strace: recorded, killed, or given errors."""

import os
import re
import shutil
import signal
import socket
import subprocess
import traceback
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import NamedTuple
from unittest.mock import patch

from shared.crypto import unlock
from tests.faults.journeys import JOURNEYS, TOLD
from tests.faults.scene import BEFORE, PLAY, copy_scene, open_scene, set_scene
from tests.simulation.machine_room import hand_driven_loop

WRITES = (
    *("write", "pwrite64", "writev", "pwritev", "fsync", "fdatasync", "ftruncate"),
    *("sendfile", "rename", "renameat", "renameat2"),
    *("unlink", "unlinkat", "mkdir", "mkdirat", "rmdir"),
)
READS = ("pread64",)
"""How SQLite reads. Python's own reading of modules is left alone."""
SYNCS = ("fsync", "fdatasync")
FILLS = ("write", "pwrite64", "sendfile", "ftruncate", "mkdir", "mkdirat")
FAILED = 3


class Point(NamedTuple):
    """One moment of a play: right before the n-th call of a name."""

    call: str
    n: int

    def __str__(self) -> str:
        return f"{self.call} {self.n}"


@dataclass(frozen=True)
class Outcome:
    """How a play ended: what was acknowledged, what the person was told, the exit status."""

    heard: list[str]
    told: str
    status: int


def can_watch() -> bool:
    """Tell whether strace is here and may watch another process."""
    if not shutil.which("strace"):
        return False
    probe = ["strace", "-o", "/dev/null", "-e", "inject=getppid:error=EPERM", "true"]
    return subprocess.run(probe, capture_output=True, check=False).returncode == 0


class Stage:
    """Templates of all journeys' scenes, and the way to play on a copy of one."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.loop = hand_driven_loop()
        # A guess is the same each time, and costs as much as all the rest of a first run.
        self._guesses = patch.object(unlock, "_stretch", cache(unlock._stretch))
        self._guesses.start()
        set_scene(folder / "scene", self.loop)

    def close(self) -> None:
        """Leave it."""
        self._guesses.stop()
        self.loop.close()

    def template(self, journey: str) -> Path:
        """Return the scene on which a journey begins."""
        place = self.folder / f"before {journey}"
        if not place.exists():
            copy_scene(self.folder / "scene", place)
            heard: list[str] = []
            scene = open_scene(place, self.loop, heard.append, act=BEFORE)
            JOURNEYS[journey].prepare(scene)
            scene.close()
            (place / "heard").write_text("\n".join(heard))
        return place

    def play(self, journey: str, *options: str, record: Path | None = None) -> tuple[Path, Outcome]:
        """Play on a copy of the scene while strace does what ``options`` say to the writes."""
        folder = copy_scene(self.template(journey), self.folder / "playing")
        before = [line for line in (folder / "heard").read_text().split("\n") if line]
        ours, theirs = socket.socketpair()
        child = os.fork()
        if not child:
            ours.close()
            self._perform(journey, folder, theirs)
        theirs.close()
        watch = _watch(child, options, record)
        ours.send(b"!")
        with ours, ours.makefile() as lines:
            said = lines.read().splitlines()
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        watch.communicate(timeout=20)
        told = [line.removeprefix("told ") for line in said if line.startswith("told ")]
        heard = [line for line in said if not line.startswith("told ")]
        return folder, Outcome(before + heard, " ".join(told), status)

    def _perform(self, journey: str, folder: Path, line: socket.socket) -> None:
        """Be the child: wait for the watcher, play, and end without any farewell."""
        status = FAILED

        def say(text: str) -> None:
            line.send(f"{text}\n".encode())  # not ``write``, which the watcher may let fail

        try:
            line.recv(1)
            scene = open_scene(folder, self.loop, say, act=PLAY)
            JOURNEYS[journey].play(scene)
            scene.close()
            status = 0
        except TOLD as error:
            say(f"told {type(error).__name__}")
            status = 0
        except BaseException:  # noqa: BLE001 - whatever escapes is the finding
            say("told " + " / ".join(traceback.format_exc().splitlines()))
        finally:
            os._exit(status)


def _watch(child: int, options: Sequence[str], record: Path | None) -> subprocess.Popen[str]:
    """Attach strace to a process and return when it holds it."""
    command = ["strace", "-f", "-p", str(child), "-o", str(record or "/dev/null"), *options]
    watch = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    assert watch.stderr
    line = watch.stderr.readline()
    if "attached" not in line:
        os.kill(child, signal.SIGKILL)
        raise AssertionError(line)
    return watch


def kill_at(point: Point) -> str:
    """Return the option that ends the process right before a call."""
    return f"--inject={point.call}:signal=KILL:when={point.n}"


def fail_at(point: Point, error: str, more: str = "") -> str:
    """Return the option that lets a call fail; with ``more`` "+", and all of its kind after it."""
    return f"--inject={point.call}:error={error}:when={point.n}{more}"


def points(record: str, calls: Sequence[str]) -> list[Point]:
    """Return every call in a record, counted by its name as strace does."""
    counted = Counter(re.findall(r"^\d+ +(\w+)\(", record, re.MULTILINE))
    return [Point(call, n) for call in calls for n in range(1, counted[call] + 1)]
