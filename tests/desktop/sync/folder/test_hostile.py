"""Folders that lie, break and go away: each one clear sentence or nothing, and nothing is lost."""

import errno
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from desktop.sync.errors import SyncError
from desktop.sync.folder.errors import (
    DetourError,
    FolderClosedError,
    FolderFullError,
    FolderGoneError,
    FolderTroubleError,
)
from desktop.sync.folder.traffic import FolderNotice
from desktop.vault.progress import Progress, StoppedError
from tests.desktop.sync.folder.household import (
    Household,
    entries,
    exchange,
    place_of,
    shelf,
)

OLD = 1_600_000_000
QUIET: set[FolderNotice] = set()
DAMAGED = {FolderNotice.DAMAGED}


def cut_short(entry: Path, _other: Path) -> None:
    entry.write_bytes(entry.read_bytes()[:-7])


def leave_empty(entry: Path, _other: Path) -> None:
    entry.write_bytes(b"")


def flip(entry: Path, _other: Path) -> None:
    content = bytearray(entry.read_bytes())
    content[300] ^= 1
    entry.write_bytes(content)


def swap_names(entry: Path, other: Path) -> None:
    """Put the entry of another number under this name."""
    shutil.copy(other, entry)


def grow(entry: Path, _other: Path) -> None:
    """Let a file claim a terabyte, without taking room."""
    os.truncate(entry, 1 << 40)


def be_a_link(entry: Path, _other: Path) -> None:
    aside = entry.with_name("elsewhere")
    entry.rename(aside)
    entry.symlink_to(aside)


def be_a_pipe(entry: Path, _other: Path) -> None:
    entry.unlink()
    os.mkfifo(entry)


def be_in_conflict(entry: Path, _other: Path) -> None:
    entry.with_name(f"{entry.name} (conflicted copy 2026-11-24)").write_bytes(b"anything")


def be_full_of_junk(entry: Path, _other: Path) -> None:
    for n in range(1_000):
        (entry.parent.parent.parent / f"Thumbs {n}.db").write_bytes(b"")
    deep = entry.parent / "a" / "b" / "c"
    deep.mkdir(parents=True)
    (deep / "x").write_bytes(b"")


def be_copied_half(entry: Path, _other: Path) -> None:
    (entry.parents[3] / "tmp" / "half").write_bytes(entry.read_bytes()[:100])


@pytest.mark.parametrize(
    ("harm", "told", "comes"),
    [
        (cut_short, DAMAGED, False),
        (leave_empty, DAMAGED, False),
        (flip, DAMAGED, False),
        (swap_names, DAMAGED, False),
        (grow, DAMAGED, False),
        (be_a_link, QUIET, False),
        (be_a_pipe, QUIET, False),
        (be_in_conflict, QUIET, True),
        (be_full_of_junk, QUIET, True),
        (be_copied_half, QUIET, True),
    ],
)
def test_harm_to_a_file_is_told_and_mended_by_who_has_it(
    artmatt: Household,
    stick: Path,
    harm: Callable[[Path, Path], None],
    told: set[FolderNotice],
    comes: bool,  # noqa: FBT001 - a column of the table above
) -> None:
    laptop, tablet = artmatt.desks
    for note in ("first", "second"):
        bear = laptop.add(notes=note)
        exchange(laptop, stick)
    first, second = entries(laptop, stick)
    harm(second, first)
    for _ in range(2):
        assert exchange(tablet, stick).notices == told
    assert bool(tablet.read(bear)) == comes
    if harm in {be_a_link, be_a_pipe}:
        second.unlink()  # Swingtag touches no such thing
    elif not comes:
        os.utime(second, (OLD, OLD))
        exchange(tablet, stick)
        assert not second.exists()
        assert list((shelf(laptop, stick) / "aside").iterdir()), "nothing is deleted"
    assert exchange(laptop, stick).sentences == ()
    assert exchange(tablet, stick).sentences == ()
    assert tablet.read(bear)["notes"] == "second"
    assert len(artmatt.hashes) == 1


def test_another_tenants_things_under_our_name_are_refused(
    artmatt: Household, begin: Household, stick: Path
) -> None:
    laptop, tablet = artmatt.desks
    for house in (artmatt, begin):
        house.desks[0].add(notes="here")
        exchange(house.desks[0], stick)
    theirs = begin.hashes
    (mine,), (other,) = entries(laptop, stick), entries(begin.desks[0], stick)
    second = mine.with_name("00000002")
    shutil.copy(other, second)
    shutil.copytree(shelf(begin.desks[0], stick), shelf(laptop, stick), dirs_exist_ok=True)
    traffic = exchange(tablet, stick)
    assert (traffic.edits_in, traffic.notices) == (1, DAMAGED)
    assert begin.hashes == theirs
    assert exchange(begin.desks[1], stick).sentences == ()


