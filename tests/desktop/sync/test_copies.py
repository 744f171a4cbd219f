"""One folder on two computers, or an older one put back (F19, F20): nothing lost or used twice."""

import shutil
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from desktop.sync.errors import SyncError
from desktop.sync.notices import Notice
from desktop.system.anchor import AnchorFile, AnchorInKeychain
from desktop.vault.vault import Vault
from shared.domain.edits import decode_edit
from shared.domain.stamps import Stamp
from tests.desktop.sync.conftest import World
from tests.desktop.sync.desk import Desk, open_desk


def test_a_copied_folder_goes_on_under_a_new_number_and_says_so(
    world: World, tmp_path: Path
) -> None:
    laptop, tablet = world.artmatt.desks
    untouched = world.begin.laptop.hash
    laptop.add(notes="before")
    laptop.sync()
    folder = tmp_path / "copy.swingtag"
    laptop.reopen(lambda: shutil.copytree(laptop.vault.folder, folder))
    with open_desk(folder, laptop.vault.key, world.server.address) as copy:
        here, there = laptop.add(notes="on the first"), copy.add(notes="on the copy")
        laptop.sync()
        copy.sync()
        assert copy.session.notices == (Notice.COPIED.value,)
        assert copy.vault.log.origin != laptop.vault.log.origin
        for desk in (laptop, copy, tablet, laptop, copy, tablet):
            desk.sync()
        for desk in (laptop, copy, tablet):
            assert desk.read(here)["notes"] == "on the first"
            assert desk.read(there)["notes"] == "on the copy"
        assert laptop.hash == copy.hash == tablet.hash
        assert copy.session.notices == ()
    assert world.begin.laptop.hash == untouched


def test_a_copy_that_reads_its_twins_entry_before_it_sends_its_own_is_no_fork(
    world: World, tmp_path: Path
) -> None:
    """Both had sealed an entry under the same number while they were offline."""
    laptop, tablet = world.artmatt.desks
    folder = tmp_path / "copy.swingtag"
    laptop.reopen(lambda: shutil.copytree(laptop.vault.folder, folder))
    with open_desk(folder, laptop.vault.key, world.server.address) as copy:
        here, there = laptop.add(notes="on the first"), copy.add(notes="on the copy")
        for desk in (laptop, copy):
            desk.line.cut = True
            with pytest.raises(SyncError):
                desk.sync()
            desk.line.cut = False
        assert laptop.vault.log.unsent()[0].seq == copy.vault.log.unsent()[0].seq
        laptop.sync()
        copy.session._exchange.read_again()
        copy.sync()
        assert copy.session.notices == (Notice.COPIED.value,)
        for desk in (laptop, copy, tablet, laptop):
            desk.sync()
        for desk in (laptop, copy, tablet):
            assert desk.read(here)["notes"] == "on the first"
            assert desk.read(there)["notes"] == "on the copy"
            assert desk.hash == laptop.hash
            assert desk.session.notices == ()


def test_an_older_folder_put_back_uses_no_number_twice(world: World, tmp_path: Path) -> None:
    """Six times: the folder of a while ago, with or without its anchor, then new edits."""
    laptop, tablet = world.artmatt.desks
    old, kept = tmp_path / "old", []
    for turn in range(6):
        laptop.reopen(lambda at=old / str(turn): shutil.copytree(laptop.vault.folder, at))
        kept.append(laptop.add(notes=f"sent, then forgotten {turn}"))
        laptop.sync()

        def put_back(at: Path = old / str(turn), turn: int = turn) -> None:
            anchor = (laptop.vault.folder / "anchor").read_bytes()
            shutil.rmtree(laptop.vault.folder)
            shutil.copytree(at, laptop.vault.folder)
            if turn % 2:
                (laptop.vault.folder / "anchor").write_bytes(anchor)

        laptop.reopen(put_back)
        kept.append(laptop.add(notes=f"written after that {turn}"))
        for desk in (laptop, tablet, laptop):
            desk.sync()
    for desk in (laptop, tablet):
        assert all(desk.read(record) for record in kept)
    assert laptop.hash == tablet.hash


