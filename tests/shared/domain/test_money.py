from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.currencies import CURRENCIES
from shared.domain.money import (
    MAX_MINOR,
    Money,
    MoneyNotation,
    NotMoneyError,
    TooMuchError,
    TooPreciseError,
    UnknownCurrencyError,
    format_money,
    parse_money,
    unpack,
)

US = MoneyNotation()
DE = MoneyNotation(decimal=",", group=".", currency="EUR", symbol_first=False)
FR = MoneyNotation(decimal=",", group="\u202f", currency="EUR", symbol_first=False)
CH = MoneyNotation(decimal=".", group="\u2019", currency="CHF")
CA = MoneyNotation(currency="CAD")
JP = MoneyNotation(currency="JPY")

amounts = st.builds(Money, st.integers(-MAX_MINOR, MAX_MINOR), st.sampled_from(sorted(CURRENCIES)))


@given(amounts)
def test_packing_loses_nothing_and_fits_a_signed_column(money):
    packed = money.pack()
    assert unpack(packed) == money
    assert -(2**63) <= packed < 2**63


@given(st.integers(-(2**63), 2**63 - 1))
def test_any_integer_from_elsewhere_is_money_or_a_named_error(packed):
    try:
        assert unpack(packed).pack() == packed
    except UnknownCurrencyError:
        assert packed & 0x7FFF >= 26**3
    except TooMuchError:
        assert packed >> 15 == -MAX_MINOR - 1


@given(
    st.builds(Money, st.integers(0, MAX_MINOR), st.sampled_from(sorted(CURRENCIES))),
    st.sampled_from([US, DE, FR, CH, CA, JP]),
)
def test_what_is_shown_can_be_typed_back(money, notation):
    packed = money.pack()
    assert parse_money(format_money(packed, notation), notation) == packed


@pytest.mark.parametrize(
    ("typed", "notation", "minor", "currency"),
    [
        ("12", US, 1200, "USD"),
        ("12.5", US, 1250, "USD"),
        (".5", US, 50, "USD"),
        ("$12", US, 1200, "USD"),
        ("$ 1,234.56", US, 123456, "USD"),
        ("$12", CA, 1200, "CAD"),
        ("US$12", CA, 1200, "USD"),
        ("12 EUR", US, 1200, "EUR"),
        ("eur 12", US, 1200, "EUR"),
        ("12eur", US, 1200, "EUR"),
        ("1.234,56", DE, 123456, "EUR"),
        ("1.234,56", US, 123456, "USD"),
        ("1,234.56", DE, 123456, "EUR"),
        ("1.234", DE, 123400, "EUR"),
        ("1,234", US, 123400, "USD"),
        ("12.50", DE, 1250, "EUR"),
        ("12,50", US, 1250, "USD"),
        ("12,- \u20ac", DE, 1200, "EUR"),
        ("5.\u2013", CH, 500, "CHF"),
        ("Fr. 5.50", CH, 550, "CHF"),
        ("20 DM", DE, 2000, "DEM"),
        ("1\u00a0234,56\u00a0\u20ac", FR, 123456, "EUR"),
        ("1'234.50", CH, 123450, "CHF"),
        ("1,23,456.70", US, 12345670, "USD"),
        ("\u00a51,500", US, 1500, "JPY"),
        ("1.500 JPY", DE, 1500, "JPY"),
        ("1.250 KWD", US, 1250, "KWD"),
        ("12.000", US, 1200, "USD"),
        ("\u0661\u0662\u066b\u0665", US, 1250, "USD"),
    ],
)
def test_amounts_are_read_as_people_type_them(typed, notation, minor, currency):
    assert unpack(parse_money(typed, notation)) == Money(minor, currency)


@pytest.mark.parametrize(
    ("typed", "error"),
    [
        ("", NotMoneyError),
        ("cheap", NotMoneyError),
        ("-5", NotMoneyError),
        ("1e5", NotMoneyError),
        ("12 13", NotMoneyError),
        ("1.2.3", NotMoneyError),
        ("1,2,3.4", NotMoneyError),
        ("$12 EUR", NotMoneyError),
        ("<b>5</b>", NotMoneyError),
        ("../5", NotMoneyError),
        ("12 XQZ", UnknownCurrencyError),
        ("12.345", TooPreciseError),
        ("12.5 JPY", TooPreciseError),
        ("9" * 20, TooMuchError),
        ("9" * 10_000, TooMuchError),
    ],
)
def test_nonsense_gets_one_sentence(typed, error):
    with pytest.raises(error) as caught:
        parse_money(typed, US)
    sentence = caught.value.__doc__
    assert sentence.endswith(".")
    assert "\n" not in sentence


@given(st.text(max_size=30))
def test_no_text_escapes_the_named_errors(text):
    with suppress(NotMoneyError, UnknownCurrencyError, TooPreciseError, TooMuchError):
        assert unpack(parse_money(text, US)).minor >= 0


@pytest.mark.parametrize(
    ("money", "notation", "shown"),
    [
        (Money(123456, "USD"), US, "$1,234.56"),
        (Money(-500, "USD"), US, "-$5.00"),
        (Money(123456, "EUR"), DE, "1.234,56\u00a0\u20ac"),
        (Money(1500, "JPY"), US, "\u00a51,500"),
        (Money(1250, "KWD"), US, "1.250\u00a0KWD"),
        (Money(1250, "USD"), CA, "US$12.50"),
        (Money(5, "SEK"), US, "0.05\u00a0SEK"),
    ],
)
def test_amounts_are_shown_as_the_locale_writes_them(money, notation, shown):
    assert format_money(money.pack(), notation) == shown
