"""What the app said is saved is saved, and nothing of it can be read without the key."""

import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from desktop.vault.database import Database, make_durable
from desktop.vault.errors import FullDiskError, NotDurableError
from desktop.vault.layout import pack_map, unpack_map
from desktop.vault.migrations import SCHEMA_VERSION, migrate, set_version, version_of
from desktop.vault.opening import DATABASE
from desktop.vault.values import Query
from desktop.vault.vault import Surroundings, Vault
from shared.domain.operations import Delete, Put
from shared.domain.schema import DELETED, Kind
from shared.ids import FileId
from tests.desktop.vault.household import KEY, Device, rid

WRITE = """
import os, sys, time
from pathlib import Path
from desktop.vault.vault import Surroundings, Vault
from shared.domain.operations import Delete, Put, PutMany
from shared.domain.schema import Kind
folder, key = Path(sys.argv[1]), bytes.fromhex(sys.argv[2])
world = Surroundings(lambda: time.time_ns() // 1000000, os.urandom)
vault = Vault.open_with_key(folder, key, world)
start = vault.shelves.counts().copies
for number in range(start + 1, 100_000):
    vault.apply("Add", [Put(Kind.COPY, number.to_bytes(16), {"number": f"n{number}"})])
    if number % 7 == 0:
        ids = [(1 << 64 | number << 16 | k).to_bytes(16) for k in range(300)]
        vault.apply("Many", [PutMany(Kind.MODEL, ids, ("name",), (["x"] * 300,))])
    print(number, flush=True)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="kills as POSIX does")
def test_killed_at_any_moment_it_keeps_what_it_said_it_kept(tmp_path):
    one = Device("one", tmp_path / "one.swingtag")
    one.vault.close()
    said = 0
    for round_ in range(4):
        with subprocess.Popen(
            [sys.executable, "-c", WRITE, str(one.folder), KEY.hex()],
            stdout=subprocess.PIPE,
            text=True,
        ) as writer:
            for line in writer.stdout:
                said = int(line)
                if said % 20 == 3 * round_ + 2:
                    break
            time.sleep(0.0007 * round_)
            writer.kill()
            said = max([said, *map(int, writer.stdout.read().split("\n")[:-1])])
        one.open()
        kept = one.vault.shelves.counts().copies
        assert kept in {said, said + 1}, "what was said, and perhaps the one that was under way"
        assert list(one.vault.shelves.find(Query(f"n{said}"))) == [rid(said)]
        assert one.get(rid(kept)) == {"number": f"n{kept}"}
        assert one.vault.records.history(Kind.COPY, rid(said))
        one.vault.close()


NEEDLES = (b"needle-in-notes", b"needle-in-label", b"needle-in-secret", b"needle-in-name")


def everything_on_disk(folder: Path) -> bytes:
    """All bytes in a folder, and of files that this process has open but were deleted."""
    content = [path.read_bytes() for path in folder.rglob("*") if path.is_file()]
    opened = [link for link in Path("/proc/self/fd").glob("*") if link.is_symlink()]
    deleted = [link for link in opened if "(deleted)" in str(link.readlink())]
    return b"".join([*content, *(link.read_bytes() for link in deleted)])


def plant(device: Device) -> None:
    fields = {"notes": "needle-in-notes " * 20}
    device.vault.apply("needle-in-label", [Put(Kind.COPY, rid(n), fields) for n in range(1, 800)])
    device.put(rid(9000), Kind.MODEL, name="needle-in-name")
    device.vault.secrets.put("server", b"needle-in-secret")
    device.vault.shelves.find(Query("needle", descending=True))
    device.vault.apply("Away", [Delete(Kind.COPY, [rid(n) for n in range(1, 400)])])


def test_nothing_that_was_written_can_be_read_on_disk(tmp_path, monkeypatch, capfd):
    for name in ("TMPDIR", "SQLITE_TMPDIR"):
        monkeypatch.setenv(name, str(tmp_path))
    one = Device("one", tmp_path / "one.swingtag")
    plant(one)
    while_open = everything_on_disk(tmp_path)
    log = (one.folder / "vault.db-wal").stat().st_size
    one.vault.close()
    after = everything_on_disk(tmp_path)
    printed = "".join(capfd.readouterr()).encode()
    assert log > 0
    assert not (one.folder / "vault.db-wal").exists()
    for needle in NEEDLES:
        assert needle not in while_open + after + printed
    (tmp_path / "control").write_bytes(NEEDLES[0])
    assert NEEDLES[0] in everything_on_disk(tmp_path), "the search itself works"


def test_errors_and_values_do_not_show_secrets(tmp_path):
    one = Device("one", tmp_path / "one.swingtag")
    one.put(rid(1), notes="needle")
    shown = repr(vars(one.vault)) + repr(one.vault.shelves) + repr(one.vault._database)
    assert KEY.hex() not in shown
    assert "needle" not in shown
    one.vault.close()


def test_what_is_committed_is_flushed(tmp_path):
    one = Device("one", tmp_path / "one.swingtag")
    with one.vault._database.reading() as cursor:
        assert cursor.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert cursor.execute("PRAGMA synchronous").fetchone() == (2,)
        assert cursor.execute("PRAGMA temp_store").fetchone() == (2,)
    one.vault.close()
    database = Database(one.folder / DATABASE, KEY, {})
    held = database.connect()
    held.execute("PRAGMA journal_mode = delete").fetchall()
    held.execute("BEGIN")
    held.execute("SELECT count(*) FROM copy").fetchall()
    with pytest.raises(NotDurableError):
        make_durable(database, patience_millis=50)
    held.close()
    database.close()


def test_a_file_is_whole_or_not_there(device):
    one = device("one")
    file, files = FileId(b"f" * 16), one.vault.files

    def broken():
        yield b"half"
        raise OSError(28, "no space")

    with pytest.raises(FullDiskError):
        files.keep(file, broken())
    assert not files.has(file)
    assert not list((one.folder / "files").rglob("*.part"))
    files.keep(file, [b"one", b"two"])
    assert files.read(file) == b"onetwo"
    assert files.unsent() == [file]
    files.acknowledge(file)
    assert files.unsent() == []
    assert (one.folder / "files" / "66" / file.hex()).stat().st_mode & 0o777 == 0o600
    files.remove(file)
    files.remove(file)
    assert not files.has(file)
    with pytest.raises(FileNotFoundError):
        files.read(file)


def test_reading_goes_on_while_another_thread_writes(device):
    one = device("one")
    one.put(rid(1), notes="a")
    ended = threading.Event()

    def write() -> None:
        for number in range(2, 80):
            one.put(rid(number), notes="b")
        ended.set()

    writer = threading.Thread(target=write)
    writer.start()
    seen = []
    while not ended.is_set() or len(seen) < 2:
        seen.append(len(one.vault.shelves.find(Query())))
        one.get(rid(1))
    writer.join()
    assert seen == sorted(seen)
    assert len(one.vault.shelves.find(Query())) == 79


def version(file: Path) -> int:
    database = Database(file, KEY, {})
    with database.reading() as cursor:
        found = version_of(cursor)
    database.close()
    return found


def grow(cursor) -> None:
    cursor.execute("ALTER TABLE copy ADD COLUMN poem TEXT")


def fail(cursor) -> None:
    cursor.execute("DROP TABLE photo")
    raise RuntimeError("in the middle")


def test_a_migration_keeps_a_copy_and_happens_whole_or_not_at_all(tmp_path):
    one = Device("one", tmp_path / "one.swingtag")
    one.put(rid(1), notes="kept")
    one.vault.close()
    now, then = SCHEMA_VERSION, SCHEMA_VERSION + 1
    file, copy = one.folder / DATABASE, one.folder / f"vault.db.before-{now}"
    database = Database(file, KEY, {})
    with pytest.raises(RuntimeError):
        migrate(database, file, {now: grow, then: fail}, target=then + 1)
    assert (version(file), version(copy)) == (now, now)
    with database.reading() as cursor:
        columns = [line[1] for line in cursor.execute("PRAGMA table_info(copy)")]
        assert "poem" not in columns
    migrate(database, file, {now: grow, then: lambda _: None}, target=then + 1)
    assert (version(file), version(copy)) == (then + 1, now)
    migrate(database, file, {then + 1: lambda _: None}, target=then + 2)
    assert not copy.exists(), "the copy of the step before is no longer needed"
    with database.writing() as cursor:
        set_version(cursor, now)
        assert cursor.execute("SELECT notes, poem FROM copy").fetchall() == [("kept", None)]
    database.close()


AS_IN_VERSION_5 = (
    "CREATE TABLE step (number INTEGER PRIMARY KEY, label, first, last, undone)",
    """INSERT INTO step SELECT abs(step), label, min(moment), max(moment), step < 0
        FROM edit WHERE step IS NOT NULL GROUP BY step""",
    "DROP INDEX edit_step",
    "ALTER TABLE edit DROP step",
    *(f"DROP INDEX {table}_again" for table in ("base", "link", "secret", "file")),
)
"""Turns a file of today into one of this version."""


def test_what_could_be_undone_in_an_older_file_still_can(tmp_path):
    one = Device("one", tmp_path / "one.swingtag")
    states = []
    for number in range(4):
        one.put(rid(1), notes=f"words {number}", number=str(number))
        states.append(one.vault.log.content_hash())
    assert one.vault.undo()
    assert one.vault.undo()
    one.vault.close()
    database = Database(one.folder / DATABASE, KEY, {})
    with database.writing() as cursor:
        for change in AS_IN_VERSION_5:
            cursor.execute(change)
        set_version(cursor, 5)
    database.close()
    one.open()
    assert one.vault.checkup.examine(None) == []
    assert (one.vault.undo_label, one.vault.redo_label) == ("Edit", "Edit")
    for state in (2, 3):
        assert one.vault.redo().skipped == ()
        assert one.vault.log.content_hash() == states[state]
    assert one.vault.redo() is None
    for state in (2, 1, 0):
        assert one.vault.undo().skipped == ()
        assert one.vault.log.content_hash() == states[state]
    one.put(rid(1), notes="something else")
    assert one.vault.redo_label is None
    one.vault.close()


def test_a_file_of_the_first_version_becomes_what_a_new_one_is(tmp_path):
    one = Device("one", tmp_path / "one.swingtag")
    one.put(rid(1), notes="kept")
    one.vault.close()
    file = one.folder / DATABASE
    database = Database(file, KEY, {})
    tables = "SELECT m.name, t.* FROM sqlite_master m, pragma_table_info(m.name) t ORDER BY 1, 3"
    with database.reading() as cursor:
        new = cursor.execute(tables).fetchall()
    with database.writing() as cursor:
        later = ("TABLE base", "TABLE part", "INDEX copy_number", "INDEX entry_elsewhere")
        for change in (
            *AS_IN_VERSION_5,
            *(f"DROP {each}" for each in later),
            "ALTER TABLE edit DROP segment",
        ):
            cursor.execute(change)
        set_version(cursor, 1)
    database.close()
    one.open()
    one.vault.close()
    database = Database(file, KEY, {})
    with database.reading() as cursor:
        assert [line[:5] for line in cursor.execute(tables)] == [line[:5] for line in new]
    database.close()


def test_what_lay_in_the_trash_of_an_older_file_still_does(tmp_path):
    one = Device("one", tmp_path / "one.swingtag")
    for number in (1, 2, 3):
        one.put(rid(number), notes="kept")
        one.delete(rid(number))
    one.restore(rid(2))
    one.put(rid(3), notes="out again")
    one.vault.close()
    database = Database(one.folder / DATABASE, KEY, {})
    with database.writing() as cursor:  # as versions before kept it: only what was said last
        for record, extra in cursor.execute("SELECT id, extra FROM copy").fetchall():
            held = unpack_map(extra)
            covered, returned = held[DELETED]
            held[DELETED] = None if returned else covered
            cursor.execute("UPDATE copy SET extra = ? WHERE id = ?", (pack_map(held), record))
        for change in AS_IN_VERSION_5:
            cursor.execute(change)
        set_version(cursor, 4)
    database.close()
    one.open()
    assert set(one.vault.shelves.find(Query())) == {rid(2), rid(3)}
    for number in (2, 3):
        one.delete(rid(number))
    one.restore(rid(1))
    assert set(one.vault.shelves.find(Query())) == {rid(1)}
    one.restore(rid(3))
    assert set(one.vault.shelves.find(Query())) == {rid(1), rid(3)}
    one.vault.close()


def test_a_migration_without_room_for_its_copy_does_not_begin(tmp_path, monkeypatch):
    one = Device("one", tmp_path / "one.swingtag")
    one.vault.close()
    file = one.folder / DATABASE
    database = Database(file, KEY, {})
    monkeypatch.setattr("shutil.disk_usage", lambda _: type("Usage", (), {"free": 5}))
    with pytest.raises(FullDiskError):
        migrate(database, file, {SCHEMA_VERSION: grow}, target=SCHEMA_VERSION + 1)
    assert version(file) == SCHEMA_VERSION
    assert not list(one.folder.glob("*before*"))
    database.close()


def test_a_forgotten_vault_can_be_opened_after_its_process_died(tmp_path):
    one = Device("one", tmp_path / "one.swingtag")
    one.put(rid(1), notes="kept")
    state = {path.name: path.read_bytes() for path in one.folder.iterdir() if path.is_file()}
    one.vault.close()
    for name, content in state.items():
        (one.folder / name).write_bytes(content)  # with its -wal, as a power cut leaves it
    vault = Vault.open_with_key(one.folder, KEY, Surroundings(one.clock, os.urandom))
    assert vault.records.fields(Kind.COPY, rid(1)) == {"notes": "kept"}
    vault.close()
