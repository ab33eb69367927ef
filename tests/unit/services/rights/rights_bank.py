"""A bank with users: one person for each role and a few colleagues, two branches, and customers full of markers.

Every text of a customer carries a word that stands nowhere else, so that whatever a call returns can be searched for
what its caller may not see.
"""

import json
import shutil
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from crmdesk.analytics.embedded import EmbeddedEngine
from crmdesk.domain.rights import Actor, Role
from crmdesk.jobs.runner import InlineRunner
from crmdesk.services import mining, offers, permission_correct
from crmdesk.services.offer_list import OfferList
from crmdesk.store import Store, chain
from crmdesk.store.bank import create_bank
from crmdesk.store.keyfile import Cost
from crmdesk.store.secret import hashed
from tests.small_bank import ACTOR, UNTIL, add, event, interaction, person
from tests.unit.services.mining_bank import SmallApp
from tests.unit.services.rights.rights_plugins import ANALYSES, Plugins

HERE, THERE = 1, 2  # the branches
# Who works where. The first of each role is the one whom the matrix asks.
STAFF: Final = (
    (1, "tina", Role.TELLER, HERE), (2, "rita", Role.RELATIONSHIP_MANAGER, HERE), (3, "anna", Role.ANALYST, HERE),
    (4, "mark", Role.MARKETING, HERE), (5, "dora", Role.DPO, HERE), (6, "adam", Role.ADMIN, HERE),
    (7, "aude", Role.AUDITOR, HERE), (8, "ruth", Role.RELATIONSHIP_MANAGER, HERE),
    (9, "rolf", Role.RELATIONSHIP_MANAGER, THERE), (10, "tom", Role.TELLER, THERE),
)  # fmt: skip
PASSWORD: Final = "all of them know these words"
CHEAP: Final = Cost(memory_kib=8, passes=1, lanes=1)  # to try a password, here
KEY_OF: Final = {login: key for key, login, _, _ in STAFF}
LOGIN_OF: Final = {role: next(login for _, login, r, _ in STAFF if r == role) for role in Role}
# Place of a customer as a person of branch 1 sees it: rita's, a colleague's in the branch, another branch's.
PLACES: Final = ("own", "branch", "other")
MANAGED: Final = {"own": ("rita", HERE), "branch": ("ruth", HERE), "other": ("rolf", THERE)}
PEOPLE: Final = 15
REASON: Final = "a complaint came in"


def place_of(customer: int) -> str:
    return PLACES[(customer - 1) % 3]


def mark(kind: str, customer: int) -> str:
    """The word that stands for one text of one customer, found nowhere else."""
    if kind == "phone":
        return f"532710{customer:03d}7"
    if kind == "birth":
        return f"19{50 + customer:02d}-03-{10 + customer:02d}"
    if kind == "number":
        return f"C-94{customer:02d}31"
    return f"{kind.replace('_', '')}qz{customer:02d}zq"


def balance(customer: int) -> int:
    """The newest balance of a customer, in minor units: a number that stands nowhere else."""
    return 7_300_013 + 1_000 * customer


@dataclass
class Facts:
    """What recipes need to name: keys by kind and place, runs, an offer list without names."""

    keys: dict[str, dict[str, int]]
    segments_run: str
    offers_run: str
    offers: OfferList


def build(path: Path) -> Facts:
    """The bank at `path` with all its rows, in multi-user mode, closed again."""
    store = create_bank(path, invented_until=UNTIL)
    app = SmallApp(store, EmbeddedEngine(store), Plugins(dict(ANALYSES)), InlineRunner())
    try:
        with store.write() as session:
            _people(session)
            _customers(session)
            keys = _around(session)
            _work(session, keys)
            _history(session)
            chain.append(session, store.audit_key, "permission_event", _permissions())
        _evidence(store)
        segments_run = mining.run(app, ACTOR, "demo.split", {}).uuid
        offers_run = mining.run(app, ACTOR, "demo.next", {}).uuid
        listed = offers.candidates(app, ACTOR, offers_run, channel="email")
        offers.keep(app, ACTOR, listed)
        _waiting(app, keys)
        with store.write() as session:
            _keys_of_actions(session, keys)
            session.connection().exec_driver_sql("UPDATE bank_state SET mode = 'multi'")
        blank = replace(listed, rows=tuple(replace(row, number=None, name=None) for row in listed.rows))
        return Facts(keys, segments_run, offers_run, blank)
    finally:
        store.close()


def _people(session: Any) -> None:
    add(session, "branch", [{"id": THERE, "code": "B2", "name": "Harbour"}])
    known = hashed(PASSWORD, CHEAP)
    add(session, "staff", [{"id": key, "login": login, "name": login.title(), "branch_id": branch,
                            "password_hash": known, "one_time": 0, "password_at": "2026-01-01 00:00:00.000000"}
                           for key, login, _, branch in STAFF])  # fmt: skip
    add(session, "staff_role", [{"staff_id": key, "role": role.value, "from_at": "2026-01-01 00:00:00.000000"}
                                for key, _, role, _ in STAFF])  # fmt: skip


