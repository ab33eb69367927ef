"""Fields that the bank adds to its customers: typed, tagged, and usable at once in list, filter, edit and import."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from crmdesk.domain import own_field
from crmdesk.domain.change import Change
from crmdesk.domain.contact_rules import Unfit, quoted
from crmdesk.domain.customer import FIELD_KINDS
from crmdesk.domain.errors import BadFields, BadInput, Conflict
from crmdesk.domain.rights import Actor, Right
from crmdesk.services.context import App
from crmdesk.services.customer_fields import STANDARD
from crmdesk.services.guard import service
from crmdesk.services.importing.offered import OfferedField
from crmdesk.store import audit
from crmdesk.store.journal import Journal, Stale
from crmdesk.store.queries import customer_edit as queries
from crmdesk.store.queries.customer_edit import OwnField
from crmdesk.store.queries.offers import raw_of

_CHANGEABLE: Final = ("title", "choices", "tag", "position", "retired")
# Headers of import files and columns of lists that have a meaning already.
_TAKEN: Final = frozenset({*STANDARD, "customer", "restricted", "name", "segment", "value", "active"})


@service(Right.READ_CUSTOMER, Right.MANAGE_FIELDS, any_of=True)
def fields(app: App, actor: Actor, *, retired: bool = False) -> list[OwnField]:
    """The bank's own fields in their order; `retired` adds those out of use."""
    with app.store.reader() as raw:
        return queries.own_fields(raw, retired=retired)


@service(Right.MANAGE_FIELDS)
def add(
    app: App, actor: Actor, *, code: str, title: str, kind: str, choices: Sequence[str] = (), tag: str = "plain"
) -> Change:
    """A new field: list, filter, editor and import have it at once. BadFields names what cannot be so.

    `kind` text, whole, number, date, yes_no or choice stays for good; `tag` says how its values are protected.
    """
    given = {"code": code.strip(), "title": title, "kind": kind, "choices": list(choices), "tag": tag}
    with app.store.write() as session:
        journal = Journal(session, actor, "add field", f"Add the field {title.strip()}")
        _insert(app, session, actor, journal, given)
    return Change("add_field", journal.ids(), app.store.change_no())


@service(Right.MANAGE_FIELDS)
def add_offered(app: App, actor: Actor, offers: Sequence[OfferedField]) -> Change:
    """The fields that a source offers (`importing.offered`), all of them in one deed or none. BadFields."""
    with app.store.write() as session:
        count = "1 field" if len(offers) == 1 else f"{len(offers)} fields"
        journal = Journal(session, actor, "add field", f"Add {count} of an import file")
        for one in offers:
            given = {"code": one.code, "title": one.title, "kind": one.kind, "choices": list(one.choices),
                     "tag": "plain"}  # fmt: skip
            _insert(app, session, actor, journal, given)
    return Change("add_field", journal.ids(), app.store.change_no())


def _insert(app: App, session: Any, actor: Actor, journal: Journal, given: dict[str, Any]) -> None:
    there = queries.own_fields(raw_of(session), retired=True)
    faults: dict[str, str] = {}
    if given["kind"] not in FIELD_KINDS:
        faults["kind"] = f"{quoted(given['kind'])} is not a kind of field; choose one of {', '.join(FIELD_KINDS)}."
    values = _checked(given, there, None, faults)
    _not_too_many(there, faults)
    if faults:
        raise BadFields(faults)
    position = 1 + max((f.position for f in there), default=0)
    journal.insert("custom_field", {**values, "position": position})
    audit.record(app.store, session, actor, "add field", values["code"], fields=f"{values['kind']}, {values['tag']}")


def _not_too_many(there: Sequence[OwnField], faults: dict[str, str]) -> None:
    live = sum(f.retired_on is None for f in there)
    if live >= own_field.FIELDS_AT_MOST:
        faults["code"] = f"The bank has {live} own fields, the most it can have; retire one first."


@service(Right.MANAGE_FIELDS)
def change(app: App, actor: Actor, code: str, version: int, **what: Any) -> Change:
    """Set title, choices, tag, position, or retired=False, of one field.

    BadFields names what cannot be so; a choice that customers hold cannot be taken out. Conflict where the field is
    not at `version` any more.
    """
    unknown = sorted(set(what) - set(_CHANGEABLE))
    if unknown:
        raise BadInput(f"The {unknown[0]} of a field stays; these can be changed: {', '.join(_CHANGEABLE)}.")
    with app.store.write() as session:
        raw = raw_of(session)
        there = queries.own_fields(raw, retired=True)
        field = _named(there, code)
        faults: dict[str, str] = {}
        values = _checked({**what, "kind": field.kind}, there, field, faults)
        if "choices" in values:
            _keep_held(raw, field, values["choices"] or [], faults)
        if what.get("retired") is False and field.retired_on is not None:
            _checked({"title": what.get("title", field.title), "kind": field.kind}, there, field, faults)
            _not_too_many(there, faults)
        if faults:
            raise BadFields(faults)
        changes = {name: value for name, value in values.items() if name not in ("kind", "retired")}
        if "retired" in what:
            changes["retired_on"] = app.store.clock().date() if what["retired"] else None
        return _write(app, session, actor, field, version, changes, "change field")