def test_a_copy_that_stamps_its_edits_as_its_twin_does_loses_none(
    world: World, tmp_path: Path
) -> None:
    """Both go on behind the reading of a clock that is ahead."""
    laptop, tablet = world.artmatt.desks
    disputed = laptop.add(notes="before")
    laptop.sync()
    folder = tmp_path / "copy.swingtag"
    laptop.reopen(lambda: shutil.copytree(laptop.vault.folder, folder))
    with open_desk(folder, laptop.vault.key, world.server.address) as copy:
        tablet.hand.ahead = 240_000
        tablet.add(notes="by a clock that is ahead")
        for desk in (tablet, laptop, copy):
            desk.sync()
        here = [laptop.add(notes="on the first"), copy.add(notes="on the copy")]
        laptop.put(disputed, notes="as the first says")
        copy.put(disputed, notes="as the copy says")
        assert _pending(laptop) == _pending(copy)
        for desk in (laptop, copy, tablet, laptop, copy, tablet, laptop):
            desk.sync()
        for desk in (laptop, copy, tablet):
            assert [desk.read(each)["notes"] for each in here] == ["on the first", "on the copy"]
            (conflict,) = desk.vault.records.conflicts()
            said = {conflict.winner.value, conflict.loser.value}
            assert said == {"as the first says", "as the copy says"}
        assert laptop.hash == copy.hash == tablet.hash
        assert copy.vault.undo() is not None
        assert copy.read(disputed)["notes"] != "as the copy says"


@dataclass
class Drawer:
    """The keychain of one computer: no copy of a folder takes it along."""

    kept: dict[str, bytes] = field(default_factory=dict)

    def keep(self, name: str, secret: bytes) -> None:
        self.kept[name] = secret

    def fetch(self, name: str) -> bytes | None:
        return self.kept.get(name)

    def drop(self, name: str) -> None:
        self.kept.pop(name, None)


def _open(desk: Desk, folder: Path, drawer: Drawer) -> Vault:
    anchors = AnchorInKeychain(drawer, "anchor", AnchorFile(folder / "anchor"))
    key, surroundings = desk.vault.key, desk.network.surroundings
    return Vault.open_with_key(folder, key, surroundings, anchors=anchors)


def test_a_copy_on_another_computer_begins_a_new_stream_before_it_writes(
    world: World, tmp_path: Path
) -> None:
    laptop, drawer = world.artmatt.laptop, Drawer()
    folder, there = laptop.vault.folder, tmp_path / "copy.swingtag"
    for _ in range(2):
        laptop.vault.close()
        laptop.vault = _open(laptop, folder, drawer)
    assert not laptop.vault.put_back, "the first time it only moved into the keychain"
    laptop.reopen(lambda: shutil.copytree(folder, there))
    copy = _open(laptop, there, Drawer())
    assert copy.put_back
    assert copy.log.origin != laptop.vault.log.origin
    copy.close()


def test_a_copy_made_while_it_was_open_is_noticed_if_anything_was_sealed_since(
    world: World, tmp_path: Path
) -> None:
    """As backup programs do: sealing adds no edit, and takes a number for good."""
    laptop, drawer = world.artmatt.laptop, Drawer()
    folder, kept = laptop.vault.folder, tmp_path / "kept"
    laptop.vault.close()
    laptop.vault = _open(laptop, folder, drawer)
    laptop.restart()
    laptop.add(notes="sealed later")
    shutil.copytree(folder, kept, ignore=shutil.ignore_patterns("lock"))
    laptop.sync()
    before = laptop.vault.log.origin
    laptop.vault.close()
    shutil.rmtree(folder)
    shutil.copytree(kept, folder)
    laptop.vault = _open(laptop, folder, drawer)
    assert laptop.vault.put_back
    assert laptop.vault.log.origin != before


def _pending(desk: Desk) -> list[Stamp]:
    blobs = desk.vault.log.pending(100, 1 << 20)[1]
    return [decode_edit(blob, desk.vault.device).stamp for blob in blobs]
