"""What people type about a person is read strictly, or refused with what to do."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmdesk.domain import contact_rules, own_field, postcodes
from crmdesk.domain.contact_rules import Unfit
from crmdesk.domain.customer import FIELD_KINDS

TODAY = date(2026, 10, 31)


@pytest.mark.parametrize(
    ("typed", "country", "kept"),
    [
        ("0532 123 45 67", "TR", "+90 532 123 45 67"),
        ("+90 5321234567", "", "+90 532 123 45 67"),
        ("070-123 45 67", "SE", "+46 70 123 45 67"),
        ("+46 70 123 45 67", "TR", "+46 70 123 45 67"),
        ("(020) 7946 0958", "GB", "+44 20 7946 0958"),
        ("+999 20 3188263", "XG", "+999 20 3188263"),
        ("20 318826", "XG", "20 318826"),
    ],
)
def test_a_phone_number_is_kept_in_international_form(typed: str, country: str, kept: str) -> None:
    assert contact_rules.phone(typed, country) == kept
    assert contact_rules.phone(kept, country) == kept


@pytest.mark.parametrize(
    ("typed", "country", "words"),
    [
        ("0532 12", "TR", "too few digits"),
        ("+90 532 123 45 67 89 01", "TR", "too many digits"),
        ("+90 999 999 99 99", "TR", "not a telephone number that is given out in Turkey"),
        ("0532 123 45 67", "", "fill in the country"),
        ("call me", "TR", "write its digits"),
        ("+999 20 3188263", "SE", "with its country code"),
        ("12345", "XG", "5 digits"),
        ("\u0665\u0663\u0662\u0661\u0662\u0663\u0664", "TR", "write its digits"),
    ],
)
def test_a_phone_number_that_cannot_be_is_refused(typed: str, country: str, words: str) -> None:
    with pytest.raises(Unfit, match=words):
        contact_rules.phone(typed, country)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("ada@mail.example", "ada@mail.example"), ("Ada.Y@Bank.Example", "Ada.Y@bank.example"),
     ("ada@bücher.example", "ada@bücher.example")],
)  # fmt: skip
def test_an_address_is_kept_with_its_domain_in_small_letters(typed: str, kept: str) -> None:
    assert contact_rules.email(typed) == kept


@pytest.mark.parametrize(
    ("typed", "words"),
    [("ada", "not an e-mail address"), ("@mail.example", "not an e-mail address"), ("a b@mail.example", "a space"),
     ("a@b@mail.example", "more than one @"), ("ada@mail", "no full domain"), ("ada@mail..example", "letter by letter"),
     ("ada,y@mail.example", "letter by letter")],
)  # fmt: skip
def test_an_address_that_cannot_be_is_refused(typed: str, words: str) -> None:
    with pytest.raises(Unfit, match=words):
        contact_rules.email(typed)


@pytest.mark.parametrize(
    ("typed", "country", "kept"),
    [
        ("sw1a1aa", "GB", "SW1A 1AA"),
        ("11120", "SE", "111 20"),
        ("1011ab", "NL", "1011 AB"),
        ("00001", "PL", "00-001"),
        ("34710", "TR", "34710"),
        ("10001", "US", "10001"),
        ("10001 0001", "US", "10001-0001"),
        ("LV-1050", "LV", "1050"),
        ("any 1", "XG", "any 1"),
        ("any 1", "", "any 1"),
    ],
)
def test_a_postcode_is_written_as_its_country_does(typed: str, country: str, kept: str) -> None:
    assert contact_rules.postcode(typed, country) == kept


@pytest.mark.parametrize(("typed", "country"), [("3471", "TR"), ("99001", "TR"), ("1234", "DE"), ("ABC", "GB")])
def test_a_postcode_of_another_shape_names_the_right_one(typed: str, country: str) -> None:
    with pytest.raises(Unfit, match=f"not a postcode of {postcodes.country_name(country)}"):
        contact_rules.postcode(typed, country)


@pytest.mark.parametrize("country", sorted(postcodes.SHAPES))
def test_each_example_of_the_table_is_a_postcode_as_its_country_writes_it(country: str) -> None:
    for example in postcodes.SHAPES[country].example.split(" or "):
        assert postcodes.written(example, country) == example
    assert contact_rules.country(postcodes.SHAPES[country].country) == country


@pytest.mark.parametrize(
    "typed", ["1971-04-03", "3 April 1971", "3 Apr 1971", "3. apr. 1971", "April 3, 1971", "03-APR-1971"]
)
def test_a_day_is_read_as_iso_or_with_its_month_in_letters(typed: str) -> None:
    assert contact_rules.day(typed) == date(1971, 4, 3)


def test_a_day_that_can_be_read_two_ways_names_both() -> None:
    with pytest.raises(Unfit, match=r"write 3 April 1971 or 4 March 1971"):
        contact_rules.day("03/04/1971")


@pytest.mark.parametrize("typed", ["25.12.1971", "1/2/71", "31 June 1971", "1971-02-29", "3 Ju 1971", "yesterday", ""])
def test_no_day_is_guessed(typed: str) -> None:
    with pytest.raises(Unfit):
        contact_rules.day(typed)


def test_a_birth_date_lies_in_the_past_and_within_a_life() -> None:
    assert contact_rules.birth_date("2026-10-31", TODAY) == TODAY
    assert contact_rules.birth_date("1906-10-31", TODAY) == date(1906, 10, 31)
    with pytest.raises(Unfit, match="1 November 2026 lies in the future"):
        contact_rules.birth_date("2026-11-01", TODAY)
    with pytest.raises(Unfit, match="more than 120 years ago"):
        contact_rules.birth_date("1906-10-30", TODAY)


def test_a_country_is_a_code_that_stands_for_one() -> None:
    assert [contact_rules.country(c) for c in ("tr", "XG", "Sweden", "the netherlands")] == ["TR", "XG", "SE", "NL"]
    with pytest.raises(Unfit, match="write GB"):
        contact_rules.country("UK")
    for wrong in ("T", "TUR", "JJ", "Holland"):
        with pytest.raises(Unfit, match="not a country code"):
            contact_rules.country(wrong)


@given(st.dates(min_value=date(1000, 1, 1), max_value=date(9999, 12, 31)))
def test_a_day_in_words_reads_back_as_itself(day: date) -> None:
    assert contact_rules.day(contact_rules.in_words(day)) == contact_rules.day(day.isoformat()) == day


@given(
    st.sampled_from(FIELD_KINDS),
    st.one_of(
        st.text(max_size=20), st.integers().map(str), st.dates().map(str), st.sampled_from(["yes", "no", "gold"])
    ),
)
def test_a_value_of_an_own_field_reads_back_as_itself_or_is_refused(kind: str, typed: str) -> None:
    try:
        value = own_field.read(kind, ("Gold", "Silver"), typed)
    except Unfit as fault:
        assert str(fault).endswith(".")
        return
    assert own_field.read(kind, ("Gold", "Silver"), own_field.written(value)) == value
