"""Two people edit one customer: who changed what since the version at hand, so that nobody's work is lost unseen."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from crmdesk.domain import money, own_field
from crmdesk.domain.errors import Conflict
from crmdesk.domain.rights import Actor
from crmdesk.services import customer_fields as known
from crmdesk.services.customer_fields import Facts
from crmdesk.store.journal import WHOLE
from crmdesk.store.queries import customer_edit as queries

_REFERENCES = {"branch_id": "branch", "manager_id": "manager"}


def of_customer(
    raw: Any, actor: Actor, facts: Facts, row: Mapping[str, Any], version: int, mine: Mapping[str, str],
    hidden: Collection[str] = (),
) -> Conflict:  # fmt: skip
    """What changed on the customer `row` after `version`; `mine` are the fields about to be saved.

    Of `hidden` fields nothing is said.
    A field that was changed and changed back is left out. Changes that no history holds (an import's) are named for
    the fields of `mine` that now differ, with "" as the value before.
    """
    now = known.texts(row, facts)
    logged = queries.changes_since(raw, row["id"], version)
    changes: dict[str, dict[str, Any]] = {}
    for entry in logged:
        name = _REFERENCES.get(entry["field"], entry["field"])
        if name == WHOLE or name not in now or name in hidden:
            continue
        before = _text(facts, name, entry["before"])
        first = changes.setdefault(name, {"field": name, "title": known.title(facts, name, row["kind"]),
                                          "before": before})  # fmt: skip
        first.update(theirs=now[name], by=entry["by"], at=entry["at"])
    real = [change for change in changes.values() if change["before"] != change["theirs"]]
    if len({entry["version"] for entry in logged}) < row["version"] - version:
        real += _imported(raw, facts, row, mine, now, set(changes))
    return Conflict(_sentence(actor, row["number"], real), row["version"], tuple(real))


def _imported(
    raw: Any, facts: Facts, row: Mapping[str, Any], mine: Mapping[str, str], now: Mapping[str, str], told: set[str]
) -> list[dict[str, Any]]:
    by, at = queries.batch(raw, row["batch_id"]) or ("an import", None)
    return [
        {"field": name, "title": known.title(facts, name, row["kind"]), "before": "", "theirs": now[name], "by": by,
         "at": at}
        for name, text in mine.items()
        if name in now and name not in told and text.strip() != now[name]
    ]  # fmt: skip


def _text(facts: Facts, name: str, value: Any) -> str:
    """A value of the history as typed text: branches by code, staff by login, money as decimals."""
    table = {"branch": facts.references.branches, "manager": facts.references.staff}.get(name)
    if table is not None:
        return next((code for code, (key, _) in table.items() if key == value), "")
    if name == "income" and value is not None:
        return money.plain(value)
    return own_field.written(value)


def _sentence(actor: Actor, number: str, changes: list[dict[str, Any]]) -> str:
    if not changes:
        return f"{number} was changed meanwhile and changed back; save again to keep yours."
    people = sorted({"You, in another window," if c["by"] == actor.login else c["by"] for c in changes})
    who = people[0] if len(people) == 1 else f"{', '.join(people[:-1])} and {people[-1]}"
    what = ", ".join(change["title"] for change in changes)
    return f"{who} changed {what} of {number} meanwhile; choose what to keep, then save again."
