"""Owners who signed apart from each other: the device that meets it says so and changes nothing."""

from collections.abc import Sequence

import pytest

from desktop.sync.chain import Chain
from desktop.sync.removal import wish
from desktop.sync.restoring import ForkedChainError
from desktop.vault.identity import read_identity
from shared.ids import DeviceId
from shared.membership import LinkWithBoxes, Role, change_role
from shared.protocol.messages import ChainRequest, LinkParcel
from tests.desktop.sync.conftest import World
from tests.desktop.sync.desk import Desk


def signed(desk: Desk, device: DeviceId, roles: Sequence[Role]) -> list[LinkWithBoxes]:
    """Let a device sign changes of roles without telling anybody."""
    chain, made = Chain.held(desk.vault.log.state()), []
    for role in roles:
        signer = read_identity(desk.vault.secrets).keys.signer
        made.append(change_role(chain.membership, signer, device, role, {}))
        chain = chain.grown([LinkParcel(made[-1].link, ())])
    return made


def test_a_fork_stops_the_sync_in_words_and_loses_nothing(world: World) -> None:
    laptop, tablet = world.artmatt.desks
    head = Chain.held(laptop.vault.log.state()).membership.head
    ours = signed(laptop, tablet.vault.device, [Role.EDITOR])
    theirs = signed(tablet, laptop.vault.device, [Role.EDITOR, Role.OWNER])
    laptop.vault.log.absorb([], [made.link for made in ours])
    parcels = tuple(LinkParcel(made.link, ()) for made in theirs)
    tablet.session._courier.append_links(ChainRequest(head, parcels))
    bear = laptop.add(notes="written on this side")
    wish(laptop.vault.secrets, tablet.vault.device)
    for _ in range(2):
        with pytest.raises(ForkedChainError):
            laptop.sync()
        laptop.reopen()
    assert laptop.read(bear)["notes"] == "written on this side"
    assert laptop.vault.log.state().links[-1] == ours[-1].link
    tablet.sync()
    world.begin.sync()
    assert len(world.begin.laptop.vault.log.state().links) == 3, "untouched"
