"""Two servers that log into one sink: who wrote a line, and whose it is, can be told."""

import json
import socket
import subprocess
import sys
from pathlib import Path

import httpx

from shared.protocol import paths
from tests.sync_server.collector import Collector, Device, granted
from tests.sync_server.serving import COMMAND, PROGRAM, ROOT, Running, command

SINK = """
import socket, sys, threading
heard, lock = open(sys.argv[1], "ab", buffering=0), threading.Lock()
def take(line):
    for text in line.makefile("rb"):
        with lock:
            heard.write(text)
server = socket.create_server(("127.0.0.1", 0))
print(server.getsockname()[1], flush=True)
for _ in range(2):
    threading.Thread(target=take, args=(server.accept()[0],)).start()
"""
"""A collector of logs: takes lines from two connections and keeps them in one file."""


class Instance:
    """A server whose standard error is a connection to the collector of logs."""

    def __init__(self, folder: Path, name: str, port: int) -> None:
        line = socket.create_connection(("127.0.0.1", port))
        options = ("--data", folder, "--port", "0", "--instance", name)
        self.child = subprocess.Popen(
            [*COMMAND, *options], stdout=subprocess.PIPE, stderr=line.fileno(), text=True, cwd=ROOT
        )
        line.close()
        assert self.child.stdout
        self.address = json.loads(self.child.stdout.readline())["address"]

    def stop(self) -> None:
        self.child.terminate()
        self.child.wait(15)
        assert self.child.stdout
        self.child.stdout.close()


def lines_of(folder: Path, name: str, log: Path) -> list[dict]:
    with log.open() as text:
        done = subprocess.run(
            [*PROGRAM, "tenant", "logs", name, "--data", folder],
            stdin=text,
            capture_output=True,
            text=True,
            cwd=ROOT,
            check=True,
        )
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_two_servers_one_sink_and_each_tenant_gets_its_own_lines(tmp_path: Path) -> None:
    log = tmp_path / "sink.log"
    folders = {name: tmp_path / name for name in ("east", "west")}
    sink = subprocess.Popen([sys.executable, "-c", SINK, log], stdout=subprocess.PIPE, text=True)
    assert sink.stdout
    port = int(sink.stdout.readline())
    instances = {name: Instance(folder, name, port) for name, folder in folders.items()}
    calls: dict[tuple[str, str], int] = {}
    for name, instance in instances.items():
        with httpx.Client(base_url=instance.address) as http:
            for count, slug in enumerate(("artmatt", "begin"), 2):
                device = Device(http, Collector(slug))
                granted(device.sign_up())
                for _ in range(count):
                    device.sync(device.write())
                calls[name, slug] = count
            stranger = Device(http, Collector("artmatt"))
            assert stranger.post_sync().status_code == 401
            http.get(paths.HEALTH)
    for instance in instances.values():
        instance.stop()
    sink.wait(15)
    sink.stdout.close()
    kept = [json.loads(line) for line in log.read_text().splitlines()]
    assert {line["instance"] for line in kept} == {"east", "west"}
    assert [line["event"] for line in kept].count("stop") == 2
    told = {key: lines_of(folders[key[0]], key[1], log) for key in calls}
    for (name, slug), lines in told.items():
        assert len(lines) == calls[name, slug]
        assert {line["instance"] for line in lines} == {name}
        assert {line["route"] for line in lines} == {"sync"}
        assert len({line["tenant"] for line in lines}) == 1
        assert len({line["request"] for line in lines}) == len(lines), slug
    everybody = [line["request"] for lines in told.values() for line in lines]
    assert len(everybody) == len(set(everybody))
    proven = [line for line in kept if "tenant" in line]
    assert sorted(line["request"] for line in proven) == sorted(everybody)
    signed = [line for line in kept if line.get("route") == "sync" and line["status"] == 200]
    assert all("tenant" in line and "device" in line for line in signed)
    text = log.read_text()
    assert not any(word in text for word in ("artmatt", "begin", "127.0.0.1"))


def test_what_else_is_in_a_log_is_passed_over(server: Running, tmp_path: Path) -> None:
    granted(Device(server.http, Collector("artmatt")).sign_up())
    log = tmp_path / "log"
    log.write_text('not json\n[1]\n{"tenant": "somebody"}\n{"tenant": 5}\n\n')
    assert command(server.folder, "tenant", "logs", "artmatt", str(log)) == []
