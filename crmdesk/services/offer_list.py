"""A cross-selling list: who may be offered what by which channel now, and why the others may not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from crmdesk.domain.offer import GATES, Product
from crmdesk.domain.rights import Actor, Right, may

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class OfferRow:
    """The best offer for one customer; `number` and `name` are None where the reader may not see them.

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
    rule: int
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

    def funnel(self) -> tuple[tuple[str, int], ...]:
        """Words and customers, from those the model has an offer for, through each gate, to those listed."""
        gates = ((GATES[gate], -n) for gate, n in self.rejected.items())
        return (("have an offer by the rules", self.considered), *gates, ("on the list", len(self.rows)))

    def document(self) -> dict[str, Any]:
        """The list as JSON: `customer` is the public number, the pseudonym where the reader may not see numbers."""
        head = {name: value for name, value in vars(self).items() if name not in ("rows", "at", "title")}
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


def sees(actor: Actor) -> tuple[bool, bool]:
    """Whether somebody sees public numbers in a list, and names: numbers who makes offers, both who reads contacts."""
    contact = may(actor, Right.READ_CONTACT)
    return contact or may(actor, Right.MAKE_OFFERS), contact


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
    numbers: bool, names: bool, rejected: Mapping[int, Mapping[str, str]],
) -> tuple[OfferRow, ...]:  # fmt: skip
    """The listed offers as rows; `known`: (number, name) by pseudonym, shown only where `numbers` and `names` allow."""
    found = []
    for rank, offer in enumerate(listed.to_dict("records"), start=1):
        customer, product = int(offer["customer"]), products[offer["product"]]
        number, name = known[customer]
        found.append(OfferRow(
            rank=rank, customer=customer, number=number if numbers else None, name=name if names else None,
            product=product.code, product_name=product.name, p=float(offer["p"]), low=float(offer["low"]),
            high=float(offer["high"]), margin=product.margin,
            value=None if product.margin is None else round(offer["worth"]), rule=int(offer["rule"]),
            why=str(offer["why"]), rejected=dict(rejected.get(customer, {})),
        ))  # fmt: skip
    return tuple(found)
