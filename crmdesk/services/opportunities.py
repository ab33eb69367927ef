"""Opportunities: what a customer may take, on its way from identified to won or lost."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from crmdesk.domain.change import Change
from crmdesk.domain.errors import BadInput, Conflict
from crmdesk.domain.rights import Actor, Right, may
from crmdesk.domain.work import STAGES
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
from crmdesk.store.queries.offers import currency as usual_currency
from crmdesk.store.queries.offers import raw_of

LONGEST: Final = 200  # letters of a title, a next step or a reason
_TITLES: Final = {"title": "title", "product_id": "product", "value": "value", "currency": "currency",
                  "next_step": "next step", "next_on": "next date", "owner_id": "owner", "stage": "stage",
                  "lost_reason": "reason", "moved_at": "moved"}  # fmt: skip
_FIELDS: Final = ("title", "product", "value", "currency", "next_step", "next_on", "owner")


@dataclass(frozen=True)
class OpportunityRow:
    """One opportunity; `value` in minor units of `currency`, `product` a code or "", `owner` a login."""

    id: int
    number: str
    name: str
    title: str
    product: str
    product_name: str
    stage: str
    value: int | None
    currency: str
    next_step: str
    next_on: date | None
    owner: str
    lost_reason: str
    moved_at: datetime
    version: int
    owner_name: str
    made_at: datetime


@dataclass(frozen=True)
class Move:
    """One change of stage; `before` is None where it was made."""

    before: str | None
    after: str
    at: datetime
    by: str


@service(Right.READ_WORK)
def board(app: App, actor: Actor, mine: bool = True) -> dict[str, list[OpportunityRow]]:
    """Opportunities by stage, every stage a key; in each the next date first. At most 500 of a stage."""
    owner = " AND o.login = :me" if mine else ""
    with app.store.reader() as raw:
        return {
            stage: _rows(actor, queries.opportunities(raw, f"p.stage = :stage{owner}",
                                                      {"stage": stage, "me": actor.login}))
            for stage in STAGES
        }  # fmt: skip


@service(Right.READ_WORK)
def of_customer(app: App, actor: Actor, number: str) -> list[OpportunityRow]:
    """All opportunities of one customer, whoever owns them, those under way first."""
    # Work that is not theirs the views leave out; here it is asked whose customer this is.
    with app.store.whole.reader() as everything:
        check_row(everything, actor, Right.READ_CUSTOMER, "customer", number)
    with app.store.reader() as raw:
        customer = customer_rows.id_of(raw, number)
        found = _rows(actor, queries.opportunities(raw, "p.customer_id = :customer", {"customer": customer}))
    return sorted(found, key=lambda row: row.stage in STAGES[3:])


@service(Right.READ_WORK)
def products(app: App, actor: Actor) -> list[tuple[str, str]]:
    """(code, name) of what an opportunity may be about."""
    with app.store.reader() as raw:
        return queries.products(raw)


@service(Right.READ_WORK)
def currency(app: App, actor: Actor) -> str:
    """The currency that a value is in where nobody says otherwise."""
    with app.store.reader() as raw:
        return usual_currency(raw)


@service(Right.READ_WORK, of={"id": "opportunity"})
def moves(app: App, actor: Actor, id: int) -> list[Move]:
    """Every change of stage in order, those that an undo made included."""
    with app.store.reader() as raw:
        _found(raw, id)
        return [Move(*row) for row in queries.moves(raw, id)]


@service(Right.EDIT_WORK, of="number")
def add(app: App, actor: Actor, number: str, title: str = "", *, stage: str = "identified", **fields: Any) -> Change:
    """A new opportunity of a customer; `fields` as for `edit`. Without a title it is named after its product.

    BadInput for an unknown customer, product, stage or colleague, a title that is missing, or a negative value.
    """
    if stage not in STAGES[:3]:
        raise BadInput(f"A new opportunity cannot be '{stage}'; choose one of {', '.join(STAGES[:3])}.")
    with app.store.write() as session:
        raw = raw_of(session)
        customer = writable(raw, number)
        values = _checked(raw, {"title": title, **fields})
        if not values["title"] and values.get("product_id"):
            values["title"] = dict(queries.products(raw))[fields["product"]]
        _need_title(values["title"])
        owner = staff.row_of(app, session, actor, fields.get("owner"))
        now = app.store.clock()
        journal = Journal(session, actor, "add opportunity", f"Add opportunity: {values['title']}")
        key = journal.insert("opportunity", {**values, "customer_id": customer, "owner_id": owner, "stage": stage,
                                             "made_at": now, "moved_at": now})  # fmt: skip
        audit.record(app.store, session, actor, "add opportunity", f"opportunity {key}", customer_id=customer)
    return Change("add_opportunity", journal.ids(), app.store.change_no())


@service(Right.EDIT_WORK, of={"id": "opportunity"})
def edit(app: App, actor: Actor, id: int, version: int, **fields: Any) -> Change:
    """Set title, product (a code, "" none), value (minor units or None), currency, next_step, next_on, owner (login).

    Conflict where somebody changed it after `version`; BadInput for what cannot be.
    """
    with app.store.write() as session:
        raw = raw_of(session)
        row = _found(raw, id)
        values = _checked(raw, fields)
        if "title" in values:
            _need_title(values["title"])
        if "owner" in fields:
            values["owner_id"] = staff.row_of(app, session, actor, fields["owner"])
        journal = Journal(
            session, actor, "edit opportunity", f"Change opportunity: {values.get('title', row['title'])}"
        )
        names = _update(raw, journal, id, version, values)
        audit.record(app.store, session, actor, "edit opportunity", f"opportunity {id}", fields=", ".join(names),
                     customer_id=customer_rows.id_of(raw, row["number"]))  # fmt: skip
    return Change("edit_opportunity", journal.ids(), app.store.change_no())


@service(Right.EDIT_WORK, of={"id": "opportunity"})
def move(app: App, actor: Actor, id: int, version: int, stage: str, lost_reason: str = "") -> Change:
    """Take an opportunity to another stage; a lost one needs its reason, which goes when it is taken up again.

    Conflict where somebody changed it after `version`; BadInput for an unknown stage or a missing reason.
    """
    if stage not in STAGES:
        raise BadInput(f"'{stage}' is not a stage; choose one of {', '.join(STAGES)}.")
    reason = lost_reason.strip()
    if stage == "lost" and not 0 < len(reason) <= LONGEST:
        raise BadInput(f"Say in 1 to {LONGEST} letters why it was lost.")
    with app.store.write() as session:
        raw = raw_of(session)
        row = _found(raw, id)
        if row["stage"] == stage and row["version"] == version:
            raise BadInput(f'"{row["title"]}" is at this stage already.')
        journal = Journal(session, actor, "move opportunity", f"Move opportunity: {row['title']}")
        values = {"stage": stage, "lost_reason": reason if stage == "lost" else None, "moved_at": app.store.clock()}
        _update(raw, journal, id, version, values)
        audit.record(app.store, session, actor, "move opportunity", f"opportunity {id}", reason=f"to {stage}",
                     customer_id=customer_rows.id_of(raw, row["number"]))  # fmt: skip
    return Change("move_opportunity", journal.ids(), app.store.change_no())


def _update(raw: Any, journal: Journal, id: int, version: int, values: dict[str, Any]) -> list[str]:
    try:
        return journal.update("opportunity", id, values, version)
    except Stale as stale:
        changes = tuple({**c, "title": _TITLES.get(c["field"], c["field"])}
                        for c in queries.changed_since(raw, "opportunity", id, version))  # fmt: skip
        who = f"{changes[-1]['by']} changed" if changes else "Somebody changed"
        sentence = f"{who} this opportunity meanwhile; look at it again, then save."
        raise Conflict(sentence, stale.now or 0, changes) from None


def _found(raw: Any, key: int) -> dict[str, Any]:
    row = queries.opportunity(raw, key)
    if row is None:
        raise BadInput("This opportunity is not there any more; somebody took it back.")
    return row


def _need_title(title: str) -> None:
    if not 0 < len(title) <= LONGEST:
        raise BadInput(f"Choose a product, or say in 1 to {LONGEST} letters what the opportunity is.")


def _checked(raw: Any, given: dict[str, Any]) -> dict[str, Any]:
    """The columns for the fields that were given; BadInput for what cannot be."""
    if unknown := set(given) - set(_FIELDS):
        raise BadInput(f"An opportunity has no field {min(unknown)}; it has {', '.join(_FIELDS)}.")
    values: dict[str, Any] = {name: given[name] for name in ("value", "next_on") if name in given}
    for name in ("title", "next_step"):
        if name in given:
            values[name] = str(given[name] or "").strip()
    if "next_step" in values:
        if len(values["next_step"]) > LONGEST:
            raise BadInput(f"Shorten the next step to {LONGEST} letters.")
        values["next_step"] = values["next_step"] or None
    if "product" in given:
        values["product_id"] = queries.product_id(raw, given["product"]) if given["product"] else None
        if given["product"] and values["product_id"] is None:
            raise BadInput(f"The bank has no product {given['product']}; choose one from the list.")
    if values.get("value") is not None and values["value"] < 0:
        raise BadInput("Give a value of 0 or more.")
    if "value" in values or "currency" in given:
        money = str(given.get("currency") or usual_currency(raw)).upper()
        if not (len(money) == 3 and money.isascii() and money.isalpha()):
            raise BadInput(f"'{money}' is not a currency; write three letters such as EUR.")
        values["currency"] = money
    return values


def _rows(actor: Actor, found: list[dict[str, Any]]) -> list[OpportunityRow]:
    """Without the right to contact data no name, and nothing of what was written in words of one's own."""
    masked = {} if may(actor, Right.READ_CONTACT) else {"title": HIDDEN, "next_step": "", "lost_reason": ""}
    texts = ("product", "product_name", "currency", "next_step", "lost_reason")
    return [
        OpportunityRow(**{**row, **{name: row[name] or "" for name in texts},
                          "name": row["number"] if masked else row["name"],
                          "next_on": date.fromisoformat(row["next_on"]) if row["next_on"] else None, **masked})
        for row in found
    ]  # fmt: skip
