"""A stand-in for plugins in window tests: one analysis whose result has every table the stock views draw."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any, Literal

from crmdesk.api import AnalysisError, Field, Figure, Metric, Params, Segments, View


class Groups(Params):
    k: int | None = Field(None, ge=2, le=20, title="Groups", description="How many; empty: choose 2 to 8.")
    share: float = Field(0.5, ge=0, le=1, title="Share", description="Where to cut, from 0 to 1.")
    method: Literal["plain", "weighted"] = Field("plain", title="Method", description="How customers are compared.")
    strict: bool = Field(False, title="Strict", description="Leave out groups under ten.")
    fail: bool = Field(False, title="Stop early", description="End with a sentence, to see one.")


SEGMENTS = ("Online, high", "Online, low", "Branch, high", "Branch, low")


def run(frame: Any, params: Groups, progress: Any) -> Segments:
    """Four groups by position; enough of everything for each view."""
    progress.step(0.1, "Grouping")
    if params.fail:
        raise AnalysisError("Fewer than 4 customers used a channel; lower the number of groups.")
    progress.step(1.0, "Done")
    return segments(frame.index.to_numpy())


def segments(customers: Any) -> Segments:
    """A segmentation of these pseudonyms, as plain as the contract of Segments allows."""
    import pandas as pd

    codes = [f"S{i + 1}" for i in range(4)]
    at = [i % 4 for i in range(len(customers))]
    n = [at.count(i) for i in range(4)]
    whole = max(1, len(customers))
    tables = {
        "segments": pd.DataFrame({
            "segment": codes, "tier1": ["Online", "Online", "Branch", "Branch"], "tier2": ["high", "low"] * 2,
            "name": SEGMENTS, "n": n, "share": [x / whole for x in n], "value_share": [0.5, 0.1, 0.3, 0.1],
            "stability": [0.99, 0.91, 0.84, 0.78]}),
        "members": pd.DataFrame({
            "customer": customers, "tier1": [("Online", "Branch")[i // 2] for i in at],
            "tier2": [("high", "low")[i % 2] for i in at], "segment": [codes[i] for i in at],
            "strength": [0.5 + (i % 5) / 10 for i in range(len(customers))],
            "runner_up": [codes[(i + 1) % 4] for i in at], "distance_pct": [float(i % 100) for i in at],
            "provisional": [i % 7 == 0 for i in range(len(customers))]}),
        "profile": pd.DataFrame([
            (code, name, 4.2 + j, 0.4 + 0.6 * j, (1.8 - 0.5 * j) * (1 if i % 2 else -1), 0.4, 0.001)
            for i, code in enumerate(codes)
            for j, name in enumerate(("online.transaction.transfer", "branch.support.general_question", "balance",
                                      "savings", "atm.transaction.withdrawal", "card_spend"))
        ], columns=["segment", "field", "mean", "lift", "d", "owners", "q"]),
        "permissions": pd.DataFrame([
            (code, channel, "marketing", 10, 8, 1, 1, 0, 5, 200.0, 0.04 * (i + 1) * (j + 1), 0.1,
             0.5, (i + j) * n[i] // 9)
            for i, code in enumerate(codes)
            for j, channel in enumerate(("email", "phone", "sms", "post", "in_person", "in_app"))
        ], columns=["segment", "channel", "purpose", "asked", "granted", "refused", "withdrawn", "objected",
                    "never_asked", "age_days", "rate", "low", "high", "contactable"]),
        "k_choice": pd.DataFrame([
            (tier, parent, k, ari, ari - 0.05, 0.3, 0.01, k == best)
            for tier, parent, best, row in ((1, "", 2, (1.0, 0.99, 0.8, 0.71)),
                                            (2, "Online", 2, (0.97, 0.7, 0.66, 0.5)))
            for k, ari in zip((2, 3, 4, 5), row, strict=True)
        ], columns=["tier", "parent", "k", "boot_ari", "min_jaccard", "silhouette", "null_p", "chosen"]),
        "comparison": pd.DataFrame({
            "method": ["blocks", "columns", "pca"], "given_k": [True, True, True], "ari": [0.78, 0.52, 0.79],
            "ami": [0.8, 0.6, 0.8], "v": [0.8, 0.6, 0.8], "tier1_ari": [0.9, 0.6, 0.9], "low": [0.75, 0.45, 0.76],
            "high": [0.81, 0.58, 0.82]}),
    }  # fmt: skip
    heat = pd.DataFrame([
        (name, f"{channel}, {mode}", None if (channel, mode) == ("ATM", "support") else 0.2 + 0.3 * i + 0.4 * j)
        for i, name in enumerate(SEGMENTS)
        for j, (channel, mode) in enumerate((("ATM", "transaction"), ("ATM", "support"), ("Online", "transaction"),
                                             ("Online", "support"), ("Branch", "transaction")))
    ], columns=["segment", "cell", "lift"])  # fmt: skip
    figures = {"channel_mode": Figure("heat", "Channel x mode", heat, x="cell", y="segment", value="lift")}
    verdict = "2 groups, 4 segments, stable (0.99). Staged beats the single step by 0.08 (0.05 to 0.11)."
    return Segments(verdict, {"stability": Metric(0.99, 0.97, 1.0)}, tables, figures, ("One group is small.",))


def good_view(result: Segments, context: Any) -> Any:
    return context.table("segments")


def stopping_view(result: Segments, context: Any) -> Any:
    raise RuntimeError("a fault of the plugin")


VIEWS = {
    "sample.map": View("sample.map", "Map", Segments, "gui.sample:good_view", order=10),
    "sample.broken": View("sample.broken", "Broken", Segments, "gui.sample:stopping_view", order=90),
}


@dataclass
class Plugins:
    """As `plugin_host.Host` towards the window and the mining service."""

    features: dict[str, Any]
    analyses: dict[str, Any]
    shown: dict[str, Any] = field(default_factory=dict)
    listed: list[Any] = field(default_factory=list)

    @property
    def plugins(self) -> list[Any]:
        return self.listed

    def views(self) -> dict[str, Any]:
        return self.shown

    def actions(self) -> dict[str, Any]:
        return {}

    def plugin_of(self, analysis_id: str) -> Any:
        return SimpleNamespace(id="sample", title="Sample", version="1.0", distribution="sample")
