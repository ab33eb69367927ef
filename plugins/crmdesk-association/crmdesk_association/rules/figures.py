"""The pictures of a run of rules, as data; the desk draws them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from crmdesk.api import Figure

if TYPE_CHECKING:
    import pandas as pd

LIFTS = (1.5, 3.0)  # more than three classes are hardly told apart in a cloud of dots
LIFT_WORDS = ("lift below 1.5", "lift 1.5 to 3", "lift 3 and more")


def figures(tables: dict[str, pd.DataFrame], unit: str) -> dict[str, Figure]:
    """map and matrix where rules are shown, and next_product where it was judged; `unit` names the baskets."""
    shown = tables["rules"][tables["rules"]["shown"]]
    found = {}
    if len(shown):
        found["map"] = scatter(shown)
        single = shown[shown["length"] == 2]
        if len(single):
            found["matrix"] = matrix(single, unit)
    if len(tables["evaluation"]):
        found["next_product"] = hits(tables["evaluation"])
    return found


def scatter(shown: pd.DataFrame) -> Figure:
    """Support and confidence of the rules shown, told apart by how much more common than among all."""
    data = shown[["rule", "antecedent", "consequent", "count", "support", "confidence", "lift"]]
    band = np.searchsorted(LIFTS, data["lift"].to_numpy(dtype=float), side="right")
    order = np.argsort(-band, kind="stable")  # the legend stands in the order of the rows
    data = data.iloc[order].reset_index(drop=True).assign(band=np.array(LIFT_WORDS)[band[order]])
    return Figure("scatter", "Rules by support and confidence", data, x="support", y="confidence", group="band",
                  x_label="share with the whole rule", y_label="confidence")  # fmt: skip


def matrix(single: pd.DataFrame, unit: str) -> Figure:
    """Lift of the rules shown that have one item on each side."""
    data = single[["antecedent", "consequent", "lift", "confidence", "count", "rule"]].reset_index(drop=True)
    return Figure("heat", "How much more common: lift", data, x="consequent", y="antecedent", value="lift",
                  x_label="then", y_label=f"{unit} with")  # fmt: skip


def hits(evaluation: pd.DataFrame) -> Figure:
    """Share of buyers with a purchase among the first offers, by rules and by popularity."""
    data = evaluation[evaluation["method"] != "rules - popularity"].reset_index(drop=True)
    data = data[["method", "k", "customers", "hit_rate", "low", "high"]]
    data["offers"] = [f"{k} offer{'s' if k > 1 else ''}" for k in data["k"].tolist()]
    return Figure("bars", "Purchases among the first offers", data, x="offers", y="hit_rate", group="method",
                  low="low", high="high", x_label="offers", y_label="share of buyers")  # fmt: skip
