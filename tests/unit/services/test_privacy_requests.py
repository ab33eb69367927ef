"""Requests of customers about their data: due days, one extension, an answer, who may do and read what."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from unit.services.signed_in import sign_in

from crmdesk.domain.errors import BadFields, BadInput, Conflict, CrmdeskError, Refused
from crmdesk.domain.rights import Role
from crmdesk.services import audit_log, history, privacy_requests
from crmdesk.services.privacy_requests import RequestRow
from crmdesk.store import chain
from tests.small_bank import ACTOR, SmallApp, build, event

RECEIVED = date(2026, 10, 5)  # the bank's clock stands at 31 October 2026


@pytest.fixture
def app(tmp_path: Path) -> Iterator[SmallApp]:
    made = build(tmp_path / "b.crmdesk")
    yield made
    made.store.close()


def clock(app: SmallApp, day: date) -> None:
    with app.store.write() as session:
        session.connection().exec_driver_sql("UPDATE bank_state SET invented_until = ?", (day.isoformat(),))


def asked(app: SmallApp, kind: str = "access", number: str = "C-000001", on: date = RECEIVED) -> RequestRow:
    change = privacy_requests.add(app, ACTOR, number, kind, on, "by letter")
    (key,) = change.touched["privacy_request"]
    return next(row for row in privacy_requests.open_ones(app, ACTOR) if row.id == key)


@pytest.mark.parametrize(("received", "due"), [
    (date(2026, 10, 5), date(2026, 11, 5)), (date(2026, 8, 31), date(2026, 9, 30)),
    (date(2026, 1, 30), date(2026, 2, 28)), (date(2025, 12, 31), date(2026, 1, 31)),
])  # fmt: skip
def test_a_request_is_due_one_month_after_its_receipt(app: SmallApp, received: date, due: date) -> None:
    row = asked(app, on=received)
    assert row.due_on == row.due_first == due and row.days_left == (due - date(2026, 10, 31)).days


@pytest.mark.parametrize(("today", "left"), [(date(2026, 11, 4), 1), (date(2026, 11, 5), 0), (date(2026, 11, 6), -1)])
def test_the_days_left_are_counted_by_the_banks_clock(app: SmallApp, today: date, left: int) -> None:
    asked(app)
    clock(app, today)
    assert [row.days_left for row in privacy_requests.open_ones(app, ACTOR)] == [left]


def test_an_extension_gives_two_months_more_once_and_within_the_first(app: SmallApp) -> None:
    row = asked(app)
    clock(app, date(2026, 11, 5))
    privacy_requests.extend(app, ACTOR, row.id, row.version, "records of three banks")
    (longer,) = privacy_requests.open_ones(app, ACTOR)
    assert longer.due_on == date(2027, 1, 5) and longer.due_first == date(2026, 11, 5)
    assert longer.extended_because == "records of three banks"
    with pytest.raises(CrmdeskError, match="extended once already"):
        privacy_requests.extend(app, ACTOR, row.id, longer.version, "more")
    late = asked(app, "erase")
    clock(app, date(2026, 11, 6))
    with pytest.raises(CrmdeskError, match="first month ended on 5 November 2026|first month ended on 5 Nov"):
        privacy_requests.extend(app, ACTOR, late.id, late.version, "too late")
    with pytest.raises(BadFields, match="why it takes longer"):
        privacy_requests.extend(app, ACTOR, late.id, late.version, "  ")


@pytest.mark.parametrize("state", ["done", "refused"])
def test_an_answer_closes_a_request_for_good(app: SmallApp, state: str) -> None:
    row = asked(app)
    with pytest.raises(BadFields) as refused:
        privacy_requests.close(app, ACTOR, row.id, row.version, "lost", "")
    assert set(refused.value.fields) == {"state", "outcome"}
    privacy_requests.close(app, ACTOR, row.id, row.version, state, "a copy was sent")
    assert privacy_requests.open_ones(app, ACTOR) == []
    (gone,) = privacy_requests.ended(app, ACTOR)
    assert (gone.state, gone.outcome, gone.ended_by, gone.days_left) == (state, "a copy was sent", "ela", 0)
    assert gone.ended_at is not None and privacy_requests.of_customer(app, ACTOR, "C-000001") == [gone]
    with pytest.raises(CrmdeskError, match="answered on"):
        privacy_requests.close(app, ACTOR, row.id, gone.version, "done", "again")
    with pytest.raises(CrmdeskError, match="answered on"):
        privacy_requests.extend(app, ACTOR, row.id, gone.version, "again")


def test_the_one_due_first_stands_first(app: SmallApp) -> None:
    later, sooner = asked(app, "access"), asked(app, "erase", "C-000002", date(2026, 9, 20))
    assert [row.id for row in privacy_requests.open_ones(app, ACTOR)] == [sooner.id, later.id]


def test_the_same_is_not_taken_down_twice_while_it_is_open(app: SmallApp) -> None:
    row = asked(app)
    with pytest.raises(BadInput, match="asked for a copy of the data on 5 October 2026|on 5 Oct"):
        asked(app)
    asked(app, "erase")
    asked(app, "access", "C-000002")
    privacy_requests.close(app, ACTOR, row.id, row.version, "done", "sent")
    asked(app)


def test_bad_entries_are_refused_field_by_field_and_write_nothing(app: SmallApp) -> None:
    before = app.store.change_no()
    with pytest.raises(BadFields) as wrong:
        privacy_requests.add(app, ACTOR, "C-000001", "wish", date(2026, 11, 1), "x" * 4_001)
    assert set(wrong.value.fields) == {"kind", "received_on", "note"}
    with pytest.raises(BadInput, match="C-000099"):
        privacy_requests.add(app, ACTOR, "C-000099", "access", RECEIVED)
    with pytest.raises(BadInput, match="not there"):
        privacy_requests.close(app, ACTOR, 99, 1, "done", "x")
    assert app.store.change_no() == before


def test_who_changed_it_meanwhile_is_named(app: SmallApp) -> None:
    row = asked(app)
    privacy_requests.extend(app, ACTOR, row.id, row.version, "many records")
    with pytest.raises(Conflict, match="ela changed this request") as conflict:
        privacy_requests.close(app, ACTOR, row.id, row.version, "done", "sent")
    assert conflict.value.version == row.version + 1
    assert {change["title"] for change in conflict.value.changes} == {"due", "why it takes longer"}


def test_each_step_is_in_the_history_and_in_the_audit_without_its_words(app: SmallApp) -> None:
    row = asked(app)
    privacy_requests.extend(app, ACTOR, row.id, row.version, "many records")
    privacy_requests.close(app, ACTOR, row.id, row.version + 1, "done", "sent to the lake house")
    steps = privacy_requests.history(app, ACTOR, row.id)
    assert steps[0].field == "*" and steps[0].after["note"] == "by letter"
    assert {step.field for step in steps[1:]} == {
        "due_on", "extended_because", "state", "outcome", "ended_by", "ended_at",
    }  # fmt: skip
    told = audit_log.events(app, ACTOR, audit_log.AuditFilter(number="C-000001")).rows
    assert [one.act.split()[0] for one in told] == ["close", "extend", "add"]
    assert "lake" not in repr(told) and "letter" not in repr(told)


def test_the_auditor_sees_that_there_are_requests_and_none_of_their_words(app: SmallApp) -> None:
    row = asked(app)
    auditor = sign_in(app, "aude", Role.AUDITOR)
    (seen,) = privacy_requests.open_ones(app, auditor)
    assert (seen.id, seen.number, seen.due_on) == (row.id, "C-000001", row.due_on) and "letter" not in repr(seen)
    assert "letter" not in repr(privacy_requests.history(app, auditor, row.id))
    with pytest.raises(Refused):
        privacy_requests.close(app, auditor, row.id, row.version, "done", "x")


@pytest.mark.parametrize("role", list(Role))
def test_who_may_take_down_read_and_answer(app: SmallApp, role: Role) -> None:
    row = asked(app, "erase")
    person = sign_in(app, "pat", role)
    with app.store.write() as session:
        session.connection().exec_driver_sql(
            "UPDATE customer SET manager_id = (SELECT id FROM staff WHERE login = 'pat') WHERE id = 1"
        )
    records = role in (Role.TELLER, Role.RELATIONSHIP_MANAGER, Role.DPO)

    def allowed(call: str, *args: object) -> bool:
        try:
            getattr(privacy_requests, call)(app, person, *args)
        except Refused:
            return False
        return True

    assert allowed("add", "C-000001", "access", RECEIVED) == records
    assert allowed("add", "C-000004", "access", RECEIVED) == (role == Role.DPO)  # of the other branch
    assert allowed("open_ones") == allowed("of_customer", "C-000001") == (role in (Role.DPO, Role.AUDITOR))
    assert allowed("close", row.id, row.version, "done", "sent") == (role == Role.DPO)


def test_who_reads_no_requests_finds_none_in_the_history_and_undoes_none(app: SmallApp) -> None:
    manager = sign_in(app, "mert", Role.RELATIONSHIP_MANAGER)
    with app.store.write() as session:
        session.connection().exec_driver_sql(
            "UPDATE customer SET manager_id = (SELECT id FROM staff WHERE login = 'mert') WHERE id = 1"
        )
    privacy_requests.add(app, manager, "C-000001", "erase", RECEIVED, "a feud with the neighbour")
    assert "feud" not in repr(history.of_customer(app, manager, "C-000001"))
    with pytest.raises(Refused, match="manage requests"):
        history.undo(app, manager)
    officer = sign_in(app, "dora", Role.DPO)
    assert [row.note for row in privacy_requests.open_ones(app, officer)] == ["a feud with the neighbour"]


def test_an_erased_person_asks_nothing_more(app: SmallApp) -> None:
    gone = event(2, "service", None, "erased", "2026-09-01")
    with app.store.write() as session:
        chain.append(session, app.store.audit_key, "permission_event", [gone])
    with pytest.raises(BadInput, match="erased"):
        privacy_requests.add(app, ACTOR, "C-000002", "access", RECEIVED)
