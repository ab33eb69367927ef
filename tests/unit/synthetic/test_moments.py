"""Preset moments become distributions, or are refused."""

import numpy as np
import pytest

from crmdesk.domain.errors import BadInput
from crmdesk.synthetic.moment_table import sample_moments
from crmdesk.synthetic.moments import draw, fit, lognormal_line
from crmdesk.synthetic.spec import MomentSpec

NODES, WEIGHTS = np.polynomial.hermite_e.hermegauss(160)
WEIGHTS = WEIGHTS / WEIGHTS.sum()


def exact(skew: float, kurtosis: float) -> tuple[float, ...]:
    """The four moments by another quadrature than the solver's."""
    y = fit(skew, kurtosis).of_normal(NODES)
    mean = float(y @ WEIGHTS)
    return mean, *(float((y - mean) ** p @ WEIGHTS) for p in (2, 3, 4))


@pytest.mark.parametrize(
    ("skew", "kurtosis", "kind"),
    [(0, 0, "normal"), (0.5, 0.0, "johnson_sb"), (1, 1.5, "johnson_sb"), (2, 6, "johnson_sb"), (0, -0.5, "johnson_sb"),
     (0, 1, "johnson_su"), (1.2, 4, "johnson_su"), (-1, 2, "johnson_su"), (-0.6, 0.2, "johnson_sb"),
     (1, lognormal_line(1), "lognormal"), (1.441125, 3.9067, "lognormal")],
)  # fmt: skip
def test_the_chosen_distribution_has_the_preset_moments(skew: float, kurtosis: float, kind: str) -> None:
    assert fit(skew, kurtosis).kind == kind
    mean, variance, third, fourth = exact(skew, kurtosis)
    assert (mean, variance) == pytest.approx((0, 1), abs=2e-4)
    assert (third, fourth - 3) == pytest.approx((skew, kurtosis), abs=5e-3)


@pytest.mark.parametrize(("skew", "kurtosis", "kind"), [(1, -1, "two_point"), (0, -2, "two_point"), (1, -0.9, "beta"),
                                                        (-2, 2.1, "beta")])  # fmt: skip
def test_near_the_bound_two_points_or_a_beta_carry_them(skew: float, kurtosis: float, kind: str) -> None:
    shape = fit(skew, kurtosis)
    assert shape.kind == kind
    values = shape.of_normal(np.random.default_rng(3).standard_normal(400_000))
    assert sample_moments(values) == pytest.approx([0, 1, skew, kurtosis], abs=0.02)


def test_excess_kurtosis_is_meant_so_a_normal_has_none() -> None:
    values = draw(MomentSpec(500.0, 20.0, 0.0, 0.0), np.random.default_rng(1).standard_normal(200_000))
    assert sample_moments(values) == pytest.approx([500, 20, 0, 0], abs=0.15)


@pytest.mark.parametrize(("skew", "kurtosis"), [(1, -1.01), (0, -3), (3, 6.9), (-2, 1.5)])
def test_infeasible_pairs_are_refused_with_the_bound_and_the_nearest_pair(skew: float, kurtosis: float) -> None:
    with pytest.raises(BadInput) as refused:
        fit(skew, kurtosis)
    words = str(refused.value)
    assert f"at least {skew**2 - 2:g}" in words
    near = words.split("nearest feasible pair is skewness ")[1].rstrip(".").split(" with excess kurtosis ")
    g, k = (float(x) for x in near)
    assert k == pytest.approx(g**2 - 2, abs=0.01)
    grid = np.linspace(-4, 4, 80_001)
    least = np.min((grid - skew) ** 2 + (grid**2 - 2 - kurtosis) ** 2)
    assert (g - skew) ** 2 + (k - kurtosis) ** 2 == pytest.approx(least, abs=5e-3)


def test_values_keep_the_order_of_the_normal_ones() -> None:
    z = np.sort(np.random.default_rng(2).standard_normal(500))
    for skew, kurtosis in ((1.2, 4), (-1.2, 4), (1, 1.5), (-1, 1.5)):
        assert (np.diff(fit(skew, kurtosis).of_normal(z)) > 0).all()
