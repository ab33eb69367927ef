"""One field of many customers changed at once: counted before, whole or not at all, and undone as one deed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from crmdesk.domain import own_field
from crmdesk.domain.change import Change, named
from crmdesk.domain.contact_rules import Unfit
from crmdesk.domain.errors import BadInput
from crmdesk.domain.rights import Actor, Right
from crmdesk.jobs.progress import Cancelled, Progress, Silent
from crmdesk.services import customer_fields, customers
from crmdesk.services.context import App
from crmdesk.services.customer_fields import Facts
from crmdesk.services.customers import Chosen
from crmdesk.services.guard import service
from crmdesk.services.sight import tag_seen
from crmdesk.store import audit
from crmdesk.store.journal import Journal
from crmdesk.store.queries import bulk as queries
from crmdesk.store.queries import customer_edit
from crmdesk.store.queries.offers import raw_of
from crmdesk.store.scope import within

# What may be the same for many. Names, contact data and days are one person's own, and no permission is a field.
FIELDS: Final = ("manager", "branch", "source", "relation_wanted", "occupation", "education")


@dataclass(frozen=True)
class BulkField:
    """A field that may be set for many; `kind` and `choices` as in the editor."""

    name: str
    title: str
    kind: str
    choices: tuple[tuple[str, str], ...] = ()
    hint: str = ""


@dataclass(frozen=True)
class BulkPreview:
    """What a change would do: `count` of `total` customers, the others by reason."""

    total: int
    count: int
    left_out: dict[str, int]
    title: str


@dataclass(frozen=True)
class BulkDone:
    """What was changed; `deed` is what an undo would name, None where nobody changed."""

    count: int
    left_out: dict[str, int]
    deed: int | None
    change: Change


@dataclass(frozen=True)
class _Wish:
    """A checked field and value: the column, what is kept in it, and the one kind of customer that has it ("": any)."""

    field: BulkField
    column: str
    value: Any
    kind: str
    day: date

    def title(self, count: int, total: int) -> str:
        word = "Clear" if self.value in (None, "unknown") else "Change"
        name = self.field.title[:1].lower() + self.field.title[1:]
        return f"{word} {name} for {count:,} of {total:,} customer{'' if total == 1 else 's'}"


@service(Right.EDIT_CUSTOMER)
def fields(app: App, actor: Actor) -> list[BulkField]:
    """What may be set for many customers: some fields of every bank, then the bank's own ones."""
    with app.store.reader() as raw:
        return _fields(_facts(raw, actor, app.store.clock().date()))


@service(Right.EDIT_CUSTOMER, Right.READ_CUSTOMER)
def preview(app: App, actor: Actor, chosen: Chosen, field: str, value: str) -> BulkPreview:
    """How many would change, and why the others would not. BadInput for a field or value that cannot be set."""
    at = app.store.clock()
    # Who is named but out of reach is counted, not unknown; a filter finds by what this person sees.
    with app.store.whole.reader() as raw, app.store.reader() as seen:
        ids = queries.once(customers.ids_of(raw if chosen.ids is not None else seen, actor, chosen, at))
        wish = _wish(raw, actor, field, value, at.date())
        found = queries.counts(raw, ids, wish.column, wish.value, wish.day, wish.kind, _reach(actor))
    count = found.pop("", 0)
    total = count + sum(found.values())
    return BulkPreview(total, count, queries.in_order(found), wish.title(count, total))


@service(Right.EDIT_CUSTOMER, Right.READ_CUSTOMER)
def apply(app: App, actor: Actor, chosen: Chosen, field: str, value: str, *, progress: Progress | None = None,
          cancel: Callable[[], bool] = lambda: False) -> BulkDone:  # fmt: skip
    """Set the field for all who can have it, in one unit of work: all of them or, after a cancel or a crash, none.

    Customers of another branch or of a colleague are left out.

    Whom the filter finds, and who of them would change, is asked inside it. Raises Cancelled; BadInput as `preview`.
    """
    steps = progress or Silent()
    # Nobody else writes meanwhile, so that the reader sees what the unit of work does.
    with app.store.write() as session, app.store.reader() as seen:
        raw, at = raw_of(session), app.store.clock()
        whence, day = raw if chosen.ids is not None else seen, at.date()
        ids = queries.once(customers.ids_of(whence, actor, chosen, at, cancel=cancel))
        wish = _wish(raw, actor, field, value, day)
        found = queries.counts(raw, ids, wish.column, wish.value, day, wish.kind, _reach(actor))
        count = found.pop("", 0)
        total = count + sum(found.values())
        journal = Journal(session, actor, "bulk edit", wish.title(count, total))
        for done, change, _ in queries.changing(raw, ids, wish.column, wish.value, day, wish.kind, _reach(actor)):
            if cancel():
                raise Cancelled
            journal.update_many("customer", {key: {wish.column: wish.value} for key in change})
            steps.step(done / len(ids), f"{done:,} of {len(ids):,} customers")
        if journal.id is not None:
            audit.record(app.store, session, actor, "bulk edit", f"deed {journal.id}", fields=field,
                         reason=f"{count} of {total} customers")  # fmt: skip
    touched = Change("bulk_edit", named(journal.ids()), app.store.change_no())
    return BulkDone(count, queries.in_order(found), journal.id, touched)


def _reach(actor: Actor) -> queries.Reach:
    return queries.Reach(within(actor, Right.READ_CUSTOMER, "c"), within(actor, Right.EDIT_CUSTOMER, "c"))


def _facts(raw: Any, actor: Actor, day: date) -> Facts:
    """Without own fields that this person reads with a reason, one customer at a time: counts would spell them."""
    own = tuple(one for one in customer_edit.own_fields(raw) if tag_seen(actor, one.tag))
    return Facts(customer_edit.references(raw), own, day)


def _fields(facts: Facts) -> list[BulkField]:
    known = {f.name: f for f in customer_fields.infos(facts, "person")}
    names = [*FIELDS, *(f"{own_field.PREFIX}{own.code}" for own in facts.own)]
    return [BulkField(f.name, f.title, f.kind, f.choices, f.hint) for f in map(known.__getitem__, names)]


def _wish(raw: Any, actor: Actor, field: str, value: str, day: date) -> _Wish:
    facts = _facts(raw, actor, day)
    known = {f.name: f for f in _fields(facts)}
    if field not in known:
        raise BadInput(f"'{field}' cannot be set for many customers; choose one of {', '.join(known)}.")
    try:
        kept = customer_fields.read_one(facts, field, value, {"kind": "person"})
    except Unfit as fault:
        raise BadInput(str(fault)) from None
    kind = "person" if field in customer_fields.PERSON_ONLY else ""
    return _Wish(known[field], customer_fields.COLUMNS.get(field, field), kept, kind, day)
