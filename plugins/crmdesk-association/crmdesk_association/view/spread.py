"""Where the nodes of a network stand: attraction and repulsion from a fixed start, then no label over another."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
STEPS, PUSHES = 300, 120
GAPS = (44.0, 28.0, 18.0, 10.0)  # px between labels: as much as there is room for, so that arrows show


def unit_places(n: int, edges: NDArray[np.int64], seed: int = 7) -> Floats:
    """Places (n, 2) within -1..1 or so of n nodes joined by edges (e, 2); the same input gives the same places.

    Force-directed (Fruchterman and Reingold 1991: repulsion k^2/d between all, attraction d^2/k along edges, cooling
    linearly), started from a circle with a little noise of `seed`.
    """
    angle = 2 * np.pi * np.arange(n) / max(n, 1)
    places = np.stack([np.cos(angle), np.sin(angle)], axis=1) * 0.35
    places += np.random.default_rng(seed).normal(scale=0.01, size=(n, 2))
    pairs = np.unique(np.sort(edges, axis=1), axis=0)
    joined = np.zeros((n, n))
    joined[pairs[:, 0], pairs[:, 1]] = joined[pairs[:, 1], pairs[:, 0]] = 1.0
    ideal = 0.9 / np.sqrt(max(n, 1))
    for step in range(STEPS):
        away = places[:, None, :] - places[None, :, :]
        distance = np.maximum(np.sqrt((away**2).sum(axis=2)), 1e-3)
        move = (away * (ideal**2 / distance**2 - joined * distance / ideal)[:, :, None]).sum(axis=1)
        move -= places * 0.5  # parts without an edge between them stay near
        length = np.maximum(np.sqrt((move**2).sum(axis=1)), 1e-9)
        limit = 0.08 * (1 - step / STEPS) + 0.001
        places = places + move / length[:, None] * np.minimum(length, limit)[:, None]
    return places


def fitted(places: Floats, sizes: Floats, width: float, height: float) -> Floats:
    """Middles (n, 2) in px within width x height of boxes of these sizes (n, 2), about where `places` says.

    Places are spread over the frame, whatever its shape: half by where they are, half by their rank, so that a
    crowd is pulled apart and nothing stands empty. Boxes nearer than a gap are then pushed apart, the widest gap
    first; where no gap succeeds they are laid out in lines.
    """
    if len(places) == 0:
        return np.zeros((0, 2))
    low, span = places.min(axis=0), np.ptp(places, axis=0)
    share = np.divide(places - low, span, out=np.full_like(places, 0.5), where=span > 1e-9)
    ranks = np.argsort(np.argsort(share, axis=0, kind="stable"), axis=0) / max(len(places) - 1, 1)
    within = np.array([width, height]) - sizes.max(axis=0) - 2 * GAPS[-1]
    start = sizes.max(axis=0) / 2 + GAPS[-1] + (share + ranks) / 2 * np.maximum(within, 1.0)
    middles = start
    for gap in GAPS:
        middles = _pushed(start, sizes, width, height, gap)
        if not overlapping(middles, sizes, gap / 2).any():
            return middles
    return middles if not overlapping(middles, sizes).any() else _in_lines(middles, sizes, width)


def least_height(sizes: Floats, width: float) -> float:
    """The height in px that boxes of these sizes (n, 2) need in a frame of this width, with the smallest gaps."""
    return _lines(np.arange(len(sizes)), sizes, width)[1]


def _pushed(middles: Floats, sizes: Floats, width: float, height: float, gap: float) -> Floats:
    """Overlapping boxes apart, each by half along the shorter way, all within the frame."""
    half = sizes / 2
    order = np.arange(len(sizes))
    low, high = half + 2, np.maximum(np.array([width, height]) - half - 2, half + 2)
    for _ in range(PUSHES):
        middles = np.clip(middles, low, high)
        hit = overlapping(middles, sizes, gap)
        if not hit.any():
            break
        away = middles[:, None, :] - middles[None, :, :]
        deep = half[:, None, :] + half[None, :, :] + gap - np.abs(away)
        # Of two at the same place the later one goes on.
        way = np.where(away != 0, np.sign(away), np.sign(order[:, None] - order[None, :])[:, :, None])
        tall = deep[:, :, 0] * (height / width) > deep[:, :, 1]
        along = np.stack([~tall, tall], axis=2) & hit[:, :, None]
        middles = middles + (way * deep * along).sum(axis=1) * 0.35
    return np.clip(middles, low, high)


def overlapping(middles: Floats, sizes: Floats, gap: float = 0.0) -> NDArray[np.bool_]:
    """Which boxes (n, n) lie on one another or nearer than `gap`."""
    away = np.abs(middles[:, None, :] - middles[None, :, :])
    room = (sizes[:, None, :] + sizes[None, :, :]) / 2 + gap
    hit: NDArray[np.bool_] = np.asarray((away < room).all(axis=2), dtype=bool)
    np.fill_diagonal(hit, False)
    return hit


def _in_lines(middles: Floats, sizes: Floats, width: float) -> Floats:
    """From left to right and top to bottom, in about the order they stood; never one over another."""
    return _lines(np.lexsort((middles[:, 0], np.round(middles[:, 1] / 60))), sizes, width)[0]


def _lines(order: NDArray[np.intp], sizes: Floats, width: float) -> tuple[Floats, float]:
    """Middles (n, 2) of boxes set line by line in this order, and the height of all lines."""
    placed = np.zeros((len(sizes), 2))
    x = y = tall = 0.0
    for at in order:
        wide, high = sizes[at]
        if x and x + wide + GAPS[-1] > width:
            x, y, tall = 0.0, y + tall + GAPS[-1], 0.0
        placed[at] = (x + GAPS[-1] / 2 + wide / 2, y + GAPS[-1] / 2 + high / 2)
        x, tall = x + wide + GAPS[-1], max(tall, high)
    return placed, y + tall + GAPS[-1]
