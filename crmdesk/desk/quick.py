"""What Ctrl+K finds in the open bank: customers and saved lists by the typed words, asked in the background."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from crmdesk.desk.context import DeskContext
from crmdesk.domain.rights import Right, may
from crmdesk.services import customers, saved
from crmdesk.services.customers import CustomerQuery

MOST = 6  # customers shown; the last line leads to all of them
Found = tuple[str, str, str, dict[str, Any]]  # group, words, page, its arguments


def ask(context: DeskContext, text: str, stop: Callable[[], bool]) -> list[Found]:
    """Up to six customers and the lists whose name holds the text; raises Cancelled soon after `stop()`."""
    app, actor = context.app, context.actor
    if app is None or not text.strip() or not may(actor, Right.READ_CUSTOMER):
        return []
    ids = customers.find(app, actor, CustomerQuery(text), cancel=stop)
    found: list[Found] = [
        ("Customers", "   ".join(filter(None, (row.name, row.number if row.number != row.name else "", row.city,
                                                  row.why))),
         "customer", {"number": row.number})
        for row in customers.rows(app, actor, ids[:MOST], searched=text)
    ]  # fmt: skip
    if len(ids) > MOST:
        found.append(("Customers", f"All {len(ids):n} that match", "customers", {"text": text}))
    found += [
        ("Saved lists", one.name, "customers", {"saved": one.id})
        for one in saved.lists(app, actor) if text.lower() in one.name.lower()
    ]  # fmt: skip
    return found
