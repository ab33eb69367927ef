"""What sets each segment apart, field by field: mean, lift, effect size, owners and a q-value."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from crmdesk.api import CELLS, CHANNELS, MODES, statistics
from crmdesk_segmentation.inputs import CHANNEL_WORDS, MONEY, Inputs, channel_shares, mode_shares

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]
MODE_WORDS = {"transaction": "transactions", "support": "support", "educational": "education",
              "promotional": "promotion"}  # fmt: skip
ACTIVITIES = tuple(f"{CHANNEL_WORDS[cell.channel]} {cell.activity.replace('_', ' ')}" for cell in CELLS)
LEAST_USED = 0.01  # share of all interactions from which an activity is profiled by itself


def fields(inputs: Inputs) -> dict[str, Floats]:
    """Every profiled field by name: shares of use (0..1), interactions a year, money (NaN = not held), value.

    Channels and modes are always there, an activity where it makes up 1 % of all interactions.
    """
    found: dict[str, Floats] = {}
    shares, modes = channel_shares(inputs.counts), mode_shares(inputs.counts)
    for j, channel in enumerate(CHANNELS):
        found[f"share {CHANNEL_WORDS[channel]}"] = shares[:, j]
    for j, mode in enumerate(MODES):
        found[f"share {MODE_WORDS[mode]}"] = modes[:, j]
    activities = activity_shares(inputs.counts)
    used = inputs.counts.sum(axis=0) / max(float(inputs.counts.sum()), 1.0)
    for cell, name in enumerate(ACTIVITIES):
        if used[cell] >= LEAST_USED:
            found[f"share {name}"] = activities[:, cell]
    found["interactions"] = inputs.volume
    for j, name in enumerate(MONEY):
        found[name.replace("_", " ")] = inputs.money[:, j]
    found["value"] = inputs.value
    return found


def activity_shares(counts: Floats) -> Floats:
    """(n, 37) share of each activity in a customer's interactions, order of ACTIVITIES."""
    shares: Floats = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1.0)
    return shares


def profile(values: dict[str, Floats], segment: NDArray[np.str_], codes: tuple[str, ...]) -> pd.DataFrame:
    """The table `profile`: d is Cohen's d for use and Cliff's delta for money; q is Benjamini-Hochberg over all."""
    import pandas as pd

    rows: list[dict[str, Any]] = []
    p = []
    for code in codes:
        inside = segment == code
        for name, field in values.items():
            row, chance = _row(name, field, inside)
            rows.append({"segment": code, "field": name, **row})
            p.append(chance)
    table = pd.DataFrame(rows)
    table["q"] = statistics.benjamini_hochberg(p)
    return table[["segment", "field", "mean", "lift", "d", "owners", "q", "population_mean"]]


def _row(name: str, field: Floats, inside: NDArray[np.bool_]) -> tuple[dict[str, Any], float]:
    held = ~np.isnan(field)
    filled = np.where(held, field, 0.0)
    mean, usual = (float(part.mean()) if part.size else 0.0 for part in (filled[inside], filled))
    if name.replace(" ", "_") in MONEY or name == "value":
        d, p = statistics.cliffs_delta(filled[inside], filled[~inside])
    else:
        d = statistics.cohens_d(filled[inside], filled[~inside])
        p = statistics.welch_p(filled[inside], filled[~inside])
    lift = mean / usual if usual > 0 else None
    owners = float(held[inside].mean()) if inside.any() else None
    return {"mean": mean, "lift": lift, "d": d, "owners": owners, "population_mean": usual}, p
