"""A run as people and programs read it: who mined what, on whom, with which outcome and result."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

from crmdesk.domain.filter import Chip, from_json
from crmdesk.results import TYPES, Figure, Metric, Model, Result, Table, table_from_bytes, table_to_bytes

if TYPE_CHECKING:
    import pandas as pd

Outcome = Literal["done", "failed", "cancelled"]
Part = tuple[str, str, dict[str, Any] | None, bytes, str, int]  # kind, name, meta, bytes, sha256, rows


@dataclass(frozen=True)
class RunRecord:
    """One line of the run history; `result` is None where the run failed, was cancelled, or was only listed.

    `verdict` of a failed or cancelled run is its reason. `numbers` maps pseudonyms to public customer numbers for
    actors who may see them; `tables` is the result with those numbers in the column `customer`. `left_out` people have
    no rows any more, because their permission has ended since. `chips` is the filter of the population as stored,
    without the `untold` conditions that ask for what the reader may not know.
    """

    uuid: str
    analysis: str
    title: str
    params: Mapping[str, Any]
    seed: int
    as_of: str
    eligible: int
    excluded: Mapping[str, int]
    metrics: Mapping[str, Metric]
    verdict: str
    warnings: tuple[str, ...]
    outcome: Outcome
    by: str
    began_at: datetime
    ended_at: datetime
    purpose: str = "profiling"
    plugin: str = ""
    versions: Mapping[str, Any] = field(default_factory=dict)
    data_hash: str = ""
    population_hash: str = ""
    gives: str = "Table"
    id: int | None = None
    result: Result | None = None
    numbers: Mapping[int, str] = field(default_factory=dict, repr=False)
    left_out: int = 0
    chips: tuple[Mapping[str, Any], ...] = ()
    untold: int = 0

    @property
    def population(self) -> tuple[Chip, ...]:
        """The filter that chose the run's customers; () means everybody. BadInput where it is none any more."""
        return from_json(dict(chip) for chip in self.chips)

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        """The result's tables for people: `customer` is the public number where the reader may see it."""
        return {name: with_numbers(frame, self.numbers) for name, frame in (self.result or Table("")).tables.items()}

    def line(self) -> dict[str, Any]:
        """The run as `crmdesk runs --json` lists it."""
        return {
            "run": self.uuid, "analysis": self.analysis, "began_at": stamp(self.began_at),
            "ended_at": stamp(self.ended_at), "by": self.by, "seed": self.seed, "as_of": self.as_of,
            "outcome": self.outcome, "verdict": self.verdict,
        }  # fmt: skip


def stamp(at: datetime) -> str:
    """A time as JSON shows it: UTC to the second."""
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def with_numbers(frame: pd.DataFrame, numbers: Mapping[int, str]) -> pd.DataFrame:
    """A copy whose column `customer` holds public numbers; unchanged where there is none, or none may be seen."""
    if not numbers or "customer" not in frame.columns:
        return frame
    return frame.assign(customer=frame["customer"].map(numbers))


def parts_of(result: Result) -> list[Part]:
    """A result as the bytes that are stored and that `rerun` compares."""
    rows: list[Part] = []
    for name, frame in result.tables.items():
        rows.append(_part("table", name, None, table_to_bytes(frame), len(frame)))
    for name, figure in result.figures.items():
        meta = {k: v for k, v in vars(figure).items() if k != "data"}
        meta["marks"] = dict(figure.marks)
        rows.append(_part("figure", name, meta, table_to_bytes(figure.data), len(figure.data)))
    if result.model is not None:
        rows.append(_part("model", "model", {"kind": result.model.kind}, result.model.data, 0))
    return rows


def _part(kind: str, name: str, meta: dict[str, Any] | None, data: bytes, rows: int) -> Part:
    # A figure's hash covers its axes and title too: the same numbers drawn otherwise are another figure.
    extra = json.dumps(meta, sort_keys=True).encode() if meta else b""
    return kind, name, meta, data, hashlib.sha256(extra + data).hexdigest(), rows


def result_of(row: Mapping[str, Any], parts: Iterable[Part]) -> Result:
    """The result of a stored run; a kind of result that this crmdesk does not know is read as plain tables."""
    tables: dict[str, Any] = {}
    figures: dict[str, Figure] = {}
    model: Model | None = None
    for kind, name, meta, data, _, _ in parts:
        if kind == "table":
            tables[name] = table_from_bytes(data)
        elif kind == "figure":
            figures[name] = Figure(data=table_from_bytes(data), **(meta or {}))
        else:
            model = Model((meta or {})["kind"], data)
    metrics = {name: Metric(*values) for name, values in row["metrics"].items()}
    kind_of = TYPES.get(row["gives"], Table)
    return kind_of(row["verdict"], metrics, tables, figures, tuple(row["warnings"]), model)
