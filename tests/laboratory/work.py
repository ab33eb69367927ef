"""What the laboratory's writers save, and what a reopened bank must then hold of it: each piece whole or absent.

A unit is a customer, three interactions, a permission event and an audit row in one unit of work of the store. A deed
is one call of a service, as the desk makes it. Both are told by an id ("u1-7": unit 7 of writer 1) once they are saved.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from small_bank import ACTOR, SmallApp, add, event, interaction, person
from sqlalchemy.orm import Session
from sqlcipher3 import dbapi2

from crmdesk.domain.recording import Recording
from crmdesk.services import customer_edit, interactions, permission_record
from crmdesk.store import Store, audit, chain, keyfile, schema
from crmdesk.store.connection import connect
from crmdesk.store.keyfile import Keys
from crmdesk.store.opening import open_bank
from crmdesk.store.queries.offers import raw_of

Say = Callable[[str], None]
KINDS = ("unit", "deed")
CODE = re.compile(r"^L(\d+)-(\d+)$")
EACH = 3  # interactions of one customer


def unit(store: Store, writer: int, number: int) -> str:
    """Save one unit; returns its id."""
    with store.write() as session:
        raw = raw_of(session)
        (key,) = raw.execute("SELECT coalesce(max(id), 0) + 1 FROM customer").fetchone()
        who = person(key, f"Given{number}", f"Family{writer}", number=f"L{writer}-{number}", email="t@b.example")
        add(session, "customer", [who])
        days = [f"2026-10-0{day}T10:00" for day in range(1, EACH + 1)]
        add(session, "interaction", [interaction(key, day, 1, -100 * number) for day in days])
        answer = event(key, "marketing", "email", "withdrawn", "2026-10-05")
        chain.append(session, store.audit_key, "permission_event", [answer])
        audit.record(store, session, ACTOR, "laboratory unit", who["number"], customer_id=key)
    return f"u{writer}-{number}"


def units(store: Store, writer: int, first: int, say: Say) -> Iterator[None]:
    """Units without end, each said once it is saved."""
    number = first
    while True:
        say(unit(store, writer, number))
        number += 1
        yield


def deeds(store: Store, writer: int, first: int, say: Say) -> Iterator[None]:
    """The same by the services, without end; each call is said once it came back."""
    app: Any = SmallApp(store)
    code = next(c.code for c in interactions.choices(app, ACTOR) if c.sign == "-")
    number = first
    while True:
        name = f"L{writer}-{number}"
        values = {"number": name, "kind": "person", "given_name": "Given", "family_name": f"Family{number}",
                  "country": "SE", "branch": "HO"}  # fmt: skip
        customer_edit.create(app, ACTOR, values)
        say(f"c{writer}-{number}")
        yield
        for k in range(EACH):
            interactions.record(app, ACTOR, name, code, note=f"visit {k}")
            say(f"i{writer}-{number}-{k}")
            yield
        permission_record.record(app, ACTOR, name, Recording("marketing", (), "withdrawn"))
        say(f"p{writer}-{number}")
        yield
        number += 1


ENDLESS: dict[str, Callable[[Store, int, int, Say], Iterator[None]]] = {"unit": units, "deed": deeds}


@dataclass
class Found:
    """What a reopened bank holds: the ids of whole pieces, the torn ones in words, and what is wrong with the file."""

    whole: set[str] = field(default_factory=set)
    torn: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    change_no: int = 0

    def lost(self, said: set[str]) -> set[str]:
        return said - self.whole


def look(path: Path, keys: Keys | None = None, *, full: bool = False) -> Found:
    """Open the bank as a person would and look everything over; `full`: integrity_check in place of quick_check."""
    store = open_bank(path, keys)
    try:
        with store.reader() as raw:
            return examine(raw, store.audit_key, full=full)
    finally:
        store.close()


def look_raw(path: Path, keys: Keys | None = None) -> Found:
    """The same with nothing but the store's own connection: for twenty thousand cuts."""
    keys = keys or keyfile.load(path)
    raw = connect(path, key=keys.data)
    try:
        return examine(raw, keys.audit, full=True)
    finally:
        raw.close()


