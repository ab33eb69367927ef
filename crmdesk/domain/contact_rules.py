"""What people type about a person: phone, e-mail, country, postcode and days, read strictly or refused in words."""

from __future__ import annotations

import re
from datetime import date
from functools import cache
from typing import Final

from crmdesk.domain.days import shift_months
from crmdesk.domain.postcodes import SHAPES, code_of, country_name, written

OLDEST_YEARS: Final = 120
_QUOTED: Final = 40  # characters of typed text that a sentence repeats
# Codes of ISO 3166 that have no telephone plan of their own, and the ranges that it leaves to users.
_WITHOUT_PHONES: Final = frozenset({"AQ", "BV", "GS", "HM", "PN", "TF", "UM"})
_USER_ASSIGNED: Final = re.compile(r"AA|Q[M-Z]|X[A-Z]|ZZ")
_ISO: Final = re.compile(r"(\d{4})-(\d{2})-(\d{2})", re.ASCII)
_NUMBERS: Final = re.compile(r"(\d{1,4})[./\s-](\d{1,2})[./\s-](\d{2,4})", re.ASCII)
_LETTERS: Final = re.compile(r"(\d{1,2})\.?[\s-]*([a-z]{3,9})\.?[\s-]*(\d{4})", re.ASCII | re.IGNORECASE)
_LETTERS_FIRST: Final = re.compile(r"([a-z]{3,9})\.?\s+(\d{1,2}),?\s+(\d{4})", re.ASCII | re.IGNORECASE)
MONTHS: Final = ("january", "february", "march", "april", "may", "june", "july", "august", "september", "october",
                 "november", "december")  # fmt: skip


class Unfit(ValueError):
    """What was typed cannot be kept; the text is one sentence for people."""


def quoted(text: str) -> str:
    """Typed text as sentences name it: on one line, long ones cut."""
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return f"'{line}'" if len(line) <= _QUOTED else f"'{line[: _QUOTED - 1]}…'"


@cache
def _known_countries() -> frozenset[str]:
    import phonenumbers

    return frozenset(phonenumbers.SUPPORTED_REGIONS) | _WITHOUT_PHONES


def country(text: str) -> str:
    """A country code of two capitals, from the code or from a country's English name. Raises Unfit."""
    code = code_of(text) or text.upper()
    if code in _known_countries() or _USER_ASSIGNED.fullmatch(code):
        return code
    if code == "UK":
        raise Unfit("The United Kingdom has the country code GB; write GB.")
    raise Unfit(f"{quoted(text)} is not a country code; write its two letters, such as TR or SE.")


def phone(text: str, country_code: str = "") -> str:
    """The number in international form, "+90 532 123 45 67"; one without + is read as a number of the country.

    Countries without a known telephone plan: 6 to 15 digits, kept as written. Raises Unfit.
    """
    import phonenumbers

    example = "such as +90 532 123 45 67"
    given = " ".join(text.split())
    if not re.fullmatch(r"[+0-9(][0-9 ()./-]*(?:(?:ext\.?|x) ?[0-9]{1,6})?", given, re.IGNORECASE | re.ASCII):
        raise Unfit(f"{quoted(text)} is not a telephone number; write its digits, {example}.")
    own_plan = country_code in phonenumbers.SUPPORTED_REGIONS
    if country_code and not own_plan and not _of_known_plan(given):
        return _as_written(given)
    if not own_plan and not given.startswith("+"):
        raise Unfit(f"The country of this number is not known; fill in the country, or begin with +, {example}.")
    try:
        number = phonenumbers.parse(given, country_code if own_plan else None)
    except phonenumbers.NumberParseException:
        raise Unfit(f"{quoted(text)} is not a telephone number; write it with its country code, {example}.") from None
    region = phonenumbers.region_code_for_country_code(number.country_code or 0)
    where = f" in {country_name(region)}" if len(region) == 2 and region.isalpha() else ""
    reason = phonenumbers.is_possible_number_with_reason(number)
    if reason == phonenumbers.ValidationResult.TOO_SHORT:
        raise Unfit(f"{quoted(text)} has too few digits for a telephone number{where}; check it.")
    if reason == phonenumbers.ValidationResult.TOO_LONG:
        raise Unfit(f"{quoted(text)} has too many digits for a telephone number{where}; check it.")
    if not phonenumbers.is_valid_number(number):
        raise Unfit(f"{quoted(text)} is not a telephone number that is given out{where}; check its digits.")
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL))


