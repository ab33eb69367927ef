"""The two fits: groups by use of the channels, then levels by money within each group."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from crmdesk_segmentation import choose_k, hellinger, lloyd, mixture, money, null_test
from crmdesk_segmentation.inputs import Inputs
from crmdesk_segmentation.levels import Level, Pace, by_size, find, stepper, test_levels
from crmdesk_segmentation.model import MoneyModel, TwoTierModel, UseModel
from crmdesk_segmentation.params import TwoTier
from crmdesk_segmentation.score import distances, joint_posterior

Floats = NDArray[np.float64]
Labels = NDArray[np.int64]
LETTERS = "ABCDEFGHIJKLMNOPQRST"


@dataclass(frozen=True)
class Fitted:
    """The model with the levels that led to it; group (fitted,) and segment stability by code."""

    model: TwoTierModel
    first: Level
    second: list[Level]
    stability: dict[str, float]


def fit(inputs: Inputs, params: TwoTier, pace: Pace) -> Fitted:
    """Both tiers on the customers with 10 interactions or more."""
    counts, held = inputs.counts[inputs.settled], inputs.money[inputs.settled]
    first = _first_level(counts, params, pace)
    use, group = fit_use(counts, first.k, params.method, params.seed, pace.again)
    second = _second_levels(held, group, params, stepper(pace.step, 0.35, 0.8))
    parts, stability = [], {}
    shaky = first.stability(group)
    for g, level in enumerate(second):
        part, labels = fit_money(held[group == g], level.k, params.seed)
        parts.append(part)
        for j, jaccard in enumerate(level.stability(labels)):
            stability[f"{LETTERS[g]}{j + 1}"] = float(min(shaky[g], jaccard))
    model = TwoTierModel(use, tuple(parts), tuple(stability), np.zeros((len(stability), 101)))
    return Fitted(_with_quantiles(model, counts, held), first, second, stability)


def _first_level(counts: Floats, params: TwoTier, pace: Pace) -> Level:
    step = stepper(pace.step, 0.02, 0.35)
    rows = choose_k.sample(len(counts), params.seed)
    level = Level(1, "", rows)
    null = null_test.use_null(counts[rows])
    if params.method == "mixture":
        find(level, counts[rows], null, mixture.MixtureFit(pace.again), params.k1, params.seed, stepper(step, 0, 0.8))
    else:
        find(level, null.points, null, choose_k.KMeansFit(), params.k1, params.seed, stepper(step, 0, 0.8))
    fewer = counts[choose_k.sample(len(counts), params.seed, null_test.MOST_ROWS)]
    test_levels([level], [null_test.use_null(fewer)], params.seed, stepper(step, 0.8, 1))
    return level


def fit_use(counts: Floats, k: int, method: str, seed: int, tick: mixture.Tick) -> tuple[UseModel, Labels]:
    """Tier 1 on everybody fitted, groups numbered by size; labels (n,)."""
    population = hellinger.population_shares(counts)
    points = hellinger.root_shares(counts, population)
    if k == 1 or method == "hellinger":
        raw = lloyd.kmeans(points, k, seed).labels if k > 1 else np.zeros(len(points), dtype=np.int64)
        order = by_size(raw, lloyd.means(points, raw)[:, 0])
        centres = lloyd.means(points, raw)[order]
        return UseModel(population, centres, _spread(points, centres)), np.argsort(order)[raw]
    found = mixture.fit(counts, k, seed, tick=tick)
    raw = found.assign(counts)
    order = by_size(raw, found.log_p[:, 0])
    labels = np.argsort(order)[raw]
    kept = mixture.Mixture(found.log_p[order], found.log_w[order])
    centres = lloyd.means(points, labels)
    return UseModel(population, centres, _spread(points, centres), kept), labels


def _second_levels(held: Floats, group: Labels, params: TwoTier, step: choose_k.Step) -> list[Level]:
    levels, nulls = [], []
    count = int(group.max()) + 1
    for g in range(count):
        people = held[group == g]
        rows = choose_k.sample(len(people), params.seed)
        null = null_test.money_null(people[rows])
        part = stepper(step, 0.7 * g / count, 0.7 * (g + 1) / count)
        level = Level(2, LETTERS[g], rows)
        levels.append(find(level, null.points, null, choose_k.KMeansFit(), params.k2, params.seed, part))
        nulls.append(null_test.money_null(people[choose_k.sample(len(people), params.seed, null_test.MOST_ROWS)]))
    test_levels(levels, nulls, params.seed, stepper(step, 0.7, 1.0))
    return levels


def fit_money(held: Floats, k: int, seed: int) -> tuple[MoneyModel, Labels]:
    """Tier 2 on one group's money (n, 6), levels numbered by size; labels (n,)."""
    scaler = money.fit(held)
    points = scaler.transform(held)
    raw = lloyd.kmeans(points, k, seed).labels if k > 1 and points.shape[1] else np.zeros(len(held), dtype=np.int64)
    centres = lloyd.means(points, raw)
    order = by_size(raw, centres[:, 0] if points.shape[1] else np.zeros(len(centres)))
    centres = centres[order]
    return MoneyModel(scaler, centres, _spread(points, centres)), np.argsort(order)[raw]


def _spread(points: Floats, centres: Floats) -> float:
    return float(lloyd.distances2(points, centres).min(axis=1).mean()) if points.shape[1] else 0.0


def _with_quantiles(model: TwoTierModel, counts: Floats, held: Floats) -> TwoTierModel:
    _, place = joint_posterior(model, counts, held)
    away = distances(model, counts, held, place)
    grid = np.arange(101.0)
    rows = [np.percentile(away[place == s], grid) if (place == s).any() else np.percentile(away, grid)
            for s in range(len(model.codes))]  # fmt: skip
    return replace(model, quantiles=np.array(rows))
