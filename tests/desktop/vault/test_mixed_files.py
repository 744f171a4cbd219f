"""A program that copies files one by one leaves states of two moments beside each other (F10)."""

import itertools
import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop.vault.errors import DamagedVaultError
from desktop.vault.opening import DATABASE
from desktop.vault.vault import Surroundings, Vault
from shared.domain.schema import Kind
from tests.desktop.vault.household import KEY, Device, drawn, rid

WAL, SHM = f"{DATABASE}-wal", f"{DATABASE}-shm"
Files = dict[str, bytes]


def add(device: Device, count: int) -> None:
    start = device.vault.shelves.counts().copies
    for number in range(start + 1, start + count + 1):
        device.put(rid(number), Kind.COPY, notes=f"piece {number} " * 20)


def moments(device: Device) -> Iterator[tuple[int, Files]]:
    """The files of one collection at four moments, two within each session, and their counts."""
    for reopen, more in ((False, 20), (False, 20), (True, 15), (False, 150)):
        if reopen:
            device.vault.close()
            device.open()
        add(device, more)
        files = {name: (device.folder / name).read_bytes() for name in (DATABASE, WAL, SHM)}
        yield device.vault.shelves.counts().copies, files


@pytest.fixture
def states(tmp_path: Path) -> tuple[Device, list[tuple[int, Files]]]:
    device = Device("one", tmp_path / "one.swingtag")
    kept = list(moments(device))
    device.vault.close()
    return device, kept


def lay(device: Device, folder: Path, files: Files) -> Vault:
    shutil.copytree(device.folder, folder)
    (folder / DATABASE).unlink()
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return Vault.open_with_key(folder, KEY, Surroundings(device.clock, drawn(b"mixed")))


def judge(device: Device, folder: Path, files: Files, newest: int) -> str:
    """Tell how a mixture is noticed: when opened, when read, by a check; or that it is whole."""
    try:
        vault = lay(device, folder, files)
    except DamagedVaultError:
        return "refused"
    try:
        count = vault.shelves.counts().copies
        if vault.checkup.examine(None):
            return "found"
        assert vault.put_back is (count != newest), "an older state writes to a new stream"
    except DamagedVaultError:
        return "refused when read"
    else:
        texts = [vault.records.fields(Kind.COPY, rid(n)) for n in range(1, count + 1)]
        assert texts == [{"notes": f"piece {n} " * 20} for n in range(1, count + 1)]
        return "whole" if count == newest else "older"
    finally:
        vault.close()


def test_files_of_two_moments_are_refused_or_an_older_state(states, tmp_path):
    device, kept = states
    newest = kept[-1][0]
    told = Counter[str]()
    mixtures: list[Files] = [{DATABASE: files[DATABASE]} for _, files in kept]
    for (_, one), (_, two) in itertools.product(kept, kept):
        mixtures.append({DATABASE: one[DATABASE], WAL: two[WAL]})
        mixtures.append({DATABASE: one[DATABASE], WAL: two[WAL], SHM: one[SHM]})
    for number, files in enumerate(mixtures):
        told[judge(device, tmp_path / f"mixed {number}.swingtag", files, newest)] += 1
    assert told["whole"] == 2, "the newest file beside its own log, and no other"
    assert told["older"], "a log of another life is not mixed in"
    assert told["refused"] + told["refused when read"], "pages of two moments are not read as one"
