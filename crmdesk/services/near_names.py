"""Names near a misspelled one, for a search that nobody matches."""

from __future__ import annotations

from difflib import SequenceMatcher
from typing import Final

from crmdesk.domain.customer import fold
from crmdesk.domain.rights import Actor, Right, clear
from crmdesk.services.context import App
from crmdesk.services.guard import service
from crmdesk.store.queries import near as queries
from crmdesk.store.queries.search import number_of

OFFERED: Final = 5
_LIKE: Final = 0.7  # of 1, how much of two words is the same


@service(Right.READ_CUSTOMER)
def near_names(app: App, actor: Actor, text: str) -> list[str]:
    """Up to five names of the bank's customers written much like `text`, the nearest first.

    Empty for numbers, and for who may not read names. A word of several is replaced where it has a near one.
    """
    words = [word for word in fold(text).split() if len(word) >= len("abc")]
    if not clear(actor, Right.READ_CUSTOMER) or number_of(text) or not words:
        return []
    with app.store.reader() as raw:
        found = [name for word in words for name in queries.candidates(raw, word)]
    scores: dict[str, float] = {}
    for given, family in found:
        held = {fold(part): part for name in (given, family) for part in name.split()}
        best = [max((_alike(word, part), part) for part in held) for word in words]
        if min(score for score, _ in best) >= _LIKE:
            name = " ".join(held[part] for _, part in best)
            scores[name] = sum(score for score, _ in best) / len(best)
    return sorted(scores, key=lambda name: (-scores[name], name))[:OFFERED]


def _alike(one: str, other: str) -> float:
    return SequenceMatcher(None, one, other, autojunk=False).ratio()
