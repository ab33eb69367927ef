"""What each role may take out of the bank as a list of customers (data model, section 5, "export")."""

from __future__ import annotations

from typing import Final

from crmdesk.domain.errors import Refused
from crmdesk.domain.rights import Actor, Role

OWN_ROWS: Final = 50  # of a relationship manager, all of them customers of theirs
LEAST_TOGETHER: Final = 10  # of an analyst: nobody stands in a group smaller than this
_LISTS: Final = frozenset({Role.ANALYST, Role.MARKETING})


def check_rows(actor: Actor, rows: int) -> None:
    """Refused where so many rows about customers may not leave the bank with this person."""
    if actor.single:
        return
    if not takes_lists(actor):
        raise Refused(
            "Your role exports no lists of customers: the data-protection officer answers single requests, the auditor "
            "exports the audit. Ask a relationship manager, an analyst or marketing."
        )
    if not actor.roles & _LISTS and rows > OWN_ROWS:
        raise Refused(
            f"A relationship manager exports at most {OWN_ROWS} customers at once, not {rows:,}; choose fewer."
        )
    if 0 < rows < least_together(actor):
        raise Refused(
            f"An export under pseudonyms has at least {LEAST_TOGETHER} customers, not {rows}: fewer could be "
            "recognised. Choose more of them."
        )


def takes_lists(actor: Actor) -> bool:
    """Whether any list of customers may leave the bank with this person."""
    return actor.single or bool(actor.roles & {*_LISTS, Role.RELATIONSHIP_MANAGER})


def least_together(actor: Actor) -> int:
    """How many customers must share what an export tells of them; 0 where it says who they are anyway."""
    named = {Role.MARKETING, Role.RELATIONSHIP_MANAGER}
    return LEAST_TOGETHER if Role.ANALYST in actor.roles and not actor.single and not actor.roles & named else 0
