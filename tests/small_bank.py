"""A bank of a few hand-written customers that several tests open: names, accounts, events, a segmentation."""

import uuid
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from crmdesk.domain.customer import digits, fold, full_name
from crmdesk.domain.rights import single_user
from crmdesk.store import Store, chain
from crmdesk.store.bank import create_bank

UNTIL = date(2026, 10, 31)
ACTOR = single_user("ela")


@dataclass(frozen=True)
class SmallApp:
    """What services need of an App."""

    store: Store
    plugins: Any = None
    engine: Any = None
    runner: Any = None

    @property
    def path(self) -> Path:
        return self.store.path


def add(session: Any, table: str, rows: list[dict[str, Any]]) -> None:
    names = list(rows[0])
    session.connection().exec_driver_sql(
        f"INSERT INTO {table} ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})",
        [tuple(r[n] for n in names) for r in rows],
    )


def person(key: int, given: str, family: str, **more: Any) -> dict[str, Any]:
    row = {"id": key, "number": f"C-{key:06d}", "kind": "person", "given_name": given, "family_name": family,
           "gender": "unknown", "email": None, "phone": None, "city": None, "branch_id": 1, "joined_on": "2020-01-01",
           "relation_wanted": "unknown", "restricted": 0, "version": 1, "birth_date": None, **more}  # fmt: skip
    row.update(name_folded=fold(full_name(row["given_name"], row["family_name"])), city_folded=fold(row["city"]),
               email_folded=fold(row["email"]), phone_digits=digits(row["phone"]))  # fmt: skip
    return row


def event(customer: int, purpose: str, channel: str | None, status: str, on: str, **more: Any) -> dict[str, Any]:
    at = datetime.fromisoformat(on).replace(tzinfo=UTC)
    proof = "e" * 64 if status == "granted" else None
    return {"event_id": str(uuid.uuid4()), "customer_id": customer, "purpose": purpose, "channel": channel,
            "status": status, "legal_basis": "consent" if status == "granted" else None, "effective_at": at,
            "recorded_at": at, "expires_on": None, "source": "branch", "actor": "test", "notice_sha256": proof,
            "evidence_sha256": proof, **more}  # fmt: skip


def seconds(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())


def interaction(customer: int, at: str, cell: int, amount: int | None = None, by: str = "customer") -> dict[str, Any]:
    return {"customer_id": customer, "occurred_s": seconds(at), "catalogue_id": cell, "amount": amount,
            "currency": "EUR" if amount else None, "initiated_by": by, "time_known": 1, "version": 1}  # fmt: skip


PEOPLE = [
    person(1, "Ada", "Yılmaz", city="Moda", email="ada_y@mail.example", phone="+90 532 111 1234",
           birth_date="1981-05-02"),
    person(2, "Çetin", "Okçün", city="İzmir", email="cetin@bank.example", phone="+90 532 222 5678"),
    person(3, "Ida", "Ström", city="Malmö", email="ida@mail.example", joined_on="2024-06-01"),
    person(4, "Bo", "Ek", city="Moda", restricted=1, branch_id=2),
    person(5, "", "Gemstone Works", kind="company", given_name=None, city="Uppsala"),
]  # fmt: skip
EVENTS = [
    event(1, "marketing", "email", "granted", "2026-02-03", expires_on=date(2028, 2, 3)),
    event(1, "marketing", "phone", "granted", "2025-02-03", expires_on=date(2027, 2, 3)),
    event(1, "marketing", "phone", "withdrawn", "2026-03-12"),
    event(1, "marketing", "in_person", "granted", "2025-01-08", expires_on=date(2027, 1, 8)),
    event(1, "survey", "email", "asked", "2026-05-01"),
    event(1, "sharing", None, "objected", "2026-04-01"),
    event(2, "marketing", "email", "granted", "2023-01-01", expires_on=date(2025, 1, 1)),
    event(3, "marketing", None, "objected", "2026-01-05"),
    event(4, "marketing", "email", "granted", "2026-02-03", expires_on=date(2028, 2, 3)),
]  # fmt: skip
INTERACTIONS = [
    interaction(1, "2026-10-28T10:00", 1, -5000), interaction(1, "2026-10-02T09:00", 6, -2500),
    interaction(1, "2026-08-01T12:00", 18), interaction(1, "2026-10-30T00:00", 901, 12, "bank"),
    interaction(2, "2026-09-11T11:00", 26, 100), interaction(3, "2026-03-11T11:00", 34),
]  # fmt: skip


