"""One bit that flips anywhere in a collection is noticed before it is used, and put right."""

from collections import Counter

import pytest

from tests.rot.flips import FLIPS, play
from tests.rot.scene import scene

SOME = 150


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    with scene(tmp_path_factory.mktemp("rot")) as made:
        yield made


def test_without_a_flip_nothing_is_noticed(made):
    machine = made.lay_out()
    assert (machine.folder / "vault.db-wal").stat().st_size > 4096 * 12
    machine.open()
    assert not machine.vault.put_back
    assert machine.vault.checkup.examine(None) == []
    assert machine.vault.log.content_hash() == made.content


def test_flipped_bits_are_noticed_and_put_right(made):
    verdicts = [play(made, number) for number in range(SOME)]
    assert [n for n, verdict in enumerate(verdicts) if not verdict.noticed] == []
    assert sum(not verdict.mended for verdict in verdicts) * 100 <= SOME
    told = Counter(verdict.file for verdict in verdicts if not verdict.harmless)
    assert set(told) == {"vault.db", "vault.db-wal", "picture", "unlock", "skin", "backup"}
    assert told["vault.db"] + told["vault.db-wal"] > SOME // len(FLIPS) * 5
