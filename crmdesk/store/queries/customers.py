"""SQL of the customer list: a filter and a search compiled to one id query, and the facts of one block of rows."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from crmdesk.domain.errors import BadInput
from crmdesk.domain.filter import Chip
from crmdesk.jobs.progress import Cancelled
from crmdesk.store.queries.filters import LAST_ACTIVE, LAST_MONTH, SHOWN, Where, add_chips, allow_segments
from crmdesk.store.queries.search import add_search, key_of_pseudonym
from crmdesk.store.queries.search import order as meant_first
from crmdesk.store.queries.sight import EVERYTHING, Sight
from crmdesk.store.scope_rules import HELD_BAND

_SLICE: Final = 1 << 20  # characters parsed at once, so that no other thread waits long
_PACK: Final = 500  # ids named in one statement
_STEPS: Final = 20_000  # virtual machine steps between two looks at the cancel flag
# What the customer holds at the bank: the newest balance of each own account that is not a debt or a policy.
HELD: Final = ("current", "savings", "investment")
_NEWEST: Final = (
    "(SELECT coalesce(b.end, b.average) FROM balance_month b WHERE b.account_id = a.id ORDER BY b.month DESC LIMIT 1)"
)
_OWNED: Final = (
    "FROM holding h JOIN account a ON a.id = h.account_id JOIN product p ON p.id = a.product_id"
    f" WHERE h.role = 'owner' AND a.closed_on IS NULL AND p.family IN {HELD}"
)
_SEGMENT: Final = (
    "(SELECT s.name FROM segment_membership m JOIN segment s ON s.id = m.segment_id"
    " WHERE m.customer_id = customer.id AND m.run_id = (SELECT max(run_id) FROM segment)"
    f" AND m.customer_id IN ({SHOWN}))"
)
# Every order ends with the id, so that equal rows keep their places.
SORTS: Final[dict[str, str]] = {
    "number": "number", "name": "name_folded", "city": "city_folded", "segment": _SEGMENT,
    "value": f"(SELECT sum({_NEWEST}) {_OWNED} AND h.customer_id = customer.id)",
    "active": LAST_ACTIVE, "joined": "joined_on",
}  # fmt: skip


def id_of(raw: Any, number: str) -> int:
    """The internal key of a customer number, or of a pseudonym where the connection shows those.

    BadInput where it shows none such.
    """
    found = key_of(raw, number)
    if found is None:
        raise BadInput(f"No customer has the number {number}; check it, then try again.")
    return found


def key_of(raw: Any, number: str) -> int | None:
    """As `id_of`, None where the connection shows no such number."""
    found, key = None, key_of_pseudonym(number)
    if key is not None:  # by the key: no index holds a pseudonym
        found = raw.execute("SELECT id FROM customer WHERE id = ? AND number = upper(?)", (key, number)).fetchone()
    found = found or raw.execute("SELECT id FROM customer WHERE number = ?", (number,)).fetchone()
    return int(found[0]) if found else None


def ids(
    raw: Any, text: str, chips: Sequence[Chip], sort: str, descending: bool, at: datetime, *,
    sight: Sight = EVERYTHING, limit: int | None = None, cancel: Callable[[], bool] = lambda: False,
) -> NDArray[np.int64]:  # fmt: skip
    """Ids of all who match, in order, at most `limit`. Raises Cancelled.

    Nothing is looked for, and nobody put in order, by what `sight` leaves out: there the order is that of the numbers.
    """
    if sort not in SORTS:
        raise BadInput(f"'{sort}' is not a column to sort by; choose one of {', '.join(SORTS)}.")
    where = Where()
    if sight.within != "1":
        where.add(sight.within)
    key = key_of_pseudonym(text) if sight.pseudonym else None
    if key is not None:
        where.add(f"id = {where.name(key)}")
    else:
        add_search(where, text, sight.columns, accounts=sight.accounts)
    add_chips(raw, where, chips, at, sight)
    way = "DESC" if descending else "ASC"
    order = f"{_order(sort, sight)} {way}, id {way}"
    if sort == "name" and not descending and (first := meant_first(where, text, sight.columns)):
        order = f"{first}, {order}"
    allowed = ""
    if sort == "segment" or any(chip.field == "segment" for chip in chips):
        allowed = allow_segments(raw, where, at)
    most = "" if limit is None else f" LIMIT {int(limit)}"
    inner = f"SELECT id FROM customer{where.sql()} ORDER BY {order}{most}".replace(SHOWN, allowed)
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


def _order(sort: str, sight: Sight) -> str:
    """The expression to sort by; what is not seen would be spelled by its order."""
    if (sort == "name" and not sight.names) or (sort == "city" and not sight.contact):
        sort = "number"
    if sort == "number" and sight.pseudonym:
        return "id"
    if sort == "value" and sight.bands:
        return f"(SELECT low FROM {HELD_BAND} WHERE customer_id = customer.id)"
    return LAST_MONTH if sort == "active" and sight.months else SORTS[sort]


def there(raw: Any, wanted: Sequence[int]) -> NDArray[np.int64]:
    """Those of `wanted` that exist, in the order given."""
    found: set[int] = set()
    for start in range(0, len(wanted), _PACK):
        pack = [int(key) for key in wanted[start : start + _PACK]]
        marks = ",".join("?" * len(pack))
        found |= {key for (key,) in raw.execute(f"SELECT id FROM customer WHERE id IN ({marks})", pack)}
    return np.array([key for key in wanted if key in found], dtype=np.int64)


def _parse(text: str) -> NDArray[np.int64]:
    parts, start = [], 0
    while start < len(text):
        stop = text.find(" ", start + _SLICE)
        stop = len(text) if stop < 0 else stop
        parts.append(np.fromstring(text[start:stop], dtype=np.int64, sep=" "))
        start = stop
    return np.concatenate(parts) if parts else np.empty(0, np.int64)


def block(raw: Any, wanted: Sequence[int], sight: Sight = EVERYTHING) -> list[tuple[Any, ...]]:
    """(id, number, given, family, city, restricted, last active in epoch seconds) of some, in no order."""
    marks = ",".join("?" * len(wanted))
    return list(raw.execute(
        f"SELECT id, number, given_name, family_name, city, restricted, {LAST_MONTH if sight.months else LAST_ACTIVE}"
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


def value_bands(raw: Any, wanted: Sequence[int]) -> dict[int, tuple[int, str]]:
    """The lower edge of the band of what each holds, as (minor units, currency), for who sees bands alone."""
    marks = ",".join("?" * len(wanted))
    rows = raw.execute(
        f"SELECT customer_id, low, currency FROM {HELD_BAND} WHERE customer_id IN ({marks})", list(wanted)
    )
    return {customer: (low, currency) for customer, low, currency in rows}


def reached(raw: Any, wanted: Sequence[int], condition: str) -> set[int]:
    """Those of some customers whom a condition on `customer` takes."""
    marks = ",".join("?" * len(wanted))
    return {key for (key,) in raw.execute(f"SELECT id FROM customer WHERE id IN ({marks}) AND {condition}", wanted)}


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


def further_choices(raw: Any) -> dict[str, list[tuple[str, str]]]:
    """(value, label) of what customers have written: managers, countries and sources that occur."""

    def written(column: str) -> list[tuple[str, str]]:
        rows = raw.execute(f"SELECT DISTINCT {column} FROM customer WHERE coalesce({column}, '') <> '' ORDER BY 1")
        return [(value, value) for (value,) in rows]

    staff = raw.execute("SELECT login, name FROM staff ORDER BY name, login").fetchall()
    return {"manager": staff, "country": written("country"), "source": written("source")}
