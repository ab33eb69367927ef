"""Who changed what: the history of a customer, one's own deeds, and undo and redo of them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from crmdesk.domain.change import Change, named
from crmdesk.domain.errors import BadInput, CrmdeskError, Refused
from crmdesk.domain.rights import Actor, Right, View, grant
from crmdesk.domain.rights import clear as sees
from crmdesk.services import lasting
from crmdesk.services.context import App
from crmdesk.services.guard import service
from crmdesk.services.own_values import HIDDEN
from crmdesk.services.sight import check_reason
from crmdesk.services.undoing import OF_NOBODY, Reversal, check_rights
from crmdesk.store import audit
from crmdesk.store.journal import WHOLE, Journal
from crmdesk.store.queries import customers as people
from crmdesk.store.queries import history as queries
from crmdesk.store.queries.history import DeedRow
from crmdesk.store.queries.offers import raw_of

ENTRIES: Final = 2_000
FEW: Final = 3  # fields that a notice has room to name
_MASKED: Final = frozenset({"id", "contact", "protected", "text"})  # tags that are not shown without the right


@dataclass(frozen=True)
class FieldEntry:
    """One field before and after; `field` "*" is a whole row that was made (`before` None) or removed (`after` None).

    Branches, staff and products stand there by name. `undone`: the deed was taken back since.
    """

    at: datetime
    by: str
    act: str
    title: str
    table: str
    field: str
    before: Any
    after: Any
    deed: int
    undone: bool


@dataclass(frozen=True)
class DeedEntry:
    """One deed of a person; `rows` it changed, `undoes` the deed that it took back, `undone` taken back itself.

    `first`: as the next to undo, the sentence that an undo says before it: what was done since and is not undone.
    """

    id: int
    at: datetime
    by: str
    act: str
    title: str
    rows: int
    undone: bool
    undoes: int | None
    first: str = ""


@dataclass(frozen=True)
class UndoReport:
    """What was taken back: `restored` rows, and `kept`: sentences of those that were changed since and stay.

    `what` names it in words: "phone of C-004711", or the deed's own title where it was more than a few fields of one.
    """

    title: str
    restored: int
    kept: tuple[str, ...]
    change: Change
    what: str = ""


@service(Right.READ_HISTORY, of="number")
def of_customer(app: App, actor: Actor, number: str, reason: str = "") -> list[FieldEntry]:
    """What was changed of a customer and of what surrounds them, newest first, at most 2,000 fields.

    Who sees the history masked finds names, contact, birth and free text hidden, and the act for the title; with a
    `reason`, which is audited, it is clear to who may ask so. BadInput: unknown number.
    """
    cell = grant(actor, Right.READ_HISTORY)
    asked = bool(cell and cell.reason and reason.strip())
    clear = asked or (cell is not None and cell.view == View.CLEAR)
    with app.store.reader() as raw:
        customer = people.id_of(raw, number)
    if asked:
        check_reason(reason)
        with app.store.write() as session:
            audit.record(app.store, session, actor, "read history", number, customer_id=customer, reason=reason.strip())
    # What a view leaves out cannot be told from what was empty: where it is masked it is read, and hidden by its tag.
    source = app.store if clear and not asked else app.store.whole
    hidden = () if asked else _hidden(actor, clear)
    with source.reader() as raw:
        rows = queries.of_customer(raw, customer, ENTRIES)
        undone = queries.standing(raw, {row[-1] for row in rows})
        words = queries.words(raw)
    entries = []
    requests = asked or sees(actor, Right.READ_REQUESTS)
    for _, at, by, act, title, table, field, before, after, deed in rows:
        if table == "privacy_request" and not requests:
            continue
        old, new = (_shown(table, field, value, words, hidden) for value in (before, after))
        entries.append(FieldEntry(at, by, act, title if clear else act, table, field, old, new, deed, undone[deed][1]))
    return entries


def _hidden(actor: Actor, clear: bool) -> frozenset[str]:
    """The tags whose values this person does not see."""
    money = sees(actor, Right.READ_ACCOUNTS)
    tags = (frozenset() if clear else _MASKED) | (frozenset() if money else {"finance"})
    return tags if sees(actor, Right.READ_PROTECTED) else tags | {"protected"}


def _shown(
    table: str, field: str, value: Any, words: dict[str, dict[int, str]], hidden: Collection[str]
) -> Any:  # fmt: skip
    """A value for people: keys of small tables in words, hidden by the column's tag."""
    if field == WHOLE and isinstance(value, dict):
        return {name: _shown(table, name, part, words, hidden) for name, part in value.items()}
    tag = queries.tag(table, field)
    if tag in hidden and (value is not None or tag == "protected"):
        return HIDDEN
    return words[field].get(value, value) if field in words and value is not None else value


