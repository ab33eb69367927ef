"""What customers ask about their data (GDPR articles 15 to 21): taken down with a due day, extended once, answered."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from crmdesk.domain.change import Change
from crmdesk.domain.contact_rules import in_words
from crmdesk.domain.errors import BadFields, BadInput, Conflict, CrmdeskError
from crmdesk.domain.guard import REQUEST_KINDS, due_on
from crmdesk.domain.rights import Actor, Right, View, grant
from crmdesk.services.context import App
from crmdesk.services.guard import service
from crmdesk.services.own_values import HIDDEN
from crmdesk.services.subjects import writable
from crmdesk.store import audit
from crmdesk.store.journal import WHOLE, Journal, Stale
from crmdesk.store.queries import customers as people
from crmdesk.store.queries import privacy as queries
from crmdesk.store.queries.offers import raw_of
from crmdesk.store.queries.work import changed_since

LONGEST: Final = 4_000  # letters of a text
KIND_WORDS: Final = {
    "access": "a copy of the data", "portability": "the data for another bank", "rectify": "a correction",
    "restrict": "a restriction", "erase": "erasure", "object": "an objection",
}  # fmt: skip
CLOSED: Final = {"done": "done", "refused": "refused"}
_TITLES: Final = {"due_on": "due", "extended_because": "why it takes longer", "note": "note", "state": "state",
                  "outcome": "answer", "ended_by": "ended by", "ended_at": "ended"}  # fmt: skip
_TEXTS: Final = frozenset({"note", "outcome", "extended_because"})


@dataclass(frozen=True)
class RequestRow:
    """One request: days are the bank's, moments aware UTC; `days_left` is negative when late, 0 once answered.

    `due_first`: the day it was due before it was extended. Texts are "hidden" for who may not read them.
    """

    id: int
    number: str
    kind: str
    received_on: date
    due_on: date
    due_first: date
    days_left: int
    extended_because: str
    note: str
    made_by: str
    made_at: datetime
    state: str
    ended_by: str
    ended_at: datetime | None
    outcome: str
    version: int


@dataclass(frozen=True)
class RequestStep:
    """One field that somebody set, oldest first; `before` and `after` as JSON keeps them, `title` for people."""

    at: datetime
    by: str
    act: str
    field: str
    title: str
    before: Any
    after: Any


@service(Right.RECORD_REQUEST, of="number")
def add(app: App, actor: Actor, number: str, kind: str, received_on: date, note: str = "") -> Change:
    """Take down what a customer asks; it is due one month after the day of receipt.

    BadFields: a kind that is none, a day to come, a text too long. BadInput: unknown or erased customer, or the same
    is asked already and not answered.
    """
    today = app.store.clock().date()
    words = {"kind": "" if kind in REQUEST_KINDS else f"Choose what is asked for: {', '.join(REQUEST_KINDS)}.",
             "received_on": "" if received_on <= today else "The day of receipt is still to come.",
             "note": _too_long(note)}  # fmt: skip
    _refuse(words)
    with app.store.write() as session:
        raw = raw_of(session)
        customer = writable(raw, number)
        if there := queries.open_of_kind(raw, customer, kind):
            raise BadInput(
                f"{number} asked for {KIND_WORDS[kind]} on {in_words(there[0])} already; it is open, "
                f"due {in_words(there[1])}."
            )
        journal = Journal(session, actor, "add privacy request", f"Take down request: {KIND_WORDS[kind]}")
        key = journal.insert("privacy_request", {
            "customer_id": customer, "kind": kind, "received_on": received_on, "due_on": due_on(received_on),
            "note": note.strip() or None, "made_by": actor.login, "made_at": app.store.clock(),
        })  # fmt: skip
        audit.record(app.store, session, actor, "add privacy request", f"request {key}", fields=kind,
                     customer_id=customer)  # fmt: skip
    return Change("add_privacy_request", journal.ids(), app.store.change_no())


@service(Right.MANAGE_REQUESTS, of={"id": "request"})
def extend(app: App, actor: Actor, id: int, version: int, because: str) -> Change:
    """Two months more, once, for a request that is hard to answer; the customer must be told why within the first one.

    BadFields without a reason; CrmdeskError where that month is over, or it was extended or answered before; Conflict.
    """
    _refuse({"because": _needed(because, "why it takes longer")})
    today = app.store.clock().date()

    def values(row: queries.Asked) -> dict[str, Any]:
        first = due_on(row.received_on)
        if row.extended_because:
            raise CrmdeskError(f"This request was extended once already; it is due {in_words(row.due_on)}.")
        if today > first:
            raise CrmdeskError(
                f"The first month ended on {in_words(first)}: a longer time had to be told to the customer by then."
            )
        return {"due_on": due_on(row.received_on, extended=True), "extended_because": because.strip()}

    return _set(app, actor, id, version, "extend privacy request", values)


@service(Right.MANAGE_REQUESTS, of={"id": "request"})
def close(app: App, actor: Actor, id: int, version: int, state: str, outcome: str) -> Change:
    """The request is "done" or "refused", `outcome` what the customer was told. BadFields, CrmdeskError, Conflict."""
    _refuse({"state": "" if state in CLOSED else f"Choose one of {', '.join(CLOSED)}.",
             "outcome": _needed(outcome, "what the customer was told")})  # fmt: skip
    ends = {"state": state, "outcome": outcome.strip(), "ended_by": actor.login, "ended_at": app.store.clock()}
    return _set(app, actor, id, version, "close privacy request", lambda row: ends)


@service(Right.READ_REQUESTS)
def open_ones(app: App, actor: Actor) -> list[RequestRow]:
    """All that wait for an answer, the one due first at the top."""
    with app.store.reader() as raw:
        return _rows(app, actor, queries.open_ones(raw))


@service(Right.READ_REQUESTS)
def ended(app: App, actor: Actor, days: int = 365) -> list[RequestRow]:
    """Those answered in the last `days` days by the bank's clock, the latest first."""
    since = app.store.clock().date() - timedelta(days=days)
    with app.store.reader() as raw:
        return _rows(app, actor, queries.ended(raw, since))


