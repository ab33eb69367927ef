"""Products, accounts, holdings and monthly balances that carry the invented amounts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from crmdesk.synthetic.people import People
from crmdesk.synthetic.spec import FIELDS, BankSpec
from crmdesk.synthetic.streams import Streams
from crmdesk.synthetic.table import Table, dates, nullable
from crmdesk.synthetic.times import month_names, month_starts

Ints = NDArray[np.int64]
# field -> code, name, family, annual margin in minor units; the product's id is its place.
PRODUCTS: Final = {
    "balance": ("CUR", "Current account", "current", 2_400),
    "savings": ("SAV", "Savings account", "savings", 4_000),
    "mortgage": ("MOR", "Home mortgage", "mortgage", 90_000),
    "loan": ("LOA", "Personal loan", "loan", 35_000),
    "investments": ("INV", "Investment plan", "investment", 25_000),
    "card_spend": ("CRD", "Credit card", "card", 6_000),
}
DRIFT: Final = 0.03  # log-sd of one month's step back in time


@dataclass(frozen=True)
class Accounts:
    """One account per customer and owned field, sorted by customer: customer and field index, last average (m each)."""

    customer: Ints
    field: Ints
    average: Ints
    opened: Ints

    def number_of(self, field: str, customers: int) -> Ints:
        """Account id of each customer's account for a field; 0 = none (n)."""
        found = np.zeros(customers, np.int64)
        mine = self.field == FIELDS.index(field)
        found[self.customer[mine]] = np.flatnonzero(mine) + 1
        return found


def accounts(spec: BankSpec, life: People, amounts: dict[str, NDArray[np.float64]], streams: Streams) -> Accounts:
    """The accounts of all who are or were customers; prospects hold nothing."""
    rng = streams.of("account")
    grid = np.column_stack([amounts[f] for f in FIELDS])
    grid[life.prospect] = np.nan
    customer, field = np.nonzero(~np.isnan(grid))
    # The current account opens on the first day, everything else before the data begin (or at once).
    start = int(month_starts(spec.until, spec.months)[0])
    room = np.maximum(np.minimum(start, life.last[customer]) - life.joined[customer], 0)
    opened = life.joined[customer] + np.where(field == 0, 0, (rng.random(len(room)) * room).astype(np.int64))
    return Accounts(customer, field, grid[customer, field].astype(np.int64), opened)


def products() -> Table:
    codes, titles, families, margins = zip(*PRODUCTS.values(), strict=True)
    return Table({"id": range(1, len(PRODUCTS) + 1), "code": codes, "name": titles, "family": families,
                  "annual_margin": margins, "version": [1] * len(PRODUCTS)})  # fmt: skip


def account_table(held: Accounts, life: People) -> Table:
    ids = np.arange(1, len(held.customer) + 1)
    lent = np.isin(held.field, [FIELDS.index("mortgage"), FIELDS.index("loan")])
    return Table({
        "id": ids, "number": [f"A{i:07d}" for i in ids], "product_id": held.field + 1,
        "currency": np.full(len(ids), "EUR", object), "opened_on": dates(held.opened),
        "closed_on": nullable(dates(life.last[held.customer]), life.left[held.customer]),
        "principal": nullable((held.average * 1.25).astype(np.int64), lent), "version": np.ones(len(ids), np.int64),
    })  # fmt: skip


def holding_table(held: Accounts) -> Table:
    ids = np.arange(1, len(held.customer) + 1)
    owner = np.full(len(ids), "owner", object)
    return Table({"id": ids, "account_id": ids, "customer_id": held.customer + 1, "role": owner})


def balance_table(spec: BankSpec, held: Accounts, life: People, streams: Streams) -> Table:
    """Averages of each month an account was open; the last one carries the preset moments, earlier ones walk away."""
    rng = streams.of("balance_month.walk")
    count, starts = len(held.customer), month_starts(spec.until, spec.months)
    steps = DRIFT * rng.standard_normal((count, spec.months))
    steps[:, -1] = 0.0
    level = np.exp(np.cumsum(steps[:, ::-1], axis=1)[:, ::-1])
    average = np.round(held.average[:, None] * level).astype(np.int64)
    end = np.round(average * np.exp(DRIFT * rng.standard_normal((count, spec.months)))).astype(np.int64)
    open_then = (held.opened[:, None] < starts[None, 1:]) & (life.last[held.customer][:, None] >= starts[None, :-1])
    account, month = np.nonzero(open_then)
    return Table({
        "account_id": account + 1, "month": np.array(month_names(spec.until, spec.months), object)[month],
        "average": average[account, month], "end": end[account, month],
    })  # fmt: skip