@service(Right.UNDO)
def deeds(app: App, actor: Actor, limit: int = 100) -> list[DeedEntry]:
    """One's own deeds, newest first."""
    with app.store.reader() as raw:
        found = queries.deeds(raw, actor.login, limit)
        undone = queries.standing(raw, [deed.id for deed in found])
        return [_entry(_told_title(raw, actor, deed), undone[deed.id][1]) for deed in found]


@service(Right.UNDO)
def next_undo(app: App, actor: Actor) -> DeedEntry | None:
    """What undo would take back now: the newest own deed that stands; `first` where something lasting came after."""
    with app.store.reader() as raw:
        found = _next(raw, actor, back=True)
        return replace(found, first=lasting.since(raw, actor.login, found)) if found else None


@service(Right.UNDO)
def next_redo(app: App, actor: Actor) -> DeedEntry | None:
    """What redo would bring back: the newest own undo, unless something else was done since."""
    with app.store.reader() as raw:
        return _next(raw, actor, back=False)


@service(Right.UNDO)
def undo(app: App, actor: Actor, deed: int | None = None) -> UndoReport:
    """Take back one's own deed (None: the newest that stands). What was changed since stays and is named.

    An undo is a deed too. BadInput where there is none, and where something that no undo takes back came after the
    newest: that is said first, and the next undo in a row goes on. Refused for a deed of somebody else, CrmdeskError
    where nothing of it can be taken back.
    """
    if deed is None:
        _stop_at_lasting(app, actor)
    with app.store.write() as session:
        target = _chosen(raw_of(session), actor, deed)
        report = _reverse(app, session, actor, target)
    return _told(app, *report)


def _stop_at_lasting(app: App, actor: Actor) -> None:
    """BadInput where this person's last deed is none that is undone; noted, so that it is said once."""
    with app.store.reader() as raw:
        found = _next(raw, actor, back=True)
        said = lasting.since(raw, actor.login, found)
    if not said:
        return
    if found is None:
        raise BadInput(f"{said} There is nothing else to undo.")
    with app.store.write() as session:
        audit.record(app.store, session, actor, lasting.STOPPED, f"deed {found.id}")
    raise BadInput(f"{said} Undo again takes back: {found.title.removeprefix('Redo: ')}.")


@service(Right.UNDO)
def redo(app: App, actor: Actor) -> UndoReport:
    """Bring back what the newest own undo took back. BadInput where there is none."""
    with app.store.write() as session:
        found = _next(raw_of(session), actor, back=False)
        if found is None:
            raise BadInput("There is nothing to redo; only what was just undone can be done again.")
        target = queries.find(raw_of(session), found.id)
        assert target is not None
        report = _reverse(app, session, actor, target)
    return _told(app, *report)


def _next(raw: Any, actor: Actor, *, back: bool) -> DeedEntry | None:
    """The newest deed of this person that stands and is not an undo (`back`), or that is one."""
    for deed, depth, _ in queries.tips(raw, actor.login):
        if (depth % 2 == 0) == back:
            found = queries.find(raw, deed)
            return _entry(_told_title(raw, actor, found), False) if found else None
        if depth == 0:  # a new deed: what was undone before it is not brought back over it
            return None
    return None


