import shutil

import pytest

from desktop.collection.known import KnownCollections
from desktop.collection.library import Library, Wish
from desktop.collection.scribe import UnnamedError
from desktop.collection.values import Draft, Query
from desktop.system.keychain import KeychainClosedError
from desktop.vault.opening import DATABASE
from shared.crypto.paper import paper_device, secret_of
from shared.crypto.unlock import WrongPasswordError

PASSWORD = "correct horse battery"
PAGE = 4096


def test_a_new_collection_has_a_kit_whose_words_are_its_paper_device(libraries):
    created = libraries.artmatt.create(Wish("artmatt", PASSWORD, skin="artmatt"))
    paper = paper_device(secret_of(" ".join(created.words)))
    assert paper.device in {card.device for card in created.collection.devices() if card.paper}
    created.collection.close()


def test_a_collection_opens_again_with_its_name_and_looks(libraries):
    library = libraries.artmatt
    library.create(Wish("Art & Matt", PASSWORD, skin="artmatt", sample=True)).collection.close()
    (entry,) = library.known.all()
    assert (entry.name, entry.skin, entry.remembered) == ("Art & Matt", "artmatt", False)
    with pytest.raises(WrongPasswordError):
        library.open(entry.folder, "wrong horse")
    collection = library.open(entry.folder, PASSWORD)
    assert collection.name == "Art & Matt"
    assert collection.find(Query()).totals.copies == 12
    collection.close()
    assert libraries.begin.known.all() == []


def test_the_sample_is_one_step_and_names_its_currency(libraries):
    wish = Wish("artmatt", PASSWORD, sample=True, currency="EUR")
    collection = libraries.artmatt.create(wish).collection
    found = collection.find(Query())
    assert set(found.totals.paid) == {"EUR"}
    assert collection.undo_label == "Lay out the sample"
    assert {row.status for row in collection.rows(found.ids)} >= {"owned", "wanted", "trade"}
    collection.undo()
    assert collection.find(Query()).totals.copies == 0
    collection.close()


def test_an_empty_collection_has_nothing_to_undo(libraries):
    collection = libraries.artmatt.create(Wish("artmatt", PASSWORD)).collection
    assert collection.undo_label is None
    collection.close()


def test_a_remembered_collection_opens_without_a_password_until_it_is_forgotten(libraries):
    library = libraries.artmatt
    library.create(Wish("artmatt", PASSWORD)).collection.close()
    (entry,) = library.known.all()
    assert library.open_remembered(entry.folder) is None
    library.open(entry.folder, PASSWORD, remember=True).close()
    assert library.known.find(entry.folder).remembered
    collection = library.open_remembered(entry.folder)
    collection.forget_key()
    assert collection.forget_key is None
    collection.close()
    assert library.open_remembered(entry.folder) is None
    assert not library.known.find(entry.folder).remembered


def test_a_damaged_collection_is_told_again_by_its_password_or_the_remembered_key(libraries):
    library = libraries.artmatt
    collection = library.create(Wish("artmatt", PASSWORD, sample=True)).collection
    content = collection.content_hash
    with collection._vault._database.reading() as cursor:
        sql = "SELECT rootpage FROM sqlite_master WHERE name = 'copy'"
        ((root,),) = cursor.execute(sql).fetchall()
    collection.close()
    (entry,) = library.known.all()
    library.open(entry.folder, PASSWORD, remember=True).close()
    file = entry.folder / DATABASE
    sound = file.read_bytes()
    for password in (PASSWORD, ""):
        file.write_bytes(sound[: (root - 1) * PAGE] + bytes(PAGE) + sound[root * PAGE :])
        with pytest.raises(WrongPasswordError):
            library.repair(entry.folder, "wrong horse")
        mended = library.repair(entry.folder, password)
        assert (mended.lost, mended.collection.content_hash) == (0, content)
        mended.collection.close()
    assert libraries.begin.known.all() == []
    with pytest.raises(WrongPasswordError):
        libraries.begin.repair(entry.folder, "")


