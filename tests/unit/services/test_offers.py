"""Offers: every gate stops the one it is for, the list is lawful at each step, and a person decides."""

import csv
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sqlalchemy.exc import IntegrityError

from crmdesk.analytics.embedded import EmbeddedEngine
from crmdesk.contributions import Analysis, Events, Field, Params
from crmdesk.domain.errors import AnalysisError, BadInput, CrmdeskError, Refused
from crmdesk.domain.offer import GATES
from crmdesk.domain.rights import Actor, Role
from crmdesk.results import Model, Result, Rules, Table
from crmdesk.services import mining, offers
from crmdesk.store.bank import create_bank
from crmdesk.store.queries import offers as queries
from tests.small_bank import ACTOR, UNTIL, add, event, person
from tests.unit.services.mining_bank import FewPlugins, SmallApp, refuses_profiling, say

MARKETING = Actor("mia", frozenset({Role.MARKETING}))
ANALYST = Actor("ana", frozenset({Role.ANALYST}))
MANAGER = Actor("ron", frozenset({Role.RELATIONSHIP_MANAGER}))
TELLER = Actor("tim", frozenset({Role.TELLER}))
PEOPLE = 16
CHANCES = {"INS": 0.02, "INV": 0.05, "FREE": 0.9}
MARGINS = {"CUR": 1_000, "INS": 12_000, "INV": 3_000, "FREE": 0}


class Offering(Params):
    bad: str = Field("", title="Fault", description="What is wrong with the offers.")


class Later(Params):
    worse: str = Field("", title="Fault", description="The same by another name.")


def learn(frame: pd.DataFrame, params: Offering, progress: Any) -> Rules:
    progress.step(0.5, "learning")
    return Rules("One rule.", model=Model("json", json.dumps(CHANCES).encode()))


def forget(frame: pd.DataFrame, params: Offering, progress: Any) -> Rules:
    return Rules("Too few purchases.")


def offer(model: Model, frame: pd.DataFrame, params: Offering, progress: Any) -> Result:
    """Every product of the model to everybody in the frame; the even pseudonyms are a little likelier."""
    progress.step(0.5, "offering")
    chances = json.loads(model.data)
    rows = [
        (int(customer), code, p + 0.001 * (customer % 2 == 0), max(p - 0.01, 0), min(p + 0.01, 1), rule, "=has CUR")
        for customer in sorted(set(frame.index))
        for rule, (code, p) in enumerate(sorted(chances.items()), start=1)
    ]
    table = pd.DataFrame(rows, columns=["customer", "product", "p", "low", "high", "rule", "why"])
    faults = {"p": table.assign(p=2.0), "strange": table.assign(customer=999), "twice": pd.concat([table, table]),
              "number": table.assign(product=7),
              "missing": table.assign(rule=pd.array([None] * len(table), "Int64")),
              "nobody": table.assign(customer=pd.array([None] * len(table), "Int64"))}  # fmt: skip
    if params.bad == "bare":
        return Table("Offered.", tables={"offers": table.drop(columns="why")})
    return Rules("Offered.", tables={"offers": faults.get(params.bad, table)})


HELD = Events("demo.held", "Held", over="holdings", columns=("opened_s", "closed_s", "product"))
NEXT = Analysis("demo.next", "Next", "Offers.", ("demo.held",), Offering, learn, Rules, offer=offer)
MUTE = replace(NEXT, id="demo.mute", offer=None)


def grant(customer: int, channel: str = "email") -> dict[str, Any]:
    return event(customer, "marketing", channel, "granted", "2026-01-01")


def build(path: Path) -> SmallApp:
    """16 customers who all hold a current account and all said yes to e-mail, at first: then the gates begin."""
    store = create_bank(path, invented_until=UNTIL)
    with store.write() as session:
        add(session, "customer", [person(i, "Ada", f"Lind{i}", birth_date="1980-01-01") for i in range(1, PEOPLE + 1)])
        add(session, "product", [
            {"id": i, "code": code, "name": f"The {code}", "family": "other", "annual_margin": margin, "version": 1}
            for i, (code, margin) in enumerate(MARGINS.items(), start=1)
        ])  # fmt: skip
        account(session, range(1, PEOPLE + 1), 1)
    app = SmallApp(store, EmbeddedEngine(store), FewPlugins({a.id: a for a in (NEXT, MUTE)}, {HELD.id: HELD}))
    say(app, *(grant(i) for i in range(1, PEOPLE + 1)))
    return app


def account(session: Any, owners: Any, product: int, opened: str = "2020-01-01", closed: str | None = None) -> None:
    keys = [100 * product + owner for owner in owners]
    add(session, "account", [{"id": key, "number": str(key), "product_id": product, "currency": "EUR",
                              "opened_on": opened, "closed_on": closed, "version": 1} for key in keys])  # fmt: skip
    add(session, "holding", [{"account_id": key, "customer_id": key % 100, "role": "owner"} for key in keys])


