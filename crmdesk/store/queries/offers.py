"""Offers in the store: whom a gate stops now, what is held, and the recommended actions that were kept."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlmodel import Session

from crmdesk.domain.customer import ADULT_YEARS, full_name
from crmdesk.domain.days import shift_months
from crmdesk.domain.offer import (
    CONTACTS_A_MONTH,
    CONTACTS_A_YEAR,
    MONTH_DAYS,
    QUIET_DAYS,
    REFUSALS,
    WITHDRAWALS,
    YEAR_DAYS,
    Product,
)
from crmdesk.store.queries.permissions import STANDING, permitted, stored

# Of the whole bank, whoever asks: a gate that does not see a row would let it pass.
_PERSONS: Final = {
    "restricted": "SELECT id AS customer_id FROM main.customer WHERE restricted",
    "left": "SELECT id AS customer_id FROM main.customer WHERE left_on <= :day",
    "minor": "SELECT id AS customer_id FROM main.customer WHERE kind = 'person' AND birth_date > :adult",
    "relation_not_wanted": "SELECT id AS customer_id FROM main.customer WHERE relation_wanted = 'none'",
    "contact_cap": "SELECT customer_id FROM main.contact WHERE contacted_at > :year AND contacted_at <= :at "
    f"GROUP BY customer_id HAVING count(*) >= {CONTACTS_A_YEAR} OR sum(contacted_at > :month) >= {CONTACTS_A_MONTH}",
    "refused_recently": "SELECT customer_id FROM main.contact "
    f"WHERE response IN {REFUSALS} AND coalesce(responded_at, contacted_at) > :quiet "
    "AND coalesce(responded_at, contacted_at) <= :at "
    f"UNION SELECT customer_id FROM permission_event WHERE purpose = 'marketing' AND status IN {WITHDRAWALS} "
    f"AND effective_at > :quiet AND effective_at <= :at AND {STANDING}",
}
_KEPT: Final = """
SELECT a.id, a.customer_id, r.uuid, a.action, a.channel, p.code, p.name, a.rule, a.reasons, a.p, a.value, a.made_at,
       a.decision, a.decided_by, a.decided_at
FROM recommended_action a JOIN run r ON r.id = a.run_id LEFT JOIN product p ON p.id = a.product_id
"""
KEPT_COLUMNS: Final = (
    "id", "customer_id", "run", "action", "channel", "product", "product_name", "rule", "reasons", "p", "value",
    "made_at", "decision", "decided_by", "decided_at",
)  # fmt: skip


def raw_of(session: Session) -> Any:
    """The driver's connection of a unit of work, for reads that must see what it is about to change."""
    return session.connection().connection.driver_connection


def stopped(raw: Any, at: datetime, customer: int | None = None) -> dict[str, set[int]]:
    """Whom each gate about the person alone stops at `at` (the bank's clock), whatever the channel.

    With `customer` only this one is looked at, by index.
    """
    day = at.date()
    back = {name: stored(at - timedelta(days=days)) for name, days in
            (("month", MONTH_DAYS), ("year", YEAR_DAYS), ("quiet", QUIET_DAYS))}  # fmt: skip
    parameters = {"day": day.isoformat(), "adult": shift_months(day, -12 * ADULT_YEARS).isoformat(), "at": stored(at),
                  "customer": customer, **back}  # fmt: skip
    only = "" if customer is None else " WHERE customer_id = :customer"
    return {
        gate: {found for (found,) in raw.execute(f"SELECT customer_id FROM ({sql}){only}", parameters)}
        for gate, sql in _PERSONS.items()
    }


def reachable(raw: Any, channel: str, at: datetime) -> set[int]:
    """Whom this channel may reach with offers at `at`."""
    sql, parameters = permitted("marketing", channel, at)
    return {customer for (customer,) in raw.execute(sql, parameters)}


def held(raw: Any, customers: Iterable[int], products: Iterable[str], day: date) -> set[tuple[int, str]]:
    """(customer, product code) of the accounts that are open at `day`, of these products and these owners."""
    rows = raw.execute(
        "SELECT h.customer_id, p.code FROM json_each(?) w CROSS JOIN main.holding h ON h.customer_id = w.value "
        "CROSS JOIN main.account a ON a.id = h.account_id CROSS JOIN product p ON p.id = a.product_id "
        "WHERE h.role = 'owner' AND p.code IN (SELECT value FROM json_each(?)) AND a.opened_on <= ? "
        "AND (a.closed_on IS NULL OR a.closed_on > ?)",
        (json.dumps(sorted(customers)), json.dumps(sorted(products)), day.isoformat(), day.isoformat()),
    )
    return {(customer, code) for customer, code in rows}


