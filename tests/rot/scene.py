"""Two collectors, three devices, a server; pictures, a backup, and a log not folded in yet."""

import asyncio
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from desktop.vault.opening import FILES, UNLOCK
from desktop.vault.vault import Vault
from shared.crypto.attachments import FileSecret, Root, seal_chunks
from shared.crypto.unlock import wrap
from shared.domain.operations import Put, PutMany
from shared.domain.schema import Kind, Value
from shared.ids import RecordId
from shared.skins.pack import write_pack
from tests.simulation.chance import Time, drawn
from tests.simulation.machine import Machine
from tests.simulation.machine_room import MachineRoom, hand_driven_loop
from tests.simulation.template import KEY, found, invite, new_machine

PASSWORD = "correct horse battery"
COPIES, PICTURES = 60, 6
LAPTOP, PHONE, NEIGHBOUR = "artmatt-0", "artmatt-1", "begin-0"
THEME = Path(__file__).parents[2] / "themes" / "artmatt"


@dataclass
class Scene:
    """``image``: the laptop as it is on the disk after a crash; ``content``: what it holds."""

    folder: Path
    room: MachineRoom
    time: Time
    loop: asyncio.AbstractEventLoop
    laptop: Machine
    phone: Machine
    neighbour: Machine
    content: bytes = b""
    untouched: bytes = b""
    files: dict[str, bytes] = field(default_factory=dict)

    @property
    def image(self) -> Path:
        return self.folder / "image"

    @property
    def backup(self) -> Path:
        return self.folder / "good.swingbackup"

    @property
    def pack(self) -> Path:
        return self.folder / "good.swingskin"

    def lay_out(self) -> Machine:
        """Put the laptop's folder as it was in place; it is not open."""
        self.laptop.close()
        shutil.rmtree(self.laptop.folder, ignore_errors=True)
        shutil.copytree(self.image, self.laptop.folder)
        self.laptop = new_machine(self.folder, LAPTOP, self.time, self.room)
        return self.laptop

    def close(self) -> None:
        for machine in (self.laptop, self.phone, self.neighbour):
            machine.close()
        self.room.close()


@contextmanager
def scene(folder: Path) -> Iterator[Scene]:
    """Make everything, in an empty folder."""
    time, loop = Time(), hand_driven_loop()
    room = MachineRoom(folder / "server", time, drawn("server"), loop)
    room.open()
    laptop = found(folder, LAPTOP.partition("-")[0], time, room)
    phone = invite(laptop, new_machine(folder, PHONE, time, room))
    neighbour = found(folder, NEIGHBOUR.partition("-")[0], time, room)
    made = Scene(folder, room, time, loop, laptop, phone, neighbour)
    try:
        _fill(made)
        yield made
    finally:
        made.close()
        loop.close()


def _fill(scene: Scene) -> None:
    laptop, neighbour = scene.laptop, scene.neighbour
    neighbour.vault.apply("Add", [Put(Kind.COPY, rid(1), {"notes": "the neighbour's"})])
    neighbour.sync()
    scene.untouched = neighbour.vault.log.content_hash()
    ids = [rid(number) for number in range(COPIES)]
    notes: list[Value] = [f"bear {number} " * 20 for number in range(COPIES)]
    laptop.vault.apply("Add", [PutMany(Kind.COPY, ids, ("notes",), (notes,))])
    scene.files = dict(add_picture(laptop.vault, number) for number in range(PICTURES))
    key = wrap(PASSWORD, KEY, drawn("unlock"))
    (laptop.folder / UNLOCK).write_bytes(key)
    level(scene)
    laptop.vault.backups.make(scene.backup, {})
    scene.pack.write_bytes(write_pack({p.name: p.read_bytes() for p in THEME.iterdir()}))
    laptop.restart()  # the log is folded in; what follows is not
    scene.time.millis += 60_000
    for number in range(12):
        laptop.vault.apply("Edit", [Put(Kind.COPY, rid(number), {"paid": number << 15})])
        scene.time.millis += 1_000
    level(scene)
    scene.content = laptop.vault.log.content_hash()
    ignored = shutil.ignore_patterns("*-shm", "lock")
    shutil.copytree(laptop.folder, scene.image, ignore=ignored)


def level(scene: Scene) -> None:
    """Let both devices hear of each other."""
    for machine in (scene.laptop, scene.phone, scene.laptop, scene.phone):
        scene.time.millis += 1_000
        machine.sync()


def add_picture(vault: Vault, number: int) -> tuple[str, bytes]:
    """Seal a picture and speak of it; return its name and sealed bytes."""
    secret = FileSecret.generate(vault.tenant, drawn(f"picture {number}"))
    content = bytes([number]) * 3_000
    chunks, root = list(seal_chunks(secret, len(content), [content])), Root()
    for chunk in chunks:
        root.add(chunk)
    shown = {"file": secret.file, "key": secret.key, "root": root.digest, "size": len(content)}
    fields = {f"thumb_{name}": value for name, value in shown.items()} | {"copy": rid(number)}
    vault.files.keep(secret.file, chunks)
    vault.apply("Add a photo", [Put(Kind.PHOTO, rid(1_000 + number), fields)])
    return secret.file.hex(), b"".join(chunks)


def sealed_files(folder: Path) -> list[Path]:
    """Return the pictures in a collection's folder."""
    return sorted(p for p in (folder / FILES).rglob("*") if p.is_file() and "." not in p.name)


def rid(number: int) -> RecordId:
    return RecordId(number.to_bytes(16))
