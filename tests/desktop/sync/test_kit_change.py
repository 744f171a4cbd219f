"""A new emergency kit: the old words open nothing, the new ones everything."""

import secrets
from pathlib import Path

import pytest

from desktop.collection.kit import MarkVerdict, judge_mark, mark_of
from desktop.sync.chain import Chain
from desktop.sync.errors import UnreachableError
from desktop.sync.recovery import OtherKitError
from desktop.vault.identity import keep_server, read_identity
from shared.crypto.paper import PAPER_BYTES, paper_device, words_of
from shared.membership import Role
from tests.desktop.sync.conftest import World, found
from tests.desktop.sync.desk import Desk, move_in


def papers(desk: Desk) -> list[bytes]:
    live = Chain.held(desk.vault.log.state()).membership.live
    return [member.device for member in live if member.role is Role.PAPER]


def test_old_words_open_nothing_and_new_ones_bring_all_back(world: World, tmp_path: Path) -> None:
    laptop, tablet = world.artmatt.desks
    early = tablet.add(notes="under the first key")
    world.artmatt.sync()
    untouched = world.begin.laptop.vault.log.state().links
    secret = secrets.token_bytes(PAPER_BYTES)
    laptop.network.change_kit(laptop.vault, paper_device(secret))
    waiting = tablet.add(notes="sealed before the tablet knows of the new key")
    tenant, address = laptop.vault.tenant, world.server.address
    with pytest.raises(OtherKitError):
        laptop.network.recover(" ".join(world.artmatt.words), tenant, address)
    world.artmatt.sync()
    assert papers(laptop) == papers(tablet) == [paper_device(secret).device]
    joined = laptop.network.recover(" ".join(words_of(secret)), tenant, address)
    with move_in(tmp_path / "new.swingtag", joined) as new:
        new.sync()
        assert new.read(early)["notes"] == "under the first key"
        assert new.read(waiting)
        world.artmatt.sync()
        assert new.hash == laptop.hash == tablet.hash
    assert set(read_identity(tablet.vault.secrets).keyring.epoch_keys) == {1, 2}
    assert laptop.session.notices == tablet.session.notices == ()
    world.begin.sync()
    assert world.begin.laptop.vault.log.state().links == untouched
    begins = " ".join(world.begin.words)
    assert world.begin.laptop.network.recover(begins, world.begin.laptop.vault.tenant, address)


def test_a_lost_answer_costs_nothing_when_it_is_tried_again(world: World) -> None:
    laptop = world.artmatt.laptop
    laptop.sync()
    paper = paper_device(secrets.token_bytes(PAPER_BYTES))
    laptop.line.cut = True
    with pytest.raises(UnreachableError):
        laptop.network.change_kit(laptop.vault, paper)
    laptop.line.cut = False
    laptop.sync()
    assert papers(laptop) != [paper.device], "nothing was done, and nothing waits"

    def lose(method: str, path: str) -> None:
        if (method, path) == ("POST", "/v1/chain"):
            laptop.line.lost_replies = 1

    laptop.line.refuse = lose
    with pytest.raises(UnreachableError):
        laptop.network.change_kit(laptop.vault, paper)
    laptop.line.refuse = lambda _method, _path: None
    laptop.network.change_kit(laptop.vault, paper)
    world.artmatt.sync()
    assert papers(laptop) == papers(world.artmatt.tablet) == [paper.device]
    assert len(laptop.vault.log.state().links) == 4


def test_without_a_server_it_changes_here_and_is_there_at_the_sign_up(
    world: World, tmp_path: Path
) -> None:
    desk, words = found(tmp_path / "alone.swingtag", world.server.address, "collector")
    with desk:
        keep_server(desk.vault.secrets, "")
        secret = secrets.token_bytes(PAPER_BYTES)
        desk.network.change_kit(desk.vault, paper_device(secret))
        assert papers(desk) == [paper_device(secret).device]
        assert set(read_identity(desk.vault.secrets).keyring.epoch_keys) == {1, 2}
        keep_server(desk.vault.secrets, world.server.address)
        desk.restart()
        desk.sync()
        tenant, address = desk.vault.tenant, world.server.address
        assert desk.network.recover(" ".join(words_of(secret)), tenant, address)
        with pytest.raises(OtherKitError):
            desk.network.recover(" ".join(words), tenant, address)


def test_a_mark_tells_an_older_list_from_one_that_went_on(world: World) -> None:
    laptop = world.artmatt.laptop
    tenant, before = laptop.vault.tenant, laptop.vault.log.state().links
    paper = paper_device(secrets.token_bytes(PAPER_BYTES))
    laptop.network.change_kit(laptop.vault, paper)
    laptop.sync()
    links = laptop.vault.log.state().links
    mark = mark_of(tenant, links)
    typed = mark.upper().replace("-", "  ")
    assert judge_mark(mark_of(tenant, before), tenant, links) is MarkVerdict.HAS_IT
    assert judge_mark(typed, tenant, links) is MarkVerdict.HAS_IT
    assert judge_mark(mark, tenant, before) is MarkVerdict.OLDER
    number, *words = mark.split("-")
    other = "-".join((number, *reversed(words)))
    assert judge_mark(other, tenant, links) is MarkVerdict.OTHER
    begins = world.begin.laptop.vault
    assert judge_mark(mark_of(tenant, before), begins.tenant, begins.log.state().links) is (
        MarkVerdict.OTHER
    )
    for unreadable in ("", "apple", "0-a-b-c", "x-a-b-c", "1-a-b"):
        assert judge_mark(unreadable, tenant, links) is MarkVerdict.UNREADABLE
