import pytest

from desktop.collection.values import Column, Draft, Query, Term
from shared.domain.money import Money
from shared.domain.schema import FieldType, Kind
from shared.domain.vocabularies import GRADE, STATUS

HOSTILE = [
    "x" * 10_000,
    "\U0001f43b\u200d\u2744\ufe0f royal \U0001f499",
    "\u05d3\u05d5\u05d1 \u202eevil\u202c \u0627\u0644\u062f\u0628",
    "<b>bold</b> & <script>alert(1)</script>",
    "../../etc/passwd",
    "Robert'); DROP TABLE copy;--",
    'quote " and \\ and \x00 and \x7f',
    "%s {0} $HOME",
]


def catalogued(collection, text, **copy):
    """Add the best match of a search, as a collector does."""
    piece = collection.reference.search(text)[0]
    proposal = collection.copies.propose(piece, Draft(copy=copy))
    return collection.copies.add(proposal.draft)


def listed(collection, words="", shelf="", sort=Column.NAME):
    found = collection.find(Query(words=words, shelf=shelf, sort=sort))
    return [row.name for row in collection.rows(found.ids)]


def test_a_piece_from_the_catalogue_is_listed_found_and_shown(artmatt, begin):
    paid = Money(1250, "USD").pack()
    copy = catalogued(artmatt, "peanut royal blue", paid=paid, condition="MWMT")
    (row,) = artmatt.rows(artmatt.find(Query(words="royal")).ids)
    assert (row.copy, row.name, row.variant) == (copy, "Peanut", "Royal blue")
    assert (row.status, row.swing_tag, row.paid) == ("owned", "3", paid)
    detail = artmatt.detail(copy)
    assert detail.model_fields["style_number"] == "4062"
    assert artmatt.find(Query()).totals.paid == {"USD": 1250}
    assert listed(begin) == []


def test_copies_of_one_piece_share_its_model_and_variants_share_the_model(artmatt):
    royal = artmatt.detail(catalogued(artmatt, "peanut royal blue"))
    again = artmatt.detail(catalogued(artmatt, "peanut royal blue"))
    light = artmatt.detail(catalogued(artmatt, "peanut light blue"))
    assert royal.copy != again.copy
    assert royal.model == again.model == light.model
    assert royal.variant == again.variant != light.variant


def test_collectors_who_add_the_same_piece_mean_the_same_model_record(artmatt, begin):
    theirs = [
        collection.detail(catalogued(collection, "humphrey")) for collection in (artmatt, begin)
    ]
    assert theirs[0].model == theirs[1].model
    assert theirs[0].copy != theirs[1].copy


def test_adding_a_copy_never_overwrites_what_the_collector_said_of_its_model(artmatt):
    copy = catalogued(artmatt, "humphrey")
    artmatt.copies.edit_model(copy, {"name": "Humphrey the First", "animal": ""})
    catalogued(artmatt, "humphrey")
    detail = artmatt.detail(copy)
    assert detail.model_fields["name"] == "Humphrey the First"
    assert detail.model_fields["animal"] == "Camel"


def test_an_own_piece_without_a_catalogue_shares_its_model_by_name(artmatt):
    draft = Draft(model={"name": "Grandma's bear"}, variant={"label": "One-eyed"})
    first, second = artmatt.copies.add(draft), artmatt.copies.add(draft)
    assert artmatt.detail(first).model == artmatt.detail(second).model
    assert artmatt.detail(first).variant == artmatt.detail(second).variant
    artmatt.copies.edit_model(first, {"name": "Aunt's bear"})
    third = artmatt.copies.add(draft)
    assert artmatt.detail(third).model != artmatt.detail(first).model
    assert sorted(listed(artmatt)) == ["Aunt's bear", "Aunt's bear", "Grandma's bear"]


def test_a_copy_without_a_name_is_refused_and_nothing_is_kept(artmatt):
    with pytest.raises(ValueError, match=r"^$") as caught:
        artmatt.copies.add(Draft(copy={"notes": "?"}, model={"name": "  "}))
    assert "name is missing" in caught.value.__doc__
    assert listed(artmatt) == []
    assert artmatt.find(Query()).totals.copies == 0


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_texts_survive_literally(artmatt, text):
    draft = Draft(model={"name": text}, copy={"notes": text}, location=text, tags=(text,))
    copy = artmatt.copies.add(draft)
    field = artmatt.words.add_field(text, FieldType.TEXT)
    artmatt.copies.edit([copy], {field.field.name: text})
    detail = artmatt.detail(copy)
    (row,) = artmatt.rows([copy])
    assert detail.model_fields["name"] == row.name == text
    assert detail.copy_fields["notes"] == text
    assert detail.copy_fields[field.field.name] == text
    assert detail.location_name == text
    assert [tag.name for tag in detail.tags] == [text]
    assert [custom.label for custom in artmatt.words.fields()] == [text]


