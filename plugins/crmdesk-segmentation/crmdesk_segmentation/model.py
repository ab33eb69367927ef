"""The fitted two-tier model: assigns any customer, and lives on as JSON."""

from __future__ import annotations

import json
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from crmdesk_segmentation import hellinger, lloyd
from crmdesk_segmentation.mixture import Mixture
from crmdesk_segmentation.money import Scaler

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class UseModel:
    """Tier 1: centres (k, 37) of root shares, their mean squared distance, and the mixture where it was used."""

    population: Floats
    centres: Floats
    spread: float
    mixture: Mixture | None = None

    def distances2(self, counts: Floats) -> Floats:
        return lloyd.distances2(hellinger.root_shares(counts, self.population), self.centres)

    def posterior(self, counts: Floats) -> Floats:
        """(n, k) probability of each group; softmax of distances where there is no mixture."""
        if self.mixture is not None:
            return self.mixture.posterior(counts)
        return nearness(self.distances2(counts), self.spread / self.centres.shape[1])


@dataclass(frozen=True)
class MoneyModel:
    """Tier 2 within one group: centres (k, columns) in the scaler's space."""

    scaler: Scaler
    centres: Floats
    spread: float

    def distances2(self, money: Floats) -> Floats:
        return lloyd.distances2(self.scaler.transform(money), self.centres)

    def posterior(self, money: Floats) -> Floats:
        return nearness(self.distances2(money), self.spread / max(self.centres.shape[1], 1))


def nearness(distances2: Floats, variance: float) -> Floats:
    """Softmax of squared distances, as of round normal groups with this variance per column."""
    scores = -(distances2 - distances2.min(axis=1, keepdims=True)) / (2 * max(variance, 1e-9))
    grown = np.exp(scores)
    total: Floats = grown / grown.sum(axis=1, keepdims=True)
    return total


@dataclass(frozen=True)
class TwoTierModel:
    """codes: segments in order, tier-1 letter + tier-2 number; quantiles (segments, 101) of combined distance."""

    use: UseModel
    money: tuple[MoneyModel, ...]
    codes: tuple[str, ...]
    quantiles: Floats

    def to_json(self) -> bytes:
        mixture = self.use.mixture
        document = {
            "codes": list(self.codes),
            "quantiles": self.quantiles.tolist(),
            "use": {
                "population": self.use.population.tolist(),
                "centres": self.use.centres.tolist(),
                "spread": self.use.spread,
                "mixture": None if mixture is None else [mixture.log_p.tolist(), mixture.log_w.tolist()],
            },
            "money": [
                {"scaler": [_plain(part) for part in vars(m.scaler).values()], "centres": m.centres.tolist(),
                 "spread": m.spread} for m in self.money
            ],
        }  # fmt: skip
        return json.dumps(document, allow_nan=False).encode()

    @classmethod
    def from_json(cls, data: bytes) -> TwoTierModel:
        document = json.loads(data)
        use, pair = document["use"], document["use"]["mixture"]
        return cls(
            UseModel(np.array(use["population"]), np.array(use["centres"]), use["spread"],
                     None if pair is None else Mixture(np.array(pair[0]), np.array(pair[1]))),
            tuple(MoneyModel(Scaler(*(_array(part) for part in m["scaler"])),
                             np.array(m["centres"]).reshape(len(m["centres"]), -1), m["spread"])
                  for m in document["money"]),
            tuple(document["codes"]),
            np.array(document["quantiles"]),
        )  # fmt: skip


def _plain(values: Floats) -> list[float | str]:
    """Numbers as they are; JSON has no words for infinity and NaN, so they become text."""
    return [v if np.isfinite(v) else str(v) for v in values.tolist()]


def _array(values: list[float | str]) -> Floats:
    return np.array([float(v) for v in values])
