"""Kills, power cuts and failing disks in the middle of nine journeys; more in the campaign."""

import signal
from contextlib import closing
from random import Random

import pytest

from desktop.vault import database
from tests.faults.journeys import JOURNEYS
from tests.faults.judging import judge
from tests.faults.power import cut, record
from tests.faults.stage import (
    FILLS,
    READS,
    SYNCS,
    WRITES,
    Stage,
    can_watch,
    fail_at,
    kill_at,
    points,
)
from tests.memory_disk import folder_in_memory

pytestmark = pytest.mark.skipif(not can_watch(), reason="strace may not watch processes here")
KILLS, IMAGES, ERRORS = 10, 70, 3


@pytest.fixture(scope="module")
def stage():
    with folder_in_memory("faults") as folder, closing(Stage(folder)) as made:
        yield made


@pytest.fixture(scope="module")
def writes(stage):
    """The calls that an undisturbed play of each journey makes."""
    recorded = {}
    for journey in JOURNEYS:
        place = stage.folder / f"calls of {journey}"
        stage.play(journey, f"--trace={','.join((*WRITES, *READS))}", record=place)
        recorded[journey] = place
    return recorded


def cut_often(stage, recording, times):
    for seed in range(times):
        cut(stage, recording, seed)


def some_of(chances, everything, count):
    """The same choice in every run."""
    return Random(chances).sample(everything, count)  # noqa: S311 - tests, not secrets


@pytest.mark.parametrize("journey", JOURNEYS)
def test_a_kill_at_any_write_loses_nothing_that_was_saved(stage, writes, journey):
    for point in some_of(journey, points(writes[journey], WRITES), KILLS):
        folder, outcome = stage.play(journey, kill_at(point))
        assert outcome.status == -signal.SIGKILL, (point, outcome)
        judge(stage, folder, journey, outcome)


@pytest.mark.parametrize("journey", JOURNEYS)
def test_a_power_cut_leaves_everything_sound_and_saved(stage, journey):
    recording = record(stage, journey)
    # A first run costs a password each time, so it has fewer; 585 images all in all.
    cut_often(stage, recording, 25 if journey == "first run" else IMAGES)


def test_power_cuts_find_a_vault_that_does_not_wait_for_the_disk(stage, monkeypatch):
    careless = [setting.replace("= full", "= off") for setting in database._SETTINGS]
    monkeypatch.setattr(database, "_SETTINGS", careless)
    monkeypatch.setattr(database, "_FULL", 0)
    recording = record(stage, "photo")
    monkeypatch.undo()
    with pytest.raises((AssertionError, OSError)):
        cut_often(stage, recording, 200)


@pytest.mark.parametrize("fault", [(SYNCS, "EIO", ""), (FILLS, "ENOSPC", "+"), (FILLS, "EIO", "")])
@pytest.mark.parametrize("journey", JOURNEYS)
def test_a_failing_disk_is_told_in_words_and_loses_nothing(stage, writes, journey, fault):
    calls, error, more = fault
    for point in some_of(f"{journey} {error}", points(writes[journey], calls), ERRORS):
        folder, outcome = stage.play(journey, fail_at(point, error, more))
        assert outcome.status == 0, (point, outcome)
        judge(stage, folder, journey, outcome)


@pytest.mark.parametrize("journey", ["photo", "pull", "migrate"])
def test_a_sector_that_cannot_be_read_is_told_in_words_and_loses_nothing(stage, writes, journey):
    for point in some_of(f"{journey} reads", points(writes[journey], READS), ERRORS):
        folder, outcome = stage.play(journey, fail_at(point, "EIO"))
        assert outcome.status == 0, (point, outcome)
        judge(stage, folder, journey, outcome)
