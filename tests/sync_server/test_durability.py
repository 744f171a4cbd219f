"""What was acknowledged is there again: after a restart, after a kill, in another process."""

import subprocess
import sys
import time
from pathlib import Path
from threading import Timer

import httpx
import msgspec
import pytest

from shared.protocol import paths
from shared.protocol.messages import About, ClaimRequest, encode
from tests.sync_server.collector import Collector, Device, granted, new_file
from tests.sync_server.conftest import sign_up_both
from tests.sync_server.serving import COMMAND, ROOT, process, running


def test_a_restart_changes_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    with running(folder) as server:
        households = sign_up_both(server)
        first, begin = households.artmatt, households.begin
        second = first.add()
        entries = [first.write(), first.write()]
        first.sync(*entries)
        file = new_file()
        granted(first.call("PUT", paths.chunk(file, 0), b"sealed"))
        granted(first.call("POST", paths.claim(file), encode(ClaimRequest(1))))
        before = granted(first.call("GET", paths.ABOUT)).content
    with running(folder) as server:
        for device in (first, second, begin):
            device.http = server.http
        assert granted(first.call("GET", paths.ABOUT)).content == before
        reply = second.sync()
        assert reply.log == first.log
        assert list(reply.entries) == entries
        assert granted(second.call("GET", paths.chunk(file, 0))).content == b"sealed"
        assert second.chain().links == tuple(second.chain().links)
        assert first.sync(first.write()).cursor == 3
        assert begin.sync().cursor == 0


def test_what_was_acknowledged_survives_a_kill_at_any_moment(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    collector = Collector("artmatt")
    device: Device | None = None
    acknowledged: list[bytes] = []
    pending: list[bytes] = []
    for pause in (0.0, 0.02, 0.05, 0.11):
        with process(folder) as (child, address), httpx.Client(base_url=address) as http:
            if device is None:
                device = Device(http, collector)
                granted(device.sign_up())
            device.http = http
            kill = Timer(pause, child.kill)
            for n in range(10_000):
                if n == 1:
                    kill.start()
                pending = pending or [device.write()]
                try:
                    device.sync(*pending)
                except httpx.TransportError:
                    break
                acknowledged += pending
                pending = []
            kill.join()
    assert device
    with process(folder) as (_, address), httpx.Client(base_url=address) as http:
        device.http = http
        device.sync(*pending)  # resent: taken before the kill or not, it is there once
        found = list(device.sync(cursor=0, own=True).entries)
    assert found == acknowledged + pending


def test_the_command_needs_no_configuration_and_stops_when_asked(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    with process(folder) as (child, address):
        assert httpx.get(f"{address}/v1/health").json() == {"status": "ok"}
        second = subprocess.run(
            [*COMMAND, "--data", folder, "--port", "0"],
            capture_output=True,
            text=True,
            cwd=ROOT,
            timeout=30,
            check=False,
        )
        assert second.returncode == 1
        assert "Another server already works in this data folder" in second.stderr
        assert "Traceback" not in second.stderr
        port = address.rsplit(":", 1)[1]
        third = subprocess.run(
            [*COMMAND, "--data", tmp_path / "other", "--port", port],
            capture_output=True,
            text=True,
            cwd=ROOT,
            timeout=30,
            check=False,
        )
        assert third.returncode == 1
        assert "The server cannot start" in third.stderr
        began = time.monotonic()
        child.terminate()
        child.wait(10)
        assert time.monotonic() - began < 5
    assert "Traceback" not in (tmp_path / "stderr").read_text()


@pytest.mark.parametrize("option", ["--version", "--help"])
def test_the_command_explains_itself(option: str) -> None:
    said = subprocess.run(
        [*COMMAND[:-1], option], capture_output=True, text=True, cwd=ROOT, timeout=30, check=True
    )
    assert "swingtag-server" in said.stdout
    assert said.stderr == ""
    assert sys.executable not in said.stdout


def test_about_is_the_same_kind_of_message_for_people_and_programs(tmp_path: Path) -> None:
    with running(tmp_path / "data") as server:
        first = sign_up_both(server).artmatt
        raw = granted(first.call("GET", paths.ABOUT))
        assert raw.headers["content-type"] == "application/json"
        assert msgspec.json.decode(raw.content, type=About).slug == "artmatt"
