"""How long records are kept: due to the day by the moved clock, counted, listed, and raw import text removed."""

import os
import shutil
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from unit.services.signed_in import sign_in

from crmdesk.domain.days import shift_months
from crmdesk.domain.errors import BadInput, CrmdeskError, Refused
from crmdesk.domain.retention import RULES, last_due
from crmdesk.domain.rights import Role
from crmdesk.places import beside
from crmdesk.services import audit_log, autobackup, retention
from crmdesk.services.retention import Policy
from crmdesk.store import chain
from tests.small_bank import ACTOR, SmallApp, add, build, event, interaction, person

PERSONS = ("prospects", "former", "interactions")


@pytest.fixture
def app(tmp_path: Path) -> Iterator[SmallApp]:
    made = build(tmp_path / "b.crmdesk")
    yield made
    made.store.close()


def sql(app: SmallApp, statement: str, *values: Any) -> None:
    with app.store.write() as session:
        session.connection().exec_driver_sql(statement, values)


def clock(app: SmallApp, day: date) -> None:
    sql(app, "UPDATE bank_state SET invented_until = ?", day.isoformat())


def policy(app: SmallApp, code: str) -> Policy:
    return next(one for one in retention.policies(app, ACTOR) if one.code == code)


def numbers(app: SmallApp, code: str) -> set[str]:
    return {row.number for row in retention.due(app, ACTOR, code)}