def change(app: SmallApp, sql: str, *values: Any) -> None:
    with app.store.write() as session:
        session.connection().exec_driver_sql(sql, values)


def contact(app: SmallApp, customer: int, *days_ago: int, response: str | None = None) -> None:
    """Campaign contacts so many days before the bank's clock."""
    clock = app.store.clock()
    with app.store.write() as session:
        if not session.connection().exec_driver_sql("SELECT count(*) FROM campaign").scalar():
            add(session, "campaign", [{"id": 1, "code": "K", "name": "K", "starts_on": "2025-01-01", "channels": "",
                                       "purpose": "marketing", "state": "closed", "version": 1}])  # fmt: skip
        add(session, "contact", [
            {"campaign_id": 1, "customer_id": customer, "arm": "treated", "channel": "email", "response": response,
             "contacted_at": f"{clock - timedelta(days=days):%Y-%m-%d %H:%M:%S}.000000", "version": 1}
            for days in days_ago
        ])  # fmt: skip


def refuse(customer: int, status: str, on: str, channel: str | None = "email") -> dict[str, Any]:
    return event(customer, "marketing", channel, status, on)


@pytest.fixture
def app(tmp_path: Path) -> Iterator[SmallApp]:
    app = build(tmp_path / "b.crmdesk")
    yield app
    app.store.close()


@pytest.fixture
def run(app: SmallApp) -> str:
    return mining.run(app, ACTOR, "demo.next", {}).uuid


def ids(found: offers.OfferList) -> list[int]:
    return [row.customer for row in found.rows]


def ask(app: SmallApp, run: str, actor: Actor = ACTOR, **more: Any) -> offers.OfferList:
    return offers.candidates(app, actor, run, **{"channel": "email", **more})


def audited(app: SmallApp, act: str) -> list[tuple[Any, ...]]:
    with app.store.reader() as raw:
        query = "SELECT object, purpose, run_uuid, fields, reason FROM audit_event WHERE act = ? ORDER BY seq"
        return [tuple(row) for row in raw.execute(query, (act,))]


# What is on the list.


def test_one_best_offer_each_by_chance_times_margin(app: SmallApp, run: str) -> None:
    found = ask(app, run)
    assert found.considered == found.eligible == len(found.rows) == PEOPLE
    assert (found.rejected, found.excluded, found.purpose, found.currency) == ({}, {}, "targeting", "EUR")
    first, last = found.rows[0], found.rows[-1]
    # INS: .021 x 12,000 = 252 for even pseudonyms, .02 x 12,000 = 240 for odd ones; INV: at most 153; FREE: nothing.
    assert (first.product, first.product_name, first.value, first.margin) == ("INS", "The INS", 252, 12_000)
    assert (first.low, first.p, first.high, first.rule) == (0.01, 0.021, 0.03, 2)
    assert (last.value, {row.product for row in found.rows}) == (240, {"INS"})
    assert ids(found) == [*range(2, PEOPLE + 1, 2), *range(1, PEOPLE + 1, 2)]  # ties go by pseudonym
    assert [row.rank for row in found.rows] == list(range(1, PEOPLE + 1))
    assert first.rejected == {"FREE": "no_value"}
    assert (first.number, first.name) == ("C-000002", "Ada Lind2")
    assert audited(app, "list offers") == [("demo.next", "targeting", run, "email", "16 of 16 customers listed")]


def test_a_product_a_rule_and_a_capacity_narrow_the_list(app: SmallApp, run: str) -> None:
    assert {row.product for row in ask(app, run, product="INV").rows} == {"INV"}
    assert {row.product for row in ask(app, run, rule=3).rows} == {"INV"}
    assert ask(app, run, rule=9).considered == 0
    few = ask(app, run, top=3)
    assert (ids(few), few.rejected, few.considered) == ([2, 4, 6], {"capacity": 13}, 16)
    nothing = ask(app, run, product="FREE")
    assert (nothing.rows, nothing.rejected) == ((), {"no_value": 16})
    assert nothing.funnel() == (("have an offer by the rules", 16), (GATES["no_value"], -16), ("on the list", 0))


