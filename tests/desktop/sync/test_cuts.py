"""Cuts that come and go: a device may only look, and then may write again."""

from collections.abc import Callable
from pathlib import Path

from desktop.sync.removal import wish_role
from shared.membership import Role
from shared.protocol.messages import ChainGrown, ChainRequest
from tests.desktop.sync.conftest import World, pair


def test_what_was_set_aside_counts_again_with_the_rights(world: World, tmp_path: Path) -> None:
    laptop, tablet = world.artmatt.desks
    untouched = world.begin.laptop.hash
    with pair(laptop, tmp_path / "phone.swingtag", world.server.address) as phone:
        desks = (laptop, tablet, phone)
        bear = laptop.add(notes="old", number="1")
        for desk in (*desks, *desks):
            desk.sync()
        made = []
        courier = laptop.session._courier
        append: Callable[[ChainRequest], ChainGrown] = courier.append_links

        def late(request: ChainRequest) -> ChainGrown:
            """Let the tablet write, and the phone read it, while the link is under way."""
            courier.append_links = append  # type: ignore[method-assign] # what it was
            tablet.put(bear, notes="by the tablet")
            made.append(tablet.add(notes="new by the tablet"))
            tablet.sync()
            phone.put(bear, number="2")
            phone.sync()
            return append(request)

        courier.append_links = late  # type: ignore[method-assign] # once
        wish_role(laptop.vault.secrets, tablet.vault.device, Role.VIEWER)
        for desk in (laptop, *desks, *desks):
            desk.sync()
        for desk in desks:
            assert desk.read(bear)["notes"] == "old"
            assert not desk.read(made[0])
        wish_role(laptop.vault.secrets, tablet.vault.device, Role.EDITOR)
        for desk in (laptop, *desks, *desks, *desks):
            desk.sync()
        shown = {(str(desk.read(bear)), str(desk.read(made[0]))) for desk in desks}
        assert len(shown) == 1
        assert laptop.hash == tablet.hash == phone.hash
        assert laptop.read(bear)["number"] == "2"
    assert world.begin.laptop.hash == untouched
