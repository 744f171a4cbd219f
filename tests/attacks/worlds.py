"""Worlds with real clients: a server lies to one device for a while, then it is honest again."""

from collections.abc import Sequence
from dataclasses import dataclass

from desktop.sync.errors import SyncError
from desktop.vault.identity import read_identity
from shared.domain.stamps import Stamp
from shared.ids import Cursor
from shared.ledger import NotWritableError
from shared.protocol.messages import Event, SyncReply
from tests.attacks.carrier import MaliciousServer
from tests.attacks.houses import BelievedError, place_of
from tests.attacks.lies import SCHEMES
from tests.attacks.stage import Scene, Stage, put
from tests.attacks.trials import luck_of
from tests.simulation.machine import Machine
from tests.simulation.template import NAMES

_ROUNDS = 3
_PATIENCE = 11 * 60_000
"""Between two rounds, in milliseconds: longer than anything may wait without being told."""


@dataclass(frozen=True)
class Holdings:
    """What must not change: rows, devices, keys and files of one device."""

    content: bytes
    links: tuple[bytes, ...]
    keys: dict[int, bytes]
    files: frozenset

    @classmethod
    def of(cls, machine: Machine) -> "Holdings":
        return cls(
            machine.vault.log.content_hash(),
            machine.vault.log.state().links,
            dict(read_identity(machine.vault.secrets).keyring.epoch_keys),
            frozenset(machine.pictures()),
        )


@dataclass
class Household:
    """The devices of the collector that is lied to, and of the other one."""

    victim: Machine
    first: Machine
    others: Sequence[Machine]

    def close(self) -> None:
        for machine in (self.victim, self.first, *self.others):
            machine.close()


def lie_to_clients(stage: Stage, row: str, seed: int) -> str:
    """Try one lie on real clients; say what they told, or raise BelievedError."""
    luck = luck_of(f"world {row}", seed)
    scheme = SCHEMES[row][seed % len(SCHEMES[row])]
    name, other = luck.sample(NAMES, 2)
    with stage.scene(f"{row} {seed}", based=scheme.based) as scene:
        house, answer = move_in(scene, name, other), scene.room.answer
        constancy = luck.choice((1.0, 1.0, 0.6))
        server = MaliciousServer(answer, scheme.attack, stage.loot[name], luck, seed, constancy)
        try:
            if scheme.wakes:
                _wake(house.victim, server)
            told = _be_lied_to(scene, house, server, scheme.shows)
        finally:
            house.close()
    return ", ".join(sorted(told))


def move_in(scene: Scene, name: str, other: str) -> Household:
    victim, first = scene.opened(f"{name}-1"), scene.opened(f"{name}-0")
    return Household(victim, first, [scene.opened(f"{other}-{n}") for n in range(2)])


def _wake(victim: Machine, server: MaliciousServer) -> None:
    """Let a wake-up bring lies that fit on the device's cursor; it must take in none of it."""
    log, cursor = victim.vault.log.cursor()
    chain = len(victim.vault.log.state().links)
    new = [each for each in server.loot.own if victim.vault.log.hash_at(*place_of(each)) is None]
    honest = SyncReply(log, Cursor(cursor + 1), 0, chain, entries=tuple(new[:2]))
    false = server.attack(server, honest).entries
    before = Holdings.of(victim)
    if victim.session.overhear(Event(log, cursor, Cursor(cursor + 1), chain, false)):
        raise BelievedError("a wake-up was believed")
    if Holdings.of(victim) != before:
        raise BelievedError("a wake-up left a trace")


def _be_lied_to(
    scene: Scene, house: Household, server: MaliciousServer, shows: frozenset[str]
) -> set[str]:
    put(house.victim, 7, "written while the server lied")
    before = [Holdings.of(machine) for machine in house.others]
    house.victim.wire.answer = server.answer
    told = hear(scene, house.victim)
    house.victim.wire.answer = scene.room.answer
    judge(house, told)
    if [Holdings.of(machine) for machine in house.others] != before:
        raise BelievedError("the other collector was touched")
    if not server.lies:
        return {"no lie was told"}
    if server.constancy == 1.0 and not told & shows and "*" not in shows:
        raise BelievedError(f"the person was told {told}")
    heal(scene, house)
    return told


def hear(scene: Scene, machine: Machine, rounds: int = _ROUNDS) -> set[str]:
    """Sync some rounds and note all that the person is told; anything but SyncError escapes."""
    told = set[str]()
    for _ in range(rounds):
        try:
            machine.sync()
        except (SyncError, NotWritableError) as error:
            told.add(type(error).__name__)
        told |= {notice.name for notice in machine.session._exchange.notices}
        if machine.session.awaits:
            told.add("waits")
        scene.time.millis += _PATIENCE
    return told or {"silent"}


def judge(house: Household, told: set[str]) -> None:
    """See that nothing came in but what the collector's own devices wrote and signed."""
    victim, first = Holdings.of(house.victim), Holdings.of(house.first)
    house.victim.look()
    house.first.look()
    if not _foreign(house.victim) <= house.first.edits:
        raise BelievedError(f"edits that nobody made ({told})")
    if not _heads_are_known(house):
        raise BelievedError(f"entries that nobody wrote ({told})")
    if victim.links != first.links[: len(victim.links)]:
        raise BelievedError(f"links that nobody signed ({told})")
    if not victim.keys.items() <= first.keys.items() or not victim.files <= first.files:
        raise BelievedError(f"keys or pictures that nobody made ({told})")


def _heads_are_known(house: Household) -> bool:
    """Tell whether each stream of others ends, on the victim, with an entry that is genuine."""
    own, log = house.victim.vault.device, house.first.vault.log
    heads = house.victim.vault.log.state().heads
    return all(
        log.hash_at(origin, head.seq) == head.hash
        for origin, head in heads.items()
        if origin.device != own
    )


def _foreign(machine: Machine) -> frozenset[Stamp]:
    own = machine.vault.device
    return frozenset(stamp for stamp in machine.edits if stamp.origin.device != own)


def heal(scene: Scene, house: Household) -> None:
    """Let the honest server answer again, after a restart; everything must come together."""
    house.victim.restart()
    for _ in range(_ROUNDS):
        for machine in (house.victim, house.first, *house.others):
            machine.sync()
            scene.time.millis += _PATIENCE
    pairs = (house.victim, house.first), house.others
    if any(Holdings.of(one) != Holdings.of(other) for one, other in pairs):
        raise BelievedError("they do not converge")
    house.first.look()
    house.victim.look()
    if house.victim.edits != house.first.edits or house.victim.vault.log.waiting():
        raise BelievedError("an edit was lost")
    if scene.room.failures:
        raise BelievedError(f"the server failed: {scene.room.failures}")