def test_whoever_will_hardly_take_it_is_not_asked(app: SmallApp, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(CHANCES, "INS", 0.0004)  # of the even pseudonyms 0.0014
    run = mining.run(app, ACTOR, "demo.next", {}).uuid
    found = ask(app, run, product="INS")
    assert (ids(found), found.rejected) == ([*range(2, PEOPLE + 1, 2)], {"no_chance": 8})
    assert (GATES["no_chance"], -8) in found.funnel()
    assert all(row.product == "INV" for row in ask(app, run).rows if row.customer % 2)
    hopeless = replace(found, rows=tuple(replace(row, p=0.0009) for row in found.rows))
    assert not offers.keep(app, ACTOR, hopeless).touched["recommended_action"]


def test_unknown_margins_come_last_by_chance(app: SmallApp, run: str) -> None:
    change(app, "UPDATE product SET annual_margin = NULL WHERE code IN ('INV', 'FREE')")
    with app.store.write() as session:
        account(session, [4], 2)
    found = ask(app, run)
    assert (ids(found)[-1], found.rows[-1].product, found.rows[-1].value) == (4, "FREE", None)
    assert found.rows[-1].rejected == {"INS": "held"}


# The gates.


def test_the_model_never_sees_whom_targeting_leaves_out(app: SmallApp, run: str) -> None:
    say(app, refuses_profiling(1), refuse(2, "objected", "2026-02-01", "sms"))
    change(app, "UPDATE customer SET restricted = 1 WHERE id = 3")
    change(app, "UPDATE customer SET birth_date = '2010-01-01' WHERE id = 4")
    change(app, "UPDATE customer SET left_on = '2026-01-01' WHERE id = 5")
    found = ask(app, run)
    assert found.excluded == {"no_permission_for_purpose": 3, "minor": 1, "left_before": 1}
    assert (found.eligible, found.considered) == (PEOPLE - 5, PEOPLE - 5)
    assert not {1, 2, 3, 4, 5} & set(ids(found))


def test_each_gate_stops_the_one_it_is_for_and_is_counted(app: SmallApp, run: str) -> None:
    with app.store.write() as session:
        account(session, [1], 2)
        account(session, [1], 3)  # holds both
        account(session, [2], 2)  # holds one: is offered the other
        account(session, [3], 2, closed="2026-05-01")  # held it once
    say(app, refuse(4, "withdrawn", "2026-05-01"))
    contact(app, 5, 3, 29)
    contact(app, 6, 3, 31)
    contact(app, 7, 40, 60, 100, 200, 300, 364)
    contact(app, 8, 40, 60, 100, 200, 300, 366)
    contact(app, 9, 29, response="declined")
    contact(app, 10, 31, response="declined")
    contact(app, 11, 29, response="interested")
    say(app, refuse(12, "refused", "2026-10-20", "phone"), refuse(13, "refused", "2026-09-20", "phone"))
    change(app, "UPDATE customer SET relation_wanted = 'none' WHERE id = 14")
    change(app, "UPDATE customer SET relation_wanted = 'brand' WHERE id = 15")
    found = ask(app, run)
    assert found.rejected == {
        "held": 1, "no_permission": 1, "contact_cap": 2, "refused_recently": 2, "relation_not_wanted": 1,
    }  # fmt: skip
    assert set(ids(found)) == {2, 3, 6, 8, 10, 11, 13, 15, 16}
    assert found.considered == len(found.rows) + sum(found.rejected.values()) == PEOPLE
    second = next(row for row in found.rows if row.customer == 2)
    assert (second.product, second.rejected) == ("INV", {"INS": "held", "FREE": "no_value"})
    assert list(found.rejected) == [gate for gate in GATES if gate in found.rejected]


def test_a_contact_counts_for_thirty_and_for_365_days_to_the_second(app: SmallApp, run: str) -> None:
    contact(app, 1, 29, 30)
    contact(app, 2, 40, 60, 100, 200, 300, 365)
    contact(app, 3, 30, response="declined")
    assert ask(app, run).rejected == {}
    change(app, "UPDATE contact SET contacted_at = datetime(contacted_at, '+1 second') || '.000000'")
    assert ask(app, run).rejected == {"contact_cap": 2, "refused_recently": 1}


@pytest.mark.parametrize(
    ("undo", "gate"),
    [
        ("UPDATE customer SET relation_wanted = 'unknown'", "relation_not_wanted"),
        ("DELETE FROM contact WHERE customer_id = 5", "contact_cap"),
        ("UPDATE contact SET response = 'interested'", "refused_recently"),
        ("UPDATE account SET closed_on = '2026-10-01' WHERE product_id = 2", "held"),
    ],
)
def test_flipping_the_fact_flips_the_outcome(app: SmallApp, run: str, undo: str, gate: str) -> None:
    change(app, "UPDATE customer SET relation_wanted = 'none' WHERE id = 1")
    contact(app, 5, 1, 2)
    contact(app, 6, 5, response="opted_out")
    with app.store.write() as session:
        account(session, [7], 2)
        account(session, [7], 3)
    before = ask(app, run).rejected
    assert before == {"held": 1, "contact_cap": 1, "refused_recently": 1, "relation_not_wanted": 1}
    change(app, undo)
    assert ask(app, run).rejected == {name: n for name, n in before.items() if name != gate}


def test_permission_is_by_channel_and_by_the_clock(app: SmallApp, run: str) -> None:
    say(app, grant(1, "phone"), event(2, "marketing", "phone", "granted", "2026-01-01", expires_on=date(2026, 10, 30)))
    assert ids(ask(app, run, channel="phone")) == [1]
    with pytest.raises(BadInput, match="'pigeon' is no channel"):
        ask(app, run, channel="pigeon")


def test_thousands_of_random_histories_give_no_offer_without_a_grant(tmp_path: Path) -> None:
    """The list agrees with the rule of the ledger, customer by customer, and nobody else is on it."""
    rng = np.random.default_rng(7)
    store = create_bank(tmp_path / "r.crmdesk", invented_until=UNTIL)
    n = 2_000
    with store.write() as session:
        add(session, "customer", [person(i, "A", f"B{i}") for i in range(1, n + 1)])
        add(session, "product", [
            {"id": 1, "code": "CUR", "name": "C", "family": "other", "annual_margin": 1, "version": 1},
            {"id": 2, "code": "INS", "name": "I", "family": "other", "annual_margin": 90, "version": 1}])  # fmt: skip
        add(session, "account", [{"id": i, "number": str(i), "product_id": 1, "currency": "EUR", "version": 1,
                                  "opened_on": "2020-01-01"} for i in range(1, n + 1)])  # fmt: skip
        add(session, "holding", [{"account_id": i, "customer_id": i, "role": "owner"} for i in range(1, n + 1)])
    app = SmallApp(store, EmbeddedEngine(store), FewPlugins({NEXT.id: NEXT}, {HELD.id: HELD}))
    events = []
    for customer in rng.integers(1, n + 1, 5 * n).tolist():
        day = date(2025, 1, 1) + timedelta(days=int(rng.integers(0, 600)))
        purpose = str(rng.choice(["marketing", "marketing", "marketing", "profiling"]))
        status = str(rng.choice(["asked", "granted", "granted", "refused", "withdrawn", "objected"]))
        channel = str(rng.choice(["email", "phone"])) if purpose == "marketing" else None
        events.append(event(customer, purpose, channel, status, day.isoformat()))
    say(app, *events)
    run = mining.run(app, ACTOR, "demo.next", {}).uuid
    found = offers.candidates(app, ACTOR, run, channel="email", product="INS")
    yes = set()
    for customer in range(1, n + 1):
        mine = [e for e in events if e["customer_id"] == customer]
        if allowed(mine):
            yes.add(customer)
    store.close()
    assert 50 < len(yes) < n and set(ids(found)) == yes


def allowed(events: list[dict[str, Any]]) -> bool:
    """The data model's rule in the plainest words, apart from the product's code."""
    rank = {"asked": 0, "granted": 1, "refused": 2, "withdrawn": 3, "objected": 4}

    def state(purpose: str, channel: str | None) -> str:
        mine = [(e["effective_at"], rank[e["status"]], place, e) for place, e in enumerate(events)
                if e["purpose"] == purpose and e["channel"] == channel and e["status"] != "asked"]  # fmt: skip
        found = "none"
        for *_, e in sorted(mine, key=lambda entry: entry[:3]):
            if found != "objected" or e["status"] == "granted":
                found = e["status"]
        return found

    open_ = state("profiling", None) in ("none", "granted")
    no_objection = all(state("marketing", channel) != "objected" for channel in ("email", "phone"))
    quiet = datetime.combine(UNTIL, datetime.max.time(), UTC) - timedelta(days=30)
    recent = any(e["purpose"] == "marketing" and e["status"] in ("refused", "withdrawn", "objected")
                 and e["effective_at"] > quiet for e in events)  # fmt: skip
    return open_ and no_objection and state("marketing", "email") == "granted" and not recent


# Who may, and what they see.


def test_who_sees_what(app: SmallApp, run: str) -> None:
    assert {(row.number, row.name) for row in ask(app, run, ANALYST, top=1).rows} == {("P-2", None)}
    assert {(row.number, row.name) for row in ask(app, run, MARKETING, top=1).rows} == {("C-000002", None)}
    assert ask(app, run, MANAGER).rows[0].name == "Ada Lind2"
    assert ask(app, run, ANALYST).document()["offers"][0]["customer"] == "P-2"
    assert ask(app, run, MARKETING).document()["offers"][0]["customer"] == "C-000002"
    json.dumps(ask(app, run).document(), allow_nan=False)


def test_marketing_is_told_a_band_and_keeps_what_the_model_said(app: SmallApp, run: str) -> None:
    found = ask(app, run, MARKETING, top=1)
    (row,) = found.rows
    assert (row.low, row.p, row.high, row.why, row.rule, row.value) == (0.02, 0.025, 0.03, "", None, 300)
    assert [r.p for r in ask(app, run, MANAGER, top=1).rows] == [0.021]
    offers.keep(app, MARKETING, offers.standing(app, MARKETING, found))
    (told,) = offers.of_customer(app, MARKETING, "C-000002")
    assert (told.hidden, told.p, told.value, told.rule, told.why) == ("", 0.025, 250, None, ())
    (kept,) = offers.of_customer(app, MANAGER, "C-000002")
    assert (kept.p, kept.value, kept.rule, kept.why) == (0.021, 252, 2, ("=has CUR",))
    for _ in range(4):
        ask(app, run, MARKETING, top=1)
    with pytest.raises(BadInput, match="make the list again"):
        offers.keep(app, MARKETING, found)


READERS = {Role.RELATIONSHIP_MANAGER, Role.ANALYST, Role.MARKETING, Role.DPO}


@pytest.mark.parametrize("role", list(Role))
def test_what_each_role_may(app: SmallApp, run: str, tmp_path: Path, role: Role) -> None:
    found, actor = ask(app, run), Actor("one", frozenset({role}))
    who = "P-2" if role == Role.ANALYST else "C-000002"
    offers.keep(app, ACTOR, ask(app, run, top=1))
    (kept,) = offers.of_customer(app, ACTOR, "C-000002")
    deeds: dict[str, tuple[Callable[[], Any], set[Role]]] = {
        "list": (lambda: ask(app, run, actor), READERS),
        "newest": (lambda: offers.newest_run(app, actor), READERS),
        "read": (lambda: offers.of_customer(app, actor, who), READERS),
        "export": (lambda: offers.export_csv(app, actor, found, tmp_path / "x.csv"), READERS - {Role.DPO}),
        "keep": (lambda: offers.keep(app, actor, found), {Role.RELATIONSHIP_MANAGER, Role.MARKETING}),
        "decide": (
            lambda: offers.decide(app, actor, kept.id, "taken"), {Role.RELATIONSHIP_MANAGER, Role.MARKETING}
        ),
    }  # fmt: skip
    for deed, holders in deeds.values():
        if role in holders:
            deed()
        else:
            with pytest.raises(Refused, match="this right belongs to|Your role exports no lists"):
                deed()


def test_the_newest_run_that_can_make_offers_is_found_without_the_history(app: SmallApp, run: str) -> None:
    mining.run(app, ACTOR, "demo.mute", {})  # stored a model, but its analysis makes no offers
    bare = replace(app, plugins=FewPlugins({NEXT.id: replace(NEXT, run=forget)}, {HELD.id: HELD}))
    mining.run(bare, ACTOR, "demo.next", {})  # stored none
    assert offers.newest_run(app, MANAGER) == offers.newest_run(app, MARKETING) == run
    with pytest.raises(Refused, match="may not read results"):
        offers.newest_run(app, TELLER)
    with pytest.raises(BadInput, match="No run of this bank can make a list yet"):
        offers.newest_run(replace(app, plugins=FewPlugins({}, {})), ACTOR)


def test_what_cannot_be_offered_is_said(app: SmallApp, run: str) -> None:
    mute = mining.run(app, ACTOR, "demo.mute", {}).uuid
    with pytest.raises(CrmdeskError, match="Next makes no offers"):
        ask(app, mute)
    with pytest.raises(BadInput, match="No product has the code 'ZZZ'; known: CUR, FREE, INS, INV"):
        ask(app, run, product="ZZZ")
    with pytest.raises(BadInput, match="top must be at least 1"):
        ask(app, run, top=0)
    with pytest.raises(BadInput, match="There is no run"):
        ask(app, "nope")


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("p", "a chance that does not lie in its interval"),
        ("strange", "customers that were not in its data"),
        ("twice", "a product twice for one customer"),
        ("number", "no text"),
        ("bare", "its offers lack why"),
        ("missing", "a rule without a whole number"),
        ("nobody", "customers that were not in its data"),
    ],
)
def test_offers_of_anybody_are_checked(app: SmallApp, fault: str, words: str) -> None:
    run = mining.run(app, ACTOR, "demo.next", {"bad": fault}).uuid
    with pytest.raises(AnalysisError, match=words):
        ask(app, run)


