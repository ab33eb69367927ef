"""Opportunities: stages, values, the reason of a loss, conflicts, each move kept, undo."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from crmdesk.domain.errors import BadInput, Conflict, Refused
from crmdesk.domain.rights import Actor, Role, single_user
from crmdesk.domain.work import STAGES
from crmdesk.services import history, opportunities, staff
from crmdesk.services.opportunities import OpportunityRow
from tests.small_bank import ACTOR, SmallApp, build

BO = single_user("bo")


@pytest.fixture
def app(tmp_path: Path) -> Iterator[SmallApp]:
    made = build(tmp_path / "bank.crmdesk")
    yield made
    made.store.close()


def add(app: SmallApp, number: str = "C-000001", **more: Any) -> int:
    (key,) = opportunities.add(app, ACTOR, number, **more).touched["opportunity"]
    return int(key)


def row(app: SmallApp, key: int) -> OpportunityRow:
    return next(r for rows in opportunities.board(app, ACTOR, False).values() for r in rows if r.id == key)


def test_an_opportunity_goes_from_identified_to_won_and_each_move_is_kept(app: SmallApp) -> None:
    key = add(app, product="MOR", value=25_000_000, next_step="Call", next_on=date(2026, 11, 3))
    made = row(app, key)
    assert (made.title, made.product_name, made.stage, made.currency) == ("Mortgage", "Mortgage", "identified", "EUR")
    assert (made.name, made.next_on, made.owner) == ("Ada Yılmaz", date(2026, 11, 3), "ela")
    for stage in STAGES[1:4]:
        opportunities.move(app, ACTOR, key, row(app, key).version, stage)
    kept = opportunities.moves(app, ACTOR, key)
    assert [(m.before, m.after, m.by) for m in kept] == list(zip(STAGES, STAGES[1:4], ["ela"] * 3, strict=False))
    board = opportunities.board(app, ACTOR)
    assert list(board) == list(STAGES) and [r.id for r in board["won"]] == [key]
    assert not opportunities.board(app, BO)["won"] and opportunities.board(app, BO, mine=False)["won"]


def test_a_loss_has_a_reason_and_loses_it_when_taken_up_again(app: SmallApp) -> None:
    key = add(app, title="Car loan")
    for reason in ("", "   ", "x" * 201):
        with pytest.raises(BadInput, match="why it was lost"):
            opportunities.move(app, ACTOR, key, 1, "lost", reason)
    opportunities.move(app, ACTOR, key, 1, "lost", "Price ")
    assert row(app, key).lost_reason == "Price"
    opportunities.move(app, ACTOR, key, 2, "follow_up")
    assert row(app, key).lost_reason == ""
    with pytest.raises(BadInput, match="at this stage already"):
        opportunities.move(app, ACTOR, key, 3, "follow_up")


def test_undo_of_a_move_is_a_move_and_what_was_moved_is_never_removed(app: SmallApp) -> None:
    key = add(app, title="Car loan")
    opportunities.move(app, ACTOR, key, 1, "details")
    history.undo(app, ACTOR)
    assert row(app, key).stage == "identified"
    assert [(m.before, m.after) for m in opportunities.moves(app, ACTOR, key)] == [
        ("identified", "details"), ("details", "identified")
    ]  # fmt: skip
    history.undo(app, ACTOR)  # gone it cannot be: its moves would point at nothing
    assert (row(app, key).stage, row(app, key).lost_reason) == ("lost", "recorded by mistake")
    history.redo(app, ACTOR)
    assert (row(app, key).stage, row(app, key).lost_reason) == ("identified", "")
    other = add(app, title="Card")
    history.undo(app, ACTOR)
    with pytest.raises(BadInput, match="not there any more"):
        opportunities.moves(app, ACTOR, other)


def test_a_change_on_an_old_version_says_who_was_first(app: SmallApp) -> None:
    key = add(app, title="Car loan")
    opportunities.move(app, BO, key, 1, "details")
    for late in (
        lambda: opportunities.move(app, ACTOR, key, 1, "lost", "Price"),
        lambda: opportunities.edit(app, ACTOR, key, 1, title="Boat loan"),
    ):
        with pytest.raises(Conflict, match="bo changed this opportunity") as caught:
            late()
        assert {c["field"] for c in caught.value.changes} >= {"stage"} and caught.value.version == 2
    found = row(app, key)
    assert (found.title, found.stage) == ("Car loan", "details")


def test_fields_are_checked_and_nothing_is_half_done(app: SmallApp) -> None:
    staff.add(app, ACTOR, "bo", "Bo Ek")
    key = add(app, title="Car loan", value=100)
    opportunities.edit(
        app, ACTOR, key, 1, value=None, product="CUR", next_step="", next_on=None, owner="bo", currency="sek"
    )
    found = row(app, key)
    assert (found.value, found.currency, found.product, found.owner_name) == (None, "SEK", "CUR", "Bo Ek")
    before = app.store.change_no()
    for what in ({"title": ""}, {"title": "x" * 201}, {"value": -1}, {"product": "NONE"}, {"currency": "EURO"},
                 {"owner": "nobody"}, {"next_step": "x" * 201}, {"shade": "blue"}):  # fmt: skip
        with pytest.raises(BadInput):
            opportunities.edit(app, ACTOR, key, 2, **what)
    for number, what in (("C-000001", {}), ("C-9", {"title": "x"}), ("C-000001", {"title": "x", "stage": "won"})):
        with pytest.raises(BadInput):
            opportunities.add(app, ACTOR, number, **what)  # type: ignore[arg-type]
    with pytest.raises(BadInput, match="not a stage"):
        opportunities.move(app, ACTOR, key, 2, "dreamt")
    assert app.store.change_no() == before and row(app, key) == found


def test_of_one_customer_those_under_way_come_first(app: SmallApp) -> None:
    won, open_ = add(app, title="Card"), add(app, title="Loan")
    opportunities.move(app, ACTOR, won, 1, "won")
    add(app, "C-000002", title="Other")
    assert [r.id for r in opportunities.of_customer(app, ACTOR, "C-000001")] == [open_, won]


def test_rights(app: SmallApp) -> None:
    key = add(app, title="Card")
    opportunities.edit(app, ACTOR, key, 1, next_step="Ring Ada")
    auditor = Actor("a", frozenset({Role.AUDITOR}))
    (seen,) = opportunities.of_customer(app, auditor, "C-000001")
    assert (seen.name, seen.title, seen.next_step) == ("C-000001", "hidden", "")
    dpo, marketing = Actor("d", frozenset({Role.DPO})), Actor("m", frozenset({Role.MARKETING}))
    assert opportunities.board(app, dpo, mine=False)["identified"][0].id == key
    for refused in (
        lambda: opportunities.move(app, dpo, key, 1, "details"),
        lambda: opportunities.edit(app, dpo, key, 1, title="x"),
        lambda: opportunities.add(app, dpo, "C-000001", "x"), lambda: opportunities.board(app, marketing),
        lambda: opportunities.moves(app, marketing, key), lambda: opportunities.products(app, marketing),
    ):  # fmt: skip
        with pytest.raises(Refused):
            refused()


def test_the_audit_of_each_deed_names_the_customer(app: SmallApp) -> None:
    key = add(app, "C-000002", title="Card")
    opportunities.edit(app, ACTOR, key, 1, next_step="Ring")
    opportunities.move(app, ACTOR, key, 2, "won")
    with app.store.reader() as raw:
        rows = raw.execute("SELECT customer_id FROM audit_event WHERE object LIKE 'opportunity %'").fetchall()
    assert rows == [(2,)] * 3
