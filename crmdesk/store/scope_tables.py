"""Which right opens each table that holds personal data, how a row leads to its customer, and what masks its columns.

Every table with a customer in it or with a personal column stands here or, with the reason, in UNSCOPED.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from crmdesk.domain.rights import Right

MASK: Final = "'••••'"


@dataclass(frozen=True)
class Way:
    """How a row leads to customers `c`: its `column` is among the `key`s of a source."""

    column: str = "customer_id"
    key: str = "c.id"
    source: str = "main.customer c"

    def within(self, table: str, reach: str) -> str:
        """The condition on a row of `table`, asked of each row that a query reads.

        A list of keys would be made for each query, and lead the planner into reading tables whole.
        """
        return f"EXISTS (SELECT 1 FROM {self.source} WHERE {self.key} = main.{table}.{self.column} AND {reach})"


OF_CUSTOMER: Final = Way()
_HOLDERS: Final = "main.holding h JOIN main.customer c ON c.id = h.customer_id"
_TOLD: Final = "main.permission_event e JOIN main.customer c ON c.id = e.customer_id"
_HOME: Final = "main.household_member m JOIN main.customer c ON c.id = m.customer_id"


@dataclass(frozen=True)
class Sheet:
    """How one table is shown.

    `ways`: each must lead to a customer within reach. `right`: the first of these that is held decides. `drop`: whoever
    sees no more than a mask sees no row; `needs`: whoever does not see this in clear sees none either. `text_only`:
    rows stay, out of reach their text is masked. `masks`: SQL by column, instead of the mask of its tag, for who sees
    a mask or a pseudonym. `owned`: rows of one's own pass too.
    """

    right: tuple[Right, ...]
    ways: tuple[Way, ...] = (OF_CUSTOMER,)
    drop: bool = False
    needs: Right | None = None
    text_only: bool = False
    masks: Mapping[str, str] = field(default_factory=dict)
    owned: bool = False


_PERSON, _MONEY, _DEEDS = (Right.READ_CUSTOMER,), (Right.READ_ACCOUNTS,), (Right.READ_INTERACTIONS,)
_WORK, _RESULTS = (Right.READ_WORK,), (Right.READ_RESULTS,)
SHEETS: Final[Mapping[str, Sheet]] = {
    "household": Sheet(_PERSON, (Way("id", "m.household_id", _HOME),), masks={"name": "'Household ' || id"}),
    "household_member": Sheet(_PERSON),
    # Who is related to somebody out of reach is not for the eyes of who may not know that person.
    "relation": Sheet(_PERSON, (Way("from_id"), Way("to_id"))),
    "document": Sheet(_PERSON),
    "interest": Sheet(_DEEDS, drop=True),
    "life_event": Sheet(_DEEDS, needs=Right.READ_CONTACT),
    "account": Sheet(_MONEY, (Way("id", "h.account_id", _HOLDERS),), masks={"number": MASK}),
    "holding": Sheet(_MONEY),
    "balance_month": Sheet(_MONEY, (Way("account_id", "h.account_id", _HOLDERS),), drop=True),
    # Where the money goes is somebody else's account, whatever the amount may tell.
    "standing_order": Sheet(_MONEY, (Way("account_id", "h.account_id", _HOLDERS),), drop=True,
                            masks={"to_bank": "NULL", "to_account": "NULL"}),
    "interaction": Sheet(_DEEDS, masks={"account_id": "NULL"}),
    "feedback": Sheet(_DEEDS),
    "contact": Sheet(_DEEDS),
    "permission_evidence": Sheet((Right.READ_PERMISSIONS,), (Way("event_id", "e.event_id", _TOLD),), text_only=True),
    "task": Sheet(_WORK, owned=True),
    "opportunity": Sheet(_WORK, owned=True),
    "segment_membership": Sheet(_RESULTS),
    "recommended_action": Sheet(_RESULTS),
    "privacy_request": Sheet((Right.READ_REQUESTS, Right.RECORD_REQUEST)),
}  # fmt: skip
# Tables with a rule of their own in `scope`.
RULED: Final = frozenset({"customer", "staff", "deed", "field_change", "saved_search", "quarantine", "proposal"})
UNSCOPED: Final[Mapping[str, str]] = {
    "permission_event": "a permission that is not seen would not be known to have ended; no personal text is in it",
    "audit_event": "services.audit_log gives own acts, or all of them to who may read the audit; no personal text",
    "run_table": "bytes of a run: services.runs masks them by their columns",
    "run": "sums over many people",
    "segment": "sums over many people",
}
# Tags that a mask hides, and those that a pseudonym hides: amounts and deeds without the person are what analyses need.
HIDDEN: Final = {
    "masked": frozenset({"id", "contact", "protected", "finance", "text"}),
    "pseudonym": frozenset({"id", "contact", "protected", "text"}),
}
# Bands instead of numbers are for the services to tell; a mask of derived numbers leaves nothing.
DERIVED_HIDDEN: Final = frozenset({"recommended_action", "feedback", "segment_membership"})
KEPT: Final = frozenset({"action", "instrument", "at", "decision", "tier1", "tier2", "provisional"})
# Which right shows a column of a customer, or a value in a field of the bank's own, by its tag.
OPENED_BY: Final[Mapping[str, Right]] = {
    "id": Right.READ_CUSTOMER, "contact": Right.READ_CONTACT, "protected": Right.READ_PROTECTED,
    "text": Right.READ_CONTACT, "finance": Right.READ_ACCOUNTS, "behaviour": Right.READ_CUSTOMER,
    "derived": Right.READ_RESULTS, "after_contact": Right.READ_INTERACTIONS,
}  # fmt: skip
UNNAMED: Final = frozenset({"finance", "behaviour", "derived", "after_contact"})  # shown beside a pseudonym
