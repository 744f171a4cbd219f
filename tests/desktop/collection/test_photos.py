import pytest

from desktop.collection.imaging import BrokenPictureError, NotAPictureError
from desktop.collection.photos import PictureElsewhereError, SamePictureError
from desktop.collection.values import Draft
from shared.crypto.attachments import DamagedAttachmentError

PICTURE = b"PIC" + bytes(range(256)) * 3000 + b"END"


@pytest.fixture
def copy(artmatt):
    return artmatt.copies.add(Draft(model={"name": "Humphrey"}))


def other(number):
    """Make another picture."""
    return PICTURE[:-3] + bytes([number]) + b"END"


def shown(collection, copy):
    return [photo.photo for photo in collection.detail(copy).photos]


def test_a_picture_comes_back_as_it_was(artmatt, copy):
    photo = artmatt.photos.add(copy, PICTURE)
    assert artmatt.photos.original(photo) == PICTURE
    assert artmatt.photos.thumbnail(photo) == PICTURE[:16]
    (seen,) = artmatt.detail(copy).photos
    assert (seen.photo, seen.size, seen.here) == (photo, len(PICTURE), True)
    assert artmatt.rows([copy])[0].thumbnail == photo


def kept(collection):
    return {path.name for path in collection.folder.glob("files/*/*")}


def test_a_picture_added_twice_is_stored_once_for_each_collector(artmatt, begin, copy):
    first = artmatt.photos.add(copy, PICTURE)
    alone = kept(artmatt)
    patti = artmatt.copies.add(Draft(model={"name": "Patti"}))
    second = artmatt.photos.add(patti, PICTURE)
    assert first != second
    assert kept(artmatt) == alone
    artmatt.photos.remove(first)
    assert artmatt.photos.original(second) == PICTURE
    begin.photos.add(begin.copies.add(Draft(model={"name": "Humphrey"})), PICTURE)
    assert len(kept(begin)) == len(alone)
    assert not kept(begin) & alone


@pytest.mark.parametrize("harm", ["nothing", "changed", "cut", "gone"])
def test_the_same_picture_is_shown_once_and_mends_what_was_harmed(artmatt, begin, copy, harm):
    photo = artmatt.photos.add(copy, PICTURE)
    before = artmatt.undo_label
    sealed = {path: path.read_bytes() for path in artmatt.folder.glob("files/*/*")}
    for path, content in sealed.items():
        match harm:
            case "changed":
                path.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
            case "cut":
                path.write_bytes(content[:40])
            case "gone":
                path.unlink()
    with pytest.raises(SamePictureError):
        artmatt.photos.add(copy, PICTURE)
    assert shown(artmatt, copy) == [photo]
    assert artmatt.undo_label == before
    assert {path: path.read_bytes() for path in sealed} == sealed
    assert artmatt.photos.original(photo) == PICTURE
    assert artmatt.photos.thumbnail(photo) == PICTURE[:16]
    artmatt.photos.remove(photo)
    assert artmatt.photos.original(artmatt.photos.add(copy, PICTURE)) == PICTURE
    assert begin.photos.original(begin.photos.add(copy, PICTURE)) == PICTURE


def test_a_picture_whose_file_was_harmed_is_stored_anew(artmatt, copy):
    artmatt.photos.add(copy, PICTURE)
    for path in artmatt.folder.glob("files/*/*"):
        path.write_bytes(b"harmed")
    again = artmatt.photos.add(artmatt.copies.add(Draft(model={"name": "Patti"})), PICTURE)
    assert artmatt.photos.original(again) == PICTURE
    assert artmatt.photos.thumbnail(again) == PICTURE[:16]


def test_pictures_are_sealed_on_disk(artmatt, copy):
    artmatt.photos.add(copy, PICTURE)
    folder = artmatt.folder
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert len(files) > 3
    assert not any(PICTURE[100:140] in path.read_bytes() for path in files)


