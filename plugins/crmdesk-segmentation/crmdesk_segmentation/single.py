"""`segmentation.single`: use and money clustered together in one step, with the same limits as two tiers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from crmdesk.api import Metric, Progress, Segments
from crmdesk_segmentation import choose_k, compare, enrich, figures, lloyd, model, null_test, profile, tables
from crmdesk_segmentation.fitting import LETTERS
from crmdesk_segmentation.inputs import Inputs, read
from crmdesk_segmentation.levels import Level, by_size, find, stepper, test_levels
from crmdesk_segmentation.params import Single
from crmdesk_segmentation.score import BETWEEN, UNLIKE

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]


def run(frame: pd.DataFrame, params: Single, progress: Progress) -> Segments:
    """One k-means over both kinds of data; the number of segments chosen or given."""
    progress.step(0.0, "Reading the customers")
    inputs = read(frame)
    points = compare.space(inputs.counts, inputs.money, params.method)
    level = _level(inputs, points[inputs.settled], params, stepper(progress.step, 0.02, 0.85))
    progress.step(0.85, "Scoring everybody")
    labels, members = _members(inputs, points, level.k, params.seed)
    codes = tuple(f"{LETTERS[g]}1" for g in range(level.k))
    jaccards = level.stability(labels[inputs.settled])
    found = _tables(inputs, members, codes, dict(zip(codes, jaccards.tolist(), strict=True)), level)
    found["segments"], fidelity = tables.with_rules(found["segments"], inputs, members["segment"].to_numpy(str),
                                                    params.seed)  # fmt: skip
    metrics = {"segments": Metric(level.k)} | {name: Metric(value) for name, value in fidelity.items()}
    if level.trial is not None:
        low, high = np.percentile(level.trial.aris, [2.5, 97.5])
        metrics["boot_ari"] = Metric(level.boot_ari, float(low), float(high))
    return Segments(_verdict(level), metrics, found,
                    figures.figures(found, inputs.counts, members["tier1"].to_numpy(str)),
                    tuple(inputs.warnings))  # fmt: skip


def _level(inputs: Inputs, points: Floats, params: Single, step: choose_k.Step) -> Level:
    counts, held = inputs.counts[inputs.settled], inputs.money[inputs.settled]
    rows = choose_k.sample(len(points), params.seed)
    level = Level(1, "", rows)
    find(level, points[rows], _null(points[rows], counts[rows], held[rows], params.method), choose_k.KMeansFit(),
         params.k, params.seed, stepper(step, 0, 0.8))  # fmt: skip
    few = choose_k.sample(len(points), params.seed, null_test.MOST_ROWS)
    test_levels([level], [_null(points[few], counts[few], held[few], params.method)], params.seed,
                stepper(step, 0.8, 1))  # fmt: skip
    return level


def _null(points: Floats, counts: Floats, held: Floats, method: str) -> null_test.Null:
    """Both structureless populations at once, put into the same space."""
    use, cash = null_test.use_counts(counts), null_test.money_amounts(held)
    return null_test.Null(points, lambda rng: compare.space(use(rng), cash(rng), method))


def _members(inputs: Inputs, points: Floats, k: int, seed: int) -> tuple[NDArray[np.int64], pd.DataFrame]:
    import pandas as pd

    fitted = points[inputs.settled]
    raw = lloyd.kmeans(fitted, k, seed).labels if k > 1 else np.zeros(len(fitted), dtype=np.int64)
    centres = lloyd.means(fitted, raw)
    centres = centres[by_size(raw, centres[:, 0])]
    away = lloyd.distances2(points, centres)
    labels = away.argmin(axis=1)
    chance = model.nearness(away, float(away[inputs.settled].min(axis=1).mean()) / points.shape[1])
    own = np.sqrt(away[np.arange(len(labels)), labels])
    second = np.argsort(-chance, axis=1, kind="stable")[:, 1] if k > 1 else labels
    strength = chance[np.arange(len(labels)), labels]
    gap = strength - chance[np.arange(len(labels)), second] if k > 1 else np.ones(len(labels))
    percentile = np.zeros(len(labels))
    for g in range(k):
        seen = own[inputs.settled & (labels == g)]
        percentile[labels == g] = np.interp(own[labels == g], np.percentile(seen, np.arange(101)), np.arange(101.0))
    letters = np.array(list(LETTERS))
    notes = np.select([percentile > UNLIKE, gap < BETWEEN, ~inputs.settled],
                      ["unlike anyone seen", "between two segments", "provisional"], "")  # fmt: skip
    return labels, pd.DataFrame({
        "customer": inputs.customers, "tier1": letters[labels], "tier2": "1",
        "segment": np.char.add(letters[labels], "1"), "strength": strength,
        "runner_up": np.char.add(letters[second], "1") if k > 1 else "", "distance_pct": percentile,
        "provisional": ~inputs.settled, "note": notes,
    })  # fmt: skip


def _tables(inputs: Inputs, members: pd.DataFrame, codes: tuple[str, ...], stability: dict[str, float], level: Level
            ) -> dict[str, pd.DataFrame]:  # fmt: skip
    import pandas as pd

    segment = members["segment"].to_numpy(dtype=str)
    parts = {"permissions": enrich.permissions(inputs.frame, segment, codes),
             "profile": profile.profile(profile.fields(inputs), segment, codes)}  # fmt: skip
    named = tables.names(inputs, segment, codes)
    withheld = level.given and level.boot_ari is not None and level.boot_ari < tables.LEAST_NAMED_ARI
    head = tables.segments(inputs, segment, codes, stability, named, parts, withheld)
    k_choice = pd.DataFrame(level.records()).astype(
        dict.fromkeys(("boot_ari", "min_jaccard", "silhouette", "null_p"), float)
    )
    return {"segments": head, "members": members, **parts, "k_choice": k_choice}


def _verdict(level: Level) -> str:
    if level.k == 1:
        return "One group, as asked for." if level.given else (
            "No stable segments: use and money together do not fall into groups that last."
        )  # fmt: skip
    score = level.boot_ari or 0.0
    word = "stable" if score >= 0.80 else "doubtful" if score >= 0.60 else "not stable"
    return f"{level.k} segments from a single step, {word} (agreement {score:.2f})."
