"""How long records are kept: the bank's months, what is past them, and removing what may go without an erasure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from crmdesk.domain import retention as rules
from crmdesk.domain.change import ALL, Change
from crmdesk.domain.errors import BadInput, CrmdeskError
from crmdesk.domain.retention import RULES, Rule
from crmdesk.domain.rights import Actor, Right, require
from crmdesk.places import beside
from crmdesk.services.context import App
from crmdesk.services.guard import service
from crmdesk.store import audit
from crmdesk.store.queries import retention as queries
from crmdesk.store.queries.retention import Past


@dataclass(frozen=True)
class Policy:
    """One kind of record, kept `months`, or `days` where it is no choice; `due_count` is past that since `oldest`.

    `removable`: `run` may remove what is due; of the others somebody decides, person by person.
    """

    code: str
    title: str
    months: int
    days: int | None
    due_count: int
    oldest: date | None
    removable: bool


@dataclass(frozen=True)
class DueRow:
    """What is past its time: a customer by `number` ("" where it is about none) or `what`, since when, how many."""

    what: str
    number: str
    since: date
    count: int


@service(Right.MANAGE_RETENTION, whole=True)
def policies(app: App, actor: Actor) -> list[Policy]:
    """Every kind with what is due now: customers and interactions by the bank's clock, the rest by real time."""
    with app.store.reader() as raw:
        chosen = queries.months(raw)
        found = []
        for rule in RULES.values():
            months = chosen.get(rule.code, rule.months)
            past = _past(app, raw, rule, _last(app, rule, months))
            found.append(Policy(rule.code, rule.title, months, rule.days, past.count, past.oldest,
                                rule.code == rules.RAW))  # fmt: skip
    return found


@service(Right.MANAGE_RETENTION, whole=True)
def set_months(app: App, actor: Actor, code: str, months: int) -> Change:
    """Keep records of this kind so many months, 1 to 600; BadInput for another figure, or where it is no choice."""
    rule = _rule(code)
    if rule.fixed:
        raise BadInput(f"{rule.title} are kept {rule.days} days; this is not a choice of the bank.")
    if not 1 <= months <= rules.MOST_MONTHS:
        raise BadInput(f"Write a number of months from 1 to {rules.MOST_MONTHS}.")
    with app.store.write() as session:
        queries.set_months(session, code, months)
        audit.record(app.store, session, actor, "set retention", code, fields=f"{months} months")
    return Change("set_retention", {"setting": ALL}, app.store.change_no())


@service(Right.MANAGE_RETENTION)
def due(app: App, actor: Actor, code: str) -> list[DueRow]:
    """What of one kind is past its time, the oldest first, at most 1,000; customers only for who may read them."""
    rule = _rule(code)
    of_persons = code in (rules.PROSPECTS, rules.FORMER, rules.INTERACTIONS)
    if of_persons:
        require(actor, Right.READ_CUSTOMER)
    # The rest are counts, the same for everybody who keeps the periods.
    with (app.store if of_persons else app.store.whole).reader() as raw:
        last = _last(app, rule, queries.months(raw).get(code, rule.months))
        if code == rules.RAW:
            return [DueRow(f"import {key}", "", day, many) for key, day, many in _kept_raw(app, raw, last)]
        if code == rules.BACKUPS:
            return [DueRow(file.name, "", day, 1) for file, day in _old_copies(app, last)]
        if code == rules.AUDIT:
            found = queries.past(raw, code, last)
            return [DueRow("rows of the audit", "", found.oldest, found.count)] if found.oldest else []
        return [DueRow("", number, since, many) for number, since, many in queries.who(raw, code, last)]


@service(Right.MANAGE_RETENTION, whole=True)
def run(app: App, actor: Actor, code: str = rules.RAW) -> Change:
    """Remove the raw text of set-aside rows past its 90 days, in the bank and in FILE.quarantine.

    What was counted stays: file, row, column and code. BadInput for a kind that this does not remove; CrmdeskError
    where a file could not be deleted: the bank is done then, and running it again tries the file again.
    """
    rule = _rule(code)
    if code != rules.RAW:
        raise BadInput(f"{rule.title} are not removed here: each is decided on by itself.")
    with app.store.reader() as raw:
        old = _kept_raw(app, raw, _last(app, rule, rule.months))
    if not old:
        return Change("run_retention", {}, app.store.change_no())
    with app.store.write() as session:
        rows = queries.forget_raw(session, [key for key, _, _ in old])
        audit.record(app.store, session, actor, "run retention", code, reason=f"{rows} rows of {len(old)} imports")
    _checkpoint(app)
    stuck = [file for key, _, _ in old if not _deleted(file := _raw_file(app, key))]
    if stuck:
        raise CrmdeskError(f"{stuck[0]} could not be deleted; close what holds it open, then run this again.")
    return Change("run_retention", {"quarantine": ALL}, app.store.change_no())


def _rule(code: str) -> Rule:
    if code not in RULES:
        raise BadInput(f"'{code}' is not a kind of record; choose one of {', '.join(RULES)}.")
    return RULES[code]


def _last(app: App, rule: Rule, months: int) -> date:
    """The last day whose records are past their time, by the clock that made them."""
    by_bank = rule.code in (rules.PROSPECTS, rules.FORMER, rules.INTERACTIONS)
    return rules.last_due(rule, months, (app.store.clock() if by_bank else datetime.now(UTC)).date())


def _past(app: App, raw: Any, rule: Rule, last: date) -> Past:
    if rule.code == rules.RAW:
        kept = _kept_raw(app, raw, last)
        return Past(sum(many for _, _, many in kept), kept[0][1] if kept else None)
    if rule.code == rules.BACKUPS:
        copies = _old_copies(app, last)
        return Past(len(copies), copies[0][1] if copies else None)
    return queries.past(raw, rule.code, last)


def _kept_raw(app: App, raw: Any, last: date) -> list[tuple[int, date, int]]:
    """(batch, day, how much of it) of old imports that still have raw text; one whose file alone is left counts 1."""
    found = [(key, day, many or int(_raw_file(app, key).exists())) for key, day, many in queries.batches(raw, last)]
    return [one for one in found if one[2]]


def _raw_file(app: App, batch: int) -> Path:
    return beside(app.path, "quarantine") / f"{batch}.csv"


def _deleted(file: Path) -> bool:
    try:
        file.unlink(missing_ok=True)
    except OSError:
        return False
    return True


def _checkpoint(app: App) -> None:
    """What was blanked is gone from the log too, not only from the file (secure_delete reaches one of them)."""
    with app.store.raw() as raw:
        queries.checkpoint(raw)


def _old_copies(app: App, last: date) -> list[tuple[Path, date]]:
    """The bank's own backups of that day or before, the oldest first."""
    place = beside(app.path, "backups")
    files = place.glob("*.crmdesk") if place.is_dir() else ()
    dated = [(file, datetime.fromtimestamp(file.stat().st_mtime, UTC).date()) for file in files]
    return sorted((one for one in dated if one[1] <= last), key=lambda one: one[1])
