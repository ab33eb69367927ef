"""From four preset moments to a distribution: normal, lognormal, Johnson SU and SB, beta and two-point."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from crmdesk.domain.errors import BadInput
from crmdesk.synthetic.spec import MomentSpec

Floats = NDArray[np.float64]
_NODES, _WEIGHTS = np.polynomial.hermite_e.hermegauss(200)
_WEIGHTS = _WEIGHTS / _WEIGHTS.sum()
_NEAR_LINE = 1e-3  # closer than this to the lognormal line the Johnson solvers do not converge
_FITTED = 1e-6


@dataclass(frozen=True)
class Shape:
    """A standardised distribution: `kind`, its two parameters, and -1 where it is mirrored for negative skew."""

    kind: str
    a: float = 0.0
    b: float = 0.0
    side: float = 1.0

    def of_normal(self, z: Floats) -> Floats:
        """Standard normal values to values of mean 0 and sd 1, in the same order (n -> n)."""
        raw, mean, sd = self._raw(self.side * z)
        return self.side * (raw - mean) / sd

    def _raw(self, z: Floats) -> tuple[Floats, float, float]:
        if self.kind == "normal":
            return z, 0.0, 1.0
        if self.kind == "lognormal":
            w = np.exp(self.a**2)
            return np.exp(self.a * z), float(np.sqrt(w)), float(np.sqrt(w * (w - 1)))
        if self.kind == "johnson_su":
            mean, variance = _su(self.a, self.b)[:2]
            return np.sinh((z - self.a) / self.b), float(mean), float(np.sqrt(variance))
        if self.kind == "johnson_sb":
            mean, variance = _sb(np.array([self.a]), np.array([self.b]))[:2]
            return _logistic((z - self.a) / self.b), float(mean[0]), float(np.sqrt(variance[0]))
        from scipy.special import betaincinv, ndtr

        if self.kind == "beta":
            a, b = self.a, self.b
            spread = np.sqrt(a * b / ((a + b) ** 2 * (a + b + 1)))
            return betaincinv(a, b, ndtr(z)), a / (a + b), float(spread)
        high = self.a  # two-point: P(1) = a
        return (ndtr(z) > 1 - high).astype(float), high, float(np.sqrt(high * (1 - high)))


def draw(spec: MomentSpec, z: Floats) -> Floats:
    """Values with the preset moments from standard normal ones (population mode: the sample scatters)."""
    return spec.mean + spec.sd * fit(spec.skew, spec.kurtosis).of_normal(z)


def lower_bound(skew: float) -> float:
    """The least excess kurtosis that any distribution of this skewness can have."""
    return skew**2 - 2


def lognormal_line(skew: float) -> float:
    """Excess kurtosis of the lognormal distribution of this skewness; Johnson SU lies above it, SB below."""
    w = _lognormal_w(skew)
    return float(w**4 + 2 * w**3 + 3 * w**2 - 6)


@lru_cache(maxsize=256)
def fit(skew: float, kurtosis: float) -> Shape:
    """The distribution with this skewness and excess kurtosis; BadInput where none exists (Johnson 1949).

    >>> fit(0, 0).kind, fit(1.0, 8.0).kind, fit(1.0, 1.0).kind
    ('normal', 'johnson_su', 'johnson_sb')
    """
    _refuse_infeasible(skew, kurtosis)
    side, g1 = (-1.0 if skew < 0 else 1.0), abs(skew)
    if g1 == 0 and kurtosis == 0:
        return Shape("normal")
    if kurtosis - lower_bound(g1) < 1e-9:
        return Shape("two_point", _two_point(g1), 0.0, side)
    line = lognormal_line(g1)
    if abs(kurtosis - line) < _NEAR_LINE:
        return Shape("lognormal", float(np.sqrt(np.log(_lognormal_w(g1)))), 0.0, side) if g1 else Shape("normal")
    kind = "johnson_su" if kurtosis > line else "johnson_sb"
    found = _johnson(kind, g1, kurtosis)
    if found is not None:
        return Shape(kind, *found, side)
    # Near the bound SB turns into two spikes that no quadrature sees; the beta distribution is exact there.
    beta = _beta(g1, kurtosis)
    if beta is None:
        raise BadInput(f"No distribution was found for skewness {skew:g} and excess kurtosis {kurtosis:g}; change one.")
    return Shape("beta", *beta, side)


def _refuse_infeasible(skew: float, kurtosis: float) -> None:
    if not (np.isfinite(skew) and np.isfinite(kurtosis)):
        raise BadInput("Skewness and kurtosis must be finite numbers.")
    if kurtosis >= lower_bound(skew) - 1e-12:
        return
    # Nearest point of the parabola k = g^2 - 2: the derivative of the squared distance is 2g^3 - (3 + 2k)g - g1 = 0.
    roots = np.roots([2.0, 0.0, -(3 + 2 * kurtosis), -skew])
    real = roots[np.abs(roots.imag) < 1e-9].real
    near = real[np.argmin((real - skew) ** 2 + (real**2 - 2 - kurtosis) ** 2)]
    raise BadInput(
        f"Skewness {skew:g} needs an excess kurtosis of at least {lower_bound(skew):g} (skewness squared minus 2), "
        f"not {kurtosis:g}; the nearest feasible pair is skewness {near:.3f} with excess kurtosis {near**2 - 2:.3f}."
    )


def _lognormal_w(skew: float) -> float:
    """exp(sigma^2) of the lognormal with this skewness: the one positive root of (w + 2)^2 (w - 1) = skew^2."""
    return float(np.roots([1.0, 3.0, 0.0, -(4.0 + skew**2)]).real.max())


def _two_point(g1: float) -> float:
    """P(high) of the two-point distribution with skewness g1: (1 - 2p)/sqrt(p(1-p)) = g1."""
    return float((1 - g1 / np.sqrt(4 + g1**2)) / 2)


def _beta(g1: float, g2: float) -> tuple[float, float] | None:
    """Parameters of the beta distribution by moments; None outside its region (Pearson type I)."""
    b1, b2 = g1**2, g2 + 3
    bottom = 6 + 3 * b1 - 2 * b2
    if bottom <= 0:
        return None
    total = 6 * (b2 - b1 - 1) / bottom
    lean = (total + 2) * np.sqrt(b1 / ((total + 2) ** 2 * b1 + 16 * (total + 1)))
    return float(total / 2 * (1 - lean)), float(total / 2 * (1 + lean))


def _su(gamma: float | Floats, delta: float | Floats) -> tuple[Floats, Floats, Floats, Floats]:
    """Mean, variance, skewness and excess kurtosis of sinh((Z - gamma)/delta) (closed forms)."""
    w, o = np.exp(1 / np.square(delta)), np.asarray(gamma / delta)
    mean = -np.sqrt(w) * np.sinh(o)
    variance = (w - 1) * (w * np.cosh(2 * o) + 1) / 2
    third = -np.sqrt(w) * (w - 1) ** 2 * (w * (w + 2) * np.sinh(3 * o) + 3 * np.sinh(o)) / 4
    inner = w**2 * (w**4 + 2 * w**3 + 3 * w**2 - 3) * np.cosh(4 * o) + 4 * w**2 * (w + 2) * np.cosh(2 * o)
    fourth = (w - 1) ** 2 * (inner + 3 * (2 * w + 1)) / 8
    return mean, variance, third / variance**1.5, fourth / variance**2 - 3


def _sb(gamma: Floats, delta: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    """The same four for logistic((Z - gamma)/delta), by 200-node Gauss-Hermite quadrature."""
    y = _logistic((_NODES - gamma[:, None]) / delta[:, None])
    mean = y @ _WEIGHTS
    centred = y - mean[:, None]
    variance, third, fourth = (centred**p @ _WEIGHTS for p in (2, 3, 4))
    variance = np.maximum(variance, 1e-300)
    return mean, variance, third / variance**1.5, fourth / variance**2 - 3


def _logistic(x: Floats) -> Floats:
    return 0.5 * (1 + np.tanh(x / 2))


def _johnson(kind: str, g1: float, g2: float) -> tuple[float, float] | None:
    """gamma and delta for these moments: the best point of a grid, then least squares; None without a solution."""
    from scipy.optimize import least_squares

    sign = -1.0 if kind == "johnson_su" else 1.0  # the side of gamma that leans right

    def found(gamma: Floats, delta: Floats) -> tuple[Floats, Floats]:
        return (_su if kind == "johnson_su" else _sb)(gamma, delta)[2:]

    # Grid in (gamma/delta, ln delta): even steps of skewness and of weight in the tails.
    lean, spread = (a.ravel() for a in np.meshgrid(np.linspace(0, 6, 61), np.linspace(np.log(0.35), 4.0, 60)))
    if kind == "johnson_su":
        keep = np.exp(-2 * spread) < 1.6
        lean, spread = lean[keep], spread[keep]
    delta = np.exp(spread)
    skews, kurts = found(sign * lean * delta, delta)
    start = int(np.argmin((skews - g1) ** 2 + (kurts - g2) ** 2 / (1 + abs(g2))))

    def miss(x: Floats) -> Floats:
        d = np.exp(np.array([x[1]]))
        s, k = found(sign * x[0] * d, d)
        return np.array([s[0] - g1, k[0] - g2])

    bounds = ([-0.5, np.log(0.30)], [12.0, 7.0])  # below 0 so that a symmetric one does not start on the edge
    solved = least_squares(miss, [lean[start], spread[start]], xtol=1e-15, ftol=1e-15, gtol=1e-15, bounds=bounds)
    if np.max(np.abs(solved.fun)) > _FITTED:
        return None
    d = float(np.exp(solved.x[1]))
    return float(sign * solved.x[0] * d), d
