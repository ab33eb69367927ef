"""SQL of the list's search: any part of a word, numbers however they are spaced."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from crmdesk.domain.customer import digits, fold
from crmdesk.store.queries.filters import Where

SEARCHED: Final = ("number", "name_folded", "email_folded", "city_folded", "phone_digits")
_TRIGRAM: Final = 3  # the search table finds parts of at least three characters


def add_search(where: Where, text: str, columns: Sequence[str]) -> None:
    """Each word must occur in one of the columns; a text of digits is one number, however it is spaced."""
    folded = fold(text)
    only_digits = digits(folded)
    if only_digits and not folded.strip("0123456789 +-()/."):
        words = [only_digits]
    else:
        words = folded.split()
    for word in words:
        if len(word) < _TRIGRAM:
            where.add(_prefix(where, word, columns))
        else:
            where.add(_part(where, word, columns))


def _part(where: Where, word: str, columns: Sequence[str]) -> str:
    """Rows that hold all trigrams of the word, in one pass over the index; of those, the ones that hold the word.

    LIKE on the search table would walk the index once for each column, and takes % and _ as wildcards.
    """
    trigrams = sorted({word[i : i + _TRIGRAM] for i in range(len(word) - _TRIGRAM + 1)})
    match = where.name(" AND ".join('"' + t.replace('"', '""') + '"' for t in trigrams))
    exact = where.name(word)
    held = " OR ".join(f"instr(lower({c}), {exact})" for c in columns)
    return f"(id IN (SELECT rowid FROM customer_search WHERE customer_search MATCH {match}) AND ({held}))"


def _prefix(where: Where, word: str, columns: Sequence[str]) -> str:
    """One or two characters: the beginning of an indexed column."""
    ranges = []
    for column in set(columns) & {"number", "name_folded", "city_folded"}:
        start = word.upper() if column == "number" else word
        low, high = where.name(start), where.name(start + "\U0010ffff")
        ranges.append(f"SELECT id FROM customer WHERE {column} >= {low} AND {column} < {high}")
    return f"id IN ({' UNION '.join(sorted(ranges))})"
