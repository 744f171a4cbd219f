"""A real server on loopback: in a thread with a clock that tests turn, or as a process."""

import io
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread
from typing import Any

import httpx

from sync_server.application.assembly import assemble
from sync_server.application.main import main
from sync_server.operations.connection import Patience
from sync_server.operations.logs import JsonLines, forwarding
from sync_server.operations.serving import SyncServer, address_of, configure, listen
from sync_server.routes.events import StreamTimes
from sync_server.routes.table import Clocks, Rates
from sync_server.tenancy.house import House, open_house
from sync_server.tenancy.journal import Journal
from sync_server.tenancy.plans import PLANS, Plans
from sync_server.tenancy.premises import Place
from sync_server.tenancy.throttle import Rate

ROOT = Path(__file__).parents[2]
PROGRAM = (sys.executable, "-m", "sync_server.application.main")
COMMAND = (*PROGRAM, "run")
FREE = (Rate(10_000, 10_000), Rate(10_000, 10_000))
"""No limit that a test would meet."""


@dataclass
class Dial:
    """The server's clocks. ``turn`` moves both on; ``stop`` halts the steady one otherwise."""

    ahead: float = 0.0
    stopped: float | None = None

    def millis(self) -> int:
        return time.time_ns() // 1_000_000 + int(self.ahead * 1000)

    def steady(self) -> float:
        return (time.monotonic() if self.stopped is None else self.stopped) + self.ahead

    def stop(self) -> None:
        self.stopped = time.monotonic()

    def turn(self, seconds: float) -> None:
        self.ahead += seconds


@dataclass
class Log:
    """What the server logs, in memory."""

    lines: list[str] = field(default_factory=list)

    def write(self, text: str) -> int:
        self.lines.append(text)
        return len(text)

    def flush(self) -> None:
        pass

    @property
    def records(self) -> list[dict[str, object]]:
        return [json.loads(line) for line in self.lines]


@dataclass
class Running:
    """A server that runs in a thread."""

    address: str
    folder: Path
    dial: Dial
    log: Log
    house: House
    app: object
    http: httpx.Client


@contextmanager
def running(
    folder: Path,
    *,
    rates: Rates | None = None,
    place: Place | None = None,
    times: StreamTimes | None = None,
    most_open: int = 256,
    plans: Plans = PLANS,
    public_name: str = "beanie.ty",
    proof_bits: int = 0,
    proxy: str = "",
    patience: Patience | None = None,
) -> Iterator[Running]:
    """Run a server over a folder while the block runs."""
    dial, log = Dial(), Log()
    lines = JsonLines(log, dial.millis)  # type: ignore[arg-type] # all of a stream that it needs
    house = open_house(
        place or Place(folder),
        public_name=public_name,
        now=dial.millis,
        random=os.urandom,
        most_open=most_open,
        plans=plans,
        steady=dial.steady,
        proof_bits=proof_bits,
    )
    app = assemble(
        house,
        journal=Journal(lines),
        clocks=Clocks(dial.millis, dial.steady),
        version="1.2.3",
        rates=rates or Rates(FREE, FREE, FREE),
        times=times,
    )
    listener = listen("127.0.0.1", 0)
    config = configure(app, logging=forwarding(lines), proxy=proxy, patience=patience)
    server = SyncServer(config, house.wakeups.close)
    thread = Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive()
        time.sleep(0.005)
    address = address_of(listener)
    try:
        with httpx.Client(base_url=address, timeout=20) as http:
            yield Running(address, folder, dial, log, house, app, http)
    finally:
        server.should_exit = True
        thread.join(15)
        listener.close()
        assert not thread.is_alive()


def now_millis() -> int:
    return time.time_ns() // 1_000_000


def operate_on(place: Place, *words: str) -> list[dict[str, Any]]:
    """Run a command, in this process, where the directory is in PostgreSQL."""
    return command(place.folder, *words, "--directory", place.directory)


def operate(folder: Path, *words: str) -> list[dict[str, Any]]:
    """Run an operator's command as people do; give the lines that it prints."""
    done = attempt(folder, *words)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def command(folder: Path, *words: str) -> list[dict[str, Any]]:
    """Do the same in this process, which saves the start of another one."""
    said = io.StringIO()
    with redirect_stdout(said), redirect_stderr(said):
        code = main([*words, "--data", str(folder)])
    assert code == 0, said.getvalue()
    return [json.loads(line) for line in said.getvalue().splitlines()]


def refusal(folder: Path, *words: str) -> str:
    """Run a command that must fail; give the sentence that the operator reads."""
    said = io.StringIO()
    with redirect_stdout(said), redirect_stderr(said):
        assert main([*words, "--data", str(folder)]) == 1
    return said.getvalue()


def attempt(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run an operator's command that may fail."""
    return subprocess.run(
        [*PROGRAM, *words, "--data", folder],
        capture_output=True,
        text=True,
        cwd=ROOT,
        timeout=60,
        check=False,
    )


@contextmanager
def process(folder: Path, *options: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Run ``swingtag-server`` as people do; gives the process and its address."""
    with (
        (folder.parent / "stderr").open("a") as stderr,
        subprocess.Popen(
            [*COMMAND, "--data", folder, "--port", "0", *options],
            stdout=subprocess.PIPE,
            stderr=stderr,
            text=True,
            cwd=ROOT,
        ) as child,
    ):
        assert child.stdout
        try:
            said = json.loads(child.stdout.readline())
            child.said = said  # type: ignore[attr-defined] # for tests of more than the address
            yield child, said["address"]
        finally:
            if child.poll() is None:
                child.send_signal(signal.SIGTERM)
            child.wait(15)
