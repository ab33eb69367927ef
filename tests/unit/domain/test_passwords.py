"""Which passwords are refused, with what sentence, and that one-time ones never are."""

import re

import pytest

from crmdesk.domain import passwords
from crmdesk.domain.errors import BadFields


@pytest.mark.parametrize(("password", "said"), [
    ("", "10 or more"), ("horse wag", "10 or more"), ("x" * 257, "at most 256"), ("password123", "first that anybody"),
    ("Pass-Word 123", "first that anybody"), ("QWERTYUIOP", "first that anybody"), ("1234567890", "first that anybody"),
    ("aaaaaaaaaaaaaaa", "first that anybody"), ("ababababababab", "first that anybody"),
    ("ElaKaya2026", "own name"), ("ela.kaya.01", "own name"), ("1999 Ela Kaya", "own name"),
])  # fmt: skip
def test_an_easy_password_is_refused_in_a_sentence(password: str, said: str) -> None:
    with pytest.raises(BadFields, match=said) as bad:
        passwords.check(password, "elakaya", "Ela Kaya")
    assert list(bad.value.fields) == ["password"] and str(bad.value).endswith(".")
    assert password not in str(bad.value) or not password


@pytest.mark.parametrize(
    "password", ["blue horses run", "ela likes horses", "åäöüåäöüåä", "correct1234horse", "x9!x9?x9:x9"]
)
def test_a_long_one_needs_no_signs_and_no_capitals(password: str) -> None:
    passwords.check(password, "ela", "Ela Kaya")


def test_none_of_the_usual_ones_is_too_short_to_be_met() -> None:
    assert len(passwords.COMMON) > 50
    assert all(len(word) >= passwords.SHORTEST and word == word.lower() for word in passwords.COMMON)


def test_one_time_passwords_are_good_and_never_the_same() -> None:
    made = {passwords.one_time() for _ in range(200)}
    assert len(made) == 200 and all(re.fullmatch(r"(?:[a-hjkmnp-z2-9]{4}-){3}[a-hjkmnp-z2-9]{4}", one) for one in made)
    for one in made:
        passwords.check(one)
