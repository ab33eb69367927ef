"""What a service call touched: views refresh from it, so none has to know another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

ALL: Final = "all"


@dataclass(frozen=True)
class Change:
    """`kind` names the deed; `touched` maps a table to the ids that changed, or to ALL."""

    kind: str
    touched: Mapping[str, frozenset[int] | str] = field(default_factory=dict)
    change_no: int = 0
