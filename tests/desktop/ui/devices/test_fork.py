"""On the screen: two lists of devices, and what comes of a choice."""

from desktop.collection.values import Draft, Rights
from desktop.sync.chain import Chain
from desktop.vault.identity import read_identity
from shared.membership import Role, change_role
from tests.desktop.ui.devices.test_devices import PATIENCE, other, pair, server
from tests.journeys.hands import press

__all__ = ["other", "pair", "server"]


def sign_apart(computer, device):
    """Let a device make another one an editor, in its own list alone."""
    vault = computer.connection._vault
    chain = Chain.held(vault.log.state())
    signer = read_identity(vault.secrets).keys.signer
    made = change_role(chain.membership, signer, device, Role.EDITOR, {})
    vault.log.absorb([], [made.link])


def test_both_lists_are_shown_and_joined_by_a_click(qtbot, pair, other):
    laptop, tablet, _ = pair
    theirs = other.collection.roster.links
    qtbot.waitUntil(lambda: laptop.is_saved() and tablet.is_saved(), timeout=PATIENCE)
    laptop.collection.sync.pause()
    sign_apart(laptop, tablet.collection.roster._log.origin.device)
    bear = laptop.collection.copies.add(Draft(model={"name": "Garcia"}))
    press(tablet.page, "New kit: Emergency kit")
    press(tablet.page, "Make a new kit")
    qtbot.waitUntil(lambda: len(tablet.collection.roster.links) == 4, timeout=PATIENCE)
    laptop.collection.sync.resume()
    qtbot.waitUntil(lambda: laptop.says("Two lists of devices"), timeout=PATIENCE)
    assert laptop.says("laptop made tablet an editor")
    assert laptop.says("tablet made a new emergency kit")
    assert tablet.collection.detail(bear) is None
    name = next(
        button.accessibleName()
        for button in laptop.page._fork.findChildren(type(laptop.page._add))
        if button.text() == "Take both"
    )
    press(laptop.page, name)
    qtbot.waitUntil(lambda: not laptop.says("Two lists of devices"), timeout=PATIENCE)
    qtbot.waitUntil(lambda: tablet.collection.roster.rights is Rights.EDITOR, timeout=PATIENCE)
    qtbot.waitUntil(lambda: tablet.collection.detail(bear) is not None, timeout=PATIENCE)
    assert laptop.collection.roster.links == tablet.collection.roster.links
    qtbot.waitUntil(laptop.is_saved, timeout=PATIENCE)
    assert other.collection.roster.links == theirs
    assert other.collection.roster.fork() is None
