"""One deed taken back: every field that nobody changed since gets its old value, the rest stays and is named."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from itertools import groupby
from typing import Any, Final

from crmdesk.domain.rights import Actor, Right, may, require
from crmdesk.domain.work import STAGES
from crmdesk.services import custom_fields
from crmdesk.services.context import App
from crmdesk.services.reach import check_customers, check_row, within
from crmdesk.store.journal import WHOLE, Journal
from crmdesk.store.queries import history as queries
from crmdesk.store.queries import reach
from crmdesk.store.queries.history import Changed, DeedRow
from crmdesk.store.queries.offers import raw_of

NAMED_AT_MOST: Final = 100  # more rows than this are counted, not named
MISTAKE: Final = "recorded by mistake"
_NOUNS: Final = {
    "household": "the household", "household_member": "the place in the household", "relation": "the relation",
    "interest": "the interest", "life_event": "the life event", "custom_field": "the field", "task": "the task",
    "opportunity": "the opportunity", "saved_search": "the saved list", "privacy_request": "the request",
}  # fmt: skip

# What may be taken back needs the right to do it; anything else is a change to a customer.
_RIGHTS: Final = {
    "custom_field": Right.MANAGE_FIELDS, "task": Right.EDIT_WORK, "opportunity": Right.EDIT_WORK,
    "saved_search": Right.READ_CUSTOMER, "privacy_request": Right.MANAGE_REQUESTS,
}  # fmt: skip
# Who keeps the people of the bank gives customers to a manager, and may take that back.
_GIVEN: Final = {("customer", "manager_id")}
_WORK: Final = ("task", "opportunity")
OF_NOBODY: Final = frozenset({"custom_field", "saved_search"})  # tables whose rows are about no customer


def check_rights(app: App, raw: Any, actor: Actor, deed: int, changed: Iterable[tuple[str, str]]) -> None:
    """Refused where this person may not do the deed (by now), or one of its rows is out of reach by now.

    `changed`: each (table, field) of it. Any role of the person counts, for it may have been another one's deed.
    """
    actor = replace(actor, roles=actor.roles | actor.held)
    restricts, changed = False, set(changed)
    if changed == _GIVEN and may(actor, Right.MANAGE_USERS):
        return
    for table, field in sorted(changed):
        this = (table, field) == ("customer", "restricted")
        restricts = restricts or this
        require(actor, Right.RESTRICT_CUSTOMER if this else _RIGHTS.get(table, Right.EDIT_CUSTOMER))
    if actor.everywhere:
        return
    for table, rows in reach.rows_of(raw, deed).items():
        right = Right.RESTRICT_CUSTOMER if restricts else _RIGHTS.get(table, Right.EDIT_CUSTOMER)
        if table in _WORK:
            for row in rows.keys() - reach.handed_by(raw, table, actor.staff):  # one's own gift may be taken back
                check_row(raw, actor, right, table, row)
        elif table not in OF_NOBODY:
            reached = within(app, actor, right)
            away = set() if reached is None else {customer for customer in rows.values() if customer} - reached
            check_customers(raw, actor, right, sorted(away))


def spoken(field: str) -> str:
    """A column as people say it: "branch_id" is the branch, "custom.shoe_size" the shoe size."""
    return field.removeprefix("custom.").removesuffix("_id").replace("_", " ")


class Reversal:
    """The way back of one deed inside a unit of work; `journal` notes what it does, `kept` what it left alone."""

    def __init__(self, session: Any, journal: Journal, deed: DeedRow) -> None:
        self._session, self._raw, self._journal, self._deed = session, raw_of(session), journal, deed
        self._kept: list[tuple[str, int, str]] = []  # table, row, what is said of it

    def run(self) -> None:
        """Backwards through what the deed did; runs of like changes to one table are one statement."""
        for pack in queries.changes(self._raw, self._deed.id):
            closed = queries.closed(self._raw, {c.customer for c in pack if c.customer is not None})
            for (table, kind), run in groupby(self._open(pack, closed), key=lambda c: (c.table, _kind(c))):
                {"set": self._set, "made": self._made, "removed": self._removed}[kind](table, list(run))

    def _open(self, pack: list[Changed], closed: Mapping[int, str]) -> list[Changed]:
        """Without what would write about a person who was erased or merged since; what was made may still go."""
        shut = {c.id: fate for c in pack if (fate := closed.get(c.customer or 0)) and _kind(c) != "made"}
        for table, row, fate in dict.fromkeys((c.table, c.row, shut[c.id]) for c in pack if c.id in shut):
            words = fate if table == "customer" else f"is about a customer who {fate}"
            self._keep(table, row, f"{words} and stays")
        return [c for c in pack if c.id not in shut]

    def kept(self, at_most: int = NAMED_AT_MOST) -> tuple[str, ...]:
        """One sentence for each row that was left as it is; past a hundred (or `at_most`) only their number."""
        named = self._kept[:at_most]
        numbers = queries.customer_numbers(self._raw, {row for table, row, _ in named if table == "customer"})
        sentences = [f"{self._subject(table, row, numbers)} {words}." for table, row, words in named]
        more = len(self._kept) - len(named)
        return (
            *sentences,
            *([_counted(more, bool(named))] if more else []),
        )

    @staticmethod
    def _subject(table: str, row: int, numbers: Mapping[int, str]) -> str:
        if table == "customer":
            return f"{numbers.get(row, 'The customer')}:"
        return _NOUNS.get(table, f"the {spoken(table)}").capitalize()

    def _keep(self, table: str, row: int, words: str) -> None:
        self._kept.append((table, row, words))

    def _since(self, table: str, row: int, field: str) -> str:
        """ "changed by mia on 3 May 2026": who gave the field the value it has now."""
        if len(self._kept) >= NAMED_AT_MOST:
            return "changed"
        found = queries.changed_by(self._raw, table, row, field, self._deed.id)
        if found is None:
            return "changed by an import"
        who, at = found
        return f"changed by {who} on {at.day} {at:%b} {at.year}"

    def _set(self, table: str, run: list[Changed]) -> None:
        left: dict[int, dict[str, Any]] = {}
        wanted: dict[int, dict[str, Any]] = {}
        for change in run:
            left.setdefault(change.row, {}).setdefault(change.field, change.after)
            wanted.setdefault(change.row, {})[change.field] = change.before
        now = queries.current(self._session, table, list(wanted))
        sets: dict[int, dict[str, Any]] = {}
        for row, fields in wanted.items():
            if row not in now:
                self._keep(table, row, "is not there any more")
                continue
            for field, value in fields.items():
                if (table, field, value) == ("customer", "restricted", False):
                    self._keep(table, row, "the restriction is lifted on the Permissions tab, not by undo or redo")
                elif queries.same(table, field, now[row].get(field), left[row][field]):
                    sets.setdefault(row, {})[field] = value
                else:
                    self._keep(table, row, f"{spoken(field)} was {self._since(table, row, field)} since and stays")
        if table == "custom_field":
            sets = {row: fields for row, fields in sets.items() if self._field_may(row, fields)}
        self._put_back(table, sets)

    def _field_may(self, row: int, fields: dict[str, Any]) -> bool:
        """Whether customers and other fields leave room for what a field of the bank's own was."""
        why = custom_fields.forbids(self._raw, row, fields)
        if why:
            self._keep("custom_field", row, f"stays as it is: {why.removesuffix('.')}")
        return not why

    def _put_back(self, table: str, sets: dict[int, dict[str, Any]]) -> None:
        """All rows at once; where the bank forbids one of them, one by one."""
        if not sets or queries.put_back(self._session, self._journal, table, sets):
            return
        for row, fields in sets.items():
            if not queries.put_back(self._session, self._journal, table, {row: fields}):
                words = " and ".join(map(spoken, sorted(fields)))
                self._keep(table, row, f"{words} cannot go back beside what was changed since")

    def _made(self, table: str, run: list[Changed]) -> None:
        now = queries.current(self._session, table, [change.row for change in run])
        for change in run:
            if change.row not in now:
                continue
            other = [f for f, v in change.after.items() if not queries.same(table, f, now[change.row].get(f), v)]
            if other:
                self._keep(table, change.row, f"{spoken(other[0])} was {self._since(table, change.row, other[0])} "
                                              "since, so it was not taken out")  # fmt: skip
            elif table == "custom_field" and queries.field_in_use(self._raw, change.after["code"]):
                self._keep(table, change.row, "has values by now and stays; retire it instead")
            elif not queries.take_out(self._session, self._journal, table, change.row) and not self._lost(change):
                self._keep(table, change.row, "is named by other records by now and stays")

    def _lost(self, change: Changed) -> bool:
        """An opportunity that was moved stays, for its moves are kept for good: it is lost instead of gone."""
        if change.table != "opportunity" or change.after["stage"] == STAGES[-1]:
            return False
        sets = {change.row: {"stage": STAGES[-1], "lost_reason": MISTAKE}}
        return queries.put_back(self._session, self._journal, change.table, sets)

    def _removed(self, table: str, run: list[Changed]) -> None:
        for change in run:
            if not queries.bring_back(self._session, self._journal, table, change.row, change.before):
                self._keep(table, change.row, "cannot come back: another one has taken its place since")


def _counted(number: int, more: bool) -> str:
    words = "was changed since and stays as it is" if number == 1 else "were changed since and stay as they are"
    return f"{number:,} {'more ' if more else ''}{words}."


def _kind(change: Changed) -> str:
    if change.field != WHOLE:
        return "set"
    return "made" if change.before is None else "removed"
