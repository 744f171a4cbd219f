from calendar import monthrange
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.dates import (
    DateNotation,
    NoSuchDayError,
    NotADateError,
    Order,
    PartialDate,
    format_date,
    parse_date,
    unpack,
)

US = DateNotation()
UK = DateNotation(order=Order.DAY_FIRST)
ISO = DateNotation(order=Order.YEAR_FIRST)
DE = DateNotation(
    order=Order.DAY_FIRST,
    months=(
        *("Januar", "Februar", "M\u00e4rz", "April", "Mai", "Juni", "Juli", "August"),
        *("September", "Oktober", "November", "Dezember"),
    ),
    short_months=(
        *("Jan.", "Feb.", "M\u00e4rz", "Apr.", "Mai", "Juni", "Juli", "Aug."),
        *("Sept.", "Okt.", "Nov.", "Dez."),
    ),
)


@st.composite
def dates(draw):
    year = draw(st.integers(1000, 9999))
    month = draw(st.integers(1, 12))
    day = draw(st.integers(1, monthrange(year, month)[1]))
    known = draw(st.sampled_from(["y", "ym", "md", "ymd"]))
    if known == "md":
        year = 0
    return PartialDate(year, month if "m" in known else 0, day if "d" in known else 0)


@given(dates())
def test_packing_loses_nothing(date):
    assert unpack(date.pack()) == date


@given(dates(), dates())
def test_packed_dates_sort_by_time(one, other):
    assert (one.pack() < other.pack()) == (one < other)


@given(dates(), st.sampled_from([US, UK, ISO, DE]))
def test_what_is_shown_can_be_typed_back(date, notation):
    assert parse_date(format_date(date.pack(), notation), notation) == date.pack()


@given(st.integers(-(2**63), 2**63 - 1))
def test_any_integer_from_elsewhere_is_a_date_or_a_named_error(packed):
    with suppress(NotADateError, NoSuchDayError):
        assert unpack(packed).pack() == packed


@given(st.text(max_size=30) | st.text("0123456789/.-' ", max_size=12))
def test_no_text_escapes_the_named_errors(text):
    with suppress(NotADateError, NoSuchDayError):
        assert parse_date(text, UK) > 0


@pytest.mark.parametrize(
    ("typed", "notation", "packed"),
    [
        ("1997", US, 19970000),
        ("'97", US, 19970000),
        ("May 1997", US, 19970500),
        ("may '97", US, 19970500),
        ("1997 May", US, 19970500),
        ("5/1997", US, 19970500),
        ("5/97", US, 19970500),
        ("1997-05", US, 19970500),
        ("3 Jan", US, 103),
        ("Jan 3", UK, 103),
        ("January 3rd", US, 103),
        ("1/3", US, 103),
        ("3/1", UK, 103),
        ("3.1.", DE, 103),
        ("1993-01-03", US, 19930103),
        ("1993-01-03", UK, 19930103),
        ("03.01.1993", DE, 19930103),
        ("03.01.1993", US, 19930301),
        ("1/3/93", US, 19930103),
        ("3/1/93", UK, 19930103),
        ("13/5/1997", US, 19970513),
        ("5/13/1997", UK, 19970513),
        ("3 January 1993", US, 19930103),
        ("January 3, 1993", UK, 19930103),
        ("3. M\u00e4rz 1993", DE, 19930303),
        ("3. Dez. 03", DE, 20031203),
        ("3 December 1993", DE, 19931203),
        ("3 de May de 1993", US, 19930503),
        ("1997\u5e745\u67083\u65e5", ISO, 19970503),
        ("29 Feb", US, 229),
        ("29 Feb 2000", US, 20000229),
        ("  1997  ", US, 19970000),
    ],
)
def test_dates_are_read_as_people_type_them(typed, notation, packed):
    assert parse_date(typed, notation) == packed


@pytest.mark.parametrize(
    ("typed", "error"),
    [
        ("31 Feb", NoSuchDayError),
        ("29 Feb 1997", NoSuchDayError),
        ("1997-02-30", NoSuchDayError),
        ("0/5/1997", NoSuchDayError),
        ("1997-13", NoSuchDayError),
        ("13/13/1997", NoSuchDayError),
        ("", NotADateError),
        ("soon", NotADateError),
        ("May", NotADateError),
        ("12", NotADateError),
        ("1997 1998", NotADateError),
        ("1/2/3/4", NotADateError),
        ("1997 <b>", NotADateError),
        ("\U0001f43b 1997", NotADateError),
        ("9" * 10_000, NotADateError),
        ("x" * 10_000, NotADateError),
    ],
)
def test_nonsense_gets_one_sentence(typed, error):
    with pytest.raises(error) as caught:
        parse_date(typed, UK)
    assert caught.value.__doc__.endswith(".")
    assert "\n" not in caught.value.__doc__


@pytest.mark.parametrize(
    ("packed", "notation", "shown"),
    [
        (19970000, US, "1997"),
        (19970500, UK, "May 1997"),
        (103, US, "Jan 3"),
        (103, UK, "3 Jan"),
        (19930103, US, "Jan 3, 1993"),
        (19930103, UK, "3 Jan 1993"),
        (19930103, ISO, "1993-01-03"),
        (19930300, ISO, "1993-03"),
        (19930303, DE, "3 M\u00e4rz 1993"),
    ],
)
def test_dates_are_shown_as_the_locale_writes_them(packed, notation, shown):
    assert format_date(packed, notation) == shown
