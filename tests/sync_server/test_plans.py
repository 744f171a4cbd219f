"""Plans that the operator defines, and the rates in them: exact, and each on their own account."""

import os
from pathlib import Path

import httpx
import pytest

from shared.protocol import paths
from sync_server.routes.table import Rates
from sync_server.storage.limits import Limits
from sync_server.tenancy.plans import STANDARD
from sync_server.tenancy.throttle import Rate
from tests.sync_server.collector import Collector, Device, granted, new_file, problem, refused
from tests.sync_server.conftest import Households, sign_up_both
from tests.sync_server.serving import FREE, Running, command, refusal, running
from tests.sync_server.test_lifecycle import eventually

ROOMY = {"log_bytes": 10**8, "file_bytes": 10**8, "devices": 8}
SLOW = 1 / 60
"""Requests a second: none comes back while a test runs."""


def answers(device: Device, count: int) -> list[int]:
    return [device.post_sync().status_code for _ in range(count)]


def plan_with(**limits: float) -> dict[str, Limits]:
    return {STANDARD: Limits(**ROOMY, **limits)}


def test_a_device_that_asks_too_often_waits_and_no_other_does(tmp_path: Path) -> None:
    slow = plan_with(device_rate=1.2, rate=1000)  # 12 at once
    with running(tmp_path / "data", plans=slow) as server:
        server.dial.stop()
        households = sign_up_both(server)
        first, begin = households.artmatt, households.begin
        second = first.add()  # one request of the first
        for device, count in ((first, 11), (second, 12), (begin, 12)):
            device.clock = server.dial.millis
            got = answers(device, count + 3)
            assert got == [200] * count + [429] * 3
        slowed = first.post_sync()
        assert refused(slowed) == (429, "too_many")
        wait = problem(slowed).retry_after
        assert int(slowed.headers["retry-after"]) == wait == 1
        server.dial.turn(wait)
        assert answers(first, 3)[0] == 200


def test_what_a_tenant_may_ask_is_shared_by_its_devices_and_by_nobody_else(tmp_path: Path) -> None:
    slow = plan_with(device_rate=1000, rate=1)  # 10 at once, one a second
    with running(tmp_path / "data", plans=slow) as server:
        server.dial.stop()
        households = sign_up_both(server)
        first, begin = households.artmatt, households.begin
        second = first.add()
        got = [device.post_sync().status_code for _ in range(8) for device in (first, second)]
        assert got == [200] * 9 + [429] * 7
        assert answers(begin, 8) == [200] * 8


def test_a_forger_cannot_use_up_what_is_anothers(tmp_path: Path) -> None:
    with running(tmp_path / "data", plans=plan_with(device_rate=1, rate=1)) as server:
        server.dial.stop()
        households = sign_up_both(server)
        first, stranger = households.artmatt, Collector("x").first.signing
        body = b"anything"
        forged = [first.call("POST", paths.SYNC, body, signing=stranger) for _ in range(25)]
        assert {answer.status_code for answer in forged} == {401}
        assert answers(first, 5) == [200] * 5


def test_one_network_is_limited_and_this_machine_and_other_networks_are_not(
    tmp_path: Path,
) -> None:
    rates = Rates(FREE, FREE, FREE, address=Rate(5, SLOW))
    with running(tmp_path / "data", rates=rates, proxy="127.0.0.1") as server:
        server.dial.stop()
        from_there = {"x-forwarded-for": "203.0.113.9"}
        next_door, elsewhere = "203.0.113.77", "198.51.100.1"

        def health(headers: dict[str, str]) -> httpx.Response:
            return server.http.get(paths.HEALTH, headers=headers)

        assert [health(from_there).status_code for _ in range(7)] == [200] * 5 + [429] * 2
        slowed = health({"x-forwarded-for": next_door})
        assert refused(slowed) == (429, "too_many")
        assert int(slowed.headers["retry-after"]) == 60
        assert health({"x-forwarded-for": elsewhere}).status_code == 200
        assert [health({}).status_code for _ in range(9)] == [200] * 9
        server.dial.turn(60)
        assert [health(from_there).status_code for _ in range(2)] == [200, 429]


def test_a_plan_is_defined_counts_at_once_and_goes_when_nobody_is_on_it(
    households: Households, server: Running
) -> None:
    first, begin = households.artmatt, households.begin
    made = ["plan", "define", "tiny", "--log-bytes", "5000", "--entries", "2", "--files", "1"]
    (line,) = command(server.folder, *made)
    assert (line["log_bytes"], line["entries"], line["rate"]) == (5000, 2, 200)
    assert command(server.folder, *made) == [line]
    command(server.folder, "tenant", "plan", "set", "artmatt", "tiny")
    quota = lambda: first.call("GET", paths.ABOUT).json()["log_quota"]  # noqa: E731
    eventually(quota, 5000)
    first.sync(first.write(), first.write())
    third = first.write()
    assert refused(first.post_sync(third)) == (507, "quota")
    file = new_file()
    for n in range(2):
        granted(first.call("PUT", paths.chunk(file, n), os.urandom(50)))
    another = first.call("PUT", paths.chunk(new_file(), 0), os.urandom(50))
    assert refused(another) == (507, "quota")
    begin.sync(*(begin.write() for _ in range(4)))
    command(server.folder, "plan", "define", "tiny", "--entries", "3")
    eventually(lambda: first.post_sync(third).status_code, 200)
    assert "on this plan" in refusal(server.folder, "plan", "remove", "tiny")
    command(server.folder, "tenant", "plan", "set", "artmatt", STANDARD)
    left = command(server.folder, "plan", "remove", "tiny")
    assert [each["plan"] for each in left] == ["small", "standard", "large"]
    assert "no plan" in refusal(server.folder, "tenant", "plan", "set", "begin", "tiny")
    assert "1 to 32" in refusal(server.folder, "plan", "define", "No Name")
    actions = [each["action"] for each in command(server.folder, "audit")]
    assert actions == ["plan_defined", "plan", "plan_defined", "plan", "plan_removed"]


@pytest.mark.parametrize("plan", ["standard", "large"])
def test_a_plan_of_ours_can_be_changed_and_comes_back(server: Running, plan: str) -> None:
    before = command(server.folder, "plan", "list")
    command(server.folder, "plan", "define", plan, "--devices", "3")
    assert command(server.folder, "plan", "remove", plan) == before


def test_a_noisy_neighbour_is_told_to_wait_and_the_other_hears_nothing_of_it(
    tmp_path: Path,
) -> None:
    slow = plan_with(device_rate=2, rate=2)  # 20 at once
    with running(tmp_path / "data", plans=slow) as server:
        server.dial.stop()
        households = sign_up_both(server)
        quiet, noisy = households.artmatt, households.begin
        loud, calm = [], []
        for _ in range(4):  # fewer than A may ask, ten times what B may
            calm.append(quiet.post_sync(quiet.write()).status_code)
            loud += answers(noisy, 50)
        assert set(calm) == {200}
        assert loud == [200] * 20 + [429] * 180
