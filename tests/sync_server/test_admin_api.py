"""The admin API: all of the operator's errands, for whoever has the token, and nothing more."""

import json
import re
import stat
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import httpx
import pytest

from sync_server.operations.admin_api import PREFIX, describe, read_token
from sync_server.operations.admin_calls import CALLS
from tests.sync_server.collector import Collector, Device, granted
from tests.sync_server.serving import operate, process
from tests.sync_server.test_lifecycle import eventually, fill


@dataclass
class Office:
    folder: Path
    public: httpx.Client
    admin: httpx.Client
    artmatt: Device
    begin: Device

    def ask(self, method: str, path: str, **said: object) -> list[dict]:
        answer = self.admin.request(method, PREFIX + path, json=said or None)
        assert answer.status_code == 200, answer.text
        return answer.json()


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    folder = tmp_path_factory.mktemp("office") / "data"
    with process(folder, "--admin", "127.0.0.1:0") as (child, address):
        token = (folder / "admin-token").read_text()
        headers = {"authorization": f"Bearer {token}"}
        with (
            httpx.Client(base_url=address) as http,
            httpx.Client(base_url=child.said["admin"], headers=headers, timeout=70) as admin,
        ):
            artmatt, begin = (Device(http, Collector(name)) for name in ("artmatt", "begin"))
            for device in (artmatt, begin):
                granted(device.sign_up())
                fill(device)
            yield Office(folder, http, admin, artmatt, begin)


def test_the_life_of_a_tenant_over_http(office: Office) -> None:
    listed = office.ask("GET", "/tenants")
    assert [line["name"] for line in listed][:2] == ["artmatt", "begin"]
    (shown,) = office.ask("GET", "/tenants/artmatt")
    assert shown["entries"] == 2
    office.ask("POST", "/tenants/artmatt/suspend")
    eventually(lambda: office.artmatt.post_sync().status_code, 403)
    office.ask("POST", "/tenants/artmatt/resume")
    eventually(lambda: office.artmatt.post_sync().status_code, 200)
    (plan,) = office.ask("PUT", "/plans/tiny", log_bytes=9000)
    assert plan["log_bytes"] == 9000
    assert office.ask("PUT", "/tenants/artmatt/plan", plan="tiny")[0]["plan"] == "tiny"
    office.ask("PUT", "/tenants/artmatt/plan", plan="standard")
    assert "tiny" not in {each["plan"] for each in office.ask("DELETE", "/plans/tiny")}
    (made,) = office.ask("POST", "/tenants/artmatt/backups", keep=2)
    assert office.ask("GET", "/tenants/artmatt/backups") == [made]
    office.artmatt.sync(office.artmatt.write())
    assert office.ask("POST", "/tenants/artmatt/restore", backup=made["n"])[0]["restored"]
    assert office.artmatt.sync().stale
    exported = office.admin.get(f"{PREFIX}/tenants/artmatt/export")
    assert "tenant.db" in zipfile.ZipFile(BytesIO(exported.content)).namelist()
    eventually(lambda: list(office.folder.glob("handing-out-*")), [])
    (invited,) = office.ask("POST", "/tenants", name="third", plan="small")
    third = Device(office.public, Collector("third"))
    granted(third.sign_up(invitation=invited["invitation"]))
    (receipt,) = office.ask("DELETE", "/tenants/third")
    assert receipt["deletion"]["tenant"] == third.collector.tenant.hex()
    assert office.ask("DELETE", "/tenants/third") == [receipt]
    assert all(line["ok"] for line in office.ask("GET", "/doctor") if line["check"] == "tenant")
    assert office.ask("GET", "/audit") == operate(office.folder, "audit")
    office.begin.sync(office.begin.write())


def test_switches(office: Office) -> None:
    office.ask("PUT", "/maintenance", state="on")
    eventually(lambda: office.begin.post_sync().status_code, 503)
    office.ask("PUT", "/maintenance", state="off")
    eventually(lambda: office.begin.post_sync().status_code, 200)
    office.ask("PUT", "/registration", mode="closed")
    assert office.public.get("/v1/slugs/fourth").json()["code"] == "closed"
    office.ask("PUT", "/registration", mode="open")
    office.ask("PUT", "/proof", bits=3)
    assert bytes.fromhex(office.public.get("/v1/slugs/fourth").json()["challenge"])[8] == 3


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("GET", "/tenants/nobody", "", 404),
        ("POST", "/tenants/nobody/suspend", "", 404),
        ("PUT", "/tenants/artmatt/plan", '{"plan": "golden"}', 404),
        ("PUT", "/tenants/artmatt/plan", "{}", 400),
        ("PUT", "/tenants/artmatt/plan", "not json", 400),
        ("PUT", "/plans/tiny", '{"log_bytes": -1}', 400),
        ("PUT", "/plans/Bad_Name", "{}", 409),
        ("POST", "/tenants/artmatt/backups", '{"into": "/tmp/elsewhere"}', 400),
        ("POST", "/tenants/artmatt/restore", '{"backup": 999}', 404),
        ("POST", "/tenants", '{"name": "artrnatt"}', 409),
        ("POST", "/tenants", '{"name": "admin"}', 422),
        ("PUT", "/maintenance", '{"state": "perhaps"}', 400),
        ("PUT", "/proof", '{"bits": 99}', 400),
        ("POST", "/tenants", '{"name": "' + "x" * 70_000 + '"}', 413),
    ],
)
def test_what_cannot_be_done_is_said(
    office: Office, method: str, path: str, body: str, status: int
) -> None:
    answer = office.admin.request(method, PREFIX + path, content=body)
    assert answer.status_code == status, answer.text
    assert answer.json()["sentence"]


def test_nobody_without_the_token_gets_anything_and_nobody_at_the_public_address(
    office: Office,
) -> None:
    token = office.admin.headers["authorization"]
    for call in CALLS:
        path = PREFIX + re.sub(r"{\w+}", "artmatt", call.path)
        public = office.public.request(call.method, path, headers={"authorization": token})
        assert public.status_code == 404
        for wrong in (
            "",
            "Bearer",
            token[:-1],
            token + "x",
            token.lower(),
            "Basic YTpi",
            token[7:],
        ):
            answer = office.admin.request(call.method, path, headers={"authorization": wrong})
            assert answer.status_code == 401
            assert "artmatt" not in answer.text
    document = office.admin.get(f"{PREFIX}/openapi.json", headers={"authorization": ""})
    assert document.status_code == 401
    assert office.ask("GET", "/tenants/artmatt")


def test_the_document_lists_every_call_and_only_errands(office: Office) -> None:
    document = office.admin.get(f"{PREFIX}/openapi.json").json()
    assert document == describe(document["info"]["version"])
    listed = {(m.upper(), p) for p, each in document["paths"].items() for m in each}
    assert listed == {(call.method, PREFIX + call.path) for call in CALLS}
    for name in re.findall(r"#/components/schemas/(\w+)", json.dumps(document)):
        assert name in document["components"]["schemas"]


def test_the_token_is_for_its_user_only_and_stays_the_same(tmp_path: Path) -> None:
    token = read_token(tmp_path, lambda size: bytes(range(size)))
    path = tmp_path / "admin-token"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    path.chmod(0o644)
    assert read_token(tmp_path, bytes) == token
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert len(token) == 43
