"""How strong rules are: every measure from three counts and the number of baskets."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from crmdesk.api import statistics
from crmdesk_association.rules.rules import RuleSet

Floats = NDArray[np.float64]


def measures(rules: RuleSet) -> dict[str, Floats]:
    """Measures (r) of r rules A -> C by name; NaN where one has no value, never an infinity.

    support P(AC), confidence P(C|A) with its Wilson interval low..high (95 %), lift P(AC) / P(A)P(C),
    leverage P(AC) - P(A)P(C) (Piatetsky-Shapiro 1991), conviction P(A)P(not C) / P(A and not C) (Brin et al. 1997;
    NaN where the rule never fails), kulczynski (P(C|A) + P(A|C)) / 2 and imbalance |P(A) - P(C)| / P(A or C)
    (Wu, Chen and Han 2010), phi: Pearson's correlation of the two sides. All are shares, not per cent.
    """
    n = float(rules.n)
    both, a, c = (x.astype(np.float64) for x in (rules.count, rules.antecedent_count, rules.consequent_count))
    low, high = statistics.wilson(rules.count, rules.antecedent_count)
    # On whole numbers while they are whole: a rule without any effect then has leverage 0, not 1e-17.
    excess = both * n - a * c
    return {
        "support": _ratio(both, np.full_like(both, n)),
        "confidence": _ratio(both, a),
        "low": low,
        "high": high,
        "lift": _ratio(both * n, a * c),
        "leverage": _ratio(excess, np.full_like(both, n * n)),
        "conviction": _ratio(a * (n - c), n * (a - both)),
        "kulczynski": (_ratio(both, a) + _ratio(both, c)) / 2,
        "imbalance": _ratio(np.abs(a - c), a + c - both),
        "phi": _ratio(excess, np.sqrt(a * (n - a)) * np.sqrt(c * (n - c))),
    }


def _ratio(top: Floats, bottom: Floats) -> Floats:
    """top / bottom, NaN where the bottom is 0."""
    return np.divide(top, bottom, out=np.full_like(top, np.nan), where=bottom != 0)
