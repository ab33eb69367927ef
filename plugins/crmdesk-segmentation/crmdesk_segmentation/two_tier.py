"""`segmentation.two_tier`: five steps from interactions and money to segments with permissions and words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from crmdesk.api import Metric, Model, Progress, Segments
from crmdesk_segmentation import compare, enrich, figures, fitting, profile, score, tables
from crmdesk_segmentation.inputs import Inputs, read
from crmdesk_segmentation.levels import Pace, stepper
from crmdesk_segmentation.params import TwoTier

if TYPE_CHECKING:
    import pandas as pd


def run(frame: pd.DataFrame, params: TwoTier, progress: Progress) -> Segments:
    """Tier 1 by use of the channels, tier 2 by money within each group; one group where nothing is stable."""
    progress = Pace(progress)
    progress.step(0.0, "Reading the customers")
    inputs = read(frame)
    fitted = fitting.fit(inputs, params, progress)
    progress.step(0.8, "Scoring everybody")
    members = score.assign(fitted.model, inputs.customers, inputs.counts, inputs.money)
    found = _tables(inputs, fitted, members, params, progress)
    segments, fidelity = tables.with_rules(found["segments"], inputs, _texts(members, "segment"), params.seed)
    progress.step(0.97, "Drawing")
    found["segments"] = segments
    return Segments(
        _verdict(fitted, found["comparison"]),
        _metrics(fitted, members, fidelity),
        found,
        figures.figures(found, inputs.counts, _texts(members, "tier1")),
        tuple(inputs.warnings + _doubts(fitted)),
        Model("json", fitted.model.to_json()),
    )


def _texts(members: pd.DataFrame, column: str) -> np.ndarray[tuple[int], np.dtype[np.str_]]:
    return members[column].to_numpy(dtype=str)


def _tables(inputs: Inputs, fitted: fitting.Fitted, members: pd.DataFrame, params: TwoTier, progress: Progress
            ) -> dict[str, pd.DataFrame]:  # fmt: skip
    """All tables in the order people read them; `segments` still without rules."""
    import pandas as pd

    codes, segment = fitted.model.codes, _texts(members, "segment")
    progress.step(0.83, "Adding permissions")
    parts = {"permissions": enrich.permissions(inputs.frame, segment, codes)}
    progress.step(0.86, "Profiling")
    parts["profile"] = profile.profile(profile.fields(inputs), segment, codes)
    named = tables.names(inputs, segment, codes)
    withheld = any(level.given and level.boot_ari is not None and level.boot_ari < tables.LEAST_NAMED_ARI
                   for level in (fitted.first, *fitted.second))  # fmt: skip
    head = tables.segments(inputs, segment, codes, fitted.stability, named, parts, withheld)
    settled = inputs.settled
    comparison = compare.compare(
        inputs.counts[settled], inputs.money[settled], _texts(members, "tier1")[settled], segment[settled],
        params.seed, stepper(progress.step, 0.9, 0.95),
    )  # fmt: skip
    records = [row for level in (fitted.first, *fitted.second) for row in level.records()]
    k_choice = pd.DataFrame(records).astype(dict.fromkeys(("boot_ari", "min_jaccard", "silhouette", "null_p"), float))
    return {"segments": head, "members": members, **dict(reversed(parts.items())), "k_choice": k_choice,
            "comparison": comparison, "asking": enrich.ways_to_ask(inputs.frame, segment, codes)}  # fmt: skip


def _metrics(fitted: fitting.Fitted, members: pd.DataFrame, fidelity: dict[str, float]) -> dict[str, Metric]:
    """Counts, bootstrap agreement of each tier with its 95 % range (tier 2: the least stable group)."""
    found = {
        "k1": Metric(fitted.first.k),
        "segments": Metric(len(fitted.model.codes)),
        "fitted": Metric(int((~members["provisional"]).sum())),
        "provisional": Metric(int(members["provisional"].sum())),
    }
    split = [level for level in fitted.second if level.trial is not None]
    weakest = min(split, key=lambda level: level.boot_ari or 0.0, default=None)
    for name, level in (("boot_ari_tier1", fitted.first), ("boot_ari_tier2", weakest)):
        if level is not None and level.trial is not None:
            low, high = np.percentile(level.trial.aris, [2.5, 97.5])
            found[name] = Metric(level.boot_ari, float(low), float(high))
    return found | {name: Metric(value) for name, value in fidelity.items()}


def _verdict(fitted: fitting.Fitted, comparison: pd.DataFrame) -> str:
    k, n = fitted.first.k, len(fitted.model.codes)
    asked = fitted.first.given or any(level.given for level in fitted.second)
    if n == 1:
        return "One group, as asked for." if asked else (
            "No stable segments: neither the use of the channels nor the money falls into groups that last."
        )  # fmt: skip
    scores = [level.boot_ari for level in (fitted.first, *fitted.second) if level.boot_ari is not None]
    least = min(scores)
    word = "stable" if least >= 0.80 else "doubtful" if least >= 0.60 else "not stable"
    groups = f"{k} groups" if k > 1 else "One group by use"
    return f"{groups}, {n} segments, {word} (least agreement {least:.2f}). {compare.verdict(comparison)}".strip()


def _doubts(fitted: fitting.Fitted) -> list[str]:
    """What a person should know about numbers of groups they asked for."""
    found = []
    for level in (fitted.first, *fitted.second):
        if level.given and level.boot_ari is not None and level.boot_ari < 0.80:
            where = "groups" if level.tier == 1 else f"levels in {level.parent}"
            word = "doubtful" if level.boot_ari >= tables.LEAST_NAMED_ARI else "unstable, so they are not named"
            found.append(f"{level.k} {where} were asked for; they are {word} (agreement {level.boot_ari:.2f}).")
    return found
