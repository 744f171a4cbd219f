"""Valid entries of two tenants, broken in every way a server could: exactly Refused, always."""

import random as seeded
from collections.abc import Iterator

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from shared.crypto.epochs import Keyring
from shared.crypto.sealing import derive
from shared.envelope import HEADER_BYTES, signed_message
from shared.ledger import Accepted, Code, Refused
from tests.shared.crypto.two_keys import one_ciphertext_for_two_keys
from tests.shared.worlds import Desk, World

CUTS = {
    "magic": (0, 4),
    "suite": (4, 5),
    "kind": (5, 6),
    "tenant": (6, 38),
    "space": (38, 54),
    "epoch": (54, 58),
    "device": (58, 74),
    "incarnation": (74, 82),
    "seq": (82, 90),
    "prev": (90, 122),
    "seen": (122, 154),
    "signature": (154, 218),
    "salt": (218, 242),
    "commitment": (242, 274),
}


def log(world: World) -> list[bytes]:
    """What two devices wrote in turns."""
    first, second = world.desk(0), world.desk(1)
    entries = []
    for n in range(4):
        for writer, reader in ((first, second), (second, first)):
            entries.append(writer.write(b"edit %d of " % n + world.name.encode()))
            reader.take(entries[-1])
    return entries


def mutants(entries: list[bytes], other: list[bytes], luck: seeded.Random) -> Iterator[bytes]:
    for n, sealed in enumerate(entries):
        for foreign in (other[n], entries[n - 1], entries[n - 2]):
            for start, end in CUTS.values():
                yield sealed[:start] + foreign[start:end] + sealed[end:]
            yield sealed[:274] + foreign[274:]
            yield sealed[:HEADER_BYTES] + foreign[HEADER_BYTES:]
            yield foreign[:HEADER_BYTES] + sealed[HEADER_BYTES:]
        for start, end in CUTS.values():
            yield sealed[:start] + luck.randbytes(end - start) + sealed[end:]
        for _ in range(30):
            at = luck.randrange(len(sealed))
            yield sealed[:at] + bytes([sealed[at] ^ 1 << luck.randrange(8)]) + sealed[at + 1 :]
            yield sealed[:at]
            yield sealed + luck.randbytes(1 + at % 64)
        yield from (sealed[:-cut] for cut in (1, 16, 32, 256))
        yield other[n]


@pytest.mark.parametrize("seed", [1, 2])
def test_every_mutant_is_refused_and_leaves_no_trace(seed: int) -> None:
    """A5-A8, A10, A11, A21, A22."""
    artmatt, begin = World.make(f"artmatt {seed}"), World.make(f"begin {seed}")
    logs = {world.name: log(world) for world in (artmatt, begin)}
    luck = seeded.Random(seed)  # noqa: S311 - picks mutants, keeps no secret
    tried = 0
    for world, other in ((artmatt, begin), (begin, artmatt)):
        entries = logs[world.name]
        genuine = set(entries)
        fresh = world.desk(0)
        behind, ahead = fresh.ledger.state, world.desk(0)
        for sealed in entries:
            assert isinstance(ahead.take(sealed), Accepted)
        full = ahead.ledger.state
        for mutant in mutants(entries, logs[other.name], luck):
            if mutant in genuine:
                continue
            tried += 1
            for desk in (fresh, ahead):
                with pytest.raises(Refused):
                    desk.take(mutant)
        assert (fresh.ledger.state, ahead.ledger.state) == (behind, full)
    assert tried > 2000


def test_shuffled_and_thinned_logs_add_up_or_wait() -> None:
    """A10, A11: order and repetition change nothing; a gap holds back what follows it."""
    world = World.make("artmatt")
    entries = log(world)
    luck = seeded.Random(3)  # noqa: S311 - shuffles, keeps no secret
    for _ in range(20):
        shuffled = luck.sample(entries * 2, len(entries) * 2)
        assert taken(world.desk(0), shuffled) == set(entries)
    for gap in range(len(entries)):
        assert taken(world.desk(0), entries[:gap] + entries[gap + 1 :]) == set(entries[:gap])


def taken(desk: Desk, entries: list[bytes]) -> set[bytes]:
    """What is accepted in the end, when everything that waits is tried again."""
    accepted: set[bytes] = set()
    for _ in entries:
        accepted |= {sealed for sealed in entries if isinstance(desk.take(sealed), Accepted)}
    return accepted


def test_an_entry_for_two_keys_opens_under_one_at_most() -> None:
    """A12: AES-GCM alone opens it for both readers (the control); the commitment parts them."""
    world = World.make("artmatt")
    honest = world.desk(0).write(b"edit")
    header, salt = honest[:HEADER_BYTES], honest[218:242]
    keys = [Keyring(world.tenant, {1: key}) for key in (world.epoch_key, b"k" * 32)]
    made = [
        derive(ring.space_key(1, bytes(16)), "entry", header, salt=salt, length=76) for ring in keys
    ]
    forged = one_ciphertext_for_two_keys(
        (made[0][:32], made[0][32:44]), (made[1][:32], made[1][32:44]), header, blocks=16
    )
    for one_time in made:
        assert AESGCM(one_time[:32]).decrypt(one_time[32:44], forged, header)
    found = []
    for commitment in (made[0][44:], made[1][44:], bytes(32)):
        body = salt + commitment + forged
        signature = world.owners[0].signing.sign(signed_message(header, body))
        for ring in keys:
            with pytest.raises(Refused) as refusal:
                Desk(world, world.owners[1], ring).take(header + signature + body)
            found.append(refusal.value.code)
    opened, shut = Code.PADDING, Code.SEAL
    assert found == [opened, shut, shut, opened, shut, shut]
