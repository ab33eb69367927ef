"""The catalogue of interactions: the 37 legal rows of channel x mode x activity.

Source: Table 1 of the two-tier segmentation paper; `branch` is its walk-in channel.
Row numbers are the paper's, in the printed order, and are the keys stored with each interaction.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

Sign = Literal["-", "+", "*", ""]  # out, in, as given, no amount
CHANNELS: Final = ("atm", "online", "call_centre", "branch")
MODES: Final = ("transaction", "support", "educational", "promotional")
RESPONSES: Final = ("accepted", "interested", "declined", "no_answer", "unreachable", "opted_out")
ANSWERED: Final = ("accepted", "interested", "declined")
INITIATORS: Final = ("customer", "bank")
SYSTEM: Final = "system"


@dataclass(frozen=True)
class Cell:
    """One legal combination: `row` 1..37 for the paper's, 901.. for postings the bank makes itself."""

    row: int
    channel: str
    mode: str
    activity: str
    sign: Sign = ""
    group: str = ""
    layout: str = ""

    @property
    def code(self) -> str:
        return f"{self.channel}.{self.mode}.{self.activity}"

    @property
    def label(self) -> str:
        words = {"call_centre": "Call centre", "atm": "ATM"}
        channel = words.get(self.channel, self.channel.capitalize())
        return f"{channel}, {self.activity.replace('_', ' ')}"


_SIGNS: Final[dict[str, Sign]] = {
    "withdrawal": "-", "deposit": "+", "transfer": "*", "bill_payment": "-", "portfolio": "*",
    "bank_check": "*", "travellers_check": "*",
}  # fmt: skip
_GENERAL: Final = ("bank_locations", "products", "atm_online", "credit_card")
_ROWS: Final = (
    ("atm", "transaction", "I1", "withdrawal deposit inquiry transfer maintain"),
    ("online", "transaction", "I2", "transfer inquiry maintain bill_payment portfolio"),
    ("online", "support", "I4", "transfer_problem bank_locations products atm_online credit_card"),
    ("online", "educational", "I3", "education"),
    ("online", "promotional", "I3", "promotion"),
    ("call_centre", "transaction", "I5", "transfer inquiry maintain"),
    ("call_centre", "support", "I6", "transfer_problem bank_locations products atm_online credit_card"),
    ("branch", "transaction", "I7",
     "transfer inquiry maintain deposit withdrawal portfolio bank_check travellers_check"),
    ("branch", "support", "I4", "transaction_question general_question"),
    ("branch", "educational", "I3", "education"),
    ("branch", "promotional", "I3", "promotion"),
)  # fmt: skip


def _catalogue() -> tuple[Cell, ...]:
    cells: list[Cell] = []
    for channel, mode, layout, activities in _ROWS:
        for activity in activities.split():
            sign = _SIGNS.get(activity, "") if mode == "transaction" else ""
            group = "general" if activity in _GENERAL else ""
            cells.append(Cell(len(cells) + 1, channel, mode, activity, sign, group, layout))
    return tuple(cells)


CELLS: Final = _catalogue()
# Postings the customer did not make: never one of the 37, never counted as activity.
_POSTINGS: Final[dict[str, Sign]] = {
    "interest": "+", "penalty_interest": "-", "fee": "-", "standing_order": "-", "incoming_transfer": "+",
    "statement": "",
}  # fmt: skip
SYSTEM_CELLS: Final = tuple(
    Cell(901 + i, SYSTEM, "posting", activity, sign) for i, (activity, sign) in enumerate(_POSTINGS.items())
)
BY_CODE: Final = {cell.code: cell for cell in CELLS + SYSTEM_CELLS}
BY_ROW: Final = {cell.row: cell for cell in CELLS + SYSTEM_CELLS}

# The paper's own words, taken by the import.
_CHANNEL_WORDS: Final = {
    "walk-in": "branch", "walkin": "branch", "walk in": "branch", "call centre": "call_centre",
    "call center": "call_centre", "call_center": "call_centre", "internet": "online",
}  # fmt: skip
_MODE_WORDS: Final = {"transactional": "transaction", "education": "educational", "promotion": "promotional"}
_ACTIVITY_WORDS: Final = {
    "withdraw": "withdrawal", "bill paying": "bill_payment", "bill payment": "bill_payment",
    "transfer problem": "transfer_problem", "bank locations": "bank_locations", "atm/online": "atm_online",
    "credit card": "credit_card", "bank checks": "bank_check", "travelers' check": "travellers_check",
    "travelers check": "travellers_check", "transaction question": "transaction_question",
    "general question": "general_question",
}  # fmt: skip


def our_words(channel: str, mode: str, activity: str) -> tuple[str, str, str]:
    """The catalogue's words for these, whether they are the paper's or ours; whether they fit together is not asked."""
    channel, mode, activity = (word.strip().lower() for word in (channel, mode, activity))
    return _CHANNEL_WORDS.get(channel, channel), _MODE_WORDS.get(mode, mode), _ACTIVITY_WORDS.get(activity, activity)
