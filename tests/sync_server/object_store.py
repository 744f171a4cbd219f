"""A real S3-compatible store for tests, and a way to it that fails and counts what it carries."""

import http.client
import os
import random
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from typing_extensions import override

BUCKET = "sealed"
KEYS = {"AWS_ACCESS_KEY_ID": "swingtag", "AWS_SECRET_ACCESS_KEY": "a-secret-of-tests"}


@dataclass
class ObjectStore:
    """One bucket, served from a folder by a program that checks signatures."""

    folder: Path
    port: int
    process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def place(self, prefix: str = "house", *, endpoint: str = "", public: str = "") -> str:
        """Return the setting with which a server keeps attachments here."""
        reached = endpoint or self.address
        return f"s3://{BUCKET}/{prefix}?endpoint={reached}&public={public or reached}&timeout=60"

    def objects(self, prefix: str = "house") -> list[str]:
        """Return the names of all objects."""
        top = self.folder / BUCKET / prefix
        return sorted(str(p.relative_to(top)) for p in top.rglob("*") if p.is_file())

    def start(self) -> None:
        rclone = Path(sys.executable).with_name("rclone")
        serve = ("serve", "s3", self.folder, "--addr", f"127.0.0.1:{self.port}")
        quiet = ("--config", os.devnull, "--vfs-cache-mode", "off")
        environment = {
            **os.environ,
            "GOMAXPROCS": "1",
            "RCLONE_AUTH_KEY": '"{},{}"'.format(*KEYS.values()),
        }
        self.process = subprocess.Popen(
            [rclone, *serve, *quiet],
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        deadline = time.monotonic() + 20
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
            except OSError:
                assert self.process.poll() is None
                assert time.monotonic() < deadline
                time.sleep(0.02)
            else:
                return

    def kill(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None


@contextmanager
def object_store() -> Iterator[ObjectStore]:
    """Run a store while the block runs."""
    folder = Path(tempfile.mkdtemp(prefix="swingtag-s3-"))
    (folder / BUCKET).mkdir()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        store = ObjectStore(folder, free.getsockname()[1])
    before = {name: os.environ.get(name) for name in KEYS}
    os.environ.update(KEYS)
    try:
        store.start()
        yield store
    finally:
        store.kill()
        for name, value in before.items():
            os.environ.pop(name) if value is None else os.environ.__setitem__(name, value)
        shutil.rmtree(folder)


@dataclass
class Road:
    """A way to a store. ``failing``: how often a request is lost, or its answer, or both."""

    address: str = ""
    failing: float = 0.0
    chance: random.Random = field(default_factory=lambda: random.Random(1))  # noqa: S311 - repeatable
    carried: int = 0
    failed: int = 0
    asked: int = 0


class _Traveller(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: "_Post"

    def _carry(self) -> None:
        road = self.server.road
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        road.asked += 1
        lost = road.chance.random()
        if lost < road.failing / 2:  # it never arrives
            road.failed += 1
            self.close_connection = True
            return
        line = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=20)
        try:
            line.request(self.command, self.path, body, dict(self.headers.items()))
            answer = line.getresponse()
            content = answer.read()
        except OSError:
            self.close_connection = True
            return
        finally:
            line.close()
        road.carried += len(body) + len(content)
        if lost < road.failing:  # it was done, and nobody hears of it
            road.failed += 1
            self.send_response(500)
            self.send_header("content-length", "0")
            self.end_headers()
            return
        self.send_response(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in {"transfer-encoding", "connection", "content-length"}:
                self.send_header(name, value)
        length = answer.getheader("content-length") if self.command == "HEAD" else len(content)
        self.send_header("content-length", str(length or 0))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = _carry  # noqa: N815 - the base class's names

    @override
    def log_message(self, format: str, *args: object) -> None:
        pass


class _Post(ThreadingHTTPServer):
    daemon_threads = True
    road: Road
    port: int


@contextmanager
def road_to(store: ObjectStore, failing: float = 0.0) -> Iterator[Road]:
    """Open a way to a store while the block runs."""
    with _Post(("127.0.0.1", 0), _Traveller) as post:
        post.road = Road(f"http://127.0.0.1:{post.server_address[1]}", failing)
        post.port = store.port
        thread = threading.Thread(target=post.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield post.road
        finally:
            post.shutdown()
            thread.join()
