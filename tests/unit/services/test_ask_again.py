"""Tasks to ask again: counted, made as one deed, taken back whole, never twice for one customer."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import small_bank
from small_bank import ACTOR, SmallApp

from crmdesk.domain.errors import BadInput, Refused
from crmdesk.domain.rights import Actor, Role
from crmdesk.services import ask_again, history, permission_bank, tasks

ADA, CETIN = "C-000001", "C-000002"


@pytest.fixture
def app(tmp_path: Path) -> Iterator[SmallApp]:
    made = small_bank.build(tmp_path / "small.crmdesk")
    yield made
    made.store.close()


def test_one_task_for_each_customer_and_one_undo_takes_them_all_back(app: SmallApp) -> None:
    due = app.store.clock() + timedelta(days=1)
    notes = {ADA: "Offers in the branch: ends on 8 Jan 2027", CETIN: "Offers by e-mail: ended on 1 Jan 2025"}
    assert ask_again.plan(app, ACTOR, [*notes, "C-999999"]) == ask_again.TaskPlan(2, {ask_again.GONE: 1})
    made = ask_again.make_tasks(app, ACTOR, notes, due)
    assert made.count == 2 and made.change.touched["task"]
    found = tasks.due(app, ACTOR)
    assert {(row.number, row.origin, row.note) for row in found} == {(n, "repermission", t) for n, t in notes.items()}
    assert ask_again.plan(app, ACTOR, list(notes)) == ask_again.TaskPlan(0, {ask_again.HAVE_ONE: 2})
    with pytest.raises(BadInput, match="All of these customers have an open task"):
        ask_again.make_tasks(app, ACTOR, notes, due)
    assert history.undo(app, ACTOR).restored and not tasks.due(app, ACTOR)


def test_a_round_is_counted_and_limited(app: SmallApp) -> None:
    with pytest.raises(BadInput, match="at most 500"):
        ask_again.plan(app, ACTOR, [f"C-{n:06d}" for n in range(501)])
    with pytest.raises(BadInput, match="at least one"):
        ask_again.plan(app, ACTOR, [])
    with pytest.raises(Refused):
        ask_again.make_tasks(app, Actor("a", frozenset({Role.AUDITOR})), {ADA: ""}, app.store.clock())


def test_the_queue_counts_beyond_what_it_lists(app: SmallApp) -> None:
    found = permission_bank.queue(app, ACTOR, days=90, limit=1)
    assert [one.number for one in found.due] == [ADA] and found.due[0].customer == 1
    assert (found.soon, found.ended, found.total, found.customers) == (1, 1, 2, 2)
