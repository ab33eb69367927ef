"""Two small analyses for the bank of the matrix: one finds segments, one learns a rule that makes offers."""

import json
from dataclasses import dataclass
from typing import Any, Final

import pandas as pd

from crmdesk.contributions import Analysis, Field, Params
from crmdesk.domain.errors import BadInput
from crmdesk.results import Model, Rules, Segments
from tests.unit.services.mining_bank import FewPlugins


class Wish(Params):
    word: str = Field("", title="Word", description="Nothing.")


def _split(frame: pd.DataFrame, params: Wish, progress: Any) -> Segments:
    ids = frame.index.to_numpy()
    codes = [f"1.{1 + i % 2}" for i in ids]
    members = pd.DataFrame({"customer": ids, "tier1": 1, "tier2": 1 + ids % 2, "segment": codes, "strength": 0.9,
                            "runner_up": None, "distance_pct": 50.0, "provisional": False})  # fmt: skip
    groups = members.groupby("segment").agg(tier1=("tier1", "first"), tier2=("tier2", "first"), n=("customer", "size"))
    segments = groups.reset_index().assign(
        name="Group", share=lambda t: t["n"] / len(frame), value_share=lambda t: t["n"] / len(frame), stability=0.9
    )
    profile = pd.DataFrame({"segment": segments["segment"], "field": "c01", "mean": 1.0, "lift": 2.0, "d": 1.5,
                            "owners": None, "q": 0.01})  # fmt: skip
    return Segments("Two segments.", {}, {"segments": segments, "members": members, "profile": profile})


def _learn(frame: pd.DataFrame, params: Wish, progress: Any) -> Rules:
    return Rules("One rule.", model=Model("json", json.dumps({"INS": 0.2}).encode()))


def _offer(model: Model, frame: pd.DataFrame, params: Wish, progress: Any) -> Rules:
    rows = [(int(i), "INS", 0.2, 0.1, 0.3, 1, "has a current account") for i in sorted(set(frame.index))]
    return Rules("Offered.", tables={"offers": pd.DataFrame(
        rows, columns=["customer", "product", "p", "low", "high", "rule", "why"])})  # fmt: skip


ANALYSES: Final = {
    a.id: a
    for a in (
        Analysis("demo.split", "Split", "Two.", ("usage.cells",), Wish, _split, Segments),
        Analysis("demo.next", "Next", "Offers.", ("usage.cells",), Wish, _learn, Rules, offer=_offer),
    )
}


@dataclass(frozen=True)
class Plugins(FewPlugins):
    """Analyses alone; there is no plugin to turn on or off."""

    def enable(self, plugin_id: str) -> Any:
        raise BadInput(f"There is no plugin {plugin_id}.")

    disable = enable
