"""Multinomial mixture by EM: the default of tier 1, best where customers have few interactions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from crmdesk_segmentation.lloyd import scouted

Floats = NDArray[np.float64]
Labels = NDArray[np.int64]
TOLERANCE = 1e-6
MOST_ROUNDS = 200
Tick = Callable[[], None]  # called every few rounds: the place where a cancel is felt


def _quiet() -> None:
    """Nobody waits."""


@dataclass(frozen=True)
class Mixture:
    """log_p: (k, cells) log shares of each group; log_w: (k,) log weights."""

    log_p: Floats
    log_w: Floats

    def posterior(self, counts: Floats) -> Floats:
        """(n, k) probability of each group for counts (n, cells)."""
        return _softmax(counts @ self.log_p.T + self.log_w)[0]

    def assign(self, counts: Floats) -> Labels:
        labels: Labels = np.argmax(counts @ self.log_p.T + self.log_w, axis=1)
        return labels


def fit(counts: Floats, k: int, seed: int, starts: int = 3, tick: Tick = _quiet) -> Mixture:
    """The likeliest of `starts` mixtures of counts (n, cells), each begun by k-means on the root shares."""
    shares = np.sqrt(counts / np.maximum(counts.sum(axis=1, keepdims=True), 1.0))
    best: tuple[float, Mixture] | None = None
    for start in range(starts):
        begin = scouted(shares, k, seed + start).labels
        likelihood, model = _climb(counts, np.eye(k)[begin], tick)
        if best is None or likelihood > best[0]:
            best = (likelihood, model)
    assert best is not None
    return best[1]


def _climb(counts: Floats, weights: Floats, tick: Tick) -> tuple[float, Mixture]:
    """EM from responsibilities (n, k) to a step below 1e-6 relative."""
    before = -np.inf
    model = _maximise(counts, weights)
    for turn in range(MOST_ROUNDS):
        if turn % 10 == 0:
            tick()
        weights, total = _softmax(counts @ model.log_p.T + model.log_w)
        if total - before <= TOLERANCE * abs(total):
            break
        before, model = total, _maximise(counts, weights)
    return total, model


def _maximise(counts: Floats, weights: Floats) -> Mixture:
    p = weights.T @ counts + 0.5
    w = weights.sum(axis=0) + 1e-9
    return Mixture(np.log(p / p.sum(axis=1, keepdims=True)), np.log(w / w.sum()))


def _softmax(scores: Floats) -> tuple[Floats, float]:
    """Responsibilities and log likelihood by log-sum-exp."""
    top = scores.max(axis=1, keepdims=True)
    grown = np.exp(scores - top)
    total = grown.sum(axis=1, keepdims=True)
    return grown / total, float((np.log(total) + top).sum())


@dataclass(frozen=True)
class MixtureFit:
    """The mixture as `choose_k` wants it: three starts for the base, one for a bootstrap."""

    tick: Tick = field(default=_quiet)

    def full(self, counts: Floats, k: int, seed: int) -> Mixture:
        return fit(counts, k, seed, tick=self.tick)

    def quick(self, counts: Floats, k: int, seed: int) -> Mixture:
        return fit(counts, k, seed, starts=1, tick=self.tick)
