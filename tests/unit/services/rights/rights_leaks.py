"""What of a customer a role may never see in anything that a call returns, and the search for it."""

import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

from crmdesk.domain.rights import Role
from tests.unit.services.rights.rights_bank import PEOPLE, balance, mark, place_of

IDENTITY: Final = ("given", "family", "household", "own_field")
CONTACT: Final = ("email", "phone", "street", "city", "before")
WORDS: Final = ("note", "feedback", "event")
EVERY: Final = (*IDENTITY, *CONTACT, *WORDS, "birth", "account", "balance", "evidence", "document", "number", "request")
_OWN, _BRANCH, _ALL = ("own",), ("own", "branch"), ("own", "branch", "other")
# Kind of marker to the places whose customers may show it, by role; a kind that is not named is never shown.
SEEN: Final[dict[Role, dict[str, tuple[str, ...]]]] = {
    Role.TELLER: {
        **dict.fromkeys((*IDENTITY, *CONTACT, *WORDS, "account", "balance", "document", "evidence", "number"), _BRANCH)
    },
    Role.RELATIONSHIP_MANAGER: {
        **dict.fromkeys((*IDENTITY, *CONTACT, "document", "number"), _BRANCH),
        **dict.fromkeys((*WORDS, "birth", "account", "balance", "evidence"), _OWN),
    },
    Role.ANALYST: {"balance": _ALL},
    Role.MARKETING: {"number": _ALL},
    # With a reason everything; without one no person, but what was said and permitted.
    Role.DPO: {
        "number": _ALL,
        "note": _ALL,
        "feedback": _ALL,
        "evidence": _ALL,
        "document": _ALL,
        "balance": _ALL,
        "request": _ALL,
    },
    Role.ADMIN: {},
    Role.AUDITOR: {"number": _ALL, "evidence": _ALL, "balance": ()},
}
# Calls whose recipe gives a reason, for which the officer sees all.
REASONED: Final = frozenset({"customer_card.reveal", "documents.content"})
# Work of other people: titles are masked for the auditor, seen by the officer, and else one's own alone.
WORK: Final = re.compile(r"(?:task|deal)qz([a-z]+?)(own|branch|other)")


def forbidden(role: Role, name: str) -> dict[str, str]:
    """Marker to what it is, of everything that this role may not see in the answer of this service."""
    if role == Role.DPO and name in REASONED:
        return {}
    found = {}
    for customer in range(1, PEOPLE + 1):
        for kind in EVERY:
            if place_of(customer) not in SEEN[role].get(kind, ()):
                marker = str(balance(customer)) if kind == "balance" else mark(kind, customer)
                found[marker] = f"{kind} of a customer of place {place_of(customer)}"
    return found


def texts(value: Any, seen: set[int] | None = None) -> Iterator[str]:
    """Every text and number inside what a call returned, however deep; of a path the text of the files there."""
    seen = set() if seen is None else seen
    if value is None or isinstance(value, bool):
        return
    if isinstance(value, str | int | float):
        yield str(value)
    elif isinstance(value, bytes):
        yield value.decode("utf-8", "replace")
    elif isinstance(value, date | datetime):
        yield value.isoformat()
    elif isinstance(value, Path):
        yield from _files(value)
    elif id(value) not in seen:
        seen.add(id(value))
        for part in _parts(value):
            yield from texts(part, seen)


def _parts(value: Any) -> Iterator[Any]:
    """What an object is made of."""
    if hasattr(value, "columns") and hasattr(value, "itertuples"):  # a table
        yield from map(str, value.columns)
        yield from value.itertuples(index=True, name=None)
    elif isinstance(value, dict):
        yield from value.keys()
        yield from value.values()
    elif isinstance(value, list | tuple | set | frozenset):
        yield from value
    elif is_dataclass(value):
        yield from (getattr(value, one.name) for one in fields(value))
    elif hasattr(value, "tolist"):
        yield value.tolist()
    elif hasattr(value, "items"):
        yield from value.items()
    elif hasattr(value, "__dict__"):
        yield from vars(value).values()


def _files(path: Path) -> Iterator[str]:
    for file in [path] if path.is_file() else sorted(path.rglob("*")) if path.is_dir() else ():
        if file.is_file() and file.suffix in (".csv", ".json", ".html", ".txt"):
            yield file.read_text("utf-8", "replace")


def leaks(value: Any, role: Role, login: str, name: str) -> list[str]:
    """A sentence for each thing in `value` that this role may not see; [] where all is well."""
    told = "\n".join(texts(value))
    found = [f"{login} saw the {what} in the answer of {name}" for marker, what in forbidden(role, name).items()
             if marker in told]  # fmt: skip
    if role != Role.DPO:
        mine = "own" if role == Role.RELATIONSHIP_MANAGER else ""  # all work for the customers whom one looks after
        others = sorted({owner for owner, place in WORK.findall(told) if place != mine} - {login})
        found += [f"{login} saw work of {owner} in the answer of {name}" for owner in others]
    return found
