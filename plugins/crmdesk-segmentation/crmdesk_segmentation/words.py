"""Segments in words: names, what stands out, and a rule from a small tree with its fidelity."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from crmdesk.api import CHANNELS, MODES
from crmdesk_segmentation.inputs import CHANNEL_WORDS
from crmdesk_segmentation.profile import ACTIVITIES, MODE_WORDS

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]
Labels = NDArray[np.int64]
LEVELS = {1: ("all",), 2: ("high", "low"), 3: ("high", "middle", "low"), 4: ("top", "high", "middle", "low"),
          5: ("top", "high", "middle", "low", "least")}  # fmt: skip
DEPTH = 3
LEAST_EFFECT = 0.2  # a smaller difference is real perhaps, but nothing to tell people about
LEAST_GAP = 0.05  # a channel names a group only where its share differs by 5 points


def group_names(channel: Floats, mode: Floats, activity: Floats) -> list[str]:
    """A name for each tier-1 group from its mean shares less the bank's: (k, 4), (k, 4) and (k, 37).

    The channel that stands out most, or the activity where channels hardly differ; where two groups share it,
    the mode, then a number, is added.
    """
    if len(channel) == 1:
        return ["Everybody"]
    clear = channel.max(axis=1) >= LEAST_GAP
    first = [CHANNEL_WORDS[CHANNELS[channel[g].argmax()]] if clear[g] else ACTIVITIES[activity[g].argmax()]
             for g in range(len(channel))]  # fmt: skip
    second = [MODE_WORDS[MODES[j]] for j in mode.argmax(axis=1)]
    names = [_capital(a) if first.count(a) == 1 else _capital(f"{a}, {b}") for a, b in zip(first, second, strict=True)]
    return [name if names.count(name) == 1 else f"{name} {names[: i + 1].count(name)}" for i, name in enumerate(names)]


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def level_names(value: Floats) -> list[str]:
    """high, middle, low ... for the levels of one group by their mean value (k,)."""
    order = np.argsort(np.argsort(-value, kind="stable"), kind="stable")
    words = LEVELS.get(len(value)) or tuple(f"level {i + 1} of {len(value)}" for i in range(len(value)))
    return [words[i] for i in order]


def stable_word(jaccard: float) -> str:
    """clusterboot's words for a group's mean Jaccard (Hennig 2007)."""
    for limit, word in ((0.60, "unstable"), (0.75, "doubtful"), (0.85, "stable")):
        if jaccard < limit:
            return word
    return "very stable"


def drivers(table: pd.DataFrame, code: str) -> str:
    """The five largest effects of a segment, d .2 or more and q < .05, as one sentence part each."""
    mine = table[(table["segment"] == code) & (table["q"] < 0.05) & (table["d"].abs() >= LEAST_EFFECT)]
    mine = mine.reindex(mine["d"].abs().sort_values(ascending=False, kind="stable").index)[:5]
    parts = []
    for field, d, lift in zip(mine["field"], mine["d"].tolist(), mine["lift"].astype(float).tolist(), strict=True):
        direction = "more" if d > 0 else "less"
        parts.append(f"{field} {direction if np.isnan(lift) else f'{lift:.1f} times the average'}")
    return "; ".join(parts) if parts else "Nothing sets these people apart from the rest."


def tree(columns: dict[str, Floats], labels: Labels, seed: int) -> tuple[list[str], float | None]:
    """One rule for each label 0..k-1 and the share of held-out people the tree puts right.

    columns: raw shares and money by name, NaN = not held (counts as 0); a depth-3 tree is fitted on half.
    """
    from sklearn.tree import DecisionTreeClassifier

    k = int(labels.max()) + 1
    if k < 2:
        return [""], None
    data = np.nan_to_num(np.column_stack(list(columns.values())))
    half = np.random.default_rng(seed).permutation(len(labels))
    learn, check = half[: len(half) // 2], half[len(half) // 2 :]
    grown = DecisionTreeClassifier(max_depth=DEPTH, min_samples_leaf=20, random_state=seed).fit(
        data[learn], labels[learn]
    )
    fidelity = float((grown.predict(data[check]) == labels[check]).mean())
    leaves = grown.apply(data)
    says = grown.classes_[grown.tree_.value[:, 0, :].argmax(axis=1)]
    return [_rule(grown.tree_, list(columns), leaves, labels == g, says == g) for g in range(k)], fidelity


def _rule(grown: object, names: list[str], leaves: Labels, inside: NDArray[np.bool_], mine: NDArray[np.bool_]) -> str:
    """The path to that leaf of theirs (`mine`, by node) which holds most of these people, and how well it does."""
    nodes, counts = np.unique(leaves[inside & mine[leaves]], return_counts=True)
    if not nodes.size:
        return "No simple rule describes these people."
    leaf = int(nodes[counts.argmax()])
    pure = counts.max() / (leaves == leaf).sum()
    parents = {}
    left, right = grown.children_left, grown.children_right  # type: ignore[attr-defined]
    for node in range(len(left)):
        if left[node] >= 0:
            parents[left[node]], parents[right[node]] = (node, "at most"), (node, "above")
    path: dict[tuple[str, str], str] = {}
    node = leaf
    while node in parents:
        node, side = parents[node]
        name, limit = names[grown.feature[node]], float(grown.threshold[node])  # type: ignore[attr-defined]
        path.setdefault((name, side), _number(name, limit))  # nearest to the leaf: the tightest of its kind
    said = [f"{name} {side} {limit}" for (name, side), limit in reversed(path.items())]
    covered = counts.max() / inside.sum()
    return f"{' and '.join(said)} describes {covered:.0%} of members; {pure:.0%} of those it fits are members"


def _number(name: str, value: float) -> str:
    if name.startswith("share "):
        return f"{value:.0%}"
    return f"{value:,.0f}" if name == "interactions" else f"{value / 100:,.0f}"
