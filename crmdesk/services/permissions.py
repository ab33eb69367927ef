"""What the bank may do with one customer: the grid of purposes and channels, its history, and one sentence."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any

from crmdesk.domain.errors import BadInput
from crmdesk.domain.permission import (
    CONSENT_PURPOSES,
    LEGITIMATE_INTEREST,
    MARKETING_CHANNELS,
    Decision,
    PermissionEvent,
    decide,
    decide_each,
)
from crmdesk.domain.rights import Actor, Right, may
from crmdesk.services.context import App
from crmdesk.services.guard import service
from crmdesk.services.own_values import HIDDEN
from crmdesk.store import audit
from crmdesk.store.queries import customers as people
from crmdesk.store.queries import permission_write as writes
from crmdesk.store.queries import permissions as ledger
from crmdesk.store.queries.permissions import HistoryEvent, Proof

# Service and credit need no permission of the customer, so a grid that shows choices leaves them out.
GRID_PURPOSES = (*CONSENT_PURPOSES, "profiling", "targeting")
_BY = {"email": "by e-mail", "phone": "by phone", "sms": "by text message", "post": "by post",
       "in_person": "in branch", "in_app": "in the app"}  # fmt: skip
_WORDS = {"none": "never asked", "pending": "asked, no answer yet"}


@dataclass(frozen=True)
class Cell:
    """One purpose and channel (None: the purpose has no channels) with its decision and the day it was made."""

    purpose: str
    channel: str | None
    decision: Decision
    on: date | None


@dataclass(frozen=True)
class Evidence:
    """What proves an event: the notice shown (its text "" where only its name is known), a document, words.

    `document`: id among the customer's documents, None without one. `sha256`: of the document, else of the words.
    `intact`: notice and evidence are there and still have the hashes that the ledger's chain holds.
    """

    seq: int
    notice: str
    notice_text: str
    document: int | None
    document_name: str
    words: str
    sha256: str
    intact: bool


@dataclass(frozen=True)
class Grid:
    """Decisions at `at`, one tuple of cells per purpose; `known_at`: only what was known then (None: known now).

    `history`: every event known then, newest first. `restricted`: processing is restricted now, whatever `at` is.
    """

    number: str
    at: datetime
    rows: tuple[tuple[Cell, ...], ...]
    history: tuple[HistoryEvent, ...]
    known_at: datetime | None = None
    restricted: bool = False


@service(Right.READ_PERMISSIONS, of="number")
def grid(
    app: App, actor: Actor, number: str, at: datetime | None = None, known_at: datetime | None = None
) -> Grid:  # fmt: skip
    """Everything the customer allowed and refused at `at` (aware; None: now by the bank's clock).

    With `known_at` only events recorded by then count: what the bank could have known. Who knows the state alone gets
    no history.
    """
    at = (at or app.store.clock()).astimezone(UTC)  # a grant's last day ends by the bank's clock, not the asker's
    with app.store.reader() as raw:
        customer = people.id_of(raw, number)
        events, told = ledger.whole(raw, customer)
        blocked = bool(ledger.restricted(raw, [customer]))
        rows = tuple(_row(raw, purpose, events, at, blocked, known_at) for purpose in GRID_PURPOSES)
        history = _known(told, known_at) if may(actor, Right.READ_EVIDENCE) else ()
        return Grid(number, at, rows, history, known_at, blocked)


def _known(told: list[HistoryEvent], known_at: datetime | None) -> tuple[HistoryEvent, ...]:
    """What was on record at `known_at`: a correction recorded later had not yet taken anything out."""
    if known_at is None:
        return tuple(told)
    known = [event for event in told if event.recorded_at <= known_at]
    voided = {event.voids for event in known if event.status == "voided"}
    return tuple(replace(event, voided=event.seq in voided) for event in known)


@service(Right.READ_EVIDENCE, of="number")
def evidence(app: App, actor: Actor, number: str, seq: int) -> Evidence:
    """What proves one event of a customer; reading it is audited. BadInput for an event of somebody else.

    Words and the document's name are for who may read contact data.
    """
    with app.store.reader() as raw:
        customer = people.id_of(raw, number)
    with app.store.whole.reader() as raw:  # hashes are compared with what is there, not with what a view leaves of it
        found = ledger.proof(raw, customer, seq)
    if found is None:
        raise BadInput(f"Event {seq} is not one of {number}; read the page again.")
    with app.store.write() as session:
        audit.record(app.store, session, actor, "read evidence", number, customer_id=found.customer,
                     fields=f"event {seq}", purpose=found.purpose)  # fmt: skip
    clear = may(actor, Right.READ_CONTACT)
    name = found.document_name if clear or not found.document_name else HIDDEN
    return Evidence(seq, found.notice, found.notice_text, found.document_id, name, found.text if clear else "",
                    found.evidence_sha256 or "", _holds(found))  # fmt: skip


def _holds(found: Proof) -> bool:
    """Whether notice and evidence are still the ones whose hashes the chain holds; without evidence nothing is held."""
    if not found.evidence_sha256:
        return False
    proven = found.document_id is not None or writes.sha256(found.text) == found.evidence_sha256
    told = found.notice_text == "" or writes.sha256(found.notice_text) == found.notice_sha256
    return proven and told


@service(Right.READ_PERMISSIONS, of="number")
def contactable(app: App, actor: Actor, number: str) -> str:
    """One sentence: how the customer may be contacted about offers today, and why not otherwise."""
    offers = next(row for row in grid(app, actor, number).rows if row[0].purpose == "marketing")
    return sentence(offers)


def sentence(offers: tuple[Cell, ...]) -> str:
    """The sentence of `contactable` for the marketing row of a grid."""
    yes = [_BY[c.channel] for c in offers if c.channel and c.decision.allowed]
    no = [c for c in offers if not c.decision.allowed]
    causes = {_cause(c) for c in no}
    if not yes:
        if len(causes) == 1:
            return f"May not be contacted about offers today ({causes.pop()})."
        return f"May not be contacted about offers today: {_refusals(no)}."
    can = f"May be contacted today about offers {_listed(yes)}."
    told = [c for c in no if c.decision.state not in ("none", "pending")]
    return f"{can} Not {_refusals(told)}." if told else can


def _row(raw: Any, purpose: str, events: list[PermissionEvent], at: datetime, blocked: bool,
         known_at: datetime | None) -> tuple[Cell, ...]:  # fmt: skip
    decided: dict[Any, Decision]  # by channel, None where the purpose has none
    if purpose in CONSENT_PURPOSES:
        decided = decide_each(events, purpose, MARKETING_CHANNELS, at, restricted=blocked, known_at=known_at)
    else:
        basis = ledger.basis(raw, purpose) or LEGITIMATE_INTEREST
        decided = {None: decide(events, purpose, None, at, restricted=blocked, basis=basis, known_at=known_at)}
    when = {e.seq: e.effective_at.date() for e in events}
    return tuple(Cell(purpose, c, d, None if d.seq is None else when.get(d.seq)) for c, d in decided.items())


def _cause(cell: Cell) -> str:
    """Why not, with the day: "withdrawn 12 Mar 2026"."""
    decision = cell.decision
    if decision.shown == "restricted":
        return decision.reason
    if decision.state in _WORDS:
        return _WORDS[decision.state]
    on = decision.expires_on if decision.state == "expired" else cell.on
    return f"{decision.state} {on.day} {on:%b} {on.year}" if on else decision.state


def _refusals(cells: list[Cell]) -> str:
    """Channels that share a cause are named together: "by phone and by post (refused 3 May 2026)"."""
    by_cause: dict[str, list[str]] = {}
    for cell in cells:
        by_cause.setdefault(_cause(cell), []).append(_BY[cell.channel or "email"])
    return "; ".join(f"{_listed(ways)} ({cause})" for cause, ways in by_cause.items())


def _listed(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
