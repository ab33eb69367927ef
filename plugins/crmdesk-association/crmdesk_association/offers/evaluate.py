"""Do the rules foretell what is bought next? Judged on later purchases, against offering what sells most."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from crmdesk.api import Metric, statistics
from crmdesk_association.offers.recommend import Recommender, Window

if TYPE_CHECKING:
    import pandas as pd

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Triple = tuple[float, float, float]
CUTS = (1, 3, 5)
OFF = 0.05  # a chance so far from what happened is told
RESAMPLES = 2_000
BANDS = (0.0, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0)
EVALUATION = ("method", "k", "customers", "hit_rate", "low", "high", "mrr", "mrr_low", "mrr_high", "coverage")
CALIBRATION = ("band", "n", "predicted", "observed", "low", "high")


@dataclass(frozen=True)
class Evaluation:
    """The tables `evaluation` and `calibration`, without rows where nothing could be judged, and the metrics."""

    table: pd.DataFrame
    calibration: pd.DataFrame
    metrics: dict[str, Metric]
    words: str  # what it comes to, in a sentence; empty where nothing could be judged


def nothing() -> Evaluation:
    """No evaluation: tables of no row."""
    return Evaluation(_typed([], EVALUATION, ("k", "customers")), _typed([], CALIBRATION, ("n",)), {}, "")


def _typed(rows: list[list[object]], columns: tuple[str, ...], whole: tuple[str, ...]) -> pd.DataFrame:
    """Rows as a table: the first column text, `whole` int64, the others float64; also without rows."""
    import pandas as pd

    kinds = {name: "int64" if name in whole else "float64" for name in columns} | {columns[0]: "str"}
    return pd.DataFrame(rows, columns=list(columns)).astype(kinds)


def evaluate(model: Recommender, chances: Floats, later: Window, seed: int) -> Evaluation:
    """Judge the chances (n, products; NaN = owned) on what `later` (n) bought, with `model.sold` as popularity.

    Customers who bought something are judged. hit_rate: share of them with a purchase among the first k offers (Wilson
    interval); mrr: mean of 1 / place of the first purchase; coverage: share of products that anyone is offered among
    the first k. Differences are paired by customer, with the percentile interval of 2,000 bootstraps.
    """
    bought = later.bought.any(axis=1)
    hits, owned = later.bought[bought], later.owned[bought]
    orders = {"rules": _order(np.nan_to_num(chances[bought], nan=-1.0), model.sold, owned),
              "popularity": _order(np.tile(model.sold.astype(float), (len(hits), 1)), model.sold, owned)}  # fmt: skip
    first = {name: _first(order, hits) for name, order in orders.items()}
    rng = np.random.default_rng(seed)
    mrr = {name: bootstrap(1.0 / first[name], rng) for name in first}
    mrr["difference"] = bootstrap(1.0 / first["rules"] - 1.0 / first["popularity"], rng)
    rows = [row for k in CUTS for row in _rows(k, orders, first, mrr, owned, rng)]
    table = _typed(rows, EVALUATION, ("k", "customers"))
    calibration = calibrate(chances, later.bought)
    metrics = _metrics(table, calibration, later)
    return Evaluation(table, calibration, metrics, _words(table, model.days))


def _order(score: Floats, sold: Ints, owned: NDArray[np.bool_]) -> Ints:
    """(n, products) places of the products, the likeliest first, what is owned last; ties by sales, then by place."""
    tie = np.empty(len(sold), dtype=np.int64)
    tie[np.argsort(-sold, kind="stable")] = np.arange(len(sold))
    columns = np.argsort(tie)
    ranked = np.argsort(-np.where(owned, -np.inf, score)[:, columns], axis=1, kind="stable")
    return columns[ranked].astype(np.int64)


def _first(order: Ints, hits: NDArray[np.bool_]) -> Ints:
    """(n) place, from 1, of the first product in the order that was bought."""
    place: Ints = np.take_along_axis(hits, order, axis=1).argmax(axis=1).astype(np.int64) + 1
    return place


def _rows(
    k: int, orders: dict[str, Ints], first: dict[str, Ints], mrr: dict[str, Triple], owned: NDArray[np.bool_],
    rng: np.random.Generator,
) -> list[list[object]]:  # fmt: skip
    """Both methods among the first k offers, and their difference."""
    rows: list[list[object]] = []
    n, spread = len(owned), {}
    for name, order in orders.items():
        hit = int((first[name] <= k).sum())
        low, high = statistics.wilson(hit, n)
        spread[name] = _coverage(order[:, :k], owned)
        rows.append([name, k, n, hit / n, float(low), float(high), *mrr[name], spread[name]])
    gain = bootstrap((first["rules"] <= k).astype(float) - (first["popularity"] <= k), rng)
    wider = spread["rules"] - spread["popularity"]
    return [*rows, ["rules - popularity", k, n, *gain, *mrr["difference"], wider]]


def _coverage(offered: Ints, owned: NDArray[np.bool_]) -> float:
    free = ~np.take_along_axis(owned, offered, axis=1)
    return int(np.unique(offered[free]).size) / int(owned.shape[1])


def bootstrap(values: Floats, rng: np.random.Generator) -> Triple:
    """Mean of the values (n), and the middle 95 % of the means of 2,000 resamples of the customers.

    Few different values occur, so a resample is one draw of how often each does.
    """
    found, counts = np.unique(values, return_counts=True)
    means = rng.multinomial(len(values), counts / len(values), RESAMPLES) @ found / len(values)
    low, high = np.percentile(means, [2.5, 97.5])
    return float(values.mean()), float(low), float(high)


def calibrate(chances: Floats, bought: NDArray[np.bool_]) -> pd.DataFrame:
    """By band of the chance: pairs of customer and product, the mean chance, and the share that was bought (Wilson)."""
    import pandas as pd

    free = ~np.isnan(chances)
    p, y = chances[free], bought[free]
    band = np.clip(np.searchsorted(BANDS, p, side="right") - 1, 0, len(BANDS) - 2)
    n = np.bincount(band, minlength=len(BANDS) - 1)
    used = np.flatnonzero(n)
    took = np.bincount(band, weights=y, minlength=len(n))[used].astype(np.int64)
    low, high = statistics.wilson(took, n[used])
    predicted = np.bincount(band, weights=p, minlength=len(n))[used] / n[used]
    names = [f"{100 * BANDS[i]:.1f} % to {100 * BANDS[i + 1]:.1f} %" for i in used]
    return pd.DataFrame({"band": names, "n": n[used].astype(np.int64), "predicted": predicted,
                         "observed": took / n[used], "low": low, "high": high}, columns=list(CALIBRATION))  # fmt: skip


def astray(calibration: pd.DataFrame) -> tuple[str, ...]:
    """A sentence for the worst band whose mean chance lies outside its interval and 5 points off or more; else none."""
    gap = (calibration["predicted"] - calibration["observed"]).abs()
    inside = calibration["predicted"].between(calibration["low"], calibration["high"])
    off = calibration[~inside & (gap >= OFF)]
    if off.empty:
        return ()
    row = off.iloc[int(gap[off.index].to_numpy().argmax())]
    foretold, bought = (f"{100 * row[name]:.0f} %" for name in ("predicted", "observed"))
    return (f"Next product: where chances of {row['band']} were foretold, {foretold} on average, {bought} bought: rank "
            "by the chances, but do not plan numbers by them.",)  # fmt: skip


def _metrics(table: pd.DataFrame, calibration: pd.DataFrame, later: Window) -> dict[str, Metric]:
    at = table[table["k"] == 3].set_index("method")
    found = {"customers_judged": Metric(later.buyers)}
    for end, method in (("", "rules"), ("_popularity", "popularity"), ("_gain", "rules - popularity")):
        row = at.loc[method].astype(float).to_dict()
        found[f"hit_at_3{end}"] = Metric(row["hit_rate"], row["low"], row["high"])
        found[f"mrr{end}"] = Metric(row["mrr"], row["mrr_low"], row["mrr_high"])
        found[f"coverage_at_3{end}"] = Metric(row["coverage"])
    gaps = (calibration["predicted"] - calibration["observed"]).abs() * calibration["n"]
    found["calibration_error"] = Metric(float(gaps.sum() / calibration["n"].sum()))
    return found


def _words(table: pd.DataFrame, days: int) -> str:
    at = table[table["k"] == 3].set_index("method")
    rules, popular, gain = (at.loc[name] for name in ("rules", "popularity", "rules - popularity"))
    told = (f"Of 100 customers who bought something within {days} days, three offers by rules held a purchase for "
            f"{rules['hit_rate'] * 100:.0f}, what sells most for {popular['hit_rate'] * 100:.0f}")  # fmt: skip
    if gain["low"] > 0:
        return f"{told}: {gain['low'] * 100:.1f} to {gain['high'] * 100:.1f} more."
    if gain["high"] < 0:
        return f"{told}: the rules do worse, so do not choose by them."
    return f"{told}: no difference that could not be chance."
