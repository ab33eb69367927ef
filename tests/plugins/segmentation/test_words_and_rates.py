"""Rates by segment keep their promised coverage; a rule describes its own people or says that none does."""

import numpy as np
import pytest
from crmdesk_segmentation import enrich, words

GROUP = np.array(["A", "A", "A", "B", "B", "B"])


def coverage(concentration: float, people: int, seed: int, banks: int = 400) -> float:
    """Share of true rates inside their interval; true rates ~ Beta with mean .3, `inf` = all alike."""
    rng = np.random.default_rng(seed)
    hits = 0
    for _ in range(banks):
        true = np.full(6, 0.3) if np.isinf(concentration) else rng.beta(0.3 * concentration, 0.7 * concentration, 6)
        n = rng.integers(people // 2, people * 2, 6).astype(float)
        _, low, high = enrich.shrunk(rng.binomial(n.astype(int), true).astype(float), n, GROUP)
        hits += int(((low <= true) & (true <= high)).sum())
    return hits / (6 * banks)


@pytest.mark.parametrize(("concentration", "people"), [(np.inf, 40), (20.0, 40), (5.0, 60), (5.0, 400)])
def test_an_interval_of_95_percent_covers_about_that(concentration: float, people: int) -> None:
    assert 0.90 <= coverage(concentration, people, seed=3) <= 0.999


def test_two_segments_of_thirty_answers_are_not_known_to_a_point() -> None:
    rate, low, high = enrich.shrunk(np.array([15.0, 15.0]), np.array([30.0, 30.0]), np.array(["A", "A"]))
    assert np.allclose(rate, 0.5, atol=0.01) and (high - low > 0.15).all()


def test_a_rule_belongs_to_the_segment_it_names() -> None:
    rng = np.random.default_rng(1)
    labels = (rng.random(2000) < 0.12).astype(int)
    noise = {"share atm": rng.random(2000)}
    said, fidelity = words.tree(noise, labels, seed=1)
    assert said[0] != said[1] and fidelity is not None
    clear = {"share atm": labels * 0.8 + 0.1 * rng.random(2000)}
    said, _ = words.tree(clear, labels, seed=1)
    assert said[1].startswith("share atm above") and said[0].startswith("share atm at most")
    assert "100% of those it fits" in said[1]