def test_places_and_tags_are_made_once_however_they_are_spelled(artmatt):
    copies = [catalogued(artmatt, name) for name in ("humphrey", "splash", "claude")]
    artmatt.copies.move(copies[:1], "Attic / Box 3")
    artmatt.copies.move(copies[1:], "attic / BOX 3")
    artmatt.copies.tag(copies[:2], "Favourites")
    artmatt.copies.tag(copies[2:], " favourites ")
    assert [place.path for place in artmatt.words.locations()] == ["Attic", "Attic / Box 3"]
    (tag,) = artmatt.words.tags()
    assert len(artmatt.find(Query(shelf=f"tag:{tag.tag.hex()}")).ids) == 3
    artmatt.copies.untag(copies[:1], tag.tag)
    assert len(artmatt.find(Query(shelf=f"tag:{tag.tag.hex()}")).ids) == 2


def test_a_renamed_place_gives_its_name_free(artmatt):
    copy = catalogued(artmatt, "humphrey")
    artmatt.copies.move([copy], "Attic")
    (attic,) = artmatt.words.locations()
    artmatt.words.rename(Kind.LOCATION, attic.location, "Loft")
    artmatt.copies.move([catalogued(artmatt, "splash")], "Attic")
    assert [place.path for place in artmatt.words.locations()] == ["Attic", "Loft"]
    assert artmatt.detail(copy).location_name == "Loft"


def test_the_sidebar_counts_what_stands_where(artmatt):
    catalogued(artmatt, "spot without spot", status="wanted")
    copies = [catalogued(artmatt, name) for name in ("humphrey", "splash", "claude")]
    artmatt.copies.move(copies[:2], "Attic / Box 3")
    artmatt.copies.move(copies[2:], "Attic")
    artmatt.copies.delete(copies[:1])
    shelves = {shelf.key: shelf for shelf in artmatt.shelves()}
    assert shelves["status:wanted"].count == 1
    assert shelves["status:wanted"].label == "Wanted"
    assert shelves["trash"].count == 1
    (attic,) = shelves["location"].children
    assert (attic.label, attic.count, attic.children[0].count) == ("Attic", 2, 1)
    assert [year.label for year in shelves["year"].children] == ["1994", "1997"]


def test_every_deed_is_one_step_that_undo_takes_back(artmatt):
    copies = [catalogued(artmatt, name) for name in ("humphrey", "splash")]
    before = [artmatt.detail(copy) for copy in copies]
    deeds = [
        lambda: artmatt.copies.edit(copies, {"condition": "MWCT"}),
        lambda: artmatt.copies.move(copies, "Attic / Box 3"),
        lambda: artmatt.copies.tag(copies, "Gifts"),
        lambda: artmatt.copies.delete(copies),
        lambda: artmatt.copies.edit_model(copies[0], {"name": "Humphrey II"}),
    ]
    for deed in deeds:
        deed()
        label = artmatt.undo_label
        assert label
        artmatt.undo()
        assert [artmatt.detail(copy) for copy in copies] == before
        assert artmatt.redo_label == label
    assert artmatt.undo_label == "Add Splash"


def test_trash_and_back(artmatt):
    copy = catalogued(artmatt, "humphrey")
    artmatt.copies.delete([copy])
    assert listed(artmatt) == []
    assert listed(artmatt, shelf="trash") == ["Humphrey"]
    artmatt.copies.restore([copy])
    assert listed(artmatt) == ["Humphrey"]


def test_listeners_hear_every_change_and_only_of_their_collection(artmatt, begin):
    heard, elsewhere = [], []
    stop = artmatt.subscribe(heard.append)
    begin.subscribe(elsewhere.append)
    copy = catalogued(artmatt, "humphrey")
    artmatt.copies.edit([copy], {"status": "owned"})  # it is already: nothing to hear
    artmatt.undo()
    stop()
    artmatt.redo()
    assert [copy in change.records[Kind.COPY] for change in heard] == [True, True]
    assert elsewhere == []


