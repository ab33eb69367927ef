"""Make and correct customers: a draft, checks while typing, look-alikes, and saving that never overwrites others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from crmdesk.domain.change import Change
from crmdesk.domain.contact_rules import Unfit
from crmdesk.domain.customer import KINDS, digits, fold, full_name
from crmdesk.domain.errors import BadFields, BadInput, Conflict
from crmdesk.domain.rights import Actor, Reach, Right, clear, grant
from crmdesk.services import conflicts, sight
from crmdesk.services import customer_fields as known
from crmdesk.services.context import App
from crmdesk.services.customer_fields import Facts, FieldInfo
from crmdesk.services.guard import service
from crmdesk.services.subjects import refuse_erased
from crmdesk.store import audit
from crmdesk.store.journal import Journal
from crmdesk.store.queries import customer_edit as queries
from crmdesk.store.queries import customers as people
from crmdesk.store.queries.offers import raw_of

SIMILAR_AT_MOST: Final = 5
ELSEWHERE: Final = "A customer of another branch"
_CONTACT: Final = "phone, email, street, postcode"  # what opening the editor shows in clear
_PROTECTED: Final = ("birth_date", "gender")  # shown there with a reason, where the role must give one


@dataclass(frozen=True)
class Draft:
    """A customer as typed text, "" where empty; `version` is what an edit must name, 0 for a new customer.

    Fields that this person may not see of the customer are missing in `fields` and `values`, and an edit leaves them.
    """

    number: str
    version: int
    kind: str
    values: dict[str, str]
    fields: tuple[FieldInfo, ...]


@dataclass(frozen=True)
class Similar:
    """A customer who may be the same person; `why` in words: "same phone"."""

    number: str
    name: str
    why: str


@dataclass(frozen=True)
class Saved:
    """What was saved; `deed` is what an undo would name, None where nothing had changed."""

    number: str
    change: Change
    deed: int | None


@service(Right.EDIT_CUSTOMER, Right.READ_CONTACT, of="number")
def draft(app: App, actor: Actor, number: str | None = None, kind: str = "person", reason: str = "") -> Draft:
    """The customer `number` to edit, contact data in clear (audited), or an empty one with a number proposed.

    Birth date and gender come with a `reason`, where the role must give one. BadInput for an unknown number or kind,
    and for a customer who was merged into another.
    """
    if kind not in KINDS:
        raise BadInput(f"'{kind}' is not a kind of customer; choose {' or '.join(KINDS)}.")
    if number is not None:
        return _of_customer(app, actor, number, reason)
    today = app.store.clock().date()
    with app.store.whole.reader() as raw:  # a number that another branch has given is not free
        facts = _facts(raw, today)
        proposed = queries.next_number(raw)
        start = {"number": proposed, "kind": kind, "country": queries.usual_country(raw),
                 "branch": queries.branch_of(raw, actor.login), "manager": _keeper(actor) or ""}  # fmt: skip
    fields = known.infos(facts, kind)
    empty = {"gender": "unknown", "relation_wanted": "unknown"}
    values = {f.name: start.get(f.name, empty.get(f.name, "")) for f in fields}
    return Draft(proposed, 0, kind, values, fields)


def _keeper(actor: Actor) -> str | None:
    """The login under which a new customer starts, of who may edit own ones alone; None for others."""
    found = grant(actor, Right.EDIT_CUSTOMER)
    return actor.login if found and found.reach == Reach.OWN and actor.staff is not None else None


def _of_customer(app: App, actor: Actor, number: str, reason: str) -> Draft:
    today = app.store.clock().date()
    protected = clear(actor, Right.READ_PROTECTED)
    if reason.strip() and not protected and sight.cell(actor, Right.READ_PROTECTED).reason:
        sight.check_reason(reason)
        protected = True
    # The whole row: what may not be seen of it is left out below, else a masked value would be saved as the true one.
    with app.store.whole.reader() as raw:
        facts = _facts(raw, today)
        row = _row(raw, number)
        hidden = _hidden(raw, actor, facts, row, protected)
    shown = _CONTACT + (f", {', '.join(_PROTECTED)}" if protected and reason.strip() else "")
    with app.store.write() as session:
        audit.record(app.store, session, actor, "open for edit", number, customer_id=row["id"], fields=shown,
                     reason=reason.strip())  # fmt: skip
    fields = tuple(field for field in known.infos(facts, row["kind"]) if field.name not in hidden)
    texts = known.texts(row, facts)
    return Draft(number, row["version"], row["kind"], {f.name: texts[f.name] for f in fields}, fields)


def _hidden(raw: Any, actor: Actor, facts: Facts, row: Mapping[str, Any], protected: bool) -> set[str]:
    """The fields of a customer that this person does not see; with `protected` a reason opened what needs one."""
    own = {
        f"custom.{own.code}" for own in facts.own
        if not (sight.told(raw, actor, row["id"], own.tag) or (protected and own.tag == "protected"))
    }  # fmt: skip
    return own if protected else own | set(_PROTECTED)


@service(Right.EDIT_CUSTOMER, of="number")
def check(app: App, actor: Actor, values: Mapping[str, str], number: str | None = None) -> dict[str, str]:
    """A sentence for each field that could not be saved so; `number` names the customer being edited.

    What the customer already holds is not judged again: only what differs from it is.
    """
    today = app.store.clock().date()
    with app.store.whole.reader() as raw:  # as `edit` and `create` will find it
        facts = _facts(raw, today)
        if number is None:
            return _read_new(raw, facts, values)[1]
        return _read_changes(actor, facts, _row(raw, number), values)[1]


@service(Right.EDIT_CUSTOMER, Right.READ_CONTACT)
def similar(app: App, actor: Actor, values: Mapping[str, str]) -> list[Similar]:
    """Up to five customers with the same phone, e-mail, or name and birth date (companies: name).

    The customer whose own number stands in `values` is left out. Values that cannot be read match nobody. One whom this
    person may not see is told without number and name. Whoever is found so is in the audit, since a guess is confirmed.
    """
    today = app.store.clock().date()
    with app.store.whole.reader() as raw, app.store.reader() as seen:
        facts = _facts(raw, today)
        phone, email, born = (_read_or_none(facts, name, values) for name in ("phone", "email", "birth_date"))
        kind = values.get("kind") or "person"
        name = full_name(values.get("given_name", "").strip() or None, values.get("family_name", "").strip())
        asked = {
            "same phone": queries.alike(raw, "phone_digits", digits(phone), SIMILAR_AT_MOST) if phone else [],
            "same e-mail": queries.alike(raw, "email_folded", fold(email), SIMILAR_AT_MOST) if email else [],
            "same name" if kind == "company" else "same name and birth date":
                queries.namesakes(raw, kind, fold(name), born, SIMILAR_AT_MOST)
                if name.strip() and (born or kind == "company") else [],
        }  # fmt: skip
        known_here = {row[0] for rows in asked.values() for row in rows if people.key_of(seen, row[0]) is not None}
    reasons: dict[tuple[str, str], list[str]] = {}
    for why, rows in asked.items():
        for other, given, family in rows:
            if other != values.get("number", "").strip():
                reasons.setdefault((other, full_name(given, family)), []).append(why)
    _note_found(app, actor, {other: ", ".join(why) for (other, _), why in reasons.items()})
    return [
        Similar(other, words, ", ".join(why)) if other in known_here else Similar("", ELSEWHERE, ", ".join(why))
        for (other, words), why in reasons.items()
    ][:SIMILAR_AT_MOST]


def _note_found(app: App, actor: Actor, found: Mapping[str, str]) -> None:
    if found:
        with app.store.write() as session:
            for number, why in found.items():
                key = people.key_of(raw_of(session), number)
                audit.record(app.store, session, actor, "compare customer", number, customer_id=key, fields=why)


@service(Right.EDIT_CUSTOMER)
def create(app: App, actor: Actor, values: Mapping[str, str]) -> Saved:
    """A new customer: a prospect until an account is held. An empty number takes the next free one. BadFields."""
    today = app.store.clock().date()
    with app.store.write() as session:
        raw = raw_of(session)
        facts = _facts(raw, today)
        columns, faults = _read_new(raw, facts, values)
        if faults:
            raise BadFields(faults)
        columns["number"] = number = columns["number"] or queries.next_number(raw)
        if _keeper(actor) and columns.get("manager_id") is None:
            columns["manager_id"] = actor.staff
        journal = Journal(session, actor, "new customer", f"New customer {number}")
        key = journal.insert("customer", _whole(columns))
        audit.record(app.store, session, actor, "new customer", number, customer_id=key)
    return Saved(number, Change("new_customer", journal.ids(), app.store.change_no()), journal.id)


@service(Right.EDIT_CUSTOMER, of="number")
def edit(app: App, actor: Actor, number: str, version: int, values: Mapping[str, str]) -> Saved:
    """Set the fields of `values` and no others; saves nothing where none differs from what is held.

    BadFields with a sentence per field; Conflict where the customer is not at `version` any more.
    """
    try:
        return _edit(app, actor, number, version, values)
    except Conflict as told:  # the unit of work is over: what the sentence shows in clear is audited in one of its own
        shown = [one["field"] for one in told.changes if one["field"] in _PROTECTED]
        if shown and not clear(actor, Right.READ_PROTECTED):
            with app.store.write() as session:
                key = people.key_of(raw_of(session), number)
                audit.record(app.store, session, actor, "open for edit", number, customer_id=key,
                             fields=", ".join(shown), reason="changed meanwhile")  # fmt: skip
        raise


def _edit(app: App, actor: Actor, number: str, version: int, values: Mapping[str, str]) -> Saved:
    today = app.store.clock().date()
    with app.store.write() as session:
        raw = raw_of(session)
        facts = _facts(raw, today)
        row = _row(raw, number)
        if row["version"] != version:
            hidden = _hidden(raw, actor, facts, row, clear(actor, Right.READ_PROTECTED)) - set(values)
            raise conflicts.of_customer(raw, actor, facts, row, version, values, hidden)
        columns, faults = _read_changes(actor, facts, row, values)
        if faults:
            raise BadFields(faults)
        journal = Journal(session, actor, "edit customer", f"Edit customer {number}")
        changed = journal.update("customer", row["id"], columns, version) if columns else []
        if changed:
            fields = ", ".join(sorted(changed))
            audit.record(app.store, session, actor, "edit customer", number, customer_id=row["id"], fields=fields)
    return Saved(number, Change("edit_customer", journal.ids(), app.store.change_no()), journal.id)


def _facts(raw: Any, today: date) -> Facts:
    return Facts(queries.references(raw), tuple(queries.own_fields(raw)), today)


def _row(raw: Any, number: str) -> dict[str, Any]:
    row = queries.row(raw, number)
    if row is None:
        raise BadInput(f"No customer has the number {number}; check it, then try again.")
    if row["merged_into"] is not None:
        other = queries.number_of(raw, row["merged_into"])
        raise BadInput(f"{number} was merged into {other}; edit {other} instead.")
    refuse_erased(raw, row["id"], number)
    return row


def _read_new(raw: Any, facts: Facts, values: Mapping[str, str]) -> tuple[dict[str, Any], dict[str, str]]:
    """Columns and sentences of a new customer; fields that were not given are empty."""
    kind = values.get("kind", "").strip()
    whole = {f.name: "" for f in known.infos(facts, kind if kind in KINDS else "person")} | dict(values)
    columns, faults = known.read(facts, whole, set(whole))
    number = columns.get("number")
    if number and queries.row(raw, number) is not None:
        faults["number"] = f"Another customer has the number {number}; {queries.next_number(raw)} is free."
    return columns, faults


def _read_changes(
    actor: Actor, facts: Facts, row: Mapping[str, Any], values: Mapping[str, str]
) -> tuple[dict[str, Any], dict[str, str]]:
    """Columns and sentences of the fields that differ from what the customer holds.

    Days are compared with the year of a birth date that this person has not seen: else they would spell it.
    """
    held = known.texts(row, facts)
    changed = {name for name, text in values.items() if name not in held or text.strip() != held[name]}
    if "country" in changed and held["postcode"]:
        changed.add("postcode")  # the same digits may be no postcode of the new country
    if row["birth_date"] and not clear(actor, Right.READ_PROTECTED):
        held["birth_date"] = f"{held['birth_date'][:4]}-01-01"
    whole = {**held, **values}
    columns, faults = known.read(facts, whole, changed)
    if "number" in changed:
        faults["number"] = f"The number of a customer stays; this is {row['number']}."
        columns.pop("number", None)
    if columns.get("postcode") is not None and columns["postcode"] == row["postcode"]:
        del columns["postcode"]
    return columns, faults


def _whole(columns: Mapping[str, Any]) -> dict[str, Any]:
    """Columns of a new row: the bank's own fields in the one that holds them all."""
    own = {name.partition(".")[2]: value for name, value in columns.items() if name.startswith("custom.")}
    kept = {code: value for code, value in own.items() if value is not None}
    rest = {name: value for name, value in columns.items() if not name.startswith("custom.")}
    return {"gender": "unknown", "relation_wanted": "unknown", **rest, **({"custom": kept} if kept else {})}


def _read_or_none(facts: Facts, name: str, values: Mapping[str, str]) -> Any:
    try:
        return known.read_one(facts, name, values.get(name, ""), values)
    except Unfit:
        return None
