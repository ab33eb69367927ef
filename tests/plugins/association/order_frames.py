"""Frames of holdings with a planted order or none, as the host would give them."""

from __future__ import annotations

import numpy as np
import pandas as pd

DAY = 86_400
START = 18_000  # days since 1970
PRODUCTS = ("CUR", "SAV", "A", "B", "C", "D", "E")


def holdings(n: int, seed: int, *, planted: bool = True, together: bool = False) -> pd.DataFrame:
    """One row a product: CUR on the first day, the others independently on any day of five years.

    `planted`: half of the owners of A take B within 60 days after it; `together`: half of the owners of C have D
    within 60 days before or after, in random order.
    """
    rng = np.random.default_rng(seed)
    day = START + rng.integers(0, 5 * 365, (n, len(PRODUCTS))).astype(float)
    held = rng.random((n, len(PRODUCTS))) < [1, 0.6, 0.4, 0.3, 0.4, 0.3, 0.2]
    day[:, 0] = START
    after = planted & held[:, 2] & (rng.random(n) < 0.5)
    day[after, 3], held[after, 3] = day[after, 2] + rng.integers(1, 61, int(after.sum())), True
    close = together & held[:, 4] & (rng.random(n) < 0.5)
    apart = rng.integers(1, 61, int(close.sum())) * rng.choice([-1, 1], int(close.sum()))
    day[close, 5], held[close, 5] = day[close, 4] + apart, True
    who, what = np.nonzero(held)
    return pd.DataFrame({
        "opened_s": day[who, what] * DAY + 36_000.0, "closed_s": np.nan,
        "product": pd.Categorical.from_codes(what, list(PRODUCTS)),
        "product_name": pd.Categorical.from_codes(what, [f"Product {code}" for code in PRODUCTS]),
        "family": pd.Categorical.from_codes(what % 3, ["first", "second", "third"]),
        "role": pd.Categorical(["owner"] * len(who), ["owner", "co_owner"]),
    }, index=pd.Index(who + 1, name="customer"))  # fmt: skip


def acts(n: int, seed: int, *, days: int = 20) -> pd.DataFrame:
    """Acts on about `days` days of a year: a complaint by phone is followed by a branch visit within a week."""
    rng = np.random.default_rng(seed)
    who = np.repeat(np.arange(n), days)
    day = START + rng.integers(0, 365, len(who))
    pairs = [("online", "inquiry"), ("online", "transfer"), ("atm", "deposit"), ("call_centre", "transfer_problem")]
    what = rng.choice(4, len(who), p=[0.5, 0.3, 0.15, 0.05])
    follows = (what == 3) & (rng.random(len(who)) < 0.6)
    who = np.concatenate([who, who[follows], np.arange(n)])
    day = np.concatenate([day, day[follows] + rng.integers(1, 8, int(follows.sum())), np.full(n, START)])
    pairs += [("branch", "inquiry"), ("system", "interest")]
    what = np.concatenate([what, np.full(int(follows.sum()), 4), np.full(n, 5)])
    return pd.DataFrame({
        "occurred_s": day * DAY + 40_000.0,
        "channel": pd.Categorical([pairs[i][0] for i in what]), "mode": pd.Categorical(["transaction"] * len(what)),
        "activity": pd.Categorical([pairs[i][1] for i in what]),
    }, index=pd.Index(who + 1, name="customer")).sort_index(kind="stable")  # fmt: skip
