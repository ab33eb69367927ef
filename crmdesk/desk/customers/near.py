"""Names near a misspelled one, offered where a search finds nobody."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtWidgets import QLineEdit

from crmdesk.desk.page import Page
from crmdesk.services.near_names import near_names


def offer_near(page: Page, search: QLineEdit, told: str, clear: Callable[[], Any]) -> None:
    """Add to the sentence `told` the names written much like the one that nobody has; the nearest one press away."""
    app, actor, typed = page.context.app, page.context.actor, search.text()

    def show(names: list[str]) -> None:
        if names and search.text() == typed and page.state == "no match":
            deed = (f"Search {names[0]}", lambda: search.setText(names[0]))
            page.show_no_match(f"{told} Near: {', '.join(names)}.", deed, ("Clear", clear))

    page.context.background(lambda: near_names(app, actor, typed), show, owner=page)