def test_a_run_of_a_plugin_that_is_off_or_of_another_version_is_said(app: SmallApp, run: str) -> None:
    gone = replace(app, plugins=FewPlugins({}, {HELD.id: HELD}))
    with pytest.raises(CrmdeskError, match=r"was made by demo\.next of demo, which is not loaded; enable it"):
        ask(gone, run)
    other = replace(app, plugins=FewPlugins({NEXT.id: replace(NEXT, params=Later)}, {HELD.id: HELD}))
    older = mining.run(app, ACTOR, "demo.next", {"bad": "none"}).uuid
    with pytest.raises(CrmdeskError, match=r"does not fit this version of Next \(.*no parameter 'bad'.*run it again"):
        ask(other, older)


def test_what_was_mined_for_credit_offers_nothing(app: SmallApp) -> None:
    credit = replace(app, plugins=FewPlugins({NEXT.id: replace(NEXT, purpose="credit")}, {HELD.id: HELD}))
    run = mining.run(credit, ACTOR, "demo.next", {}).uuid
    for one in (credit, app):  # whatever the analysis says of itself later
        with pytest.raises(CrmdeskError, match="was made for credit"):
            ask(one, run)


# Kept, shown and decided.


def test_a_list_is_kept_with_its_reasons(app: SmallApp, run: str) -> None:
    change_ = offers.keep(app, MARKETING, ask(app, run, top=3))
    kept = change_.touched["recommended_action"]
    assert isinstance(kept, frozenset) and len(kept) == 3
    assert audited(app, "keep offers") == [
        ("demo.next", "targeting", run, "email", "3 kept, 0 left out since, 0 decided before")
    ]
    (found,) = offers.of_customer(app, MANAGER, "C-000002")
    assert (found.run, found.action, found.channel, found.product, found.product_name) == (
        run, "offer", "email", "INS", "The INS"
    )  # fmt: skip
    assert (found.p, found.value, found.rule, found.why, found.decision) == (0.021, 252, 2, ("=has CUR",), "open")
    assert (found.hidden, found.made_at, found.decided_by) == ("", app.store.clock(), None)
    assert offers.of_customer(app, MANAGER, "C-000008") == []


