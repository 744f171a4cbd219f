import sys
import threading
from concurrent.futures import Future
from datetime import UTC, datetime

import pytest

from desktop.application.boundary import Boundary, report
from desktop.application.keeper import Keeper
from desktop.application.main import explain_with
from desktop.vault.errors import FullDiskError

SECRET = "Peanut cost 640 and sleeps in the attic"


@pytest.fixture
def error():
    def lose(_words):
        raise ValueError(SECRET)

    try:
        try:
            lose(SECRET)
        except ValueError as cause:
            raise RuntimeError(SECRET) from cause
    except RuntimeError as raised:
        return raised


def test_a_report_names_places_and_kinds_and_nothing_of_the_collectors(error):
    written = report(error, "1.2.3")
    assert "RuntimeError" in written
    assert "ValueError" in written
    assert "test_boundary.py" in written
    assert "Swingtag 1.2.3" in written
    assert SECRET not in written
    assert "Peanut" not in written


def test_the_screen_gets_one_sentence_and_a_file_is_written(qtbot, tmp_path, error):
    boundary = Boundary(tmp_path / "reports", "1.2.3", lambda: datetime(2026, 11, 24, tzinfo=UTC))
    with qtbot.waitSignal(boundary.struck) as struck:
        boundary.handle(type(error), error, error.__traceback__)
    files = list((tmp_path / "reports").iterdir())
    assert len(files) == 1
    assert str(files[0]) in struck.args[0]
    assert SECRET not in files[0].read_text()


def test_a_folder_that_cannot_be_written_costs_only_the_report(qtbot, tmp_path, error):
    (tmp_path / "file").write_text("")
    boundary = Boundary(tmp_path / "file", "1", lambda: datetime(2026, 1, 1, tzinfo=UTC))
    with qtbot.waitSignal(boundary.struck) as struck:
        boundary.handle(type(error), error, None)
    assert "What was saved is safe." in struck.args[0]


def test_what_the_world_did_is_told_in_its_own_words_without_a_report(qtbot, tmp_path, error):
    boundary = Boundary(tmp_path, "1", lambda: datetime(2026, 1, 1, tzinfo=UTC))
    keeper = Future()
    boundary.explain = explain_with(keeper)
    with qtbot.waitSignal(boundary.struck) as early:
        boundary.handle(FullDiskError, FullDiskError(), None)
    assert "Something went wrong" in early.args[0]
    keeper.set_result(Explainer())
    with qtbot.waitSignal(boundary.struck) as struck:
        boundary.handle(FullDiskError, FullDiskError(), None)
    assert struck.args[0].startswith("The disk is full.")
    with qtbot.waitSignal(boundary.struck) as short:
        boundary.handle(MemoryError, MemoryError(), None)
    assert "too little memory" in short.args[0]
    with qtbot.waitSignal(boundary.struck) as ours:
        boundary.handle(type(error), error, None)
    assert "Something went wrong" in ours.args[0]


class Explainer:
    """All that is asked of a keeper here."""

    explain = staticmethod(lambda error: Keeper.explain(None, error))


def test_it_hears_what_happens_on_any_thread(qtbot, tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    monkeypatch.setattr(threading, "excepthook", threading.excepthook)
    boundary = Boundary(tmp_path, "1", lambda: datetime(2026, 1, 1, tzinfo=UTC))
    boundary.stand_guard()
    with qtbot.waitSignal(boundary.struck):
        threading.Thread(target=lambda: 1 // 0).start()
