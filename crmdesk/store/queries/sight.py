"""What a search for customers may look at, and in whose rows: the service that knows who asks gives it to the query."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

# The columns of the search index.
SEARCHED: Final = ("number", "name_folded", "email_folded", "city_folded", "phone_digits")


@dataclass(frozen=True)
class Sight:
    """Everything, unless said otherwise.

    `columns` of the search index may be searched. `within` is the condition on `customer` of all that are found; `of`
    gives the one of each field of a filter that reaches less far, `tags` that of a field of the bank's own by its tag.
    `accounts`: people are found by the numbers of their accounts. `pseudonym`: they are known by their key alone.
    `bands`: balances are known by their band; `months`: days of events by their month.
    """

    columns: tuple[str, ...] = SEARCHED
    within: str = "1"
    of: Mapping[str, str] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)
    accounts: bool = True
    pseudonym: bool = False
    bands: bool = False
    months: bool = False

    @property
    def names(self) -> bool:
        return "name_folded" in self.columns

    @property
    def contact(self) -> bool:
        return "city_folded" in self.columns


EVERYTHING: Final = Sight()