def _told_title(raw: Any, actor: Actor, deed: DeedRow) -> DeedRow:
    """The deed under its own title; of customers, whom this person knows by name no more, under its act."""
    if sees(actor, Right.READ_CUSTOMER) or {table for table, _ in queries.fields(raw, deed.id)} <= OF_NOBODY:
        return deed
    return replace(deed, title=deed.act)


def _chosen(raw: Any, actor: Actor, deed: int | None) -> DeedRow:
    """The deed to take back: of a deed that was redone the redo, for it is what stands."""
    if deed is None:
        found = _next(raw, actor, back=True)
        if found is None:
            raise BadInput("There is nothing to undo; no change of yours is left standing.")
        deed = found.id
    target = queries.find(raw, deed)
    if target is None:
        raise BadInput(f"There is no change {deed} in the history.")
    if target.actor != actor.login:
        raise Refused(f"This change was made by {target.actor}; only they can undo it, or correct the record by hand.")
    tip, undone = queries.standing(raw, [deed])[deed]
    if undone:
        raise BadInput(f"'{target.title}' was undone already; redo brings it back.")
    return queries.find(raw, tip) or target


def _reverse(app: App, session: Any, actor: Actor, target: DeedRow) -> tuple[str, Journal, tuple[str, ...], str]:
    raw = raw_of(session)
    changed = queries.fields(raw, target.id)
    check_rights(app, raw, actor, target.id, changed)
    first, title, depth = queries.root(raw, target.id)
    word = "Undo" if depth % 2 == 0 else "Redo"
    journal = Journal(session, actor, word.lower(), f"{word}: {title}", undoes=target.id)
    reversal = Reversal(session, journal, target)
    reversal.run()
    # Who gives customers to a manager knows none of them: told how many, not which.
    names = sees(actor, Right.READ_CUSTOMER) or all(table != "customer" for table, _ in changed)
    kept = reversal.kept() if names else reversal.kept(0)
    if journal.id is None:
        why = kept[0] if kept else "Everything is as it was before already."
        raise CrmdeskError(f"Nothing of '{title}' could be taken back. {why}")
    words = ", ".join(dict.fromkeys(table if field == WHOLE else field for table, field in changed))
    about = queries.about(raw, target.id)
    audit.record(app.store, session, actor, word.lower(), f"deed {first}", fields=words, customer_id=about)
    return f"{word}: {title}", journal, kept, (_what(raw, journal.id, about) if names else "") or title


def _what(raw: Any, deed: int, customer: int | None) -> str:
    """The fields that a deed changed and whose they are, where it was a few of one customer; else ""."""
    changed = queries.fields(raw, deed)
    if customer is None or not 0 < len(changed) <= FEW or {table for table, _ in changed} != {"customer"}:
        return ""
    if any(field == WHOLE for _, field in changed):
        return ""
    fields = [field.removeprefix("custom.").removesuffix("_id").replace("_", " ") for _, field in changed]
    listed = fields[0] if len(fields) == 1 else f"{', '.join(fields[:-1])} and {fields[-1]}"
    return f"{listed} of {queries.number(raw, customer)}"


def _told(app: App, title: str, journal: Journal, kept: tuple[str, ...], what: str) -> UndoReport:
    touched = journal.ids()
    kind = title.partition(":")[0].lower()
    change = Change(kind, named(touched), app.store.change_no())
    return UndoReport(title, sum(map(len, touched.values())), kept, change, what)


def _entry(deed: DeedRow, undone: bool) -> DeedEntry:
    return DeedEntry(deed.id, deed.at, deed.actor, deed.act, deed.title, deed.rows, undone, deed.undoes)
