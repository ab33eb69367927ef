"""SQL of the list's search: any part of a word, phone and account numbers however they are spaced."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from crmdesk.domain.customer import digits, fold
from crmdesk.store.queries.filters import Where
from crmdesk.store.tables.product import PLAIN_NUMBER

SEARCHED: Final = ("number", "name_folded", "email_folded", "city_folded", "phone_digits")
_TRIGRAM: Final = 3  # the search table finds parts of at least three characters
_TAIL: Final = 4  # this many last signs of an account number name few accounts
_ACCOUNT: Final = re.compile(r"[A-Z0-9]*[0-9][A-Z0-9]*", re.ASCII)


def add_search(where: Where, text: str, columns: Sequence[str], *, accounts: bool = False) -> None:
    """Each word must occur in one of the columns; a text of digits is one number, however it is spaced.

    `accounts`: or the whole text is the beginning, or the last four signs or more, of an account's number.
    """
    words = _words(fold(text.replace("\0", " ")))
    short = [w for w in words if len(w) < _TRIGRAM]
    parts = [w for w in words if len(w) >= _TRIGRAM]
    conditions = [_prefix(where, w, columns) for w in short]
    if parts:
        conditions.append(f"id IN ({_holding(where, parts, columns)})")
    number = re.sub(r"[\s.-]", "", text).upper()
    if accounts and len(number) >= _TAIL and _ACCOUNT.fullmatch(number):
        people = f"SELECT id FROM customer WHERE {' AND '.join(conditions)}"
        if not short and parts:
            people = _holding(where, parts, columns)  # no row of a customer is read before it is found
        where.add(f"id IN ({people} UNION ALL {_holders(where, number)})")
    else:
        for condition in conditions:
            where.add(condition)


def _words(folded: str) -> list[str]:
    only_digits = digits(folded)
    if only_digits and not folded.strip("0123456789 +-()/."):
        return [only_digits]
    return folded.split()


def _holders(where: Where, number: str) -> str:
    """Who holds an account, or may use one, whose number begins or ends so; by two indexes over numbers."""
    low, high, tail = where.name(number), where.name(number + "\U0010ffff"), where.name(number[-_TAIL:])
    ends = f"substr({PLAIN_NUMBER}, -{len(number)}) = {low}"
    return (
        "SELECT customer_id FROM holding WHERE account_id IN ("
        f"SELECT id FROM account WHERE {PLAIN_NUMBER} >= {low} AND {PLAIN_NUMBER} < {high} UNION "
        f"SELECT id FROM account WHERE substr({PLAIN_NUMBER}, -{_TAIL}) = {tail} AND {ends})"
    )


def _holding(where: Where, words: Sequence[str], columns: Sequence[str]) -> str:
    """Ids of the rows that hold every word somewhere in the columns, by the index alone.

    LIKE on the search table would walk the index once for each column, and takes % and _ as wildcards.
    """
    phrases = " AND ".join('"' + w.replace('"', '""') + '"' for w in words)
    only = "" if len(columns) == len(SEARCHED) else "{" + " ".join(columns) + "} : "
    return f"SELECT rowid FROM customer_search WHERE customer_search MATCH {where.name(f'{only}({phrases})')}"


def _prefix(where: Where, word: str, columns: Sequence[str]) -> str:
    """One or two characters: the beginning of an indexed column."""
    ranges = []
    for column in set(columns) & {"number", "name_folded", "city_folded"}:
        start = word.upper() if column == "number" else word
        low, high = where.name(start), where.name(start + "\U0010ffff")
        ranges.append(f"SELECT id FROM customer WHERE {column} >= {low} AND {column} < {high}")
    return f"id IN ({' UNION '.join(sorted(ranges))})"
