"""SQL of the Berka import profile: how its staged rows reach the bank's tables."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Final

from crmdesk.domain.interaction import BY_CODE
from crmdesk.store.queries.importing import ROWS, Done, Slice, Staging, asking, upsert

STANDING_ORDER: Final = BY_CODE["system.posting.standing_order"].row
TRANSFER: Final = BY_CODE["online.transaction.transfer"].row
CURRENT: Final = "current"
LOAN: Final = "loan"
_PRODUCTS: Final = (
    (CURRENT, "Current account", "current"), (LOAN, "Loan", "loan"), ("card_classic", "Classic card", "card"),
    ("card_junior", "Junior card", "card"), ("card_gold", "Gold card", "card"),
)  # fmt: skip
# Code, title, kind, choices and tag. The loan payment, in minor units, is kept without a field.
_OWN_FIELDS: Final[tuple[tuple[str, str, str, tuple[str, ...], str], ...]] = (
    ("district_inhabitants", "Inhabitants of the district", "number", (), "plain"),
    ("district_urban_pct", "Urban share of the district, %", "number", (), "plain"),
    ("district_salary", "Average salary of the district", "number", (), "plain"),
    ("district_unemployment_95", "Unemployment of the district 1995, %", "number", (), "plain"),
    ("district_unemployment_96", "Unemployment of the district 1996, %", "number", (), "plain"),
    ("statement", "Account statement", "choice", ("monthly", "weekly", "per transaction"), "plain"),
    ("loan_status", "Loan status", "choice", ("A", "B", "C", "D"), "finance"),
    ("loan_months", "Loan months", "whole", (), "finance"),
)
_OWNER: Final = "(SELECT min(h.customer_id) FROM holding h WHERE h.account_id = a.id AND h.role = 'owner')"

WITHOUT_OWNER: Final = asking(
    f"SELECT s.row, s.account FROM :rows s JOIN account a ON a.number = s.account "
    f"WHERE s.row BETWEEN ? AND ? AND {_OWNER} IS NULL"
)


def without_disp(staging: Staging, part: Slice) -> Sequence[Any]:
    """Cards whose disposition is in no file of this import, or was set aside."""
    disps = _disps(staging)
    return staging.run(
        f"SELECT s.row, s.disp FROM {ROWS} s LEFT JOIN {disps} d ON d.key = s.disp "
        "WHERE s.row BETWEEN ? AND ? AND d.key IS NULL", part
    ).all()  # fmt: skip


def _disps(staging: Staging) -> str:
    return staging.ensure_kept("disp", "key UNIQUE, customer, account, role")


def _product(staging: Staging, code: str) -> int:
    staging.many("INSERT OR IGNORE INTO product (code, name, family, version) VALUES (?, ?, ?, 1)", list(_PRODUCTS))
    return int(staging.scalar("SELECT id FROM product WHERE code = ?", (code,)))


def _define(staging: Staging, beginning: str) -> None:
    """The source's columns that no customer has elsewhere become fields of the bank's own, usable like any other."""
    last = staging.scalar("SELECT coalesce(max(position), 0) FROM custom_field")
    staging.many(
        "INSERT OR IGNORE INTO custom_field (code, title, kind, choices, tag, position, version) "
        "VALUES (?, ?, ?, ?, ?, ?, 1)",
        [
            (code, title, kind, json.dumps(choices) if choices else None, tag, last + place)
            for place, (code, title, kind, choices, tag) in enumerate(_OWN_FIELDS, 1)
            if code.startswith(beginning)
        ],
    )


def districts(staging: Staging, part: Slice) -> Done:
    values = {"code": "s.code", "name": "s.name", "city": "s.name", "region": "coalesce(s.region, old.region)"}
    return upsert(staging, part, "branch", ("code",), values)


def clients(staging: Staging, part: Slice) -> Done:
    figures = ("inhabitants", "urban_pct", "salary", "unemployment_95", "unemployment_96")
    table = staging.ensure_kept("district", f"key UNIQUE, {', '.join(figures)}")
    pairs = ", ".join(f"'district_{name}', d.{name}" for name in figures)
    custom = f"json_patch(coalesce(old.custom, '{{}}'), json_object({pairs}))"
    _define(staging, "district")
    patched = f"CASE WHEN d.key IS NULL OR json(old.custom) = {custom} THEN old.custom ELSE {custom} END"
    values = {
        "number": "s.customer", "kind": "'person'", "family_name": "s.family_name", "birth_date": "s.birth_date",
        "gender": "s.gender", "country": "'CZ'", "branch_id": "b.id", "name_folded": "s.name_folded",
        "city_folded": "coalesce(old.city_folded, '')", "email_folded": "coalesce(old.email_folded, '')",
        "phone_digits": "coalesce(old.phone_digits, '')", "source": "coalesce(old.source, 'berka')",
        "relation_wanted": "coalesce(old.relation_wanted, 'unknown')", "restricted": "coalesce(old.restricted, 0)",
        "custom": patched, "version": "coalesce(old.version, 1)",
    }  # fmt: skip
    joins = f"JOIN branch b ON b.code = s.district_id LEFT JOIN {table} d ON d.key = s.district_id"
    return upsert(staging, part, "customer", ("number",), values, joins=joins, quiet=("version",))


def _accounts(
    staging: Staging, part: Slice, number: str, product: str, principal: str = "NULL", joins: str = ""
) -> Done:
    values = {"number": number, "product_id": product, "currency": "'CZK'", "opened_on": "s.opened_on",
              "principal": f"coalesce({principal}, old.principal)", "version": "coalesce(old.version, 1)"}  # fmt: skip
    return upsert(staging, part, "account", ("number",), values, joins=joins, quiet=("version",))


def accounts(staging: Staging, part: Slice) -> Done:
    return _accounts(staging, part, "s.account", str(_product(staging, CURRENT)))


def disps(staging: Staging, part: Slice) -> Done:
    made = staging.run(
        "INSERT OR IGNORE INTO holding (account_id, customer_id, role, batch_id) "
        f"SELECT a.id, c.id, s.role, ? FROM {ROWS} s JOIN account a ON a.number = s.account "
        "JOIN customer c ON c.number = s.customer WHERE s.row BETWEEN ? AND ?", (staging.batch, *part)
    ).rowcount  # fmt: skip
    table = staging.ensure_kept("account", "key UNIQUE, frequency")
    joins = f"JOIN account a ON a.number = s.account JOIN {table} f ON f.key = s.account AND s.role = 'owner'"
    _define(staging, "statement")
    _add_custom(staging, part, "json_object('statement', f.frequency)", joins)
    return Done(made, 0)


def _add_custom(staging: Staging, part: Slice, fields: str, joins: str) -> None:
    """Fields that the source keeps of an account, on its owner."""
    staging.run(
        "UPDATE customer SET custom = n.custom FROM ("
        f"SELECT c.id AS id, json_patch(coalesce(c.custom, '{{}}'), {fields}) AS custom FROM {ROWS} s {joins} "
        f"JOIN customer c ON c.id = {_OWNER} WHERE s.row BETWEEN ? AND ?) n "
        "WHERE customer.id = n.id AND json(customer.custom) IS NOT n.custom", part
    )  # fmt: skip


def _hold(staging: Staging, part: Slice, number: str, holder: str, joins: str) -> None:
    staging.run(
        "INSERT OR IGNORE INTO holding (account_id, customer_id, role, batch_id) "
        f"SELECT n.id, {holder}, 'owner', ? FROM {ROWS} s JOIN account n ON n.number = {number} {joins} "
        "WHERE s.row BETWEEN ? AND ?", (staging.batch, *part)
    )  # fmt: skip


def loans(staging: Staging, part: Slice) -> Done:
    """A loan is an account of its own, held by the owner; its status stays a label of that customer."""
    done = _accounts(staging, part, "s.loan", str(_product(staging, LOAN)), "s.amount")
    joins = "JOIN account a ON a.number = s.account"
    _hold(staging, part, "s.loan", _OWNER, joins)
    _define(staging, "loan")
    fields = "json_object('loan_status', s.status, 'loan_months', s.duration, 'loan_payment', s.payments)"
    _add_custom(staging, part, fields, joins)
    return done


def cards(staging: Staging, part: Slice) -> Done:
    _product(staging, CURRENT)
    done = _accounts(staging, part, "s.card", "p.id", joins="JOIN product p ON p.code = s.product")
    joins = f"JOIN {_disps(staging)} d ON d.key = s.disp JOIN customer c ON c.number = d.customer"
    _hold(staging, part, "s.card", "c.id", joins)
    return done


def orders(staging: Staging, part: Slice) -> Done:
    values = {"external_id": "s.order_id", "account_id": "a.id", "amount": "s.amount", "kind": "s.kind",
              "to_bank": "coalesce(s.to_bank, old.to_bank)",
              "to_account": "coalesce(s.to_account, old.to_account)"}  # fmt: skip
    return upsert(staging, part, "standing_order", ("external_id",), values,
                  joins="JOIN account a ON a.number = s.account")  # fmt: skip


def transactions(staging: Staging, part: Slice) -> Done:
    """The account's owner gets the interaction; a transfer equal to a standing order is the bank's act."""
    cell = (
        f"CASE WHEN s.cell = {TRANSFER} AND EXISTS (SELECT 1 FROM standing_order o WHERE o.account_id = a.id "
        f"AND o.amount = -s.amount AND o.to_bank IS s.to_bank AND o.to_account IS s.to_account) "
        f"THEN {STANDING_ORDER} ELSE s.cell END"
    )
    values = {
        "external_id": "s.trans", "customer_id": _OWNER, "occurred_s": "s.occurred_s", "time_known": "0",
        "catalogue_id": cell, "amount": "s.amount", "currency": "'CZK'", "account_id": "a.id",
        "initiated_by": f"CASE WHEN ({cell}) > 900 THEN 'bank' ELSE 'customer' END", "detail": "s.detail",
        "version": "coalesce(old.version, 1)",
    }  # fmt: skip
    done = upsert(staging, part, "interaction", ("external_id",), values, quiet=("version",),
                  joins="JOIN account a ON a.number = s.account")  # fmt: skip
    if part.high >= staging.scalar(f"SELECT coalesce(max(row), 0) FROM {ROWS}"):
        _balances(staging, part)
    return done


def _balances(staging: Staging, part: Slice) -> None:
    """Average and last balance of each month, from the balances printed with the transactions."""
    source = (
        "(SELECT max(row) AS row, account, month, CAST(round(avg(balance)) AS INTEGER) AS average, balance AS last, "
        f"max(day || printf('%012d', row)) FROM {ROWS} GROUP BY account, month)"
    )
    values = {"account_id": "a.id", "month": "s.month", "average": "s.average", "end": "s.last"}
    upsert(staging, Slice(1, part.high), "balance_month", ("account_id", "month"), values, source=source,
           joins="JOIN account a ON a.number = s.account")  # fmt: skip
