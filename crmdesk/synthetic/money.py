"""What customers own and how much of it: preset moments, ownership and one Gaussian copula."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from crmdesk.synthetic.behaviour import Planted
from crmdesk.synthetic.moments import draw
from crmdesk.synthetic.spec import FIELDS, BankSpec
from crmdesk.synthetic.streams import Streams

Floats = NDArray[np.float64]
FLOOR = 0.02  # of the level: amounts are kept positive; the moment table shows what that costs


def amounts(spec: BankSpec, planted: Planted, streams: Streams) -> dict[str, Floats]:
    """Minor units of each field (n; NaN = not held), whole numbers, in the last month of the data.

    One normal vector a customer (correlation `rho`) decides both: the lower part of a field's range owns nothing,
    the rest is spread over the preset distribution. So owners have the preset moments, and a bank of one segment
    and one tier is one copula with point masses, without any cluster. In an independent bank a draw of its own
    decides who owns what, and the copula the amounts alone.
    """
    from scipy.special import ndtr, ndtri

    rng = streams.of("balance_month")
    common, own = rng.standard_normal(spec.customers), rng.standard_normal((spec.customers, len(FIELDS)))
    z = np.sqrt(spec.rho) * common[:, None] + np.sqrt(1 - spec.rho) * own
    apart = streams.of("account.owner").random((spec.customers, len(FIELDS))) if spec.independent else None
    found = {field: np.full(spec.customers, np.nan) for field in FIELDS}
    for s, segment in enumerate(spec.segments):
        for t, tier in enumerate(segment.tiers):
            mine = np.flatnonzero((planted.segment == s) & (planted.tier == t))
            for f, field in enumerate(FIELDS):
                owned = tier.owns[field]
                if owned <= 0:
                    continue
                if apart is None:
                    u = (ndtr(z[mine, f]) - (1 - owned)) / owned
                    holders = u > 0
                else:
                    u, holders = ndtr(z[mine, f]), apart[mine, f] < owned
                preset = tier.money[field]
                values = draw(preset, ndtri(np.clip(u[holders], 1e-12, 1 - 1e-12)))
                found[field][mine[holders]] = np.round(np.maximum(values, FLOOR * preset.mean))
    return found
