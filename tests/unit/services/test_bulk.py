"""Bulk edit: counted before, audited, whole or not at all, undone as one deed, and never about permissions."""

import random
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import small_bank
from small_bank import ACTOR, SmallApp, add, person

from crmdesk.domain import change
from crmdesk.domain.change import ALL
from crmdesk.domain.errors import BadInput, Refused
from crmdesk.domain.filter import Chip
from crmdesk.domain.rights import Actor, Role
from crmdesk.jobs.progress import Cancelled, Silent
from crmdesk.services import bulk, history
from crmdesk.services.customers import Chosen, CustomerQuery
from crmdesk.store.journal import Journal
from crmdesk.store.verify import verify

ALL_OF_THEM = Chosen(CustomerQuery())
TELLER = Actor("tom", frozenset({Role.TELLER}))


@pytest.fixture
def app(tmp_path: Path) -> Iterator[SmallApp]:
    made = small_bank.build(tmp_path / "small.crmdesk")
    with made.store.write() as session:
        add(session, "staff", [{"id": 1, "login": "mia", "name": "Mia"}, {"id": 2, "login": "otto", "name": "Otto"}])
        add(session, "custom_field", [
            {"id": 1, "code": "vip", "title": "VIP", "kind": "yes_no", "choices": None, "tag": "plain", "position": 0,
             "version": 1},
            {"id": 2, "code": "tone", "title": "Tone", "kind": "choice", "choices": '["formal", "warm"]',
             "tag": "plain", "position": 1, "version": 1},
        ])  # fmt: skip
    yield made
    made.store.close()


def crowd(app: SmallApp, number: int) -> None:
    """So many more customers, each with other fields, one in ten restricted."""
    draw = random.Random(7)
    rows = [
        person(100 + i, f"Given{i}", f"Family{i}", city=draw.choice(["Moda", None]), branch_id=draw.choice([1, 2]),
               manager_id=draw.choice([None, 1, 2]), restricted=int(i % 10 == 0), source=draw.choice([None, "web"]),
               custom=draw.choice([None, '{"tone": "warm"}', '{"vip": true, "tone": "formal"}']))
        for i in range(number)
    ]  # fmt: skip
    with app.store.write() as session:
        session.connection().exec_driver_sql("DELETE FROM segment_membership")
        add(session, "customer", rows)


def everything(app: SmallApp) -> list[dict[str, Any]]:
    """Every customer as people see them; an undo counts the version on."""
    with app.store.reader() as raw:
        cursor = raw.execute("SELECT * FROM customer ORDER BY id")
        names = [d[0] for d in cursor.description]
        rows = [dict(zip(names, row, strict=True)) for row in cursor]
    for row in rows:
        del row["version"]
        row["custom"] = None if row["custom"] in ("null", "{}") else row["custom"]
    return rows


def one(app: SmallApp, sql: str, *values: Any) -> Any:
    with app.store.reader() as raw:
        return raw.execute(sql, values).fetchone()


def test_what_may_be_set_for_many(app: SmallApp) -> None:
    found = {f.name: f for f in bulk.fields(app, ACTOR)}
    assert list(found) == [*bulk.FIELDS, "custom.vip", "custom.tone"]
    assert ("mia", "Mia") in found["manager"].choices and ("B2", "Harbour") in found["branch"].choices
    assert found["custom.tone"].choices == (("formal", "formal"), ("warm", "warm"))


@pytest.mark.parametrize(
    "field",
    ["marketing", "permission", "restricted", "email", "phone", "family_name", "number", "merged_into", "version",
     "custom", "custom.shoe", "branch_id; DROP TABLE customer", "left_on", "name_folded", ""],
)  # fmt: skip
def test_nothing_else_may_least_of_all_a_permission(app: SmallApp, field: str) -> None:
    before, events = everything(app), one(app, "SELECT count(*) FROM permission_event")
    for call in (bulk.preview, bulk.apply):
        with pytest.raises(BadInput, match="cannot be set for many"):
            call(app, ACTOR, ALL_OF_THEM, field, "granted")
    assert everything(app) == before and one(app, "SELECT count(*) FROM permission_event") == events


def test_no_bulk_edit_writes_the_ledger(app: SmallApp) -> None:
    before = one(app, "SELECT count(*), max(hash) FROM permission_event")
    for field in bulk.fields(app, ACTOR):
        value = field.choices[0][0] if field.choices else "yes" if field.kind == "yes_no" else "x"
        bulk.apply(app, ACTOR, ALL_OF_THEM, field.name, value)
    assert one(app, "SELECT count(*), max(hash) FROM permission_event") == before


