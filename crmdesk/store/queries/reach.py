"""Which customers lie within a person's reach, of the whole bank whoever asks."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any


def looked_after(raw: Any, staff: int | None) -> frozenset[int]:
    """The customers assigned to one of the staff."""
    return frozenset(key for (key,) in raw.execute("SELECT id FROM main.customer WHERE manager_id = ?", (staff,)))


def of_branch(raw: Any, branch: int | None, staff: int | None) -> frozenset[int]:
    """The customers of a branch, and those of other branches assigned to one of the staff."""
    rows = raw.execute("SELECT id FROM main.customer WHERE branch_id = ? OR manager_id = ?", (branch, staff))
    return frozenset(key for (key,) in rows)


def seen(raw: Any, customers: Iterable[int]) -> dict[int, str]:
    """The number of each of these customers as the connection shows it; those that it leaves out are missing."""
    rows = raw.execute(
        "SELECT id, number FROM customer WHERE id IN (SELECT value FROM json_each(?))", (json.dumps(list(customers)),)
    )
    return dict(rows.fetchall())


def living_in(raw: Any, household: int) -> list[int]:
    """Who lives in a household now."""
    rows = raw.execute("SELECT customer_id FROM main.household_member WHERE household_id = ? AND to_on IS NULL",
                       (household,))  # fmt: skip
    return [customer for (customer,) in rows]


def rows_of(raw: Any, deed: int) -> dict[str, dict[int, int | None]]:
    """The rows that a deed changed, by table, each with the internal key of its customer."""
    found: dict[str, dict[int, int | None]] = {}
    wanted = "SELECT DISTINCT table_name, row_id, customer_id FROM main.field_change WHERE deed_id = ?"
    for table, row, customer in raw.execute(wanted, (deed,)):
        found.setdefault(table, {})[row] = customer
    return found


def handed_by(raw: Any, table: str, staff: int | None) -> set[int]:
    """The tasks that one of the staff handed over to a colleague; nothing else is handed over."""
    if table != "task":
        return set()
    return {key for (key,) in raw.execute("SELECT id FROM main.task WHERE handed_from = ?", (staff,))}
