"""SQL of the list's search: any part of a word, phone and account numbers however they are spaced."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import Any, Final

from crmdesk.domain.customer import digits, fold
from crmdesk.store.queries.filters import Where
from crmdesk.store.queries.sight import SEARCHED
from crmdesk.store.scope import PSEUDONYM
from crmdesk.store.tables.product import PLAIN_NUMBER

_TRIGRAM: Final = 3  # the search table finds parts of at least three characters
_TAIL: Final = 4  # this many last signs of an account number name few accounts
_SUBSCRIBER: Final = 6  # digits of a phone number without its zero, at least
_SPELLED: Final = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})
_PAIRS: Final = re.compile("([aou])e")
_ACCOUNT: Final = re.compile(r"[A-Z0-9]*[0-9][A-Z0-9]*", re.ASCII)
_PSEUDONYM: Final = re.compile(f"{PSEUDONYM}([0-9]{{1,18}})", re.ASCII | re.IGNORECASE)


def add_search(where: Where, text: str, columns: Sequence[str], *, accounts: bool = False) -> None:
    """Each word must occur in one of the columns; a text of digits is one number, however it is spaced.

    `accounts`: or the whole text is the beginning, or the last four signs or more, of an account's number.
    Without a column nobody is found.
    """
    if text.strip() and not columns:
        where.add("0")
        return
    words = _words(text.replace("\0", " "))
    short = [w for w, *_ in words if len(w) < _TRIGRAM]
    parts = [forms for forms in words if len(forms[0]) >= _TRIGRAM]
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


def key_of_pseudonym(text: str) -> int | None:
    """The internal key that a pseudonym names; None where the text is none.

    >>> key_of_pseudonym(" p-4711 "), key_of_pseudonym("C-000001")
    (4711, None)
    """
    found = _PSEUDONYM.fullmatch(text.strip())
    return int(found[1]) if found else None


def order(where: Where, text: str, columns: Sequence[str]) -> str:
    """For a number that was typed, who is meant first: whose phone ends so, then numbers, accounts, and the middles.

    An expression to sort by, "" for words.
    """
    typed = number_of(text)
    if len(typed) < _TRIGRAM or "number" not in columns:
        return ""
    name = where.name(typed)
    ends = f"substr(number, -{len(typed)}) = {name}"
    if "phone_digits" not in columns:  # an order would spell what this person may not read
        return f"CASE WHEN {ends} THEN 1 WHEN instr(number, {name}) THEN 2 ELSE 3 END"
    home = national(typed)
    phone = f"substr(phone_digits, -{len(home)}) = {where.name(home)}"
    return (
        f"CASE WHEN {phone} THEN 0 WHEN {ends} THEN 1 WHEN instr(number, {name}) THEN 2"
        f" WHEN instr(phone_digits, {name}) THEN 4 ELSE 3 END"
    )


def reasons(raw: Any, wanted: Sequence[int], text: str, *, contact: bool, accounts: bool) -> dict[int, str]:
    """Why a typed number found each of `wanted`, where the list does not show it: "phone ends 8491"."""
    typed = number_of(text)
    account = re.sub(r"[\s.-]", "", text).upper()
    found: dict[int, str] = {}
    marks = ",".join("?" * len(wanted))
    if accounts and len(account) >= _TAIL and _ACCOUNT.fullmatch(account):
        rows = raw.execute(
            f"SELECT h.customer_id, {PLAIN_NUMBER} FROM holding h JOIN account ON account.id = h.account_id"
            f" WHERE h.customer_id IN ({marks})", list(wanted),
        )  # fmt: skip
        for key, number in rows:
            if number.endswith(account) or number.startswith(account):
                found[key] = f"account {'ends' if number.endswith(account) else 'begins'} {account}"
    if contact and len(typed) >= _TRIGRAM:
        home = national(typed)
        rows = raw.execute(f"SELECT id, phone_digits FROM customer WHERE id IN ({marks})", list(wanted))
        for key, phone in rows:
            if (phone or "").endswith(home):
                found[key] = f"phone ends {home}"
            elif typed in (phone or ""):
                found.setdefault(key, f"phone has {typed}")
    return found


def number_of(text: str) -> str:
    """The digits of a text that is one number however it is spaced, else ""."""
    folded = fold(text.replace("\0", " "))
    return "" if folded.strip("0123456789 +-()/.") else digits(folded)


def national(number: str) -> str:
    """A phone's digits without the zeros dialled inside a country, which the kept number has not.

    >>> national("0202498491"), national("0012")
    ('202498491', '0012')
    """
    short = number.lstrip("0")
    return short if len(short) >= _SUBSCRIBER else number


def _words(text: str) -> list[tuple[str, ...]]:
    """Each word in the ways it may be kept, the folded one first; umlauts are written as one letter or as two."""
    number = number_of(text)
    if number:
        return [tuple(dict.fromkeys((number, national(number))))]
    spelled = fold(unicodedata.normalize("NFC", text).casefold().translate(_SPELLED)).split()
    folded = fold(text).split()
    if len(spelled) != len(folded):
        spelled = folded
    return [
        tuple(
            dict.fromkeys(form for form in (one, two, _PAIRS.sub(r"\1", one)) if form == one or len(form) >= _TRIGRAM)
        )
        for one, two in zip(folded, spelled, strict=True)
    ]


def _holders(where: Where, number: str) -> str:
    """Who holds an account, or may use one, whose number begins or ends so; by two indexes over numbers."""
    low, high, tail = where.name(number), where.name(number + "\U0010ffff"), where.name(number[-_TAIL:])
    ends = f"substr({PLAIN_NUMBER}, -{len(number)}) = {low}"
    return (
        "SELECT customer_id FROM holding WHERE account_id IN ("
        f"SELECT id FROM account WHERE {PLAIN_NUMBER} >= {low} AND {PLAIN_NUMBER} < {high} UNION "
        f"SELECT id FROM account WHERE substr({PLAIN_NUMBER}, -{_TAIL}) = {tail} AND {ends})"
    )


def _holding(where: Where, words: Sequence[Sequence[str]], columns: Sequence[str]) -> str:
    """Ids of the rows that hold each word, in one of its ways, somewhere in the columns; by the index alone.

    LIKE on the search table would walk the index once for each column, and takes % and _ as wildcards.
    """
    phrases = " AND ".join(f"({' OR '.join(map(_phrase, forms))})" for forms in words)
    only = "" if len(columns) == len(SEARCHED) else "{" + " ".join(columns) + "} : "
    return f"SELECT rowid FROM customer_search WHERE customer_search MATCH {where.name(f'{only}({phrases})')}"


def _phrase(word: str) -> str:
    return '"' + word.replace('"', '""') + '"'


def _prefix(where: Where, word: str, columns: Sequence[str]) -> str:
    """One or two characters: the beginning of an indexed column."""
    ranges = []
    for column in set(columns) & {"number", "name_folded", "city_folded"}:
        start = word.upper() if column == "number" else word
        low, high = where.name(start), where.name(start + "\U0010ffff")
        ranges.append(f"SELECT id FROM customer WHERE {column} >= {low} AND {column} < {high}")
    return f"id IN ({' UNION '.join(sorted(ranges))})"
