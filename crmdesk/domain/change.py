"""What a service call touched: views refresh from it, so none has to know another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

ALL: Final = "all"
NAMED_AT_MOST: Final = 10_000


@dataclass(frozen=True)
class Change:
    """`kind` names the deed; `touched` maps a table to the ids that changed, or to ALL."""

    kind: str
    touched: Mapping[str, frozenset[int] | str] = field(default_factory=dict)
    change_no: int = 0


def named(touched: Mapping[str, frozenset[int]]) -> dict[str, frozenset[int] | str]:
    """As views hear of it: of a table with more than 10,000 touched rows, that all may have changed."""
    return {table: rows if len(rows) <= NAMED_AT_MOST else ALL for table, rows in touched.items()}
