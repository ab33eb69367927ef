"""Intervals, tests and agreement against published figures, scikit-learn, SciPy and simulation."""

import numpy as np
import pytest
from scipy import stats
from sklearn import metrics

from crmdesk.domain import statistics as st


def test_wilson_matches_newcombe_1998_table() -> None:
    low, high = st.wilson([81, 15, 0, 1], [263, 148, 20, 29])
    assert low == pytest.approx([0.2553, 0.0624, 0.0, 0.0061], abs=1e-4)
    assert high == pytest.approx([0.3662, 0.1605, 0.1611, 0.1718], abs=1e-4)


def test_wilson_knows_nothing_without_cases() -> None:
    low, high = st.wilson(0, 0)
    assert (float(low), float(high)) == (0.0, 1.0)


def test_benjamini_hochberg_equals_scipy_and_keeps_nan() -> None:
    p = np.random.default_rng(2).random(40) ** 2
    assert st.benjamini_hochberg(p) == pytest.approx(stats.false_discovery_control(p))
    with_gap = st.benjamini_hochberg([0.01, np.nan, 0.04])
    assert np.isnan(with_gap[1])
    assert with_gap[[0, 2]] == pytest.approx([0.02, 0.04])


def test_holm_steps_down() -> None:
    assert st.holm([0.04, 0.01, 0.03]) == pytest.approx([0.06, 0.03, 0.06])
    assert st.holm([]).size == 0


def test_beta_binomial_fit_finds_its_prior_and_survives_one_group() -> None:
    rng = np.random.default_rng(3)
    n = np.full(400, 200)
    a, b = st.beta_binomial_fit(rng.binomial(n, rng.beta(4, 12, 400)), n)
    assert a / (a + b) == pytest.approx(0.25, abs=0.02)
    assert a + b == pytest.approx(16, rel=0.2)
    assert st.beta_binomial_fit([3], [10]) == pytest.approx((3.5 / 11, 7.5 / 11))
    assert np.isfinite(st.beta_binomial_fit([0, 0, 0], [50, 50, 50])).all()


@pytest.mark.parametrize("seed", range(5))
def test_agreement_equals_scikit_learn(seed: int) -> None:
    rng = np.random.default_rng(seed)
    a = rng.integers(0, 5, 300)
    b = np.where(rng.random(300) < 0.5, a, rng.integers(0, 4, 300))
    found = st.agreement(a, b)
    assert found.ari == pytest.approx(metrics.adjusted_rand_score(a, b))
    assert found.ami == pytest.approx(metrics.adjusted_mutual_info_score(a, b))
    assert found.v == pytest.approx(metrics.v_measure_score(a, b))


def test_agreement_of_single_groups() -> None:
    assert st.agreement([0, 0, 0], [1, 1, 1]) == (1.0, 1.0, 1.0)
    assert st.adjusted_rand([0, 0, 1, 1], [0, 0, 0, 0]) == pytest.approx(0.0)


def test_cohens_d_of_known_shift() -> None:
    assert st.cohens_d([2, 4, 6], [0, 2, 4]) == pytest.approx(1.0)
    assert st.cohens_d([1, 1], [1, 1]) == 0.0
    assert st.cohens_d([1], [1, 2]) == 0.0


def test_cliffs_delta_equals_the_slow_count_and_mann_whitney() -> None:
    rng = np.random.default_rng(4)
    a, b = rng.integers(0, 9, 60), rng.integers(2, 11, 80)
    slow = np.sign(a[:, None] - b).mean()
    delta, p = st.cliffs_delta(a, b)
    assert delta == pytest.approx(slow)
    assert p == pytest.approx(stats.mannwhitneyu(a, b, use_continuity=False).pvalue)
    assert st.cliffs_delta([], [1]) == (0.0, 1.0)


def test_welch_p_is_uniform_without_a_difference() -> None:
    rng = np.random.default_rng(5)
    p = [st.welch_p(rng.normal(size=60), rng.normal(scale=2, size=90)) for _ in range(400)]
    assert stats.kstest(p, "uniform").pvalue > 0.001
    assert st.welch_p([1, 1], [2, 2]) == 0.0
