"""One bit that flips, in one of six files: noticed before it is used, and put right again."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from random import Random

from desktop.vault.backup_file import DamagedBackupError, key_by_database, prove
from desktop.vault.errors import DamagedVaultError
from desktop.vault.identity import read_identity
from desktop.vault.opening import DATABASE, UNLOCK, Surroundings, read_key
from desktop.vault.repairing import repair
from desktop.vault.restoring import restore
from desktop.vault.vault import Vault
from shared.crypto.unlock import (
    DamagedUnlockError,
    NewerUnlockError,
    UnacceptableCostError,
    WrongPasswordError,
)
from shared.domain.schema import Kind
from shared.ids import FileId
from shared.skins.errors import SkinError
from shared.skins.pack import read_pack
from tests.rot.scene import COPIES, PASSWORD, Scene, level, sealed_files
from tests.simulation.machine import Machine
from tests.simulation.template import KEY

BROKEN_BOX = (DamagedUnlockError, NewerUnlockError, UnacceptableCostError, WrongPasswordError)


@dataclass(frozen=True)
class Verdict:
    """``noticed``: it was refused or told, or nothing reads differently (``harmless``).

    ``mended``: by what the same content came back; empty if it did not.
    """

    file: str
    noticed: bool
    mended: str
    harmless: bool = False


def flip(path: Path, chance: Random) -> None:
    """Flip one bit of a file."""
    raw = bytearray(path.read_bytes())
    raw[chance.randrange(len(raw))] ^= 1 << chance.randrange(8)
    path.write_bytes(raw)


def in_database(scene: Scene, chance: Random) -> Verdict:
    """The encrypted file, after a clean end."""
    machine = scene.lay_out()
    machine.open()
    machine.vault.close()
    flip(machine.folder / DATABASE, chance)
    return _mend_vault(scene, machine, "vault.db")


def in_log(scene: Scene, chance: Random) -> Verdict:
    """The write-ahead log after a crash, before it is folded in."""
    machine = scene.lay_out()
    flip(machine.folder / f"{DATABASE}-wal", chance)
    return _mend_vault(scene, machine, "vault.db-wal")


def _mend_vault(scene: Scene, machine: Machine, file: str) -> Verdict:
    try:
        machine.open()
    except DamagedVaultError:
        return Verdict(file, noticed=True, mended=_repair(scene, machine))
    keyring = read_identity(machine.vault.secrets).keyring
    found = machine.vault.checkup.examine(keyring)
    if found:
        machine.vault.close()
        return Verdict(file, noticed=True, mended=_repair(scene, machine))
    told, same = machine.vault.put_back, _agree(scene, machine)
    how = "sync" if same else ""
    if told:
        level(scene)
        how = "sync" if _agree(scene, machine) else ""
    return Verdict(file, noticed=told or same, mended=how, harmless=same and not told)


def _repair(scene: Scene, machine: Machine) -> str:
    """Tell it again from its log; what that lacks comes by sync."""
    try:
        repair(machine.folder, KEY, None, machine.network.surroundings)
    except DamagedVaultError:
        # Not even the secrets can be read: this device joins again, and the others have it all.
        return "another device" if scene.phone.vault.log.content_hash() == scene.content else ""
    machine.open()
    if _agree(scene, machine):
        return "log"
    level(scene)
    return "log and sync" if _agree(scene, machine) else ""


def _agree(scene: Scene, machine: Machine) -> bool:
    return machine.vault.log.content_hash() == scene.content


def in_picture(scene: Scene, chance: Random) -> Verdict:
    """A sealed picture."""
    machine = scene.lay_out()
    path = chance.choice(sealed_files(machine.folder))
    flip(path, chance)
    machine.open()
    found = [finding.file for finding in machine.vault.checkup.examine(None)]
    noticed = found == [bytes.fromhex(path.name)]
    for file in found:
        machine.vault.checkup.set_aside(FileId(file))
    machine.sync()
    back = path.is_file() and path.read_bytes() == scene.files[path.name]
    return Verdict("picture", noticed, "sync" if back else "")


def in_unlock(scene: Scene, chance: Random) -> Verdict:
    """The password box; who has no kit and no remembered key joins again."""
    machine = scene.lay_out()
    flip(machine.folder / UNLOCK, chance)
    try:
        noticed = read_key(machine.folder, PASSWORD) != KEY
    except BROKEN_BOX:
        noticed = True
    whole = scene.phone.vault.log.content_hash() == scene.content
    return Verdict("unlock", noticed, "another device" if whole else "")


def in_pack(scene: Scene, chance: Random) -> Verdict:
    """A skin: refused, or it reads the same."""
    path = scene.folder / "hurt.swingskin"
    path.write_bytes(scene.pack.read_bytes())
    flip(path, chance)
    try:
        same = read_pack(path.read_bytes()) == read_pack(scene.pack.read_bytes())
    except SkinError:
        return Verdict("skin", noticed=True, mended="installed again")
    return Verdict("skin", noticed=same, mended="installed again", harmless=same)


def in_backup(scene: Scene, chance: Random) -> Verdict:
    """A backup: what is outside the damage opens; if nothing does, another is made."""
    path, folder = scene.folder / "hurt.swingbackup", scene.folder / "restored.swingtag"
    path.write_bytes(scene.backup.read_bytes())
    flip(path, chance)
    try:
        key = key_by_database(path, KEY)
        noticed = not prove(path, key).whole
        restore(path, key, folder, PASSWORD, scene.laptop.network.surroundings)
    except DamagedBackupError:
        return Verdict("backup", noticed=True, mended="another backup")
    pieces = _pieces(folder, scene.laptop.network.surroundings)
    return Verdict("backup", noticed, "what is left of it" if pieces == COPIES else "")


def _pieces(folder: Path, surroundings: Surroundings) -> int:
    vault = Vault.unlock(folder, PASSWORD, surroundings)
    try:
        return len(vault.records.living(Kind.COPY)) if not vault.checkup.examine(None) else 0
    finally:
        vault.close()
        for path in sorted(folder.rglob("*"), reverse=True):
            path.rmdir() if path.is_dir() else path.unlink()
        folder.rmdir()


Flip = Callable[[Scene, Random], Verdict]
FLIPS: tuple[Flip, ...] = (
    in_database,
    in_log,
    in_database,
    in_picture,
    in_log,
    in_unlock,
    in_pack,
    in_database,
    in_log,
    in_backup,
)
"""In turn: most of the bits of a collection lie in its file and its log."""


def play(scene: Scene, number: int) -> Verdict:
    """Flip the bit of this number, and see; the neighbour must never change."""
    verdict = FLIPS[number % len(FLIPS)](scene, Random(number))  # noqa: S311 - the same each time
    assert scene.neighbour.vault.log.content_hash() == scene.untouched
    return verdict