def test_another_collector_cannot_open_them(artmatt, begin, copy):
    photo = artmatt.photos.add(copy, PICTURE)
    assert begin.photos.thumbnail(photo) is None
    with pytest.raises(PictureElsewhereError):
        begin.photos.original(photo)


@pytest.mark.parametrize(
    ("data", "error"), [(b"<html>", NotAPictureError), (PICTURE[:-9], BrokenPictureError)]
)
def test_what_is_no_picture_leaves_nothing_behind(artmatt, copy, data, error):
    before = artmatt.undo_label
    with pytest.raises(error):
        artmatt.photos.add(copy, data)
    assert shown(artmatt, copy) == []
    assert artmatt.undo_label == before


def test_pictures_keep_their_order_and_can_be_moved(artmatt, copy):
    first, second, third = (artmatt.photos.add(copy, other(n)) for n in range(3))
    assert shown(artmatt, copy) == [first, second, third]
    artmatt.photos.move(copy, third, None)
    assert shown(artmatt, copy) == [third, first, second]
    artmatt.photos.move(copy, third, first)
    assert shown(artmatt, copy) == [first, third, second]


def test_the_cover_stands_for_the_copy_and_removal_can_be_undone(artmatt, copy):
    first, second = (artmatt.photos.add(copy, other(n)) for n in range(2))
    artmatt.photos.make_cover(copy, second)
    assert artmatt.rows([copy])[0].thumbnail == second
    artmatt.photos.remove(second)
    assert shown(artmatt, copy) == [first]
    artmatt.undo()
    assert artmatt.photos.original(second) == other(1)


def test_a_damaged_file_is_noticed(artmatt, copy):
    photo = artmatt.photos.add(copy, PICTURE)
    for path in artmatt.folder.glob("files/*/*"):
        raw = bytearray(path.read_bytes())
        raw[len(raw) // 2] ^= 1
        path.write_bytes(raw)
    assert artmatt.photos.thumbnail(photo) is None
    with pytest.raises(DamagedAttachmentError):
        artmatt.photos.original(photo)


def test_a_lone_collector_deletes_pictures_in_the_trash_for_good(artmatt, begin, copy):
    first = artmatt.photos.add(copy, PICTURE)
    twin = artmatt.copies.add(Draft(model={"name": "Patti"}))
    second = artmatt.photos.add(twin, PICTURE)  # of the same content
    third = artmatt.photos.add(copy, b"PIC" + bytes(40) + b"END")
    begin.photos.add(begin.copies.add(Draft(model={"name": "Humphrey"})), PICTURE)
    theirs, all_ = kept(begin), kept(artmatt)
    assert artmatt.photos_here.space().trashed.count == 0
    artmatt.photos.remove(first)
    artmatt.photos.remove(third)
    space = artmatt.photos_here.space()
    assert space.trashed.count == 2
    assert 0 < space.trashed.bytes < len(PICTURE)  # what is shown still, too, frees nothing
    artmatt.photos_here.empty_trash()
    assert artmatt.photos.original(second) == PICTURE
    assert len(all_ - kept(artmatt)) == 2
    assert (shown(artmatt, copy), shown(artmatt, twin)) == ([], [second])
    assert artmatt.photos_here.space().trashed.count == 0
    artmatt.copies.delete([copy, twin])
    artmatt.photos_here.empty_trash()
    assert kept(artmatt) == set()
    artmatt.copies.restore([copy, twin])
    assert shown(artmatt, twin) == []
    assert artmatt.photos.original(artmatt.photos.add(copy, PICTURE)) == PICTURE
    assert kept(begin) == theirs


def test_a_file_that_changed_in_place_and_is_added_again_is_another_content(artmatt, copy):
    first = artmatt.photos.add(copy, PICTURE)
    changed = PICTURE.replace(b"\x00", b"\xff", 1)
    second = artmatt.photos.add(copy, changed)
    assert artmatt.photos.original(first) == PICTURE
    assert artmatt.photos.original(second) == changed
