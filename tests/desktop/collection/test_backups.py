"""A backup opens with the password and with the kit, here and without Swingtag."""

import csv
import json
import os
import subprocess
import sys
from pathlib import Path

import cryptography
import pytest

from desktop.collection.backups import WEEK_MILLIS, BackupState, Lack, NoFolderError, lacking
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
    backup = made[2]
    whole = backup.read_bytes()
    key = key_by_password(backup, PASSWORD)
    marks = [at for at in range(len(whole)) if whole.startswith(MARK, at)]
    assert len(marks) > 4
    hits = set()
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
        photo = vault.records.fields(Kind.PHOTO, made[3])
        came = [vault.files.has(photo[name]) for name in ("file", "thumb_file")]
        vault.close()
        out = tmp_path / f"out{number}"
        run = rescue(backup, out, PASSWORD)
        assert run.returncode == 3
        assert f"Parts of the backup that are damaged: {number}." in run.stdout
        assert (out / "report.txt").read_text() == run.stdout
        hits.add(hit(out, came, run.stdout))
    assert hits == {"original", "thumbnail", "record", "other"}


def hit(out: Path, came: list[bool], told: str) -> str:
    """Say what was damaged, by what is there; all else must be."""
    rescued = [path.read_bytes() for path in out.glob("photos/**/*.*")]
    if holes := list(out.glob("photos/incomplete/*")):
        assert came == [False, True]
        assert [f"  photos/incomplete/{path.name}" in told for path in holes] == [True]
        return "original"
    if not came[1]:
        assert rescued == [PICTURE]
        return "thumbnail"
    assert came == [True, True]
    assert PICTURE in rescued  # under photos, or with the thumbnail under photos/unknown
    return "record" if (out / "photos/unknown").exists() else "other"


def test_what_a_backup_lacks_is_told_wherever_it_is_read(made, tmp_path, surroundings):
    collection, _, _, away = made
    photos, vault = collection.photos, collection._vault
    copy = RecordId(bytes([1]) * 16)
    harmed, trashed, emptied = (
        photos.add(copy, b"PIC" + name + PICTURE + b"END") for name in (b"one", b"two", b"three")
    )
    fields = {photo: vault.records.fields(Kind.PHOTO, photo) for photo in (away, harmed, trashed)}
    photos.remove(emptied)
    collection.photos_here.empty_trash()
    photos.remove(trashed)
    vault.files.remove(fields[away]["file"])
    path = vault.files._path(fields[harmed]["file"])
    path.unlink()
    path.symlink_to("/proc/self/mem")  # as a bad sector: it is there, and cannot be read
    backup = tmp_path / "second.swingbackup"
    assert vault.backups.make(backup, {}).lack == Lack(originals=1, harmed=1)
    key = key_by_password(backup, PASSWORD)
    assert prove(backup, key).lack == vault.backups.prove(backup).lack == Lack(1, 0, 1)
    assert prove(made[2], key_by_password(made[2], PASSWORD)).lack == Lack()
    last = collection.backups.make(tmp_path)
    assert collection.backups.state.last == last
    assert lacking(last.lack, str) == (
        "Not in it: 1 original that is not on this device, and 1 picture damaged on this device."
    )

    run = rescue(backup, tmp_path / "out", PASSWORD)
    assert run.returncode == 3
    assert (
        "Originals that the device had not, or damaged, when it made this backup: 2." in run.stdout
    )
    assert {fields[photo]["file"].hex() for photo in (away, harmed)} < set(run.stdout.split())
    small = {path.stem for path in (tmp_path / "out/photos/small").iterdir()}
    assert small == {fields[photo]["thumb_file"].hex() for photo in (away, harmed)}

    back = tmp_path / "back.swingtag"
    restored = restore(backup, key, back, "another password", surroundings)
    assert (restored.whole, restored.lacking) == (True, 2)
    vault = Vault.unlock(back, "another password", surroundings)
    assert vault.files.has(fields[trashed]["file"])
    assert vault.files.has(fields[trashed]["thumb_file"])
    vault.close()


def test_without_a_terminal_the_tool_says_so(made, tmp_path):
    run = subprocess.run(
        [sys.executable, "-I", str(RESCUE), str(made[2]), str(tmp_path / "out")],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        start_new_session=True,
    )
    assert run.returncode == 1
    assert run.stderr.endswith(
        "Nothing was typed. Where there is no terminal, give it to --stdin.\n"
    )
    assert not (tmp_path / "out").exists()


def test_an_old_backup_that_cannot_be_removed_fills_no_disk(collections, tmp_path):
    care = collections[0].backups
    now = [1_700_000_000_000]
    care._now_millis = lambda: now[0]
    care.plan(tmp_path, 3)
    for _ in range(3):
        care.make_weekly()
        now[0] += WEEK_MILLIS
    held = Path(care.state.weekly[0])
    held.rename(tmp_path / "kept")
    held.mkdir()  # it cannot be removed, as if another program held it
    for week in range(2):
        care.make_weekly()
        now[0] += WEEK_MILLIS - 1
        assert not care.due
        now[0] += 1
        assert care.due
        assert care.state.stuck == (str(held),)
        assert care.state.trouble == ""
        assert len(list(tmp_path.glob("*.swingbackup"))) == 4, week
    held.rmdir()
    care.make_weekly()
    assert care.state.stuck == ()
    assert {str(path) for path in tmp_path.glob("*.swingbackup")} == set(care.state.weekly)


def test_a_clock_that_was_ahead_once_ends_no_weekly_backups(collections, tmp_path):
    care = collections[0].backups
    now = [1_700_000_000_000]
    care._now_millis = lambda: now[0]
    care.plan(tmp_path, 3)
    now[0] += 500 * WEEK_MILLIS
    care.make_weekly()
    now[0] -= 1000  # a correction is no jump
    assert not care.due
    now[0] -= 500 * WEEK_MILLIS
    assert care.due
    care.make_weekly()
    assert not care.due


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
    assert ("Writing the pictures", 0, 4) in told  # their thumbnails are alike: one file
    assert {path.name for path in tmp_path.glob("*.*") if path.is_file()} == {"swingtag_rescue.py"}
    assert artmatt.backups.state == BackupState()
