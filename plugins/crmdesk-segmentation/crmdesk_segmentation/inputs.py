"""What a run works on: the host's frame as arrays, checked, with warnings in words."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from crmdesk.api import CELLS, CHANNELS, MODES, AnalysisError

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]
COUNTS = tuple(f"c{cell.row:02d}" for cell in CELLS)
MONEY = ("balance", "savings", "mortgage", "loan", "investments", "card_spend")
CHANNEL_WORDS = {"atm": "ATM", "online": "online", "call_centre": "call centre", "branch": "branch"}
FEWEST = 300
SETTLED = 10  # interactions from which a customer takes part in fitting


@dataclass(frozen=True)
class Inputs:
    """customers (n,) int64; counts (n, 37); money (n, 6) in minor units, NaN = not held; settled (n,) is fitted."""

    customers: NDArray[np.int64]
    counts: Floats
    money: Floats
    settled: NDArray[np.bool_]
    frame: pd.DataFrame
    warnings: list[str] = field(default_factory=list)

    @property
    def volume(self) -> Floats:
        total: Floats = self.counts.sum(axis=1)
        return total

    @property
    def value(self) -> Floats:
        """Business volume of each customer: everything held, summed as it stands."""
        total: Floats = np.nansum(self.money, axis=1)
        return total


def read(frame: pd.DataFrame) -> Inputs:
    """The arrays of a frame; AnalysisError where it cannot be mined at all."""
    missing = [name for name in (*COUNTS, *MONEY) if name not in frame.columns]
    if missing:
        raise AnalysisError(f"The data lacks {', '.join(missing[:5])}; import interactions and accounts first.")
    counts = frame[list(COUNTS)].fillna(0).to_numpy(dtype=np.float64)
    money = frame[list(MONEY)].to_numpy(dtype=np.float64)
    if np.isinf(money).any() or np.isinf(counts).any() or (counts < 0).any():
        raise AnalysisError("Some amounts are infinite or some counts negative; correct them at their source.")
    if (np.abs(np.nan_to_num(money)) > 1e18).any():
        raise AnalysisError("Some amounts are beyond 10^18; correct them at their source.")
    settled = counts.sum(axis=1) >= SETTLED
    _refuse_few(len(frame), int(settled.sum()))
    inputs = Inputs(frame.index.to_numpy(dtype=np.int64), counts, money, settled, frame)
    inputs.warnings.extend(_warnings(inputs))
    return inputs


def _refuse_few(n: int, settled: int) -> None:
    if n < FEWEST:
        raise AnalysisError(f"Not enough data: {n} customers, and at least {FEWEST} are needed.")
    if settled < FEWEST:
        raise AnalysisError(
            f"Not enough data: {settled} customers have {SETTLED} interactions or more in 12 months, "
            f"and at least {FEWEST} are needed."
        )


def _warnings(inputs: Inputs) -> list[str]:
    words = []
    by_channel = channel_shares(inputs.counts).sum(axis=0)
    silent = [CHANNEL_WORDS[c] for c, total in zip(CHANNELS, by_channel, strict=True) if total == 0]
    if silent:
        words.append(f"No interaction by {', '.join(silent)} in these 12 months: groups cannot show that channel.")
    empty = [name for j, name in enumerate(MONEY) if np.isnan(inputs.money[:, j]).all()]
    if empty:
        words.append(f"Nobody holds {', '.join(name.replace('_', ' ') for name in empty)}: left out.")
    flat = [name for j, name in enumerate(MONEY) if name not in empty and np.unique(_held(inputs.money, j)).size == 1]
    if flat:
        words.append(f"The amount is the same for all in {', '.join(flat)}: only holding it counts.")
    total, largest = float(np.abs(inputs.value).sum()), float(np.abs(inputs.value).max(initial=0.0))
    if total > 0 and largest >= 0.4 * total:
        words.append(f"One customer holds {largest / total:.0%} of all value: see value_share_without_largest.")
    return words


def _held(money: Floats, column: int) -> Floats:
    held: Floats = money[~np.isnan(money[:, column]), column]
    return held


def channel_shares(counts: Floats) -> Floats:
    """(n, 4) share of each channel in a customer's interactions, order of CHANNELS; 0 without interactions."""
    return _shares(counts, [cell.channel for cell in CELLS], CHANNELS)


def mode_shares(counts: Floats) -> Floats:
    """(n, 4) share of each mode, order of MODES."""
    return _shares(counts, [cell.mode for cell in CELLS], MODES)


def _shares(counts: Floats, words: list[str], order: tuple[str, ...]) -> Floats:
    into = np.array([[float(word == name) for name in order] for word in words])
    sums: Floats = counts @ into
    sums /= np.maximum(counts.sum(axis=1, keepdims=True), 1.0)
    return sums
