"""How the text of one cell becomes a value: strict grammars that refuse instead of guessing."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any, Final

from crmdesk.domain import own_field
from crmdesk.domain.contact_rules import Unfit
from crmdesk.domain.money import parse_minor
from crmdesk.domain.text import unguard

Parse = Callable[[str], Any]
TOP_MINOR: Final = 10**15  # the largest amount a file may hold, in minor units
EPOCH: Final = date(1970, 1, 1).toordinal()
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_MONTH: Final = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])", re.ASCII)
_WHOLE: Final = re.compile(r"[+-]?[0-9]{1,9}", re.ASCII)
_TIME: Final = re.compile(
    r"([01][0-9]|2[0-3]):([0-5][0-9])(?::([0-5][0-9])(?:[.,]([0-9]{1,9}))?)?(Z|[+-][01][0-9]:?[0-5][0-9])?", re.ASCII
)
FIRST_DAY: Final = "1880-01-01"  # no customer is older, no bank record either: an earlier year is a typing error


class Fault(Exception):
    """Why a row is set aside: a code of the quarantine, the column (or ""), and the reason in words."""

    def __init__(self, code: str, column: str, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.column = column
        self.reason = reason


def short(value: str) -> str:
    """A value as reasons quote it: long ones are cut."""
    return value if len(value) <= 80 else f"{value[:79]}…"


def not_a(column: str, value: str, kind: str) -> Fault:
    return Fault("type", column, f"'{short(value)}' in {column} is not a {kind}")


def outside(column: str, value: object, low: object, high: object) -> Fault:
    return Fault("range", column, f"{column} = {value} is outside {low} to {high}")


def unknown_code(column: str, value: str, known: Sequence[str]) -> Fault:
    return Fault("code", column, f"'{short(value)}' is not a known {column}; known: {', '.join(known)}")


def in_future(column: str, value: str) -> Fault:
    return Fault("future", column, f"{column} = {value} is in the future")


def plain(value: str) -> str:
    """Without the spaces around it and without the quote that exports put before formula signs."""
    return unguard(value.strip())


def text(column: str, most: int | None = None) -> Parse:
    """Any text; `most` characters at the most."""

    def parse(value: str) -> str | None:
        value = plain(value)
        if most is not None and len(value) > most:
            raise not_a(column, value, f"text of at most {most} characters")
        return value or None

    return parse


def pattern(column: str, expression: str, kind: str, form: Callable[[str], str] = str) -> Parse:
    """Text of one shape, such as a country code."""
    compiled = re.compile(expression, re.ASCII)

    def parse(value: str) -> str | None:
        value = plain(value)
        if value and not compiled.fullmatch(value):
            raise not_a(column, value, kind)
        return form(value) or None

    return parse


def code(column: str, known: Sequence[str], words: Mapping[str, str] | None = None) -> Parse:
    """One of `known`; capitals do not matter, `words` are further spellings."""
    forms = {name.lower(): name for name in known} | dict(words or {})

    def parse(value: str) -> str | None:
        found = forms.get(value) or forms.get(plain(value).lower())
        if found is None:
            if not value.strip():
                return None
            raise unknown_code(column, value, known)
        return found

    return parse


@lru_cache(maxsize=65536)
def epoch_day(value: str) -> int | None:
    """Days since 1970 of `YYYY-MM-DD`, None where it is no such day."""
    if not _DAY.fullmatch(value):
        return None
    try:
        return date(int(value[:4]), int(value[5:7]), int(value[8:])).toordinal() - EPOCH
    except ValueError:
        return None


def day(column: str, *, low: str = FIRST_DAY, high: str | None = None, latest: str | None = None) -> Parse:
    """An ISO day as text; outside `low`..`high` is a range fault, after `latest` lies in the future."""

    def parse(value: str) -> str | None:
        value = value.strip()
        if epoch_day(value) is None:
            if not value:
                return None
            raise not_a(column, value, "date")
        if value < low or (high is not None and value > high):
            raise outside(column, value, low, high)
        if latest is not None and value > latest:
            raise in_future(column, value)
        return value

    return parse


def month(column: str, latest: str) -> Parse:
    """`YYYY-MM`, not after `latest`."""

    def parse(value: str) -> str | None:
        value = value.strip()
        if value and not _MONTH.fullmatch(value):
            raise not_a(column, value, "month")
        if value > latest:
            raise in_future(column, value)
        if value and value < FIRST_DAY[:7]:
            raise outside(column, value, FIRST_DAY[:7], latest)
        return value or None

    return parse


def read_moment(value: str) -> tuple[int, int, bool] | None:
    """ISO 8601 to (epoch seconds UTC, microseconds, was a time given); None where it is neither day nor time.

    Without an offset the time is taken as UTC.

    >>> read_moment("1970-01-02T00:00:01+00:00")
    (86401, 0, True)
    """
    days = epoch_day(value[:10])
    if days is None:
        return None
    if len(value) == 10:
        return days * 86400, 0, False
    match = _TIME.fullmatch(value, 11)
    if match is None or value[10] not in "T ":
        return None
    hours, minutes, seconds, fraction, zone = match.groups()
    at = days * 86400 + int(hours) * 3600 + int(minutes) * 60 + int(seconds or 0)
    if zone and zone != "Z":
        shift = int(zone[1:3]) * 3600 + int(zone[-2:]) * 60
        at += shift if zone[0] == "-" else -shift
    return at, int(fraction[:6].ljust(6, "0")) if fraction else 0, True


def _at(column: str, value: str, now_s: int) -> tuple[int, int, bool] | None:
    """`read_moment` with its faults: no time at all, before FIRST_DAY, after `now_s`; None where the cell is empty."""
    value = value.strip()
    found = read_moment(value)
    if found is None:
        if not value:
            return None
        raise not_a(column, value, "date or time")
    if value < FIRST_DAY:
        raise outside(column, value, FIRST_DAY, "today")
    if found[0] > now_s:
        raise in_future(column, value)
    return found


def seconds(column: str, now_s: int) -> Parse:
    """(epoch seconds UTC, was a time given), not after `now_s`."""

    def parse(value: str) -> tuple[int, bool] | None:
        found = _at(column, value, now_s)
        return (found[0], found[2]) if found else None

    return parse


def moment(column: str, now_s: int) -> Parse:
    """A time as the store keeps it, `YYYY-MM-DD HH:MM:SS.ffffff` UTC, not after `now_s`."""

    def parse(value: str) -> str | None:
        found = _at(column, value, now_s)
        return stamp(found[0], found[1]) if found else None

    return parse


def stamp(at_s: int, micro: int = 0) -> str:
    """Epoch seconds as the store's text; years before 1970 included."""
    return (datetime(1970, 1, 1) + timedelta(seconds=at_s, microseconds=micro)).isoformat(" ", "microseconds")


