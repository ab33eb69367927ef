"""Root shares: the space in which use of the channels is compared, and k-means there."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
PRIOR = 5.0  # interactions of the average customer lent to everybody


def root_shares(counts: Floats, population: Floats) -> Floats:
    """sqrt((x + 5p) / (n + 5)): counts (n, cells), population shares p (cells,); rows have length 1."""
    smooth = counts + PRIOR * population
    roots: Floats = np.sqrt(smooth / (counts.sum(axis=1, keepdims=True) + PRIOR))
    return roots


def population_shares(counts: Floats) -> Floats:
    """Shares of all interactions (cells,)."""
    total = counts.sum(axis=0)
    shares: Floats = total / max(float(total.sum()), 1.0)
    return shares