def test_without_a_keychain_nothing_is_promised(libraries):
    library = libraries.begin
    assert not library.can_remember
    library.create(Wish("begin", PASSWORD)).collection.close()
    (entry,) = library.known.all()
    library.open(entry.folder, PASSWORD, remember=True).close()
    assert not library.known.find(entry.folder).remembered
    assert library.open_remembered(entry.folder) is None


def test_the_password_changes_and_the_remembered_key_still_opens(libraries):
    library = libraries.artmatt
    collection = library.create(Wish("artmatt", PASSWORD)).collection
    with pytest.raises(WrongPasswordError):
        collection.change_password("wrong horse", "new battery staple")
    collection.change_password(PASSWORD, "new battery staple")
    collection.close()
    (entry,) = library.known.all()
    with pytest.raises(WrongPasswordError):
        library.open(entry.folder, PASSWORD)
    library.open(entry.folder, "new battery staple", remember=True).close()
    library.open_remembered(entry.folder).close()


def test_a_collection_without_a_name_is_refused(libraries):
    with pytest.raises(UnnamedError):
        libraries.artmatt.create(Wish("  ", PASSWORD))
    assert libraries.artmatt.known.all() == []


def test_what_fails_half_way_leaves_nothing_behind(libraries, tmp_path):
    library = libraries.artmatt
    library.known.folder.mkdir(parents=True)
    blocked = tmp_path / "blocked"
    blocked.write_text("a file where a folder should be")
    broken = KnownCollections(blocked / "collections.json", library.known.folder)
    with pytest.raises(OSError, match="blocked"):
        Library(broken, library._reference, library._machine).create(Wish("artmatt", PASSWORD))
    assert list(library.known.folder.iterdir()) == []


def test_a_keychain_that_stays_shut_closes_the_collection_again(libraries):
    library = libraries.artmatt
    library.create(Wish("artmatt", PASSWORD)).collection.close()
    (entry,) = library.known.all()
    library._machine.keychain.shut = True
    with pytest.raises(KeychainClosedError):
        library.open(entry.folder, PASSWORD, remember=True)
    library.open(entry.folder, PASSWORD).close()


def copied_aside(folder):
    return shutil.copytree(folder, folder.parent / "aside")


def put_back(folder, aside):
    shutil.rmtree(folder)
    aside.rename(folder)


def test_a_folder_put_back_to_an_older_state_is_noticed_where_there_is_a_keychain(libraries):
    for library, noticed in ((libraries.artmatt, True), (libraries.begin, False)):
        library.create(Wish("bears", PASSWORD)).collection.close()
        (entry,) = library.known.all()
        aside = copied_aside(entry.folder)
        collection = library.open(entry.folder, PASSWORD)
        assert not collection.put_back
        collection.copies.add(Draft(model={"name": "Humphrey"}))
        collection.close()
        put_back(entry.folder, aside)
        collection = library.open(entry.folder, PASSWORD)
        assert collection.put_back == noticed
        collection.close()


def test_a_new_collection_in_the_place_of_an_old_one_is_not_taken_for_it(libraries):
    library = libraries.artmatt
    library.create(Wish("bears", PASSWORD)).collection.close()
    (entry,) = library.known.all()
    library.open(entry.folder, PASSWORD, remember=True).close()
    shutil.rmtree(entry.folder)
    collection = library.create(Wish("bears", PASSWORD)).collection
    assert collection.folder == entry.folder
    assert not collection.put_back
    collection.close()
    assert library.open_remembered(entry.folder) is None


def test_nothing_that_was_said_lies_readable_on_the_disk(libraries, tmp_path):
    plant = "Planted-Needle-4711"
    library = libraries.artmatt
    collection = library.create(Wish("artmatt", PASSWORD, sample=True)).collection
    draft = Draft(model={"name": plant}, copy={"notes": plant}, location=plant, tags=(plant,))
    collection.copies.add(draft)
    collection.settings.put_here("search", plant)
    open_files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert not any(plant.encode() in path.read_bytes() for path in open_files)
    collection.close()
    assert not any(
        plant.encode() in path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()
    )
    (tmp_path / "control").write_text(plant)
    assert any(plant.encode() in path.read_bytes() for path in tmp_path.glob("control"))
