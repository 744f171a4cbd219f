"""Power cuts: one play recorded, any number of images made of the record and judged."""

from dataclasses import dataclass
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
from tests.faults.stage import WRITES, Outcome, Stage


@dataclass(frozen=True)
class Recording:
    """All that one play of a journey did to the disk."""

    journey: str
    before: list[str]
    events: list[Event]


def record(stage: Stage, journey: str) -> Recording:
    """Play a journey undisturbed and keep every write."""
    place = stage.folder / "record"
    calls = f"--trace={','.join(WRITES)},openat,sendto"
    folder, outcome = stage.play(journey, calls, *STRACE_OPTIONS, record=place)
    assert (outcome.status, outcome.told) == (0, ""), outcome
    events = place_appends(read_record(place, folder))
    place.unlink()
    before = (stage.template(journey) / "heard").read_text().split("\n")
    return Recording(journey, [line for line in before if line], events)


def cut(stage: Stage, recording: Recording, seed: int) -> None:
    """Cut the power at a moment that the seed chooses, and judge what is left."""
    chance = Random(seed)  # noqa: S311 - the same image for the same seed
    template = stage.template(recording.journey)
    disk, heard = disk_of(template), [*recording.before]
    for event in recording.events[: chance.randrange(len(recording.events) + 1)]:
        if event.name == "heard":
            heard += event.data.decode().splitlines()
        else:
            disk.play(event)
    image: Path = stage.folder / "image"
    lay_out(disk.cut(chance), template, image)
    judge(stage, image, recording.journey, Outcome(heard, "", 0))