def minor(column: str, value: str, currency: str = "EUR") -> int:
    """Decimal text to minor units."""
    try:
        amount = parse_minor(value, currency)
    except ValueError:
        raise not_a(column, value, "decimal number") from None
    if abs(amount) > TOP_MINOR:
        raise outside(column, value, -TOP_MINOR // 100, TOP_MINOR // 100)
    return amount


def decimal(column: str, *, positive: bool = False) -> Parse:
    """Minor units of an amount; `positive`: not below 0."""

    def parse(value: str) -> int | None:
        value = value.strip()
        if not value:
            return None
        amount = minor(column, value)
        if positive and amount < 0:
            raise outside(column, value, 0, TOP_MINOR // 100)
        return amount

    return parse


def own(column: str, kind: str, choices: Sequence[str]) -> Parse:
    """A value of a field that the bank added, as it is kept (data model: text, whole, number, date, yes_no, choice)."""
    words = {"text": f"text of one line and at most {own_field.TEXT_AT_MOST} characters", "whole": "whole number",
             "number": "decimal number", "date": "date"}  # fmt: skip
    known = tuple(choices) if kind == "choice" else ("yes", "no")

    def parse(value: str) -> Any:
        value = plain(value)
        try:
            return own_field.read(kind, choices, value)
        except Unfit:
            if kind in words:
                raise not_a(column, value, words[kind]) from None
            raise unknown_code(column, value, known) from None

    return parse


def whole(column: str) -> Parse:
    """A whole number."""

    def parse(value: str) -> int | None:
        value = value.strip()
        if value and not _WHOLE.fullmatch(value):
            raise not_a(column, value, "whole number")
        return int(value) if value else None

    return parse
