"""After whatever happened: everything opens, nothing acknowledged is lost, all agree."""

import json
import shutil
import signal
from contextlib import closing
from pathlib import Path

from desktop.vault.errors import VaultError
from desktop.vault.identity import read_founding
from desktop.vault.vault import Vault
from shared.domain.operations import Put
from shared.domain.schema import Kind
from tests.faults.journeys import FIRST_RUN, PASSWORD, file_id, first_run, ids, restore, sign_up
from tests.faults.scene import (
    AFTER,
    DESK,
    LAPTOP,
    NEIGHBOUR,
    NEWCOMER,
    THIRD,
    Scene,
    chanced_machine,
    is_sound,
    open_scene,
    piece,
)
from tests.faults.stage import Outcome, Point, Stage, fail_at, kill_at
from tests.simulation.machine import Machine
from tests.simulation.machine_room import ADDRESS

ROUNDS = 6
"""After so many it must be quiet."""


def kill(stage: Stage, journey: str, point: Point) -> str:
    """Play until the kill and judge what is left."""
    folder, outcome = stage.play(journey, kill_at(point))
    assert outcome.status == -signal.SIGKILL, (point, outcome)
    judge(stage, folder, journey, outcome)
    return ""


def fail(stage: Stage, journey: str, point: Point, error: str, more: str = "") -> str:
    """Play while the disk fails and judge what is left; return what was told."""
    folder, outcome = stage.play(journey, fail_at(point, error, more))
    assert outcome.status == 0, (point, outcome)
    judge(stage, folder, journey, outcome)
    return outcome.told


def judge(stage: Stage, folder: Path, journey: str, outcome: Outcome) -> None:
    """Open what is left, compare it with what was acknowledged, and sync until all agree."""
    heard = [json.loads(line) for line in outcome.heard]
    scene = open_scene(folder, stage.loop, act=AFTER)
    try:
        for machine in scene.machines.values():
            assert is_sound(machine.vault), machine.name
        if journey == "first run":
            _judge_new(scene, heard)
        if journey == "sign up":
            _judge_signed_up(scene, heard)
        if journey == "restore":
            _judge_restored(scene, heard)
        _judge_saved(scene, heard)
        _agree(scene, journey)
        _judge_saved(scene, heard)
        assert scene.room.failures == []
    finally:
        scene.close()


def _judge_saved(scene: Scene, heard: list[list[str]]) -> None:
    """Nothing that a device said it had saved is missing there."""
    latest = {(name, record): note for name, record, note in heard}
    for (name, record), note in latest.items():
        may = {note, latest.get((f"{name}?", record), note)}
        if name == "photo":
            file = file_id(record)
            vault = scene[LAPTOP].vault
            assert vault.files.has(file)
            assert len(vault.files.read(file)) == int(note)
        elif name in scene.machines:
            assert may & _notes(scene[name], record), (name, note)


def _notes(machine: Machine, record: str) -> set[object]:
    """Return the note of a piece and those that wait for a choice."""
    fields = machine.vault.records.fields(Kind.COPY, ids(record)) or {}
    losers = {
        conflict.loser.value
        for conflict in machine.vault.records.conflicts()
        if conflict.record == ids(record)
    }
    return {fields.get("notes"), *losers}


def _judge_new(scene: Scene, heard: list[list[str]]) -> None:
    """A new collection opens by its password, or is not there and may be made."""
    surroundings = scene[LAPTOP].network.surroundings
    folder = scene.folder / "new.swingtag"
    announced = [line for line in heard if line[0] == "new"]
    if not folder.exists():
        assert announced == []
        first_run(scene)
    with closing(Vault.unlock(folder, PASSWORD, surroundings)) as vault:
        assert is_sound(vault)
        fields = vault.records.fields(Kind.COPY, piece(0)) or {}
        assert fields.get("notes") == "first" or len(announced) < len(FIRST_RUN)
        vault.apply("Go on", [Put(Kind.COPY, piece(1), {"notes": "second"})])


def _judge_signed_up(scene: Scene, heard: list[list[str]]) -> None:
    """Whoever has founded a collection signs up again, as the same tenant; else from the start."""
    machine = chanced_machine(scene, THIRD)
    try:
        machine.open()
        founded = bool(read_founding(machine.vault.secrets))
    except (VaultError, LookupError):
        founded = False
    if not founded:  # nothing was said to the server yet
        assert not any(name == THIRD for name, _, _ in heard)
        machine.close()
        shutil.rmtree(machine.folder, ignore_errors=True)
        sign_up(scene)
        return
    machine.network.sign_up(machine.vault, ADDRESS, THIRD.partition("-")[0])
    scene.machines[THIRD] = machine


def _judge_restored(scene: Scene, heard: list[list[str]]) -> None:
    """What the kit brought, if it came so far, opens; else the kit brings it again."""
    folder = scene.folder / f"{NEWCOMER}.swingtag"
    notes = [ids(record) for name, record, _ in heard if name == NEWCOMER]
    if notes:
        machine = chanced_machine(scene, NEWCOMER)
        machine.open()
        scene.machines[NEWCOMER] = machine
    else:
        shutil.rmtree(folder, ignore_errors=True)
        restore(scene)


def _agree(scene: Scene, journey: str) -> None:
    """Sync everybody until a round writes nothing; devices of one collector hold the same."""
    out = {DESK} if journey == "rotate" else set()
    states = [_state(scene.folder)]
    while len(states) < 2 or states[-1] != states[-2]:
        assert len(states) <= ROUNDS, "never quiet"
        for machine in scene.machines.values():
            if machine.name not in out:
                machine.sync()
        states.append(_state(scene.folder))
    hashes = {
        machine.vault.log.content_hash()
        for machine in scene.machines.values()
        if machine.name not in {NEIGHBOUR, THIRD, *out}
    }
    assert len(hashes) == 1
    assert scene[NEIGHBOUR].vault.log.content_hash() not in hashes


def _state(folder: Path) -> dict[Path, tuple[int, int]]:
    """Return when each file was written last, and its size; of shared memory nobody knows."""
    places = {path: path.stat() for path in folder.rglob("*") if path.is_file()}
    return {
        path: (found.st_mtime_ns, found.st_size)
        for path, found in places.items()
        if path.suffix != ".db-shm"
    }
