"""A small generator of planted customers, so that the plugin's tests need no other room."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

CELLS = [f"c{row:02d}" for row in range(1, 38)]
MONEY = ["balance", "savings", "mortgage", "loan", "investments", "card_spend"]
LEVEL = np.log(np.array([250_000, 600_000, 9_000_000, 1_200_000, 2_000_000, 90_000], dtype=float))
OWN = np.array([0.97, 0.55, 0.18, 0.25, 0.22, 0.65])
BLOCKS = {"atm": slice(0, 5), "online": slice(5, 17), "call": slice(17, 25), "branch": slice(25, 37)}
SEGMENTS = {
    "atm_cash": (0.30, {"atm": 0.70, "online": 0.08, "call": 0.04, "branch": 0.18}),
    "online_self": (0.35, {"atm": 0.15, "online": 0.75, "call": 0.05, "branch": 0.05}),
    "call_support": (0.15, {"atm": 0.20, "online": 0.15, "call": 0.55, "branch": 0.10}),
    "branch_advice": (0.20, {"atm": 0.15, "online": 0.05, "call": 0.05, "branch": 0.75}),
}
CHANNELS = ("email", "phone", "sms", "post", "in_person", "in_app")


@dataclass(frozen=True)
class Planted:
    """The frame a run gets and the hidden truth."""

    frame: pd.DataFrame
    segment: np.ndarray
    tier: np.ndarray

    @property
    def joint(self) -> np.ndarray:
        return self.segment * 10 + self.tier


def planted(
    n: int = 4000, seed: int = 1, *, concentration: float = 25, volume: float = 60, separation: float = 1.0,
    tiers: tuple[float, ...] = (0.50, 0.35, 0.15), segments: bool = True, spread: float = 0.5, tail: float = 0.0,
    moneyless: float = 0.0, relative: bool = True, wave: float = 0.0,
) -> Planted:  # fmt: skip
    """n customers: Dirichlet shares, lognormal volumes, lognormal money with a copula of .35 and ownership.

    separation is the step between tiers in logs; spread their sd within a tier; tail > 0 adds t-noise with
    that many degrees of freedom; moneyless customers hold nothing; wave adds noise to each volume (seasons).
    """
    rng = np.random.default_rng(seed)
    profiles = _profiles(np.random.default_rng(99))
    shares = np.array([share for share, _ in SEGMENTS.values()])
    segment = rng.choice(4, n, p=shares) if segments else np.zeros(n, dtype=int)
    base = profiles[segment] if segments else np.tile(shares @ profiles, (n, 1))
    p = _dirichlet(rng, base * concentration)
    size = np.maximum(1, rng.lognormal(np.log(volume), 0.9, n) * np.exp(wave * rng.standard_normal(n))).astype(int)
    counts = np.stack([rng.multinomial(k, row) for k, row in zip(size, p, strict=True)])
    tier = rng.choice(len(tiers), n, p=tiers)
    money = _money(rng, segment if relative else np.zeros(n, int), tier, separation, spread, tail)
    money[rng.random(n) < moneyless] = np.nan
    frame = pd.DataFrame(counts, columns=CELLS, index=pd.RangeIndex(1, n + 1, name="customer"))
    frame[MONEY] = money
    return Planted(_permissions(frame, rng, segment), segment, tier)


def _profiles(rng: np.random.Generator) -> np.ndarray:
    rows = []
    for _, channels in SEGMENTS.values():
        row = np.zeros(37)
        for name, share in channels.items():
            block = BLOCKS[name]
            row[block] = share * rng.dirichlet(np.full(block.stop - block.start, 2.0))
        rows.append(row)
    return np.array(rows)


def _dirichlet(rng: np.random.Generator, alpha: np.ndarray) -> np.ndarray:
    g = rng.gamma(np.maximum(alpha, 1e-3))
    return g / g.sum(axis=1, keepdims=True)


def _money(rng, segment, tier, separation, spread, tail) -> np.ndarray:
    n = len(tier)
    z = np.sqrt(0.35) * rng.standard_normal((n, 1)) + np.sqrt(0.65) * rng.standard_normal((n, 6))
    if tail:
        z *= np.sqrt(tail / rng.chisquare(tail, (n, 1)))
    shift = np.array([0.0, 0.6, -0.5, 0.3])[segment]
    logs = LEVEL + shift[:, None] + separation * (tier[:, None] - 1) + spread * z
    own = rng.random((n, 6)) < OWN
    return np.where(own, np.round(np.exp(logs)), np.nan)


def _permissions(frame: pd.DataFrame, rng: np.random.Generator, segment: np.ndarray) -> pd.DataFrame:
    n, extra = len(frame), {}
    words = np.array(["none", "pending", "granted", "expired", "refused", "withdrawn", "objected"])
    for purpose in ("marketing", "survey"):
        for j, channel in enumerate(CHANNELS):
            yes = np.clip(0.15 + 0.2 * ((segment + j) % 4), 0, 0.8)
            dice = rng.random(n)
            code = np.where(dice < 0.3, 0, np.where(dice < 0.3 + 0.7 * yes, 2, rng.choice([1, 3, 4, 5, 6], n)))
            extra[f"state_{purpose}_{channel}"] = pd.Categorical.from_codes(code, words)
            extra[f"age_{purpose}_{channel}"] = np.where(code == 0, np.nan, rng.integers(0, 700, n).astype(float))
    extra["granted_channel"] = rng.choice(CHANNELS, n)
    extra["granted_touchpoint"] = rng.choice(["online", "call_centre", "branch"], n)
    return pd.concat([frame, pd.DataFrame(extra, index=frame.index)], axis=1)
