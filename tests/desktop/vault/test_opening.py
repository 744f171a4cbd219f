"""A collection on disk: opened by who may, refused in one clear sentence otherwise."""

import errno
import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy.dialects import sqlite
from sqlmodel import SQLModel

from desktop.system.lock import FolderLock, FolderTakenError
from desktop.vault.database import Database
from desktop.vault.disk import troubles
from desktop.vault.errors import (
    ClosedVaultError,
    CloudFolderError,
    CollectionExistsError,
    DamagedVaultError,
    DiskTroubleError,
    FullDiskError,
    NewerVaultError,
    NoCollectionError,
    ReadOnlyFolderError,
    VaultError,
    VaultInUseError,
)
from desktop.vault.vault import Surroundings, Vault
from shared.crypto.unlock import DamagedUnlockError, WrongPasswordError
from shared.domain.operations import Put
from shared.domain.schema import Kind
from shared.ids import DeviceId
from tests.desktop.vault.household import KEY, TENANT, Clock, Device, drawn, rid

DEVICE = DeviceId(b"device-device-de")
PASSWORD = "correct horse"
SQLITE = sqlite.dialect()


@pytest.fixture
def world():
    return Surroundings(Clock(), drawn(b"world"))


@pytest.fixture(scope="module")
def pattern(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("pattern") / "artmatt.swingtag"
    world = Surroundings(Clock(), drawn(b"pattern"))
    vault = Vault.create(folder, PASSWORD, TENANT, DEVICE, world)
    vault.apply("Add", [Put(Kind.COPY, rid(1), {"notes": "kept"})])
    vault.close()
    return folder


@pytest.fixture
def folder(tmp_path, pattern) -> Path:
    """A collection with one copy, closed."""
    return shutil.copytree(pattern, tmp_path / pattern.name)


def still_there(folder: Path, world: Surroundings, password: str = PASSWORD) -> bool:
    vault = Vault.unlock(folder, password, world)
    notes = vault.records.fields(Kind.COPY, rid(1))
    vault.close()
    return notes == {"notes": "kept"}


def read_everything(folder: Path, world: Surroundings) -> bytes:
    vault = Vault.unlock(folder, PASSWORD, world)
    try:
        return vault.log.content_hash()
    finally:
        vault.close()


def test_the_password_opens_it_and_no_other(folder, world):
    with pytest.raises(WrongPasswordError):
        Vault.unlock(folder, "correct house", world)
    assert still_there(folder, world)


def test_a_new_password_replaces_the_old_one_and_keeps_the_key(folder, world):
    vault = Vault.unlock(folder, PASSWORD, world)
    with pytest.raises(WrongPasswordError):
        vault.change_password("guessed", "mine")
    vault.change_password(PASSWORD, "battery staple")
    key = vault.key
    vault.close()
    with pytest.raises(WrongPasswordError):
        Vault.unlock(folder, PASSWORD, world)
    assert still_there(folder, world, "battery staple")
    Vault.open_with_key(folder, key, world).close()


def test_only_its_owner_may_look_into_the_folder(folder):
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.rglob("*")}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert modes == dict.fromkeys(("unlock", "vault.db", "lock", "anchor"), 0o600)


