"""Reads of the permission ledger: one person's events, and everyone whom a channel may reach."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from crmdesk.domain.permission import STRICTNESS, PermissionEvent, is_own_act

_STRICT = "CASE status " + " ".join(f"WHEN '{s}' THEN {n}" for s, n in STRICTNESS.items()) + " END"
_OWN = "(status = 'granted' AND evidence_sha256 IS NOT NULL AND batch_id IS NULL AND source <> 'import')"
_STANDING = (
    "effective_at <= :at AND seq NOT IN"
    " (SELECT voids FROM permission_event WHERE status = 'voided' AND voids IS NOT NULL)"
)
# Each customer's last decisive event, unless an objection stands: the rule of domain.permission over a whole bank.
_PERMITTED = f"""
WITH ledger AS (
  SELECT customer_id, status, expires_on, {_OWN} AS own,
         effective_at || {_STRICT} || printf('%012d', seq) AS place
  FROM permission_event
  WHERE purpose = :purpose AND (channel IS NULL OR channel = :channel)
    AND status NOT IN ('asked', 'voided') AND {_STANDING}
), last AS (SELECT customer_id, status, expires_on, max(place) FROM ledger GROUP BY customer_id)
SELECT customer_id FROM last
WHERE status = 'granted' AND (expires_on IS NULL OR expires_on >= :day)
  AND NOT EXISTS (
    SELECT 1 FROM ledger o WHERE o.customer_id = last.customer_id AND o.status = 'objected' AND NOT EXISTS (
      SELECT 1 FROM ledger g WHERE g.customer_id = o.customer_id AND g.own AND g.place > o.place))
  AND customer_id NOT IN (SELECT customer_id FROM permission_event WHERE status = 'erased' AND {_STANDING})
  AND customer_id NOT IN (SELECT id FROM customer WHERE restricted)
"""


@dataclass(frozen=True)
class HistoryEvent:
    """One row of a person's ledger as people read it."""

    seq: int
    purpose: str
    channel: str | None
    status: str
    effective_at: datetime
    recorded_at: datetime
    expires_on: date | None
    source: str
    actor: str
    notice: str | None
    has_evidence: bool
    campaign: str | None


def stored(moment: datetime) -> str:
    """A moment as the ledger writes it, so that text compares like time."""
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def day(text: str | None) -> date | None:
    return date.fromisoformat(text[:10]) if text else None


def permitted(purpose: str, channel: str, at: datetime) -> tuple[str, dict[str, str]]:
    """SQL and parameters that give the ids of all whom `channel` may reach for a consent `purpose` at `at`."""
    return _PERMITTED, {"purpose": purpose, "channel": channel, "at": stored(at), "day": at.date().isoformat()}


def events(raw: Any, customers: Iterable[int], purpose: str | None = None) -> dict[int, list[PermissionEvent]]:
    """Events of each customer as the rule takes them; `purpose` leaves out others, never an erasure."""
    ids = [int(c) for c in customers]
    found: dict[int, list[PermissionEvent]] = {c: [] for c in ids}
    if not ids:
        return found
    marks = ",".join("?" * len(ids))
    only = "" if purpose is None else " AND (purpose = ? OR status IN ('erased', 'voided'))"
    rows = raw.execute(
        "SELECT customer_id, seq, purpose, channel, status, effective_at, recorded_at, expires_on, source,"
        f" evidence_sha256 IS NOT NULL, batch_id IS NOT NULL, voids FROM permission_event"
        f" WHERE customer_id IN ({marks}){only}",
        [*ids, *([] if purpose is None else [purpose])],
    )
    for customer, seq, what, channel, status, effective, recorded, expires, source, proof, batch, voids in rows:
        own = is_own_act(status, source, bool(proof), bool(batch))
        found[customer].append(
            PermissionEvent(seq, what, channel, status, moment(effective), moment(recorded), day(expires), own, voids)
        )
    return found


def history(raw: Any, customer: int) -> list[HistoryEvent]:
    """All rows of one person, newest first."""
    rows = raw.execute(
        "SELECT e.seq, e.purpose, e.channel, e.status, e.effective_at, e.recorded_at, e.expires_on, e.source, e.actor,"
        " e.notice, e.evidence_sha256 IS NOT NULL, c.name FROM permission_event e"
        " LEFT JOIN campaign c ON c.id = e.campaign_id"
        " WHERE e.customer_id = ? ORDER BY e.effective_at DESC, e.seq DESC",
        (customer,),
    )
    return [
        HistoryEvent(seq, purpose, channel, status, moment(effective), moment(recorded), day(expires), source, actor,
                     notice, bool(proof), campaign)
        for seq, purpose, channel, status, effective, recorded, expires, source, actor, notice, proof, campaign in rows
    ]  # fmt: skip


def restricted(raw: Any, customers: Iterable[int]) -> set[int]:
    """Those among `customers` whose data is restricted."""
    ids = [int(c) for c in customers]
    marks = ",".join("?" * len(ids))
    return {c for (c,) in raw.execute(f"SELECT id FROM customer WHERE restricted AND id IN ({marks})", ids)}


def basis(raw: Any, purpose: str) -> str | None:
    """The legal basis the data-protection officer recorded for mining, as JSON text; None = the start setting."""
    found = raw.execute("SELECT value FROM setting WHERE name = ?", (f"basis.{purpose}",)).fetchone()
    return str(found[0]).strip('"') if found and found[0] else None
