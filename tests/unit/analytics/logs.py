"""Small banks with invented logs for the tests of analytics, and the plain rows behind them."""

from __future__ import annotations

import random
import uuid
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from crmdesk.domain.interaction import BY_ROW, CELLS
from crmdesk.store import Store, chain
from crmdesk.store.bank import create_bank

AS_OF = date(2026, 6, 30)
NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
Row = dict[str, Any]
_COLUMNS = ("customer_id", "occurred_s", "recorded_s", "time_known", "catalogue_id", "amount", "product_id",
            "response", "initiated_by")  # fmt: skip


def at(text: str) -> int:
    """Epoch seconds of an ISO moment, UTC."""
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())


def row(customer: int, when: str | int, cell: int = 1, amount: int | None = None, **more: Any) -> Row:
    occurred = at(when) if isinstance(when, str) else when
    return {"customer_id": customer, "occurred_s": occurred, "recorded_s": None, "time_known": 1, "catalogue_id": cell,
            "amount": amount, "product_id": None, "response": None, "initiated_by": "customer", **more}  # fmt: skip


def bank(folder: Path, customers: int, rows: list[Row]) -> Store:
    """A bank whose clock stands at the end of AS_OF, with customers 1..n, three products and these interactions."""
    store = create_bank(folder / "log.bank", invented_until=AS_OF)
    with store.write() as session:
        connection = session.connection()
        if customers:
            add_customers(connection, [{"id": number} for number in range(1, customers + 1)])
        connection.exec_driver_sql(
            "INSERT INTO product (id, code, name, family, version) VALUES (?, ?, ?, ?, 1)",
            [(1, "ZED", "Zed", "current"), (2, "ANT", "Ant", "savings"), (3, "MID", "Mid", "mortgage")],
        )
        if rows:
            names, marks = ", ".join(_COLUMNS), ", ".join("?" * len(_COLUMNS))
            connection.exec_driver_sql(
                f"INSERT INTO interaction ({names}, version) VALUES ({marks}, 1)",
                [tuple(r[name] for name in _COLUMNS) for r in rows],
            )
    return store


def add_customers(connection: Any, people: list[Row]) -> None:
    """Customers with the given columns beside the obligatory ones."""
    for person in people:
        full = {"number": f"C{person['id']}", "kind": "person", "family_name": "X", "gender": "unknown",
                "branch_id": 1, "relation_wanted": "unknown", "restricted": 0, "version": 1, "name_folded": "x",
                "city_folded": "", "email_folded": "", "phone_digits": "", **person}  # fmt: skip
        names, marks = ", ".join(full), ", ".join("?" * len(full))
        connection.exec_driver_sql(f"INSERT INTO customer ({names}) VALUES ({marks})", tuple(full.values()))


def event(customer: int, status: str, **more: Any) -> Row:
    """One row of the ledger: about profiling, at NOON, a grant with its proof."""
    grant = status == "granted"
    return {"event_id": str(uuid.uuid4()), "customer_id": customer, "purpose": "profiling", "channel": None,
            "status": status, "legal_basis": "consent" if grant else None, "effective_at": NOON, "recorded_at": NOON,
            "expires_on": None, "source": "branch", "actor": "t", "notice_sha256": "n" if grant else None,
            "evidence_sha256": "e" if grant else None, **more}  # fmt: skip


def record(store: Store, events: list[Row]) -> None:
    with store.write() as session:
        chain.append(session, store.audit_key, "permission_event", events)


def random_rows(seed: int, customers: int = 12, per_customer: int = 25) -> list[Row]:
    """Rows with NULLs, both initiators, all cells, days around AS_OF; some customers have one row or none."""
    rng = random.Random(seed)
    found = []
    for customer in range(1, customers + 1):
        for _ in range(rng.choice((0, 1, per_customer, 2 * per_customer))):
            by_bank = rng.random() < 0.2
            cell = rng.choice([*[c.row for c in CELLS], 901]) if by_bank else rng.choice(CELLS[:9]).row
            found.append(row(
                customer, at("2026-07-01T12:00") - rng.randrange(500 * 86_400), cell,
                rng.choice((None, 0, 5, -7, rng.randrange(-10**9, 10**9))),
                recorded_s=rng.choice((None, None, at("2026-06-30T23:59:59"), at("2026-07-01T00:00"))),
                time_known=rng.choice((0, 1, 1)), product_id=rng.choice((None, 1, 2, 3)),
                initiated_by="bank" if by_bank else "customer",
                response=rng.choice((None, "accepted", "interested", "declined", "no_answer")) if by_bank else None,
            ))  # fmt: skip
    rng.shuffle(found)
    return found


PRODUCTS = {1: "ZED", 2: "ANT", 3: "MID"}


def public(r: Row) -> Row:
    """The row as a declaration may spell it, worked out by hand."""
    cell = BY_ROW[r["catalogue_id"]]
    moment = datetime.fromtimestamp(r["occurred_s"], UTC)
    return {
        "customer": r["customer_id"], "occurred_s": r["occurred_s"], "recorded_s": r["recorded_s"], "cell": cell.row,
        "channel": cell.channel, "mode": cell.mode, "activity": cell.activity, "amount": r["amount"],
        "product": PRODUCTS.get(r["product_id"]), "response": r["response"],
        "hour": moment.hour if r["time_known"] else None, "weekday": moment.weekday(),
        "month": moment.year * 100 + moment.month,
    }  # fmt: skip
