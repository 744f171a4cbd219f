"""One tenant of a world: the computers, and what was done on them."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise

from desktop.sync.notices import Notice
from desktop.sync.restoring import whole_links
from desktop.vault.identity import read_founding
from shared.domain.stamps import Stamp
from shared.ids import DeviceId
from shared.membership import verify_chain
from tests.simulation.machine import Machine
from tests.simulation.memory import Memory


@dataclass
class Collector:
    """One tenant. ``kit``: the words of the emergency kit.

    ``summed_up``: a snapshot took the place of entries. ``came_back``: by the kit. ``given_up``: so
    many computers were thrown away again. ``base_forked``: a device was told that a snapshot is of
    another history.
    """

    name: str
    kit: str
    machines: list[Machine] = field(default_factory=list)
    memory: Memory = field(default_factory=Memory)
    server_has: frozenset[Stamp] = frozenset()
    copied: bool = False
    removed: set[DeviceId] = field(default_factory=set)
    pictures: int = 0
    given_up: int = 0
    summed_up: bool = False
    came_back: bool = False
    base_forked: bool = False

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
        return self.base_forked or any(Notice.FORKED in each.notices for each in self.machines)

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

        It came by the kit, and the server lost that before another device had heard of it.
        """
        chains = _chains(self.staying)
        shortest, longest = chains[0], chains[-1]
        missing = longest[len(shortest) :][:1]
        known = verify_chain(shortest, self.machines[0].vault.tenant).devices
        helpers = [each for each in self.machines if each.vault.device in known]
        return bool(missing) and not any(
            whole_links(missing, read_founding(machine.vault.secrets)) for machine in helpers
        )


def _chains(machines: Iterable[Machine]) -> list[tuple[bytes, ...]]:
    return sorted({machine.vault.log.state().links for machine in machines}, key=len)