@service(Right.READ_REQUESTS, of="number")
def of_customer(app: App, actor: Actor, number: str) -> list[RequestRow]:
    """All requests of one customer, the open ones first. BadInput: unknown number."""
    with app.store.reader() as raw:
        return _rows(app, actor, queries.of_customer(raw, people.id_of(raw, number)))


@service(Right.READ_REQUESTS, of={"id": "request"})
def history(app: App, actor: Actor, id: int) -> list[RequestStep]:
    """What was done to one request, oldest first; its making is one step with the field "*"."""
    hidden = _hidden(actor)
    with app.store.reader() as raw:
        found = queries.changes(raw, id)
    steps = []
    for at, by, act, field, before, after in found:
        old, new = (_shown(field, json.loads(text) if text else None, hidden) for text in (before, after))
        steps.append(RequestStep(at, by, act, field, _TITLES.get(field, field.replace("_", " ")), old, new))
    return steps


def _set(app: App, actor: Actor, id: int, version: int, act: str, values: Any) -> Change:
    with app.store.write() as session:
        raw = raw_of(session)
        row = queries.one(raw, id)
        if row is None:
            raise BadInput("This request is not there any more; read the page again.")
        if row.version != version:
            raise _conflict(raw, id, version, row.version)
        if row.state != "open":
            raise CrmdeskError(f"This request was answered on {in_words(row.ended_at.date())} already.")  # type: ignore[union-attr]
        journal = Journal(session, actor, act, f"{act.split()[0].capitalize()} request: {KIND_WORDS[row.kind]}")
        try:
            names = journal.update("privacy_request", id, values(row), version)
        except Stale as stale:
            raise _conflict(raw, id, version, stale.now or 0) from None
        audit.record(app.store, session, actor, act, f"request {id}", fields=", ".join(names), customer_id=row.customer)
    return Change(act.replace(" ", "_"), journal.ids(), app.store.change_no())


def _conflict(raw: Any, id: int, version: int, now: int) -> Conflict:
    changes = tuple({**c, "title": _TITLES.get(c["field"], c["field"])}
                    for c in changed_since(raw, "privacy_request", id, version))  # fmt: skip
    who = f"{changes[-1]['by']} changed" if changes else "Somebody changed"
    return Conflict(f"{who} this request meanwhile; look at it again, then save.", now, changes)


def _rows(app: App, actor: Actor, found: Sequence[queries.Asked]) -> list[RequestRow]:
    today, hidden = app.store.clock().date(), _hidden(actor)
    rows = []
    for one in found:
        kept = {name: value for name, value in vars(one).items() if name not in (*_TEXTS, "customer", "ended_by")}
        texts = {name: _shown(name, getattr(one, name) or "", hidden) for name in _TEXTS}
        left = (one.due_on - today).days if one.state == "open" else 0
        rows.append(RequestRow(**kept, **texts, ended_by=one.ended_by or "", days_left=left,
                               due_first=due_on(one.received_on)))  # fmt: skip
    return rows


def _hidden(actor: Actor) -> bool:
    cell = grant(actor, Right.READ_REQUESTS)
    return cell is None or cell.view != View.CLEAR


def _shown(field: str, value: Any, hidden: bool) -> Any:
    if field == WHOLE and isinstance(value, dict):
        return {name: _shown(name, part, hidden) for name, part in value.items() if name != "customer_id"}
    return HIDDEN if hidden and value and field in _TEXTS else value


def _refuse(words: dict[str, str]) -> None:
    if wrong := {name: sentence for name, sentence in words.items() if sentence}:
        raise BadFields(wrong)


def _needed(text: str, what: str) -> str:
    return _too_long(text) if text.strip() else f"Say {what}."


def _too_long(text: str) -> str:
    return f"Shorten this to {LONGEST:,} letters." if len(text.strip()) > LONGEST else ""
