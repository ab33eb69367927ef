"""The host's own features and event logs: what any analysis may ask for by id."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

import numpy as np

from crmdesk.analytics.period import Period
from crmdesk.contributions.measures import I, Measure, count, count_if, max_, min_, moments, top
from crmdesk.contributions.records import Events, Features
from crmdesk.domain.interaction import CELLS, CHANNELS

MONTHS: Final = 12
_CELLS: Final[dict[str, Measure]] = {f"c{cell.row:02d}": count_if(I.cell == cell.row) for cell in CELLS}
_CHANNEL: Final[dict[str, Measure]] = {
    "n": count(),
    **{f"n_{channel}": count_if(I.channel == channel) for channel in CHANNELS},
    "first": min_(I.occurred_s),
    "last": max_(I.occurred_s),
    **moments("amt", I.amount),
    **top("act", I.activity),
}


def channel_shares(columns: dict[str, Any], as_of: date) -> dict[str, Any]:
    """`finish` of usage.channel: shares of channels, days since the last act, and moments of the amounts.

    NaN where there is nothing to divide: no interaction, no amount, or amounts without spread. Skewness and excess
    kurtosis are the population ones, m3 / m2^1.5 and m4 / m2^2 - 3.
    """
    n = np.asarray(columns["n"], np.float64)
    n_amt, m2, m3, m4 = (np.asarray(columns[f"amt_{k}"], np.float64) for k in ("n", "m2", "m3", "m4"))
    with np.errstate(divide="ignore", invalid="ignore"):
        shares = {f"share_{c}": np.where(n > 0, columns[f"n_{c}"] / n, np.nan) for c in CHANNELS}
        variance = np.where((n_amt > 0) & (m2 > 0), m2 / n_amt, np.nan)
        return {
            **columns,
            **shares,
            "recency_days": (Period(as_of).stop_s - np.asarray(columns["last"], np.float64)) / 86_400,
            "amt_sd": np.sqrt(np.where(n_amt > 0, m2 / n_amt, np.nan)),
            "amt_skew": m3 / n_amt / variance**1.5,
            "amt_kurt": m4 / n_amt / variance**2 - 3,
        }


_DECLARED: Final[tuple[Features | Events, ...]] = (
    Features(
        "usage.cells", "Use of channels by activity", over="interactions", measures=_CELLS, months=MONTHS,
        description="How often the customer used each of the 37 rows of the catalogue in the last 12 months.",
        units=dict.fromkeys(_CELLS, "interactions"),
    ),
    Features(
        "usage.channel", "Channel use", over="interactions", measures=_CHANNEL, months=MONTHS,
        finish="crmdesk.analytics.catalogue:channel_shares",
        description="Interactions per channel, first and last act, amounts and the commonest activity in 12 months.",
        units={"n": "interactions", "first": "epoch seconds", "last": "epoch seconds", "amt_mean": "minor units"},
    ),
    Features(
        "money.current", "Money now", over="balances", measures={},
        description="What the customer owns or owes per family of products; not a number where it is not held.",
        units=dict.fromkeys(("balance", "savings", "mortgage", "loan", "investments", "card_spend"), "minor units"),
    ),
    Features(
        "person.card", "The person", over="customers", measures={},
        description="Kind, age band, year of joining, branch, occupation and education.",
    ),
    Features(
        "segment.current", "Segment", over="customers", measures={},
        description="Name of the segment, and its first-tier group, in the latest segmentation up to the as-of day.",
    ),
    Features(
        "permission.states", "Permissions", over="customers", measures={},
        description="State and age of each permission today, channel of the last grant; never a clustering input.",
    ),
    Events(
        "usage.interactions", "Log of interactions", over="interactions",
        columns=("occurred_s", "channel", "mode", "activity", "amount"),
        description="Everything the customer did, one row each.",
    ),
    Events(
        "money.balances", "Balances by month", over="balances",
        columns=("month", "account", "family", "average", "end"),
        description="Average and end balance of each month and account, in minor units.",
    ),
    Events(
        "money.holdings", "Holdings", over="holdings",
        columns=("opened_s", "closed_s", "account", "product", "family", "role", "principal"),
        description="Accounts opened, and closed where that was known by then.",
    ),
)  # fmt: skip
HOST_FEATURES: Final[dict[str, Features | Events]] = {declared.id: declared for declared in _DECLARED}
