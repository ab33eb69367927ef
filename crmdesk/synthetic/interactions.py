"""Rows of the interaction table: the customers' acts with amounts, and the bank's own postings."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from crmdesk.domain.interaction import BY_CODE, CELLS
from crmdesk.synthetic.accounts import Accounts
from crmdesk.synthetic.behaviour import Acts
from crmdesk.synthetic.campaigns import Plan
from crmdesk.synthetic.people import People
from crmdesk.synthetic.spec import BankSpec
from crmdesk.synthetic.streams import Streams
from crmdesk.synthetic.table import Table, nullable
from crmdesk.synthetic.times import epoch_day

Ints = NDArray[np.int64]
# Median size of an amount in minor units and its unit: machines pay round notes.
_SIZES: Final = {
    "atm.transaction.withdrawal": (12_000, 1_000), "atm.transaction.deposit": (20_000, 1_000),
    "atm.transaction.transfer": (15_000, 100), "online.transaction.transfer": (18_000, 1),
    "online.transaction.bill_payment": (8_500, 1), "online.transaction.portfolio": (90_000, 100),
    "call_centre.transaction.transfer": (25_000, 100), "branch.transaction.transfer": (40_000, 100),
    "branch.transaction.deposit": (35_000, 500), "branch.transaction.withdrawal": (30_000, 500),
    "branch.transaction.portfolio": (150_000, 100), "branch.transaction.bank_check": (60_000, 100),
    "branch.transaction.travellers_check": (50_000, 5_000),
}  # fmt: skip
_MEDIAN: Final = np.array([_SIZES.get(c.code, (0, 1))[0] for c in CELLS])
_UNIT: Final = np.array([_SIZES.get(c.code, (0, 1))[1] for c in CELLS])
_SIGN: Final = np.array([{"-": -1, "+": 1, "*": 2, "": 0}[c.sign] for c in CELLS])
_PROMOTIONAL: Final = np.array([c.layout == "I3" for c in CELLS])
_PORTFOLIO: Final = np.array([c.activity == "portfolio" for c in CELLS])
_ANSWERS: Final = ("accepted", "interested", "declined")
_INTEREST, _FEE = BY_CODE["system.posting.interest"].row, BY_CODE["system.posting.fee"].row
_QUARTERS: Final = (3, 6, 9, 12)  # interest is paid on the last day of these months, fees in December alone


def interaction_table(spec: BankSpec, done: Acts, held: Accounts, plan: Plan, life: People, streams: Streams) -> Table:
    """All rows sorted by (customer, occurred_s), ids in that order."""
    rng = streams.of("interaction.detail")
    amount = _amounts(done, rng)
    current, invested = held.number_of("balance", spec.customers), held.number_of("investments", spec.customers)
    account = np.where(_PORTFOLIO[done.cell], invested[done.customer], current[done.customer])
    account[amount == 0] = 0
    offered = plan.running(done.occurred_s)
    offered[~_PROMOTIONAL[done.cell]] = 0
    answer = np.where(offered > 0, rng.choice((1, 2, 3), len(offered), p=(0.15, 0.35, 0.5)), 0)
    posted = _postings(spec, held, life)
    both = [
        np.concatenate([a, b]) for a, b in zip(
            (done.customer, done.occurred_s, done.cell + 1, amount, account, offered, answer,
             np.zeros(len(amount), np.int64)), posted, strict=True)
    ]  # fmt: skip
    order = np.lexsort((both[2], both[1], both[0]))
    customer, occurred, cell, amount, account, offered, answer, bank = (column[order] for column in both)
    ids = np.arange(1, len(customer) + 1)
    paid = amount != 0
    return Table({
        "id": ids, "external_id": np.char.mod("I%08d", ids), "customer_id": customer + 1, "occurred_s": occurred,
        "catalogue_id": cell, "amount": nullable(amount, paid),
        "currency": nullable(np.full(len(ids), "EUR", object), paid), "account_id": nullable(account, account > 0),
        "campaign_id": nullable(offered, offered > 0),
        "response": np.array([None, *_ANSWERS], object)[answer],
        "initiated_by": np.array(["customer", "bank"], object)[bank],
        "time_known": 1 - bank, "version": np.ones(len(ids), np.int64),
    })  # fmt: skip


def _amounts(done: Acts, rng: np.random.Generator) -> Ints:
    """Signed minor units; 0 where the cell takes no amount."""
    size = _MEDIAN[done.cell] * np.exp(0.6 * rng.standard_normal(len(done.cell)))
    unit = _UNIT[done.cell]
    size = np.maximum(np.round(size / unit), 1).astype(np.int64) * unit
    sign = _SIGN[done.cell]
    given = np.where(rng.random(len(sign)) < 0.7, -1, 1)  # most transfers leave the account
    return np.asarray(size * np.where(sign == 2, given, sign))


def _postings(spec: BankSpec, held: Accounts, life: People) -> tuple[Ints, ...]:
    """Quarterly interest on savings and a yearly fee on current accounts: never activity of the customer."""
    found = [np.zeros((3, 0), np.int64)]  # account, cell, day
    savings, current = (np.unique(held.number_of(f, spec.customers))[1:] for f in ("savings", "balance"))
    for month in range(spec.months):
        last = np.datetime64(spec.until, "M") - spec.months + 2 + month
        day = int(last.astype("datetime64[D]").astype(np.int64)) - 1
        of_year = (int(last.astype(np.int64)) - 1) % 12 + 1
        for wanted, cell, its in ((_QUARTERS, _INTEREST, savings), ((12,), _FEE, current)):
            if of_year in wanted and day <= epoch_day(spec.until):
                found.append(np.stack([its, np.full_like(its, cell), np.full_like(its, day)]))
    account, posting, day = np.concatenate(found, axis=1)
    customer = held.customer[account - 1]
    keep = (day >= held.opened[account - 1]) & (day <= life.last[customer])
    account, posting, day, customer = account[keep], posting[keep], day[keep], customer[keep]
    interest = np.maximum(held.average[account - 1] // 400, 1)
    none = np.zeros(len(account), np.int64)
    return (customer, day * 86_400, posting, np.where(posting == _FEE, -1_200, interest), account, none, none, none + 1)