def _of_known_plan(given: str) -> bool:
    import phonenumbers

    if not given.startswith("+"):
        return False
    try:
        phonenumbers.parse(given, None)
    except phonenumbers.NumberParseException:
        return False
    return True


def _as_written(given: str) -> str:
    count = sum(c.isdigit() for c in given)
    if not 6 <= count <= 15:
        raise Unfit(f"{quoted(given)} has {count} digits; a telephone number has 6 to 15.")
    return given


def email(text: str) -> str:
    """The address with its domain in small letters; nothing is asked of the network. Raises Unfit."""
    import email_validator

    name, at, host = text.partition("@")
    shape = "write it as name@bank.example"
    if not at or not name or not host:
        raise Unfit(f"{quoted(text)} is not an e-mail address; {shape}.")
    if any(c.isspace() for c in text):
        raise Unfit(f"{quoted(text)} has a space in it; an e-mail address has none.")
    if "@" in host:
        raise Unfit(f"{quoted(text)} has more than one @; {shape}.")
    if "." not in host.strip("."):
        raise Unfit(f"{quoted(text)} ends in {quoted(host)}, which is no full domain; {shape}.")
    try:
        return str(email_validator.validate_email(text, check_deliverability=False).normalized)
    except email_validator.EmailNotValidError:
        raise Unfit(
            f"{quoted(text)} is not an e-mail address that mail can reach; check it letter by letter."
        ) from None


def postcode(text: str, country_code: str = "") -> str:
    """The postcode as its country writes it; of countries outside the table as typed. Raises Unfit."""
    found = written(text, country_code)
    if found is None:
        shape = SHAPES[country_code]
        raise Unfit(f"{quoted(text)} is not a postcode of {shape.country}; there it looks like {shape.example}.")
    return found


def day(text: str) -> date:
    """A day written as 1971-04-03 or with the month in letters, "3 April 1971"; never guessed. Raises Unfit."""
    given = text.strip()
    if match := _ISO.fullmatch(given):
        return _day(text, int(match[1]), int(match[2]), int(match[3]))
    if match := _LETTERS.fullmatch(given):
        return _day(text, int(match[3]), _month(text, match[2]), int(match[1]))
    if match := _LETTERS_FIRST.fullmatch(given):
        return _day(text, int(match[3]), _month(text, match[1]), int(match[2]))
    if match := _NUMBERS.fullmatch(given):
        raise Unfit(_unclear(given, int(match[1]), int(match[2]), match[3]))
    raise Unfit(f"{quoted(text)} is not a day; write it as 1971-04-03 or 3 April 1971.")


def _month(text: str, word: str) -> int:
    found = [i for i, name in enumerate(MONTHS, 1) if name.startswith(word.lower())]
    if len(found) != 1:
        raise Unfit(f"{quoted(word)} in {quoted(text)} is not a month; write it as 1971-04-03 or 3 April 1971.")
    return found[0]


def _day(text: str, year: int, month: int, number: int) -> date:
    try:
        return date(year, month, number)
    except ValueError:
        raise Unfit(f"{quoted(text)} is a day that no calendar has; check it.") from None


def _unclear(text: str, first: int, second: int, year: str) -> str:
    """Which comes first, the day or the month, is asked and not guessed."""
    if len(year) == 4 and first <= 12 and second <= 12 and first and second:
        one, other = f"{first} {MONTHS[second - 1].title()} {year}", f"{second} {MONTHS[first - 1].title()} {year}"
        if one == other:
            return f"Write the month of {quoted(text)} in letters: {one}."
        return f"{quoted(text)} can be read two ways; write {one} or {other}."
    return f"{quoted(text)} does not say which number is the day; write it as 1971-04-03 or 3 April 1971."


def birth_date(text: str, today: date) -> date:
    """A day in the past, at most 120 years before `today`. Raises Unfit."""
    found = day(text)
    if found > today:
        raise Unfit(f"The birth date {in_words(found)} lies in the future; check the year.")
    if found < shift_months(today, -12 * OLDEST_YEARS):
        raise Unfit(f"The birth date {in_words(found)} is more than {OLDEST_YEARS} years ago; check the year.")
    return found


def in_words(found: date) -> str:
    """A day that reads the same everywhere: "3 April 1971"."""
    return f"{found.day} {MONTHS[found.month - 1].title()} {found.year}"
