"""Rules as arrays: what the views filter, sort and draw, before any widget."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import pandas as pd

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]
Where = Literal["either", "if", "then"]
MADE_OF = ("count", "antecedent_count", "consequent_count", "baskets", "support", "confidence", "low", "high", "lift",
           "leverage", "q")  # fmt: skip


@dataclass(frozen=True)
class Side:
    """One side of n rules: each text once in `names`, sorted, and its place for every rule in `codes` (n)."""

    names: list[str]
    codes: Ints
    keys: list[str]  # the items of each name as JSON list of keys, or "" where the table has none
    labels: Mapping[str, str]

    @cached_property
    def items(self) -> list[frozenset[str]]:
        """The items' labels of each name."""
        return [
            frozenset(self.labels.get(k, k) for k in json.loads(keys)) if keys else frozenset(name.split(", "))
            for name, keys in zip(self.names, self.keys, strict=True)
        ]

    def name(self, row: int) -> str:
        """The text of the rule at place `row`."""
        return self.names[int(self.codes[row])]

    def saying(self, words: list[str]) -> Mask:
        """Rules (n) whose text on this side holds every word; a text is looked at once however many rules share it."""
        hit = np.array([all(w in name.lower() for w in words) for name in self.names], dtype=bool)
        return hit[self.codes] if len(hit) else np.zeros(len(self.codes), dtype=bool)

    def holding(self, item: str) -> Mask:
        """Rules (n) with this item on this side."""
        hit = np.array([item in items for items in self.items], dtype=bool)
        return hit[self.codes] if len(hit) else np.zeros(len(self.codes), dtype=bool)


@dataclass(frozen=True)
class RuleColumns:
    """n rules in the table's order; `numbers` maps a column's name to its values (n), what is missing is NaN."""

    rule: Ints
    left: Side
    right: Side
    shown: Mask
    text: NDArray[np.object_]
    numbers: Mapping[str, Floats]

    def __len__(self) -> int:
        return len(self.rule)

    def __getitem__(self, name: str) -> Floats:
        return self.numbers[name]

    @cached_property
    def unit(self) -> str:
        """What is counted, in the words of the rules: customers or baskets."""
        found = re.match(r"Of [\d,]+ (\w+)", str(self.text[0])) if len(self) else None
        return found.group(1) if found else "baskets"

    @cached_property
    def base(self) -> Floats:
        """The share (n) of all baskets that hold the consequent: what a rule must beat."""
        with np.errstate(divide="ignore", invalid="ignore"):
            counted = self["consequent_count"] / self["baskets"]
            return np.where(np.isfinite(counted), counted, self["confidence"] / self["lift"])

    def short(self, row: int) -> str:
        return f"{self.left.name(row)} → {self.right.name(row)}"

    def single(self, row: int) -> bool:
        """Whether a rule has one item on each side."""
        return len(self.left.items[self.left.codes[row]]) == len(self.right.items[self.right.codes[row]]) == 1

    def rows_shown(self, most: int | None = None) -> Ints:
        """Places of the rules that stood up to the tests, the highest leverage first."""
        rows = np.flatnonzero(self.shown)
        return rows[np.argsort(-np.nan_to_num(self["leverage"][rows]), kind="stable")][:most]


def rule_columns(tables: Mapping[str, pd.DataFrame]) -> RuleColumns | None:
    """The table `rules` as arrays, or None where there is no rule."""
    table = tables.get("rules")
    if table is None or table.empty:
        return None
    known = tables.get("items")
    labels = {} if known is None or "label" not in known else dict(zip(known["item"], known["label"], strict=True))
    numbers = {
        name: table[name].to_numpy(dtype=np.float64, na_value=np.nan) if name in table
        else np.full(len(table), np.nan)
        for name in MADE_OF
    }  # fmt: skip
    return RuleColumns(
        table["rule"].to_numpy(dtype=np.int64), _side(table, "antecedent", labels), _side(table, "consequent", labels),
        table["shown"].to_numpy(dtype=bool), table["text"].to_numpy(dtype=object), numbers,
    )  # fmt: skip


def _side(table: pd.DataFrame, name: str, labels: Mapping[str, str]) -> Side:
    import pandas as pd

    codes, names = pd.factorize(table[name], sort=True)
    codes = codes.astype(np.int64)
    first = np.zeros(len(names), dtype=np.int64)
    first[codes[::-1]] = np.arange(len(codes))[::-1]
    keys = table.get(f"{name}_keys")
    texts = [""] * len(names) if keys is None else [str(k or "") for k in keys.to_numpy(dtype=object)[first]]
    return Side([str(n) for n in names], codes, texts, labels)


def matching(rules: RuleColumns, text: str = "", item: str = "", where: Where = "either", least_lift: float = 0.0,
             least_confidence: float = 0.0, shown_only: bool = False) -> Ints:  # fmt: skip
    """Places of the rules that pass every filter, in the table's order."""
    keep = rules.shown.copy() if shown_only else np.ones(len(rules), dtype=bool)
    for word in text.lower().split():
        keep &= rules.left.saying([word]) | rules.right.saying([word])
    if item:
        left = rules.left.holding(item) if where != "then" else np.zeros(len(rules), dtype=bool)
        right = rules.right.holding(item) if where != "if" else np.zeros(len(rules), dtype=bool)
        keep &= left | right
    if least_lift > 0:
        keep &= rules["lift"] >= least_lift
    if least_confidence > 0:
        keep &= rules["confidence"] >= least_confidence
    return np.flatnonzero(keep)


def items_named(rules: RuleColumns, tables: Mapping[str, pd.DataFrame]) -> list[str]:
    """The items that a filter may name: those the miner used, else those of the rules, in the alphabet's order."""
    known = tables.get("items")
    if known is not None and "label" in known:
        used = known[known["used"].astype(bool)] if "used" in known else known
        return sorted({str(label) for label in used["label"]})
    return sorted({item for side in (rules.left, rules.right) for items in side.items for item in items})
