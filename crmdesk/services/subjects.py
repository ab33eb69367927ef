"""The customer about whom something is written down: one whom the bank knows, not merged away and not erased."""

from __future__ import annotations

from typing import Any

from crmdesk.domain.contact_rules import in_words
from crmdesk.domain.errors import BadInput
from crmdesk.store.queries import customer_edit as queries
from crmdesk.store.queries import customers as people


def writable(raw: Any, number: str) -> int:
    """The internal key of a customer; BadInput for an unknown number, one merged into another, an erased person."""
    customer = people.id_of(raw, number)
    into = queries.merged_into(raw, customer)
    if into is not None:
        raise BadInput(f"{number} was merged into {into}; record it there.")
    refuse_erased(raw, customer, number)
    return customer


def refuse_erased(raw: Any, customer: int, number: str) -> None:
    """BadInput where this person was erased: nothing about them is written down again."""
    gone = queries.erased_on(raw, customer)
    if gone is not None:
        raise BadInput(f"The person {number} was erased on {in_words(gone)} and is not brought back.")
