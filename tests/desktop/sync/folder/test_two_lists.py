"""Owners who signed apart, without a server: what a device says that can follow no other list."""

import shutil
from pathlib import Path

import pytest

from desktop.collection.devices import Roster
from desktop.sync.chain import Chain
from desktop.sync.folder.traffic import FolderNotice
from desktop.sync.kit_change import change_kit
from desktop.sync.removal import wish
from desktop.sync.two_lists import (
    Choice,
    ForkedChainError,
    PutOutByForkError,
    UnnamedByForkError,
    choose,
    read_theirs,
)
from shared.crypto.paper import paper_device
from tests.desktop.sync.desk import Desk
from tests.desktop.sync.folder.household import Template, exchange, let_in


def roster(desk: Desk) -> Roster:
    vault = desk.vault
    return Roster(
        vault.log,
        vault.records,
        vault.secrets,
        write=vault.apply,
        announce=desk.changes.append,
        wake=lambda: None,
        now_millis=desk.hand.millis,
    )


def links(desk: Desk) -> tuple[bytes, ...]:
    return Chain.held(desk.vault.log.state()).links


def test_a_device_that_the_other_list_does_not_name_waits_for_the_one_that_let_it_in(
    homes: Template, tmp_path: Path, stick: Path
) -> None:
    house, begin = homes.house(tmp_path, "artmatt"), homes.house(tmp_path, "begin")
    laptop, tablet = house.desks
    untouched = links(begin.desks[0])
    bear = laptop.add(notes="before")
    house.go_round(stick)
    with (
        let_in(laptop, tmp_path / "phone.swingtag") as phone,
        let_in(tablet, tmp_path / "other.swingtag") as other,
    ):
        exchange(tablet, stick)
        for _ in range(2):
            assert exchange(phone, stick).trouble == UnnamedByForkError().sentence
            choose(phone.vault.secrets, Choice.FOLLOW)  # by a screen that is older than that
        told = roster(phone).fork()
        assert told is not None
        assert told.why_not == UnnamedByForkError().sentence
        assert FolderNotice.CHOOSE in exchange(laptop, stick).notices
        before = links(laptop)
        with pytest.raises(ForkedChainError):
            laptop.network.answering(laptop.vault, _asked(laptop, tmp_path))
        with pytest.raises(ForkedChainError):
            change_kit(laptop.vault, paper_device(b"s" * 32), bytes, None)
        assert links(laptop) == before
        told = roster(laptop).fork()
        assert told is not None
        assert not told.why_not
        roster(laptop).follow(again=True)
        for desk in (laptop, tablet, other, phone):
            exchange(desk, stick)
        choose(phone.vault.secrets, Choice.FOLLOW)
        for desk in (phone, laptop, tablet, other, phone):
            assert exchange(desk, stick).sentences == ()
        desks = (laptop, tablet, phone, other)
        assert len({desk.hash for desk in desks}) == len({links(desk) for desk in desks}) == 1
        assert phone.read(bear)["notes"] == "before"
        roster(laptop).follow(again=False)  # a click that comes when all is settled
        assert roster(laptop).fork() is None
    exchange(begin.desks[0], stick)
    assert links(begin.desks[0]) == untouched
    house.close()
    begin.close()


def test_a_device_that_the_other_list_has_put_out_is_told_so(
    homes: Template, tmp_path: Path, stick: Path
) -> None:
    house = homes.house(tmp_path, "artmatt", 3)
    laptop, tablet, phone = house.desks
    laptop.add(notes="before")
    house.go_round(stick)
    apart = shutil.copytree(stick, tmp_path / "apart")
    wish(laptop.vault.secrets, tablet.vault.device)
    exchange(laptop, stick)
    wish(tablet.vault.secrets, phone.vault.device)
    exchange(tablet, apart)
    ours = links(tablet)
    for _ in range(2):
        assert exchange(tablet, stick).trouble == PutOutByForkError().sentence
        assert len(read_theirs(tablet.vault.secrets)) == len(ours)
        choose(tablet.vault.secrets, Choice.FOLLOW)
    assert links(tablet) == ours
    house.close()


def _asked(desk: Desk, folder: Path) -> Path:
    path = folder / "new.swingpair"
    desk.network.asking().save(path)
    return path
