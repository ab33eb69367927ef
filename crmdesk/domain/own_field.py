"""Fields that a bank adds to its customers: what they may be called, and how their values are read and written."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import Any, Final

from crmdesk.domain import contact_rules
from crmdesk.domain.contact_rules import Unfit, quoted

PREFIX: Final = "custom."  # how a field of the bank's own is named among the others
TAGS: Final = ("plain", "contact", "protected", "finance", "behaviour", "text")
FIELDS_AT_MOST: Final = 100
TEXT_AT_MOST: Final = 500
CHOICES_AT_MOST: Final = 200
_CODE: Final = re.compile(r"[a-z][a-z0-9_]{0,31}", re.ASCII)
_WHOLE: Final = re.compile(r"[+-]?[0-9]{1,15}", re.ASCII)
_NUMBER: Final = re.compile(r"[+-]?[0-9]{1,15}(?:\.[0-9]{1,9})?", re.ASCII)
_YES: Final = {"yes": True, "no": False}


def check_code(code: str) -> str:
    """The code, or Unfit."""
    if not _CODE.fullmatch(code):
        raise Unfit(
            f"{quoted(code)} cannot be a field's code; use small letters, digits and _, beginning with a letter."
        )
    return code


def check_title(title: str) -> str:
    """The title without surrounding spaces, or Unfit."""
    kept = line(title, 60)
    if not kept:
        raise Unfit("The field has no title; give it the words that people will read.")
    return kept


def check_choices(kind: str, choices: Sequence[str]) -> list[str]:
    """The choices of a choice field, none of any other kind. Raises Unfit."""
    kept = [line(choice, 80) for choice in choices]
    if kind != "choice":
        if any(kept):
            raise Unfit("Only a field of the kind choice has choices; leave them out.")
        return []
    if len(kept) < 2 or not all(kept):
        raise Unfit("A choice needs at least two values to choose from, one a line and none of them empty.")
    if len(kept) > CHOICES_AT_MOST:
        raise Unfit(f"A choice takes at most {CHOICES_AT_MOST} values, not {len(kept)}.")
    folded = [choice.casefold() for choice in kept]
    twice = next((c for c, f in zip(kept, folded, strict=True) if folded.count(f) > 1), None)
    if twice is not None:
        raise Unfit(f"{quoted(twice)} stands among the choices twice; keep one.")
    return kept


def line(text: str, most: int) -> str:
    """One line of text without surrounding spaces; Unfit where it is longer or holds control characters."""
    kept = text.strip()
    if any(not c.isprintable() for c in kept):
        raise Unfit("The text holds a line break or another character that cannot be shown; take it out.")
    if len(kept) > most:
        raise Unfit(f"The text has {len(kept)} characters, at most {most} can be kept; shorten it.")
    return kept


def read(kind: str, choices: Sequence[str], text: str) -> Any:
    """The value of typed text: str, int, float, ISO day or bool; None where it is empty. Raises Unfit."""
    given = text.strip()
    if not given:
        return None
    if kind == "text":
        return line(given, TEXT_AT_MOST)
    if kind == "whole":
        if not _WHOLE.fullmatch(given):
            raise Unfit(f"{quoted(given)} is not a whole number; write digits only, such as 12.")
        return int(given)
    if kind == "number":
        if not _NUMBER.fullmatch(given):
            raise Unfit(f"{quoted(given)} is not a number; write it with a point and no grouping, such as 1250.5.")
        return int(given) if given.lstrip("+-").isdigit() else float(given)
    if kind == "date":
        return contact_rules.day(given).isoformat()
    if kind == "yes_no":
        if given.lower() not in _YES:
            raise Unfit(f"{quoted(given)} is neither yes nor no; write one of them.")
        return _YES[given.lower()]
    return _choice(choices, given)


def _choice(choices: Sequence[str], given: str) -> str:
    found = {choice.casefold(): choice for choice in choices}.get(given.casefold())
    if found is None:
        raise Unfit(f"{quoted(given)} is not one of the choices: {', '.join(choices)}.")
    return found


def written(value: Any) -> str:
    """A kept value as the text that `read` takes."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.9f}".rstrip("0").rstrip(".")
    return value.isoformat() if isinstance(value, date) else str(value)
