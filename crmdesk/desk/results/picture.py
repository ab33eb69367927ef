"""A picture as plain columns: what the painters draw, made from a Figure or from a result's table."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from PySide6.QtCore import QLocale

if TYPE_CHECKING:
    import pandas as pd

    from crmdesk.results import Figure

Columns = Mapping[str, list[Any]]
Scale = Literal["ramp", "lift"]


@dataclass(frozen=True)
class Picture:
    """As `results.Figure`, with lists in place of a table; `scale` colours heat cells, lift is centred on 1."""

    kind: str
    title: str
    columns: Columns
    x: str
    y: str
    group: str | None = None
    value: str | None = None
    low: str | None = None
    high: str | None = None
    x_label: str = ""
    y_label: str = ""
    marks: Mapping[str, float] = field(default_factory=dict)
    scale: Scale = "ramp"
    percent: bool = False

    def words(self, value: float) -> str:
        """A value as its mark is labelled."""
        return f"{value:.0%}".replace("%", " %") if self.percent else short(value)

    def get(self, name: str | None) -> list[Any]:
        return self.columns[name] if name else [None] * len(self)

    def __len__(self) -> int:
        return len(self.columns[self.x])

    def groups(self) -> list[str]:
        """Names of the series in their order; one nameless series where nothing groups."""
        return once(str(g) for g in self.get(self.group)) if self.group else [""]

    def rows_of(self, group: str) -> list[int]:
        names = self.get(self.group)
        return [i for i in range(len(self)) if not self.group or str(names[i]) == group]


def once(names: Iterable[str]) -> list[str]:
    """The names without repeats, in the order first seen."""
    return list(dict.fromkeys(names))


def columns_of(table: pd.DataFrame) -> dict[str, list[Any]]:
    return {str(name): table[name].tolist() for name in table.columns}


def picture_of(figure: Figure) -> Picture:
    """A result's figure, ready to draw."""
    lift = "lift" in f"{figure.value} {figure.title}".lower()
    return Picture(
        figure.kind, figure.title, columns_of(figure.data), figure.x, figure.y, figure.group, figure.value,
        figure.low, figure.high, figure.x_label or figure.x.replace("_", " "),
        figure.y_label or figure.y.replace("_", " "), dict(figure.marks), "lift" if lift else "ramp",
    )  # fmt: skip


def number(value: Any) -> float | None:
    """A finite number, or None for what is missing or no number."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if math.isfinite(value) else None


def short(value: float) -> str:
    """A number for a label: at most three digits that matter, in the user's locale."""
    locale = QLocale()
    size = abs(value)
    if size >= 1000 or value == int(value):
        return str(locale.toString(round(value)))
    return str(locale.toString(value, "f", 2 if size < 10 else 1 if size < 100 else 0))
