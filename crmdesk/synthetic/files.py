"""The same bank as files in the standard import layout (data model, section 7)."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from crmdesk.domain.interaction import BY_ROW
from crmdesk.domain.money import plain as decimal
from crmdesk.synthetic.proofs import EVIDENCE
from crmdesk.synthetic.table import Table, plain
from crmdesk.synthetic.world import World

_CUSTOMER = ("number", "kind", "given_name", "family_name", "birth_date", "gender", "occupation", "education", "income",
             "email", "phone", "street", "city", "postcode", "country", "source", "joined_on", "left_on",
             "relation_wanted", "restricted")  # fmt: skip


def write_files(world: World, folder: Path) -> None:
    """customers, products, holdings, balances, interactions, permissions, campaigns, contacts into `folder`.

    Branches and managers are left out: the layout has no file that would bring them along.
    """
    for name, rows in (
        ("customers", _customers), ("products", _products), ("holdings", _holdings), ("balances", _balances),
        ("interactions", _interactions), ("permissions", _permissions), ("campaigns", _campaigns),
        ("contacts", _contacts),
    ):  # fmt: skip
        _csv(folder / f"{name}.csv", rows, world.tables)


def _csv(path: Path, rows: Callable[[dict[str, Table]], Iterator[Iterable[Any]]], tables: dict[str, Table]) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream, lineterminator="\n").writerows(rows(tables))


def _each(table: Table, *columns: str) -> Iterator[tuple[Any, ...]]:
    only = Table({c: table.columns[c] for c in columns})
    for chunk in only.tuples():
        yield from chunk


def _named(table: Table, column: str) -> list[Any]:
    """Texts by id: ids run from 1 in every invented table."""
    return [None, *plain(table.columns[column])]


def _money(minor: int | None) -> str | None:
    return None if minor is None else decimal(minor)


def _iso(stored: str | None) -> str | None:
    """'YYYY-MM-DD HH:MM:SS.ffffff' of the store (UTC) to ISO 8601."""
    return stored and f"{stored[:10]}T{stored[11:19]}Z"


def _customers(tables: dict[str, Table]) -> Iterator[Iterable[Any]]:
    yield ("customer", *_CUSTOMER[1:])
    income = _CUSTOMER.index("income")
    for row in _each(tables["customer"], *_CUSTOMER):
        unknown = (None if value == "unknown" else value for value in row[:income])
        yield (*unknown, _money(row[income]), *row[income + 1 : -1], "yes" if row[-1] else None)


def _products(tables: dict[str, Table]) -> Iterator[Iterable[Any]]:
    yield ("product", "name", "family", "annual_margin")
    for code, name, family, margin in _each(tables["product"], "code", "name", "family", "annual_margin"):
        yield code, name, family, _money(margin)


def _holdings(tables: dict[str, Table]) -> Iterator[Iterable[Any]]:
    yield ("customer", "product", "account", "role", "opened_on", "closed_on", "principal")
    numbers, codes = _named(tables["customer"], "number"), _named(tables["product"], "code")
    accounts = list(_each(tables["account"], "number", "product_id", "opened_on", "closed_on", "principal"))
    for account, customer, role in _each(tables["holding"], "account_id", "customer_id", "role"):
        number, product, opened, closed, principal = accounts[account - 1]
        yield numbers[customer], codes[product], number, role, opened, closed, _money(principal)


def _balances(tables: dict[str, Table]) -> Iterator[Iterable[Any]]:
    yield ("account", "month", "average_balance", "end_balance")
    numbers = _named(tables["account"], "number")
    for account, month, average, end in _each(tables["balance_month"], "account_id", "month", "average", "end"):
        yield numbers[account], month, _money(average), _money(end)


def _interactions(tables: dict[str, Table]) -> Iterator[Iterable[Any]]:
    """Amounts as magnitudes where the activity fixes the direction; the store adds it again."""
    yield ("interaction", "customer", "occurred_at", "channel", "mode", "activity", "amount", "currency", "campaign",
           "response", "initiated_by")  # fmt: skip
    numbers, campaigns = _named(tables["customer"], "number"), _named(tables["campaign"], "code")
    columns = ("external_id", "customer_id", "occurred_s", "catalogue_id", "amount", "currency", "campaign_id",
               "response", "initiated_by", "time_known")  # fmt: skip
    for chunk in Table({c: tables["interaction"].columns[c] for c in columns}).tuples():
        times = np.array([row[2] for row in chunk]).astype("datetime64[s]").astype(str).tolist()
        for row, at in zip(chunk, times, strict=True):
            external, customer, _, cell, amount, currency, campaign, response, by, known = row
            place = BY_ROW[cell]
            if amount is not None and place.sign != "*":
                amount = abs(amount)
            yield (external, numbers[customer], f"{at}Z" if known else at[:10], place.channel, place.mode,
                   place.activity, _money(amount), currency, campaigns[campaign] if campaign else None, response,
                   by)  # fmt: skip


def _permissions(tables: dict[str, Table]) -> Iterator[Iterable[Any]]:
    yield ("customer", "purpose", "channel", "status", "at", "source", "legal_basis", "expires_on", "evidence",
           "notice", "campaign")  # fmt: skip
    numbers, campaigns = _named(tables["customer"], "number"), _named(tables["campaign"], "code")
    columns = ("customer_id", "purpose", "channel", "status", "effective_at", "source", "legal_basis", "expires_on",
               "notice", "campaign_id")  # fmt: skip
    for row in _each(tables["permission_event"], *columns):
        customer, purpose, channel, status, at, source, basis, expires, notice, campaign = row
        evidence = EVIDENCE[channel] if status == "granted" else None
        yield (numbers[customer], purpose, channel, status, _iso(at), source, basis, expires, evidence, notice,
               campaigns[campaign] if campaign else None)  # fmt: skip


def _campaigns(tables: dict[str, Table]) -> Iterator[Iterable[Any]]:
    yield ("campaign", "name", "starts_on", "ends_on", "purpose", "channels")
    yield from _each(tables["campaign"], "code", "name", "starts_on", "ends_on", "purpose", "channels")


def _contacts(tables: dict[str, Table]) -> Iterator[Iterable[Any]]:
    yield ("campaign", "customer", "arm", "channel", "contacted_at", "responded_at", "response")
    numbers, campaigns = _named(tables["customer"], "number"), _named(tables["campaign"], "code")
    columns = ("campaign_id", "customer_id", "arm", "channel", "contacted_at", "responded_at", "response")
    for campaign, customer, arm, channel, contacted, responded, response in _each(tables["contact"], *columns):
        yield campaigns[campaign], numbers[customer], arm, channel, _iso(contacted), _iso(responded), response
