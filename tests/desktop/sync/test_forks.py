"""Owners who signed apart from each other: the device that meets it says so and changes nothing."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from desktop.sync.books import Books
from desktop.sync.chain import Chain, admission
from desktop.sync.errors import RefusedError
from desktop.sync.joined import Joined
from desktop.sync.removal import removal, wish, wish_role
from desktop.sync.two_lists import Choice, ForkedChainError, choose, chosen, read_theirs
from desktop.vault.identity import Identity, read_identity
from shared.crypto.devices import DeviceKeys
from shared.crypto.paper import PAPER_BYTES, paper_device
from shared.ids import DeviceId
from shared.membership import LinkWithBoxes, Role, change_role
from shared.protocol.messages import ChainRequest, LinkParcel
from tests.desktop.sync.conftest import World, pair
from tests.desktop.sync.desk import Desk, move_in


def signed(desk: Desk, device: DeviceId, roles: Sequence[Role]) -> list[LinkWithBoxes]:
    """Let a device sign changes of roles without telling anybody."""
    chain, made = Chain.held(desk.vault.log.state()), []
    for role in roles:
        signer = read_identity(desk.vault.secrets).keys.signer
        made.append(change_role(chain.membership, signer, device, role, {}))
        chain = chain.grown([LinkParcel(made[-1].link, ())])
    return made


def part(world: World, ours: Sequence[Role], theirs: Sequence[Role]) -> None:
    """Let laptop and tablet change each other's roles apart; the server has the tablet's list."""
    laptop, tablet = world.artmatt.desks
    head = Chain.held(laptop.vault.log.state()).membership.head
    mine = signed(laptop, tablet.vault.device, ours)
    others = signed(tablet, laptop.vault.device, theirs)
    laptop.vault.log.absorb([], [made.link for made in mine])
    parcels = tuple(LinkParcel(made.link, ()) for made in others)
    tablet.session._courier.append_links(ChainRequest(head, parcels))


def decide(desk: Desk, choice: Choice) -> None:
    """Meet the fork, and choose."""
    with pytest.raises(ForkedChainError):
        desk.sync()
    choose(desk.vault.secrets, choice)


def role_of(desk: Desk, other: Desk) -> Role:
    return Chain.held(desk.vault.log.state()).membership.devices[other.vault.device].role


def test_a_fork_stops_the_sync_in_words_and_loses_nothing(world: World) -> None:
    laptop, tablet = world.artmatt.desks
    part(world, [Role.EDITOR], [Role.EDITOR, Role.OWNER])
    ours = laptop.vault.log.state().links
    bear = laptop.add(notes="written on this side")
    wish(laptop.vault.secrets, tablet.vault.device)
    for _ in range(2):
        with pytest.raises(ForkedChainError):
            laptop.sync()
        laptop.reopen()
    assert laptop.read(bear)["notes"] == "written on this side"
    assert laptop.vault.log.state().links == ours
    assert len(read_theirs(laptop.vault.secrets)) == 5
    tablet.sync()
    world.begin.sync()
    assert len(world.begin.laptop.vault.log.state().links) == 3, "untouched"


@pytest.mark.parametrize(
    ("choice", "role"), [(Choice.FOLLOW, Role.OWNER), (Choice.AGAIN, Role.EDITOR)]
)
def test_an_owner_follows_the_other_list_and_may_do_its_changes_again(
    world: World, choice: Choice, role: Role
) -> None:
    laptop, tablet = world.artmatt.desks
    part(world, [Role.EDITOR], [Role.EDITOR, Role.OWNER])
    bear = laptop.add(notes="written on this side")
    decide(laptop, choice)
    laptop.reopen()
    laptop.sync()
    assert not read_theirs(laptop.vault.secrets)
    world.artmatt.sync()
    assert laptop.vault.log.state().links == tablet.vault.log.state().links
    assert role_of(laptop, tablet) is role
    assert tablet.read(bear)["notes"] == "written on this side"
    assert laptop.hash == tablet.hash
    assert laptop.session.notices == tablet.session.notices == ()
    world.begin.sync()
    assert len(world.begin.laptop.vault.log.state().links) == 3, "untouched"


def test_a_choice_holds_for_the_list_that_was_seen(world: World) -> None:
    laptop, tablet = world.artmatt.desks
    part(world, [Role.EDITOR], [Role.EDITOR, Role.OWNER])
    decide(laptop, Choice.FOLLOW)
    assert chosen(laptop.vault.secrets) is Choice.FOLLOW
    tablet.sync()
    wish_role(tablet.vault.secrets, laptop.vault.device, Role.EDITOR)
    tablet.sync()
    with pytest.raises(ForkedChainError):
        laptop.sync()
    assert chosen(laptop.vault.secrets) is None


def test_two_lists_of_one_length_are_told_apart(world: World) -> None:
    laptop, tablet = world.artmatt.desks
    part(world, [Role.EDITOR], [Role.EDITOR])
    wish_role(laptop.vault.secrets, tablet.vault.device, Role.VIEWER)
    decide(laptop, Choice.FOLLOW)
    laptop.sync()
    assert role_of(laptop, laptop) is Role.EDITOR, "so it carries nothing out any more"
    assert role_of(laptop, tablet) is Role.OWNER
    world.artmatt.sync()
    assert laptop.hash == tablet.hash


def test_keys_made_on_both_sides_part_and_edits_are_sealed_again(
    world: World, tmp_path: Path
) -> None:
    """The laptop puts the phone out where nobody hears it; the tablet makes a new kit meanwhile."""
    laptop, tablet = world.artmatt.desks
    with pair(laptop, tmp_path / "phone.swingtag", world.server.address) as phone:
        for desk in (laptop, tablet, phone):
            desk.sync()
        before = phone.add(notes="by the phone")
        phone.sync()
        world.artmatt.sync()
        random = laptop.network.surroundings.random
        books = Books(laptop.vault, random)
        heads = books.ledger.state.heads
        made = removal(books.membership, books.identity, phone.vault.device, heads, random)
        books.grow([LinkParcel(made.link, made.boxes)])
        bear = laptop.add(notes="under a key that only the laptop has")
        books.seal(*laptop.vault.log.pending(10, 100_000))
        laptop.restart()
        paper = paper_device(random(PAPER_BYTES))
        tablet.network.change_kit(tablet.vault, paper)
        tablet.sync()
        later = tablet.add(notes="under the key that all have")
        tablet.sync()
        decide(laptop, Choice.AGAIN)
        laptop.sync()
        world.artmatt.sync()
        assert laptop.hash == tablet.hash
        assert laptop.read(later)["notes"] == "under the key that all have"
        assert tablet.read(bear)["notes"] == "under a key that only the laptop has"
        assert tablet.read(before)
        with pytest.raises(RefusedError):
            phone.sync()
        keys = read_identity(laptop.vault.secrets).keyring.epoch_keys
        assert keys == read_identity(tablet.vault.secrets).keyring.epoch_keys
        assert set(keys) == {1, 2, 3}
        assert laptop.session.notices == tablet.session.notices == ()


def test_a_device_that_was_let_in_on_the_lost_side_is_let_in_again(
    world: World, tmp_path: Path
) -> None:
    laptop, tablet = world.artmatt.desks
    part(world, [], [Role.EDITOR, Role.OWNER])
    keys = DeviceKeys.generate(laptop.network.surroundings.random)
    chain = Chain.held(laptop.vault.log.state())
    identity = read_identity(laptop.vault.secrets)
    made = admission(chain.membership, identity, keys.introduce(laptop.vault.tenant))
    Books(laptop.vault, laptop.network.surroundings.random).grow(
        [LinkParcel(made.link, made.boxes)]
    )
    joined = Joined(
        world.server.address,
        Identity(keys, identity.keyring),
        laptop.vault.log.state().links,
    )
    with move_in(tmp_path / "phone.swingtag", joined) as phone:
        bear = phone.add(notes="while nobody knew of it")
        decide(laptop, Choice.FOLLOW)
        laptop.sync()
        decide(phone, Choice.FOLLOW)
        phone.sync()
        world.artmatt.sync()
        assert tablet.read(bear)["notes"] == "while nobody knew of it"
        assert laptop.hash == tablet.hash == phone.hash
        assert phone.vault.log.state().links == tablet.vault.log.state().links