def test_a_link_in_place_of_a_folder_is_not_followed(
    artmatt: Household, stick: Path, tmp_path: Path
) -> None:
    laptop = artmatt.desks[0]
    laptop.add(notes="here")
    private = tmp_path / "private"
    private.mkdir()
    shelf(laptop, stick).mkdir(parents=True)
    (shelf(laptop, stick) / "entries").symlink_to(private)
    assert exchange(laptop, stick).trouble == DetourError().sentence
    assert not list(private.iterdir())
    shutil.rmtree(stick / "swingtag")
    (stick / "swingtag").symlink_to(private)
    with pytest.raises(DetourError):
        exchange(laptop, stick)
    assert not list(private.iterdir())


@pytest.mark.parametrize(
    ("number", "meant"),
    [
        (errno.EROFS, FolderClosedError),
        (errno.EACCES, FolderClosedError),
        (errno.ENOSPC, FolderFullError),
        (errno.EIO, FolderTroubleError),
    ],
)
def test_what_cannot_be_written_is_said_and_what_lay_there_comes(
    artmatt: Household,
    stick: Path,
    monkeypatch: pytest.MonkeyPatch,
    number: int,
    meant: type[SyncError],
) -> None:
    laptop, tablet = artmatt.desks
    bear = laptop.add(notes="laptop's")
    exchange(laptop, stick)
    bean = tablet.add(notes="tablet's")
    really = os.fsync

    def refuse(_handle: int) -> None:
        raise OSError(number, "")

    monkeypatch.setattr(os, "fsync", refuse)
    traffic = exchange(tablet, stick)
    assert (traffic.edits_in, traffic.trouble) == (1, meant().sentence)
    assert tablet.read(bear)["notes"] == "laptop's"
    monkeypatch.setattr(os, "fsync", really)
    assert not list((shelf(laptop, stick) / "tmp").iterdir())
    assert exchange(tablet, stick).edits_out == 1
    exchange(laptop, stick)
    assert laptop.read(bean)["notes"] == "tablet's"


def test_a_stick_pulled_in_the_middle_is_said_and_goes_on_later(
    artmatt: Household, stick: Path
) -> None:
    laptop, tablet = artmatt.desks
    pocket = stick.with_name("pocket")
    for n in range(4):
        laptop.add(notes=f"edit {n}")
        exchange(laptop, stick)
    tablet.add(notes="tablet's")

    def pull(what: str, done: int, _total: int) -> None:
        if (what, done) == ("Writing edits", 0):
            stick.rename(pocket)

    with pytest.raises(FolderGoneError):
        exchange(tablet, stick, Progress(pull))
    assert not stick.exists(), "no folder was made where the stick was"
    with pytest.raises(FolderGoneError):
        exchange(tablet, stick)
    pocket.rename(stick)
    artmatt.go_round(stick)
    assert len(artmatt.hashes) == 1


def test_stopping_keeps_what_went_across(artmatt: Household, stick: Path) -> None:
    laptop, tablet = artmatt.desks
    laptop.add(notes="one")
    with pytest.raises(StoppedError):
        exchange(laptop, stick, Progress(stop=lambda: True))
    assert place_of(laptop, stick).is_used or not entries(laptop, stick)
    artmatt.go_round(stick)
    assert tablet.hash == laptop.hash


KILLED = """
import os, secrets, signal, sys, time
from pathlib import Path
from desktop.sync.folder import places
from desktop.sync.folder.exchange import FolderExchange
from desktop.vault.vault import Surroundings, Vault
folder, key, stick, where, left = sys.argv[1:]
surroundings = Surroundings(lambda: time.time_ns() // 1_000_000, secrets.token_bytes)
vault = Vault.open_with_key(Path(folder), bytes.fromhex(key), surroundings)
really, left = getattr(os, where), int(left)
def struck(*args, **kwargs):
    global left
    left -= 1
    if not left:
        os.kill(os.getpid(), signal.SIGKILL)
    return really(*args, **kwargs)
setattr(os, where, struck)
place = places.FolderPlace(Path(stick), vault.tenant, vault.device, secrets.token_bytes)
FolderExchange(vault, secrets.token_bytes, lambda _: None).exchange(place)
"""


@pytest.mark.parametrize(("where", "left"), [("fsync", 4), ("replace", 9)])
def test_killed_while_writing_leaves_whole_files_and_no_number_twice(
    artmatt: Household, stick: Path, where: str, left: int
) -> None:
    laptop, tablet = artmatt.desks
    bear = laptop.add(notes="written before the kill")

    def die() -> None:
        argv = [str(laptop.vault.folder), laptop.vault.key.hex(), str(stick), where, str(left)]
        done = subprocess.run([sys.executable, "-c", KILLED, *argv], check=False)
        assert done.returncode == -signal.SIGKILL

    laptop.reopen(meanwhile=die)
    assert exchange(tablet, stick).notices <= {FolderNotice.WAITS}
    laptop.put(bear, notes="and after it")
    artmatt.go_round(stick)
    assert not list((shelf(laptop, stick) / "tmp").iterdir())
    assert tablet.read(bear)["notes"] == "and after it"
    assert len(artmatt.hashes) == 1
