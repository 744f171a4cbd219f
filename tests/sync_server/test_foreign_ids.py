"""Another tenant's ids, put wherever an id can stand, are worth as much as ids of nobody."""

import os
import random
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import httpx
import msgspec
import pytest

from shared.protocol import paths
from shared.protocol.limits import MIB
from shared.protocol.messages import (
    ClaimRequest,
    ReleaseRequest,
    SnapshotProposal,
    SyncRequest,
    encode,
)
from shared.signing import sha256
from sync_server.storage.limits import Limits
from sync_server.tenancy.plans import STANDARD
from tests.sync_server.collector import Device, granted, refused
from tests.sync_server.conftest import Households
from tests.sync_server.serving import Running, running
from tests.sync_server.test_isolation import FAR, Belongings, body_for, signed_routes, state_of

METHODS = ("GET", "POST", "PUT", "DELETE")
PATHS = (
    paths.FILE,
    paths.CHUNK,
    paths.CLAIM,
    paths.RELEASE,
    paths.PROOF,
    paths.SNAPSHOT,
    paths.OBJECT,
)


class Victim:
    """Everything of artmatt's that has a name, and as many names of nobody."""

    def __init__(self, device: Device) -> None:
        self.device, self.own = device, Belongings(device)
        self.entry = device.write()
        device.sync(self.entry)
        self.names: dict[str, bytes] = {
            "tenant": device.collector.tenant,
            "device": device.keys.device,
            "incarnation": device.incarnation,
            "log": device.log,
            "file": self.own.file,
            "piece": sha256(self.own.piece),
            "snapshot": sha256(self.own.snapshot),
            "entry": sha256(self.entry),
            "head of the chain": device.collector.membership.head,
        }

    def pairs(self) -> Iterator[tuple[bytes, bytes]]:
        """Yield each name beside a name of nobody, as long."""
        for name in self.names.values():
            yield name, os.urandom(len(name))


def seen(answer: httpx.Response) -> tuple[int, bytes, list[bytes]]:
    """What a caller can tell two answers by."""
    return answer.status_code, answer.content, [name for name, _ in answer.headers.raw]


def forms(name: bytes) -> Iterator[str]:
    """Ways in which an id may be written into a path."""
    text = name.hex()
    yield from (
        text,
        text.upper(),
        text[:32],
        text + text,
        f"{text}%00",
        f"..%2f{text}",
        f"{text}/",
    )
    yield from (f"{text}?file={text}", f"{text};{text}", f"0x{text}", text[:-1], f"[{text}]")


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Running]:
    """Run a server whose plan lets a device ask as fast as it can: this is about ids."""
    room = Limits(log_bytes=64 * MIB, file_bytes=64 * MIB, devices=8, rate=0, device_rate=0)
    with running(tmp_path / "data", plans={STANDARD: room}) as server:
        yield server


@pytest.fixture
def victim(households: Households) -> Victim:
    return Victim(households.artmatt)


def test_a_foreign_id_in_a_path_is_an_id_of_nobody(
    server: Running, households: Households, victim: Victim
) -> None:
    attacker, before = households.begin, state_of(victim.device, server.folder)
    asked = 0
    body = encode(ClaimRequest(1))
    for method, path, (theirs, nobodys) in product(METHODS, PATHS, victim.pairs()):
        for their_form, nobodys_form in zip(forms(theirs), forms(nobodys), strict=True):
            answers = [
                attacker.call(
                    method, path.format(file=form, object=form, snapshot=form, chunk=0), body
                )
                for form in (their_form, nobodys_form)
            ]
            assert seen(answers[0]) == seen(answers[1]), (path, their_form)
            assert not answers[0].is_success or method == "PUT"
            asked += 2
    assert asked >= 5000
    assert state_of(victim.device, server.folder) == before


