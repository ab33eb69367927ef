"""Postcodes of 44 countries: their shape and how they are written; other countries are not checked."""

from __future__ import annotations

import re
from typing import Final, NamedTuple


class Shape(NamedTuple):
    """`pattern` matches the code without spaces and hyphens; its groups are written with `between` between them."""

    country: str
    pattern: str
    between: str
    example: str


_FOUR: Final = r"(\d{4})"
_FIVE: Final = r"(\d{5})"
_SIX: Final = r"(\d{6})"
SHAPES: Final[dict[str, Shape]] = {
    "AR": Shape("Argentina", r"([A-Z]?\d{4}(?:[A-Z]{3})?)", "", "C1425DKF"),
    "AT": Shape("Austria", _FOUR, "", "1010"),
    "AU": Shape("Australia", _FOUR, "", "2000"),
    "BE": Shape("Belgium", _FOUR, "", "1000"),
    "BG": Shape("Bulgaria", _FOUR, "", "1000"),
    "BR": Shape("Brazil", r"(\d{5})(\d{3})", "-", "01310-100"),
    "CA": Shape("Canada", r"([ABCEGHJ-NPRSTVXY]\d[A-Z])(\d[A-Z]\d)", " ", "K1A 0B1"),
    "CH": Shape("Switzerland", r"([1-9]\d{3})", "", "8001"),
    "CN": Shape("China", _SIX, "", "100000"),
    "CY": Shape("Cyprus", _FOUR, "", "1010"),
    "CZ": Shape("Czechia", r"(\d{3})(\d{2})", " ", "110 00"),
    "DE": Shape("Germany", _FIVE, "", "10115"),
    "DK": Shape("Denmark", _FOUR, "", "1050"),
    "EE": Shape("Estonia", _FIVE, "", "10111"),
    "ES": Shape("Spain", r"((?:0[1-9]|[1-4]\d|5[0-2])\d{3})", "", "28001"),
    "FI": Shape("Finland", _FIVE, "", "00100"),
    "FR": Shape("France", _FIVE, "", "75001"),
    "GB": Shape("the United Kingdom", r"([A-Z]{1,2}\d[A-Z\d]?)(\d[A-Z]{2})", " ", "SW1A 1AA"),
    "GR": Shape("Greece", r"(\d{3})(\d{2})", " ", "104 31"),
    "HR": Shape("Croatia", _FIVE, "", "10000"),
    "HU": Shape("Hungary", _FOUR, "", "1011"),
    "IE": Shape("Ireland", r"([A-Z]\d[\dW])([A-Z\d]{4})", " ", "D02 X285"),
    "IL": Shape("Israel", r"(\d{7})", "", "9100001"),
    "IN": Shape("India", r"([1-9]\d{5})", "", "110001"),
    "IS": Shape("Iceland", r"(\d{3})", "", "101"),
    "IT": Shape("Italy", _FIVE, "", "00184"),
    "JP": Shape("Japan", r"(\d{3})(\d{4})", "-", "100-0001"),
    "KR": Shape("South Korea", _FIVE, "", "04524"),
    "LT": Shape("Lithuania", r"(?:LT)?(\d{5})", "", "01103"),
    "LU": Shape("Luxembourg", r"(?:L)?(\d{4})", "", "1111"),
    "LV": Shape("Latvia", r"(?:LV)?(\d{4})", "", "1050"),
    "MT": Shape("Malta", r"([A-Z]{3})(\d{4})", " ", "VLT 1117"),
    "MX": Shape("Mexico", _FIVE, "", "06000"),
    "NL": Shape("the Netherlands", r"([1-9]\d{3})([A-Z]{2})", " ", "1011 AB"),
    "NO": Shape("Norway", _FOUR, "", "0150"),
    "PL": Shape("Poland", r"(\d{2})(\d{3})", "-", "00-001"),
    "PT": Shape("Portugal", r"(\d{4})(\d{3})", "-", "1000-001"),
    "RO": Shape("Romania", _SIX, "", "010011"),
    "RS": Shape("Serbia", _FIVE, "", "11000"),
    "SE": Shape("Sweden", r"(\d{3})(\d{2})", " ", "111 20"),
    "SI": Shape("Slovenia", _FOUR, "", "1000"),
    "SK": Shape("Slovakia", r"(\d{3})(\d{2})", " ", "811 01"),
    "TR": Shape("Turkey", r"((?:0[1-9]|[1-7]\d|8[01])\d{3})", "", "34710"),
    "UA": Shape("Ukraine", _FIVE, "", "01001"),
    "US": Shape("the United States", r"(\d{5})(\d{4})?", "-", "10001 or 10001-0001"),
}


def country_name(code: str) -> str:
    """The country in words where its postcodes are known, else its code."""
    return SHAPES[code].country if code in SHAPES else code


def code_of(name: str) -> str | None:
    """The code of a country written out, such as "Sweden"; None for one that is not in the table."""
    wanted = name.casefold().removeprefix("the ")
    return next((code for code, s in SHAPES.items() if s.country.casefold().removeprefix("the ") == wanted), None)


def written(postcode: str, country: str) -> str | None:
    """The postcode as its country writes it, None where it has another shape there.

    >>> written("sw1a1aa", "GB"), written("1112", "SE"), written("A 12", "XG")
    ('SW1A 1AA', None, 'A 12')
    """
    shape = SHAPES.get(country)
    if shape is None:
        return postcode
    compact = re.sub(r"[\s-]", "", postcode).upper()
    match = re.fullmatch(shape.pattern, compact, re.ASCII)
    return shape.between.join(part for part in match.groups() if part) if match else None
