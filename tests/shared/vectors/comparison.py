"""Two readers over the same random logs: what one reads the other reads; mutants both refuse."""

import random as seeded
from typing import Any

from shared.ledger import Refused
from tests.shared.vectors import second_reader as second
from tests.shared.worlds import Desk, World, stream


class DisagreementError(AssertionError):
    """The two readers do not see the same."""


def compare(entries: int, seed: int) -> int:
    """Let both read random edits of two tenants, and mutants of each; return how many were read."""
    luck = seeded.Random(seed)  # noqa: S311 - picks sizes and mutants, keeps no secret
    read = 0
    for name, owners in (("artmatt", 3), ("begin", 2)):
        world = World.make(f"{name} {seed}", owners=owners)
        log = second.Log(second.read_chain(world.tenant, world.links), {1: world.epoch_key})
        judge, desks = world.desk(0), [world.desk(n) for n in range(len(world.owners))]
        for n in range(entries // 2):
            writer = luck.choice(desks)
            if luck.random() < 0.05:
                writer.reborn()
            edits = [stream(f"{seed} {n}")(luck.randrange(900)) for _ in range(luck.randrange(4))]
            sealed = writer.write(*edits)
            for reader in desks:
                reader.take(sealed)
            _refuse(log, judge, _mutant(sealed, luck))
            outcome: Any = judge.take(sealed)
            if not log.take(sealed)[1] == list(outcome.edits) == edits:
                raise DisagreementError(seed, n)
            read += 1
    return read


def _mutant(sealed: bytes, luck: seeded.Random) -> bytes:
    changed, at = bytearray(sealed), luck.randrange(len(sealed) * 8)
    changed[at // 8] ^= 1 << at % 8
    return bytes(changed)


def _refuse(log: second.Log, judge: Desk, mutant: bytes) -> None:
    for take, no in ((log.take, second.Bad), (judge.take, Refused)):
        try:
            take(mutant)
        except no:
            continue
        raise DisagreementError(mutant.hex())
