"""Every kind of file on a stick, harmed in every way: nothing false comes in, and all is mended."""

import os
import random
import shutil
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from desktop.sync.errors import SyncError
from desktop.vault.errors import VaultError
from shared.domain.schema import Kind
from shared.ids import RecordId
from tests.desktop.sync.conftest import World, pair
from tests.desktop.sync.desk import Desk, open_desk
from tests.desktop.sync.folder.household import exchange, shelf
from tests.desktop.sync.test_pictures import attach, shown

SEEDS = range(0, 120, 5)
"""Half of all kinds with all harms; a stride that is prime to the number of kinds."""
ROUNDS = 4
"""A reader stops at the first harmed part of a snapshot; each round mends one more."""
OLD = 1_600_000_000
DAYS = 100


@dataclass(frozen=True)
class Scene:
    """A stick with all kinds of files, who laid them there, and a device that has none of it."""

    stick: Path
    writer: Desk
    reader: Path
    key: bytes
    notes: dict[RecordId, set[object]]
    photo: RecordId

    def is_true(self, desk: Desk) -> bool:
        """Tell whether all that a device reads was once written."""
        return all(desk.read(bear).get("notes") in {None, *was} for bear, was in self.notes.items())

    def is_whole(self, desk: Desk) -> bool:
        """Tell whether a device reads as the writer does."""
        bears = all(desk.read(bear) == self.writer.read(bear) for bear in self.notes)
        known = bears and bool(desk.read(self.photo, Kind.PHOTO))
        return known and shown(desk, self.photo) == shown(self.writer, self.photo) is not None


def flip(dice: random.Random, path: Path, _others: list[Path]) -> None:
    content = bytearray(path.read_bytes())
    content[dice.randrange(len(content))] ^= 1 << dice.randrange(8)
    path.write_bytes(content)


def cut(dice: random.Random, path: Path, _others: list[Path]) -> None:
    path.write_bytes(path.read_bytes()[: dice.randrange(path.stat().st_size)])


def lengthen(dice: random.Random, path: Path, _others: list[Path]) -> None:
    path.write_bytes(path.read_bytes() + dice.randbytes(dice.choice((1, 16, 4096))))


def swap(dice: random.Random, path: Path, others: list[Path]) -> None:
    other = dice.choice(others)
    mine, theirs = path.read_bytes(), other.read_bytes()
    path.write_bytes(theirs)
    other.write_bytes(mine)


def replace(dice: random.Random, path: Path, others: list[Path]) -> None:
    path.write_bytes(dice.choice(others).read_bytes())


def invent(dice: random.Random, path: Path, _others: list[Path]) -> None:
    path.write_bytes(dice.randbytes(path.stat().st_size))


def lose(_dice: random.Random, path: Path, _others: list[Path]) -> None:
    path.unlink()


def go_on(dice: random.Random, path: Path, _others: list[Path]) -> None:
    """Put a copy under the name that would follow."""
    follower = path.with_name(f"{int(path.name[:8], 16) + 1:08x}{path.name[8:]}")
    if not follower.exists():
        follower.write_bytes(path.read_bytes() if dice.random() < 0.5 else dice.randbytes(700))


HARMS: list[Callable[[random.Random, Path, list[Path]], None]] = [
    flip,
    cut,
    lengthen,
    swap,
    replace,
    invent,
    lose,
    go_on,
]


def set_up(world: World, stick: Path, folder: Path) -> Scene:
    """Let a phone, which took a snapshot in, fill a stick for a tablet that was long away."""
    laptop, tablet = world.artmatt.desks
    bears = [laptop.add(notes=f"bear {n}") for n in range(3)]
    for n in range(10):
        laptop.put(bears[0], notes=f"changed {n}")
        laptop.sync()
    laptop.hand.ahead += DAYS * 24 * 3_600_000
    world.server.dial.turn(DAYS * 24 * 3600)
    laptop.sync()
    laptop.tidy()
    phone = pair(laptop, folder / "phone.swingtag", world.server.address)
    phone.sync()
    assert phone.vault.snapshots.taken is not None
    photo = attach(phone, b"original" * 40_000, b"thumbnail" * 900)
    for n in range(3):
        phone.put(bears[1], notes=f"by the phone {n}")
        exchange(phone, stick)
    notes: dict[RecordId, set[object]] = {
        bears[0]: {"bear 0", *(f"changed {n}" for n in range(10))},
        bears[1]: {"bear 1", *(f"by the phone {n}" for n in range(3))},
        bears[2]: {"bear 2"},
    }
    key = tablet.vault.key
    tablet.vault.close()
    return Scene(stick, phone, tablet.vault.folder, key, notes, photo)


def try_one(scene: Scene, seed: int, folder: Path) -> None:
    """Harm one file, let a device read it, and see that it is mended when the writer comes by."""
    dice = random.Random(seed)  # noqa: S311 - it must be the same each time
    stick = folder / "stick"
    shutil.copytree(scene.stick, stick)
    shutil.copytree(scene.reader, folder / "reader.swingtag")
    files = sorted(p for p in shelf(scene.writer, stick).rglob("*") if p.is_file())
    kinds = sorted({path.relative_to(shelf(scene.writer, stick)).parts[0] for path in files})
    kind = kinds[seed % len(kinds)]
    some = [p for p in files if p.relative_to(shelf(scene.writer, stick)).parts[0] == kind]
    harm = HARMS[seed // len(kinds) % len(HARMS)]
    if harm is not go_on or kind in {"entries", "links"}:
        harm(dice, dice.choice(some), some if dice.random() < 0.7 else files)
    with open_desk(folder / "reader.swingtag", scene.key, "") as reader:
        with suppress(SyncError, VaultError):
            exchange(reader, stick)
        assert scene.is_true(reader), (seed, harm.__name__, kind)
        for path in stick.rglob("*"):
            os.utime(path, (OLD, OLD))
        for desk in (reader, scene.writer) * ROUNDS:
            with suppress(SyncError, VaultError):
                exchange(desk, stick)
        assert scene.is_whole(reader), (seed, harm.__name__, kind)
    shutil.rmtree(folder)


def test_harm_of_any_kind_brings_nothing_false_and_is_mended(
    world: World, stick: Path, tmp_path: Path
) -> None:
    scene = set_up(world, stick, tmp_path)
    others = world.begin.laptop.hash
    for seed in SEEDS:
        try_one(scene, seed, tmp_path / f"mutant {seed}")
    assert world.begin.laptop.hash == others
    scene.writer.close()
    world.artmatt.tablet.vault = open_desk(scene.reader, scene.key, "").vault