@service(Right.MANAGE_FIELDS)
def retire(app: App, actor: Actor, code: str) -> Change:
    """Take a field out of use; its values stay with the customers, and `change(retired=False)` brings it back."""
    with app.store.write() as session:
        field = _named(queries.own_fields(raw_of(session), retired=True), code)
        if field.retired_on is not None:
            raise BadInput(f"The field {field.title} is out of use since {field.retired_on}; nothing to do.")
        changes = {"retired_on": app.store.clock().date()}
        return _write(app, session, actor, field, field.version, changes, "retire field")


@service(Right.MANAGE_FIELDS)
def move(app: App, actor: Actor, code: str, by: int) -> Change:
    """A field in use goes `by` places later (earlier if negative) in editor, list and page; no further than the end."""
    with app.store.write() as session:
        live = queries.own_fields(raw_of(session))
        field = _named(live, code)
        rest = [f for f in live if f is not field]
        place = min(max(0, live.index(field) + by), len(rest))
        order = [*rest[:place], field, *rest[place:]]
        journal = Journal(session, actor, "move field", f"Move the field {field.title}")
        journal.update_many("custom_field", {f.id: {"position": i} for i, f in enumerate(order, 1)})
        if journal.id is not None:
            audit.record(app.store, session, actor, "move field", code)
    return Change("move_field", journal.ids(), app.store.change_no())


def forbids(raw: Any, key: int, changes: Mapping[str, Any]) -> str:
    """Why the field of this key may not be set so any more, "" where it may: an undo asks, long after the deed."""
    there = queries.own_fields(raw, retired=True)
    field = next((f for f in there if f.id == key), None)
    faults: dict[str, str] = {}
    if field is None:
        return ""
    if "choices" in changes:
        _keep_held(raw, field, changes["choices"] or [], faults)
    used_again = "retired_on" in changes and changes["retired_on"] is None
    if used_again:
        _not_too_many(there, faults)
    if used_again or "title" in changes:
        _checked({"title": changes.get("title", field.title), "kind": field.kind}, there, field, faults)
    return next(iter(faults.values()), "")


def _write(
    app: App, session: Any, actor: Actor, field: OwnField, version: int, changes: dict[str, Any], act: str
) -> Change:
    journal = Journal(session, actor, act, f"{act.capitalize()} {field.title}")
    try:
        changed = journal.update("custom_field", field.id, changes, version)
    except Stale as stale:
        sentence = f"Somebody else changed the field {field.title} meanwhile; look at it again, then change it."
        raise Conflict(sentence, stale.now or 0) from stale
    if changed:
        audit.record(app.store, session, actor, act, field.code, fields=", ".join(changed))
    # The unit of work that is about to end adds one.
    return Change(act.replace(" ", "_"), journal.ids(), app.store.change_no() + 1)


def _named(there: Sequence[OwnField], code: str) -> OwnField:
    found = next((f for f in there if f.code == code), None)
    if found is None:
        raise BadInput(
            f"The bank has no field {quoted(code)}; choose one of {', '.join(f.code for f in there) or 'none'}."
        )
    return found


def _checked(
    values: dict[str, Any], there: Sequence[OwnField], field: OwnField | None, faults: dict[str, str]
) -> dict[str, Any]:
    """The values as they are kept; a sentence into `faults` for each that cannot be."""
    others = [f for f in there if f is not field]
    rules: dict[str, Callable[[], Any]] = {
        "code": lambda: _free_code(own_field.check_code(values["code"]), others),
        "title": lambda: _free_title(own_field.check_title(values["title"]), others),
        "choices": lambda: own_field.check_choices(values["kind"], values["choices"]) or None,
        "tag": lambda: _tag(values["tag"]),
        "position": lambda: int(values["position"]),
    }
    kept = dict(values)
    for name in values.keys() & rules.keys():
        try:
            kept[name] = rules[name]()
        except Unfit as fault:
            faults.setdefault(name, str(fault))
    return kept


def _free_code(code: str, others: Sequence[OwnField]) -> str:
    if code in _TAKEN:
        raise Unfit(f"'{code}' is a field that every customer has; choose another code.")
    same = next((f for f in others if f.code == code), None)
    if same is not None:
        more = "choose another code" if same.retired_on is None else "bring it back, or choose another code"
        raise Unfit(f"The field {same.title} has the code '{code}' already; {more}.")
    if any(code == f.title.casefold() for f in others if f.retired_on is None):
        raise Unfit(f"Another field has the title '{code}'; an import could not tell them apart: choose another code.")
    return code


def _free_title(title: str, others: Sequence[OwnField]) -> str:
    folded = title.casefold()
    if folded.replace(" ", "_") in _TAKEN:
        raise Unfit(f"'{title}' is the name of a field that every customer has; choose another title.")
    if any(folded in (f.title.casefold(), f.code) for f in others if f.retired_on is None):
        raise Unfit(f"Another field is called '{title}' already; choose another title.")
    return title


def _tag(tag: str) -> str:
    if tag not in own_field.TAGS:
        raise Unfit(f"{quoted(tag)} is not a kind of protection; choose one of {', '.join(own_field.TAGS)}.")
    return tag


def _keep_held(raw: Any, field: OwnField, choices: Sequence[str], faults: dict[str, str]) -> None:
    """No choice goes that a customer holds."""
    gone = [choice for choice in field.choices if choice not in choices]
    held = queries.holders(raw, field.code, gone) if gone else {}
    for choice, count in held.items():
        who = "1 customer has" if count == 1 else f"{count:,} customers have"
        faults["choices"] = f"{who} '{choice}'; give them another value first, then take it out."
