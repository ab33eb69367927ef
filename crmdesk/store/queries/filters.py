"""SQL of the one filter: each chip becomes a condition on `customer`, joined by AND."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final

from crmdesk.domain.customer import fold
from crmdesk.domain.errors import BadInput
from crmdesk.domain.filter import OWN, OWN_KINDS, Chip, is_own
from crmdesk.store.queries import permissions as ledger
from crmdesk.store.queries import segments
from crmdesk.store.queries.sight import EVERYTHING, Sight

# A reversal and what it reverses never happened, as far as anybody counts.
_ACTIVITY: Final = "(initiated_by = 'customer' OR response IN ('accepted', 'interested', 'declined'))"
LAST_ACTIVE: Final = (
    f"(SELECT occurred_s FROM interaction i WHERE customer_id = customer.id AND {_ACTIVITY} AND reverses IS NULL"
    " AND NOT EXISTS (SELECT 1 FROM interaction r WHERE r.reverses = i.id) ORDER BY occurred_s DESC LIMIT 1)"
)
# For who knows events by their month alone.
LAST_MONTH: Final = f"CAST(strftime('%s', {LAST_ACTIVE}, 'unixepoch', 'start of month') AS INTEGER)"
SHOWN: Final = "{shown}"  # stands for the ids whose segment may be shown now
HAS_TASK: Final = "EXISTS (SELECT 1 FROM task WHERE task.customer_id = customer.id AND task.state = 'open')"
PROSPECT: Final = "NOT EXISTS (SELECT 1 FROM holding WHERE holding.customer_id = customer.id)"
_HOLDS: Final = (
    "EXISTS (SELECT 1 FROM holding h JOIN account a ON a.id = h.account_id JOIN product p ON p.id = a.product_id"
    " WHERE h.customer_id = customer.id AND a.closed_on IS NULL AND h.role = 'owner' AND p.family IN ({}))"
)
_YES_NO: Final = {"restricted": "restricted", "prospect": PROSPECT, "has_task": HAS_TASK}
_PLAIN: Final = {"kind": "kind", "relation_wanted": "relation_wanted", "country": "country", "source": "source"}
_DAYS: Final = {"joined": "joined_on", "born": "birth_date"}


@dataclass(frozen=True)
class OwnField:
    """A field that the bank added, as far as a filter and a column need it; `tag` is its privacy tag."""

    code: str
    title: str
    kind: str
    choices: tuple[str, ...]
    tag: str


@dataclass
class Where:
    """Conditions joined by AND, with their parameters."""

    conditions: list[str] = field(default_factory=list)
    parameters: dict[str, Any] = field(default_factory=dict)

    def add(self, condition: str, **parameters: Any) -> None:
        self.conditions.append(condition)
        self.parameters.update(parameters)

    def name(self, value: Any) -> str:
        """A fresh parameter for `value`."""
        name = f"p{len(self.parameters)}"
        self.parameters[name] = value
        return f":{name}"

    def names(self, values: Sequence[Any]) -> str:
        return ", ".join(self.name(v) for v in values)

    def sql(self) -> str:
        return f" WHERE {' AND '.join(self.conditions)}" if self.conditions else ""


def own_fields(raw: Any) -> dict[str, OwnField]:
    """The bank's own fields that are not retired, by code, in the order the bank gave them."""
    rows = raw.execute(
        "SELECT code, title, kind, choices, tag FROM custom_field WHERE retired_on IS NULL ORDER BY position, title"
    )
    return {code: OwnField(code, title, kind, tuple(json.loads(choices or "[]") or ()), tag)
            for code, title, kind, choices, tag in rows}  # fmt: skip


def add_chips(raw: Any, where: Where, chips: Sequence[Chip], at: datetime, sight: Sight = EVERYTHING) -> None:
    """Every chip as a condition; BadInput where one asks for a field of the bank's own that there is not.

    A field finds only those of whom this person may know it: no answer is not the answer "no".
    """
    own = own_fields(raw) if any(is_own(chip.field) for chip in chips) else {}
    for chip in chips:
        if is_own(chip.field):
            _own(raw, where, chip, own)
            reach = sight.tags.get(own[chip.field[len(OWN) :]].tag, "")
        else:
            reach = sight.of.get(chip.field, "")
            if reach and chip.field == "product":  # asked of few: the list of all holders would be made for them
                where.add(f"{'NOT ' if chip.op == 'is_not' else ''}{_HOLDS.format(where.names(chip.values))}")
            else:
                _chip(where, chip, at, LAST_MONTH if sight.months else LAST_ACTIVE)
        if reach:
            where.add(reach)


def check(raw: Any, chips: Sequence[Chip]) -> None:
    """BadInput where a chip asks for a field of the bank's own that there is not, or not so."""
    own = own_fields(raw) if any(is_own(chip.field) for chip in chips) else {}
    for chip in chips:
        if is_own(chip.field):
            _known(chip, own)


