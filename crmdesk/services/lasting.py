"""What a person did last that no undo takes back: permissions, interactions, documents; and where it is corrected."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final, Protocol

from crmdesk.store.queries import history as queries
from crmdesk.store.queries.interactions import RECORDED

STOPPED: Final = "undo stopped"  # the audit's word for an undo that said this first: the next one goes on
_LEDGER: Final = "a permission is corrected on the Permissions tab"
_ANSWERS: Final = {
    "granted": "a grant", "refused": "a refusal", "withdrawn": "a withdrawal", "objected": "an objection",
    "asked": "a question for permission",
}  # fmt: skip
# Each act: what it is called, and the way to mend it.
_ACTS: Final = {
    "record permission": ("an answer", _LEDGER),
    "withdraw many": ("a withdrawal for many customers", _LEDGER),
    "correct permission": ("the correction of a permission", "what the customer said is recorded anew"),
    "propose correction": ("the correction of a permission", "what the customer said is recorded anew"),
    "restrict customer": ("a restriction", "it is lifted on the Permissions tab"),
    RECORDED: ("an interaction", "an interaction is reversed on the Timeline tab"),
    "reverse interaction": ("the reversal of an interaction", "what happened is recorded anew"),
    "add document": ("a document", "a document stays with the customer"),
}


class Standing(Protocol):
    """A deed, as far as its place in time counts."""

    @property
    def id(self) -> int: ...

    @property
    def at(self) -> datetime: ...


def since(raw: Any, actor: str, deed: Standing | None) -> str:
    """One sentence on this person's newest such act after `deed` (None: ever), "" where there is none.

    Also "" where an undo of that deed has said so already, so that the second of two in a row goes on.
    """
    found = queries.last_act(raw, actor, (*_ACTS, STOPPED))
    if found is not None and found.act == STOPPED:
        told = queries.find(raw, int(found.object.rpartition(" ")[2]))
        if told is None or deed is None or told.id == deed.id:
            return ""
        found = queries.last_act(raw, actor, tuple(_ACTS), told.at)  # what came after it has been said
    if found is None or (deed is not None and found.at <= deed.at):
        return ""
    noun, way = _ACTS[found.act]
    if found.act == "record permission":
        noun = _ANSWERS.get(found.reason, noun)
    of = f" of {found.number}" if found.number else ""
    return f"Your last deed was {noun}{of} {_when(found.at)}; {way}."


def _when(at: datetime) -> str:
    local = at.astimezone()
    today = local.date() == datetime.now(UTC).astimezone().date()
    return f"at {local:%H:%M}" if today else f"on {local.day} {local:%b %Y} at {local:%H:%M}"