def import_of(app: SmallApp, key: int, at: datetime, rows: int = 2) -> Path:
    """A finished import with rows that were set aside, in the bank and in the file beside it."""
    with app.store.write() as session:
        add(session, "import_batch", [{"id": key, "profile": "standard", "source": "s", "by": "ela",
                                       "at": at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")}])  # fmt: skip
        add(session, "quarantine", [
            {"batch_id": key, "file": "c.csv", "row": n + 2, "column": "email", "code": "type",
             "reason": f"'zoe-{key}-{n}' in email is not an e-mail", "raw": f"C-9,zoe-{key}-{n},Malmö"}
            for n in range(rows)
        ])  # fmt: skip
    file = beside(app.path, "quarantine") / f"{key}.csv"
    file.parent.mkdir(exist_ok=True)
    file.write_text(f"zoe-{key}")
    return file


@pytest.mark.parametrize("rule", RULES.values(), ids=list(RULES))
def test_the_last_due_day_is_the_latest_whose_time_is_over(rule: Any) -> None:
    day = date(2023, 11, 1)
    for _ in range(900):
        last, day = last_due(rule, 7, day), day + timedelta(days=1)
        today = day - timedelta(days=1)

        def over(kept: date, today: date = today) -> bool:
            until = kept + timedelta(days=rule.days) if rule.days else shift_months(kept, 7)
            return until <= today

        assert over(last) and not over(last + timedelta(days=1))


@pytest.mark.parametrize(("moved", "due"), [(-1, False), (0, True), (1, True)])
def test_each_kind_about_persons_is_due_to_the_day_by_the_banks_clock(app: SmallApp, moved: int, due: bool) -> None:
    last, left, seen = date(2027, 3, 10), date(2026, 5, 31), date(2027, 7, 4)
    with app.store.write() as session:
        add(session, "customer", [person(11, "Eva", "Prospect", joined_on=last.isoformat())])
        add(session, "customer", [person(12, "Olle", "Gone", left_on=left.isoformat())])
        add(session, "holding", [{"account_id": 3, "customer_id": 12, "role": "authorised"}])
        add(session, "interaction", [interaction(12, f"{seen}T23:59:59", 6)])
    for code, number, since in (("prospects", "C-000011", last), ("former", "C-000012", left)):
        clock(app, shift_months(since, RULES[code].months) + timedelta(days=moved))
        assert (number in numbers(app, code)) == due
        assert policy(app, code).due_count == len(numbers(app, code))
    clock(app, shift_months(seen, RULES["interactions"].months) + timedelta(days=moved))
    assert ("C-000012" in numbers(app, "interactions")) == due


@pytest.mark.parametrize(("days", "due"), [(89, False), (90, True), (91, True)])
def test_raw_text_is_due_after_ninety_days_and_then_removed(app: SmallApp, days: int, due: bool) -> None:
    noon = datetime.combine(datetime.now(UTC).date(), time(12), UTC)
    old, young = import_of(app, 1, noon - timedelta(days=days), 3), import_of(app, 2, noon - timedelta(days=5))
    found = policy(app, "quarantine")
    assert (found.due_count, found.removable, found.days) == (3 if due else 0, True, 90)
    assert found.oldest == ((noon - timedelta(days=days)).date() if due else None)
    change = retention.run(app, ACTOR)
    assert bool(change.touched) == due and old.exists() == (not due) and young.exists()
    with app.store.reader() as raw:
        rows = raw.execute('SELECT batch_id, raw, reason, code, "row" FROM quarantine ORDER BY id').fetchall()
    assert [bool(raw_text) for _, raw_text, *_ in rows] == [not due] * 3 + [True] * 2
    assert [bool(reason) for _, _, reason, *_ in rows] == [not due] * 3 + [True] * 2
    assert {code for *_, code, _ in rows} == {"type"} and policy(app, "quarantine").due_count == 0


def test_what_was_removed_is_in_no_file_of_the_bank(app: SmallApp, tmp_path: Path) -> None:
    import_of(app, 7, datetime.now(UTC) - timedelta(days=100))
    retention.run(app, ACTOR)
    held = b"".join(file.read_bytes() for file in tmp_path.rglob("*") if file.is_file())
    assert b"zoe-7" not in held
    (row,) = audit_log.events(app, ACTOR, limit=1).rows
    assert (row.act, row.object, row.reason) == ("run retention", "quarantine", "2 rows of 1 imports")
    before = app.store.change_no()
    retention.run(app, ACTOR)  # nothing is due any more: no row is written
    assert app.store.change_no() == before


def test_a_file_that_could_not_be_deleted_stays_due(app: SmallApp) -> None:
    file = import_of(app, 1, datetime.now(UTC) - timedelta(days=100))
    file.unlink()
    file.mkdir()  # what unlink refuses, for root too
    with pytest.raises(CrmdeskError, match="could not be deleted"):
        retention.run(app, ACTOR)
    assert policy(app, "quarantine").due_count == 1
    shutil.rmtree(file)
    assert policy(app, "quarantine").due_count == 0


def test_any_word_with_the_bank_counts_as_contact(app: SmallApp) -> None:
    """Five people without an account and long in the bank; all but the first did something lately."""
    old = "2020-01-01"
    with app.store.write() as session:
        add(session, "customer", [person(key, "P", f"N{key}", joined_on=old) for key in range(21, 26)])
        add(session, "interaction", [interaction(22, "2026-09-01T10:00", 34)])
        chain.append(session, app.store.audit_key, "permission_event", [
            event(23, "marketing", "email", "withdrawn", "2026-09-01"),
            event(24, "service", None, "erased", "2021-01-01"),
        ])  # fmt: skip
        add(session, "holding", [{"account_id": 3, "customer_id": 25, "role": "authorised"}])
    assert numbers(app, "prospects") & {f"C-{key:06d}" for key in range(21, 26)} == {"C-000021"}


def test_people_whose_accounts_all_closed_are_former(app: SmallApp) -> None:
    sql(app, "UPDATE account SET opened_on = '2010-01-01', closed_on = '2014-02-01' WHERE id IN (1, 2)")
    assert retention.due(app, ACTOR, "former") == [retention.DueRow("", "C-000001", date(2014, 2, 1), 1)]
    sql(app, "UPDATE account SET closed_on = NULL WHERE id = 2")
    assert numbers(app, "former") == set()


def test_interactions_are_counted_by_customer(app: SmallApp) -> None:
    with app.store.write() as session:
        add(session, "interaction", [interaction(1, "2014-05-01T10:00", 1), interaction(1, "2015-05-01T10:00", 1)])
    assert retention.due(app, ACTOR, "interactions") == [retention.DueRow("", "C-000001", date(2014, 5, 1), 2)]
    found = policy(app, "interactions")
    assert (found.due_count, found.oldest) == (2, date(2014, 5, 1))


def test_the_audit_and_the_backups_are_counted_and_never_removed_here(app: SmallApp) -> None:
    old = datetime.now(UTC) - timedelta(days=4_000)
    row = {
        "at": old,
        "actor": "ela",
        "role": "x",
        "act": "read",
        "object": "",
        "fields": "",
        "purpose": "",
        "reason": "",
    }
    with app.store.write() as session:
        chain.append(session, app.store.audit_key, "audit_event", [row, {**row, "at": datetime.now(UTC)}])
    assert [(one.count, one.since) for one in retention.due(app, ACTOR, "audit")] == [(1, old.date())]
    made = autobackup.make(app, ACTOR).made
    assert made is not None and policy(app, "backups").due_count == 0
    stamp = (datetime.now(UTC) - timedelta(days=91)).timestamp()
    os.utime(made.file, (stamp, stamp))
    assert policy(app, "backups").due_count == 1
    assert [one.what for one in retention.due(app, ACTOR, "backups")] == [made.file.name]
    for code in ("audit", "backups", *PERSONS):
        with pytest.raises(BadInput, match="not removed here"):
            retention.run(app, ACTOR, code)


def test_the_bank_sets_its_months_and_the_fixed_ones_stay(app: SmallApp) -> None:
    assert policy(app, "prospects").months == 24
    retention.set_months(app, ACTOR, "prospects", 72)
    assert policy(app, "prospects").months == 72
    (row,) = audit_log.events(app, ACTOR, limit=1).rows
    assert (row.act, row.object, row.fields) == ("set retention", "prospects", "72 months")
    retention.set_months(app, ACTOR, "prospects", 36)
    assert policy(app, "prospects").months == 36
    for code, months, why in (
        ("quarantine", 4, "90 days"), ("prospects", 0, "1 to 600"), ("former", 601, "1 to 600"), ("x", 3, "'x'"),
    ):  # fmt: skip
        with pytest.raises(BadInput, match=why):
            retention.set_months(app, ACTOR, code, months)


@pytest.mark.parametrize("role", list(Role))
def test_who_keeps_the_periods_and_who_sees_whom_they_concern(app: SmallApp, role: Role) -> None:
    someone = sign_in(app, "pat", role)
    import_of(app, 1, datetime.now(UTC) - timedelta(days=100))
    if role not in (Role.DPO, Role.ADMIN):
        for call, arguments in (("policies", ()), ("due", ("audit",)), ("run", ()), ("set_months", ("audit", 12))):
            with pytest.raises(Refused):
                getattr(retention, call)(app, someone, *arguments)
        return
    assert {one.code: one.due_count for one in retention.policies(app, someone)}["prospects"] == 1
    assert [(row.what, row.count) for row in retention.due(app, someone, "quarantine")] == [("import 1", 2)]
    if role == Role.ADMIN:  # keeps the machine, reads no customer
        with pytest.raises(Refused):
            retention.due(app, someone, "prospects")
    else:
        assert [row.number for row in retention.due(app, someone, "prospects")] == ["C-000005"]
