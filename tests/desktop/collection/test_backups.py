"""A backup opens with the password and with the kit, here and without Swingtag."""

import csv
import json
import os
import subprocess
import sys
from pathlib import Path

import cryptography
import pytest

from desktop.collection.backups import WEEK_MILLIS, BackupState, NoFolderError
from desktop.collection.library import Wish
from desktop.vault.backup_file import (
    MARK,
    ForeignBackupError,
    key_by_password,
    key_by_words,
    prove,
)
from desktop.vault.progress import Progress, StoppedError
from desktop.vault.rescue import swingtag_rescue as rescue_tool
from desktop.vault.restoring import restore
from desktop.vault.vault import Surroundings, Vault
from shared.domain.operations import Put
from shared.domain.schema import Kind
from shared.ids import RecordId
from tests.desktop.collection.conftest import PASSWORD

RESCUE = Path(rescue_tool.__file__)
COPIES = 59
PICTURE = b"PIC" + bytes(range(256)) * 1500 + b"END"

GUARD = """
import runpy, sys
site, tool = sys.argv[1:3]
sys.path.append(site)
sys.argv = sys.argv[2:]
try:
    runpy.run_path(tool, run_name="__main__")
finally:
    allowed = {"cryptography", "cffi", "_cffi_backend", "typing_extensions"}
    brought = {
        name.split(".")[0]
        for name, module in sys.modules.items()
        if (getattr(module, "__file__", None) or "").startswith(site)
    }
    assert brought <= allowed, brought
"""


@pytest.fixture
def made(libraries, tmp_path):
    """A collection with pictures, its words, and a backup of it."""
    created = libraries.artmatt.create(Wish("Bears", PASSWORD))
    collection = created.collection
    copies = [RecordId(bytes([number]) * 16) for number in range(1, COPIES + 1)]
    for copy in copies:
        notes = f"=bear {copy[0]} {os.urandom(3000).hex()}"
        collection.write("Add", [Put(Kind.COPY, copy, {"notes": notes})])
    photo = collection.photos.add(copies[0], PICTURE)
    path = tmp_path / "bears.swingbackup"
    collection._vault.backups.make(path, {})
    yield collection, created.words, path, photo
    collection.close()


def rescue(backup: Path, folder: Path, typed: str, *options: str) -> subprocess.CompletedProcess:
    """Run the tool with nothing to import but cryptography and what that needs."""
    site = str(Path(cryptography.__file__).parents[1])
    command = [sys.executable, "-I", "-S", "-c", GUARD, site, str(RESCUE)]
    return subprocess.run(
        [*command, str(backup), str(folder), "--stdin", *options],
        input=typed + "\n",
        capture_output=True,
        text=True,
        check=False,
        cwd=folder.parent,
    )


def content(folder: Path, surroundings: Surroundings) -> tuple[bytes, bool]:
    vault = Vault.unlock(folder, "another password", surroundings)
    try:
        assert vault.checkup.examine(None) == []
        return vault.log.content_hash(), vault.put_back
    finally:
        vault.close()


def sealed_files(folder: Path) -> dict[str, bytes]:
    found = [path for path in (folder / "files").rglob("*") if path.is_file()]
    assert found
    return {path.name: path.read_bytes() for path in found}


@pytest.fixture
def surroundings(clock):
    return Surroundings(clock, os.urandom)


def test_password_and_kit_open_it_and_it_holds_the_same(made, tmp_path, surroundings):
    collection, words, backup, _ = made
    key = key_by_words(backup, " ".join(words))
    assert key == key_by_password(backup, PASSWORD)
    assert prove(backup, key).whole
    before = collection._vault.log.content_hash()
    restored = restore(backup, key, tmp_path / "back.swingtag", "another password", surroundings)
    assert restored.whole
    assert content(tmp_path / "back.swingtag", surroundings) == (before, True)
    assert sealed_files(collection.folder) == sealed_files(tmp_path / "back.swingtag")
    assert collection._vault.log.content_hash() == before


