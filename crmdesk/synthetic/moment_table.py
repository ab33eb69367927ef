"""Preset moments beside delivered ones, with the band that sampling alone would give."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from crmdesk.synthetic.moments import draw
from crmdesk.synthetic.spec import MomentSpec
from crmdesk.synthetic.streams import Streams
from crmdesk.synthetic.world import World

Floats = NDArray[np.float64]
MOMENTS: Final = ("mean", "sd", "skew", "excess_kurtosis")
REPEATS: Final = 200
BAND: Final = 4.0  # standard deviations of the repeats


@dataclass(frozen=True)
class MomentRow:
    """One field, segment and tier: `n` owners, and four values of each kind in the order of MOMENTS.

    `inside`: the delivered value lies in the band of 200 fresh samples of that size (methods, section 2).
    """

    field: str
    segment: str
    tier: str
    n: int
    preset: tuple[float, ...]
    delivered: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    inside: tuple[bool, ...]

    def flat(self) -> dict[str, str | int | float | bool]:
        """Columns preset_mean, ..., delivered_mean, ..., low_mean, ..., high_mean, ..., inside."""
        found: dict[str, str | int | float | bool] = {
            "field": self.field, "segment": self.segment, "tier": self.tier, "n": self.n}  # fmt: skip
        for kind in ("preset", "delivered", "low", "high"):
            found |= {f"{kind}_{m}": v for m, v in zip(MOMENTS, getattr(self, kind), strict=True)}
        return found | {"inside": all(self.inside)}


def moment_table(world: World, least: int = 20) -> list[MomentRow]:
    """A row for each field, segment and tier with at least `least` owners; amounts are those of the last month."""
    return list(_rows(world, least))


def sample_moments(values: Floats) -> Floats:
    """Mean, sd, skewness, excess kurtosis along the last axis (... x n -> 4 x ...); plain moments, no correction."""
    mean = values.mean(axis=-1, keepdims=True)
    centred = values - mean
    sd = np.sqrt((centred**2).mean(axis=-1))
    third, fourth = ((centred**p).mean(axis=-1) for p in (3, 4))
    return np.stack([mean[..., 0], sd, third / sd**3, fourth / sd**4 - 3])


def _rows(world: World, least: int) -> Iterator[MomentRow]:
    rng = Streams(world.seed).of("moment_table")
    planted = world.planted
    for s, segment in enumerate(world.spec.segments):
        for t, tier in enumerate(segment.tiers):
            mine = (planted.segment == s) & (planted.tier == t)
            for field, preset in tier.money.items():
                values = world.amounts[field][mine]
                values = values[~np.isnan(values)]
                if len(values) >= least:
                    yield _row((field, segment.name, tier.name), preset, values, rng)


def _row(place: tuple[str, str, str], preset: MomentSpec, values: Floats, rng: np.random.Generator) -> MomentRow:
    repeats = np.stack([sample_moments(draw(preset, rng.standard_normal(len(values)))) for _ in range(REPEATS)], axis=1)
    centre, reach = repeats.mean(axis=1), BAND * repeats.std(axis=1)
    delivered = sample_moments(values)
    inside = np.abs(delivered - centre) <= reach
    field, segment, tier = place
    return MomentRow(
        field, segment, tier, len(values), (preset.mean, preset.sd, preset.skew, preset.kurtosis),
        tuple(delivered.tolist()), tuple((centre - reach).tolist()), tuple((centre + reach).tolist()),
        tuple(inside.tolist()),
    )  # fmt: skip
