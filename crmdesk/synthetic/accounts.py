"""Products, accounts, holdings and monthly balances that carry the invented amounts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from crmdesk.synthetic.hazards import Further
from crmdesk.synthetic.people import People
from crmdesk.synthetic.spec import CODES, FIELDS, BankSpec
from crmdesk.synthetic.streams import Streams
from crmdesk.synthetic.table import Table, dates, nullable
from crmdesk.synthetic.times import month_names, month_starts

Ints = NDArray[np.int64]
# field -> code, name, family, annual margin in minor units; the product's id is its place.
PRODUCTS: Final = {
    "balance": (CODES["balance"], "Current account", "current", 2_400),
    "savings": (CODES["savings"], "Savings account", "savings", 4_000),
    "mortgage": (CODES["mortgage"], "Home mortgage", "mortgage", 90_000),
    "loan": (CODES["loan"], "Personal loan", "loan", 35_000),
    "investments": (CODES["investments"], "Investment plan", "investment", 25_000),
    "card_spend": (CODES["card_spend"], "Credit card", "card", 6_000),
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
    room = np.maximum(longest(spec, life)[customer], 0)
    opened = life.joined[customer] + np.where(field == 0, 0, (rng.random(len(room)) * room).astype(np.int64))
    return Accounts(customer, field, grid[customer, field].astype(np.int64), opened)


def longest(spec: BankSpec, life: People) -> Ints:
    """Days from joining within which accounts with amounts are opened (n): before the data begin, or at once (< 1).

    The current account alone opens on the first day.
    """
    start = int(month_starts(spec.until, spec.months)[0])
    return np.asarray(np.minimum(start, life.last) - life.joined)


def products(spec: BankSpec) -> Table:
    rows = [*PRODUCTS.values(), *((p.code, p.name, p.family, p.margin) for p in spec.further)]
    codes, titles, families, margins = zip(*rows, strict=True)
    return Table({"id": range(1, len(rows) + 1), "code": codes, "name": titles, "family": families,
                  "annual_margin": margins, "version": [1] * len(rows)})  # fmt: skip


def account_table(held: Accounts, more: Further, life: People) -> Table:
    """The accounts with amounts, then those of the further products."""
    customer, opened = np.concatenate([held.customer, more.customer]), np.concatenate([held.opened, more.opened])
    ids = np.arange(1, len(customer) + 1)
    product = np.concatenate([held.field + 1, len(PRODUCTS) + 1 + more.place])
    lent = np.isin(product, [FIELDS.index("mortgage") + 1, FIELDS.index("loan") + 1])
    average = np.concatenate([held.average, np.zeros(len(more.customer), np.int64)])
    return Table({
        "id": ids, "number": [f"A{i:07d}" for i in ids], "product_id": product,
        "currency": np.full(len(ids), "EUR", object), "opened_on": dates(opened),
        "closed_on": nullable(dates(life.last[customer]), life.left[customer]),
        "principal": nullable((average * 1.25).astype(np.int64), lent), "version": np.ones(len(ids), np.int64),
    })  # fmt: skip


def holding_table(held: Accounts, more: Further) -> Table:
    customer = np.concatenate([held.customer, more.customer])
    ids = np.arange(1, len(customer) + 1)
    owner = np.full(len(ids), "owner", object)
    return Table({"id": ids, "account_id": ids, "customer_id": customer + 1, "role": owner})


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
