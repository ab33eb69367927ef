"""All readings of the ledger side by side: the domain's rule, the SQL of lists, the columns of analyses, the oracle."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Any

import numpy as np

from crmdesk.analytics import ledger as columns
from crmdesk.analytics.population import population
from crmdesk.domain.permission import (
    CONSENT,
    CONSENT_PURPOSES,
    LEGITIMATE_INTEREST,
    MARKETING_CHANNELS,
    PURPOSES,
    decide,
)
from crmdesk.store.queries import permissions as queries
from tests.unit.domain import ledger_oracle as oracle

Place = tuple[str, str | None]
PLACES: list[Place] = [
    *((p, c) for p in CONSENT_PURPOSES for c in (None, *MARKETING_CHANNELS)),
    *((p, None) for p in ("profiling", "targeting", "service", "credit")),
]
_COLUMNS = ("customer_id", "seq", "purpose", "channel", "status", "legal_basis", "effective_at", "recorded_at",
            "expires_on", "source", "notice_sha256", "evidence_sha256", "batch_id", "voids")  # fmt: skip


def papers(raw: Any, customers: Iterable[int]) -> dict[int, list[oracle.Row]]:
    """Each customer's rows as the oracle takes them, read by a statement of its own."""
    found: dict[int, list[oracle.Row]] = {customer: [] for customer in customers}
    for values in raw.execute(f"SELECT {', '.join(_COLUMNS)} FROM permission_event ORDER BY seq"):
        row = dict(zip(_COLUMNS, values, strict=True))
        row["proof"], row["batch"] = bool(row["evidence_sha256"]), bool(row["batch_id"])
        for name in ("effective_at", "recorded_at"):
            row[name] = datetime.fromisoformat(row[name]).replace(tzinfo=UTC)
        row["expires_on"] = date.fromisoformat(row["expires_on"]) if row["expires_on"] else None
        if row["customer_id"] in found:
            found[row["customer_id"]].append(row)
    return found


def all_agree(raw: Any, customers: list[int], at: datetime, places: Iterable[Place] = PLACES) -> dict[Place, int]:
    """Every reading gives the same answer for every customer at `at`; returns how many are allowed by place."""
    places = list(places)
    paper, events = papers(raw, customers), queries.events(raw, customers)
    blocked = queries.restricted(raw, customers)
    ids = np.array(sorted(customers), np.int64)
    mask = np.isin(ids, list(blocked))
    known = columns.known_by(columns.read_ledger(raw), at)
    told: dict[Place, set[int]] = {}
    for purpose, channel in places:
        bases = (LEGITIMATE_INTEREST, CONSENT) if purpose in ("profiling", "targeting") else (LEGITIMATE_INTEREST,)
        for basis in bases:
            yes = {
                c for c in customers
                if oracle.may(paper[c], purpose, channel, at, restricted=c in blocked, by_consent=basis == CONSENT)
            }  # fmt: skip
            ruled = {
                c for c in customers
                if decide(events[c], purpose, channel, at, restricted=c in blocked, basis=basis).allowed
            }  # fmt: skip
            assert ruled == yes, ("decide", purpose, channel, basis, ruled ^ yes)
            by_columns = columns.allowed(known, ids, purpose, channel, at.date(), mask, basis)
            assert set(ids[by_columns].tolist()) == yes, ("columns", purpose, channel, basis)
            if purpose in CONSENT_PURPOSES and channel:
                assert _listed(raw, *queries.permitted(purpose, channel, at)) & set(customers) == yes, (
                    purpose,
                    channel,
                )
            if purpose in ("profiling", "targeting"):
                assert _listed(raw, *queries.mined(purpose, at, basis)) & set(customers) == yes, (purpose, basis)
                if basis == LEGITIMATE_INTEREST:
                    used = population(raw, purpose, date.max, at, False, needs_money=False)
                    minors = set(used.left_out.get("minor", ()))
                    assert set(used.customers.tolist()) & set(customers) == yes - minors
            told.setdefault((purpose, channel), yes)
    _no_yes_without_a_grant(paper, told, at)
    return {place: len(yes) for place, yes in told.items()}


def _listed(raw: Any, sql: str, parameters: dict[str, str]) -> set[int]:
    return {customer for (customer,) in raw.execute(sql, parameters)}


def _no_yes_without_a_grant(paper: dict[int, list[oracle.Row]], told: dict[Place, set[int]], at: datetime) -> None:
    for (purpose, channel), yes in told.items():
        if purpose in CONSENT_PURPOSES:
            bare = [c for c in yes if not oracle.has_a_valid_grant(paper[c], purpose, channel, at)]
            assert not bare, (purpose, channel, bare[:3])


def replays_agree(raw: Any, customers: list[int], at: datetime, known_at: datetime) -> None:
    """What the rule says of a past moment from what was known then is what the paper of then says."""
    paper, events = papers(raw, customers), queries.events(raw, customers)
    then = columns.known_by(columns.read_ledger(raw), at, known_at)
    ids = np.array(sorted(customers), np.int64)
    for purpose, channel in PLACES:
        if purpose not in PURPOSES[:6]:
            continue
        words = columns.states(then, ids, purpose, channel, at.date()).words()
        for place, customer in enumerate(ids.tolist()):
            kept = [r for r in paper[customer] if r["recorded_at"] <= known_at]  # the ledger as it was
            said = oracle.answer(kept, purpose, channel, at)
            assert words[place] == said, (customer, purpose, channel)
            ruled = decide(events[customer], purpose, channel, at, known_at=known_at)
            if purpose in CONSENT_PURPOSES:
                assert ruled.state == said, (customer, purpose, channel)
