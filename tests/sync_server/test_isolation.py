"""Every route, asked by everybody: nobody sees or touches what is not theirs.

The matrix is made from the routes that the app has, so a new route is in it on its first day.
"""

import os
import re
from concurrent.futures import ThreadPoolExecutor
from copy import copy
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from starlette.routing import Route

from shared.envelope import Kind
from shared.ids import Cursor
from shared.protocol import paths
from shared.protocol.messages import (
    ApprovalRequest,
    ChainRequest,
    ClaimRequest,
    DoorsRequest,
    FilesRequest,
    LinkParcel,
    ProofRequest,
    ReleaseRequest,
    SnapshotProposal,
    SyncRequest,
    encode,
)
from shared.signing import SigningKey, sha256
from tests.sync_server.collector import Collector, Device, granted, new_file, problem, refused
from tests.sync_server.conftest import Households, sign_up_both
from tests.sync_server.serving import Running, running

OPEN = {
    ("GET", "/"),
    ("GET", "/{name}"),
    ("GET", paths.HEALTH),
    ("GET", paths.VERSION),
    ("GET", paths.OPENAPI),
    ("GET", paths.SLUG),
    ("PUT", paths.SLOT),
    ("GET", paths.SLOT),
    ("POST", paths.TENANTS),
}
"""The calls that strangers may make. Whoever adds one must say so here."""
FOR_PAPER = {paths.CHAIN, paths.ABOUT}
"""What the paper device may ask for too."""
CHUNK = os.urandom(4000)
FAR = Cursor(2**40)
"""A cursor beyond the end of every log here."""


def signed_routes(app: object) -> list[tuple[str, str]]:
    assert isinstance(app, FastAPI)
    found = [
        (method, route.path)
        for route in app.routes
        if isinstance(route, Route)
        for method in sorted((route.methods or set()) - {"HEAD"})
    ]
    assert set(found) >= OPEN
    return [each for each in found if each not in OPEN]


class Belongings:
    """What a device has at the server, beside its entries."""

    def __init__(self, device: Device) -> None:
        self.file, self.piece = new_file(), device.seal_object(Kind.PIECE)
        self.snapshot = device.snapshot()
        granted(device.call("PUT", paths.chunk(self.file, 0), CHUNK))
        granted(device.call("POST", paths.claim(self.file), encode(ClaimRequest(1))))
        granted(device.put_object(self.piece))
        granted(device.propose(self.snapshot, objects=(self.piece,)))

    def fill(self, path: str) -> str:
        piece, snapshot = sha256(self.piece).hex(), sha256(self.snapshot).hex()
        return path.format(file=self.file.hex(), object=piece, snapshot=snapshot, chunk=0)


def body_for(method: str, path: str, device: Device, own: Belongings) -> bytes:
    """A request that its owner could make in earnest."""
    if method == "GET":
        return b""
    approval = ApprovalRequest(device.approval(own.snapshot).signature)
    bodies = {
        paths.CLAIM: encode(ClaimRequest(1)),
        paths.DOORS: encode(DoorsRequest(1)),
        paths.RELEASE: encode(ReleaseRequest(device.log, FAR)),
        paths.PROOF: encode(ProofRequest(os.urandom(16))),
        paths.FILES: encode(FilesRequest()),
        paths.CHUNK: CHUNK,
        paths.OBJECT: own.piece,
        paths.BASE: encode(SnapshotProposal(own.snapshot, (), (sha256(own.piece),))),
        paths.SNAPSHOT: encode(approval),
    }
    match path:
        case paths.SYNC:
            return encode(SyncRequest(device.log, device.cursor, 0, entries=(device.seal(),)))
        case paths.CHAIN:
            made, head = device.collector.rotation(), device.collector.membership.head
            return encode(ChainRequest(head, (LinkParcel(made.link, made.boxes),)))
        case _:
            return bodies.get(path, b"")


def state_of(device: Device, folder: Path) -> list[tuple[str, bytes]]:
    """All bytes of a tenant at the server, as SQL rows would show them."""
    home = folder / "tenants" / device.collector.tenant.hex()[:2] / device.collector.tenant.hex()
    files = sorted(p for p in home.rglob("*") if p.is_file() and "-shm" not in p.name)
    return [(str(p), p.read_bytes()) for p in files]


def test_every_route_refuses_all_but_the_tenants_own_devices(server: Running) -> None:
    households = sign_up_both(server)
    owner, other = households.artmatt, households.begin
    own = Belongings(owner)
    owner.sync(owner.write())
    nobody = Device(server.http, owner.collector)
    late = Device(server.http, owner.collector, owner.keys)
    late.clock = lambda: owner.clock() - 3_600_000
    out, paper = owner.add(), Device(server.http, owner.collector, owner.collector.paper)
    made = owner.collector.revocation(out.keys)
    granted(owner.post_links(made))
    owner.collector.take(made)
    before = state_of(owner, server.folder)
    asked = 0
    for method, path in signed_routes(server.app):
        target, body = own.fill(path), body_for(method, path, owner, own)
        answers = [
            server.http.request(method, target, content=body or None),
            # the owner's name with another key; another device's name; another tenant's key
            owner.call(method, target, body, signing=SigningKey.generate(os.urandom)),
            other.call(method, target, body, tenant=owner.collector.tenant),
            nobody.call(method, target, body, signing=other.keys.signing),
            # a signature for something else
            _misused(owner, method, target, body),
        ]
        admin = server.http.build_request(method, target, content=body or None)
        admin.headers["authorization"] = "Bearer " + "0" * 64  # an operator's token opens no tenant
        answers.append(server.http.send(admin))
        for answer in answers:
            assert refused(answer) == (401, "not_admitted"), (method, path)
        assert refused(late.call(method, target, body)) == (401, "clock"), (method, path)
        if (method, path) == ("GET", "/v1/chain"):
            assert len(out.chain().links) == owner.collector.membership.length, "up to its end"
        else:
            assert refused(out.call(method, target, body)) == (401, "revoked"), (method, path)
        if path not in FOR_PAPER:
            assert refused(paper.call(method, target, body)) == (403, "paper"), (method, path)
        asked += len(answers) + 3
    assert asked == 9 * len(signed_routes(server.app)) >= 100
    assert state_of(owner, server.folder) == before
    # The control: the same requests, signed as they should be, are answered.
    for method, path in signed_routes(server.app):
        if path != paths.EVENTS:
            granted(owner.call(method, own.fill(path), body_for(method, path, owner, own)))


