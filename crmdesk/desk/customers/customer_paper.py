"""One customer on paper: identity with contact data masked, permissions, products and the latest events."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from crmdesk.desk import words
from crmdesk.desk.paper import Paper, Part, Table
from crmdesk.desk.printing import Order
from crmdesk.desk.theme import GLYPHS
from crmdesk.domain.errors import BadInput
from crmdesk.domain.permission import MARKETING_CHANNELS
from crmdesk.services import permissions, prints
from crmdesk.services.customers import CustomerCard, Timeline
from crmdesk.services.permissions import Cell, Grid
from crmdesk.services.prints import PrintedCustomer

if TYPE_CHECKING:
    from crmdesk.desk.customers.customer_page import CustomerPage

EVENTS: Final = 40


def order(page: CustomerPage) -> Order:
    """The customer in front; BadInput where there is none."""
    if not page.number:
        raise BadInput("Open a customer first; then print.")
    app, actor, number = page.context.app, page.context.actor, page.number
    bank = app.path.stem  # type: ignore[union-attr]

    def ask(purpose: str, channel: str, kept: bool) -> Paper:
        return paper(bank, prints.customer(app, actor, number, kept=kept))  # type: ignore[arg-type]

    return Order(f"Print {number}", number, ask)


def paper(bank: str, found: PrintedCustomer) -> Paper:
    """Contact data stays masked, as on the page: a sheet of paper is read by anybody."""
    card = found.card
    parts = [Part("Customer", [_identity(found)]), Part("Permissions now", [_permissions(found.grid)])]
    if card.accounts:
        parts.append(Part("Products", [_products(card)]))
    if found.line is not None and found.line.events:
        parts.append(Part(_line_heading(found.line), [_events(found.line)]))
    on = f"{words.on(found.at.date())} {found.at:%H:%M} UTC"
    return Paper(card.name, permissions.sentence(found.grid.rows[0]), parts, f"{bank}, {on}. {card.number}.")


def _identity(found: PrintedCustomer) -> Table:
    card = found.card
    facts = [
        ("Number", card.number), ("Kind", card.kind), ("Born", card.born), ("City", card.city),
        ("Phone", card.phone), ("E-mail", card.email), ("Occupation", card.occupation), ("Branch", card.branch),
        ("Manager", card.manager), ("Joined", words.on(card.joined_on) if card.joined_on else ""),
        ("Left", words.on(card.left_on) if card.left_on else ""), ("Restricted", "yes" if card.restricted else ""),
        ("Segment", found.segment.name if found.segment else ""),
    ]  # fmt: skip
    told = [fact for fact in facts if fact[1]]
    half = (len(told) + 1) // 2
    rows = [(*left, *(told[half + at] if half + at < len(told) else ("", ""))) for at, left in enumerate(told[:half])]
    return Table(("", "", "", ""), rows, (2, 5, 2, 5))


def _permissions(grid: Grid) -> Table:
    rows = []
    for cells in grid.rows:
        one = len(cells) == 1
        texts = [_cell(cells[0])] * len(MARKETING_CHANNELS) if one else [_cell(cell) for cell in cells]
        rows.append((words.PURPOSES[cells[0].purpose], *texts))
    return Table(("", *(words.CHANNELS[channel] for channel in MARKETING_CHANNELS)), rows, (4, 5, 5, 5, 5, 5, 5))


def _cell(cell: Cell) -> str:
    look = words.look(cell.decision)
    return f"{GLYPHS[look]} {words.state(cell.decision)}" + (f", {words.on(cell.on)}" if cell.on else "")


def _products(card: CustomerCard) -> Table:
    rows = [
        (account.product, words.on(account.closed_on) if account.closed_on else "open",
         words.exact(account.months[max(account.months)] if account.months else None, account.currency))
        for account in card.accounts
    ]  # fmt: skip
    return Table(("Product", "Closed", "Newest balance"), rows, (5, 3, 3), frozenset({2}))


def _line_heading(line: Timeline) -> str:
    return f"Newest {words.count(min(EVENTS, len(line.events)))} of {words.count(line.total)} events"


def _events(line: Timeline) -> Table:
    rows: Sequence[Sequence[str]] = [
        (words.on(datetime.fromtimestamp(e.at, UTC).date()), words.LANES.get(e.channel, e.channel),
         words.MODES.get(e.mode, e.mode), e.label + (" (reversed)" if e.reversed else ""),
         words.exact(e.amount, e.currency or "") if e.amount is not None else "")
        for e in line.events[:EVENTS]
    ]  # fmt: skip
    return Table(("Day", "Channel", "Mode", "What", "Amount"), rows, (3, 3, 3, 6, 3), frozenset({4}))
