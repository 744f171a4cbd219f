"""Artmatt's laptop and desk, begin's laptop, and their server, in one process over real files."""

import asyncio
import json
import shutil
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from desktop.vault.vault import Vault
from shared.domain.operations import Put
from shared.domain.schema import Kind
from shared.ids import RecordId
from tests.simulation.chance import Time, drawn
from tests.simulation.machine import Machine
from tests.simulation.machine_room import MachineRoom
from tests.simulation.template import NAMES, found, invite, new_machine

LAPTOP, DESK, NEIGHBOUR, NEWCOMER = "artmatt-0", "artmatt-1", "begin-0", "artmatt-2"
THIRD = "third-0"
STANDING = (LAPTOP, DESK, NEIGHBOUR)
BEFORE, PLAY, AFTER = "before", "play", "after"
"""The acts: what is made ready, what is disturbed, and what is judged. Each has its own chances."""
PIECES = 12


class ServerDidNotStartError(Exception):
    """The server's operator was told why, in one line."""


def piece(number: int) -> RecordId:
    """Return the id of a piece that has been there from the start."""
    return RecordId(number.to_bytes(16, "big"))


@dataclass
class Scene:
    """What lies in a folder, opened. ``heard`` is told of what was acknowledged."""

    act: str
    folder: Path
    room: MachineRoom
    time: Time
    machines: dict[str, Machine]
    heard: Callable[[str], None]

    def __getitem__(self, name: str) -> Machine:
        return self.machines[name]

    def intend(self, name: str, record: RecordId, note: str) -> None:
        """Say that a note is about to be saved: from now on it may be there."""
        self.heard(json.dumps([f"{name}?", record.hex(), note]))

    def acknowledge(self, name: str, record: RecordId, note: str) -> None:
        """Say that a note was saved on a device: from now on it may never be lost."""
        self.heard(json.dumps([name, record.hex(), note]))

    def save(self, name: str, record: RecordId, note: str) -> None:
        """Save a note as the app does, and say so."""
        self.intend(name, record, note)
        self[name].vault.apply("Note", [Put(Kind.COPY, record, {"notes": note})])
        self.acknowledge(name, record, note)

    def close(self) -> None:
        for machine in self.machines.values():
            machine.close()
        self.room.close()


def set_scene(folder: Path, loop: asyncio.AbstractEventLoop) -> None:
    """Make what every journey begins with: two devices that agree, and a neighbour."""
    time = Time()
    room = MachineRoom(folder / "server", time, drawn("server"), loop)
    room.open()
    for name in NAMES:
        first = found(folder, name, time, room)
        machines = [first]
        if name == "artmatt":
            machines.append(invite(first, new_machine(folder, DESK, time, room)))
        puts = [Put(Kind.COPY, piece(n), {"notes": f"{name} {n}"}) for n in range(PIECES)]
        first.vault.apply("Begin", puts)
        for machine in machines * 2:
            machine.sync()
        for machine in machines:
            machine.close()
    room.close()


def open_scene(
    folder: Path,
    loop: asyncio.AbstractEventLoop,
    heard: Callable[[str], None] = lambda _line: None,
    *,
    act: str,
) -> Scene:
    """Open what lies in a folder; afterwards the clocks have gone on."""
    time = Time(Time().millis + (1_000_000 if act == AFTER else 0))
    room = MachineRoom(folder / "server", time, drawn(f"server {act}"), loop)
    try:
        room.open()
    except (OSError, sqlite3.Error) as error:
        raise ServerDidNotStartError from error
    scene = Scene(act, folder, room, time, {}, heard)
    for name in STANDING:
        scene.machines[name] = chanced_machine(scene, name)
        scene.machines[name].open()
    return scene


def chanced_machine(scene: Scene, name: str) -> Machine:
    """Set up a computer whose random numbers no other act has drawn, and every replay draws."""
    machine = new_machine(scene.folder, name, scene.time, scene.room)
    machine.seed = scene.act
    machine.__post_init__()
    return machine


def copy_scene(template: Path, folder: Path) -> Path:
    """Lay out a scene once more."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(template, folder)
    return folder


def is_sound(vault: Vault) -> bool:
    """Tell whether a vault's file is whole, as far as SQLite and SQLCipher see."""
    with vault._database._lent() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # the check reads the file, not the log
        pages = cursor.execute("PRAGMA cipher_integrity_check").fetchall()
        tables = cursor.execute("PRAGMA integrity_check").fetchall()
    return pages == [] and tables == [("ok",)]