def test_who_withdraws_between_list_and_keeping_is_left_out(app: SmallApp, run: str) -> None:
    found = ask(app, run)
    say(app, refuse(2, "withdrawn", "2026-10-31"), refuses_profiling(4))
    with app.store.write() as session:
        account(session, [6], 2)  # bought it meanwhile
    offers.keep(app, MARKETING, found)
    assert audited(app, "keep offers")[0][-1] == "13 kept, 3 left out since, 0 decided before"
    for gone in (2, 4, 6):
        assert offers.of_customer(app, MANAGER, f"C-{gone:06d}") == []
    assert len(offers.of_customer(app, MANAGER, "C-000008")) == 1


def test_a_recommendation_is_shown_only_while_permission_stands(app: SmallApp, run: str) -> None:
    offers.keep(app, MARKETING, ask(app, run))
    say(app, refuse(2, "withdrawn", "2026-10-30"), refuses_profiling(4))
    (email,) = offers.of_customer(app, MANAGER, "C-000002")
    assert email.hidden == "Not shown: no permission for offers by e-mail (withdrawn 2026-10-30)."
    assert (email.product, email.p, email.value, email.rule, email.why, email.decision) == (
        None, None, None, None, (), "open"
    )  # fmt: skip
    (profile,) = offers.of_customer(app, MANAGER, "C-000004")
    assert "may not be chosen for this customer now (profiling: objected 2026-10-01)" in profile.hidden
    say(app, grant(2) | {"effective_at": app.store.clock(), "recorded_at": app.store.clock()})
    assert offers.of_customer(app, MANAGER, "C-000002")[0].product == "INS"


