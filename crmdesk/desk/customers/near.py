"""Names near a misspelled one, offered where a search finds nobody."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmdesk.services.customers import CustomerQuery
from crmdesk.services.near_names import near_names

if TYPE_CHECKING:
    from crmdesk.desk.customers.list_page import CustomersPage


def offer_near(page: CustomersPage, query: CustomerQuery, told: str) -> None:
    """Add to the sentence `told` the names written much like the one that nobody has; the nearest one press away."""
    app, actor = page.context.app, page.context.actor

    def show(names: list[str]) -> None:
        if names and page.query() == query and page.state == "no match":
            deed = (f"Search {names[0]}", lambda: page.search.setText(names[0]))
            page.show_no_match(f"{told} Near: {', '.join(names)}.", deed, ("Clear", page.clear))

    page.context.background(lambda: near_names(app, actor, query.text), show, owner=page)
