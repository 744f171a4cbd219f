"""Power cuts: one play recorded, any number of images made of the record and judged."""

from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from random import Random

from tests.faults.images import (
    STRACE_OPTIONS,
    Event,
    disk_of,
    lay_out,
    place_appends,
    read_record,
)
from tests.faults.judging import judge
from tests.faults.stage import WRITES, Outcome, Point, Stage, fail_at

SEEN = "seen before"


@dataclass(frozen=True)
class Recording:
    """All that one play of a journey did to the disk. ``seen``: the images judged already."""

    journey: str
    told: str
    before: list[str]
    events: list[Event]
    seen: set[bytes] = field(default_factory=set)


def record(stage: Stage, journey: str, *fault: str) -> Recording:
    """Play a journey, undisturbed unless a fault is given, and keep every write."""
    place = stage.folder / "record"
    calls = f"--trace={','.join(WRITES)},openat,sendto"
    folder, outcome = stage.play(journey, calls, *STRACE_OPTIONS, *fault, record=place)
    assert outcome.status == 0, outcome
    assert fault or not outcome.told, outcome
    events = place_appends(read_record(place, folder))
    place.unlink()
    before = (stage.template(journey) / "heard").read_text().split("\n")
    return Recording(journey, outcome.told, [line for line in before if line], events)


def cut(stage: Stage, recording: Recording, seed: int) -> str:
    """Cut the power at a moment that the seed chooses, and judge what is left."""
    return _cut(stage, recording, Random(seed), 0)  # noqa: S311 - the same image for the same seed


def lose(stage: Stage, journey: str, point: Point) -> str:
    """Let a sync fail, cut the power somewhere after it, and judge; return what was told."""
    recording = record(stage, journey, fail_at(point, "EIO"))
    failed = next(n for n, event in enumerate(recording.events) if event.name == "lose")
    _cut(stage, recording, Random(point.n), failed)  # noqa: S311 - the same image each time
    return recording.told


def _cut(stage: Stage, recording: Recording, chance: Random, start: int) -> str:
    template = stage.template(recording.journey)
    disk, heard = disk_of(template), [*recording.before]
    for event in recording.events[: chance.randrange(start, len(recording.events) + 1)]:
        if event.name == "heard":
            heard += event.data.decode().splitlines()
        else:
            disk.play(event)
    files = disk.cut(chance)
    same = _fingerprint(files, heard)
    if same in recording.seen:
        return SEEN
    recording.seen.add(same)
    image: Path = stage.folder / "image"
    lay_out(files, template, image)
    judge(stage, image, recording.journey, Outcome(heard, "", 0))
    return ""


def _fingerprint(files: dict[str, bytes], heard: list[str]) -> bytes:
    """Two images with the same are the same, and the same was acknowledged."""
    kept = sorted((path, sha256(content).hexdigest()) for path, content in files.items())
    return sha256(repr((kept, heard)).encode()).digest()
