"""A link is signed on the list of this device and no other, whatever a server shows."""

import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec import structs

from desktop.sync.chain import Chain, FalseChainError
from desktop.sync.network import Network
from desktop.sync.removal import wish_role
from desktop.sync.two_lists import Choice, ForkedChainError, choose
from desktop.vault.identity import read_server
from shared.crypto.paper import PAPER_BYTES, paper_device
from shared.membership import Role
from shared.protocol.messages import ChainReply, decode, encode
from shared.protocol.problems import Code
from tests.desktop.sync.conftest import World, pair
from tests.desktop.sync.desk import Desk, Hand, network_on, never_ready
from tests.desktop.sync.line import Line
from tests.desktop.sync.test_forks import part
from tests.desktop.sync.test_joining import meet
from tests.desktop.sync.test_rounds import put_back


@pytest.fixture
def outside() -> Iterator[Network]:
    """A new computer that belongs to nobody."""
    network = network_on(Line(), Hand())
    yield network
    network.http.close()


def new_kit(desk: Desk) -> None:
    desk.network.change_kit(desk.vault, paper_device(secrets.token_bytes(PAPER_BYTES)))


def links(desk: Desk) -> tuple[bytes, ...]:
    """Return a list, which must be one."""
    return Chain.held(desk.vault.log.state()).links


def test_with_two_lists_no_device_is_added_and_no_kit_made(
    world: World, outside: Network, tmp_path: Path
) -> None:
    """Nobody has seen the other list yet when the digits are compared."""
    laptop, tablet = world.artmatt.desks
    bear = laptop.add(notes="written on this side")
    part(world, [Role.EDITOR], [Role.EDITOR, Role.OWNER])
    ours, theirs = links(laptop), tablet.session._courier.chain()
    _, reception = meet(laptop, outside, world.server.address)
    with pytest.raises(ForkedChainError):
        laptop.network.admit(laptop.vault, reception)
    with pytest.raises(ForkedChainError):
        new_kit(laptop)
    code = outside.newcomer(world.server.address, never_ready).code
    with pytest.raises(ForkedChainError):
        laptop.network.greet(laptop.vault, code, never_ready)
    laptop.reopen()
    assert links(laptop) == ours
    assert tablet.session._courier.chain() == theirs
    choose(laptop.vault.secrets, Choice.FOLLOW)
    laptop.sync()
    with pair(laptop, tmp_path / "phone.swingtag", world.server.address) as phone:
        for desk in (phone, tablet, laptop):
            desk.sync()
        assert phone.read(bear)["notes"] == "written on this side"
        assert links(phone) == links(tablet) == links(laptop)
        assert phone.hash == tablet.hash == laptop.hash
    world.begin.sync()
    assert len(links(world.begin.laptop)) == 3, "untouched"


def test_a_server_that_was_put_back_has_the_list_again_before_more_is_signed(
    world: World, tmp_path: Path
) -> None:
    laptop, tablet = world.artmatt.desks
    shutil.copytree(world.server.folder, tmp_path / "backup")
    with pair(laptop, tmp_path / "phone.swingtag", world.server.address) as phone:
        laptop.sync()
        with put_back(world, tmp_path / "backup", new_log=True) as address:
            with pair(laptop, tmp_path / "other.swingtag", address) as other:
                bear = other.add(notes="by the second")
                other.sync()
            phone.vault.secrets.put("server", read_server(laptop.vault.secrets).encode())
            for desk in (phone, laptop, tablet):
                desk.restart()
                desk.sync()
                assert desk.read(bear)["notes"] == "by the second"
            assert len(links(phone)) == 5
            assert links(phone) == links(tablet) == links(laptop)
            world.begin.sync()
            assert len(links(world.begin.laptop)) == 3, "untouched"


def test_a_server_that_hides_a_link_in_between_gets_none(world: World, outside: Network) -> None:
    """It says that the list has moved on, and then shows one that has become shorter."""
    laptop, ours = world.artmatt.laptop, links(world.artmatt.laptop)

    def move(method: str, path: str) -> Code | None:
        if (method, path) != ("POST", "/v1/chain"):
            return None
        laptop.line.alter = shorten
        return Code.CHAIN_MOVED

    def shorten(path: str, body: bytes) -> bytes:
        if not path.endswith("/chain"):
            return body
        reply = decode(body, ChainReply)
        return encode(structs.replace(reply, links=reply.links[:-1]))

    laptop.line.refuse = move
    _, reception = meet(laptop, outside, world.server.address)
    with pytest.raises(FalseChainError):
        laptop.network.admit(laptop.vault, reception)
    laptop.line.alter, laptop.line.refuse = None, lambda _method, _path: None
    laptop.reopen()
    assert links(laptop) == ours
    world.artmatt.sync()
    assert laptop.session.notices == ()
    assert links(world.artmatt.tablet) == links(laptop) == ours


def test_what_others_signed_meanwhile_comes_with_its_key_and_its_cut(
    world: World, tmp_path: Path
) -> None:
    """Between two rounds another owner takes rights away, and makes a new kit with a new key."""
    laptop, tablet = world.artmatt.desks
    with pair(laptop, tmp_path / "phone.swingtag", world.server.address) as phone:
        bear = laptop.add(notes="what counts")
        for desk in (laptop, tablet, phone, laptop):
            desk.sync()
        courier = laptop.session._courier
        real = courier.append_links

        def late(request: object) -> object:
            """The tablet writes, and the phone reads it, before the link is there that cuts it."""
            courier.append_links = real
            tablet.put(bear, notes="behind the cut")
            tablet.sync()
            phone.sync()
            return real(request)

        courier.append_links = late
        wish_role(laptop.vault.secrets, tablet.vault.device, Role.VIEWER)
        laptop.sync()
        new_kit(laptop)
        assert phone.read(bear)["notes"] == "behind the cut"
        with pair(phone, tmp_path / "other.swingtag", world.server.address) as other:
            for desk in (phone, laptop, other, tablet, phone):
                desk.sync()
            desks = (laptop, tablet, phone, other)
            assert {desk.read(bear)["notes"] for desk in desks} == {"what counts"}
            assert len({desk.hash for desk in desks}) == 1
            assert len({links(desk) for desk in desks}) == 1
    world.begin.sync()
    assert len(links(world.begin.laptop)) == 3, "untouched"
