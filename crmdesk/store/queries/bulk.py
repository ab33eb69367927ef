"""SQL of changing one field of many customers: who would change, and why the others would not."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from crmdesk.store.journal import CUSTOM

PACK: Final = 2_000  # customers looked at, or changed, by one statement
# In the order in which the first reason that applies is given.
LEFT_OUT: Final = (
    "other branch",
    "of a colleague",
    "erased",
    "merged",
    "restricted",
    "left the bank",
    "a person",
    "a company",
    "so already",
)
_WHY: Final = """
CASE WHEN NOT coalesce({known}, 0) THEN 'other branch' WHEN NOT coalesce({mine}, 0) THEN 'of a colleague'
  WHEN EXISTS (SELECT 1 FROM permission_event e WHERE e.customer_id = c.id AND e.status = 'erased') THEN 'erased'
  WHEN c.merged_into IS NOT NULL THEN 'merged' WHEN c.restricted THEN 'restricted'
  WHEN c.left_on <= :day THEN 'left the bank' WHEN c.kind <> :kind AND :kind <> '' THEN 'a ' || c.kind
  WHEN {column} IS :value THEN 'so already' ELSE '' END
"""
_PICKED: Final = "FROM json_each(:ids) j JOIN customer c ON c.id = j.value"


@dataclass(frozen=True)
class Reach:
    """Conditions on `c`, a customer: whom a person knows, and whom of these they may change."""

    known: str = "1"
    mine: str = "1"


def _question(field: str, value: Any, day: date, kind: str, reach: Reach) -> tuple[str, dict[str, Any]]:
    """The reason as SQL; the bank's own fields lie in one JSON column."""
    own = field.startswith(f"{CUSTOM}.")
    column = "json_extract(c.custom, '$.' || :code)" if own else f'c."{field}"'
    parameters = {"day": day.isoformat(), "value": value, "kind": kind}
    return _WHY.format(column=column, known=reach.known, mine=reach.mine), {
        **parameters,
        **({"code": field.partition(".")[2]} if own else {}),
    }


def counts(
    raw: Any, ids: NDArray[np.int64], field: str, value: Any, day: date, kind: str, reach: Reach
) -> dict[str, int]:
    """How many of these customers would change (reason "") and would not, by reason; ids that are gone are left out.

    `field` is a column of customer that the caller knows, or custom.CODE; `kind` the only kind that has it, or "".
    """
    why, parameters = _question(field, value, day, kind, reach)
    found: dict[str, int] = {}
    for start in range(0, len(ids), PACK):
        part = json.dumps(ids[start : start + PACK].tolist())
        for reason, number in raw.execute(f"SELECT {why}, count(*) {_PICKED} GROUP BY 1", {**parameters, "ids": part}):
            found[reason] = found.get(reason, 0) + number
    return found


def changing(
    raw: Any, ids: NDArray[np.int64], field: str, value: Any, day: date, kind: str, reach: Reach
) -> Iterator[tuple[int, list[int], dict[str, int]]]:
    """(customers looked at so far, ids that change, the others by reason), pack by pack."""
    why, parameters = _question(field, value, day, kind, reach)
    for start in range(0, len(ids), PACK):
        part = json.dumps(ids[start : start + PACK].tolist())
        change: list[int] = []
        others: dict[str, int] = {}
        for key, reason in raw.execute(f"SELECT c.id, {why} {_PICKED}", {**parameters, "ids": part}):
            if reason:
                others[reason] = others.get(reason, 0) + 1
            else:
                change.append(key)
        yield min(start + PACK, len(ids)), change, others


def in_order(found: dict[str, int]) -> dict[str, int]:
    """Reasons with their numbers, in the order in which they are asked."""
    return {reason: found[reason] for reason in LEFT_OUT if found.get(reason)}


def once(wanted: NDArray[np.int64]) -> NDArray[np.int64]:
    """Each wanted id once, in ascending order."""
    return np.unique(wanted)