def test_the_log_beside_the_file_is_as_private(folder, world):
    vault = Vault.unlock(folder, PASSWORD, world)
    for path in folder.glob("vault.db*"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    vault.close()


def test_what_was_closed_says_so(folder, world):
    vault = Vault.unlock(folder, PASSWORD, world)
    vault.close()
    vault.close()
    with pytest.raises(ClosedVaultError):
        vault.records.fields(Kind.COPY, rid(1))


def test_nothing_is_overwritten(folder, world):
    with pytest.raises(CollectionExistsError):
        Vault.create(folder, "another", TENANT, DEVICE, world)
    assert still_there(folder, world)


def test_a_start_that_was_cut_short_leaves_nothing_in_the_way(tmp_path, world):
    (tmp_path / "new.swingtag.part").mkdir()
    (tmp_path / "new.swingtag.part" / "vault.db").write_bytes(b"half")
    Vault.create(tmp_path / "new.swingtag", PASSWORD, TENANT, DEVICE, world).close()
    assert not (tmp_path / "new.swingtag.part").exists()


def test_no_collection_there(tmp_path, world):
    for call in (
        lambda: Vault.unlock(tmp_path, PASSWORD, world),
        lambda: Vault.open_with_key(tmp_path, KEY, world),
    ):
        with pytest.raises(NoCollectionError):
            call()


@pytest.mark.parametrize("place", [0, 20, 100, 2000, 5000])
def test_damage_is_noticed_and_never_read_over(folder, world, place):
    file = folder / "vault.db"
    content = bytearray(file.read_bytes())
    content[place] ^= 1
    file.write_bytes(content)
    with pytest.raises(DamagedVaultError):
        read_everything(folder, world)
    FolderLock(folder / "lock").release()


def test_another_key_or_a_damaged_password_box(folder, world):
    with pytest.raises(DamagedVaultError):
        Vault.open_with_key(folder, KEY, world)
    box = bytearray((folder / "unlock").read_bytes())
    box[50] ^= 1
    (folder / "unlock").write_bytes(box)
    with pytest.raises(DamagedUnlockError):
        Vault.unlock(folder, PASSWORD, world)
    assert (folder / "lock").exists()
    FolderLock(folder / "lock").release()


def test_a_newer_schema_is_left_alone(folder, world):
    vault = Vault.unlock(folder, PASSWORD, world)
    key = vault.key
    vault.close()
    database = Database(folder / "vault.db", key, {})
    with database.writing() as cursor:
        cursor.execute("PRAGMA user_version = 99")
    database.close()
    before = (folder / "vault.db").read_bytes()
    with pytest.raises(NewerVaultError):
        Vault.unlock(folder, PASSWORD, world)
    assert (folder / "vault.db").read_bytes() == before


def test_the_tables_of_a_file_are_those_that_are_defined(folder, world):
    vault = Vault.unlock(folder, PASSWORD, world)
    with vault._database.reading() as cursor:
        found = {name: columns_in(cursor, name) for name in SQLModel.metadata.tables}
    vault.close()
    assert found == {
        name: {
            column.name: (column.type.compile(SQLITE), not column.nullable, column.primary_key)
            for column in table.columns
        }
        for name, table in SQLModel.metadata.tables.items()
    }


def columns_in(cursor, table):
    """By name: type, whether it must be there, whether it is part of the key."""
    return {
        name: (type_, bool(required), bool(key))
        for _, name, type_, required, _, key in cursor.execute(f'PRAGMA table_info("{table}")')
    }


OPEN = """
import os, sys, time
from pathlib import Path
import desktop.application.keeper
from desktop.vault.vault import Surroundings, Vault
world = Surroundings(lambda: time.time_ns() // 1000000, os.urandom)
Vault.open_with_key(Path(sys.argv[1]), bytes.fromhex(sys.argv[2]), world).close()
print([name for name in ("sqlalchemy", "sqlmodel", "pydantic") if name in sys.modules])
"""


def test_opening_a_collection_does_not_wait_for_the_definition_of_its_tables(folder, world):
    vault = Vault.unlock(folder, PASSWORD, world)
    key = vault.key.hex()
    vault.close()
    found = subprocess.run(
        [sys.executable, "-c", OPEN, folder, key],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert found.stdout.strip() == "[]"


HOLD = """
import sys, time
from desktop.vault.vault import Surroundings, Vault
from pathlib import Path
import os
vault = Vault.open_with_key(Path(sys.argv[1]), bytes.fromhex(sys.argv[2]),
                            Surroundings(lambda: time.time_ns() // 1000000, os.urandom))
print("open", flush=True)
time.sleep(60)
"""


def test_a_second_process_is_turned_away_until_the_first_is_gone(folder, world):
    vault = Vault.unlock(folder, PASSWORD, world)
    key = vault.key
    with pytest.raises(VaultInUseError):
        Vault.unlock(folder, PASSWORD, world)
    vault.close()
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(folder), key.hex()], stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout.readline() == "open\n"
        with pytest.raises(VaultInUseError):
            Vault.open_with_key(folder, key, world)
        other.kill()
    assert still_there(folder, world)


def test_a_lock_is_for_one(tmp_path):
    lock = FolderLock(tmp_path / "lock")
    with pytest.raises(FolderTakenError):
        FolderLock(tmp_path / "lock")
    lock.release()
    lock.release()
    FolderLock(tmp_path / "lock").release()


@pytest.mark.parametrize("cloud", ["Dropbox", "OneDrive - Home", "Nextcloud"])
def test_a_folder_that_is_copied_to_a_cloud_is_refused(tmp_path, folder, world, cloud):
    inside = tmp_path / cloud / "toys"
    inside.mkdir(parents=True)
    with pytest.raises(CloudFolderError):
        Vault.create(inside / "a.swingtag", PASSWORD, TENANT, DEVICE, world)
    folder.rename(inside / "b.swingtag")
    with pytest.raises(CloudFolderError):
        Vault.unlock(inside / "b.swingtag", PASSWORD, world)


UNPRIVILEGED = """
import os, sys, time
from pathlib import Path
from desktop.vault.errors import ReadOnlyFolderError
from desktop.vault.vault import Surroundings, Vault
if os.getuid() == 0:
    os.setgid(65534); os.setuid(65534)
world = Surroundings(lambda: time.time_ns() // 1000000, os.urandom)
folder, key = Path(sys.argv[1]), bytes.fromhex(sys.argv[2])
for attempt in (lambda: Vault.open_with_key(folder, key, world),
                lambda: Vault.create(folder.parent / "new.swingtag", "x", key, key[:16], world)):
    try:
        attempt()
    except ReadOnlyFolderError:
        print("read-only")
"""


@pytest.mark.skipif(sys.platform == "win32", reason="needs another user's folder")
def test_a_folder_that_cannot_be_written_to(folder, world):
    vault = Vault.unlock(folder, PASSWORD, world)
    key = vault.key
    vault.close()
    for path in (folder, folder.parent, *folder.parents):
        if path.stat().st_uid == os.getuid() and path != Path("/"):
            path.chmod(path.stat().st_mode | 0o055)
    for path in folder.iterdir():
        path.chmod(0o444)
    folder.chmod(0o555)
    folder.parent.chmod(0o555)
    try:
        said = subprocess.run(
            [sys.executable, "-c", UNPRIVILEGED, str(folder), key.hex()],
            capture_output=True,
            text=True,
            check=True,
        )
    finally:
        folder.parent.chmod(0o755)
    assert said.stdout.splitlines() == ["read-only", "read-only"]


FILL = """
import os, resource, sys, time
from pathlib import Path
from desktop.vault.errors import FullDiskError, DiskTroubleError
from desktop.vault.vault import Surroundings, Vault
from shared.domain.operations import Put
from shared.domain.schema import Kind
from shared.ids import FileId
folder, key, limit = Path(sys.argv[1]), bytes.fromhex(sys.argv[2]), int(sys.argv[3])
world = Surroundings(lambda: time.time_ns() // 1000000, os.urandom)
vault = Vault.open_with_key(folder, key, world)
resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
kept = 0
try:
    while True:
        fields = {"notes": os.urandom(2000).hex()}
        vault.apply("Add", [Put(Kind.COPY, (1000 + kept).to_bytes(16), fields)])
        kept += 1
except (FullDiskError, DiskTroubleError):
    pass
assert vault.records.fields(Kind.COPY, (1000).to_bytes(16)), "it goes on reading"
try:
    vault.files.keep(FileId(bytes(16)), [bytes(limit + 1)])
except FullDiskError:
    print("no room")
assert not vault.files.has(FileId(bytes(16)))
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
vault.apply("Add", [Put(Kind.COPY, (1000 + kept).to_bytes(16), {"notes": "room again"})])
print(kept + 1)
vault.close()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="needs a limit on the size of files")
def test_a_full_disk_loses_nothing_and_ends(folder, world):
    vault = Vault.unlock(folder, PASSWORD, world)
    key = vault.key
    vault.close()
    said = subprocess.run(
        [sys.executable, "-c", FILL, str(folder), key.hex(), str(600_000)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert said.returncode == 0, said.stderr
    room, kept = said.stdout.split("\n")[:2]
    assert room == "no room"
    vault = Vault.unlock(folder, PASSWORD, world)
    assert vault.shelves.counts().copies == int(kept) + 1
    vault.close()


@pytest.mark.parametrize(
    ("number", "meant"),
    [
        (errno.ENOSPC, FullDiskError),
        (errno.EROFS, ReadOnlyFolderError),
        (errno.EIO, DiskTroubleError),
        (errno.ESTALE, DiskTroubleError),
        (errno.ENOENT, FileNotFoundError),
    ],
)
def test_troubles_are_said_in_words(number, meant):
    with pytest.raises(meant) as caught, troubles():
        raise OSError(number, "x")
    assert isinstance(caught.value, VaultError) == (meant is not FileNotFoundError)


def test_an_older_state_put_back_begins_a_new_stream(tmp_path):
    """A restored backup must not reuse the numbers of what the device has sent since."""
    one = Device("one", tmp_path / "one.swingtag")
    one.put(rid(1), notes="a")
    one.vault.close()
    old = {path.name: path.read_bytes() for path in one.folder.iterdir() if path.is_file()}
    one.open()
    assert not one.vault.put_back
    stream = one.vault.log.origin
    one.put(rid(1), notes="b")
    one.vault.close()
    anchor = (one.folder / "anchor").read_bytes()
    for name, content in old.items():
        (one.folder / name).write_bytes(content)
    (one.folder / "anchor").write_bytes(anchor)
    one.open()
    assert one.vault.put_back
    assert one.vault.log.origin != stream
    assert one.get(rid(1)) == {"notes": "a"}
    one.vault.close()
    one.open()
    assert not one.vault.put_back
    one.vault.close()
    (one.folder / "anchor").write_bytes(b"scribble")
    one.open()
    assert one.vault.put_back, "an anchor that cannot be read says nothing, so be careful"
    one.vault.close()