@pytest.mark.parametrize("kit", [False, True])
def test_rescued_without_swingtag(made, tmp_path, kit):
    _, words, backup, _ = made
    out = tmp_path / "out"
    run = rescue(backup, out, " ".join(words) if kit else PASSWORD, *["--kit"] * kit)
    assert (run.returncode, run.stderr) == (0, "")
    told = json.loads((out / "collection.json").read_text())
    assert len(told["copy"]) == COPIES
    with (out / "copy.csv").open(encoding="utf-8-sig") as table:
        notes = [row["notes"] for row in csv.DictReader(table)]
    assert len(notes) == COPIES
    assert all(note.startswith("'=bear") for note in notes)
    assert [path.read_bytes() for path in (out / "photos").iterdir()] == [PICTURE]
    assert "nothing is overwritten" in rescue(backup, out, PASSWORD).stderr
    assert "does not fit" in rescue(backup, tmp_path / "x", "wrong").stderr


def test_damage_takes_only_what_it_hits(made, tmp_path, surroundings):
    _, _, backup, _ = made
    whole = backup.read_bytes()
    key = key_by_password(backup, PASSWORD)
    marks = [at for at in range(len(whole)) if whole.startswith(MARK, at)]
    assert len(marks) > 4
    for number in range(1, len(marks) - 1):
        hurt = bytearray(whole)
        hurt[marks[number] + (4 + 37 * number % 70)] ^= 8
        backup.write_bytes(hurt)
        assert prove(backup, key).missing == (number,)
        assert (
            restore(
                backup, key, tmp_path / f"{number}.swingtag", "another password", surroundings
            ).missing
            == 1
        )
        vault = Vault.unlock(tmp_path / f"{number}.swingtag", "another password", surroundings)
        assert len(vault.records.living(Kind.COPY)) == COPIES  # rows and log tell each other's part
        assert vault.checkup.examine(None) == []
        vault.close()
        run = rescue(backup, tmp_path / f"out{number}", PASSWORD)
        assert run.returncode == 3
        assert f"1 parts are damaged and missing: {number}" in run.stdout


def test_a_damaged_picture_is_one_finding(made):
    collection, _, _, photo = made
    vault = collection._vault
    fields = vault.records.fields(Kind.PHOTO, photo)
    path = vault.folder / "files" / fields["file"].hex()[:2] / fields["file"].hex()
    whole = path.read_bytes()
    assert vault.checkup.examine(None) == []
    for at in range(0, len(whole), len(whole) // 5):
        hurt = bytearray(whole)
        hurt[at] ^= 1 << at % 8
        path.write_bytes(hurt)
        assert [finding.file for finding in vault.checkup.examine(None)] == [fields["file"]]
    vault.checkup.set_aside(fields["file"])
    assert vault.checkup.examine(None) == []
    assert not vault.files.has(fields["file"])


def test_weekly_backups_are_kept_by_number_and_others_by_all_means(collections, tmp_path):
    artmatt, begin = collections
    now = [1_700_000_000_000]
    care = artmatt.backups
    care._now_millis = lambda: now[0]
    folder = tmp_path / "stick"
    care.plan(folder, 3)
    with pytest.raises(NoFolderError):
        care.make_weekly()
    assert "Plug in" in care.state.trouble
    folder.mkdir()
    mine = Path(care.make(folder).path)
    for week in range(5):
        assert care.due
        care.make_weekly()
        assert not care.due
        now[0] += WEEK_MILLIS
        assert len(care.state.weekly) == min(week + 1, 3)
    kept = set(folder.glob("*.swingbackup"))
    assert kept == {mine, *map(Path, care.state.weekly)}
    assert care.state.trouble == ""
    assert (folder / "swingtag_rescue.py").read_bytes() == RESCUE.read_bytes()
    assert begin.backups.state == BackupState()
    with pytest.raises(ForeignBackupError):
        begin._vault.backups.prove(mine)


def test_a_backup_that_is_stopped_leaves_nothing(collections, tmp_path):
    artmatt, _ = collections
    for copy in range(3):
        artmatt.photos.add(RecordId(bytes([copy]) * 16), PICTURE[:-3] + bytes([copy]) + b"END")
    told = []

    def tell(what, done, total):
        told.append((what, done, total))

    with pytest.raises(StoppedError):
        artmatt.backups.make(tmp_path, Progress(tell, lambda: "pictures" in str(told[-1:])))
    assert ("Writing the pictures", 0, 6) in told
    assert {path.name for path in tmp_path.glob("*.*") if path.is_file()} == {"swingtag_rescue.py"}
    assert artmatt.backups.state == BackupState()
