"""The programs on the demo's stage: one server, and a device for each person's each computer."""

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from threading import Timer
from typing import Any

from desktop.application.demo.errors import DemoError
from desktop.system.paths import DEVICE_VARIABLE, HOME_VARIABLE

_PLAYER = "desktop.application.demo.player"
_SERVER = "sync_server.application.main"  # named, not imported: the two programs never meet
_GRACE_SECONDS = 15
_LONGEST_MOVE_SECONDS = 120
"""Twice the patience of a player's own; a program that hangs is ended after that."""


class Server:
    """The real server program on loopback. It may be stopped and started again, as in life."""

    def __init__(self, data: Path, log: Path) -> None:
        self.data, self.log = data, log
        self.address = ""
        self._port = "0"
        self._process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        """Start it, the first time at any free port and then always there."""
        command = [sys.executable, "-m", _SERVER, "run"]
        command += ["--data", str(self.data), "--port", self._port]
        with self.log.open("a", encoding="utf-8") as log:
            self._process = subprocess.Popen(  # noqa: S603 - our own program
                command, stdout=subprocess.PIPE, stderr=log, text=True
            )
        line = self._process.stdout.readline() if self._process.stdout else ""
        if not line:
            raise DemoError(f"The server did not start; its log is {self.log}.")
        self.address = str(json.loads(line)["address"])
        self._port = self.address.rpartition(":")[2]

    def stop(self) -> None:
        """Stop it, so that all devices are offline."""
        if self._process is not None:
            end(self._process)
            self._process = None


class Device:
    """One running Swingtag with a folder of its own, and a player at its keyboard."""

    def __init__(self, name: str, home: Path, environment: Mapping[str, str]) -> None:
        """Start it; ``environment`` is what the process gets besides its name and home."""
        self.name, self.home = name, home
        home.mkdir(parents=True)
        with (home / "messages.txt").open("w", encoding="utf-8") as messages:
            self._process = subprocess.Popen(  # noqa: S603 - our own program
                [sys.executable, "-m", _PLAYER],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=messages,
                encoding="utf-8",
                env={**environment, HOME_VARIABLE: str(home), DEVICE_VARIABLE: name},
            )

    def do(self, move: str, *arguments: object) -> Any:
        """Make a move on this device and return what was seen; raise DemoError if it cannot be."""
        keyboard, screen = self._process.stdin, self._process.stdout
        if keyboard is None or screen is None:
            raise DemoError(f"{self.name} has no keyboard.")
        watchdog = Timer(_LONGEST_MOVE_SECONDS, self._process.kill)
        watchdog.start()
        try:
            keyboard.write(json.dumps([move, *arguments]) + "\n")
            keyboard.flush()
            line = screen.readline()
        except OSError:
            line = ""
        finally:
            watchdog.cancel()
        if not line:
            raise DemoError(f"{self.name} ended in the middle of the demo.")
        answer = json.loads(line)
        if "refused" in answer:
            raise DemoError(f"{self.name}, asked to {move}: {answer['refused']}")
        return answer["said"]

    @property
    def faults(self) -> list[Path]:
        """Reports that the program wrote about faults of its own."""
        return sorted(self.home.glob("reports/*"))

    @property
    def collection(self) -> Path:
        """The folder of its collection."""
        return next(self.home.glob("collections/*.swingtag"))

    def close(self) -> None:
        """Close the keyboard, upon which the program ends, and see that it does."""
        if self._process.stdin is not None and not self._process.stdin.closed:
            self._process.stdin.close()
        end(self._process, ask=False)


def end(process: subprocess.Popen[str], *, ask: bool = True) -> None:
    """See that a process ends: ask, wait, and then insist."""
    if ask:
        process.terminate()
    try:
        process.wait(_GRACE_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    if process.stdout is not None:
        process.stdout.close()
