"""The customer list on paper: its first rows for one purpose, and how many there are in all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmdesk.desk import words
from crmdesk.desk.paper import Paper, Part, Table
from crmdesk.desk.printing import Order
from crmdesk.domain.errors import BadInput
from crmdesk.services import prints
from crmdesk.services.prints import PrintedList

if TYPE_CHECKING:
    from crmdesk.desk.customers.list_page import CustomersPage

_RIGHT = frozenset({"number", "money", "date"})


def order(page: CustomersPage) -> Order:
    """The chosen rows, or the whole list where not more than one is chosen; BadInput where nobody is shown."""
    if not page.model.rowCount():
        raise BadInput("There is nobody in the list to print; drop a filter first.")
    chosen, _ = page.list_deeds.listed()
    app, actor, columns, title = page.context.app, page.context.actor, page.columns.keys, page.title.text()
    bank = app.path.stem  # type: ignore[union-attr]

    def ask(purpose: str, channel: str, kept: bool) -> Paper:
        found = prints.customer_list(app, actor, chosen, columns, purpose, channel, kept=kept)  # type: ignore[arg-type]
        return paper(bank, title, found, words.BY.get(channel, ""))

    return Order("Print customers", "customers", ask, asks_purpose=True)


def paper(bank: str, title: str, found: PrintedList, way: str = "") -> Paper:
    """A wide table; the sentence says how many of how many."""
    total, shown = found.plan.rows, len(found.rows)
    people = "1 customer" if total == 1 else f"{words.count(total)} customers"
    sentence = f"{people}." if shown == total else f"The first {words.count(shown)} of {people}."
    left = [f"{words.count(number)} {reason}" for reason, number in found.plan.left_out.items()]
    purpose = f"{words.PURPOSES.get(found.plan.purpose, 'Service')} {way}".strip()
    facts = [f"Filter: {found.filter}.", f"For: {purpose}." + (f" Left out: {', '.join(left)}." if left else "")]
    table = Table([c.title for c in found.columns], found.rows, [c.width for c in found.columns],
                  frozenset(at for at, c in enumerate(found.columns) if c.kind in _RIGHT))  # fmt: skip
    on = f"{words.on(found.at.date())} {found.at:%H:%M} UTC"
    return Paper(
        title, sentence, [Part("", [table])], f"{bank}, {on}. {found.filter}. For {purpose.lower()}.", True, facts
    )
