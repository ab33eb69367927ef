"""Zero-aware logs: the space of tier 2, in which holding nothing and holding little are told apart."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Scaler:
    """Per column: unit of asinh (0: log1p), mean and sd of the owners; flag_mean is NaN where no flag is used."""

    unit: Floats
    mean: Floats
    sd: Floats
    flag_mean: Floats

    def transform(self, money: Floats) -> Floats:
        """Owners get z of the log, non-owners 0; then one centred flag for each column held by 1-99 %."""
        owned = ~np.isnan(money)
        z = (_bend(np.where(owned, money, 0.0), self.unit) - self.mean) / self.sd
        values = np.where(owned & (self.sd < np.inf), z, 0.0)
        flags = owned[:, ~np.isnan(self.flag_mean)] - self.flag_mean[~np.isnan(self.flag_mean)]
        return np.hstack([values[:, self.sd < np.inf], flags])


def _bend(values: Floats, unit: Floats) -> Floats:
    safe = np.where(unit > 0, unit, 1.0)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(unit > 0, np.arcsinh(values / safe), np.log1p(np.maximum(values, 0.0)))


def fit(money: Floats) -> Scaler:
    """The scaler of money (n, columns), NaN = not held; columns nobody holds or that do not vary are left out."""
    owned = ~np.isnan(money)
    unit, mean, sd = (np.zeros(money.shape[1]) for _ in range(3))
    for j in range(money.shape[1]):
        held = money[owned[:, j], j]
        if held.size and held.min() < 0:
            positive = held[held > 0]
            unit[j] = float(np.median(positive)) if positive.size else float(np.median(np.abs(held))) or 1.0
        bent = _bend(held, unit[j])
        mean[j] = bent.mean() if held.size else 0.0
        spread = float(bent.std()) if held.size > 1 else 0.0
        sd[j] = spread if spread > 1e-9 else np.inf  # inf marks a column without information
    share = owned.mean(axis=0) if len(money) else np.zeros(money.shape[1])
    flag_mean = np.where((share >= 0.01) & (share <= 0.99), share, np.nan)
    return Scaler(unit, mean, sd, flag_mean)
