"""K-means as everything here uses it: Lloyd in float32, centres in float64, groups without people dropped."""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Labels = NDArray[np.int64]

SCOUTS = 3
FEWEST_SCOUTED = 800


@dataclass(frozen=True)
class Centres:
    """centres: (k, columns); labels: (n,) of the rows it was fitted on."""

    centres: Floats
    labels: Labels

    def assign(self, points: Floats) -> Labels:
        labels: Labels = np.argmin(distances2(points, self.centres), axis=1)
        return labels


def kmeans(points: Floats, k: int, seed: int, starts: int = 10) -> Centres:
    """Lloyd's k-means with `starts` k-means++ starts on points (n, columns).

    Centres are the float64 means of the labels, so that they do not vary with the number of threads.
    Fewer distinct rows than k give fewer groups, silently: the host has been told by the caller.
    """
    from sklearn.cluster import KMeans

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = KMeans(k, n_init=starts, random_state=seed, algorithm="lloyd").fit(points.astype(np.float32))
    labels = np.unique(found.labels_, return_inverse=True)[1].astype(np.int64)
    return Centres(means(points, labels), labels)


def scouted(points: Floats, k: int, seed: int) -> Centres:
    """One full k-means from the best of several starts tried on an eighth of the rows.

    A single start sits in a local optimum too often to measure stability (three in-line groups: bootstrap
    agreement .85-.95 instead of .97-.98); scouts cost a fraction of several full starts.
    """
    from sklearn.cluster import KMeans

    rows = points.astype(np.float32)
    few = np.random.default_rng(seed).permutation(len(rows))[: max(FEWEST_SCOUTED, len(rows) // 8)]
    if len(few) < 2 * k:
        return kmeans(points, k, seed)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        begin = KMeans(k, n_init=SCOUTS, random_state=seed, algorithm="lloyd").fit(rows[few]).cluster_centers_
        found = KMeans(k, init=begin, n_init=1, algorithm="lloyd").fit(rows)
    labels = np.unique(found.labels_, return_inverse=True)[1].astype(np.int64)
    return Centres(means(points, labels), labels)


def means(points: Floats, labels: Labels) -> Floats:
    """(k, columns) mean of each label 0..k-1."""
    k = int(labels.max()) + 1
    members = np.zeros((k, labels.size))
    members[labels, np.arange(labels.size)] = 1.0
    sums: Floats = members @ points
    sums /= np.maximum(members.sum(axis=1, keepdims=True), 1.0)
    return sums


def distances2(points: Floats, centres: Floats) -> Floats:
    """(n, k) squared distances."""
    cross = points @ centres.T
    squares = (points * points).sum(axis=1)[:, None] + (centres * centres).sum(axis=1) - 2 * cross
    floored: Floats = np.maximum(squares, 0.0)
    return floored


def simplified_silhouette(points: Floats, labels: Labels) -> float:
    """Mean of (b - a) / max(a, b) with distances to the own and the nearest other centre; 0 for one group."""
    if labels.size == 0 or labels.max() < 1:
        return 0.0
    away = np.sqrt(distances2(points, means(points, labels)))
    rows = np.arange(labels.size)
    own = away[rows, labels].copy()
    away[rows, labels] = np.inf
    other = away.min(axis=1)
    return float(((other - own) / np.maximum(np.maximum(own, other), 1e-12)).mean())
