"""History, undo and redo: one's own deeds go back whole, what others changed since stays and is named."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
import small_bank
from small_bank import ACTOR, SmallApp

from crmdesk.domain.errors import BadInput, CrmdeskError, Refused
from crmdesk.domain.rights import Actor, Role, single_user
from crmdesk.services import history
from crmdesk.store import chain
from crmdesk.store.journal import WHOLE, Journal
from crmdesk.store.verify import verify

MIA = single_user("mia")
OTTO = Actor("otto", frozenset({Role.AUDITOR}))
TELLER = Actor("ela", frozenset({Role.TELLER}))
AT = datetime(2026, 5, 3, 9, tzinfo=UTC)


@pytest.fixture
def app(tmp_path: Path) -> Iterator[SmallApp]:
    made = small_bank.build(tmp_path / "small.crmdesk")
    yield made
    made.store.close()


def edit(app: SmallApp, sets: dict[int, dict[str, Any]], actor: Actor = ACTOR, title: str = "Edit",
         table: str = "customer") -> int:  # fmt: skip
    with app.store.write() as session:
        journal = Journal(session, actor, "edit", title)
        journal.update_many(table, sets)
    assert journal.id is not None
    return journal.id


def insert(app: SmallApp, table: str, actor: Actor = ACTOR, **values: Any) -> int:
    with app.store.write() as session:
        return Journal(session, actor, "add", f"Add {table}").insert(table, values)


def remove(app: SmallApp, table: str, row: int) -> None:
    with app.store.write() as session:
        Journal(session, ACTOR, "remove", f"Remove {table}").remove(table, row)


def table(app: SmallApp, name: str) -> list[tuple[Any, ...]]:
    with app.store.reader() as raw:
        return raw.execute(f"SELECT * FROM {name} ORDER BY id").fetchall()


def without_version(app: SmallApp, name: str = "customer") -> list[dict[str, Any]]:
    """Rows as they are for people; the version goes up with an undo too."""
    with app.store.reader() as raw:
        cursor = raw.execute(f"SELECT * FROM {name} ORDER BY id")
        names = [d[0] for d in cursor.description]
        rows = [dict(zip(names, row, strict=True)) for row in cursor]
    return [{k: (None if v == "null" else v) for k, v in row.items() if k != "version"} for row in rows]


def title_of(entry: history.DeedEntry | None) -> str | None:
    return entry.title if entry else None


def test_an_undo_brings_back_every_field_and_a_redo_what_was_undone(app: SmallApp) -> None:
    before = without_version(app)
    edit(app, {1: {"city": "Bursa", "custom.vip": True}, 2: {"phone": None, "birth_date": date(1980, 1, 2)}})
    after = without_version(app)
    report = history.undo(app, ACTOR)
    assert (report.title, report.restored, report.kept) == ("Undo: Edit", 2, ())
    assert report.change.touched == {"customer": frozenset({1, 2})} and report.change.kind == "undo"
    assert report.change.change_no == app.store.change_no()
    assert without_version(app) == before
    again = history.redo(app, ACTOR)
    assert (again.title, again.restored) == ("Redo: Edit", 2) and without_version(app) == after
    assert history.undo(app, ACTOR).title == "Undo: Edit" and without_version(app) == before
    assert verify(app.store.path)["ok"]


def test_a_large_deed_is_taken_back_in_packs(app: SmallApp, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history.queries, "_PAGE", 3)
    before = without_version(app)
    with app.store.write() as session:
        journal = Journal(session, ACTOR, "much", "Much at once")
        home = journal.insert("household", {"name": "Ek"})
        journal.update_many(
            "customer", {i: {"city": "Bursa", "source": "web", "occupation": "nurse"} for i in range(1, 6)}
        )
        journal.insert("household_member", {"household_id": home, "customer_id": 4, "from_on": date(2026, 5, 3)})
        journal.update_many("customer", {i: {"city": "Adana"} for i in range(1, 6)})
    report = history.undo(app, ACTOR)
    assert report.kept == () and report.change.touched["customer"] == frozenset(range(1, 6))
    assert without_version(app) == before and table(app, "household") == table(app, "household_member") == []
    assert history.redo(app, ACTOR).kept == () and without_version(app)[4]["city"] == "Adana"
    assert history.undo(app, ACTOR).kept == () and without_version(app) == before


def test_undo_and_redo_walk_the_deeds_in_order(app: SmallApp) -> None:
    for n in range(3):
        edit(app, {1: {"city": f"City {n}"}}, title=f"Edit {n}")

    def next_two() -> tuple[str | None, str | None]:
        return title_of(history.next_undo(app, ACTOR)), title_of(history.next_redo(app, ACTOR))

    seen = [next_two()]
    for step in (history.undo, history.undo, history.redo, history.undo, history.undo, history.redo, history.redo):
        step(app, ACTOR)
        seen.append(next_two())
    assert seen == [
        ("Edit 2", None), ("Edit 1", "Undo: Edit 2"), ("Edit 0", "Undo: Edit 1"), ("Redo: Edit 1", "Undo: Edit 2"),
        ("Edit 0", "Undo: Edit 1"), (None, "Undo: Edit 0"), ("Redo: Edit 0", "Undo: Edit 1"),
        ("Redo: Edit 1", "Undo: Edit 2"),
    ]  # fmt: skip
    edit(app, {1: {"city": "New"}}, title="New")
    assert next_two() == ("New", None)  # what was undone is not brought back over something newer
    with pytest.raises(BadInput, match="nothing to redo"):
        history.redo(app, ACTOR)


def test_without_deeds_there_is_nothing_to_undo(app: SmallApp) -> None:
    assert history.next_undo(app, ACTOR) is None and history.next_redo(app, ACTOR) is None
    with pytest.raises(BadInput, match="nothing to undo"):
        history.undo(app, ACTOR)


def test_what_others_changed_since_stays_and_is_named(app: SmallApp) -> None:
    edit(app, {1: {"city": "Bursa", "occupation": "nurse"}, 2: {"city": "Bursa"}})
    edit(app, {1: {"city": "Adana"}}, actor=MIA)
    report = history.undo(app, ACTOR)
    assert report.restored == 2 and len(report.kept) == 1
    assert report.kept[0].startswith("C-000001: city was changed by mia on ") and "stays" in report.kept[0]
    people = without_version(app)
    assert people[0]["city"] == "Adana" and people[0]["occupation"] is None and people[1]["city"] == "İzmir"


def test_what_an_import_changed_since_stays_too(app: SmallApp) -> None:
    edit(app, {1: {"city": "Bursa", "occupation": "nurse"}})
    with app.store.write() as session:
        session.connection().exec_driver_sql("UPDATE customer SET city = 'Adana' WHERE id = 1")
    assert history.undo(app, ACTOR).kept == ("C-000001: city was changed by an import since and stays.",)


def test_an_undo_of_which_nothing_is_left_is_refused_and_leaves_no_trace(app: SmallApp) -> None:
    deed = edit(app, {1: {"city": "Bursa"}})
    edit(app, {1: {"city": "Adana"}}, actor=MIA)
    before = table(app, "deed"), table(app, "field_change"), app.store.change_no()
    with pytest.raises(CrmdeskError, match="Nothing of 'Edit' could be taken back. C-000001: city was changed by mia"):
        history.undo(app, ACTOR, deed)
    assert (table(app, "deed"), table(app, "field_change"), app.store.change_no()) == before


def test_only_ones_own_deeds_once(app: SmallApp) -> None:
    deed = edit(app, {1: {"city": "Bursa"}})
    with pytest.raises(Refused, match="made by ela"):
        history.undo(app, MIA, deed)
    with pytest.raises(BadInput, match="no change 99"):
        history.undo(app, ACTOR, 99)
    history.undo(app, ACTOR, deed)
    with pytest.raises(BadInput, match="undone already"):
        history.undo(app, ACTOR, deed)
    assert history.deeds(app, MIA) == [] and history.next_undo(app, MIA) is None


def test_any_own_deed_can_be_taken_back_out_of_order_also_after_a_redo(app: SmallApp) -> None:
    first = edit(app, {1: {"city": "Bursa"}}, title="First")
    edit(app, {2: {"city": "Bursa"}}, title="Second")
    assert history.undo(app, ACTOR, first).title == "Undo: First"
    assert title_of(history.next_redo(app, ACTOR)) == "Undo: First"
    history.redo(app, ACTOR)
    assert not next(d for d in history.deeds(app, ACTOR) if d.id == first).undone
    assert history.undo(app, ACTOR, first).title == "Undo: First"  # the redo is what stands of it
    assert without_version(app)[0]["city"] == "Moda" and without_version(app)[1]["city"] == "Bursa"


def test_ones_own_deeds_newest_first(app: SmallApp) -> None:
    first = edit(app, {1: {"city": "Bursa"}, 2: {"city": "Bursa", "phone": None}}, title="Both")
    history.undo(app, ACTOR)
    undo, deed = history.deeds(app, ACTOR)
    assert (undo.title, undo.undoes, undo.undone, undo.rows) == ("Undo: Both", first, False, 2)
    assert (deed.title, deed.undoes, deed.undone, deed.rows) == ("Both", None, True, 2)
    assert len(history.deeds(app, ACTOR, limit=1)) == 1


def test_rows_that_were_made_go_and_rows_that_went_come_back(app: SmallApp) -> None:
    with app.store.write() as session:
        journal = Journal(session, ACTOR, "join", "Make a household")
        home = journal.insert("household", {"name": "Yılmaz"})
        for customer in (1, 2):
            journal.insert("household_member", {"household_id": home, "customer_id": customer, "from_on": "2026-05-03"})
    members = table(app, "household_member")
    history.undo(app, ACTOR)
    assert table(app, "household") == [] and table(app, "household_member") == []
    history.redo(app, ACTOR)
    assert table(app, "household_member") == members and table(app, "household")[0][:2] == (home, "Yılmaz")
    interest = insert(app, "interest", customer_id=1, family="loan", at=AT, source="told")
    was = table(app, "interest")
    remove(app, "interest", interest)
    history.undo(app, ACTOR)
    assert table(app, "interest") == was


def test_a_row_that_was_changed_or_is_needed_is_not_taken_out(app: SmallApp) -> None:
    home = insert(app, "household", name="Ek")
    deed = history.deeds(app, ACTOR)[0].id
    edit(app, {home: {"name": "Ek and Ek"}}, actor=MIA, table="household")
    with pytest.raises(CrmdeskError, match="The household name was changed by mia"):
        history.undo(app, ACTOR, deed)
    edit(app, {home: {"name": "Ek"}}, actor=MIA, table="household")
    member = insert(app, "household_member", actor=MIA, household_id=home, customer_id=4, from_on=date(2026, 5, 3))
    with pytest.raises(CrmdeskError, match="named by other records"):
        history.undo(app, ACTOR, deed)
    with app.store.write() as session:
        Journal(session, MIA, "remove", "Remove").remove("household_member", member)
    history.undo(app, ACTOR, deed)
    assert table(app, "household") == []


def test_a_place_taken_since_is_not_taken_back(app: SmallApp) -> None:
    homes = [insert(app, "household", name=name) for name in ("Ek", "Ström")]
    first = insert(app, "household_member", household_id=homes[0], customer_id=4, from_on=date(2026, 5, 3))
    remove(app, "household_member", first)
    deed = history.deeds(app, ACTOR)[0].id
    insert(app, "household_member", actor=MIA, household_id=homes[1], customer_id=4, from_on=date(2026, 6, 1))
    with pytest.raises(CrmdeskError, match="another one has taken its place"):
        history.undo(app, ACTOR, deed)
    assert [row[1] for row in table(app, "household_member")] == [homes[1]]


def test_a_new_customer_goes_only_while_nothing_hangs_on_them(app: SmallApp) -> None:
    key = insert(app, "customer", number="C-9", kind="person", family_name="Neu", branch_id=1)
    history.undo(app, ACTOR)
    assert len(table(app, "customer")) == 5
    history.redo(app, ACTOR)
    with app.store.reader() as raw:
        found = raw.execute("SELECT rowid FROM customer_search WHERE name_folded LIKE '%neu%'").fetchall()
    assert found == [(key,)]
    with app.store.write() as session:
        small_bank.add(session, "interaction", [small_bank.interaction(key, "2026-10-01T09:00", 34)])
    with pytest.raises(CrmdeskError, match="C-9: is named by other records"):
        history.undo(app, ACTOR)
    assert len(table(app, "customer")) == 6


def test_a_field_of_the_bank_with_values_stays(app: SmallApp) -> None:
    insert(app, "custom_field", code="shoe", title="Shoe", kind="whole")
    deed = history.deeds(app, ACTOR)[0].id
    edit(app, {1: {"custom.shoe": 42}}, actor=MIA)
    with pytest.raises(CrmdeskError, match="has values by now"):
        history.undo(app, ACTOR, deed)
    edit(app, {1: {"custom.shoe": None}}, actor=MIA)
    history.undo(app, ACTOR, deed)
    assert table(app, "custom_field") == []


def test_the_stage_of_an_opportunity_goes_back_with_a_move_of_its_own(app: SmallApp) -> None:
    staff = insert(app, "staff", login="ela", name="Ela", branch_id=1)
    key = insert(app, "opportunity", customer_id=1, title="Loan", owner_id=staff, made_at=AT, moved_at=AT)
    edit(app, {key: {"stage": "lost", "lost_reason": "price"}}, table="opportunity")
    history.undo(app, ACTOR)
    assert without_version(app, "opportunity")[0]["stage"] == "identified"
    assert [row[2:4] for row in table(app, "opportunity_move")] == [("identified", "lost"), ("lost", "identified")]


def test_undoing_needs_the_right_to_the_deed(app: SmallApp) -> None:
    edit(app, {1: {"city": "Bursa"}})
    with pytest.raises(Refused, match="edit customer"):
        history.undo(app, TELLER)
    assert without_version(app)[0]["city"] == "Bursa"
    with pytest.raises(Refused, match="may not undo"):
        history.undo(app, OTTO)


def test_no_undo_or_redo_lifts_a_restriction(app: SmallApp) -> None:
    edit(app, {1: {"city": "Bursa"}}, title="Move")
    deed = edit(app, {1: {"restricted": True}}, title="Restrict")
    with pytest.raises(CrmdeskError, match="C-000001: the restriction is lifted on the Permissions tab"):
        history.undo(app, ACTOR, deed)
    assert title_of(history.next_undo(app, ACTOR)) == "Move"  # and the key finds what it may take back
    assert history.undo(app, ACTOR).title == "Undo: Move"
    lift = edit(app, {1: {"restricted": False}}, title="Lift")
    assert history.undo(app, ACTOR, lift).restored == 1  # back to the stricter state
    assert history.redo(app, ACTOR).title == "Redo: Move"  # the lifting is passed over too
    assert without_version(app)[0]["restricted"] == 1
    officer = Actor("ela", frozenset({Role.RELATIONSHIP_MANAGER}))
    with pytest.raises(Refused, match="may not restrict customer"):
        history.undo(app, officer, deed)


def test_an_undo_is_in_the_audit_without_values(app: SmallApp) -> None:
    deed = edit(app, {1: {"city": "Bursa"}})
    history.undo(app, ACTOR)
    with app.store.reader() as raw:
        row = raw.execute("SELECT actor, act, object, fields, reason FROM audit_event ORDER BY seq DESC").fetchone()
    assert row == ("ela", "undo", f"deed {deed}", "city", "")


def test_the_history_of_a_customer_shows_each_field_newest_first(app: SmallApp) -> None:
    edit(app, {1: {"city": "Bursa", "branch_id": 2}, 2: {"city": "Bursa"}}, title="Move")
    insert(app, "interest", customer_id=1, family="loan", at=AT, source="told")
    history.undo(app, ACTOR)
    found = history.of_customer(app, ACTOR, "C-000001")
    assert [(e.title, e.table, e.field, e.undone) for e in found] == [
        ("Undo: Add interest", "interest", WHOLE, False), ("Add interest", "interest", WHOLE, True),
        ("Move", "customer", "city", False), ("Move", "customer", "branch_id", False),
    ]  # fmt: skip
    city, branch = found[2:]
    assert (city.before, city.after, city.by) == ("Moda", "Bursa", "ela")
    assert (branch.before, branch.after) == ("Head office", "Harbour")
    assert found[1].before is None and found[1].after["family"] == "loan"
    assert [e.field for e in history.of_customer(app, ACTOR, "C-000002")] == ["city"]
    with pytest.raises(BadInput, match="No customer has the number C-77"):
        history.of_customer(app, ACTOR, "C-77")


def test_relations_are_in_the_history_of_both(app: SmallApp) -> None:
    key = insert(app, "relation", from_id=1, to_id=2, kind="referrer")
    edit(app, {key: {"to_on": date(2026, 5, 3)}}, table="relation")
    for number in ("C-000001", "C-000002"):
        assert [e.field for e in history.of_customer(app, ACTOR, number)] == ["to_on", WHOLE]
    assert history.of_customer(app, ACTOR, "C-000003") == []
    remove(app, "relation", key)
    assert [e.field for e in history.of_customer(app, ACTOR, "C-000002")] == [WHOLE, "to_on", WHOLE]


def test_without_the_right_to_contact_data_values_are_hidden(app: SmallApp) -> None:
    edit(
        app, {1: {"phone": "+46 70 999 88 77", "family_name": "Şahin", "source": "web", "birth_date": date(1981, 5, 3)}}
    )
    insert(app, "task", customer_id=1, owner_id=insert(app, "staff", login="x", name="X"), title="Call Ada", due_at=AT,
           made_at=AT, made_by="ela")  # fmt: skip
    edit(app, {1: {"education": "doctor"}}, title="Ada is a doctor now")
    found = {e.field: e for e in history.of_customer(app, OTTO, "C-000001")}
    assert found["education"].title == "edit"
    assert {e.title for e in history.of_customer(app, ACTOR, "C-000001")} >= {"Ada is a doctor now"}
    for field in ("phone", "family_name", "birth_date"):
        assert (found[field].before, found[field].after) == (history.HIDDEN, history.HIDDEN)
    assert (found["source"].before, found["source"].after) == (None, "web")
    assert found[WHOLE].after["title"] == history.HIDDEN and found[WHOLE].after["state"] == "open"
    assert "Ada" not in repr(list(found.values()))
    with pytest.raises(Refused):
        history.of_customer(app, TELLER, "C-000001")


def test_a_new_customer_hides_what_the_banks_own_fields_hold(app: SmallApp) -> None:
    insert(app, "customer", number="C-9", kind="person", family_name="Neu", branch_id=1, custom={"mother": "Ström"})
    (made,) = history.of_customer(app, OTTO, "C-9")
    assert made.after["custom"] == history.HIDDEN and "Ström" not in repr(made)
    (made,) = history.of_customer(app, ACTOR, "C-9")
    assert made.after["custom"] == {"mother": "Ström"}


def test_a_number_of_a_customer_who_was_taken_out_begins_anew(app: SmallApp) -> None:
    insert(app, "customer", number="C-9", kind="person", family_name="Neu", branch_id=1)
    history.undo(app, ACTOR)
    with app.store.write() as session:  # an import gives the free key to somebody else
        small_bank.add(session, "customer", [small_bank.person(6, "Liv", "Berg", number="C-9")])
    assert history.of_customer(app, ACTOR, "C-9") == []


def erase(app: SmallApp, customer: int) -> None:
    with app.store.write() as session:
        gone = small_bank.event(customer, "service", None, "erased", "2026-10-01")
        chain.append(session, app.store.audit_key, "permission_event", [gone])


def test_no_undo_brings_an_erased_person_back(app: SmallApp) -> None:
    event = {"customer_id": 1, "kind": "move", "on": date(2020, 1, 1), "source": "told", "note": "to Moda"}
    key = insert(app, "life_event", **event)
    cleared = edit(app, {1: {"phone": None, "email": None}, 2: {"phone": None}})
    remove(app, "life_event", key)
    erase(app, 1)
    with pytest.raises(CrmdeskError, match="The life event is about a customer who was erased and stays"):
        history.undo(app, ACTOR)
    report = history.undo(app, ACTOR, cleared)
    assert report.kept == ("C-000001: was erased and stays.",) and report.restored == 1
    by_id = {row["id"]: row["phone"] for row in without_version(app)}
    assert by_id[1] is None and by_id[2] == "+90 532 222 5678" and not table(app, "life_event")


def test_the_audit_of_an_undo_names_the_one_customer_it_was_about(app: SmallApp) -> None:
    insert(app, "interest", customer_id=1, family="loan", at=AT, source="told")
    history.undo(app, ACTOR)
    edit(app, {1: {"city": "Bursa"}, 2: {"city": "Bursa"}})
    history.undo(app, ACTOR)
    with app.store.reader() as raw:
        found = raw.execute("SELECT customer_id FROM audit_event WHERE act = 'undo' ORDER BY seq").fetchall()
    assert found == [(1,), (None,)]


def test_what_was_made_about_an_erased_person_may_still_go(app: SmallApp) -> None:
    insert(app, "interest", customer_id=1, family="loan", at=AT, source="told")
    erase(app, 1)
    assert history.undo(app, ACTOR).restored == 1 and not table(app, "interest")


def test_a_customer_who_was_merged_stays_as_they_are(app: SmallApp) -> None:
    edit(app, {4: {"city": "Bursa"}})
    edit(app, {4: {"merged_into": 1}}, actor=MIA)
    with pytest.raises(CrmdeskError, match="C-000004: was merged into another customer and stays"):
        history.undo(app, ACTOR)
