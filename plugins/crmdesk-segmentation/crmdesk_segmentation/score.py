"""Scoring: both tiers for any customer, with strength, runner-up and how unusual the person is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from crmdesk.api import AnalysisError, Model, Progress, Segments
from crmdesk_segmentation.inputs import COUNTS, MONEY, SETTLED
from crmdesk_segmentation.model import TwoTierModel
from crmdesk_segmentation.params import TwoTier

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]
BETWEEN = 0.10
UNLIKE = 99.0


def run(model: Model, frame: pd.DataFrame, params: TwoTier, progress: Progress) -> Segments:
    """The analysis's `score`: `members` of customers who came after the run that stored the model."""
    progress.step(0.1, "Scoring")
    members = score(model.data, frame)
    provisional = int(members["provisional"].sum())
    return Segments(f"{len(members)} scored, {provisional} of them provisionally.", tables={"members": members})


def score(model: bytes, frame: pd.DataFrame) -> pd.DataFrame:
    """The rows of `members` for customers the model may never have seen; frame as a run gets it."""
    missing = [name for name in (*COUNTS, *MONEY) if name not in frame.columns]
    if missing:
        raise AnalysisError(f"The data lacks {', '.join(missing[:5])}; a customer cannot be scored without.")
    counts = frame[list(COUNTS)].to_numpy(dtype=np.float64)
    money = frame[list(MONEY)].to_numpy(dtype=np.float64)
    return assign(TwoTierModel.from_json(model), frame.index.to_numpy(dtype=np.int64), counts, money)


def assign(model: TwoTierModel, customers: NDArray[np.int64], counts: Floats, money: Floats) -> pd.DataFrame:
    """`members` plus `note`: between two segments, unlike anyone seen, provisional (under 10 interactions)."""
    import pandas as pd

    joint, place = joint_posterior(model, counts, money)
    rows = np.arange(len(customers))
    strength = joint[rows, place]
    others = joint.copy()
    others[rows, place] = -1.0
    codes = np.array(model.codes)
    second = others.argmax(axis=1)
    gap = strength - others[rows, second] if len(codes) > 1 else np.ones(len(rows))
    percentile = percentiles(model, place, distances(model, counts, money, place))
    provisional = counts.sum(axis=1) < SETTLED
    notes = np.select(
        [percentile > UNLIKE, gap < BETWEEN, provisional],
        ["unlike anyone seen", "between two segments", "provisional"], "",
    )  # fmt: skip
    return pd.DataFrame({
        "customer": customers,
        "tier1": [code[0] for code in codes[place]],
        "tier2": [code[1:] for code in codes[place]],
        "segment": codes[place],
        "strength": strength,
        "runner_up": codes[second] if len(codes) > 1 else "",
        "distance_pct": percentile,
        "provisional": provisional,
        "note": notes,
    })  # fmt: skip


def joint_posterior(model: TwoTierModel, counts: Floats, money: Floats) -> tuple[Floats, NDArray[np.intp]]:
    """(n, segments) probabilities, and each customer's segment: the best group, then the best level in it."""
    groups = model.use.posterior(counts)
    within = [m.posterior(money) for m in model.money]
    starts = np.cumsum([0, *(w.shape[1] for w in within)])
    joint = np.hstack([groups[:, [g]] * w for g, w in enumerate(within)])
    best = groups.argmax(axis=1)
    level = np.stack([w.argmax(axis=1) for w in within], axis=1)[np.arange(len(best)), best]
    return joint, starts[best] + level


def distances(model: TwoTierModel, counts: Floats, money: Floats, place: NDArray[np.intp]) -> Floats:
    """Distance to the own centre over both tiers, each in units of its usual distance."""
    sizes = [len(m.centres) for m in model.money]
    group = np.repeat(np.arange(len(sizes)), sizes)[place]
    level = np.concatenate([np.arange(size) for size in sizes])[place]
    rows = np.arange(len(place))
    total = model.use.distances2(counts)[rows, group] / max(model.use.spread, 1e-9)
    for g, part in enumerate(model.money):
        mine = np.flatnonzero(group == g)
        if mine.size and part.spread > 0:
            total[mine] += part.distances2(money[mine])[np.arange(mine.size), level[mine]] / part.spread
    return np.sqrt(total)


def percentiles(model: TwoTierModel, place: NDArray[np.intp], away: Floats) -> Floats:
    """Where a distance lies among those of the segment's fitted members, 0..100."""
    found = np.zeros(len(away))
    for s in range(len(model.codes)):
        mine = place == s
        grid = model.quantiles[s]
        found[mine] = np.interp(away[mine], grid, np.arange(101.0), right=100.0)
    return found
