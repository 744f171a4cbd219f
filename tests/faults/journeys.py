"""What a collector is in the middle of when it happens.

Each journey plays on a scene; every line that it tells was acknowledged to the collector.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from desktop.collection.founding import found_tenant
from desktop.sync.errors import SyncError
from desktop.sync.removal import wish
from desktop.vault.errors import VaultError
from desktop.vault.migrations import set_version
from desktop.vault.vault import Vault
from shared.crypto.attachments import FileSecret, Root, seal_chunks
from shared.domain.operations import Delete, Put
from shared.domain.schema import Kind
from shared.ids import FileId, RecordId
from tests.faults.scene import (
    DESK,
    LAPTOP,
    NEWCOMER,
    THIRD,
    Scene,
    ServerDidNotStartError,
    chanced_machine,
    piece,
)
from tests.simulation.chance import drawn
from tests.simulation.machine_room import ADDRESS
from tests.simulation.template import found, move_in

PASSWORD = "correct horse battery"
FIRST_RUN = ("", "first")
"""What a first run acknowledges: the collection, then its first note."""
TOLD = (SyncError, VaultError, ServerDidNotStartError)
"""What the two programs show in words."""


@dataclass(frozen=True)
class Journey:
    """``prepare`` sets the stage and is never disturbed; ``play`` is."""

    play: Callable[[Scene], None]
    prepare: Callable[[Scene], None] = lambda _scene: None


def first_run(scene: Scene) -> None:
    """A new collection, its first piece, and the program's end."""
    founded = found_tenant(drawn("newcomer"))
    folder = scene.folder / "new.swingtag"
    surroundings = scene[LAPTOP].network.surroundings
    vault = Vault.create(folder, PASSWORD, founded.tenant, founded.keys.device, surroundings)
    for note in FIRST_RUN:
        if note:
            vault.apply("First", [Put(Kind.COPY, piece(0), {"notes": note})])
        scene.acknowledge("new", piece(0), note)
    vault.close()


def add_photo(scene: Scene) -> None:
    """A few edits, then a picture of two chunks, sealed and shown."""
    vault = scene[LAPTOP].vault
    for number in range(4):
        scene.save(LAPTOP, piece(number), f"photographed {number}")
    secret = FileSecret.generate(vault.tenant, drawn("photo"))
    content = b"pixels" * 50_000
    chunks = list(seal_chunks(secret, len(content), [content]))
    root = Root()
    for chunk in chunks:
        root.add(chunk)
    vault.files.keep(secret.file, chunks)
    shown = {
        "copy": piece(0),
        "file": secret.file,
        "key": secret.key,
        "root": root.digest,
        "size": len(content),
        "media_type": "image/jpeg",
        "position": "a",
    }
    vault.apply("Add a photo", [Put(Kind.PHOTO, piece(500), shown)])
    scene.heard(f'["photo", "{secret.file.hex()}", "{len(b"".join(chunks))}"]')
    vault.apply("Delete", [Delete(Kind.COPY, (piece(9),))])
    scene.save(LAPTOP, piece(10), "last")


def import_many(scene: Scene) -> None:
    """Many pieces in one step, and an undo of it, and once more."""
    vault = scene[LAPTOP].vault
    puts = [Put(Kind.COPY, piece(1000 + n), {"notes": f"import {n}"}) for n in range(600)]
    vault.apply("Import", puts)
    scene.acknowledge(LAPTOP, piece(1000), "import 0")
    scene.acknowledge(LAPTOP, piece(1599), "import 599")
    scene.save(LAPTOP, piece(1001), "looked at")


def edit_apart(scene: Scene) -> None:
    for number in range(6):
        scene.save(LAPTOP, piece(number), f"laptop {number}")
        scene.save(DESK, piece(number + 4), f"desk {number}")


def push(scene: Scene) -> None:
    """The laptop sends what it has; the server's writes are in the same process."""
    scene[LAPTOP].sync()
    scene.save(LAPTOP, piece(11), "pushed")
    scene[LAPTOP].sync()


def prepare_pull(scene: Scene) -> None:
    edit_apart(scene)
    scene[DESK].sync()


def pull(scene: Scene) -> None:
    """The laptop takes in what the desk wrote, some of it in conflict."""
    scene[LAPTOP].sync()
    scene.save(LAPTOP, piece(11), "pulled")


_LATER = (
    "CREATE TABLE step (number INTEGER PRIMARY KEY, label, first, last, undone)",
    """INSERT INTO step SELECT abs(step), label, min(moment), max(moment), step < 0
        FROM edit WHERE step IS NOT NULL GROUP BY step""",
    "DROP INDEX edit_step",
    "ALTER TABLE edit DROP COLUMN step",
    "ALTER TABLE edit DROP COLUMN segment",
    "DROP INDEX entry_elsewhere",
    "DROP INDEX copy_number",
    "DROP TABLE part",
    "DROP TABLE base",
)
"""Takes back what came after the first schema."""


def prepare_migrate(scene: Scene) -> None:
    """Take the laptop's file back to the first schema."""
    scene.save(LAPTOP, piece(1), "before the migration")
    database = scene[LAPTOP].vault._database
    with database.writing() as cursor:
        named = "SELECT 'DROP INDEX ' || name FROM sqlite_master WHERE name GLOB '*_again'"
        again = [statement for (statement,) in cursor.execute(named).fetchall()]
        for statement in (*again, *_LATER):
            cursor.execute(statement)
        set_version(cursor, 1)


def migrate(scene: Scene) -> None:
    """The scene's opening has migrated already."""
    scene.save(LAPTOP, piece(2), "after the migration")


def prepare_rotate(scene: Scene) -> None:
    edit_apart(scene)
    scene[DESK].sync()


def rotate(scene: Scene) -> None:
    """The desk is put out: revocation, cut, a new key; then an edit under that key."""
    laptop = scene[LAPTOP].vault
    desk = scene[DESK].vault.log.origin.device
    wish(laptop.secrets, desk)
    scene[LAPTOP].sync()
    scene.save(LAPTOP, piece(3), "under the new key")
    scene[LAPTOP].sync()


def restore(scene: Scene) -> None:
    """All devices are lost; the kit brings the collection back onto a new one."""
    founded = found_tenant(drawn("artmatt"))
    guest = chanced_machine(scene, NEWCOMER)
    joined = guest.network.recover(" ".join(founded.words), founded.tenant, ADDRESS)
    move_in(guest, joined)
    scene.machines[NEWCOMER] = guest
    guest.sync()
    scene.save(NEWCOMER, piece(5), "restored")
    guest.sync()


def sign_up(scene: Scene) -> None:
    """A third collector gets a place at the server, on the spot, and syncs."""
    scene.machines[THIRD] = found(scene.folder, THIRD.partition("-")[0], scene.time, scene.room)
    scene.save(THIRD, piece(0), "signed up")
    scene[THIRD].sync()


JOURNEYS: Mapping[str, Journey] = {
    "first run": Journey(first_run),
    "sign up": Journey(sign_up),
    "photo": Journey(add_photo),
    "import": Journey(import_many),
    "push": Journey(push, edit_apart),
    "pull": Journey(pull, prepare_pull),
    "migrate": Journey(migrate, prepare_migrate),
    "rotate": Journey(rotate, prepare_rotate),
    "restore": Journey(restore, edit_apart),
}


def ids(line_record: str) -> RecordId:
    return RecordId(bytes.fromhex(line_record))


def file_id(text: str) -> FileId:
    return FileId(bytes.fromhex(text))
