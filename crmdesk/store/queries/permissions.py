"""Reads of the permission ledger: one person's events, and everyone whom a channel may reach.

What forbids is read from `main.customer`: a row out of the asker's reach must not make anything permitted.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Final

from crmdesk.domain.permission import CONSENT, STRICTNESS, PermissionEvent, is_own_act

_STRICT = "CASE status " + " ".join(f"WHEN '{s}' THEN {n}" for s, n in STRICTNESS.items()) + " END"
# domain.permission.is_own_act and the voiding of domain.permission.state, for rows of permission_event under any name.
OWN_ACT: Final = "(status = 'granted' AND evidence_sha256 IS NOT NULL AND batch_id IS NULL AND source <> 'import')"
VOIDED: Final = "SELECT customer_id, voids FROM permission_event WHERE status = 'voided' AND voids IS NOT NULL"
# Nearly every event is spared the comparison of pairs, which alone would cost more than the rest of a list.
STANDING: Final = (
    f"(seq NOT IN (SELECT voids FROM permission_event WHERE voids IS NOT NULL) OR (customer_id, seq) NOT IN ({VOIDED}))"
)
# The place of an event in the rule's order: when, how strict, the twelve digits of its number, then its last day.
_PLACE: Final = (
    f"effective_at || {_STRICT} || (100000000000 + seq) || substr(coalesce(expires_on, '9999-12-31'), 1, 10)"
)
# One pass over the table for each list: row by row through the index takes six times as long.
_TOLD: Final = f"""
SELECT customer_id AS who, max(CASE WHEN status <> 'erased' THEN place END) AS last, max(status = 'erased') AS gone,
       max(CASE WHEN status = 'objected' THEN place END) AS objected, max(CASE WHEN own THEN place END) AS own
FROM (
  SELECT customer_id, status, {OWN_ACT} AS own, {_PLACE} AS place FROM permission_event NOT INDEXED
  WHERE (status = 'erased' OR (purpose = :purpose AND (channel IS NULL OR channel = :channel)
         AND status IN ('granted', 'refused', 'withdrawn', 'objected')))
    AND effective_at <= :at AND {STANDING}
) GROUP BY customer_id
"""
# The rule of domain.permission: the last event is a grant that has not ended, and no objection stands.
_YES: Final = (
    f"NOT gone AND substr(last, -23, 1) = '{STRICTNESS['granted']}' AND substr(last, -10) >= :day"
    " AND (objected IS NULL OR own > objected)"
)
_PERMITTED: Final = f"""
SELECT who FROM ({_TOLD}) WHERE {_YES} AND NOT EXISTS (SELECT 1 FROM main.customer r WHERE r.id = who AND r.restricted)
"""
_SHUT: Final = f"SELECT who FROM ({_TOLD}) WHERE NOT coalesce({_YES}, 0)"
# An objection to marketing on any channel: one for all channels yields only to a grant for all of them.
_OBJECTORS: Final = f"""
SELECT who FROM (
  SELECT customer_id AS who, max(CASE WHEN channel IS NULL THEN own END) AS own,
         max(CASE WHEN own IS NULL OR own < objected THEN objected END) AS objected
  FROM (
    SELECT customer_id, channel, max(CASE WHEN status = 'objected' THEN {_PLACE} END) AS objected,
           max(CASE WHEN {OWN_ACT} THEN {_PLACE} END) AS own
    FROM permission_event NOT INDEXED
    WHERE purpose = 'marketing' AND status IN ('objected', 'granted') AND effective_at <= :at AND {STANDING}
    GROUP BY customer_id, channel
  ) GROUP BY customer_id
) WHERE objected IS NOT NULL AND (own IS NULL OR own < objected)
"""


@dataclass(frozen=True)
class HistoryEvent:
    """One row of a person's ledger as people read it; `voided`: a correction took it out, so it counts no more."""

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
    legal_basis: str | None = None
    voids: int | None = None
    voided: bool = False


@dataclass(frozen=True)
class ProposalRow:
    """A voiding event that names nothing: what it would void stands in `text` until an officer confirms it."""

    seq: int
    customer: int
    number: str
    actor: str
    at: datetime
    text: str


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


def mined(purpose: str, at: datetime, basis: str | None) -> tuple[str, dict[str, str]]:
    """SQL and parameters that give the ids of all whom mining for `purpose` may use at `at`, as `decide` would.

    `basis` is the recorded one of the purpose. The parameters are those of `permitted` that depend on the time.
    """
    among = f"IN ({_about(_PERMITTED, purpose)})" if basis == CONSENT else f"NOT IN ({_about(_SHUT, purpose)})"
    sql = f"SELECT id FROM main.customer WHERE NOT restricted AND id {among}"
    if purpose == "targeting":
        sql += f" AND id NOT IN ({_about(_SHUT, 'profiling')}) AND id NOT IN ({_OBJECTORS})"
    return sql, {"at": stored(at), "day": at.date().isoformat()}


def _about(sql: str, purpose: str) -> str:
    """The statement for a purpose without channels."""
    return sql.replace(":purpose", f"'{purpose}'").replace(":channel", "NULL")


def may_be_mined(raw: Any, purpose: str, at: datetime) -> set[int]:
    """Everybody whom mining for `purpose` may use at `at`."""
    sql, parameters = mined(purpose, at, basis(raw, purpose))
    return {customer for (customer,) in raw.execute(sql, parameters)}


