"""The commands that keep a collection safe, as a person at a terminal gives them."""

import os
from itertools import count

import pytest

from desktop.application.keeping_command import run
from desktop.application.main import command_line
from desktop.collection.founding import FIRST_EPOCH, found_tenant
from desktop.vault.identity import Identity, keep_identity
from desktop.vault.opening import DATABASE
from desktop.vault.vault import Surroundings, Vault
from shared.crypto.epochs import Keyring
from shared.domain.operations import Put
from shared.domain.schema import Kind
from shared.ids import RecordId

PASSWORD = "correct horse battery"
PAGE = 4096


def make(folder, name):
    """Make a collection of two edits; return its words and the file after the first."""
    founded = found_tenant(os.urandom)
    identity = Identity(founded.keys, Keyring(founded.tenant, {FIRST_EPOCH: founded.epoch_key}))
    surroundings = Surroundings(count(1_700_000_000_000).__next__, os.urandom)
    vault = Vault.create(folder, PASSWORD, founded.tenant, founded.keys.device, surroundings)
    keep_identity(vault.secrets, identity)
    vault.log.absorb((), [made.link for made in founded.links])
    vault.apply("Add", [Put(Kind.COPY, RecordId(bytes(16)), {"notes": f"{name}'s bear"})])
    vault.close()
    early = (folder / DATABASE).read_bytes()
    vault = Vault.unlock(folder, PASSWORD, surroundings)
    vault.apply("Change", [Put(Kind.COPY, RecordId(bytes(16)), {"notes": "another word"})])
    vault.close()
    return founded.words, early


def command(line, *answers):
    left = list(answers)
    return run(command_line().parse_args(list(map(str, line))), lambda _: left.pop(0))


def notes(folder, password):
    vault = Vault.unlock(folder, password, Surroundings(lambda: 1_900_000_000_000, os.urandom))
    try:
        return vault.records.fields(Kind.COPY, RecordId(bytes(16)))["notes"]
    finally:
        vault.close()


@pytest.fixture
def homes(tmp_path):
    artmatt, begin = tmp_path / "artmatt.swingtag", tmp_path / "begin.swingtag"
    words, early = make(artmatt, "artmatt")
    other, _ = make(begin, "begin")
    return artmatt, begin, words, other, early


def test_back_up_and_restore(homes, tmp_path, capsys):
    artmatt, begin, words, other, _ = homes
    file, back = tmp_path / "a.swingbackup", tmp_path / "back.swingtag"
    untouched = (begin / DATABASE).read_bytes()
    assert command(["backup", artmatt, file], PASSWORD) == 0
    assert command(["backup", artmatt, file], PASSWORD) == 1  # never over another file
    assert command(["restore", file, back, "--kit"], " ".join(other), "new password") == 1
    assert command(["restore", file, back], "wrong", "new password") == 1
    assert not back.exists()
    assert command(["restore", file, artmatt], PASSWORD, "new password") == 1
    assert command(["restore", file, back, "--kit"], " ".join(words), "new password") == 0
    assert notes(back, "new password") == notes(artmatt, PASSWORD) == "another word"
    assert (begin / DATABASE).read_bytes() == untouched
    told = capsys.readouterr().out
    assert "another collection" in told


def test_a_backup_without_a_picture_is_not_called_whole(homes, tmp_path, capsys):
    artmatt = homes[0]
    vault = Vault.unlock(artmatt, PASSWORD, Surroundings(lambda: 1_800_000_000_000, os.urandom))
    speaks = {"file": bytes(16), "key": bytes(32), "root": bytes(32), "size": 600_000}
    vault.apply("Add a photo", [Put(Kind.PHOTO, RecordId(bytes(16)), speaks)])
    vault.close()
    file = tmp_path / "a.swingbackup"
    assert command(["backup", artmatt, file], PASSWORD) == 1
    assert "Not in it: 1 original that is not on this device." in capsys.readouterr().out
    assert command(["restore", file, tmp_path / "back.swingtag"], PASSWORD, "new password") == 1
    told = capsys.readouterr().out
    assert "Photos and thumbnails that were not in it: 1." in told
    assert "damaged" not in told


def test_check_and_repair(homes, capsys):
    artmatt, begin, _, _, early = homes
    untouched = (begin / DATABASE).read_bytes()
    assert command(["check", artmatt], PASSWORD) == 0
    file = artmatt / DATABASE
    now = file.read_bytes()
    root = 3 * PAGE  # of the copies
    assert now[root : root + PAGE] != early[root : root + PAGE]
    file.write_bytes(now[:root] + early[root : root + PAGE] + now[root + PAGE :])
    assert command(["check", artmatt], PASSWORD) == 1
    assert "as their history says" in capsys.readouterr().out
    assert command(["check", artmatt, "--repair"], PASSWORD) == 0
    assert command(["check", artmatt], PASSWORD) == 0
    assert notes(artmatt, PASSWORD) == "another word"
    assert (begin / DATABASE).read_bytes() == untouched