@pytest.mark.parametrize(
    ("fact", "words"),
    [
        ("left_on = '2026-10-31'", "Not shown: the customer left the bank."),
        ("birth_date = '2008-11-01'", "Not shown: the customer is under 18."),
        ("relation_wanted = 'none'", "Not shown: the customer wants no relation beyond the service."),
        ("restricted = 1", "Not shown: offers may not be chosen for this customer now (the customer's data is rest"),
    ],
)
def test_who_left_or_is_a_minor_or_restricted_has_nothing_shown(app: SmallApp, run: str, fact: str, words: str) -> None:
    offers.keep(app, MARKETING, ask(app, run))
    change(app, f"UPDATE customer SET {fact} WHERE id = 2")
    (gone,) = offers.of_customer(app, MANAGER, "C-000002")
    assert gone.hidden.startswith(words) and (gone.product, gone.p, gone.why) == (None, None, ())
    (other,) = offers.of_customer(app, MANAGER, "C-000004")
    assert (other.hidden, other.product) == ("", "INS")


def test_what_was_kept_says_where_nobody_should_ask_now(app: SmallApp, run: str) -> None:
    offers.keep(app, MARKETING, ask(app, run))
    contact(app, 2, 1, 2)
    contact(app, 4, 1, response="declined")
    say(app, refuse(6, "refused", "2026-10-30", "phone"))
    with app.store.write() as session:
        account(session, [8], 2)
    found = {i: offers.of_customer(app, MANAGER, f"C-{i:06d}")[0] for i in (2, 4, 6, 8, 10)}
    assert {one.product for one in found.values()} == {"INS"}  # shown: its decision can still be written down
    assert [one.not_now for one in found.values()] == [
        "contacted often enough", "refused an offer in the last 30 days", "refused an offer in the last 30 days",
        "holds the product already", "",
    ]  # fmt: skip