@pytest.mark.parametrize(("field", "value"), [("manager", "nobody"), ("branch", "B9"), ("branch", ""),
                                              ("custom.vip", "perhaps"), ("custom.tone", "rude"),
                                              ("relation_wanted", "love"), ("source", "a\nb")])  # fmt: skip
def test_a_value_that_cannot_be_kept_is_refused_in_words(app: SmallApp, field: str, value: str) -> None:
    with pytest.raises(BadInput) as caught:
        bulk.preview(app, ACTOR, ALL_OF_THEM, field, value)
    assert str(caught.value).endswith((".", "it."))


def test_a_preview_says_who_would_change_and_why_the_others_not(app: SmallApp) -> None:
    with app.store.write() as session:
        journal = Journal(session, ACTOR, "edit", "Edit")
        journal.update("customer", 2, {"manager_id": 1})
        journal.update("customer", 3, {"left_on": "2026-05-03"})
        journal.update("customer", 5, {"merged_into": 1})
    found = bulk.preview(app, ACTOR, ALL_OF_THEM, "manager", "mia")
    assert (found.total, found.count) == (5, 1)
    assert found.left_out == {"merged": 1, "restricted": 1, "left the bank": 1, "so already": 1}
    assert found.title == "Change account manager for 1 of 5 customers"
    assert bulk.preview(app, ACTOR, ALL_OF_THEM, "manager", "").title == "Clear account manager for 1 of 5 customers"
    company = bulk.preview(app, ACTOR, Chosen(CustomerQuery(), (1, 4, 2, 2, 999)), "education", "school")
    assert (company.total, company.count, company.left_out) == (3, 2, {"restricted": 1})


def test_a_company_has_no_education(app: SmallApp) -> None:
    done = bulk.apply(app, ACTOR, Chosen(CustomerQuery(), (1, 5)), "education", "school")
    assert (done.count, done.left_out) == (1, {"a company": 1})
    assert one(app, "SELECT group_concat(id) FROM customer WHERE education IS NOT NULL") == ("1",)


def test_what_was_previewed_is_what_happens(app: SmallApp) -> None:
    crowd(app, 340)
    chosen = Chosen(CustomerQuery(filters=(Chip("branch", "is", ("B2",)),)))
    seen = bulk.preview(app, ACTOR, chosen, "branch", "HO")
    done = bulk.apply(app, ACTOR, chosen, "branch", "HO")
    assert (done.count, done.left_out) == (seen.count, seen.left_out) and done.count > 100
    with app.store.reader() as raw:
        rows = raw.execute("SELECT restricted, count(*) FROM customer WHERE branch_id = 2 GROUP BY 1").fetchall()
        noted = raw.execute("SELECT count(*) FROM field_change WHERE deed_id = ?", (done.deed,)).fetchone()
    assert rows == [(1, seen.left_out["restricted"])] and noted == (done.count,)
    assert done.change.kind == "bulk_edit" and len(done.change.touched["customer"]) == done.count


@pytest.mark.parametrize(
    ("field", "value"),
    [("manager", "mia"), ("source", "fair"), ("custom.vip", "yes"), ("custom.tone", ""), ("custom.tone", "warm")],
)
def test_undoing_a_bulk_edit_of_340_brings_back_every_field_and_history_shows_both(
    app: SmallApp, field: str, value: str
) -> None:
    crowd(app, 340)
    before = everything(app)
    chosen = Chosen(CustomerQuery(), tuple(range(100, 440)))
    done = bulk.apply(app, ACTOR, chosen, field, value)
    after = everything(app)
    assert sum(a != b for a, b in zip(before, after, strict=True)) == done.count > 150
    report = history.undo(app, ACTOR)
    assert (report.restored, report.kept) == (done.count, ()) and everything(app) == before
    undo, deed = history.deeds(app, ACTOR)
    assert (
        deed.id == done.deed and deed.undone and undo.undoes == deed.id and (deed.rows, undo.rows) == (done.count,) * 2
    )
    touched = next(row["number"] for row, old in zip(after, before, strict=True) if row != old)
    entries = history.of_customer(app, ACTOR, touched)
    assert [e.act for e in entries] == ["undo", "bulk edit"]
    assert (entries[0].before, entries[0].after) == (entries[1].after, entries[1].before)
    history.redo(app, ACTOR)
    assert everything(app) == after
    assert verify(app.store.path)["ok"]


def test_an_undo_leaves_what_was_changed_since(app: SmallApp) -> None:
    crowd(app, 340)
    done = bulk.apply(app, ACTOR, Chosen(CustomerQuery(), tuple(range(100, 440))), "source", "fair")
    with app.store.write() as session:
        Journal(session, ACTOR, "edit", "Edit").update_many("customer", {i: {"source": "friend"} for i in (101, 102)})
    report = history.undo(app, ACTOR, done.deed)
    assert report.restored == done.count - 2 and len(report.kept) == 2
    assert one(app, "SELECT count(*) FROM customer WHERE source = 'friend'") == (2,)