def build(path: Path) -> SmallApp:
    """The bank at `path`: five customers, two with accounts, one segmentation run."""
    store = create_bank(path, invented_until=UNTIL)
    with store.write() as session:
        add(session, "branch", [{"id": 2, "code": "B2", "name": "Harbour"}])
        add(session, "customer", PEOPLE)
        add(session, "interaction", INTERACTIONS)
        add(
            session,
            "product",
            [
                {"id": 1, "code": "CUR", "name": "Current account", "family": "current", "version": 1},
                {"id": 2, "code": "MOR", "name": "Mortgage", "family": "mortgage", "version": 1},
            ],
        )
        add(
            session,
            "account",
            [
                {"id": 1, "number": "A1", "product_id": 1, "currency": "EUR", "opened_on": "2020-01-01", "version": 1},
                {"id": 2, "number": "A2", "product_id": 2, "currency": "EUR", "opened_on": "2021-01-01", "version": 1},
                {"id": 3, "number": "A3", "product_id": 1, "currency": "EUR", "opened_on": "2021-01-01", "version": 1},
            ],
        )
        owners = ((1, 1), (2, 1), (3, 2))
        add(session, "holding", [{"account_id": a, "customer_id": c, "role": "owner"} for a, c in owners])
        months = [(2025 + (m // 12), m % 12 + 1) for m in range(6, 22)]
        add(
            session,
            "balance_month",
            [
                {"account_id": a, "month": f"{y}-{m:02d}", "average": base + 1000 * i}
                for a, base in ((1, 100_000), (2, -9_000_000), (3, 5_000))
                for i, (y, m) in enumerate(months)
            ],
        )
        chain.append(session, store.audit_key, "permission_event", EVENTS)
        _segments(session)
    return SmallApp(store)


def _segments(session: Any) -> None:
    empty = {"versions": "{}", "params": "{}", "seed": 7, "as_of": "2026-10-31", "purpose": "profiling",
             "data_hash": "d", "eligible": 2, "excluded": "{}", "population_hash": "p", "metrics": "{}",
             "warnings": "[]", "verdict": "2 groups", "outcome": "done", "gives": "segments", "by": "ela",
             "began_at": "2026-11-01 10:00:00.000000", "ended_at": "2026-11-01 10:01:00.000000"}  # fmt: skip
    add(session, "run", [{"id": 1, "uuid": "run-1", "analysis": "segmentation.two_tier", "plugin": "s", **empty}])
    add(
        session,
        "segment",
        [
            {"id": 1, "run_id": 1, "code": "1.1", "tier": 2, "name": "Online, high", "size": 1, "stability": 0.97},
            {"id": 2, "run_id": 1, "code": "2.1", "tier": 2, "name": "Branch, middle", "size": 1, "stability": 0.9},
        ],
    )
    add(
        session,
        "segment_membership",
        [
            {
                "run_id": 1,
                "customer_id": 1,
                "tier1": "Online",
                "tier2": "high",
                "segment_id": 1,
                "strength": 0.78,
                "runner_up": "2.1",
                "distance_pct": 40.0,
                "provisional": 0,
            },
            {
                "run_id": 1,
                "customer_id": 2,
                "tier1": "Branch",
                "tier2": "middle",
                "segment_id": 2,
                "strength": 0.61,
                "runner_up": "1.1",
                "distance_pct": 99.5,
                "provisional": 1,
            },
        ],
    )