def allow_segments(raw: Any, where: Where, at: datetime) -> str:
    """SQL of the ids whose segment may be shown at `at`, for the place held by SHOWN."""
    allowed, parameters = segments.shown(raw, at)
    where.parameters.update(parameters)
    return allowed


def ids_of(raw: Any, chips: Sequence[Chip], at: datetime) -> set[int]:
    """Everybody whom the filter takes, in no order."""
    where = Where()
    add_chips(raw, where, chips, at)
    allowed = allow_segments(raw, where, at) if any(chip.field == "segment" for chip in chips) else ""
    rows = raw.execute(f"SELECT id FROM customer{where.sql()}".replace(SHOWN, allowed), where.parameters)
    return {key for (key,) in rows}


def _chip(where: Where, chip: Chip, at: datetime, active: str) -> None:
    no = "NOT " if chip.op == "is_not" else ""
    if chip.field in _DAYS:
        where.add(f"{_DAYS[chip.field]} {_sign(chip)} {where.name(chip.values[0])}")
    elif chip.field == "active":
        where.add(f"{active} {_sign(chip)} {where.name(int(ledger.moment(chip.values[0]).timestamp()))}")
    elif chip.field in _YES_NO:
        where.add(f"coalesce({_YES_NO[chip.field]}, 0) IN ({_answers(chip)})")
    elif chip.field == "city":
        where.add(f"({' OR '.join(f'instr(city_folded, {where.name(fold(v))})' for v in chip.values)})")
    elif chip.field == "marketing":
        reached = " UNION ".join(f"SELECT * FROM ({_permitted(where, c, at)})" for c in chip.values)
        where.add(f"{no}id IN ({reached})")
    elif chip.field in _PLAIN:
        where.add(f"{no}{_among(where, _PLAIN[chip.field], chip.values)}")
    elif chip.field == "manager":
        staff = f"SELECT id FROM staff WHERE login IN ({where.names(chip.values)})"
        nobody = " OR manager_id IS NULL" if "" in chip.values else ""
        where.add(f"{no}(coalesce(manager_id IN ({staff}), 0){nobody})")
    else:
        where.add(no + _linked(chip.field, where.names(chip.values)))


def _linked(field_name: str, values: str) -> str:
    """Conditions that look into another table."""
    return {
        "branch": f"branch_id IN (SELECT id FROM branch WHERE code IN ({values}))",
        "segment": "id IN (SELECT m.customer_id FROM segment_membership m JOIN segment s ON s.id = m.segment_id"
                   f" WHERE m.run_id = (SELECT max(run_id) FROM segment) AND s.code IN ({values})"
                   f" AND m.customer_id IN ({SHOWN}))",
        "product": "id IN (SELECT h.customer_id FROM holding h JOIN account a ON a.id = h.account_id"
                   " JOIN product p ON p.id = a.product_id"
                   f" WHERE a.closed_on IS NULL AND h.role = 'owner' AND p.family IN ({values}))",
    }[field_name]  # fmt: skip


def _own(raw: Any, where: Where, chip: Chip, own: dict[str, OwnField]) -> None:
    """A field of the bank's own: its value lies in the customer's `custom`, typed as its kind says."""
    info = _known(chip, own)
    value = f"""json_extract(custom, '$."{info.code}"')"""
    if info.kind == "choice":
        where.add(f"{'NOT ' if chip.op == 'is_not' else ''}{_among(where, value, chip.values)}")
    elif info.kind == "yes_no":
        where.add(f"{value} IN ({_answers(chip)})")
    elif info.kind == "text":
        raw.create_function("folded", 1, fold, deterministic=True)
        looks = [f"instr(folded({value}), {where.name(fold(v))})" for v in chip.values]
        where.add(f"(custom IS NOT NULL AND ({' OR '.join(looks)}))")
    elif info.kind == "date":
        where.add(f"{value} {_sign(chip)} {where.name(date.fromisoformat(chip.values[0]).isoformat())}")
    else:
        where.add(f"{value} {_sign(chip)} {where.name(float(chip.values[0]))}")


def _known(chip: Chip, own: dict[str, OwnField]) -> OwnField:
    code = chip.field[len(OWN) :]
    if code not in own:
        raise BadInput(f"The bank has no field '{code}' (any more); take this filter away, or choose another field.")
    chip.check_kind(OWN_KINDS[own[code].kind], own[code].title)
    return own[code]


def _among(where: Where, column: str, values: Sequence[str]) -> str:
    """One of the values, where "" stands for nothing written; never NULL, so that NOT is its opposite."""
    return f"coalesce({column}, '') IN ({where.names(values)})"


def _answers(chip: Chip) -> str:
    return ", ".join(str(int(value == "yes")) for value in chip.values)


def _sign(chip: Chip) -> str:
    return ">=" if chip.op == "from" else "<"


def _permitted(where: Where, channel: str, at: datetime) -> str:
    sql, parameters = ledger.permitted("marketing", channel, at)
    # The channel differs from chip value to chip value; time and purpose are the same in all.
    named = where.name(channel)
    where.parameters.update({k: v for k, v in parameters.items() if k != "channel"})
    return sql.replace(":channel", named)