def _customers(session: Any) -> None:
    add(session, "custom_field", [{"code": "nick", "title": "Nickname", "kind": "text", "tag": "id", "position": 0,
                                   "version": 1}])  # fmt: skip
    rows = []
    for i in range(1, PEOPLE + 1):
        manager, branch = MANAGED[place_of(i)]
        rows.append(person(
            i, mark("given", i), mark("family", i), number=mark("number", i), email=f"{mark('email', i)}@mail.example",
            phone=f"+90 {mark('phone', i)}", street=f"{mark('street', i)} 3", city=mark("city", i), branch_id=branch,
            manager_id=KEY_OF[manager], birth_date=mark("birth", i), gender="female",
            custom=json.dumps({"nick": mark("own_field", i)}),
        ))  # fmt: skip
    add(session, "customer", rows)
    everyone = range(1, PEOPLE + 1)
    add(session, "product", [
        {"id": 1, "code": "CUR", "name": "Current account", "family": "current", "annual_margin": 1000, "version": 1},
        {"id": 2, "code": "INS", "name": "Insurance", "family": "insurance", "annual_margin": 9000, "version": 1},
    ])  # fmt: skip
    add(session, "account", [{"id": i, "number": mark("account", i), "product_id": 1, "currency": "EUR",
                              "opened_on": "2020-01-01", "version": 1} for i in everyone])  # fmt: skip
    add(session, "holding", [{"account_id": i, "customer_id": i, "role": "owner"} for i in everyone])
    add(session, "balance_month", [{"account_id": i, "month": "2026-09", "average": balance(i)} for i in everyone])


def _around(session: Any) -> dict[str, dict[str, int]]:
    """Interactions, feedback, documents, a household, relations, life events, interests; keys by kind and place."""
    everyone = range(1, PEOPLE + 1)
    add(session, "interaction", [
        {**interaction(i, "2026-10-28T10:00", 18), "id": i, "detail": json.dumps({"note": mark("note", i)})}
        for i in everyone
    ])  # fmt: skip
    add(session, "interaction", [interaction(i, "2026-09-28T10:00", 1, -5000) for i in everyone])
    add(session, "feedback", [{"customer_id": i, "at": "2026-10-01 10:00:00.000000", "instrument": "nps", "score": 9,
                               "text": mark("feedback", i)} for i in everyone])  # fmt: skip
    add(session, "document", [
        {"id": i, "customer_id": i, "name": f"{mark('document', i)}.txt", "kind": "other", "media_type": "text/plain",
         "content": b"hello", "size": 5, "added_at": "2026-10-01 10:00:00.000000", "added_by": "rita",
         "sha256": "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"} for i in everyone
    ])  # fmt: skip
    add(session, "household", [{"id": i, "name": mark("household", i), "version": 1} for i in everyone])
    add(session, "household_member", [{"household_id": i, "customer_id": i, "role": "head", "from_on": "2020-01-01",
                                       "version": 1} for i in everyone])  # fmt: skip
    add(session, "relation", [{"id": i, "from_id": i, "to_id": i + 3, "kind": "referrer", "version": 1}
                              for i in everyone if i + 3 <= PEOPLE])  # fmt: skip
    add(session, "life_event", [{"id": i, "customer_id": i, "kind": "marriage", '"on"': "2020-05-05", "source": "told",
                                 "note": mark("event", i), "version": 1} for i in everyone])  # fmt: skip
    add(session, "interest", [{"id": i, "customer_id": i, "family": "mortgage", "source": "told", "version": 1,
                               "at": "2026-01-01 00:00:00.000000"} for i in everyone])  # fmt: skip
    add(session, "privacy_request", [
        {"id": i, "customer_id": i, "kind": "access", "received_on": "2026-10-20", "due_on": "2026-11-20",
         "note": mark("request", i), "made_by": "dora", "made_at": "2026-10-20 09:00:00.000000", "state": "open",
         "version": 1} for i in everyone
    ])  # fmt: skip
    kinds = ("request", "customer", "interaction", "document", "relation", "life_event", "interest", "household")
    return {kind: {place: at for at, place in enumerate(PLACES, 1)} for kind in kinds}


