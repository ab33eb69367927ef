"""SQL of the customer list: a filter and a search compiled to one id query, and the facts of one block of rows."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from crmdesk.domain.customer import digits, fold
from crmdesk.domain.errors import BadInput
from crmdesk.domain.filter import Chip
from crmdesk.jobs.progress import Cancelled
from crmdesk.store.queries import permissions as ledger
from crmdesk.store.queries import segments

_SEARCHED: Final = ("number", "name_folded", "email_folded", "city_folded", "phone_digits")
_TRIGRAM: Final = 3  # the search table finds parts of at least three characters
_SLICE: Final = 1 << 20  # characters parsed at once, so that no other thread waits long
_STEPS: Final = 20_000  # virtual machine steps between two looks at the cancel flag
_ACTIVITY: Final = "(initiated_by = 'customer' OR response IN ('accepted', 'interested', 'declined'))"
LAST_ACTIVE: Final = (
    f"(SELECT occurred_s FROM interaction WHERE customer_id = customer.id AND {_ACTIVITY}"
    " ORDER BY occurred_s DESC LIMIT 1)"
)
# What the customer holds at the bank: the newest balance of each own account that is not a debt or a policy.
HELD: Final = ("current", "savings", "investment")
_NEWEST: Final = (
    "(SELECT coalesce(b.end, b.average) FROM balance_month b WHERE b.account_id = a.id ORDER BY b.month DESC LIMIT 1)"
)
_OWNED: Final = (
    "FROM holding h JOIN account a ON a.id = h.account_id JOIN product p ON p.id = a.product_id"
    f" WHERE h.role = 'owner' AND a.closed_on IS NULL AND p.family IN {HELD}"
)
_SHOWN: Final = "{shown}"  # stands for the ids whose segment may be shown now
_SEGMENT: Final = (
    "(SELECT s.name FROM segment_membership m JOIN segment s ON s.id = m.segment_id"
    " WHERE m.customer_id = customer.id AND m.run_id = (SELECT max(run_id) FROM segment)"
    f" AND m.customer_id IN ({_SHOWN}))"
)
# Every order ends with the id, so that equal rows keep their places.
SORTS: Final[dict[str, str]] = {
    "number": "number", "name": "name_folded", "city": "city_folded", "segment": _SEGMENT,
    "value": f"(SELECT sum({_NEWEST}) {_OWNED} AND h.customer_id = customer.id)",
    "active": LAST_ACTIVE, "joined": "joined_on",
}  # fmt: skip


@dataclass
class Where:
    """Conditions joined by AND, with their parameters."""

    conditions: list[str] = field(default_factory=list)
    parameters: dict[str, Any] = field(default_factory=dict)

    def add(self, condition: str, **parameters: Any) -> None:
        self.conditions.append(condition)
        self.parameters.update(parameters)

    def name(self, value: Any) -> str:
        """A fresh parameter for `value`."""
        name = f"p{len(self.parameters)}"
        self.parameters[name] = value
        return f":{name}"

    def names(self, values: Sequence[Any]) -> str:
        return ", ".join(self.name(v) for v in values)

    def sql(self) -> str:
        return f" WHERE {' AND '.join(self.conditions)}" if self.conditions else ""


def id_of(raw: Any, number: str) -> int:
    """The internal key of a customer number; BadInput where the bank has none such."""
    found = raw.execute("SELECT id FROM customer WHERE number = ?", (number,)).fetchone()
    if found is None:
        raise BadInput(f"No customer has the number {number}; check it, then try again.")
    return int(found[0])


def ids(raw: Any, text: str, chips: Sequence[Chip], sort: str, descending: bool, at: datetime, *,
        contact: bool = True, cancel: Callable[[], bool] = lambda: False) -> NDArray[np.int64]:  # fmt: skip
    """Ids of all who match, in order. `contact=False` searches numbers only. Raises Cancelled."""
    if sort not in SORTS:
        raise BadInput(f"'{sort}' is not a column to sort by; choose one of {', '.join(SORTS)}.")
    where = Where()
    _search(where, text, _SEARCHED if contact else _SEARCHED[:1])
    for chip in chips:
        _chip(where, chip, at)
    way = "DESC" if descending else "ASC"
    order = f"{SORTS[sort]} {way}, id {way}"
    allowed = ""
    if sort == "segment" or any(chip.field == "segment" for chip in chips):
        allowed, parameters = segments.shown(raw, at)
        where.parameters.update(parameters)
    inner = f"SELECT id FROM customer{where.sql()} ORDER BY {order}".replace(_SHOWN, allowed)
    raw.set_progress_handler(lambda: int(cancel()), _STEPS)
    try:
        # One text for all ids: a million rows handed over one by one would hold up every other thread.
        text_of_ids = raw.execute(f"SELECT group_concat(id, ' ') FROM ({inner})", where.parameters).fetchone()[0]
    except Exception as error:
        if "interrupt" in str(error).lower():
            raise Cancelled from error
        raise
    finally:
        raw.set_progress_handler(None, 0)
    return _parse(text_of_ids or "")


def _parse(text: str) -> NDArray[np.int64]:
    parts, start = [], 0
    while start < len(text):
        stop = text.find(" ", start + _SLICE)
        stop = len(text) if stop < 0 else stop
        parts.append(np.fromstring(text[start:stop], dtype=np.int64, sep=" "))
        start = stop
    return np.concatenate(parts) if parts else np.empty(0, np.int64)


def _search(where: Where, text: str, columns: Sequence[str]) -> None:
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


def _chip(where: Where, chip: Chip, at: datetime) -> None:
    if chip.field == "joined":
        where.add(f"joined_on {'>=' if chip.op == 'from' else '<'} {where.name(chip.values[0])}")
        return
    if chip.field == "active":
        seconds = int(ledger.moment(chip.values[0]).timestamp())
        sign = ">=" if chip.op == "from" else "<"
        where.add(f"{LAST_ACTIVE} {sign} {where.name(seconds)}")
        return
    no = "NOT " if chip.op == "is_not" else ""
    if chip.field == "marketing":
        reached = " UNION ".join(f"SELECT * FROM ({_permitted(where, c, at)})" for c in chip.values)
        where.add(f"{no}id IN ({reached})")
        return
    values = where.names(chip.values)
    condition = {
        "kind": f"kind IN ({values})",
        "branch": f"branch_id IN (SELECT id FROM branch WHERE code IN ({values}))",
        "segment": "id IN (SELECT m.customer_id FROM segment_membership m JOIN segment s ON s.id = m.segment_id"
                   f" WHERE m.run_id = (SELECT max(run_id) FROM segment) AND s.code IN ({values})"
                   f" AND m.customer_id IN ({_SHOWN}))",
        "product": "id IN (SELECT h.customer_id FROM holding h JOIN account a ON a.id = h.account_id"
                   " JOIN product p ON p.id = a.product_id"
                   f" WHERE a.closed_on IS NULL AND h.role = 'owner' AND p.family IN ({values}))",
    }[chip.field]  # fmt: skip
    where.add(f"{no}{condition}")


def _permitted(where: Where, channel: str, at: datetime) -> str:
    sql, parameters = ledger.permitted("marketing", channel, at)
    # The channel differs from chip value to chip value; time and purpose are the same in all.
    named = where.name(channel)
    where.parameters.update({k: v for k, v in parameters.items() if k != "channel"})
    return sql.replace(":channel", named)


def block(raw: Any, wanted: Sequence[int]) -> list[tuple[Any, ...]]:
    """(id, number, given, family, city, restricted, last active in epoch seconds) of some, in no order."""
    marks = ",".join("?" * len(wanted))
    return list(raw.execute(
        f"SELECT id, number, given_name, family_name, city, restricted, {LAST_ACTIVE}"
        f" FROM customer WHERE id IN ({marks})",
        list(wanted),
    ))  # fmt: skip


def values(raw: Any, wanted: Sequence[int]) -> dict[int, tuple[int, str]]:
    """What each customer holds, as (minor units, currency); those with several currencies are left out."""
    marks = ",".join("?" * len(wanted))
    rows = raw.execute(
        f"SELECT h.customer_id, sum({_NEWEST}), min(a.currency), max(a.currency) {_OWNED}"
        f" AND h.customer_id IN ({marks}) GROUP BY h.customer_id", list(wanted),
    )  # fmt: skip
    return {c: (total, low) for c, total, low, high in rows if total is not None and low == high}


def segment_names(raw: Any, wanted: Sequence[int]) -> dict[int, str]:
    """Name of each customer's segment in the latest run that made segments."""
    marks = ",".join("?" * len(wanted))
    return dict(raw.execute(
        "SELECT m.customer_id, s.name FROM segment_membership m JOIN segment s ON s.id = m.segment_id"
        f" WHERE m.run_id = (SELECT max(run_id) FROM segment) AND m.customer_id IN ({marks})", list(wanted),
    ))  # fmt: skip


def choices(raw: Any) -> dict[str, list[tuple[str, str]]]:
    """(value, label) of the fields whose values come from the bank: branches, and segments of the latest run."""
    branches = raw.execute("SELECT code, name FROM branch ORDER BY name").fetchall()
    segments = raw.execute(
        "SELECT code, name FROM segment WHERE run_id = (SELECT max(run_id) FROM segment) AND size > 0 ORDER BY code"
    ).fetchall()
    return {"branch": branches, "segment": segments}