def test_one_customer_is_read_by_index(app: SmallApp) -> None:
    asked: list[str] = []
    with app.store.reader() as raw:
        raw.set_trace_callback(asked.append)
        found = queries.stopped(raw, app.store.clock(), 2), queries.of_customer(raw, 2)
        raw.set_trace_callback(None)
        steps = [str(step[3]) for sql in asked for step in raw.execute(f"EXPLAIN QUERY PLAN {sql}")]
    assert len(asked) == 7 and not any(found[0].values()) and found[1] == []
    assert [step for step in steps if step.startswith("SCAN") and "subquery" not in step] == []


def test_lists_of_other_runs_stay_and_the_same_run_replaces_what_is_open(app: SmallApp, run: str) -> None:
    offers.keep(app, MARKETING, ask(app, run, top=2))
    (first,) = offers.of_customer(app, MANAGER, "C-000002")
    offers.decide(app, MANAGER, first.id, "declined")
    offers.keep(app, MARKETING, ask(app, run, top=2, product="INV"))
    assert audited(app, "keep offers")[-1][-1] == "1 kept, 0 left out since, 1 decided before"
    assert offers.of_customer(app, MANAGER, "C-000002")[0].product == "INS"
    assert [r.product for r in offers.of_customer(app, MANAGER, "C-000004")] == ["INV"]
    later = mining.run(app, ACTOR, "demo.next", {}).uuid
    offers.keep(app, MARKETING, ask(app, later, top=2))
    assert [r.run for r in offers.of_customer(app, MANAGER, "C-000004")] == [later, run]


def test_a_person_decides_once(app: SmallApp, run: str) -> None:
    offers.keep(app, MARKETING, ask(app, run, top=1))
    (found,) = offers.of_customer(app, MANAGER, "C-000002")
    done = offers.decide(app, MANAGER, found.id, "taken")
    assert done.touched == {"recommended_action": frozenset({found.id})}
    (found,) = offers.of_customer(app, MANAGER, "C-000002")
    assert (found.decision, found.decided_by, found.decided_on) == ("taken", "ron", UNTIL)
    with pytest.raises(CrmdeskError, match="ron decided this on 2026-10-31: taken; it stays so"):
        offers.decide(app, MARKETING, found.id, "declined")
    with pytest.raises(BadInput, match="'maybe' is no decision; choose taken or declined"):
        offers.decide(app, MANAGER, found.id, "maybe")
    with pytest.raises(BadInput, match="no recommended action 99"):
        offers.decide(app, MANAGER, 99, "taken")
    with app.store.reader() as raw:
        query = "SELECT actor, object, customer_id, run_uuid, reason FROM audit_event WHERE act = 'decide offer'"
        assert [tuple(row) for row in raw.execute(query)] == [("ron", "INS", 2, run, "taken")]


def test_the_store_takes_one_action_for_a_customer_and_run(app: SmallApp, run: str) -> None:
    offers.keep(app, MARKETING, ask(app, run, top=1))
    names = "run_id, customer_id, action, channel, reasons, p, rejected, made_at, decision, decided_at, version"
    again = f"INSERT INTO recommended_action ({names}) SELECT {names} FROM recommended_action"
    with pytest.raises(IntegrityError, match="UNIQUE"):
        change(app, again)
    for wrong in ("p = 1.5", "action = 'bribe'", "decision = 'taken'"):
        with pytest.raises(IntegrityError, match="CHECK"):
            change(app, f"UPDATE recommended_action SET {wrong}")


# Exported.


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_the_file_holds_the_list_and_says_what_it_is(app: SmallApp, run: str, tmp_path: Path) -> None:
    report = offers.export_csv(app, MANAGER, ask(app, run, MANAGER, top=3), tmp_path / "list.csv")
    assert (report.files, report.left_out, report.warnings) == (
        (tmp_path / "list.csv", tmp_path / "list.json"), 0, ()
    )  # fmt: skip
    rows = read(tmp_path / "list.csv")
    assert [row["customer"] for row in rows] == ["C-000002", "C-000004", "C-000006"]
    assert (rows[0]["name"], rows[0]["product"], rows[0]["value"], rows[0]["margin"]) == (
        "Ada Lind2", "INS", "2.52", "120.0"
    )  # fmt: skip
    assert rows[0]["why"] == "'=has CUR"  # no formula
    head = json.loads((tmp_path / "list.json").read_text())
    assert (head["run"], head["as_of"], head["purpose"], head["channel"]) == (run, "2026-10-31", "targeting", "email")
    assert (head["considered"], head["rejected"], head["left_out_since"]) == (16, {"capacity": 13}, 0)
    assert audited(app, "export offers") == [
        ("demo.next", "targeting", run, "email", "3 customer rows, 0 people left out")
    ]


