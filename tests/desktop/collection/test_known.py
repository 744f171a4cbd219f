import subprocess
import sys

import pytest

from desktop.collection.known import KnownCollection, KnownCollections


@pytest.fixture
def known(tmp_path):
    return KnownCollections(tmp_path / "settings/collections.json", tmp_path / "collections")


def made(known, name, **more):
    folder = known.free_folder(name)
    folder.mkdir(parents=True)
    entry = KnownCollection(name, folder, **more)
    known.put(entry)
    return entry


def test_the_last_opened_comes_first(known):
    artmatt = made(known, "artmatt", skin="artmatt", opened=1)
    begin = made(known, "begin", skin="begin", opened=2, remembered=True)
    assert known.all() == [begin, artmatt]
    assert known.find(begin.folder) == begin


def test_a_collection_put_again_is_replaced(known):
    first = made(known, "artmatt", opened=1)
    known.put(KnownCollection("Art & Matt", first.folder, opened=5))
    assert [entry.name for entry in known.all()] == ["Art & Matt"]


def test_dropping_leaves_the_folder_and_vanished_folders_are_not_offered(known):
    entry = made(known, "artmatt", opened=7)
    known.drop(entry.folder)
    assert known.all() == [KnownCollection("artmatt", entry.folder)]
    entry.folder.rmdir()
    assert known.all() == []


@pytest.mark.parametrize("text", ["", "{", "[1]", '[{"name": "x"}]', "null", "\x00"])
def test_a_damaged_list_loses_no_collection(known, tmp_path, text):
    entry = made(known, "artmatt")
    (tmp_path / "settings/collections.json").write_text(text)
    assert [found.folder for found in known.all()] == [entry.folder]


@pytest.mark.parametrize(
    "name", ["", "../..", "a/b", "\U0001f43b", "x" * 10_000, "<b>", "con.", "אבג"]
)
def test_any_name_gives_a_folder_inside_ours(known, name):
    first = made(known, name)
    second = made(known, name)
    assert first.folder.parent == second.folder.parent == known.folder
    assert first.folder != second.folder
    assert [entry.name for entry in known.all()] == [name, name]


def test_the_list_is_read_without_the_data_layer():
    heavy = ["sqlalchemy", "sqlmodel", "sqlcipher3", "msgspec", "rapidfuzz", "httpx", "keyring"]
    code = f"import sys, desktop.collection.known; print([m for m in {heavy} if m in sys.modules])"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
