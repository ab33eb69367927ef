"""Facts of the list's further columns, for the customers of one block."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Final

# Column key to its expression; each is read by the customer's key, so a block costs the same in any bank.
EXPRESSIONS: Final[dict[str, str]] = {
    "kind": "kind",
    "branch": "(SELECT name FROM branch WHERE branch.id = branch_id)",
    "manager": "(SELECT name FROM staff WHERE staff.id = manager_id)",
    "joined": "joined_on", "left": "left_on", "born": "birth_date", "country": "country", "occupation": "occupation",
    "education": "education", "source": "source", "relation_wanted": "relation_wanted", "restricted": "restricted",
    "tasks": "(SELECT count(*) FROM task WHERE task.customer_id = customer.id AND task.state = 'open')",
    "city": "city", "name": "trim(coalesce(given_name, '') || ' ' || family_name)",
    "email": "email", "phone": "phone", "street": "street", "postcode": "postcode",
}  # fmt: skip


def facts(raw: Any, wanted: Sequence[int], keys: Sequence[str]) -> dict[int, tuple[Any, ...]]:
    """The values of `keys` (of EXPRESSIONS) for each customer, as stored."""
    marks = ",".join("?" * len(wanted))
    chosen = ", ".join(EXPRESSIONS[key] for key in keys)
    rows = raw.execute(f"SELECT id, {chosen} FROM customer WHERE id IN ({marks})", list(wanted))
    return {key: tuple(values) for key, *values in rows}


def own_values(raw: Any, wanted: Sequence[int]) -> dict[int, dict[str, Any]]:
    """What is written in the bank's own fields, by customer and code."""
    marks = ",".join("?" * len(wanted))
    rows = raw.execute(f"SELECT id, custom FROM customer WHERE custom IS NOT NULL AND id IN ({marks})", list(wanted))
    return {key: json.loads(text) or {} for key, text in rows}
