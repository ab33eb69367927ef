"""From a chance to an offer: the gates that an offer must pass, in order, and how often a customer may be contacted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

# Gate -> why an offer failed there, in words for people; the order is the order of asking.
GATES: Final = {
    "restricted": "their data is restricted",
    "no_targeting": "no permission to choose offers for them",
    "left": "left the bank",
    "minor": "under 18",
    "unknown_product": "the product is no longer sold",
    "no_chance": "a chance below 1 in 1,000",
    "no_value": "the product earns nothing",
    "held": "hold the product already",
    "no_permission": "no permission for offers on this channel",
    "contact_cap": "contacted often enough",
    "refused_recently": "refused an offer in the last 30 days",
    "relation_not_wanted": "want no relation beyond the service",
    "capacity": "beyond the number asked for",
}
LEAST_CHANCE: Final = 0.001  # whoever will not take it in 999 of 1,000 cases is not worth asking
MONTH_DAYS: Final = 30
YEAR_DAYS: Final = 365
CONTACTS_A_MONTH: Final = 2
CONTACTS_A_YEAR: Final = 6
QUIET_DAYS: Final = 30  # after a refusal
REFUSALS: Final = ("declined", "opted_out")  # responses to a contact
WITHDRAWALS: Final = ("refused", "withdrawn", "objected")  # events of the ledger
DECISIONS: Final = ("taken", "declined")


@dataclass(frozen=True)
class Product:
    """A product as offers see it; `margin` is a year's, in minor units, None where the bank does not say."""

    id: int
    code: str
    name: str
    margin: int | None