def examine(raw: Any, key: bytes, *, full: bool) -> Found:
    """Pages, foreign keys, both chains, safeguards, and every piece of work by its parts."""
    found = Found()
    check = "integrity_check" if full else "quick_check"
    found.broken += [f"{check}: {text}" for (text,) in raw.execute(f"PRAGMA {check}") if text != "ok"]
    found.broken += [f"foreign key of {row[0]}" for row in raw.execute("PRAGMA foreign_key_check")]
    for table in ("audit_event", "permission_event"):
        found.broken += [f"{table} {seq}: {why}" for seq, why in chain.breaks(raw, key, table)]
    there = {name for (name,) in raw.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")}
    found.broken += [f"the safeguard {name} is missing" for name in schema.triggers() if name not in there]
    (found.change_no,) = raw.execute("SELECT change_no FROM bank_state").fetchone()
    _pieces(raw, found)
    return found


def _pieces(raw: Any, found: Found) -> None:
    customers = raw.execute("SELECT id, number FROM customer").fetchall()
    notes: dict[int, list[str]] = {}
    for customer, detail in raw.execute("SELECT customer_id, detail FROM interaction"):
        notes.setdefault(customer, []).append(json.loads(detail)["note"] if detail else "")
    answers = Counter(c for (c,) in raw.execute("SELECT customer_id FROM permission_event"))
    acts = Counter((c, act) for c, act in raw.execute("SELECT customer_id, act FROM audit_event"))
    for strange in (set(notes) | set(answers)) - {key for key, _ in customers}:
        found.torn.append(f"rows of customer {strange}, who is not there")
    for key, number in customers:
        match = CODE.match(number)
        if match is None:
            continue
        writer, count = match.groups()
        kept, said = notes.get(key, []), answers[key]
        if acts[key, "laboratory unit"]:
            if (len(kept), said, acts[key, "laboratory unit"]) == (EACH, 1, 1):
                found.whole.add(f"u{writer}-{count}")
            else:
                found.torn.append(f"unit {number}: {len(kept)} interactions, {said} events")
            continue
        audited = (acts[key, "new customer"], acts[key, "record interaction"], acts[key, "record permission"])
        if audited != (1, len(kept), said):
            found.torn.append(f"{number}: 1 customer, {len(kept)} interactions, {said} events, audited {audited}")
        found.whole.add(f"c{writer}-{count}")
        found.whole |= {f"i{writer}-{count}-{note.rpartition(' ')[2]}" for note in kept}
        if said:
            found.whole.add(f"p{writer}-{count}")


def dump(raw: Any) -> str:
    """Every row of every table as one text: two banks with the same text hold the same."""
    lines = []
    tables = [t for (t,) in raw.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]
    for table in tables:
        if not table.startswith(("customer_search_", "sqlite_")) and table != "customer_search":
            lines += [f"{table}{row!r}" for row in raw.execute(f"SELECT * FROM {table} ORDER BY 1, 2")]
    return "\n".join(lines)


def fill(session: Session, interactions_: int) -> None:
    """So many interactions of a hundredth as many customers, in the caller's unit of work."""
    people = max(1, interactions_ // 100)
    add(session, "customer", [person(key, f"Given{key}", f"Family{key}") for key in range(1, people + 1)])
    first = interaction(1, "2026-01-01T10:00", 1, -100)
    for start in range(0, interactions_, 50_000):
        numbers = range(start, min(start + 50_000, interactions_))
        rows = [{**first, "customer_id": n % people + 1, "occurred_s": first["occurred_s"] + 60 * n} for n in numbers]
        add(session, "interaction", rows)


@contextmanager
def spoiled(bank: Path) -> Iterator[Any]:
    """A connection that keeps none of the store's rules, to do by hand what the laboratory must see."""
    raw = dbapi2.connect(str(bank), isolation_level=None)
    try:
        yield raw
        raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    finally:
        raw.close()
