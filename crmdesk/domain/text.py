"""Text on its way to a spreadsheet and back: no cell of a file may act as a formula."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

_SIGNS: Final = ("=", "+", "-", "@", "\t", "\r", "\0")  # spreadsheets take what begins so for a formula, or skip it
_GUARDED: Final = tuple(f"'{sign}" for sign in _SIGNS)


def guard(text: str) -> str:
    """The text with a leading apostrophe where a spreadsheet would run it.

    >>> guard("=1+1"), guard("plain")
    ("'=1+1", 'plain')
    """
    return f"'{text}" if text.startswith(_SIGNS) else text


def unguard(text: str) -> str:
    """The text that `guard` was given; an apostrophe before anything else stays.

    >>> unguard("'=1+1"), unguard("'s-Gravenhage")
    ('=1+1', "'s-Gravenhage")
    """
    return text[1:] if text.startswith(_GUARDED) else text


def sql_words(words: Iterable[str]) -> str:
    """Fixed words of the program as a list of SQL literals: 'a', 'b'."""
    return ", ".join(f"'{word}'" for word in words)