def _misused(device: Device, method: str, target: str, body: bytes) -> httpx.Response:
    """Send what the device signed for another target."""
    good = device.http.build_request(method, target, content=body or None)
    signed = device.call("GET", "/v1/health").request.headers["authorization"]
    good.headers["authorization"] = signed
    return device.http.send(good)


def test_not_yours_is_the_same_bytes_as_not_there(server: Running) -> None:
    households = sign_up_both(server)
    owner, other = households.artmatt, households.begin
    other.sync()
    own = Belongings(owner)
    never = copy(own)
    never.file, never.piece, never.snapshot = new_file(), b"of nobody", b"of nobody"
    file, looked = own.file, 0
    for method, path in signed_routes(server.app):
        if not re.search(r"{\w+}", path) or method == "PUT":
            continue
        body = body_for(method, path, other, own)
        theirs = other.call(method, own.fill(path), body)
        nowhere = other.call(method, never.fill(path), body)
        # Who asks where to put a file is told that nothing of it is there, whoever else has it.
        status = 200 if path == paths.DOORS else 404
        assert theirs.status_code == nowhere.status_code == status, (method, path)
        assert theirs.content == nowhere.content
        assert theirs.headers.raw == nowhere.headers.raw
        looked += 1
    assert looked == 9
    # The same name in both tenants is two files: nothing is shared, nothing collides.
    theirs = os.urandom(100)
    granted(other.call("PUT", paths.chunk(file, 0), theirs))
    assert owner.call("GET", paths.chunk(file, 0)).content == CHUNK
    assert other.call("GET", paths.chunk(file, 0)).content == theirs


def test_an_unknown_tenant_and_a_wrong_key_are_told_the_same(households: Households) -> None:
    owner = households.artmatt
    ghost = Device(owner.http, Device(owner.http, owner.collector).collector)
    unknown = ghost.call("GET", paths.ABOUT, tenant=type(owner.collector.tenant)(os.urandom(32)))
    wrong = owner.call("GET", paths.ABOUT, signing=SigningKey.generate(os.urandom))
    for answer in (unknown, wrong):
        assert refused(answer) == (401, "not_admitted")
    assert problem(unknown).sentence == problem(wrong).sentence
    assert [name for name, _ in unknown.headers.raw] == [name for name, _ in wrong.headers.raw]


@pytest.mark.parametrize(
    "name", ["", "00", "zz" * 16, "AB" * 16, "..%2f..%2fdirectory.db", "0" * 34, "%00" * 16]
)
def test_what_is_no_name_of_a_file_is_not_there(households: Households, name: str) -> None:
    answer = households.artmatt.call("GET", f"/v1/files/{name}/0")
    assert answer.status_code == 404
    assert problem(answer).code == "not_found"


@pytest.mark.parametrize("chunk", ["-1", "01", "4096", "1e3", "٣", "99999999999999999999"])
def test_what_is_no_number_of_a_chunk_is_not_there(households: Households, chunk: str) -> None:
    owner = households.artmatt
    path = f"{paths.file(new_file())}/{chunk}"
    answer = owner.call("PUT", path, CHUNK)
    assert answer.status_code == 404


@pytest.mark.parametrize(
    "text", ["", "Bearer x", "Swingtag", "Swingtag !!!", "Swingtag " + "A" * 160]
)
def test_what_is_no_credential_opens_nothing(households: Households, text: str) -> None:
    answer = households.artmatt.http.post(paths.SYNC, headers={"authorization": text})
    assert refused(answer) == (401, "not_admitted")
    assert problem(answer).time > 0


def test_fifty_tenants_at_once_in_few_open_stores_stay_apart(tmp_path: Path) -> None:
    with running(tmp_path / "data", most_open=5) as server:
        devices = [Device(server.http, Collector(f"collector-{n}")) for n in range(50)]
        entries: dict[int, list[bytes]] = {n: [] for n in range(50)}
        for device in devices:
            granted(device.sign_up())

        def work(n: int) -> None:
            """One tenant writes, reads and makes mistakes, while seven others do the same."""
            device = devices[n]
            for turn in range(12):
                entries[n].append(device.write())
                device.sync(entries[n][-1])
                reply = device.sync(cursor=0, own=True)
                assert list(reply.entries) == entries[n]
                if turn % 3 == 0:
                    assert device.call("POST", paths.SYNC, b"\xc1").status_code == 400
                    stranger = devices[n - 1].keys.signing
                    assert device.call("GET", paths.ABOUT, signing=stranger).status_code == 401

        with ThreadPoolExecutor(8) as pool:
            list(pool.map(work, range(50)))
        assert len(server.house.doorway._stores._open) <= 5 + 8
        for n, device in enumerate(devices):
            assert list(device.sync(cursor=0, own=True).entries) == entries[n]