def test_names_leave_only_with_those_who_see_them(app: SmallApp, run: str, tmp_path: Path) -> None:
    offers.export_csv(app, ANALYST, ask(app, run, ANALYST), tmp_path / "a.csv")
    assert read(tmp_path / "a.csv")[0]["customer"] == "P-2" and "name" not in read(tmp_path / "a.csv")[0]
    made_by_manager = ask(app, run, MANAGER)
    for who, customer, chance in ((ANALYST, "P-2", "0.021"), (MARKETING, "C-000002", "0.025")):
        offers.export_csv(app, who, made_by_manager, tmp_path / "b.csv")
        row = read(tmp_path / "b.csv")[0]
        assert (row["customer"], row["p"]) == (customer, chance) and "name" not in row


def test_each_role_takes_out_as_many_as_it_may(app: SmallApp, run: str, tmp_path: Path) -> None:
    few, found = ask(app, run, top=9), ask(app, run)
    with pytest.raises(Refused, match="at least 10 customers, not 9"):
        offers.export_csv(app, ANALYST, few, tmp_path / "a.csv")
    with pytest.raises(Refused, match="at most 50 customers at once, not 64"):
        offers.export_csv(app, MANAGER, replace(found, rows=found.rows * 4), tmp_path / "a.csv")
    with pytest.raises(Refused, match="exports no lists"):
        offers.export_csv(app, Actor("dora", frozenset({Role.DPO})), found, tmp_path / "a.csv")
    assert not list(tmp_path.glob("*.csv"))


def test_who_withdraws_between_list_and_export_is_left_out(app: SmallApp, run: str, tmp_path: Path) -> None:
    found = ask(app, run)
    say(app, refuse(2, "withdrawn", "2026-10-31"))
    report = offers.export_csv(app, MANAGER, found, tmp_path / "list.csv")
    assert report.left_out == 1 and "1 person was left out" in report.warnings[0]
    assert "C-000002" not in (tmp_path / "list.csv").read_text()
    assert json.loads((tmp_path / "list.json").read_text())["left_out_since"] == 1


def test_a_long_list_needs_a_second_person(app: SmallApp, run: str, tmp_path: Path) -> None:
    found = ask(app, run)
    long = replace(found, rows=found.rows * 63)
    with pytest.raises(Refused, match="1,000 rows needs a second person"):
        offers.export_csv(app, MARKETING, long, tmp_path / "long.csv")
    offers.export_csv(app, ACTOR, long, tmp_path / "long.csv")  # the single user passes alone


def test_a_failed_export_leaves_what_was_there(app: SmallApp, run: str, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    (folder / "list.csv").write_text("mine")
    found = ask(app, run)
    with pytest.raises(BadInput, match=r"end it in \.csv"):
        offers.export_csv(app, ACTOR, found, folder / "list.txt")
    with pytest.raises(CrmdeskError, match="could not be written"):
        offers.export_csv(app, ACTOR, found, tmp_path / "none" / "list.csv")
    change(app, "DROP TRIGGER audit_event_no_delete")
    change(app, "CREATE TRIGGER full BEFORE INSERT ON audit_event BEGIN SELECT RAISE(ABORT, 'full'); END")
    with pytest.raises(IntegrityError):
        offers.export_csv(app, ACTOR, found, folder / "list.csv")
    assert [(p.name, p.read_text()) for p in folder.iterdir()] == [("list.csv", "mine")]


def test_nobody_to_offer_anything_to_is_an_empty_list(app: SmallApp, run: str, tmp_path: Path) -> None:
    change(app, "UPDATE customer SET restricted = 1")
    found = ask(app, run)
    assert (found.rows, found.considered, found.excluded) == ((), 0, {"no_permission_for_purpose": 16})
    assert offers.keep(app, MARKETING, found).touched == {"recommended_action": frozenset()}
    assert offers.export_csv(app, ACTOR, found, tmp_path / "none.csv").left_out == 0
    assert read(tmp_path / "none.csv") == []


def test_a_run_without_customers_of_the_bank_offers_nothing(app: SmallApp) -> None:
    away = replace(NEXT, id="demo.away", needs=(), needs_by={"bad": {"": ()}})
    other = replace(app, plugins=FewPlugins({away.id: away}, {HELD.id: HELD}))
    run = mining.run(other, ACTOR, "demo.away", {}).uuid
    with pytest.raises(CrmdeskError, match="was not made from customers of this bank"):
        ask(other, run)


def test_a_run_without_a_model_offers_nothing(app: SmallApp) -> None:
    modelless = replace(NEXT, id="demo.bare", run=forget)
    other = replace(app, plugins=FewPlugins({modelless.id: modelless}, {HELD.id: HELD}))
    run = mining.run(other, ACTOR, "demo.bare", {}).uuid
    with pytest.raises(CrmdeskError, match="stored no model to make offers with"):
        ask(other, run)