def test_own_fields_are_added_renamed_and_removed(artmatt):
    copy = catalogued(artmatt, "humphrey")
    smoke = artmatt.words.add_field("Smoke-free", FieldType.YES_NO)
    artmatt.words.add_field("Insured for", FieldType.MONEY)
    artmatt.copies.edit([copy], {smoke.field.name: True})
    artmatt.words.rename(Kind.FIELD, smoke.record, "Smoke-free home")
    labels = [(field.label, field.field.type) for field in artmatt.words.fields()]
    assert labels == [("Smoke-free home", FieldType.YES_NO), ("Insured for", FieldType.MONEY)]
    artmatt.words.remove(Kind.FIELD, smoke.record, "Smoke-free home")
    assert [field.label for field in artmatt.words.fields()] == ["Insured for"]
    artmatt.undo()
    assert len(artmatt.words.fields()) == 2
    assert artmatt.detail(copy).copy_fields[smoke.field.name] is True


def test_own_terms_are_laid_over_the_packs(artmatt, begin):
    artmatt.words.set_term(STATUS, Term("owned", "In the stash", 1, ""))
    artmatt.words.set_term(GRADE, Term("HUG", "Loved to bits", 99, "me"))
    statuses = {term.code: term.label for term in artmatt.words.terms(STATUS)}
    assert statuses["owned"] == "In the stash"
    assert statuses["wanted"] == "Wanted"
    grades = artmatt.words.terms(GRADE)
    assert (grades[-1].code, grades[-1].source) == ("HUG", "me")
    assert {term.label for term in begin.words.terms(STATUS)} >= {"Owned"}


def test_history_tells_what_a_piece_said_before(artmatt):
    copy = catalogued(artmatt, "humphrey", condition="MWMT")
    artmatt.copies.edit([copy], {"condition": "MWCT"})
    artmatt.copies.edit_model(copy, {"animal": "Dromedary"})
    history = artmatt.history(copy)
    assert [past.value for past in history if past.field == "condition"] == ["MWCT", "MWMT"]
    assert [past.value for past in history if past.field == "animal"] == ["Dromedary", "Camel"]
    assert {past.device_name for past in history} == {"artmatt's laptop"}
    assert history[0].millis >= history[-1].millis


def test_settings_follow_the_collector_or_stay_here(artmatt, begin):
    artmatt.settings.put("view", "cabinet", "Show the cabinet")
    artmatt.settings.put_here("window", "1200x800")
    assert artmatt.settings.get("view") == "cabinet"
    assert artmatt.settings.here("window") == "1200x800"
    assert begin.settings.get("view", "grid") == "grid"
    assert begin.settings.here("window") == ""


def test_the_devices_are_this_one_and_the_emergency_kit(artmatt):
    here, paper = artmatt.devices()
    assert (here.name, here.this_one, here.paper) == ("artmatt's laptop", True, False)
    assert (paper.name, paper.this_one, paper.paper) == ("Emergency kit", False, True)


def test_without_a_server_the_status_says_so(artmatt):
    assert artmatt.sync is None
    assert "this device only" in artmatt.status.message


def test_grades_sort_from_best_to_worst_and_own_ones_where_they_were_put(artmatt):
    for name, grade in (("splash", "VG"), ("claude", "MWMT"), ("humphrey", "HUG"), ("erin", "EX")):
        catalogued(artmatt, name, condition=grade)
    artmatt.words.set_term(GRADE, Term("HUG", "Loved to bits", 0, "me"))
    assert listed(artmatt, sort=Column.CONDITION) == ["Humphrey", "Claude", "Erin", "Splash"]


def test_an_edit_of_nothing_is_no_step_and_wakes_nobody_from_the_trash(artmatt):
    copy = catalogued(artmatt, "humphrey")
    artmatt.copies.delete([copy])
    before = artmatt.undo_label
    assert artmatt.copies.edit([copy], {}).empty
    assert artmatt.undo_label == before
    assert listed(artmatt, shelf="trash") == ["Humphrey"]


def test_many_copies_change_in_one_step(artmatt):
    drafts = [Draft(model={"name": f"Bear {number}"}) for number in range(300)]
    copies = artmatt.copies.add_many("Add 300 bears", drafts)
    value = Money(500, "JPY").pack()
    artmatt.copies.edit(copies, {"value": value, "status": "sold"})
    assert artmatt.undo_label == "Edit 300 pieces"
    assert artmatt.find(Query(shelf="status:sold")).totals.value == {"JPY": 150_000}
    artmatt.undo()
    assert artmatt.find(Query()).totals.value == {}
