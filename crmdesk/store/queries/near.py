"""SQL of near names: whose name shares most trigrams with a misspelled word, by the search index alone."""

from __future__ import annotations

from typing import Any, Final

_CANDIDATES: Final = 200  # rows compared letter by letter afterwards
_POSTINGS: Final = 20_000  # rows of one trigram looked at, so that a common one costs no more in a large bank
_TRIGRAM: Final = 3


def trigrams(word: str) -> list[str]:
    """Each three letters in a row, once.

    >>> trigrams("anna")
    ['ann', 'nna']
    """
    return list(dict.fromkeys(word[at : at + _TRIGRAM] for at in range(len(word) - _TRIGRAM + 1)))


def candidates(raw: Any, word: str) -> list[tuple[str, str]]:
    """(given, family name) of those whose names share most trigrams with a folded word, at most 200."""
    parts = trigrams(word)
    if not parts:
        return []
    one = "SELECT rowid FROM (SELECT rowid FROM customer_search WHERE customer_search MATCH ? LIMIT ?)"
    held = " UNION ALL ".join([one] * len(parts))
    phrases = ['name_folded : "' + part.replace('"', '""') + '"' for part in parts]
    rows = raw.execute(
        "SELECT coalesce(c.given_name, ''), c.family_name FROM ("
        f"SELECT rowid AS id, count(*) AS shared FROM ({held}) GROUP BY rowid ORDER BY shared DESC, id LIMIT ?"
        ") found JOIN customer c ON c.id = found.id ORDER BY found.shared DESC, c.id",
        [value for phrase in phrases for value in (phrase, _POSTINGS)] + [_CANDIDATES],
    )
    return [(given, family) for given, family in rows]