def _work(session: Any, keys: dict[str, dict[str, int]]) -> None:
    """For each person whom the matrix asks and the two colleagues: a task and an opportunity with each customer."""
    owners = [*LOGIN_OF.values(), "ruth", "rolf"]
    moment = "2026-10-20 09:00:00.000000"
    for o, login in enumerate(owners):
        for at, place in enumerate(PLACES, 1):
            key = 10 * o + at
            common = {"id": key, "customer_id": at, "owner_id": KEY_OF[login], "made_at": moment, "version": 1}
            add(session, "task", [{**common, "title": f"taskqz{login}{place}", "due_at": moment, "state": "open",
                                   "origin": "manual", "made_by": login, "remind_at": moment}])  # fmt: skip
            add(session, "opportunity", [{**common, "title": f"dealqz{login}{place}", "stage": "identified",
                                          "moved_at": moment}])  # fmt: skip
            keys.setdefault(f"work:{login}", {})[place] = key
    add(session, "saved_search", [
        {"id": key, "name": f"List {login}", "owner": login, "shared": 0, "made_at": moment, "version": 1,
         "query": json.dumps({"text": "", "filters": [], "sort": "number", "descending": False, "columns": []})}
        for key, login, _, _ in STAFF
    ])  # fmt: skip


def _history(session: Any) -> None:
    """Each customer moved once, told by another system."""
    moment = "2026-10-01 10:00:00.000000"
    add(session, "deed", [{"id": i, "at": moment, "actor": "sync", "act": "edit customer", "title": "Edit"}
                          for i in range(1, PEOPLE + 1)])  # fmt: skip
    add(session, "field_change", [
        {"deed_id": i, "table_name": "customer", "row_id": i, "customer_id": i, "field": "city",
         "before": json.dumps(mark("before", i)), "after": json.dumps(mark("city", i)), "version": 1}
        for i in range(1, PEOPLE + 1)
    ])  # fmt: skip


def _permissions() -> list[dict[str, Any]]:
    everyone = range(1, PEOPLE + 1)
    granted = [event(i, "marketing", "email", "granted", "2026-02-03") for i in everyone]
    return [*granted, *(event(i, "survey", "email", "refused", "2026-03-03") for i in everyone)]


def _evidence(store: Store) -> None:
    """Words that prove each grant, kept beside the ledger as a recording keeps them."""
    from crmdesk.services.notices import add as add_notice

    add_notice(SmallApp(store, EmbeddedEngine(store)), ACTOR, "marketing-1", "May we send offers?")
    with store.write() as session:
        raw = session.connection().connection.driver_connection
        rows = raw.execute("SELECT event_id, customer_id FROM permission_event WHERE status = 'granted'").fetchall()
        add(session, "permission_evidence", [{"event_id": e, "text": mark("evidence", c)} for e, c in rows])


def _waiting(app: SmallApp, keys: dict[str, dict[str, int]]) -> None:
    """For each place the grant and the refusal; a teller asked that the refusal be taken out, which waits."""
    teller = Actor("tina", frozenset({Role.TELLER}))
    with app.store.reader() as raw:
        rows = raw.execute("SELECT customer_id, status, seq FROM permission_event ORDER BY seq").fetchall()
    found = {(customer, status): seq for customer, status, seq in rows}
    for at, place in enumerate(PLACES, 1):
        keys.setdefault("grant", {})[place] = found[at, "granted"]
        keys.setdefault("refusal", {})[place] = found[at + 3, "refused"]
        permission_correct.correct(app, teller, mark("number", at), found[at, "refused"], "typed by mistake")
        keys.setdefault("waiting", {})[place] = permission_correct.pending(app, ACTOR, mark("number", at))[0].seq


def _keys_of_actions(session: Any, keys: dict[str, dict[str, int]]) -> None:
    raw = session.connection().connection.driver_connection
    of = dict(raw.execute("SELECT customer_id, id FROM recommended_action").fetchall())
    keys["action"] = {place: of[at] for at, place in enumerate(PLACES, 1)}


@dataclass
class Desk:
    """The bank of the matrix, open; `again()` brings the file back to what it was before something was written."""

    pristine: Path
    path: Path
    facts: Facts
    app: SmallApp = field(init=False)

    def __post_init__(self) -> None:
        self.open()

    def open(self) -> None:
        shutil.copyfile(self.pristine, self.path)
        shutil.copyfile(f"{self.pristine}.keys", f"{self.path}.keys")
        store = Store(self.path)
        self.app = SmallApp(store, EmbeddedEngine(store), Plugins(dict(ANALYSES)), InlineRunner())
        for _, login, _, _ in STAFF:
            store.sessions[f"token of {login}"] = login
        self.change_no = store.change_no()

    def again(self) -> None:
        if self.app.store.change_no() == self.change_no:
            return
        self.app.store.close()
        for end in ("-wal", "-shm"):
            self.path.with_name(self.path.name + end).unlink(missing_ok=True)
        self.open()

    def list_of(self, login: str) -> int:
        """The saved list of this person."""
        return KEY_OF[login]

    def actor(self, login: str) -> Actor:
        """Signed in, with the roles that the bank gives."""
        roles: Iterable[Role] = (role for _, name, role, _ in STAFF if name == login)
        return Actor(login, frozenset(roles), session=f"token of {login}")
