"""What each role sees of results, offers, permissions, history and work, and how far its deeds reach."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from crmdesk.domain.errors import BadInput, Refused
from crmdesk.domain.rights import Right
from crmdesk.mining.record import RunRecord
from crmdesk.results import Figure
from crmdesk.services import (
    ask_again,
    customer_edit,
    export,
    history,
    households,
    interactions,
    mining,
    permission_bank,
    permission_record,
    permissions,
    plugin_columns,
    receipts,
    reports,
    runs,
    segments,
    tasks,
)
from crmdesk.services import result_masks as masks
from crmdesk.services.customers import Chosen, CustomerQuery
from crmdesk.services.guard import fresh
from crmdesk.services.reach import within
from crmdesk.store.queries import offers as gates
from crmdesk.store.queries import permissions as ledger
from crmdesk.store.scope import scope_of
from tests.small_bank import ACTOR, UNTIL, add, event
from tests.unit.services.mining_bank import SmallApp, may_email, say
from tests.unit.services.staffed_bank import AWAY, HERS, LOGINS, MINE, actor, number, run, staffed, with_users

RITA, RUTH, ANNA, MARK, DORA, AUDE, TINA, ADAM = map(actor, ("rita", "ruth", "anna", "mark", "dora", "aude", "tina",
                                                            "adam"))  # fmt: skip
AT = datetime(2026, 11, 3, 9, tzinfo=UTC)
EVERYBODY = Chosen(CustomerQuery())


@pytest.fixture
def app(tmp_path: Path) -> Iterator[SmallApp]:
    made = staffed(tmp_path / "bank.crmdesk")
    yield made
    made.store.close()


def audited(app: SmallApp, act: str) -> list[tuple[Any, ...]]:
    with app.store.reader() as raw:
        return raw.execute("SELECT actor, object, reason FROM audit_event WHERE act = ?", (act,)).fetchall()


def sql(app: SmallApp, statement: str) -> None:
    with app.store.write() as session:
        session.connection().exec_driver_sql(statement)


# Results.


def test_each_role_sees_its_own_of_a_run(app: SmallApp) -> None:
    made = run(app)
    with_users(app)
    seen = {
        login: runs.get_run(app, actor(login), made).tables["members"] for login in ("rita", "anna", "mark", "dora")
    }
    assert seen["rita"]["customer"].tolist() == [number(i) for i in MINE]
    assert seen["anna"]["customer"].tolist() == [f"P-{i}" for i in range(1, 41)]
    assert seen["mark"]["customer"].tolist() == seen["dora"]["customer"].tolist() == [number(i) for i in range(1, 41)]
    assert set(seen["mark"]["strength"]) == {"0.9 to 1"} and set(seen["mark"]["distance_pct"]) == {"50 to 60"}
    assert seen["mark"]["segment"].tolist() == seen["dora"]["segment"].tolist()  # ten people share each of them
    assert set(seen["rita"]["strength"]) == {0.9}
    for login in ("tina", "adam", "aude"):
        with pytest.raises(Refused, match="may not read results"):
            runs.get_run(app, actor(login), made)
    assert runs.runs(app, AUDE)[0].uuid == made and not runs.runs(app, AUDE)[0].tables
    with pytest.raises(Refused, match="may not read runs"):
        runs.runs(app, RITA)


def test_who_is_out_of_reach_is_not_counted_as_gone(app: SmallApp) -> None:
    made = run(app)
    with_users(app)
    say(
        app,
        event(1, "profiling", None, "objected", "2026-10-31"),
        event(20, "profiling", None, "objected", "2026-10-31"),
    )
    assert runs.get_run(app, RITA, made).left_out == 1
    assert runs.get_run(app, ANNA, made).left_out == 2
    sql(app, "UPDATE customer SET restricted = 1 WHERE id = 2")
    assert number(2) not in set(runs.get_run(app, RITA, made).tables["members"]["customer"])


def test_a_word_about_few_and_a_reason_are_not_told_in_bands(app: SmallApp) -> None:
    made = run(app)
    record = runs.get_run(app, ACTOR, made)
    assert record.result is not None
    scores = pd.DataFrame({"customer": range(1, 13), "score": 0.37, "level": ["low"] * 10 + ["rare"] * 2, "rank": 1,
                           "contributions": "owes a lot", "note": "told by a colleague", "sure": True})  # fmt: skip
    dots = Figure("scatter", "Dots", scores[["customer", "score"]], "customer", "score")
    result = replace(record.result, tables={"scores": scores}, figures={"dots": dots})
    told = masks.in_bands(result)
    assert list(told.tables["scores"].columns) == ["customer", "score", "level", "rank", "sure"]
    assert set(told.tables["scores"]["score"]) == {"0.3 to 0.4"} and "dots" not in told.figures
    assert told.tables["scores"]["level"].tolist() == ["low"] * 10 + [""] * 2
    assert masks.narrowed(result, {3}).figures["dots"].data["customer"].tolist() == [3]


def test_a_segment_is_described_by_all_of_its_members_to_everybody(app: SmallApp) -> None:
    made = run(app)
    with_users(app)
    books = [segments.describe(app, who, runs.get_run(app, who, made)) for who in (ANNA, RITA, MARK)]
    assert books[0].cards == books[1].cards == books[2].cards
    assert (books[0].usage == books[1].usage).all() and books[0].cards[0].contactable > 0
    assert number(20) not in reports.render(app, RITA, runs.get_run(app, RITA, made))


def test_files_of_a_run_hold_what_its_reader_may_take_out(app: SmallApp, tmp_path: Path) -> None:
    made = run(app)
    with_users(app)
    export.export(app, RITA, made, tmp_path / "rita")
    text = (tmp_path / "rita" / "members.csv").read_text()
    assert number(12) in text and number(13) not in text
    export.export(app, ANNA, made, tmp_path / "anna")
    text = (tmp_path / "anna" / "members.csv").read_text()
    assert "P-12," in text and "C-0" not in text
    with pytest.raises(Refused, match="exports no lists"):
        export.export(app, DORA, made, tmp_path / "dora")
    sql(app, "UPDATE customer SET restricted = 1 WHERE id > 9")
    with pytest.raises(Refused, match="at least 10 customers, not 9"):
        export.export(app, ANNA, made, tmp_path / "few")


def test_columns_of_plugins_hold_values_of_whom_one_may_know(app: SmallApp) -> None:
    run(app)
    with_users(app)

    def cells(login: str) -> dict[int, dict[str, str]]:
        return plugin_columns.cells(app, actor(login), [1, 20, 31], ["demo.fit", "demo.cash"])[0]

    assert cells("rita") == {1: {"demo.fit": "0.9", "demo.cash": "6"}, 20: {}, 31: {}}
    assert cells("anna")[31]["demo.fit"] == "0.9"
    assert cells("mark")[1] == {"demo.fit": "0.9 to 1", "demo.cash": "6 to 7"}
    assert cells("tina") == cells("aude") == {1: {}, 20: {}, 31: {}}


# Scores for credit.


def test_who_sells_gets_no_score_for_credit_by_any_way(app: SmallApp, tmp_path: Path) -> None:
    made = run(app, "demo.credit")
    whole: RunRecord = runs.get_run(app, ACTOR, made)
    with_users(app)
    ways: dict[str, Callable[[], Any]] = {
        "get": lambda: runs.get_run(app, MARK, made), "finished": lambda: mining.finished(app, MARK, made),
        "numbers": lambda: runs.with_numbers(app, MARK, whole), "describe": lambda: segments.describe(app, MARK, whole),
        "render": lambda: reports.render(app, MARK, whole),
        "report": lambda: reports.write_report(app, MARK, made, tmp_path / "r.html"),
        "export": lambda: export.export(app, MARK, made, tmp_path),
    }  # fmt: skip
    sql(
        app,
        "INSERT INTO staff_role (staff_id, role, from_at) VALUES (4, 'relationship_manager', '2026-01-01 00:00:00')",
    )
    sql(app, "UPDATE customer SET manager_id = 4 WHERE id = 1")
    for way in ways.values():  # not even as somebody's relationship manager too
        with pytest.raises(Refused, match="who sells sees no result of it"):
            way()
    assert runs.runs(app, MARK) == []
    assert plugin_columns.cells(app, MARK, [1], ["demo.risk"])[0] == {1: {}}
    with app.store.reader() as raw:  # no list, filter or measure can show what is not there
        assert raw.execute("SELECT count(*) FROM segment_membership").fetchone() == (0,)
    assert not list(tmp_path.glob("*.csv")) and not list(tmp_path.glob("*.html"))


def test_scores_for_credit_are_for_who_decides_builds_or_watches(app: SmallApp) -> None:
    made = run(app, "demo.credit")
    with_users(app)
    for who, count in ((RITA, 12), (ANNA, 42), (DORA, 42), (AUDE, 42)):
        assert len(runs.get_run(app, who, made).tables["members"]) <= count
        assert runs.get_run(app, who, made).result is not None
    assert plugin_columns.cells(app, RITA, [1, 20], ["demo.risk"])[0] == {1: {"demo.risk": "0.9"}, 20: {}}
    with pytest.raises(Refused):
        runs.get_run(app, TINA, made)


# No gate opens because a row is out of reach.


@pytest.mark.parametrize("login", LOGINS)
def test_whom_a_gate_stops_does_not_depend_on_who_asks(app: SmallApp, login: str) -> None:
    sql(app, "UPDATE customer SET restricted = 1 WHERE id IN (5, 25, 35)")
    sql(app, "UPDATE customer SET birth_date = '2008-11-01' WHERE id IN (6, 26, 36)")
    sql(app, "UPDATE customer SET left_on = '2026-01-01' WHERE id IN (7, 27, 37)")
    with app.store.write() as session:
        add(session, "campaign", [{"id": 1, "code": "K", "name": "K", "starts_on": "2025-01-01", "channels": "",
                                   "purpose": "marketing", "state": "closed", "version": 1}])  # fmt: skip
        add(session, "contact", [{"customer_id": i, "arm": "treated", "campaign_id": 1, "channel": "phone",
                                  "version": 1, "contacted_at": "2026-10-30 10:00:00.000000", "response": "declined"}
                                 for i in (8, 28, 38)])  # fmt: skip
    with_users(app)
    clock, scoped = app.store.clock(), app.store.scoped(scope_of(fresh(app, actor(login))))
    assert scoped is not app.store
    with app.store.reader() as raw, scoped.reader() as seen:
        for purpose in ("profiling", "targeting", "credit"):
            assert ledger.may_be_mined(seen, purpose, clock) == ledger.may_be_mined(raw, purpose, clock)
        assert gates.reachable(seen, "email", clock) == gates.reachable(raw, "email", clock)
        assert gates.stopped(seen, clock) == gates.stopped(raw, clock)
        assert gates.stopped(raw, clock)["minor"] == {6, 26, 36}
        assert ledger.restricted(seen, [5, 25, 35]) == {5, 25, 35}


def test_a_run_sees_the_whole_bank_and_real_birth_dates(app: SmallApp) -> None:
    sql(app, "UPDATE customer SET birth_date = '2008-11-01' WHERE id <= 3")
    with_users(app)
    record = mining.run(app, ANNA, "demo.split", {})
    assert record.eligible == 40
    who = mining.population(app, ANNA, "demo.credit")
    assert who["excluded"]["minor"] == 3


# Permissions.


def test_the_state_is_for_more_people_than_what_proves_it(app: SmallApp, tmp_path: Path) -> None:
    permission_record.withdraw(app, ACTOR, number(1), "survey")
    with_users(app)
    for who, name in ((ANNA, "P-1"), (MARK, number(1))):
        grid = permissions.grid(app, who, name)
        assert [c.decision.state for c in grid.rows[0] if c.channel == "email"] == ["granted"] and grid.history == ()
        assert "e-mail" in permissions.contactable(app, who, name)
        for deed in (lambda w=who, n=name: permissions.evidence(app, w, n, 1),
                     lambda w=who, n=name: receipts.receipt(app, w, n),
                     lambda w=who: permission_record.pending(app, w)):  # fmt: skip
            with pytest.raises(Refused, match="may not read evidence"):
                deed()
    assert len(permissions.grid(app, AUDE, number(1)).history) == 2
    with pytest.raises(Refused, match="looked after by a colleague"):
        permissions.grid(app, RITA, number(20))
    with pytest.raises(BadInput, match="No customer has the number"):
        permissions.grid(app, ANNA, number(1))


def test_the_banks_permissions_are_told_of_those_in_reach(app: SmallApp) -> None:
    for customer in (1, 20, 31):
        permission_record.objection(app, ACTOR, number(customer))
    say(app, *({**may_email(i), "expires_on": UNTIL} for i in (2, 21, 32)))
    with_users(app)
    told = {
        login: (permission_bank.overview(app, who).customers, [s.number for s in permission_bank.objections(app, who)],
                [s.number for s in permission_bank.changed_since(app, who)],
                [d.number for d in permission_bank.queue(app, who).due])
        for login, who in (("rita", RITA), ("tina", TINA), ("anna", ANNA), ("aude", AUDE))
    }  # fmt: skip
    assert told["rita"] == (12, [number(1)], [number(1)], [number(2)])
    assert told["tina"][0] == 30 and set(told["tina"][1]) == {number(1), number(20)}
    assert told["anna"][0] == 42 and set(told["anna"][2]) == {"P-1", "P-20", "P-31"}
    assert set(told["aude"][3]) == {number(i) for i in (2, 21, 32)}
    names = {s.name for who in (RITA, AUDE) for s in permission_bank.objections(app, who)}
    assert names == {"Ada Lind1", number(1), number(20), number(31)}


def test_withdrawing_for_many_leaves_out_who_is_not_in_reach(app: SmallApp) -> None:
    with_users(app)
    change = permission_record.withdraw_many(app, RITA, EVERYBODY, "marketing", ("email",))
    assert change.touched["customer"] == frozenset(MINE)
    assert permissions.contactable(app, DORA, number(20)).startswith("May be contacted today")
    with pytest.raises(Refused, match="one customer at a time"):
        permission_record.withdraw_many(app, TINA, EVERYBODY, "marketing")


def test_what_waits_is_told_to_who_may_know_the_customer(app: SmallApp) -> None:
    with_users(app)
    for customer, who in ((1, RITA), (20, RUTH)):
        permission_record.withdraw(app, who, number(customer))
        with app.store.reader() as raw:
            (seq,) = raw.execute("SELECT max(seq) FROM permission_event").fetchone()
        assert permission_record.correct(app, who, number(customer), seq, "wrong line").kind == "propose_correction"
    assert [p.number for p in permission_record.pending(app, RITA)] == [number(1)]
    assert [p.reason for p in permission_record.pending(app, RITA)] == ["wrong line"]
    assert [(p.number, p.reason) for p in permission_record.pending(app, AUDE)] == [
        (number(1), "hidden"), (number(20), "hidden")
    ]  # fmt: skip
    assert len(permission_record.pending(app, DORA)) == 2
    assert [p.number for p in permission_record.pending(app, TINA)] == [number(1), number(20)]


# History and undo.


def edit(app: SmallApp, who: Any, customer: int, **values: str) -> None:
    customer_edit.edit(app, who, number(customer), 1, values)


def test_the_officer_reads_the_history_in_clear_with_a_reason(app: SmallApp) -> None:
    with_users(app)
    edit(app, RITA, 1, phone="+90 532 111 12 34", family_name="Yıldız")
    masked = history.of_customer(app, DORA, number(1))
    assert {(e.before, e.after) for e in masked if e.field == "family_name"} == {("hidden", "hidden")}
    assert "Yıldız" not in repr(masked) and "Yıldız" not in repr(history.of_customer(app, AUDE, number(1)))
    assert not audited(app, "read history")
    clear = history.of_customer(app, DORA, number(1), reason="complaint of 3 May")
    assert {(e.before, e.after) for e in clear if e.field == "family_name"} == {("Lind1", "Yıldız")}
    assert audited(app, "read history") == [("dora", number(1), "complaint of 3 May")]
    assert "Yıldız" not in repr(history.of_customer(app, AUDE, number(1), reason="because"))
    with pytest.raises(Refused, match="looked after by a colleague"):
        history.of_customer(app, RUTH, number(1))


def test_an_undo_needs_the_reach_and_the_right_of_its_deed(app: SmallApp) -> None:
    with_users(app)
    edit(app, RITA, 1, family_name="Yıldız")
    sql(app, "UPDATE customer SET manager_id = 8 WHERE id = 1")
    with pytest.raises(Refused, match="looked after by a colleague"):
        history.undo(app, RITA)
    sql(app, "UPDATE staff_role SET to_at = '2026-10-31 00:00:00' WHERE staff_id = 2")
    sql(app, "INSERT INTO staff_role (staff_id, role, from_at) VALUES (2, 'analyst', '2026-10-31 00:00:00')")
    with pytest.raises(Refused, match="may not edit customer"):
        history.undo(app, RITA)
    (own,) = history.deeds(app, RITA)
    assert own.title == own.act  # the names in it are not for an analyst's eyes, though the deed is her own
    with app.store.reader() as raw:
        assert raw.execute("SELECT family_name FROM customer WHERE id = 1").fetchone() == ("Yıldız",)


def test_what_was_handed_over_may_be_taken_back(app: SmallApp) -> None:
    with_users(app)
    tasks.add(app, RITA, "Prepare the papers", AT)
    (mine,) = tasks.due(app, RITA)
    tasks.hand_over(app, RITA, [mine.id], "ruth")
    assert tasks.due(app, RITA, mine=False) == [] and [t.title for t in tasks.due(app, RUTH)] == ["Prepare the papers"]
    history.undo(app, RITA)
    assert [t.id for t in tasks.due(app, RITA)] == [mine.id] and tasks.due(app, RUTH) == []


# Work, interactions, households.


def test_work_is_about_customers_in_reach(app: SmallApp) -> None:
    with_users(app)
    tasks.add(app, RITA, "Call back", AT, number=number(1))
    (mine,) = tasks.due(app, RITA)
    nobody = "has no relationship manager yet"
    for away, words in ((number(20), "looked after by a colleague"), (number(31), nobody)):
        with pytest.raises(Refused, match=words):
            tasks.edit(app, RITA, mine.id, mine.version, number=away)
        with pytest.raises(Refused, match=words):
            ask_again.make_tasks(app, RITA, {number(1): "", away: ""}, AT)
    tasks.edit(app, RITA, mine.id, mine.version, number=number(2))
    assert [t.number for t in tasks.due(app, RITA)] == [number(2)]
    (seen,) = tasks.due(app, AUDE, mine=False)
    assert (seen.title, seen.name, seen.note) == ("hidden", number(2), "")
    assert [t.title for t in tasks.due(app, DORA, mine=False)] == ["Call back"]
    with pytest.raises(Refused, match="may not read tasks"):
        tasks.due(app, MARK)


def test_what_happened_is_recorded_of_customers_in_reach(app: SmallApp) -> None:
    with_users(app)
    code = "branch.transaction.withdrawal"
    done = interactions.record(app, TINA, number(20), code, amount="50", note="for a trip")
    with pytest.raises(Refused, match="another branch"):
        interactions.record(app, TINA, number(31), code)
    for who in (RITA, ANNA):
        with pytest.raises(Refused):
            interactions.reverse(app, who, done.id, "wrong person")
    assert interactions.reverse(app, RUTH, done.id, "wrong person").kind == "reverse_interaction"


def test_a_household_is_changed_by_who_looks_after_one_of_it(app: SmallApp) -> None:
    with_users(app)
    households.join_household(app, RUTH, number(20), name="Lind")
    with pytest.raises(Refused, match="looked after by a colleague"):
        households.join_household(app, RITA, number(1), household=1)
    with pytest.raises(Refused, match="looked after by a colleague"):
        households.rename_household(app, RITA, 1, 1, "Mine")
    households.join_household(app, RUTH, number(21), household=1)
    sql(app, "UPDATE customer SET manager_id = 2 WHERE id = 21")
    assert households.rename_household(app, RITA, 1, 1, "Ours").kind == "rename_household"


def test_how_far_a_right_reaches_is_asked_of_the_whole_bank(app: SmallApp) -> None:
    with_users(app)
    ask = {login: fresh(app, actor(login)) for login in LOGINS}
    assert within(app, ask["rita"], Right.EDIT_CUSTOMER) == frozenset(MINE)
    assert within(app, ask["rita"], Right.READ_CUSTOMER) == frozenset([*MINE, *HERS])
    assert within(app, ask["anna"], Right.READ_RESULTS) is None
    assert within(app, ask["tina"], Right.READ_RESULTS) == frozenset()
    sql(app, "UPDATE customer SET manager_id = 2 WHERE id = 31")
    assert 31 in (within(app, ask["rita"], Right.READ_CUSTOMER) or ())
    assert set(AWAY).isdisjoint(within(app, ask["tina"], Right.READ_CUSTOMER) or ())


@pytest.mark.parametrize("kind", ["object", "category", "string"])
def test_a_word_that_few_share_leaves_no_file_whatever_type_holds_it(kind: str) -> None:
    level = pd.Series(["low"] * 10 + ["rare"] * 2, dtype=kind)
    days = pd.Series(pd.to_datetime(["2026-01-01"] * 10 + ["2026-05-05"] * 2))
    table = pd.DataFrame({"customer": range(1, 13), "score": 0.37, "level": level, "day": days})
    told = masks.grouped(table)
    assert told["level"].tolist() == ["low"] * 10 + [""] * 2
    assert told["day"].tolist()[-2:] == [""] * 2 and told["score"].tolist() == [0.37] * 12