def events(raw: Any, customers: Iterable[int], *purposes: str) -> dict[int, list[PermissionEvent]]:
    """Events of each customer as the rule takes them; `purposes` leave out others, never an erasure."""
    ids = [int(c) for c in customers]
    found: dict[int, list[PermissionEvent]] = {c: [] for c in ids}
    if not ids:
        return found
    marks, about = ",".join("?" * len(ids)), ",".join("?" * len(purposes))
    only = f" AND (purpose IN ({about}) OR status IN ('erased', 'voided'))" if purposes else ""
    rows = raw.execute(
        "SELECT customer_id, seq, purpose, channel, status, effective_at, recorded_at, expires_on, source,"
        f" evidence_sha256 IS NOT NULL, batch_id IS NOT NULL, voids FROM permission_event"
        f" WHERE customer_id IN ({marks}){only}",
        [*ids, *purposes],
    )
    for customer, seq, what, channel, status, effective, recorded, expires, source, proof, batch, voids in rows:
        own = is_own_act(status, source, bool(proof), bool(batch))
        found[customer].append(
            PermissionEvent(seq, what, channel, status, moment(effective), moment(recorded), day(expires), own, voids)
        )
    return found


def whole(raw: Any, customer: int) -> tuple[list[PermissionEvent], list[HistoryEvent]]:
    """All rows of one person, newest first: as the rule takes them and as people read them."""
    rows = raw.execute(
        "SELECT e.seq, e.purpose, e.channel, e.status, e.effective_at, e.recorded_at, e.expires_on, e.source, e.actor,"
        " e.notice, e.evidence_sha256 IS NOT NULL, c.name, e.legal_basis, e.voids, e.batch_id IS NOT NULL"
        " FROM permission_event e"
        " LEFT JOIN campaign c ON c.id = e.campaign_id"
        " WHERE e.customer_id = ? ORDER BY e.effective_at DESC, e.seq DESC",
        (customer,),
    ).fetchall()
    voided = {row[13] for row in rows if row[3] == "voided"}
    events, told = [], []
    for (seq, purpose, channel, status, effective, recorded, expires, source, actor, notice, proof, campaign, basis,
         voids, batch) in rows:  # fmt: skip
        at, known, last = moment(effective), moment(recorded), day(expires)
        own = is_own_act(status, source, bool(proof), bool(batch))
        events.append(PermissionEvent(seq, purpose, channel, status, at, known, last, own, voids))
        told.append(HistoryEvent(seq, purpose, channel, status, at, known, last, source, actor, notice, bool(proof),
                                 campaign, basis, voids, seq in voided))  # fmt: skip
    return events, told


@dataclass(frozen=True)
class Proof:
    """What stands behind one event: notice, document and words, with the hashes that the chain holds."""

    customer: int
    purpose: str
    notice: str
    notice_sha256: str | None
    notice_text: str
    evidence_sha256: str | None
    document_id: int | None
    document_name: str
    text: str


def proof(raw: Any, customer: int, seq: int) -> Proof | None:
    """The proof of one event of a customer; None where the event is not theirs."""
    found = raw.execute(
        "SELECT e.customer_id, e.purpose, coalesce(e.notice, ''), e.notice_sha256, coalesce(n.text, ''),"
        " e.evidence_sha256, d.id, coalesce(d.name, ''), coalesce(t.text, '') FROM permission_event e"
        " LEFT JOIN notice n ON n.code = e.notice LEFT JOIN permission_evidence t ON t.event_id = e.event_id"
        " LEFT JOIN document d ON d.customer_id = e.customer_id AND d.sha256 = e.evidence_sha256"
        " WHERE e.customer_id = ? AND e.seq = ?",
        (customer, seq),
    ).fetchone()
    return Proof(*found) if found else None


def proposals(raw: Any, source: str, customer: int | None = None) -> list[ProposalRow]:
    """Voiding events of `source` that name nothing, the oldest first; of one customer, or of all."""
    rows = raw.execute(
        "SELECT e.seq, e.customer_id, c.number, e.actor, e.recorded_at, t.text FROM permission_event e"
        " JOIN customer c ON c.id = e.customer_id JOIN permission_evidence t ON t.event_id = e.event_id"
        " WHERE e.status = 'voided' AND e.voids IS NULL AND e.source = ? AND (? IS NULL OR e.customer_id = ?)"
        " ORDER BY e.seq",
        (source, customer, customer),
    )
    return [ProposalRow(seq, who, number, by, moment(at), text) for seq, who, number, by, at, text in rows]


def standing_event(raw: Any, customer: int, seq: int) -> PermissionEvent | None:
    """One event of a customer, unless it was voided."""
    found = events(raw, [customer])[customer]
    if any(e.voids == seq for e in found):
        return None
    return next((e for e in found if e.seq == seq), None)


def standing_clock(raw: Any) -> bool:
    """Whether the bank's clock stands still at the end of a day: an invented bank's does."""
    return raw.execute("SELECT invented_until FROM bank_state").fetchone()[0] is not None


def restricted(raw: Any, customers: Iterable[int]) -> set[int]:
    """Those among `customers` whose data is restricted."""
    ids = [int(c) for c in customers]
    marks = ",".join("?" * len(ids))
    return {c for (c,) in raw.execute(f"SELECT id FROM main.customer WHERE restricted AND id IN ({marks})", ids)}


def basis(raw: Any, purpose: str) -> str | None:
    """The legal basis the data-protection officer recorded for mining; None = the start setting."""
    found = raw.execute("SELECT value FROM setting WHERE name = ?", (f"basis.{purpose}",)).fetchone()
    return basis_of(found[0] if found else None)


def basis_of(value: str | None) -> str | None:
    """The word in the setting's JSON text."""
    return value.strip('"') if value else None
