"""Files put in place of others, while virus scanners and indexers hold them for a moment (F12)."""

from pathlib import Path

import pytest

from desktop.system.durable import PATIENCE_SECONDS, patiently, remove, write_durably

HELD = 20


class Held:
    """What Windows does to a rename or a removal while another program has the file open."""

    def __init__(self, monkeypatch, times, winerror):
        self.left, self.winerror = times, winerror
        for name in ("replace", "unlink", "rename"):
            monkeypatch.setattr(Path, name, self.holding(getattr(Path, name)))

    def holding(self, deed):
        def act(path, *args, **more):
            if self.left:
                self.left -= 1
                error = PermissionError(13, "held by another program", str(path))
                error.winerror = self.winerror
                raise error
            return deed(path, *args, **more)

        return act


@pytest.mark.parametrize("winerror", [5, 32, 33])
def test_a_file_that_is_held_for_a_moment_is_waited_for(tmp_path, monkeypatch, winerror):
    file, waits = tmp_path / "unlock", []
    file.write_bytes(b"old")
    monkeypatch.setattr("desktop.system.durable.patiently.__defaults__", (waits.append,))
    held = Held(monkeypatch, HELD, winerror)
    write_durably(file, b"new")
    assert (held.left, file.read_bytes()) == (0, b"new")
    held.left = HELD
    remove(file)
    assert not file.exists()
    assert len(waits) == 2 * HELD
    assert sum(waits) <= 2 * PATIENCE_SECONDS


def test_what_is_held_for_good_is_told_and_nothing_is_lost(tmp_path, monkeypatch):
    file, waits = tmp_path / "unlock", []
    file.write_bytes(b"old")
    monkeypatch.setattr("desktop.system.durable.patiently.__defaults__", (waits.append,))
    with monkeypatch.context() as held:
        Held(held, 10**6, 32)
        with pytest.raises(PermissionError):
            write_durably(file, b"new")
    assert file.read_bytes() == b"old"
    assert PATIENCE_SECONDS <= sum(waits) / 2 <= PATIENCE_SECONDS + 1, "the rename, and the rest"


def test_a_folder_that_may_not_be_written_to_is_not_waited_for():
    waits = []

    def denied():
        raise PermissionError(13, "no")

    with pytest.raises(PermissionError):
        patiently(denied, waits.append)
    assert waits == []
