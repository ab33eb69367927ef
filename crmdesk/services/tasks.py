"""Tasks: what is due, adding and changing one, snoozing, handing over, ending, and what rings now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from crmdesk.domain.change import Change
from crmdesk.domain.errors import BadInput, Conflict, CrmdeskError
from crmdesk.domain.rights import Actor, Right, may, require
from crmdesk.domain.work import ORIGINS
from crmdesk.services import staff
from crmdesk.services.context import App
from crmdesk.services.guard import service
from crmdesk.services.own_values import HIDDEN
from crmdesk.services.reach import check_row
from crmdesk.services.subjects import writable
from crmdesk.store import audit
from crmdesk.store.journal import Journal, Stale
from crmdesk.store.queries import customers as customer_rows
from crmdesk.store.queries import work as queries
from crmdesk.store.queries.offers import raw_of
from crmdesk.store.queries.permissions import stored

LONGEST: Final = 200  # letters of a title
LONGEST_NOTE: Final = 4_000
AT_MOST: Final = queries.SHOWN  # rows of one list
_TITLES: Final = {"title": "what to do", "note": "note", "due_at": "due", "remind_at": "reminder",
                  "snoozed_until": "snoozed until", "state": "state", "owner_id": "owner", "handed_from": "handed from",
                  "customer_id": "customer", "ended_at": "ended"}  # fmt: skip
_FIELDS: Final = ("title", "note", "due_at", "remind_at", "owner", "number")
_ENDED: Final = {"done": "done", "dropped": "dropped"}


@dataclass(frozen=True)
class TaskRow:
    """One task; times are aware UTC, `owner` a login, `handed_from` a name, `number` "" without a customer.

    `at` is when it comes up: its due time, or the end of its snooze.
    """

    id: int
    title: str
    note: str
    due_at: datetime
    remind_at: datetime | None
    snoozed_until: datetime | None
    state: str
    origin: str
    owner: str
    handed_from: str
    number: str
    name: str
    version: int
    at: datetime
    owner_name: str
    ended_at: datetime | None = None


@dataclass(frozen=True)
class Agenda:
    """How many tasks have come up by a moment, when the next comes, and how many that day."""

    due: int
    next_at: datetime | None
    next_count: int


@service(Right.READ_WORK)
def due(
    app: App, actor: Actor, *, mine: bool = True, until: datetime | None = None, done: bool = False
) -> list[TaskRow]:
    """Open tasks, the earliest first, `until` a moment or all; with `done` those that ended, the latest first.

    A snoozed task counts from the end of its snooze. `mine` leaves out those of others. At most 500.
    """
    where = [queries.OWN] if mine else []
    where += [f"{queries.WHEN} <= :until"] if until is not None else []
    given = {"me": actor.login, "until": stored(queries.utc(until)) if until is not None else None}
    with app.store.reader() as raw:
        return _rows(actor, queries.tasks(raw, " AND ".join(where) or "1", given, ended=done))


@service(Right.READ_WORK)
def agenda(app: App, actor: Actor, until: datetime, *, mine: bool = True) -> Agenda:
    """The counts that the head of the task list and Home say."""
    with app.store.reader() as raw:
        return Agenda(*queries.task_counts(raw, actor.login if mine else None, queries.utc(until)))


@service(Right.READ_WORK)
def of_customer(app: App, actor: Actor, number: str) -> list[TaskRow]:
    """All tasks about one customer, whoever owns them: the open ones first, then those that ended."""
    # Work that is not theirs the views leave out; here it is asked whose customer this is.
    with app.store.whole.reader() as everything:
        check_row(everything, actor, Right.READ_CUSTOMER, "customer", number)
    with app.store.reader() as raw:
        given = {"customer": customer_rows.id_of(raw, number)}
        about = "t.customer_id = :customer"
        return _rows(actor, queries.tasks(raw, about, given) + queries.tasks(raw, about, given, ended=True))


@service(Right.READ_WORK)
def reminders(app: App, actor: Actor) -> list[TaskRow]:
    """The person's open tasks whose reminder, or the end of whose snooze, has come.

    They ring until they are done, dropped or snoozed: a restart forgets none.
    """
    given = {"me": actor.login, "now": stored(app.store.clock())}
    with app.store.reader() as raw:
        return _rows(actor, queries.tasks(raw, f"{queries.OWN} AND {queries.RINGS} <= :now", given))


@service(Right.EDIT_WORK, of="number")
def add(app: App, actor: Actor, title: str, due_at: datetime, *, number: str | None = None, note: str = "",
        remind_at: datetime | None = None, owner: str | None = None, origin: str = "manual") -> Change:  # fmt: skip
    """A new task for `owner` (a login, None: the person at this desk), about a customer or about none.

    BadInput for an empty title, an unknown customer, colleague or origin.
    """
    if origin not in ORIGINS:
        raise BadInput(f"'{origin}' is not where a task comes from; choose one of {', '.join(ORIGINS)}.")
    values = _checked({"title": title, "note": note, "due_at": due_at, "remind_at": remind_at})
    with app.store.write() as session:
        customer = writable(raw_of(session), number) if number else None
        journal = Journal(session, actor, "add task", f"Add task: {values['title']}")
        own = staff.own_row(app, session, actor)
        for_whom = staff.row_of(app, session, actor, owner)
        handed = {"handed_from": own} if for_whom != own else {}
        made = {"origin": origin, "made_at": app.store.clock(), "made_by": actor.login}
        key = journal.insert("task", {**values, **handed, **made, "customer_id": customer, "owner_id": for_whom})
        audit.record(app.store, session, actor, "add task", f"task {key}", customer_id=customer)
    return Change("add_task", journal.ids(), app.store.change_no())


@service(Right.EDIT_WORK, of={"id": "task"})
def edit(app: App, actor: Actor, id: int, version: int, **fields: Any) -> Change:
    """Set title, note, due_at, remind_at, owner (a login) or number ("" none); a new due time ends a snooze.

    Conflict where somebody changed the task after `version`; BadInput for a text or a name that cannot be.
    """
    if unknown := set(fields) - set(_FIELDS):
        raise BadInput(f"A task has no field {min(unknown)} to set; it has {', '.join(_FIELDS)}.")
    with app.store.write() as session:
        raw = raw_of(session)
        task = _found(raw, id)
        values = _checked({k: v for k, v in fields.items() if k not in ("owner", "number")})
        if "due_at" in values:
            values["snoozed_until"] = None
        if "owner" in fields:
            values["owner_id"] = staff.row_of(app, session, actor, fields["owner"])
            if values["owner_id"] != queries.staff_id(raw, task["owner"]):
                values["handed_from"] = queries.staff_id(raw, task["owner"])
        if "number" in fields:
            if fields["number"] and fields["number"] != task["number"]:
                check_row(raw, actor, Right.EDIT_WORK, "customer", fields["number"])
            values["customer_id"] = _about(raw, task["number"], fields["number"])
        journal = Journal(session, actor, "edit task", f"Change task: {values.get('title', task['title'])}")
        try:
            names = journal.update("task", id, values, version)
        except Stale as stale:
            raise _conflict(raw, id, version, stale) from None
        audit.record(app.store, session, actor, "edit task", f"task {id}", fields=", ".join(names),
                     customer_id=_customer(raw, task))  # fmt: skip
    return Change("edit_task", journal.ids(), app.store.change_no())


@service(Right.EDIT_WORK, of={"id": "task"})
def done(app: App, actor: Actor, id: int) -> Change:
    """The task is done; CrmdeskError where it had ended before."""
    return _set(app, actor, id, "finish task", "Finish task", {"state": "done"}, open_now=True)


@service(Right.EDIT_WORK, of={"id": "task"})
def drop(app: App, actor: Actor, id: int) -> Change:
    """The task is not needed any more; CrmdeskError where it had ended before."""
    return _set(app, actor, id, "drop task", "Drop task", {"state": "dropped"}, open_now=True)


@service(Right.EDIT_WORK, of={"id": "task"})
def reopen(app: App, actor: Actor, id: int) -> Change:
    """A task that had ended is open again; CrmdeskError where it is open."""
    return _set(app, actor, id, "reopen task", "Reopen task", {"state": "open", "ended_at": None}, open_now=False)


@service(Right.EDIT_WORK, of={"id": "task"})
def snooze(app: App, actor: Actor, id: int, until: datetime) -> Change:
    """Put the task aside until a later moment, when it comes up and rings again; BadInput for a moment gone by."""
    if queries.utc(until) <= app.store.clock():
        raise BadInput("Choose a time that is still to come.")
    return _set(app, actor, id, "snooze task", "Snooze task", {"snoozed_until": queries.utc(until)}, open_now=True)


@service(Right.EDIT_WORK, of={"ids": "task"})
def hand_over(app: App, actor: Actor, ids: Iterable[int], to_login: str) -> Change:
    """Give open tasks to a colleague, who sees from whom they came; one deed. BadInput for an unknown login."""
    chosen = list(dict.fromkeys(ids))
    if not chosen:
        raise BadInput("Choose at least one task to hand over.")
    with app.store.write() as session:
        raw = raw_of(session)
        rows = {key: _found(raw, key) for key in chosen}
        for row in rows.values():
            _check_open(row, open_now=True)
        to = staff.row_of(app, session, actor, to_login)
        many = f"{len(rows)} tasks" if len(rows) > 1 else f"task: {rows[chosen[0]]['title']}"
        journal = Journal(session, actor, "hand over tasks", f"Hand over {many}")
        journal.update_many("task", {
            key: {"owner_id": to, "handed_from": queries.staff_id(raw, row["owner"])}
            for key, row in rows.items() if row["owner"] != to_login
        })  # fmt: skip
        audit.record(app.store, session, actor, "hand over tasks", f"{len(rows)} tasks to staff {to}")
    return Change("hand_over_tasks", journal.ids(), app.store.change_no())


def _set(app: App, actor: Actor, id: int, act: str, title: str, values: dict[str, Any], *, open_now: bool) -> Change:
    require(actor, Right.EDIT_WORK)
    with app.store.write() as session:
        raw = raw_of(session)
        row = _found(raw, id)
        _check_open(row, open_now=open_now)
        ends = {"ended_at": app.store.clock()} if values.get("state") in _ENDED else {}
        journal = Journal(session, actor, act, f"{title}: {row['title']}")
        journal.update("task", id, {**values, **ends})
        audit.record(app.store, session, actor, act, f"task {id}", customer_id=_customer(raw, row))
    return Change(act.replace(" ", "_"), journal.ids(), app.store.change_no())


def _about(raw: Any, before: str | None, number: str) -> int | None:
    """The customer a task is about from now on; one that it was about already is not judged again."""
    if not number:
        return None
    return customer_rows.id_of(raw, number) if number == before else writable(raw, number)


def _found(raw: Any, key: int) -> dict[str, Any]:
    row = queries.task(raw, key)
    if row is None:
        raise BadInput("This task is not there any more; somebody took it back.")
    return row


def _customer(raw: Any, task: Mapping[str, Any]) -> int | None:
    """The internal key of the customer a task is about; None where it is about none."""
    return customer_rows.id_of(raw, task["number"]) if task["number"] else None


def _check_open(row: Mapping[str, Any], *, open_now: bool) -> None:
    if open_now and row["state"] != "open":
        raise CrmdeskError(f'"{row["title"]}" is {_ENDED[row["state"]]} already; reopen it first.')
    if not open_now and row["state"] == "open":
        raise CrmdeskError(f'"{row["title"]}" is open already.')


def _checked(values: dict[str, Any]) -> dict[str, Any]:
    """Texts trimmed and within their length, moments in UTC; BadInput else."""
    found = dict(values)
    if "title" in found:
        found["title"] = str(found["title"]).strip()
        if not found["title"] or len(found["title"]) > LONGEST:
            raise BadInput(f"Say in 1 to {LONGEST} letters what to do.")
    if "note" in found:
        found["note"] = str(found["note"] or "").strip() or None
        if len(found["note"] or "") > LONGEST_NOTE:
            raise BadInput(f"Shorten the note to {LONGEST_NOTE} letters.")
    for name in ("due_at", "remind_at"):
        if found.get(name) is not None:
            found[name] = queries.utc(found[name])
    if "due_at" in found and found["due_at"] is None:
        raise BadInput("Say when the task is due.")
    return found


def _conflict(raw: Any, id: int, version: int, stale: Stale) -> Conflict:
    changes = tuple({**c, "title": _TITLES.get(c["field"], c["field"])}
                    for c in queries.changed_since(raw, "task", id, version))  # fmt: skip
    who = f"{changes[-1]['by']} changed" if changes else "Somebody changed"
    return Conflict(f"{who} this task meanwhile; look at it again, then save.", stale.now or 0, changes)


def _rows(actor: Actor, found: list[dict[str, Any]]) -> list[TaskRow]:
    """Without the right to contact data no name, and nothing of what was written in words of one's own."""
    masked = {} if may(actor, Right.READ_CONTACT) else {"title": HIDDEN, "note": ""}
    return [
        TaskRow(**{**row, "note": row["note"] or "", "handed_from": row["handed_from"] or "",
                   "number": row["number"] or "", "name": row["number"] or "" if masked else row["name"], **masked})
        for row in found
    ]  # fmt: skip
