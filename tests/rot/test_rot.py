"""One bit that flips anywhere in a collection is noticed before it is used, and put right."""

from collections import Counter

import pytest

from desktop.vault.identity import read_identity
from desktop.vault.repairing import repair
from tests.rot.flips import FLIPS, play
from tests.rot.scene import level, scene, sealed_files
from tests.simulation.template import KEY

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


def test_lost_history_and_pictures_come_back_by_sync(made):
    machine = made.lay_out()
    machine.open()
    own, (gone, *_) = machine.vault.log.origin, sealed_files(machine.folder)
    with machine.vault._database.writing() as cursor:
        streams = "(SELECT number FROM stream WHERE device = ?)"
        for match in ("IN", "NOT IN"):  # of this device's entries, and of the others'
            sql = f"DELETE FROM entry WHERE stream {match} {streams} AND seq > 1"  # noqa: S608
            cursor.execute(sql, (own.device,))
    gone.unlink()
    keyring = read_identity(machine.vault.secrets).keyring
    assert any("missing" in f.sentence for f in machine.vault.checkup.examine(keyring))
    machine.vault.close()
    repair(machine.folder, KEY, keyring, machine.network.surroundings)
    machine.open()
    assert machine.vault.log.content_hash() != made.content
    level(made)
    assert machine.vault.log.content_hash() == made.content
    assert made.phone.vault.log.content_hash() == made.content
    assert gone.read_bytes() == made.files[gone.name]
    assert machine.vault.checkup.examine(keyring) == []
    assert made.neighbour.vault.log.content_hash() == made.untouched