def test_one_deed_one_audit_row_one_unit_of_work(app: SmallApp) -> None:
    crowd(app, 340)
    before = app.store.change_no(), one(app, "SELECT count(*) FROM audit_event")[0]
    done = bulk.apply(app, ACTOR, ALL_OF_THEM, "manager", "otto")
    assert app.store.change_no() == before[0] + 1 == done.change.change_no
    row = one(app, "SELECT actor, act, object, fields, reason FROM audit_event ORDER BY seq DESC")
    assert row == ("ela", "bulk edit", f"deed {done.deed}", "manager", f"{done.count} of 345 customers")
    assert one(app, "SELECT count(*) FROM audit_event") == (before[1] + 1,)


def test_a_bulk_edit_of_nobody_leaves_no_trace(app: SmallApp) -> None:
    before = one(app, "SELECT count(*) FROM audit_event")
    done = bulk.apply(app, ACTOR, Chosen(CustomerQuery(), ()), "source", "web")
    assert (done.count, done.deed, done.left_out, done.change.touched) == (0, None, {}, {})
    none = bulk.apply(app, ACTOR, Chosen(CustomerQuery("nobody at all")), "source", "web")
    assert none.deed is None and one(app, "SELECT count(*) FROM audit_event") == before


def test_a_cancel_changes_nothing(app: SmallApp, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk.queries, "PACK", 50)
    crowd(app, 340)
    before, number = everything(app), app.store.change_no()
    asked = iter([False, False, True])
    with pytest.raises(Cancelled):
        bulk.apply(app, ACTOR, ALL_OF_THEM, "source", "fair", cancel=lambda: next(asked))
    assert everything(app) == before and app.store.change_no() == number and next(asked, None) is None

    class Stopped(Silent):
        def step(self, fraction: float, text: str = "") -> None:
            if fraction > 0.5:
                raise Cancelled

    with pytest.raises(Cancelled):
        bulk.apply(app, ACTOR, ALL_OF_THEM, "source", "fair", progress=Stopped())
    assert everything(app) == before and one(app, "SELECT count(*) FROM deed") == (0,)


def test_progress_is_told_to_the_end(app: SmallApp, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk.queries, "PACK", 100)
    crowd(app, 340)

    class Told(Silent):
        def step(self, fraction: float, text: str = "") -> None:
            seen.append((round(fraction, 2), text))

    seen: list[tuple[float, str]] = []
    bulk.apply(app, ACTOR, ALL_OF_THEM, "source", "fair", progress=Told())
    assert seen[0] == (0.29, "100 of 345 customers") and seen[-1] == (1.0, "345 of 345 customers")


def test_of_very_many_the_views_hear_that_all_may_have_changed(app: SmallApp, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(change, "NAMED_AT_MOST", 100)
    crowd(app, 340)
    assert bulk.apply(app, ACTOR, ALL_OF_THEM, "source", "fair").change.touched == {"customer": ALL}
    assert history.undo(app, ACTOR).change.touched == {"customer": ALL}


def test_a_teller_edits_one_customer_at_a_time(app: SmallApp) -> None:
    for call in (bulk.preview, bulk.apply):
        with pytest.raises(Refused, match="may not edit customer"):
            call(app, TELLER, ALL_OF_THEM, "source", "web")


def test_who_leaves_the_filter_before_the_deed_begins_is_not_changed(app: SmallApp) -> None:
    """Another window moves a customer to another branch while the deed waits for its turn."""
    harbour = Chosen(CustomerQuery(filters=(Chip("branch", "is", ("B2",)),)))
    edited(app, {1: {"branch_id": 2}, 2: {"branch_id": 2}})
    done: list[bulk.BulkDone] = []
    deed = threading.Thread(target=lambda: done.append(bulk.apply(app, ACTOR, harbour, "source", "fair")))
    with app.store.write() as session:
        session.connection()  # the bank is ours from here
        deed.start()
        time.sleep(0.3)  # it waits for the bank now
        Journal(session, ACTOR, "edit", "Move").update("customer", 2, {"branch_id": 1})
    deed.join()
    assert done[0].count == 1
    assert {row["id"] for row in everything(app) if row["source"] == "fair"} == {1}


def edited(app: SmallApp, sets: dict[int, dict[str, Any]]) -> None:
    with app.store.write() as session:
        Journal(session, ACTOR, "edit", "Edit").update_many("customer", sets)
