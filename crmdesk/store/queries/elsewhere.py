"""What changed in a bank since somebody looked: the newest key of each table that only grows tells it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from crmdesk.domain.change import ALL

# Tables whose rows are added and never changed, with what an added row makes old.
_GROWING: Final[dict[str, tuple[str, tuple[str, ...]]]] = {
    "permission_event": ("seq", ("permission_event",)),
    "field_change": ("id", ()),  # names its tables and rows itself
    "interaction": ("id", ("interaction",)),
    "document": ("id", ("document",)),
    "notice": ("id", ("notice",)),
    "run": ("id", ("run", "segment", "segment_membership")),
    "recommended_action": ("id", ("recommended_action",)),
    "import_batch": (
        "id",
        ("customer", "interaction", "permission_event", "holding", "account", "balance_month", "contact"),
    ),
}
_NEWEST: Final = "SELECT change_no, " + ", ".join(
    f"(SELECT coalesce(max({key}), 0) FROM {table})" for table, (key, _) in _GROWING.items()
)
MANY: Final = 5_000  # rows of one table above which no page looks for its own among them


@dataclass(frozen=True)
class Pulse:
    """The bank's change number, and the newest key of each growing table."""

    change_no: int
    newest: Mapping[str, int] = field(default_factory=dict)


def change_no(raw: Any) -> int:
    (found,) = raw.execute("SELECT change_no FROM bank_state").fetchone()
    return int(found)


def pulse(raw: Any) -> Pulse:
    number, *newest = raw.execute(f"{_NEWEST} FROM bank_state").fetchone()
    return Pulse(number, dict(zip(_GROWING, newest, strict=True)))


def touched(raw: Any, before: Pulse, now: Pulse) -> dict[str, frozenset[int] | str]:
    """Tables with the rows that were added or changed between two pulses, as a Change takes them."""
    found: dict[str, frozenset[int] | str] = {}
    for table, (key, makes_old) in _GROWING.items():
        first, last = before.newest.get(table, 0), now.newest[table]
        if last > first and table == "field_change":
            found |= _edited(raw, first)
        elif last > first:
            found |= dict.fromkeys(makes_old, ALL)
            if table in makes_old and last - first <= MANY:
                rows = raw.execute(f"SELECT {key} FROM {table} WHERE {key} > ?", (first,))
                found[table] = frozenset(row for (row,) in rows)
    if "permission_event" in found:
        found = {**found, "customer": _joined(found.get("customer"), _subjects(raw, before, now))}
    return found


def _edited(raw: Any, first: int) -> dict[str, frozenset[int] | str]:
    found: dict[str, set[int]] = {}
    for table, row in raw.execute("SELECT DISTINCT table_name, row_id FROM field_change WHERE id > ?", (first,)):
        found.setdefault(table, set()).add(row)
    return {table: frozenset(rows) if len(rows) <= MANY else ALL for table, rows in found.items()}


def _subjects(raw: Any, before: Pulse, now: Pulse) -> frozenset[int] | str:
    """The customers of the new permission events."""
    first, last = before.newest.get("permission_event", 0), now.newest["permission_event"]
    if last - first > MANY:
        return ALL
    rows = raw.execute("SELECT DISTINCT customer_id FROM permission_event WHERE seq > ?", (first,))
    return frozenset(row for (row,) in rows)


def _joined(one: frozenset[int] | str | None, other: frozenset[int] | str) -> frozenset[int] | str:
    if one is None:
        return other
    return one | other if isinstance(one, frozenset) and isinstance(other, frozenset) else ALL
