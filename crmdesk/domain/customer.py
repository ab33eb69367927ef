"""Words and rules of a customer: kinds, the name people read, and the folded forms that search compares."""

from __future__ import annotations

import unicodedata
from typing import Final

KINDS: Final = ("person", "company")
GENDERS: Final = ("female", "male", "other", "unknown")
PRODUCT_FAMILIES: Final = ("current", "savings", "card", "loan", "mortgage", "insurance", "investment", "other")
RELATIONS: Final = ("brand", "bank", "none", "unknown")  # what kind of relation the customer wants
RELATION_KINDS: Final = ("guarantor", "referrer", "employer", "other")
LIFE_EVENTS: Final = ("retirement", "marriage", "birth", "move", "job", "inheritance", "death", "other")
HOUSEHOLD_ROLES: Final = ("head", "partner", "child", "member")
FIELD_KINDS: Final = ("text", "whole", "number", "date", "yes_no", "choice")
ADULT_YEARS: Final = 18
_LETTERS: Final = str.maketrans({"ß": "ss", "ı": "i", "ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe", "þ": "th"})


def fold(text: str | None) -> str:
    """Lower case without accents, so that "Yılmaz", "YILMAZ" and "yilmaz" meet.

    >>> fold("Straße Ökçün")
    'strasse okcun'
    """
    if not text:
        return ""
    low = text.casefold().translate(_LETTERS)
    return "".join(c for c in unicodedata.normalize("NFKD", low) if not unicodedata.combining(c)).strip()


def digits(text: str | None) -> str:
    """The digits of a phone number, for search by any part of it."""
    return "".join(c for c in text or "" if c.isascii() and c.isdigit())


def full_name(given: str | None, family: str) -> str:
    return f"{given} {family}" if given else family
