"""The real server without a socket: its web app, driven by hand on one loop and one thread."""

import asyncio
import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from typing_extensions import override

from sync_server.application.assembly import assemble
from sync_server.operations.logs import JsonLines
from sync_server.routes.table import Clocks, Rates
from sync_server.tenancy.house import House, open_house
from sync_server.tenancy.journal import Journal
from sync_server.tenancy.premises import Place
from sync_server.tenancy.throttle import Rate
from tests.simulation.chance import Fuse
from tests.simulation.crashes import watched

ADDRESS = "http://beanie.ty"
_FREE = (Rate(1_000_000, 1_000_000), Rate(1_000_000, 1_000_000))


class OneThread(asyncio.SelectorEventLoop):
    """Does at once and on the spot what the server would leave to a thread."""

    @override
    def run_in_executor(  # type: ignore[override] # ParamSpec there
        self, _executor: object, func: Callable[..., Any], *args: Any
    ) -> asyncio.Future[Any]:
        """Run a call and return its outcome: whoever waits for it goes on at once."""
        done = self.create_future()
        try:
            done.set_result(func(*args))
        except Exception as error:  # noqa: BLE001 - a future carries whatever it is
            done.set_exception(error)
        return done


class ServerDown(Exception):  # noqa: N818 - it is what happens, and no mistake
    """The server went off before it could answer. ``answer``: what it would have said."""

    def __init__(self, answer: httpx.Response) -> None:
        super().__init__()
        self.answer = answer


@dataclass
class MachineRoom:
    """The server, its disk, and what may happen to that."""

    folder: Path
    clock: Callable[[], int]
    random: Callable[[int], bytes]
    loop: asyncio.AbstractEventLoop
    failures: list[str] = field(default_factory=list)
    fuse: Fuse = field(default_factory=Fuse)
    _house: House | None = None
    _app: Any = None

    def __post_init__(self) -> None:
        self.fuse.blow = self._photograph

    def open(self) -> None:
        """Start the server; should it go off meanwhile, once more."""
        with watched(self.fuse.burn):
            self._start()
        if self._dark.exists():
            self._start_again()

    def _start(self) -> None:
        self._house = open_house(
            Place(self.folder),
            public_name="beanie.ty",
            now=self.clock,
            random=self.random,
            steady=lambda: self.clock() / 1000,
            proof_bits=2,
        )
        self._app = assemble(
            self._house,
            journal=Journal(JsonLines(self, self.clock)),  # type: ignore[arg-type] # all of a stream that it needs
            clocks=Clocks(self.clock, lambda: self.clock() / 1000),
            version="1",
            rates=Rates(_FREE, _FREE, _FREE),
        )

    def close(self) -> None:
        """Stop it."""
        if self._house:
            self._house.close()
        self._house = None

    def write(self, text: str) -> int:
        """Take a line of its log: a failure of its own is a finding."""
        line = json.loads(text)
        if line["event"] == "failure":
            self.failures.append(text)
        return len(text)

    def flush(self) -> None:
        """Do nothing: it is all in memory."""

    def copy_to(self, folder: Path) -> None:
        """Keep a copy of its disk."""
        self.close()
        shutil.copytree(self.folder, folder)
        self.open()

    def put_back(self, folder: Path | None) -> None:
        """Put an earlier copy in place of its disk, or an empty one."""
        self.close()
        shutil.rmtree(self.folder)
        if folder:
            shutil.copytree(folder, self.folder)
        self.open()

    def answer(self, request: httpx.Request) -> httpx.Response:
        """Let the app answer one request.

        Raises ServerDown if the server went off meanwhile. It runs again then, from the disk as it
        was at that moment; what it did after that never was.
        """
        with watched(self.fuse.burn):
            response = self.loop.run_until_complete(_call(self._app, request))
            self.fuse.burn()
        if self._dark.exists():
            self._start_again()
            raise ServerDown(response)
        return response

    @property
    def _dark(self) -> Path:
        return self.folder.with_suffix(".dark")

    def _photograph(self) -> None:
        shutil.copytree(self.folder, self._dark, ignore=shutil.ignore_patterns("*-shm", "lock"))

    def _start_again(self) -> None:
        self.close()
        shutil.rmtree(self.folder)
        self._dark.rename(self.folder)
        self.open()


def hand_driven_loop() -> asyncio.AbstractEventLoop:
    """Return a loop that only runs while it is asked something, all on this thread."""
    return OneThread()


async def _call(app: Any, request: httpx.Request) -> httpx.Response:
    body = request.read()
    sent: list[dict[str, Any]] = []
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": request.method,
        "scheme": "http",
        "path": request.url.path,
        "raw_path": request.url.raw_path.partition(b"?")[0],
        "query_string": request.url.query,
        "root_path": "",
        "headers": [(name.lower(), value) for name, value in request.headers.raw],
        "client": ("127.0.0.1", 1),
        "server": ("beanie.ty", 80),
    }

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    await app(scope, receive, send)
    content = b"".join(part.get("body", b"") for part in sent[1:])
    headers = [pair for pair in sent[0]["headers"] if pair[0].lower() != b"content-length"]
    stream = httpx.ByteStream(content)
    return httpx.Response(sent[0]["status"], headers=headers, stream=stream)
