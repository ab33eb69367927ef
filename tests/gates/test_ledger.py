"""100,000 random ledgers: every reading agrees with a naive oracle, and nobody is allowed without a valid grant.

`python3 run.py gates ledger`; in every run 1,000. Asked at the bank's clock, at random moments of the past, and by the
two times. Instants are few, so that many events share one; grants lapse on the days asked about.
"""

from __future__ import annotations

import random
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import small_bank

from crmdesk.domain.permission import MARKETING_CHANNELS
from crmdesk.store import Store, chain
from crmdesk.store.bank import create_bank
from tests.unit.domain.ledger_compared import PLACES, all_agree, replays_agree

UNTIL = date(2026, 10, 31)
BANK = 10_000  # ledgers in one bank
FIRST = datetime(2024, 1, 1, tzinfo=UTC)
PURPOSES = ("marketing", "marketing", "marketing", "survey", "sharing", "profiling", "targeting")
STATUSES = ("asked", "granted", "granted", "granted", "refused", "withdrawn", "objected", "erased")
WEIGHTS = (4, 6, 6, 6, 3, 3, 3, 0.15)


def one_event(rng: random.Random, customer: int, instants: list[datetime]) -> dict[str, Any]:
    """Anything the ledger may hold: consents with proof, soft opt-ins, imports, equal instants, late news."""
    purpose = rng.choice(PURPOSES)
    status = rng.choices(STATUSES, WEIGHTS)[0]
    channel = rng.choice((None, "email", "email", "phone", rng.choice(MARKETING_CHANNELS)))
    if purpose in ("profiling", "targeting") or status == "erased":
        channel = None
    at = rng.choice(instants)
    row = small_bank.event(customer, purpose, channel, status, "2026-01-01", effective_at=at,
                           recorded_at=at + timedelta(days=rng.choice((0, 0, 1, 30))),
                           source=rng.choice(("branch", "branch", "call", "import")))  # fmt: skip
    if status == "granted":
        row["expires_on"] = rng.choice((None, at.date() + timedelta(days=rng.choice((0, 1, 90, 730))), UNTIL))
        if rng.random() < 0.15:
            row |= {"legal_basis": "legitimate_interest", "evidence_sha256": None}
    return row


def fill(store: Store, rng: random.Random, customers: list[int]) -> int:
    """A ledger of 0 to 12 events for each customer, and voids of some of them; returns how many rows."""
    rows: list[dict[str, Any]] = []
    for customer in customers:
        instants = [FIRST + timedelta(days=rng.randrange(1_035), seconds=rng.randrange(86_400)) for _ in range(3)]
        instants.append(datetime(2026, 10, rng.choice((30, 31)), 23, 59, 59, rng.choice((0, 999_999)), UTC))
        rows += [one_event(rng, customer, instants) for _ in range(rng.randrange(13))]
    rng.shuffle(rows)
    with store.write() as session:
        people = [small_bank.person(c, "P", f"N{c}", restricted=int(rng.random() < 0.03)) for c in customers]
        small_bank.add(session, "customer", people)
        seqs = chain.append(session, store.audit_key, "permission_event", rows)
        voids = []
        for place in rng.sample(range(len(rows)), len(rows) // 40):
            whom = rows[place]["customer_id"] if rng.random() < 0.9 else rng.choice(customers)
            voids.append(small_bank.event(whom, "marketing", None, "voided", "2026-09-01", voids=seqs[place]))
        chain.append(session, store.audit_key, "permission_event", voids)
    return len(rows) + len(voids)


@pytest.mark.timeout(3600)
def test_every_reading_agrees_and_nobody_is_allowed_without_a_grant(full: bool, tmp_path: Path) -> None:
    began, events, allowed = time.perf_counter(), 0, 0
    banks, size = (10, BANK) if full else (1, 1_000)
    for seed in range(banks):
        rng = random.Random(seed)
        store = create_bank(tmp_path / f"{seed}.crmdesk", invented_until=UNTIL)
        customers = list(range(1, size + 1))
        events += fill(store, rng, customers)
        with store.reader() as raw:
            told = all_agree(raw, customers, store.clock())
            past = FIRST + timedelta(seconds=rng.randrange(1_035 * 86_400))
            all_agree(raw, customers, past, rng.sample(PLACES, 6))
            replays_agree(raw, rng.sample(customers, size // 10), past, past + timedelta(days=rng.randrange(40)))
            bare = raw.execute(
                "SELECT count(*) FROM permission_event WHERE status = 'granted' AND legal_basis = 'consent'"
                " AND (notice_sha256 IS NULL OR evidence_sha256 IS NULL)"
            ).fetchone()[0]
        assert bare == 0
        assert all(told[place] for place in PLACES)  # every purpose and channel is allowed to somebody
        allowed += sum(n for (purpose, _), n in told.items() if purpose not in ("service", "credit"))
        store.close()
    seconds = time.perf_counter() - began
    print(f"{banks * size:,} ledgers, {events:,} events, {allowed:,} permissions, all proven; {seconds:.0f} s")


@pytest.mark.parametrize("missing", ["notice_sha256", "evidence_sha256", "legal_basis"])
def test_the_store_itself_refuses_a_consent_without_proof(tmp_path: Path, missing: str) -> None:
    store = create_bank(tmp_path / "strict.crmdesk", invented_until=UNTIL)
    row = {**small_bank.event(1, "marketing", "email", "granted", "2026-01-01"), missing: None}
    with pytest.raises(Exception, match="CHECK constraint failed"), store.write() as session:
        small_bank.add(session, "customer", [small_bank.person(1, "Ada", "Lind")])
        chain.append(session, store.audit_key, "permission_event", [row])
    store.close()
