"""Correcting what was recorded in error: by a further event, and never in the customer's disfavour by one person alone.

An event is voided at once where no state becomes laxer by it. Else the correction waits, without effect, as a voiding
event that names nothing; once the data-protection officer confirms it, the event that does void is appended.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Final

from crmdesk.domain.change import Change
from crmdesk.domain.errors import BadInput, Refused
from crmdesk.domain.permission import PermissionEvent, widens
from crmdesk.domain.recording import moment_of_record
from crmdesk.domain.rights import Actor, Right, may
from crmdesk.services.context import App
from crmdesk.services.guard import service
from crmdesk.services.own_values import HIDDEN
from crmdesk.services.reach import within
from crmdesk.store import audit
from crmdesk.store.journal import Journal
from crmdesk.store.queries import customers as people
from crmdesk.store.queries import permission_write as writes
from crmdesk.store.queries import permissions as ledger
from crmdesk.store.queries import reach
from crmdesk.store.queries.permission_write import Subject

_SOURCE: Final = "correction"


@dataclass(frozen=True)
class Proposal:
    """A correction that waits for the data-protection officer: event `voids` of a customer, why, by whom, when."""

    seq: int
    number: str
    voids: int
    purpose: str
    channel: str | None
    status: str
    reason: str
    by: str
    at: datetime
    customer: int = 0


@service(Right.RECORD_PERMISSION, of="number")
def correct(app: App, actor: Actor, number: str, seq: int, reason: str) -> Change:
    """Void an event that was written in error, for a reason in words.

    The change's kind tells what happened: "correct_permission": done; "propose_correction": a state would become
    laxer, so the stricter one holds until the data-protection officer confirms it. Who has that right passes alone.
    BadInput for an event that is not this customer's, is voided already, or cannot be; Refused for an erasure.
    """
    words = reason.strip()
    if not words:
        raise BadInput("Say what was wrong with this event; the words are kept as evidence.")
    with app.store.write() as session:
        raw = writes.raw_of(session)
        who, known, event = _target(app, raw, number, seq)
        at = _moment(app, raw, who)
        void = PermissionEvent(writes.last_seq(raw) + 1, event.purpose, event.channel, "voided", at, at, voids=seq)
        waits = widens(known, [*known, void], at) and not may(actor, Right.CONFIRM_CORRECTION)
        if waits and any(p.voids == seq for p in _waiting(raw, who.id)):
            raise BadInput("This correction waits already; the data-protection officer confirms it.")
        text = json.dumps({"voids": seq, "reason": words}, ensure_ascii=False) if waits else words
        written = _write(app, session, actor, who, replace(void, voids=None) if waits else void, text)
    kind = "propose_correction" if waits else "correct_permission"
    return Change(kind, _touched(who, written), app.store.change_no())


@service(Right.READ_EVIDENCE, of="number")
def pending(app: App, actor: Actor, number: str | None = None) -> list[Proposal]:
    """Corrections that wait for the data-protection officer, the oldest first; of one customer, or of all in reach.

    The reasons are free text, for who may read contact data.
    """
    with app.store.reader() as raw:
        who = people.id_of(raw, number) if number else None
    with app.store.whole.reader() as raw:  # the text behind one says what it would void, whoever may read the reason
        waiting = list(_waiting(raw, who))
    with app.store.reader() as raw:
        seen = reach.seen(raw, [one.customer for one in waiting])
    reached = within(app, actor, Right.READ_EVIDENCE)
    found = [replace(one, number=seen[one.customer]) for one in waiting
             if one.customer in seen and (reached is None or one.customer in reached)]  # fmt: skip
    return found if may(actor, Right.READ_CONTACT) else [replace(one, reason=HIDDEN) for one in found]


@service(Right.CONFIRM_CORRECTION, of="number")
def confirm(app: App, actor: Actor, number: str, seq: int) -> Change:
    """The data-protection officer confirms the waiting correction `seq`: its event is voided from now on."""
    with app.store.write() as session:
        raw = writes.raw_of(session)
        who = writes.subject(raw, number, app.store.clock())
        _refuse_erased(ledger.events(raw, [who.id])[who.id], number)
        proposal = next((p for p in _waiting(raw, who.id) if p.seq == seq), None)
        if proposal is None:
            raise BadInput(f"No correction of {number} waits under the number {seq}; read the page again.")
        at = _moment(app, raw, who)
        void = PermissionEvent(0, proposal.purpose, proposal.channel, "voided", at, at, voids=proposal.voids)
        written = _write(app, session, actor, who, void, proposal.reason)
    return Change("correct_permission", _touched(who, written), app.store.change_no())


@service(Right.RESTRICT_CUSTOMER, of="number")
def restrict(app: App, actor: Actor, number: str, on: bool) -> Change:
    """Restrict the processing of a customer's data, or lift it: blocks all but service (GDPR 18); an officer's right.

    A customer who is as wished already stays untouched: the change names nobody.
    """
    with app.store.write() as session:
        who = writes.subject(writes.raw_of(session), number, app.store.clock())
        title = f"{'Restrict' if on else 'Lift the restriction of'} {number}"
        journal = Journal(session, actor, "restrict customer" if on else "lift restriction", title)
        journal.update("customer", who.id, {"restricted": on})
        if journal.touched:
            act = "restrict customer" if on else "lift restriction"
            audit.record(app.store, session, actor, act, number, customer_id=who.id, fields="restricted")
    return Change("restrict_customer", journal.ids(), app.store.change_no())


def _target(app: App, raw: Any, number: str, seq: int) -> tuple[Subject, list[PermissionEvent], PermissionEvent]:
    """The customer, everything in the ledger about them, and the event that may be voided."""
    who = writes.subject(raw, number, app.store.clock())
    known = ledger.events(raw, [who.id])[who.id]
    event = next((e for e in known if e.seq == seq), None)
    if event is None:
        raise BadInput(f"Event {seq} is not one of {number}; read the page again.")
    _refuse_erased(known, number)
    if event.status == "voided":
        raise BadInput("A correction is not corrected: record what the customer said as a new event.")
    if any(e.voids == seq for e in known):
        raise BadInput("This event was voided before; it counts no more.")
    return who, known, event


def _refuse_erased(known: list[PermissionEvent], number: str) -> None:
    if any(e.status == "erased" for e in known):
        raise Refused(f"{number} was erased: nothing is recorded for this person any more.")


def _waiting(raw: Any, customer: int | None) -> Iterator[Proposal]:
    """Proposals whose event still counts."""
    for row in ledger.proposals(raw, _SOURCE, customer):
        if not row.text:  # the words, and with them what they are about, are out of this person's reach
            continue
        said = json.loads(row.text)
        event = ledger.standing_event(raw, row.customer, int(said["voids"]))
        if event is not None:
            yield Proposal(row.seq, row.number, event.seq, event.purpose, event.channel, event.status,
                           str(said["reason"]), row.actor, row.at, row.customer)  # fmt: skip


def _moment(app: App, raw: Any, who: Subject) -> datetime:
    return moment_of_record(app.store.clock(), datetime.now(UTC), ledger.standing_clock(raw), who.newest)


def _write(app: App, session: Any, actor: Actor, who: Subject, void: PermissionEvent, text: str) -> int:
    row = {
        "customer_id": who.id, "purpose": void.purpose, "channel": void.channel, "status": "voided",
        "effective_at": void.effective_at, "recorded_at": void.recorded_at, "source": _SOURCE, "actor": actor.login,
        "evidence_sha256": writes.sha256(text), "voids": void.voids,
    }  # fmt: skip
    (seq,) = writes.append(session, app.store.audit_key, [row], [text])
    act = "correct permission" if void.voids else "propose correction"
    audit.record(app.store, session, actor, act, who.number, customer_id=who.id, fields=void.channel or "all channels",
                 purpose=void.purpose, reason=f"event {void.voids}" if void.voids else "")  # fmt: skip
    return seq


def _touched(who: Subject, seq: int) -> dict[str, frozenset[int]]:
    return {"permission_event": frozenset({seq}), "customer": frozenset({who.id})}
