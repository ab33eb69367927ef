"""Planted against recovered: agreement with bootstrap intervals, and the best match of each planted segment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from crmdesk.domain.statistics import agreement_of, chance_information, contingency
from crmdesk.results import Metric

Codes = NDArray[np.int64]
DRAWS = 400
MEASURES = ("ari", "ami", "v")


@dataclass(frozen=True)
class Labels:
    """A partition of the same people: a code 0.. per person and the names of the codes."""

    codes: Codes
    names: tuple[str, ...]

    @classmethod
    def of(cls, values: Sequence[Any]) -> Labels:
        """Labels from names in any order; codes follow the sorted names."""
        names, codes = np.unique(np.asarray([str(v) for v in values], dtype=object), return_inverse=True)
        return cls(codes.astype(np.int64), tuple(str(n) for n in names))


def draws(table: Codes, seed: int) -> NDArray[np.float64]:
    """ARI, AMI and V of `DRAWS` bootstrap samples of the people, shape (DRAWS, 3).

    Drawing people with replacement is a multinomial draw of the table's cells; the chance term of AMI varies by
    less than 1e-4 between samples and is computed once.
    """
    rng = np.random.default_rng(seed)
    n, chance = int(table.sum()), chance_information(table)
    samples = rng.multinomial(n, table.ravel() / n, size=DRAWS).reshape(DRAWS, *table.shape)
    return np.array([agreement_of(sample, chance) for sample in samples])


def agreement_metrics(truth: Labels, found: Labels, seed: int, prefix: str = "") -> dict[str, Metric]:
    """`ari`, `ami`, `v` with 95 % bootstrap intervals over people; all None where there is nobody."""
    if not truth.codes.size:
        return {prefix + name: Metric(None) for name in MEASURES}
    table = contingency(truth.codes, found.codes)
    low, high = np.quantile(draws(table, seed), (0.025, 0.975), axis=0)
    values = agreement_of(table)
    return {prefix + name: Metric(values[i], low[i], high[i]) for i, name in enumerate(MEASURES)}


def best_matches(truth: Labels, found: Labels) -> list[dict[str, Any]]:
    """For each planted group its recovered partner with precision, recall and F1.

    Partners by the Hungarian method (each recovered group at most once, largest total F1); None without a partner.
    """
    from scipy.optimize import linear_sum_assignment

    table = contingency(truth.codes, found.codes).astype(float)
    planted, recovered = table.sum(axis=1), table.sum(axis=0)
    f1 = 2 * table / np.maximum(planted[:, None] + recovered[None, :], 1)
    ours, theirs = linear_sum_assignment(f1, maximize=True)
    pairs: dict[int, int] = dict(zip(ours.tolist(), theirs.tolist(), strict=True))
    rows = []
    for i, name in enumerate(truth.names):
        j = pairs.get(i, 0)
        matched = i in pairs and table[i, j] > 0
        rows.append(
            {"planted": name, "n": int(planted[i]), "recovered": found.names[j] if matched else None,
             "precision": float(table[i, j] / recovered[j]) if matched else 0.0,
             "recall": float(table[i, j] / planted[i]) if matched else 0.0,
             "f1": float(f1[i, j]) if matched else 0.0}
        )  # fmt: skip
    return rows


def paired_difference(truth: Labels, first: Labels, second: Labels, seed: int) -> Metric:
    """ARI of `second` minus ARI of `first` against the truth, with a paired 95 % bootstrap interval."""
    if not truth.codes.size:
        return Metric(None)
    triples = np.stack([truth.codes, first.codes, second.codes])
    cells, counts = np.unique(triples, axis=1, return_counts=True)
    sizes = tuple(max(len(side.names), 1) for side in (truth, first, second))
    rng = np.random.default_rng(seed)
    n = int(counts.sum())
    found = [_difference(cells, sample, sizes) for sample in rng.multinomial(n, counts / n, size=DRAWS)]
    low, high = np.quantile(found, (0.025, 0.975))
    return Metric(_difference(cells, counts, sizes), low, high)


def _difference(cells: Codes, counts: Codes, sizes: tuple[int, ...]) -> float:
    def ari(side: int) -> float:
        flat = np.bincount(cells[0] * sizes[side] + cells[side], weights=counts, minlength=sizes[0] * sizes[side])
        return agreement_of(flat.reshape(sizes[0], sizes[side]).astype(np.int64), 0.0).ari

    return ari(2) - ari(1)
