"""Tasks: what is due, snoozing, handing over, ending, conflicts, reminders over a restart, undo, and rights."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from crmdesk.domain.errors import BadInput, Conflict, CrmdeskError, Refused
from crmdesk.domain.rights import Actor, Role, single_user
from crmdesk.services import history, staff, tasks
from crmdesk.store import create_bank, open_bank
from tests.small_bank import ACTOR, SmallApp, build

BO = single_user("bo")


@pytest.fixture
def app(tmp_path: Path) -> Iterator[SmallApp]:
    made = build(tmp_path / "bank.crmdesk")
    yield made
    made.store.close()


@pytest.fixture
def now(app: SmallApp) -> datetime:
    return app.store.clock()


def add(app: SmallApp, title: str, at: datetime, **more: Any) -> int:
    (key,) = tasks.add(app, ACTOR, title, at, **more).touched["task"]
    return int(key)


def titles(app: SmallApp, **more: Any) -> list[str]:
    return [row.title for row in tasks.due(app, ACTOR, **more)]


def test_the_list_is_in_the_order_in_which_tasks_come_up(app: SmallApp, now: datetime) -> None:
    add(app, "later", now + timedelta(days=2))
    add(app, "late", now - timedelta(days=3), number="C-000001", note="twice")
    first = add(app, "soon", now)
    assert titles(app) == ["late", "soon", "later"]
    assert titles(app, until=now) == ["late", "soon"]
    late = tasks.due(app, ACTOR)[0]
    assert (late.number, late.name, late.note, late.owner) == ("C-000001", "Ada Yılmaz", "twice", "ela")
    tasks.snooze(app, ACTOR, first, now + timedelta(days=5))
    assert titles(app) == ["late", "later", "soon"] and titles(app, until=now) == ["late"]


def test_the_counts_agree_with_the_list(app: SmallApp, now: datetime) -> None:
    for hours in (-30, -1, 20, 21, 90):
        add(app, f"in {hours}", now + timedelta(hours=hours))
    found = tasks.agenda(app, ACTOR, now)
    assert found.due == len(tasks.due(app, ACTOR, until=now)) == 2
    assert found.next_at == now + timedelta(hours=20) and found.next_count == 2
    assert tasks.agenda(app, ACTOR, now + timedelta(days=9)) == tasks.Agenda(5, None, 0)
    assert tasks.agenda(app, BO, now) == tasks.Agenda(0, None, 0)


def test_a_task_ends_once_and_can_be_opened_again(app: SmallApp, now: datetime) -> None:
    key = add(app, "call", now)
    tasks.done(app, ACTOR, key)
    assert not titles(app) and [row.state for row in tasks.due(app, ACTOR, done=True)] == ["done"]
    for again in (tasks.done, tasks.drop):
        with pytest.raises(CrmdeskError, match="done already; reopen it first"):
            again(app, ACTOR, key)
    tasks.reopen(app, ACTOR, key)
    with pytest.raises(CrmdeskError, match="open already"):
        tasks.reopen(app, ACTOR, key)
    tasks.drop(app, ACTOR, key)
    assert [row.state for row in tasks.due(app, ACTOR, done=True)] == ["dropped"]


def test_what_was_handed_over_says_from_whom(app: SmallApp, now: datetime) -> None:
    staff.add(app, ACTOR, "bo", "Bo Ek", "B2")
    keys = [add(app, f"task {n}", now) for n in range(3)]
    before = app.store.change_no()
    tasks.hand_over(app, ACTOR, keys[:2], "bo")
    assert app.store.change_no() == before + 1  # one deed
    assert titles(app) == ["task 2"]
    mine = tasks.due(app, BO)
    assert [(row.title, row.handed_from, row.owner_name) for row in mine] == [
        ("task 0", "ela", "Bo Ek"), ("task 1", "ela", "Bo Ek")
    ]  # fmt: skip
    assert len(tasks.due(app, ACTOR, mine=False)) == 3
    report = history.undo(app, ACTOR)
    assert report.restored == 2 and len(titles(app)) == 3 and not tasks.due(app, ACTOR)[0].handed_from
    for bad, sentence in (([], "Choose at least one"), ([keys[2], 99], "not there any more")):
        with pytest.raises(BadInput, match=sentence):
            tasks.hand_over(app, ACTOR, bad, "bo")
    with pytest.raises(BadInput, match="login nobody"):
        tasks.hand_over(app, ACTOR, keys, "nobody")
    assert len(titles(app)) == 3


def test_a_change_on_an_old_version_says_who_was_first_and_changes_nothing(app: SmallApp, now: datetime) -> None:
    key = add(app, "call", now)
    tasks.edit(app, BO, key, 1, title="call twice")
    with pytest.raises(Conflict, match="bo changed this task meanwhile") as caught:
        tasks.edit(app, ACTOR, key, 1, title="visit", note="soon")
    (change,) = caught.value.changes
    assert (change["field"], change["before"], change["theirs"], change["by"]) == ("title", "call", "call twice", "bo")
    assert [(row.title, row.note) for row in tasks.due(app, ACTOR)] == [("call twice", "")]
    tasks.edit(app, ACTOR, key, caught.value.version, title="visit", number="C-000002", owner="ela")
    assert tasks.of_customer(app, ACTOR, "C-000002")[0].title == "visit"


def test_a_new_due_time_ends_a_snooze(app: SmallApp, now: datetime) -> None:
    key = add(app, "call", now)
    tasks.snooze(app, ACTOR, key, now + timedelta(days=1))
    (row,) = tasks.due(app, ACTOR)
    tasks.edit(app, ACTOR, key, row.version, due_at=now - timedelta(hours=1))
    (row,) = tasks.due(app, ACTOR, until=now)
    assert row.snoozed_until is None and row.at == now - timedelta(hours=1)


@pytest.mark.parametrize(
    ("what", "sentence"),
    [
        ({"title": "  "}, "what to do"),
        ({"title": "x" * 201}, "what to do"),
        ({"note": "x" * 4_001}, "Shorten the note"),
        ({"number": "C-999999"}, "C-999999"),
        ({"owner": "nobody"}, "login nobody"),
        ({"origin": "dream"}, "where a task comes from"),
    ],
)
def test_what_cannot_be_is_refused_and_leaves_nothing(
    app: SmallApp, now: datetime, what: dict[str, Any], sentence: str
) -> None:
    before = app.store.change_no()
    with pytest.raises(BadInput, match=sentence):
        tasks.add(app, ACTOR, **{"title": "call", "due_at": now, **what})
    assert app.store.change_no() == before and not tasks.due(app, ACTOR, mine=False)
    with pytest.raises(BadInput, match="still to come"):
        tasks.snooze(app, ACTOR, add(app, "call", now), now)


def test_reminders_outlive_a_restart_until_something_is_done(tmp_path: Path) -> None:
    path = tmp_path / "real.crmdesk"
    now = datetime.now(UTC)
    app = SmallApp(create_bank(path))
    quiet = add(app, "no reminder", now - timedelta(hours=1))
    rings = add(app, "rings", now + timedelta(hours=1), remind_at=now - timedelta(minutes=1))
    add(app, "rings later", now + timedelta(days=1), remind_at=now + timedelta(hours=20))
    add(app, "of another", now, remind_at=now, owner=None)
    assert [row.title for row in tasks.reminders(app, ACTOR)] == ["of another", "rings"]
    app.store.close()
    app = SmallApp(open_bank(path))
    assert [row.title for row in tasks.reminders(app, ACTOR)] == ["of another", "rings"]
    assert not tasks.reminders(app, BO)
    tasks.snooze(app, ACTOR, rings, datetime.now(UTC) + timedelta(seconds=3))
    tasks.snooze(app, ACTOR, quiet, datetime.now(UTC) + timedelta(seconds=3))
    assert [row.title for row in tasks.reminders(app, ACTOR)] == ["of another"]
    time.sleep(3.1)
    assert {row.title for row in tasks.reminders(app, ACTOR)} == {"no reminder", "of another", "rings"}
    tasks.done(app, ACTOR, rings)
    assert "rings" not in {row.title for row in tasks.reminders(app, ACTOR)}
    app.store.close()


def test_every_deed_can_be_taken_back(app: SmallApp, now: datetime) -> None:
    key = add(app, "call", now, number="C-000001")
    for deed in (
        lambda: tasks.snooze(app, ACTOR, key, now + timedelta(days=1)), lambda: tasks.done(app, ACTOR, key),
        lambda: tasks.edit(app, ACTOR, key, tasks.due(app, ACTOR)[0].version, title="visit"),
    ):  # fmt: skip
        before = tasks.due(app, ACTOR)[0]
        deed()
        history.undo(app, ACTOR)
        after = tasks.due(app, ACTOR)[0]
        assert after.version > before.version
        assert {k: v for k, v in vars(after).items() if k != "version"} == {
            k: v for k, v in vars(before).items() if k != "version"
        }
    fresh = add(app, "one more", now)
    history.undo(app, ACTOR)
    assert titles(app) == ["call"]
    with pytest.raises(BadInput, match="not there any more"):
        tasks.done(app, ACTOR, fresh)
    entries = [entry for entry in history.of_customer(app, ACTOR, "C-000001") if entry.table == "task"]
    assert any(entry.field == "*" for entry in entries) and any(entry.undone for entry in entries)


@pytest.mark.parametrize("field", ["state", "made_by", "origin", "shoe"])
def test_only_the_fields_of_a_task_can_be_set(app: SmallApp, now: datetime, field: str) -> None:
    key = add(app, "call", now)
    with pytest.raises(BadInput, match=f"A task has no field {field} to set"):
        tasks.edit(app, ACTOR, key, 1, **{field: "done"})


def test_rights_and_names(app: SmallApp, now: datetime) -> None:
    add(app, "call Ada", now, number="C-000001", note="Ada asked")
    auditor = Actor("aud", frozenset({Role.AUDITOR}))
    (row,) = tasks.due(app, auditor, mine=False)
    assert row.name == row.number == "C-000001" and "Ada" not in repr(row)  # masked where contact data is
    assert (row.title, row.note) == ("hidden", "")
    for refused in (
        lambda: tasks.add(app, auditor, "x", now), lambda: tasks.done(app, auditor, row.id),
        lambda: tasks.snooze(app, auditor, row.id, now - timedelta(days=9)),
        lambda: tasks.hand_over(app, auditor, [row.id], "ela"), lambda: staff.add(app, auditor, "x", "X"),
        lambda: tasks.due(app, Actor("mk", frozenset({Role.MARKETING}))),
    ):  # fmt: skip
        with pytest.raises(Refused):
            refused()


def test_the_person_at_the_desk_gets_a_row_with_the_first_deed(app: SmallApp, now: datetime) -> None:
    assert [(one.login, one.me) for one in staff.people(app, ACTOR)] == [("ela", True)]
    before = app.store.change_no()
    add(app, "call", now)
    add(app, "call again", now)
    staff.add(app, ACTOR, "bo", "Bo Ek", "B2")
    assert app.store.change_no() == before + 3
    assert [(one.name, one.branch, one.me) for one in staff.people(app, ACTOR)] == [
        ("Bo Ek", "Harbour", False), ("ela", "", True)
    ]  # fmt: skip
    for login, name, branch in (("bo", "Other", ""), ("", "X", ""), ("x", " ", ""), ("y", "Y", "B9")):
        with pytest.raises(BadInput):
            staff.add(app, ACTOR, login, name, branch)
    assert len(staff.people(app, ACTOR)) == 2


def test_every_write_is_audited_without_what_was_written(app: SmallApp, now: datetime) -> None:
    key = add(app, "Call Ada about her divorce", now, number="C-000001", note="very private")
    tasks.done(app, ACTOR, key)
    with app.store.reader() as raw:
        rows = raw.execute("SELECT act, object, reason, fields FROM audit_event WHERE act LIKE '%task%'").fetchall()
    assert [row[0] for row in rows] == ["add task", "finish task"]
    assert not any(word in str(rows) for word in ("divorce", "private", "Ada"))


def test_the_audit_of_each_deed_names_the_customer_a_task_is_about(app: SmallApp, now: datetime) -> None:
    about, free = add(app, "call", now, number="C-000003"), add(app, "file", now)
    for key in (about, free):
        tasks.edit(app, ACTOR, key, 1, note="soon")
        tasks.done(app, ACTOR, key)
        tasks.reopen(app, ACTOR, key)
    with app.store.reader() as raw:
        rows = raw.execute("SELECT object, customer_id FROM audit_event WHERE object LIKE 'task %'").fetchall()
    assert set(rows) == {(f"task {about}", 3), (f"task {free}", None)} and len(rows) == 8
