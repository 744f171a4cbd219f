"""One tenant of a world: the computers, and what was done on them."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from desktop.sync.folder.traffic import FolderNotice
from desktop.sync.notices import Notice
from desktop.sync.restoring import whole_links
from desktop.vault.identity import read_founding
from shared.crypto.paper import paper_device, secret_of
from shared.domain.stamps import Origin, Stamp
from shared.ids import DeviceId, EntryHash
from shared.membership import verify_chain
from tests.simulation.machine import Machine
from tests.simulation.memory import Memory
from tests.simulation.stick import Laid


@dataclass
class Collector:
    """One tenant. ``kit``: the words of the first emergency kit.

    ``kits``: the words of all that were ever made, by their paper devices; ``next_kit``: the secret
    of one that may not be at the server yet. ``laid``: the edits of entries that went by a stick.
    ``cut``: a device was to be put out, or to get other rights. ``summed_up``: a snapshot took the
    place of entries. ``came_back``: by the kit; ``let_in``: a device was. ``given_up``: so many
    computers were thrown away again. ``base_forked``: a device was told that a snapshot is of
    another history.
    """

    name: str
    kit: str
    kits: dict[DeviceId, str] = field(default_factory=dict)
    next_kit: bytes = b""
    bundles: list[Path] = field(default_factory=list)
    laid: dict[Laid, frozenset[Stamp]] = field(default_factory=dict)
    machines: list[Machine] = field(default_factory=list)
    memory: Memory = field(default_factory=Memory)
    server_has: frozenset[Stamp] = frozenset()
    readable: frozenset[Stamp] = frozenset()
    copied: bool = False
    removed: set[DeviceId] = field(default_factory=set)
    pictures: int = 0
    given_up: int = 0
    cut: bool = False
    summed_up: bool = False
    came_back: bool = False
    let_in: bool = False
    base_forked: bool = False

    def __post_init__(self) -> None:
        self.kits[paper_device(secret_of(self.kit)).device] = self.kit

    @property
    def next_name(self) -> str:
        """What another computer is called; a name decides on its keys, so none is used twice."""
        return f"{self.name}-{len(self.machines) + self.given_up}"

    @property
    def staying(self) -> list[Machine]:
        """The computers whose device nobody has asked to put out."""
        return [each for each in self.machines if each.vault.device not in self.removed]

    @property
    def forked(self) -> bool:
        """Whether a device has told its person of two histories."""
        told = {notice for each in self.machines for notice in each.notices}
        return self.base_forked or not told.isdisjoint({Notice.FORKED, FolderNotice.FORKED})

    @property
    def twice(self) -> bool:
        """Whether two entries have one number, of those that went by a stick or are here now."""
        for machine in self.machines:
            self.laid.update(machine.laid())
        hashes = dict[tuple[Origin, int], EntryHash]()
        places = ((origin, seq, digest) for origin, seq, digest in self.laid)
        return any(hashes.setdefault((o, seq), digest) != digest for o, seq, digest in places)

    @property
    def words(self) -> str:
        """The words that count, as far as those know who stay."""
        longest = max(self.staying, key=lambda each: each.membership.length)
        return self.kits[longest.paper]

    @property
    def chains(self) -> list[tuple[bytes, ...]]:
        """The lists of devices that the computers hold, the shortest first."""
        return _chains(self.machines)

    @property
    def chain_forked(self) -> bool:
        """Whether two devices were let in at one place of the chain, behind each other's back."""
        return any(after[: len(before)] != before for before, after in pairwise(self.chains))

    @property
    def chain_lost(self) -> bool:
        """Whether a device is not known to the server, nor to anybody whom the server knows.

        It came by the kit, or was let in while others signed links; and the server lost that before
        another device had heard of it.
        """
        chains = _chains(self.staying)
        shortest, longest = chains[0], chains[-1]
        missing = longest[len(shortest) :][:1]
        known = verify_chain(shortest, self.machines[0].vault.tenant).devices
        helpers = [each for each in self.machines if each.vault.device in known]
        return bool(missing) and not any(
            missing[0] in machine.links
            and whole_links(missing, read_founding(machine.vault.secrets))
            for machine in helpers
        )


def _chains(machines: Iterable[Machine]) -> list[tuple[bytes, ...]]:
    return sorted({machine.links for machine in machines}, key=len)