def test_a_foreign_id_in_a_body_is_an_id_of_nobody(
    server: Running, households: Households, victim: Victim
) -> None:
    attacker, before = households.begin, state_of(victim.device, server.folder)
    own = Belongings(attacker)
    asked = 0
    for method, path in signed_routes(server.app):
        body = body_for(method, path, attacker, own)
        if method != "POST" or not body:
            continue
        for theirs, nobodys in victim.pairs():
            for their_body, nobodys_body in zip(
                replaced(body, theirs), replaced(body, nobodys), strict=True
            ):
                answers = [
                    attacker.call(method, own.fill(path), each)
                    for each in (their_body, nobodys_body)
                ]
                assert answers[0].status_code == answers[1].status_code, (path, theirs)
                assert victim.entry not in answers[0].content
                asked += 2
    assert asked >= 200
    assert state_of(victim.device, server.folder) == before


def replaced(body: bytes, name: bytes) -> Iterator[bytes]:
    """Yield a body once for each value in it that may be bytes, with a name in its place."""
    plain = msgspec.msgpack.decode(body)
    for at, value in enumerate(plain):
        if isinstance(value, bytes):
            yield msgspec.msgpack.encode([*plain[:at], name, *plain[at + 1 :]])
        if isinstance(value, list):
            yield msgspec.msgpack.encode([*plain[:at], [name, *value], *plain[at + 1 :]])
    yield msgspec.msgpack.encode([*plain, name])


def test_an_entry_under_a_foreign_name_is_refused(
    server: Running, households: Households, victim: Victim
) -> None:
    attacker, before = households.begin, state_of(victim.device, server.folder)
    fields: list[dict[str, object]] = [
        {"tenant": victim.device.collector.tenant},
        {"device": victim.device.keys.device},
        {"device": victim.device.keys.device, "incarnation": victim.device.incarnation},
        {"tenant": victim.device.collector.tenant, "device": victim.device.keys.device},
    ]
    for each in fields:
        answer = attacker.post_sync(attacker.seal(**each))
        assert refused(answer) == (422, "entry_refused"), each
    assert state_of(victim.device, server.folder) == before


def test_updating_a_foreign_id_does_not_return_the_owners_record(
    server: Running, households: Households, victim: Victim
) -> None:
    """An inventory program once answered the update of a stranger's id with the record."""
    attacker, before = households.begin, state_of(victim.device, server.folder)
    file = victim.own.file
    granted(attacker.call("PUT", paths.chunk(file, 0), b"the attacker's own"))
    claimed = attacker.call("POST", paths.claim(file), encode(ClaimRequest(1)))
    assert claimed.content == b""
    assert attacker.call("GET", paths.chunk(file, 0)).content == b"the attacker's own"
    attacker.sync()
    granted(attacker.call("POST", paths.release(file), encode(ReleaseRequest(attacker.log, FAR))))
    assert state_of(victim.device, server.folder) == before


def test_a_foreign_object_inside_an_own_one_is_refused(
    server: Running, households: Households, victim: Victim
) -> None:
    """The same program once accepted a stranger's object nested in an own one."""
    attacker, before = households.begin, state_of(victim.device, server.folder)
    nested = SyncRequest(attacker.log, attacker.cursor, 2, entries=(attacker.seal(), victim.entry))
    assert refused(attacker.call("POST", paths.SYNC, encode(nested)))[1] == "entry_refused"
    mine = attacker.snapshot()
    proposal = SnapshotProposal(mine, (), (sha256(victim.own.piece),))
    assert refused(attacker.call("POST", paths.BASE, encode(proposal)))[1] == "base_incomplete"
    assert refused(attacker.put_object(victim.own.piece))[1] == "entry_refused"
    assert attacker.sync(cursor=0, own=True).entries == ()
    assert state_of(victim.device, server.folder) == before


def test_random_bytes_in_an_envelope_never_reach_anothers_log(
    server: Running, households: Households, victim: Victim
) -> None:
    attacker, before = households.begin, state_of(victim.device, server.folder)
    chance = random.Random(7)  # noqa: S311 - the same bytes in every run
    good = attacker.seal()
    for _ in range(400):
        mutant = bytearray(good)
        for _ in range(chance.choice((1, 1, 4))):
            mutant[chance.randrange(len(mutant))] = chance.randrange(256)
        if bytes(mutant) != good:
            assert attacker.post_sync(bytes(mutant)).status_code in {400, 409, 422}
    assert state_of(victim.device, server.folder) == before
