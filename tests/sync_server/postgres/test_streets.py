"""Several servers are as one: what one did the others know; who wants a name gets it once."""

import os
from concurrent.futures import ThreadPoolExecutor

from shared.protocol import paths
from sync_server.tenancy.premises import Premises
from tests.sync_server.collector import Collector, Device, granted, new_file, refused
from tests.sync_server.conftest import sign_up_both
from tests.sync_server.postgres.conftest import Street
from tests.sync_server.serving import Running, operate_on
from tests.sync_server.test_lifecycle import eventually


def at(device: Device, server: Running) -> Device:
    device.http = server.http
    return device


def test_a_device_may_ask_either_server_at_any_moment(street: Street) -> None:
    households = sign_up_both(street.one)
    first, begin = households.artmatt, households.begin
    written = []
    for n in range(20):
        server = (street.one, street.two)[n % 2]
        written.append(first.write())
        reply = at(first, server).sync(written[-1])
        assert not reply.stale
        if n == 10:
            second = at(first, street.two).add()
    assert list(at(second, street.one).sync().entries) == written
    assert at(second, street.two).sync().entries == ()
    file, sealed = new_file(), os.urandom(2000)
    granted(at(first, street.one).call("PUT", paths.chunk(file, 0), sealed))
    assert granted(at(first, street.two).call("GET", paths.chunk(file, 0))).content == sealed
    made = first.collector.revocation(second.keys)
    granted(at(first, street.one).post_links(made))
    first.collector.take(made)
    assert refused(at(second, street.two).post_sync()) == (401, "revoked")
    assert at(begin, street.two).sync(begin.write()).cursor == 1
    assert begin.sync(cursor=0, own=True).cursor == 1


def test_one_server_wakes_devices_that_listen_at_another(street: Street) -> None:
    households = sign_up_both(street.one)
    first, begin = households.artmatt, households.begin
    second = at(first.add(), street.two)
    with second.events() as woken, at(begin, street.two).events() as quiet:
        next(woken), next(quiet)
        first.sync(first.write())
        event = next(woken)
        while event.cursor != 1:  # what it was told when the servers began to talk
            event = next(woken)
        assert len(second.sync().entries) == 1
        made = first.collector.revocation(second.keys)
        granted(first.post_links(made))
        assert list(woken) == []
        at(begin, street.one).sync(begin.write())
        while next(quiet).cursor != 1:
            pass


def test_what_an_operator_says_is_seen_everywhere(street: Street) -> None:
    households = sign_up_both(street.one)
    first, begin = households.artmatt, at(households.begin, street.two)
    for device in (first, begin):
        device.sync(device.write())
    elsewhere = at(first.add(), street.two)
    with elsewhere.events() as cut:
        next(cut)
        operate_on(street.place, "tenant", "suspend", "artmatt")
        assert list(cut) == []
    for device, server in ((first, street.one), (elsewhere, street.two)):
        eventually(lambda d=device, s=server: at(d, s).post_sync().status_code, 403)
        assert refused(device.post_sync()) == (403, "suspended")
    operate_on(street.place, "tenant", "resume", "artmatt")
    operate_on(street.place, "tenant", "plan", "set", "artmatt", "small")
    for server in (street.one, street.two):
        eventually(lambda s=server: at(first, s).post_sync().status_code, 200)
        quota = lambda s=server: at(first, s).call("GET", paths.ABOUT).json()["log_quota"]  # noqa: E731
        eventually(quota, 256 * 1024**2)
    operate_on(street.place, "maintenance", "on")
    for server in (street.one, street.two):
        eventually(lambda s=server: at(begin, s).post_sync().status_code, 503)
    operate_on(street.place, "maintenance", "off")
    for server in (street.one, street.two):
        eventually(lambda s=server: at(begin, s).post_sync().status_code, 200)
    (receipt,) = operate_on(street.place, "tenant", "teardown", "artmatt", "--yes")
    assert receipt["deletion"]["deleted"]["entries"] == 1
    for server in (street.one, street.two):
        assert refused(at(first, server).post_sync()) == (401, "not_admitted")
    assert street.premises.shards.tenants() == {begin.collector.tenant.hex()}
    assert all(finding["ok"] for finding in operate_on(street.place, "doctor"))
    assert begin.sync(cursor=0, own=True).cursor == 1


def test_a_backup_is_put_back_under_two_servers(street: Street) -> None:
    households = sign_up_both(street.one)
    first, begin = households.artmatt, households.begin
    for device in (first, begin):
        device.sync(device.write())
    operate_on(street.place, "tenant", "backup", "artmatt")
    first.sync(late := first.write())
    operate_on(street.place, "tenant", "restore", "artmatt")
    for server in (street.one, street.two):
        eventually(lambda s=server: at(first, s).post_sync().status_code, 200)
        assert first.sync().stale
    first.log, first.cursor = first.sync().log, type(first.cursor)(0)
    assert first.sync(late, again=True, own=True).cursor == 2
    assert at(begin, street.two).sync(begin.write()).cursor == 2


def test_a_name_that_many_want_at_once_goes_to_one(street: Street, premises: Premises) -> None:
    wanted = ("artmatt", "art-matt", "artrnatt", "begin")
    with ThreadPoolExecutor(8) as together:
        crowd = [
            Device((street.one, street.two)[n % 2].http, Collector(wanted[n % 4]))
            for n in range(12)
        ]
        answers = list(together.map(lambda device: device.sign_up(), crowd))
    codes = [answer.status_code for answer in answers]
    assert sorted(codes) == [200, 200] + [409] * 10
    winners = {d.collector.tenant for d, code in zip(crowd, codes, strict=True) if code == 200}
    assert {tenant.hex() for tenant in winners} == premises.shards.tenants()
    assert {each.id for each in premises.directory.everybody()} == winners
    device = next(d for d, code in zip(crowd, codes, strict=True) if code == 200)
    with ThreadPoolExecutor(4) as together:  # the same request again, everywhere at once
        servers = (street.one, street.two) * 2
        twins = [Device(each.http, device.collector) for each in servers]
        again = list(together.map(lambda twin: twin.sign_up(), twins))
    assert {answer.status_code for answer in again} == {200}


def test_two_devices_pair_over_two_servers(street: Street) -> None:
    box = os.urandom(16)
    path = paths.slot(box, 0)  # type: ignore[arg-type] # a new box
    granted(street.one.http.put(path, content=b"my keys"))
    granted(street.two.http.put(path, content=b"my keys"))
    assert refused(street.two.http.put(path, content=b"other keys")) == (409, "slot_used")
    for server in (street.two, street.one):  # the first answer may have been lost
        assert granted(server.http.get(path)).content == b"my keys"
    granted(street.one.http.put(path, content=b"my keys"))
    assert refused(street.one.http.put(path, content=b"other keys")) == (409, "slot_used")
    street.two.dial.turn(601)
    assert refused(street.two.http.get(path)) == (404, "not_found")
