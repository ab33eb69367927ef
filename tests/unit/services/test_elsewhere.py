"""What changed in a bank since somebody looked: tables, rows, customers; nothing where only reads were audited."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import small_bank
from small_bank import ACTOR, SmallApp

from crmdesk.domain.change import ALL
from crmdesk.services import customers, elsewhere, notices, permission_record
from crmdesk.store import audit
from crmdesk.store.journal import Journal
from crmdesk.store.queries import elsewhere as queries

ADA = "C-000001"


@pytest.fixture
def app(tmp_path: Path) -> Iterator[SmallApp]:
    made = small_bank.build(tmp_path / "small.crmdesk")
    yield made
    made.store.close()


def edit(app: SmallApp, *rows: int) -> None:
    with app.store.write() as session:
        journal = Journal(session, ACTOR, "edit", "Edit")
        for row in rows:
            journal.update("customer", row, {"city": f"Place {row}"})
        audit.record(app.store, session, ACTOR, "edit", "customers")


def test_nothing_happened(app: SmallApp) -> None:
    before = elsewhere.pulse(app)
    now, change = elsewhere.since(app, before)
    assert now == before and not change.touched and change.kind == "elsewhere"


def test_a_reading_on_record_moves_the_number_and_touches_nothing(app: SmallApp) -> None:
    before = elsewhere.pulse(app)
    customers.note_opened(app, ACTOR, ADA)
    now, change = elsewhere.since(app, before)
    assert now.change_no == change.change_no == before.change_no + 1 and not change.touched


def test_a_withdrawal_names_its_event_and_its_customer(app: SmallApp) -> None:
    before = elsewhere.pulse(app)
    told = permission_record.withdraw(app, ACTOR, ADA)
    _, change = elsewhere.since(app, before)
    assert change.touched == told.touched and change.touched["customer"] == {1}


def test_edits_and_withdrawals_are_told_together(app: SmallApp) -> None:
    before = elsewhere.pulse(app)
    edit(app, 2, 5)
    permission_record.withdraw(app, ACTOR, ADA)
    _, change = elsewhere.since(app, before)
    assert change.touched["customer"] == {1, 2, 5} and set(change.touched) == {"customer", "permission_event"}


def test_a_further_look_tells_only_what_came_since(app: SmallApp) -> None:
    first = elsewhere.pulse(app)
    edit(app, 2)
    second, _ = elsewhere.since(app, first)
    edit(app, 3)
    _, change = elsewhere.since(app, second)
    assert change.touched == {"customer": {3}}


def test_more_rows_than_anybody_looks_through_are_all(app: SmallApp, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "MANY", 2)
    before = elsewhere.pulse(app)
    edit(app, 1, 2, 3)
    edit_only = elsewhere.since(app, before)[1]
    assert edit_only.touched == {"customer": ALL}
    permission_record.record(
        app, ACTOR, ADA, permission_record.Recording("marketing", ("email", "sms", "post"), "refused")
    )
    assert elsewhere.since(app, before)[1].touched == {"customer": ALL, "permission_event": ALL}


def test_new_interactions_notices_and_runs_are_seen(app: SmallApp) -> None:
    before = elsewhere.pulse(app)
    notices.add(app, ACTOR, "marketing", "We may send you offers.")
    with app.store.write() as session:
        small_bank.add(session, "interaction", [small_bank.interaction(2, "2026-10-30T10:00", 1)])
    _, change = elsewhere.since(app, before)
    assert set(change.touched) == {"notice", "interaction"} and len(change.touched["interaction"]) == 1
