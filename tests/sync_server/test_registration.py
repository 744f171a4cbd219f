"""Who may sign up: everybody, those who were invited, nobody."""

from pathlib import Path

import msgspec

from shared.protocol import paths
from shared.protocol.messages import encode
from sync_server.tenancy.registration import INVITATION_MILLIS
from tests.sync_server.collector import Collector, Device, granted, new_file, refused
from tests.sync_server.conftest import Households, sign_up_both
from tests.sync_server.serving import Running, attempt, operate, running

FILE = new_file()


def sign_up(device: Device, code: str = "") -> tuple[int, str]:
    """Sign up with an invitation; give status and code of the answer."""
    asked = msgspec.structs.replace(device.collector.sign_up_request(), invitation=code)
    answer = device.call("POST", paths.TENANTS, encode(asked))
    return (200, "") if answer.is_success else refused(answer)


def newcomer(server: Running, name: str) -> Device:
    device = Device(server.http, Collector(name))
    device.clock = server.dial.millis
    return device


def test_a_closed_server_takes_nobody_new_and_keeps_whom_it_has(
    households: Households, server: Running
) -> None:
    operate(server.folder, "registration", "closed")
    assert sign_up(newcomer(server, "third")) == (403, "closed")
    assert sign_up(households.artmatt) == (200, "")  # the same call again
    households.begin.sync(households.begin.write())
    operate(server.folder, "registration", "open")
    assert sign_up(newcomer(server, "third")) == (200, "")


def test_an_invitation_opens_one_name_for_one_on_its_plan(server: Running) -> None:
    operate(server.folder, "registration", "invite")
    artmatt, begin = newcomer(server, "artmatt"), newcomer(server, "begin")
    (line,) = operate(server.folder, "tenant", "create", "artmatt", "--plan", "large")
    assert operate(server.folder, "tenant", "create", "artmatt", "--plan", "large") == [line]
    code = line["invitation"]
    for device, tried in ((artmatt, ""), (artmatt, code[:-1] + "?"), (begin, code)):
        assert sign_up(device, tried) == (403, "invitation")
    assert sign_up(artmatt, f" {code.upper()} ") == (200, "")
    plans = {each["name"]: each["plan"] for each in operate(server.folder, "tenant", "list")}
    assert plans == {"artmatt": "large"}
    assert sign_up(artmatt, code) == (200, "")
    assert sign_up(newcomer(server, "artmatt"), code) == (409, "slug_taken")
    assert code not in "".join(server.log.lines)


def test_an_invited_name_waits_for_its_owner_on_an_open_server_too(server: Running) -> None:
    (line,) = operate(server.folder, "tenant", "create", "artmatt")
    assert sign_up(newcomer(server, "artmatt")) == (403, "invitation")
    assert sign_up(newcomer(server, "begin")) == (200, "")
    server.dial.turn(INVITATION_MILLIS / 1000 + 1)
    assert sign_up(newcomer(server, "artmatt")) == (200, "")
    taken = attempt(server.folder, "tenant", "create", "begin")
    assert (taken.returncode, "belongs to another" in taken.stderr) == (1, True)
    reserved = attempt(server.folder, "tenant", "create", "admin")
    assert "kept for the server" in reserved.stderr
    assert line["plan"] == "standard"


def test_the_doctor_finds_what_is_damaged_or_missing(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    with running(folder) as server:
        households = sign_up_both(server)
        for device in (households.artmatt, households.begin):
            granted(device.call("PUT", paths.chunk(FILE, 0), bytes(2000)))
            device.sync(device.write(9000))
        healthy = {(line["check"], line["found"]): line for line in operate(folder, "doctor")}
        assert all(line["ok"] for line in healthy.values())
        assert {("tenant", "artmatt"), ("tenant", "begin")} <= healthy.keys()
    home = next((folder / "tenants").glob(f"*/{households.artmatt.collector.tenant.hex()}"))
    chunk = next((home / "files").rglob("0"))
    chunk.write_bytes(b"short")
    stray = folder / "tenants" / "ab" / ("ab" * 32)
    stray.mkdir(parents=True)
    done = attempt(folder, "doctor")
    assert done.returncode == 1
    bad = [line for line in map(msgspec.json.decode, done.stdout.splitlines()) if not line["ok"]]
    assert [(line["check"], line["found"]) for line in bad] == [
        ("tenant", "artmatt"),
        ("folders without a tenant", stray.name),
    ]
    assert all(line["advice"] for line in bad)
    (home / "tenant.db").write_bytes(bytes(8192))
    assert attempt(folder, "doctor").returncode == 1
