import time
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop.collection.reference import barcode
from desktop.collection.reference.catalogue import load
from desktop.collection.reference.pack import (
    DamagedPackError,
    NewerPackError,
    Pack,
    Piece,
    decode,
    encode,
)
from shared.domain.vocabularies import GRADE, KNOWN_STATUSES, STATUS, SWING_TAG, TUSH_TAG

REFERENCE = load()


def found(text):
    return [f"{piece.name}|{piece.variant}" for piece in REFERENCE.search(text)]


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("peanut", "Peanut|Royal blue"),
        ("penut", "Peanut|Royal blue"),
        ("PEANUT light", "Peanut|Light blue"),
        ("royal blue", "Peanut|Royal blue"),
        ("humphry", "Humphrey|"),
        ("hunph", "Humphrey|"),
        ("olé", "Olé|"),
        ("ole", "Olé|"),
        ("#1 bear", "#1 Bear|"),
        ("mystic rainbow", "Mystic|Iridescent horn, rainbow mane"),
        ("4062", "Peanut|Royal blue"),
        ("04062", "Peanut|Royal blue"),
        ("Millenium", "Millennium|Sheer ribbon"),
        ("1997 teddy", "1997 Teddy|"),
        ("1997 Holiday Teddy", "1997 Teddy|"),
    ],
)
def test_a_collectors_words_find_the_piece(typed, first):
    assert found(typed)[0] == first


def test_an_old_name_finds_the_piece_that_bears_it_and_the_one_that_took_its_place():
    assert found("brownie")[0] == "Brownie|First name of Cubbie"
    assert "Cubbie|" in found("brownie")
    assert "Brownie|First name of Cubbie" in found("cubbie")


def test_a_number_that_two_pieces_share_finds_both():
    assert {"Sparky|", "Dotty|"} == set(found("4100"))


def test_a_bar_code_finds_its_piece_however_it_is_typed():
    digits = "00842104062"
    code = digits + barcode.check_digit(digits)
    spaced = f"{code[0]} {code[1:6]} {code[6:11]} {code[11]}"
    expected = found("4062")
    assert found(code) == found(spaced) == found("0" + code) == expected


def test_a_misread_bar_code_or_one_of_another_maker_gives_no_style_number():
    assert barcode.style_number("036000291452") == ""
    assert barcode.style_number("008421040620") == ""


def test_nonsense_finds_nothing():
    assert found("xqzzy") == []
    assert found("") == []
    assert found("<>../") == []


@settings(max_examples=60)
@given(st.text(max_size=40))
def test_no_text_breaks_the_search(text):
    assert len(REFERENCE.search(text, limit=5)) <= 5


@pytest.mark.parametrize("text", ["x" * 10_000, "bear " * 2_000, "\u202e\U0001f43b" * 5_000])
def test_endless_texts_are_searched_in_no_time(text):
    start = time.process_time()
    REFERENCE.search(text)
    assert time.process_time() - start < 0.1


def test_every_keystroke_is_answered_within_five_milliseconds():
    names = [piece.name for piece in REFERENCE.pieces[::40]]
    strokes = [name[:end] for name in names for end in range(1, len(name) + 1)]
    start = time.process_time()
    for stroke in strokes:
        REFERENCE.search(stroke)
    assert (time.process_time() - start) / len(strokes) < 0.005


def test_every_piece_is_found_first_or_beside_its_like_by_its_own_name():
    for piece in REFERENCE.pieces:
        names = {hit.name for hit in REFERENCE.search(piece.name, limit=1)}
        assert names == {piece.name}, piece.key


def test_variants_of_a_model_stand_together():
    royal = REFERENCE.search("peanut royal blue")[0]
    assert {piece.variant for piece in REFERENCE.variants(royal)} == {"Royal blue", "Light blue"}
    assert REFERENCE.piece(royal.key) == royal
    assert REFERENCE.piece("../nowhere") is None


def test_vocabularies_come_with_the_pack():
    assert {term.code for term in REFERENCE.terms(STATUS)} == KNOWN_STATUSES
    assert [term.code for term in REFERENCE.terms(SWING_TAG)][:3] == ["1", "2", "3"]
    assert REFERENCE.terms(TUSH_TAG)
    assert {term.scope for term in REFERENCE.terms(GRADE)} == {"both", "tag", "plush"}
    assert not REFERENCE.terms("no such vocabulary")


PIECE = Piece("k", "m", "N", "", "", "", "", None, None, None, (), "", (), (), "high", ())
PACK = Pack("p", "1", "T", "", (), 1, 0, (PIECE,), ())


def test_a_pack_is_read_as_it_was_written():
    assert decode(encode(PACK)) == PACK


def test_a_damaged_pack_is_refused_wherever_it_is_damaged():
    raw = encode(PACK)
    for at in range(len(raw)):
        broken = raw[:at] + bytes([raw[at] ^ 1]) + raw[at + 1 :]
        with suppress(DamagedPackError, NewerPackError):
            assert decode(broken) == PACK  # a bit that says nothing about the content
        with pytest.raises(DamagedPackError):
            decode(raw[:at])


def test_a_pack_that_miscounts_itself_or_is_newer_is_refused():
    with pytest.raises(DamagedPackError):
        decode(encode(PACK._replace(piece_count=2)))
    with pytest.raises(NewerPackError):
        decode(encode(PACK).replace(b"SWINGREF\x01", b"SWINGREF\x02"))
