"""B1, B2 and B3: choosing the number of groups against the bare fits it needs (scale.md, section 8).

Data: 6,000 rows of root shares in 37 cells, four planted groups, from a seed; one thread on both sides. The null
test is counted apart.
"""

from __future__ import annotations

import numpy as np
from harness import Call, compare
from numpy.typing import NDArray

ROWS, SEED, KS = 6_000, 7, tuple(range(2, 9))


def data() -> NDArray[np.float64]:
    """Root shares (6000, 37) of multinomial counts around four Dirichlet profiles."""
    rng = np.random.default_rng(SEED)
    profile = rng.dirichlet(np.full(37, 0.4), 4) + 1e-4
    group = rng.choice(4, ROWS, p=[0.35, 0.3, 0.2, 0.15])
    g = rng.gamma(profile[group] * 25 + 0.02)
    counts = np.stack([rng.multinomial(60, row / row.sum()) for row in g]).astype(float)
    shares: NDArray[np.float64] = np.sqrt((counts + 5 * counts.mean(axis=0) / 60) / 65)
    return shares


def bare() -> None:
    """Baseline of B1 and B3: scikit-learn's k-means for each k, and nothing else."""
    from sklearn.cluster import KMeans
    from threadpoolctl import threadpool_limits

    points = data().astype(np.float32)
    with threadpool_limits(1):
        for k in KS:
            KMeans(k, n_init=10, random_state=SEED, algorithm="lloyd").fit(points)


def screened() -> None:
    """The fits with the simplified silhouette for each k."""
    from crmdesk_segmentation.choose_k import KMeansFit, screen
    from threadpoolctl import threadpool_limits

    points = data()
    with threadpool_limits(1):
        screen(points, points, KS, KMeansFit(), SEED, lambda fraction, text: None)


def chosen() -> None:
    """The screen and the bootstraps of the best three."""
    from crmdesk_segmentation.choose_k import KMeansFit, choose
    from threadpoolctl import threadpool_limits

    points = data()
    with threadpool_limits(1):
        choose(points, points, KMeansFit(), SEED, lambda fraction, text: None)


def sampled_silhouette() -> None:
    """Baseline of B2: scikit-learn's silhouette on 5,000 people, ten times."""
    from sklearn.metrics import silhouette_score
    from threadpoolctl import threadpool_limits

    points, labels = data(), np.arange(ROWS) % 4
    with threadpool_limits(1):
        for seed in range(10):
            silhouette_score(points, labels, sample_size=5_000, random_state=seed)


def index() -> None:
    """The simplified silhouette on all, ten times."""
    from crmdesk_segmentation.lloyd import simplified_silhouette
    from threadpoolctl import threadpool_limits

    points, labels = data(), np.arange(ROWS) % 4
    with threadpool_limits(1):
        for _ in range(10):
            simplified_silhouette(points, labels)


def test_b1_screen_against_bare_fits() -> None:
    compare("B1 screen of k = 2..8", Call("bare fits", bare), Call("screen", screened), gate=1.2).check()


def test_b2_index_against_sampled_silhouette() -> None:
    compare("B2 index per k", Call("silhouette, 5,000", sampled_silhouette), Call("index", index), gate=0.1).check()


def test_b3_choice_against_bare_fits() -> None:
    compare("B3 screen and bootstraps", Call("bare fits", bare), Call("choose", chosen), gate=2.0).check()
