"""A cross-selling list: who may be offered what by which channel now, and why the others may not."""

from __future__ import annotations

import uuid
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from crmdesk.domain.bands import bracket
from crmdesk.domain.errors import BadInput
from crmdesk.domain.offer import GATES, Product

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class OfferRow:
    """The best offer for one customer; `number` may be a pseudonym, `name` is None where the reader may not see it.

    `p` is the chance within the model's horizon with its interval; `margin` is a year's and `value` = p x margin, in
    minor units, None where the bank gives no margin. `rejected`: this customer's other products and their gates.
    """

    rank: int
    customer: int
    number: str | None
    name: str | None
    product: str
    product_name: str
    p: float
    low: float
    high: float
    margin: int | None
    value: int | None
    rule: int | None
    why: str
    rejected: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class OfferList:
    """`rows` by value. `considered` customers had an offer from the model; each is a row or counted in `rejected`.

    `rejected`: gate of domain.offer.GATES -> customers who lost their last offer there. `excluded`: reason ->
    customers whose data the model never saw. `at` is the bank's clock when the gates were asked.
    """

    run: str
    analysis: str
    title: str
    channel: str
    at: datetime
    as_of: str
    currency: str
    eligible: int
    excluded: Mapping[str, int]
    considered: int
    rejected: Mapping[str, int]
    rows: tuple[OfferRow, ...]
    rule: int | None = None
    product: str | None = None
    top: int | None = None
    purpose: str = "targeting"
    token: str = ""  # of a list told in bands: under which the numbers behind it are at hand (`exact`)

    def funnel(self) -> tuple[tuple[str, int], ...]:
        """Words and customers, from those the model has an offer for, through each gate, to those listed."""
        gates = ((GATES[gate], -n) for gate, n in self.rejected.items())
        return (("have an offer by the rules", self.considered), *gates, ("on the list", len(self.rows)))

    def document(self) -> dict[str, Any]:
        """The list as JSON: `customer` is the public number, or the pseudonym where the reader sees no more."""
        head = {name: value for name, value in vars(self).items() if name not in ("rows", "at", "title", "token")}
        return {
            **head, "excluded": dict(self.excluded), "rejected": dict(self.rejected),
            "at": self.at.strftime("%Y-%m-%dT%H:%M:%SZ"), "offers": [line(row) for row in self.rows],
        }  # fmt: skip


@dataclass(frozen=True)
class Recommendation:
    """A kept action of one customer. `hidden` says why its content may not be shown now; "" where it is shown.

    `not_now` says why nobody should ask about it today although it is shown; "" where somebody may.
    """

    id: int
    run: str
    action: str
    made_at: datetime
    decision: str
    decided_by: str | None
    decided_on: date | None
    hidden: str = ""
    channel: str | None = None
    product: str | None = None
    product_name: str | None = None
    p: float | None = None
    value: int | None = None
    currency: str = "EUR"
    rule: int | None = None
    why: tuple[str, ...] = ()
    not_now: str = ""


# The numbers behind the last lists that were told in bands: whoever keeps such a list keeps what the model said.
_exact: OrderedDict[str, dict[int, OfferRow]] = OrderedDict()
_LISTS_AT_HAND: Final = 4


def in_bands(row: OfferRow) -> OfferRow:
    """A row as somebody sees it who is told no single person's score: its band, no reason, and no rule that is one."""
    low, high = bracket(row.p)
    middle = (low + high) / 2
    return replace(row, p=middle, low=low, high=high, why="", rule=None,
                   value=None if row.margin is None else round(middle * row.margin))  # fmt: skip


def told_in_bands(offers: OfferList) -> OfferList:
    """The list in bands; the numbers stay at hand here, under its token, while few other lists are made."""
    token = uuid.uuid4().hex
    _exact[token] = {row.customer: row for row in offers.rows}
    while len(_exact) > _LISTS_AT_HAND:
        _exact.popitem(last=False)
    return replace(offers, rows=tuple(in_bands(row) for row in offers.rows), token=token)


def exact(offers: OfferList) -> tuple[OfferRow, ...]:
    """The rows with the numbers behind them; BadInput where they are not at hand any more."""
    if not offers.token:
        return offers.rows
    known = _exact.get(offers.token)
    if known is None:
        raise BadInput("The numbers behind this list are not at hand any more; make the list again, then keep it.")
    return tuple(known[row.customer] for row in offers.rows if row.customer in known)


def line(row: OfferRow) -> dict[str, Any]:
    """A row with plain values and one column for who it is."""
    values = asdict(row)
    number = values.pop("number")
    return {**values, "customer": number or row.customer, "rejected": dict(row.rejected)}


def best(
    table: pd.DataFrame, passed: NDArray[np.bool_], products: Mapping[str, Product], top: int | None
) -> tuple[pd.DataFrame, int]:
    """The best offer of each customer among those that `passed`, by p x margin, and how many fell behind `top`.

    `table` as `read_offers` gives it. Offers whose margin nobody knows come last, by p; ties go by pseudonym.
    """
    kept = table[passed].copy()
    margins = {code: np.nan if product.margin is None else product.margin for code, product in products.items()}
    kept["margin"] = kept["product"].map(margins).astype(float)
    kept["worth"] = kept["p"].astype(float) * kept["margin"]
    kept["known"] = kept["worth"].notna()
    kept["key"] = kept["worth"].fillna(kept["p"].astype(float))
    kept = kept.sort_values(
        ["known", "key", "customer", "p", "product"], ascending=[False, False, True, False, True], kind="stable"
    ).drop_duplicates("customer")
    listed = kept if top is None else kept.head(top)
    return listed.reset_index(drop=True), len(kept) - len(listed)


def rows_of(
    listed: pd.DataFrame, products: Mapping[str, Product], known: Mapping[int, tuple[str, str]], *,
    names: bool, rejected: Mapping[int, Mapping[str, str]],
) -> tuple[OfferRow, ...]:  # fmt: skip
    """The listed offers as rows; `known`: (number, name) as the reader sees them, the name where `names` allows."""
    found = []
    for rank, offer in enumerate(listed.to_dict("records"), start=1):
        customer, product = int(offer["customer"]), products[offer["product"]]
        number, name = known[customer]
        found.append(OfferRow(
            rank=rank, customer=customer, number=number, name=name if names else None,
            product=product.code, product_name=product.name, p=float(offer["p"]), low=float(offer["low"]),
            high=float(offer["high"]), margin=product.margin,
            value=None if product.margin is None else round(offer["worth"]), rule=int(offer["rule"]),
            why=str(offer["why"]), rejected=dict(rejected.get(customer, {})),
        ))  # fmt: skip
    return tuple(found)
