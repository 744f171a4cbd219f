"""Kills, power cuts and failing disks in the middle of nine journeys; more in the campaign."""

from contextlib import closing
from random import Random

import pytest

from desktop.system import durable
from desktop.vault import database
from tests.faults.journeys import JOURNEYS
from tests.faults.judging import fail, kill
from tests.faults.power import cut, lose, record
from tests.faults.stage import FILLS, READS, SYNCS, WRITES, Stage, can_watch, points
from tests.memory_disk import folder_in_memory

pytestmark = pytest.mark.skipif(not can_watch(), reason="strace may not watch processes here")
KILLS, IMAGES, ERRORS = 10, 65, 3


@pytest.fixture(scope="module")
def stage():
    with folder_in_memory("faults") as folder, closing(Stage(folder)) as made:
        yield made


@pytest.fixture(scope="module")
def writes(stage):
    """The calls that an undisturbed play of each journey makes."""
    recorded = {}
    for journey in JOURNEYS:
        place = stage.folder / "calls"
        stage.play(journey, f"--trace={','.join((*WRITES, *READS))}", record=place)
        recorded[journey] = place.read_text(errors="replace")
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
        kill(stage, journey, point)


@pytest.mark.parametrize("journey", JOURNEYS)
def test_a_power_cut_leaves_everything_sound_and_saved(stage, writes, journey):
    cut_often(stage, record(stage, journey), IMAGES)
    for point in some_of(f"{journey} lost", points(writes[journey], SYNCS), 1):
        lose(stage, journey, point)


def without_waiting(monkeypatch):
    careless = [setting.replace("= full", "= off") for setting in database._SETTINGS]
    monkeypatch.setattr(database, "_SETTINGS", careless)
    monkeypatch.setattr(database, "_FULL", 0)


def without_names(monkeypatch):
    monkeypatch.setattr(durable, "sync_folder", lambda _folder: None)


@pytest.mark.parametrize("careless", [without_waiting, without_names])
def test_power_cuts_find_a_vault_that_does_not_wait_for_the_disk(stage, monkeypatch, careless):
    careless(monkeypatch)
    recording = record(stage, "photo")
    monkeypatch.undo()
    with pytest.raises((AssertionError, OSError)):
        cut_often(stage, recording, 200)


@pytest.mark.parametrize("fault", [(SYNCS, "EIO", ""), (FILLS, "ENOSPC", "+"), (FILLS, "EIO", "")])
@pytest.mark.parametrize("journey", JOURNEYS)
def test_a_failing_disk_is_told_in_words_and_loses_nothing(stage, writes, journey, fault):
    calls, error, more = fault
    for point in some_of(f"{journey} {error}", points(writes[journey], calls), ERRORS):
        fail(stage, journey, point, error, more)


@pytest.mark.parametrize(
    ("journey", "call"), [("migrate", "ftruncate"), ("migrate", "sendfile"), ("sign up", "mkdir")]
)
def test_rare_calls_that_fail_are_told_in_words_too(stage, writes, journey, call):
    for point in points(writes[journey], (call,)):
        fail(stage, journey, point, "EIO")


@pytest.mark.parametrize("journey", ["photo", "pull", "migrate"])
def test_a_sector_that_cannot_be_read_is_told_in_words_and_loses_nothing(stage, writes, journey):
    for point in some_of(f"{journey} reads", points(writes[journey], READS), ERRORS):
        fail(stage, journey, point, "EIO")
