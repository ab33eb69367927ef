"""A bank of two kinds of customers, and small analyses to mine it with."""

from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Literal

import pandas as pd

from crmdesk.analytics.embedded import EmbeddedEngine
from crmdesk.contributions import Analysis, Field, Params
from crmdesk.domain.errors import AnalysisError
from crmdesk.jobs.runner import InlineRunner
from crmdesk.results import Figure, Metric, Segments, Table
from crmdesk.store import Store, chain
from crmdesk.store.bank import create_bank
from tests.small_bank import UNTIL, add, event, interaction, person

ATM, ONLINE = 1, 6  # cells: atm withdrawal, online transfer


class Split(Params):
    k1: int | None = Field(None, ge=1, le=9, title="Groups", description="How many; empty: choose.")
    k2: int | None = Field(None, ge=1, le=9, title="Levels", description="How many; empty: choose.")
    style: Literal["plain", "wordy"] = Field("plain", title="Style", description="How it talks.")


def split(frame: pd.DataFrame, params: Split, progress: Any) -> Segments:
    """Tier 1 by the preferred channel, tier 2 by how busy; k only as a cap of one group."""
    progress.step(0.1, "splitting")
    busy = frame[["c01", "c06"]].sum(axis=1)
    tier1 = (frame["c06"] > frame["c01"]).astype(int) + 1
    tier2 = (busy > busy.median()).astype(int) + 1
    if params.k1 == 1:
        tier1[:] = 1
    members = pd.DataFrame(
        {"customer": frame.index, "tier1": tier1.to_numpy(), "tier2": tier2.to_numpy(),
         "segment": [f"{a}.{b}" for a, b in zip(tier1, tier2, strict=True)], "strength": 0.9, "runner_up": None,
         "distance_pct": 50.0, "provisional": busy.to_numpy() < 10}
    )  # fmt: skip
    groups = members.groupby("segment").agg(tier1=("tier1", "first"), tier2=("tier2", "first"), n=("customer", "size"))
    segments = groups.reset_index().assign(
        name="=Group", share=lambda t: t["n"] / len(frame), value_share=lambda t: t["n"] / len(frame), stability=0.9
    )
    profile = pd.DataFrame({"segment": segments["segment"], "field": "c01", "mean": 1.0, "lift": 2.0, "d": 1.5,
                            "owners": None, "q": 0.01})  # fmt: skip
    k_choice = pd.DataFrame({"tier": [1, 1], "parent": None, "k": [2, 3], "boot_ari": [0.95, 0.6], "min_jaccard": 0.9,
                             "silhouette": 0.4, "null_p": 0.01, "chosen": [True, False]})  # fmt: skip
    return Segments(
        f"{len(segments)} segments.", {"boot_ari": Metric(0.95, 0.9, float("nan"))},
        {"segments": segments[["segment", "tier1", "tier2", "name", "n", "share", "value_share", "stability"]],
         "members": members, "profile": profile, "k_choice": k_choice},
        {"sizes": Figure("bars", "Sizes", segments[["segment", "n"]], "segment", "n")}, ("Only a test.",),
    )  # fmt: skip


def refuse(frame: pd.DataFrame, params: Split, progress: Any) -> Table:
    raise AnalysisError("These customers are all alike.")


def stumble(frame: pd.DataFrame, params: Split, progress: Any) -> Table:
    raise ZeroDivisionError("a fault")


def count_channels(frame: pd.DataFrame, params: Split, progress: Any) -> Table:
    groups = frame.groupby("channel", observed=True).size()
    return Table.of(groups, f"{len(groups)} channels used.", "channels")


ANALYSES = {
    a.id: a
    for a in (
        Analysis("demo.split", "Split", "Two tiers.", ("usage.cells",), Split, split, Segments),
        Analysis("demo.refuse", "Refuse", "Never.", ("usage.cells",), Split, refuse, Table),
        Analysis("demo.stumble", "Stumble", "Breaks.", ("usage.cells",), Split, stumble, Table),
        Analysis("demo.channels", "Channels", "Log.", ("usage.interactions",), Split, count_channels, Table),
        Analysis("demo.lost", "Lost", "Needs more.", ("gone.feature",), Split, split, Segments),
    )
}


@dataclass(frozen=True)
class FewPlugins:
    """What mining needs of the plugin host."""

    analyses: dict[str, Analysis] = field(default_factory=lambda: dict(ANALYSES))
    features: dict[str, Any] = field(default_factory=dict)

    def plugin_of(self, analysis_id: str) -> Any:
        return SimpleNamespace(id="demo", version="1.2.3")


@dataclass(frozen=True)
class SmallApp:
    store: Store
    engine: EmbeddedEngine
    plugins: FewPlugins = field(default_factory=FewPlugins)
    runner: InlineRunner = field(default_factory=InlineRunner)

    @property
    def path(self) -> Path:
        return self.store.path


def bank(path: Path, customers: int = 40, idle: int = 2) -> SmallApp:
    """`customers` people: odd ones use the ATM, even ones go online, the upper half twice as much; then idle ones."""
    store = create_bank(path, invented_until=UNTIL)
    visits = [
        interaction(i, f"2026-{1 + n % 9:02d}-{1 + n % 27:02d}T10:00", ATM if i % 2 else ONLINE, -1000)
        for i in range(1, customers + 1)
        for n in range(12 if i > customers // 2 else 6)
    ]
    with store.write() as session:
        if customers + idle:
            add(session, "customer", [person(i, "Ada", f"Lind{i}") for i in range(1, customers + idle + 1)])
        if visits:
            add(session, "interaction", visits)
    return SmallApp(store, EmbeddedEngine(store))


def say(app: SmallApp, *events: dict[str, Any]) -> None:
    """Append to the permission ledger."""
    with app.store.write() as session:
        chain.append(session, app.store.audit_key, "permission_event", events)


def refuses_profiling(customer: int) -> dict[str, Any]:
    return event(customer, "profiling", None, "objected", "2026-10-01")


def may_email(customer: int) -> dict[str, Any]:
    return event(customer, "marketing", "email", "granted", "2026-09-01")
