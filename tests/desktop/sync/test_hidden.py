"""A30: a server that hides a change of the list of devices, and with it the newer key."""

import pytest
from msgspec import structs

from desktop.sync.errors import HiddenChangeError, said
from desktop.sync.notices import Notice
from shared.crypto.paper import paper_device
from shared.protocol.messages import SyncReply, decode, encode
from tests.desktop.sync.conftest import World


def hide(path: str, body: bytes) -> bytes:
    """Leave out links, and claim that there are no more than were known before."""
    if path != "/v1/sync":
        return body
    reply = decode(body, SyncReply)
    known = reply.chain - len(reply.links)
    return encode(structs.replace(reply, links=(), chain=known))


def test_what_hides_a_newer_key_is_told_in_its_own_words(world: World) -> None:
    laptop, tablet = world.artmatt.laptop, world.artmatt.tablet
    other = world.begin.laptop.hash
    laptop.network.change_kit(laptop.vault, paper_device(b"p" * 32))
    bear = laptop.add(notes="under the new key")
    laptop.sync()
    tablet.line.alter = hide
    tablet.sync()
    assert tablet.session.notices == (Notice.HIDDEN.value,)
    assert tablet.read(bear) == {}
    own = tablet.add(notes="mine")
    with pytest.raises(HiddenChangeError) as hidden:
        tablet.sync()
    assert "hiding that a device was removed" in said(hidden.value)
    tablet.line.alter = None
    world.artmatt.sync()
    assert tablet.session.notices == ()
    assert tablet.read(bear)
    assert laptop.read(own)
    assert laptop.hash == tablet.hash
    assert world.begin.laptop.hash == other