def products(raw: Any) -> dict[str, Product]:
    """The bank's products by code."""
    rows = raw.execute("SELECT id, code, name, annual_margin FROM product ORDER BY code")
    return {code: Product(key, code, name, margin) for key, code, name, margin in rows}


def newest_model(raw: Any, analyses: Iterable[str]) -> str | None:
    """The newest finished run of these analyses that stored a model of customers, never one for credit."""
    found = raw.execute(
        "SELECT r.uuid FROM run r JOIN run_table t ON t.run_id = r.id AND t.kind = 'model' WHERE r.outcome = 'done' "
        "AND r.eligible > 0 AND r.purpose <> 'credit' AND r.analysis IN (SELECT value FROM json_each(?)) "
        "ORDER BY r.id DESC LIMIT 1",
        (json.dumps(sorted(analyses)),),
    ).fetchone()
    return str(found[0]) if found else None


def currency(raw: Any) -> str:
    """The currency of most of the first thousand accounts, which is read at once; EUR in a bank without any."""
    first = "SELECT currency FROM main.account ORDER BY id LIMIT 1000"
    ranked = f"SELECT currency FROM ({first}) GROUP BY currency ORDER BY count(*) DESC, currency LIMIT 1"
    found = raw.execute(ranked).fetchone()
    return str(found[0]) if found else "EUR"


def names(raw: Any, customers: Sequence[int]) -> dict[int, tuple[str, str]]:
    """(public number, full name) of each customer."""
    rows = raw.execute(
        "SELECT id, number, given_name, family_name FROM customer WHERE id IN (SELECT value FROM json_each(?))",
        (json.dumps(list(customers)),),
    )
    return {key: (number, full_name(given, family)) for key, number, given, family in rows}


def keep(session: Session, run_id: int, rows: Sequence[Mapping[str, Any]], at: datetime) -> list[int]:
    """Store one action per customer of a run; gives the ids of what was stored.

    An action of the same run that is still open is replaced; one that a person has decided stays as it is.
    `rows`: customer_id, channel, product_id, rule, reasons, p, value, rejected.
    """
    connection = session.connection()
    found = []
    for row in rows:
        values = (row["channel"], row["product_id"], row["rule"], json.dumps(row["reasons"]), row["p"], row["value"],
                  json.dumps(row["rejected"]), stored(at))  # fmt: skip
        stored_id = connection.exec_driver_sql(
            "INSERT INTO recommended_action (run_id, customer_id, action, channel, product_id, rule, reasons, p, value,"
            " rejected, made_at, decision, version) VALUES (?, ?, 'offer', ?, ?, ?, ?, ?, ?, ?, ?, 'open', 1)"
            " ON CONFLICT (run_id, customer_id) DO UPDATE SET channel = excluded.channel,"
            " product_id = excluded.product_id, rule = excluded.rule, reasons = excluded.reasons, p = excluded.p,"
            " value = excluded.value, rejected = excluded.rejected, made_at = excluded.made_at, version = version + 1"
            " WHERE decision = 'open' RETURNING id",
            (run_id, row["customer_id"], *values),
        ).scalar()
        if stored_id is not None:
            found.append(int(stored_id))
    return found


def of_customer(raw: Any, customer: int) -> list[dict[str, Any]]:
    """A customer's kept actions by KEPT_COLUMNS, the latest list first."""
    rows = raw.execute(f"{_KEPT} WHERE a.customer_id = ? ORDER BY a.made_at DESC, a.id DESC", (customer,))
    return [_kept(row) for row in rows]


def find(raw: Any, action_id: int) -> dict[str, Any] | None:
    """One kept action by KEPT_COLUMNS; None where there is none such."""
    row = raw.execute(f"{_KEPT} WHERE a.id = ?", (action_id,)).fetchone()
    return _kept(row) if row else None


def _kept(row: Sequence[Any]) -> dict[str, Any]:
    found = dict(zip(KEPT_COLUMNS, row, strict=True))
    return {**found, "reasons": tuple(json.loads(found["reasons"]))}


def decide(session: Session, action_id: int, decision: str, by: str, at: datetime) -> bool:
    """Write a person's decision on an open action; False where somebody decided before."""
    done = session.connection().exec_driver_sql(
        "UPDATE recommended_action SET decision = ?, decided_by = ?, decided_at = ?, version = version + 1"
        " WHERE id = ? AND decision = 'open'",
        (decision, by, stored(at), action_id),
    )
    return done.rowcount == 1
