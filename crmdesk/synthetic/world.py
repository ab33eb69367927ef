"""A whole invented bank in memory: every table to be written, and the truth that stays apart from it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from crmdesk.synthetic import accounts, behaviour, campaigns, hazards, money, people, permissions, proofs
from crmdesk.synthetic.interactions import interaction_table
from crmdesk.synthetic.spec import CODES, FIELDS, BankSpec
from crmdesk.synthetic.streams import Streams
from crmdesk.synthetic.table import Table, content_hash
from crmdesk.synthetic.times import epoch_day

Say = Callable[[float, str], None]


def quiet(fraction: float, text: str) -> None:
    """Nobody watches."""


@dataclass(frozen=True)
class World:
    """`tables` in the order of writing (parents first); the rest is hidden truth (n customers each)."""

    spec: BankSpec
    seed: int
    tables: dict[str, Table]
    planted: behaviour.Planted
    amounts: dict[str, NDArray[np.float64]]
    life: people.People
    contacts: campaigns.Contacts
    further: hazards.Further

    def content_hash(self) -> str:
        return content_hash(self.tables)


@dataclass(frozen=True)
class Holders:
    """Who the customers are and what they hold: the part of a bank that rules and sequences are planted in."""

    tables: dict[str, Table]
    planted: behaviour.Planted
    life: people.People
    amounts: dict[str, NDArray[np.float64]]
    held: accounts.Accounts
    further: hazards.Further


def holders(spec: BankSpec, seed: int) -> Holders:
    """Tables product, customer, account and holding of this bank, without anything that happened in it."""
    streams = Streams(seed)
    planted, life = behaviour.plant(spec, streams), people.people(spec, streams)
    amounts = money.amounts(spec, planted, streams)
    for values in amounts.values():
        values[life.prospect] = np.nan
    held = accounts.accounts(spec, life, amounts, streams)
    customer = people.customers(spec, planted, life, streams)
    owned = {CODES[field]: held.number_of(field, spec.customers) > 0 for field in FIELDS}
    more = hazards.further(spec, life, owned, customer, accounts.longest(spec, life), streams)
    tables = {
        "product": accounts.products(spec), "customer": customer,
        "account": accounts.account_table(held, more, life), "holding": accounts.holding_table(held, more),
    }  # fmt: skip
    return Holders(tables, planted, life, amounts, held, more)


def generate(spec: BankSpec, seed: int, say: Say = quiet) -> World:
    """The bank of this spec and seed (methods, section 2, steps 1-6); the same both times, on any computer."""
    streams = Streams(seed)
    say(0.0, "Customers")
    base = holders(spec, seed)
    planted, life, held = base.planted, base.life, base.held
    plan = campaigns.calendar(spec)
    tables = {
        "branch": people.branches(spec), **base.tables,
        "balance_month": accounts.balance_table(spec, held, life, streams),
        "campaign": campaigns.campaign_table(spec, plan), "campaign_arm": campaigns.arm_table(spec, plan),
        "notice": proofs.notice_table(),
    }  # fmt: skip
    say(0.2, "Interactions")
    first = np.where(life.prospect, epoch_day(spec.until) + 1, life.joined)
    done = behaviour.acts(spec, planted, streams, first, life.last)
    tables["interaction"] = interaction_table(spec, done, held, plan, life, streams)
    say(0.7, "Permissions and campaigns")
    ledger = campaigns.with_campaigns(plan, permissions.histories(spec, planted, life, streams))
    contacts, ledger = campaigns.run_offers(spec, plan, planted, life, ledger, streams)
    written, seq = proofs.in_order(ledger)
    tables["permission_event"] = proofs.ledger_table(written, streams)
    tables["permission_evidence"] = proofs.evidence_table(written, tables["permission_event"])
    tables["contact"] = campaigns.contact_table(contacts, seq)
    return World(spec, seed, tables, planted, base.amounts, life, contacts, base.further)
