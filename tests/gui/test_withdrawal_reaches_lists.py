"""A withdrawal by anybody, in this window, another one or by a command, reaches every open list at once."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from crmdesk_association import crmdesk_views
from gui import rule_sample
from gui.window import app_on, settle
from pytestqt.qtbot import QtBot

from crmdesk.api import Analysis, Rules
from crmdesk.desk.frame import Frame
from crmdesk.desk.permissions import deeds
from crmdesk.domain.change import Change
from crmdesk.domain.filter import Chip
from crmdesk.domain.rights import single_user
from crmdesk.services import customers, mining, permission_record, permissions
from crmdesk.store import audit, open_bank
from crmdesk.store.journal import Journal

RULES = Analysis("association.rules", "What goes together", "Rules.", ("usage.cells",), rule_sample.Empty,
                 "gui.rule_sample:run_rules", Rules, offer="gui.rule_sample:make_offers")  # fmt: skip
# What a command beside the desk does: its own process, its own connection.
ELSEWHERE = """
import sys
from pathlib import Path
from types import SimpleNamespace
from crmdesk.domain.rights import single_user
from crmdesk.services import permission_record
from crmdesk.store import open_bank
store = open_bank(Path(sys.argv[1]))
permission_record.withdraw(SimpleNamespace(store=store), single_user("command"), sys.argv[2])
store.close()
"""


@pytest.fixture
def desk(open_on: Any, bank: Path) -> Frame:
    views = {one.id: one for one in crmdesk_views()}
    frame: Frame = open_on(app_on(bank, analyses=(RULES,), views=views))
    return frame


def withdraw_elsewhere(bank: Path, number: str) -> None:
    subprocess.run([sys.executable, "-c", ELSEWHERE, str(bank), number], check=True, timeout=60)


def told(desk: Frame) -> list[Change]:
    found: list[Change] = []
    desk.context.hub.changed.connect(found.append)
    return found


def numbers(desk: Frame, page: Any) -> list[str]:
    """Who is on the customers list as it stands."""
    ids = [int(i) for i in page.model.ids]
    return [row.number for row in customers.rows(desk.context.app, desk.context.actor, ids)]


def contactable(desk: Frame, qtbot: QtBot) -> Any:
    """The customers list of whom offers may reach by e-mail."""
    desk.shelf.go("customers", {"filters": (Chip("marketing", "is", ("email",)),)})
    settle(qtbot, desk)
    qtbot.waitUntil(lambda: desk.shelf.page.state != "loading", timeout=20_000)
    settle(qtbot, desk)
    return desk.shelf.page


def offers_page(desk: Frame, qtbot: QtBot) -> Any:
    run = mining.run(desk.context.app, desk.context.actor, RULES.id, {}).uuid
    desk.shelf.go("offers", {"run": str(run)})
    settle(qtbot, desk)
    page = desk.shelf.page
    qtbot.waitUntil(lambda: page.found is not None and not desk.tray.running, timeout=20_000)
    settle(qtbot, desk)
    return page


def test_a_command_withdraws_and_every_open_list_lets_go(desk: Frame, bank: Path, qtbot: QtBot) -> None:
    offers = offers_page(desk, qtbot)
    listed = [row.number for row in offers.found.rows]
    people = contactable(desk, qtbot)
    reached = numbers(desk, people)
    both = next(number for number in listed if number in reached)
    desk.shelf.go("customer", {"number": both})
    settle(qtbot, desk)
    customer: Any = desk.shelf.page
    assert not customer.answer.text().startswith("May not")
    withdraw_elsewhere(bank, both)
    qtbot.waitUntil(lambda: customer.answer.text().startswith("May not be contacted about offers"), timeout=20_000)
    qtbot.waitUntil(lambda: both not in numbers(desk, people), timeout=20_000)
    qtbot.waitUntil(lambda: both not in [row.number for row in offers.found.rows], timeout=20_000)
    settle(qtbot, desk)
    assert len(people.model.ids) == len(reached) - 1 and len(offers.found.rows) == len(listed) - 1
    assert offers.state == "stale" and offers._band.text.startswith("1 customer left this list.")
    steps = offers.found.funnel()
    assert sum(number for _, number in steps[:-1]) == steps[-1][1] == len(offers.found.rows)
    shown = [offers.table.grid.offers.index(r, 1).data() for r in range(offers.table.grid.offers.rowCount())]
    assert both not in shown


def test_one_press_in_this_window_does_the_same(desk: Frame, qtbot: QtBot) -> None:
    people = contactable(desk, qtbot)
    number = numbers(desk, people)[0]
    offers = offers_page(desk, qtbot)
    row = offers.found.rows[0].number
    for one in {number, row}:
        deeds.withdraw(desk.context, one)
    settle(qtbot, desk)
    qtbot.waitUntil(lambda: number not in numbers(desk, people), timeout=20_000)
    qtbot.waitUntil(lambda: row not in [r.number for r in offers.found.rows], timeout=20_000)
    settle(qtbot, desk)


def test_a_list_lets_go_before_its_filter_is_asked_anew(desk: Frame, qtbot: QtBot) -> None:
    """In a bank of millions the whole filter takes longer than a second."""
    people = contactable(desk, qtbot)
    reached = numbers(desk, people)
    change = permission_record.withdraw(desk.context.app, desk.context.actor, reached[1])
    assert people.cares_about(change)  # and no refresh
    qtbot.waitUntil(lambda: len(people.model.ids) == len(reached) - 1, timeout=20_000)
    assert numbers(desk, people) == [reached[0], *reached[2:]]
    assert f"{len(reached) - 1:,}" in people.answer.text().replace("\u202f", ",")
    settle(qtbot, desk)


def test_the_row_that_was_read_stays_the_current_one(desk: Frame, qtbot: QtBot) -> None:
    offers = offers_page(desk, qtbot)
    grid = offers.table.grid
    grid.setCurrentIndex(grid.offers.index(2, 0))
    third = grid.offers.rows[2].number
    deeds.withdraw(desk.context, grid.offers.rows[0].number)
    qtbot.waitUntil(lambda: offers.state == "stale", timeout=20_000)
    settle(qtbot, desk)
    assert grid.offers.rows[grid.currentIndex().row()].number == third
    assert third in offers.table.why.text() or grid.offers.rows[1].name in offers.table.why.text()


def test_what_this_window_told_itself_is_not_told_twice(desk: Frame, qtbot: QtBot) -> None:
    app, actor = desk.context.app, desk.context.actor
    number = customers.rows(app, actor, [1])[0].number
    qtbot.waitUntil(lambda: desk.watcher._before is not None)
    heard = told(desk)
    desk.context.changed(permission_record.withdraw(app, actor, number))
    for _ in range(3):
        desk.watcher.look()
        qtbot.waitUntil(lambda: desk.watcher._call is None)
    assert [change.kind for change in heard] == ["record_permission"]


def test_reading_on_record_makes_no_page_refresh(desk: Frame, qtbot: QtBot) -> None:
    app, actor = desk.context.app, desk.context.actor
    qtbot.waitUntil(lambda: desk.watcher._before is not None)
    heard, before = told(desk), app.store.change_no()
    customers.note_opened(app, actor, customers.rows(app, actor, [1])[0].number)
    assert app.store.change_no() > before
    desk.watcher.look()
    qtbot.waitUntil(lambda: desk.watcher._call is None and desk.watcher._before.change_no > before)
    assert not heard


def test_an_edit_elsewhere_names_its_rows_even_beside_an_own_one(desk: Frame, bank: Path, qtbot: QtBot) -> None:
    app, actor = desk.context.app, desk.context.actor
    desk.watcher._timer.stop()
    qtbot.waitUntil(lambda: desk.watcher._before is not None and desk.watcher._call is None)
    heard, other = told(desk), open_bank(bank)
    with other.write() as session:
        journal = Journal(session, single_user("other"), "edit", "Edit a city")
        journal.update("customer", 2, {"city": "Elsewhere"})
        audit.record(other, session, single_user("other"), "edit", "2", customer_id=2)
    other.close()
    number = customers.rows(app, actor, [1])[0].number
    desk.context.changed(permission_record.withdraw(app, actor, number))  # later, and told at once
    desk.watcher.look()
    qtbot.waitUntil(lambda: len(heard) == 2)
    assert heard[1].kind == "elsewhere"
    assert set(heard[1].touched) == {"customer", "permission_event"} and heard[1].touched["customer"] == {1, 2}


def test_the_bank_is_closed_only_when_nothing_is_asked_any_more(desk: Frame, qtbot: QtBot) -> None:
    desk.watcher.look()
    ends = desk.watcher.stop()
    for end in ends:
        assert end.wait(20)
    assert not desk.watcher._timer.isActive()
    desk.watcher.start()
    qtbot.waitUntil(lambda: desk.watcher._before is not None)


def test_a_grant_elsewhere_brings_the_customer_back(desk: Frame, bank: Path, qtbot: QtBot) -> None:
    """The list follows both ways: what was withdrawn in error and corrected is reached again."""
    people = contactable(desk, qtbot)
    number = numbers(desk, people)[0]
    app, actor = desk.context.app, desk.context.actor
    deeds.withdraw(desk.context, number)
    qtbot.waitUntil(lambda: number not in numbers(desk, people), timeout=20_000)
    settle(qtbot, desk)
    other = SimpleNamespace(store=open_bank(bank))
    seq = permissions.grid(app, actor, number).history[0].seq
    permission_record.correct(other, single_user("other"), number, seq, "The wrong customer")  # type: ignore[arg-type]
    other.store.close()
    qtbot.waitUntil(lambda: number in numbers(desk, people), timeout=20_000)
    settle(qtbot, desk)


def test_who_objects_to_profiling_leaves_an_open_result(open_on: Any, bank: Path, qtbot: QtBot) -> None:
    desk: Frame = open_on(app_on(bank))
    app, actor = desk.context.app, desk.context.actor
    run = str(mining.run(app, actor, "sample.groups", {}).uuid)
    desk.shelf.go("result", {"run": run})
    settle(qtbot, desk)
    page: Any = desk.shelf.page
    titles = [page.tabs.tabText(i) for i in range(page.tabs.count())]
    page.tabs.setCurrentIndex(titles.index("Customers"))
    number = str(page._tables["members"]["customer"].iloc[0])
    before = len(page._tables["members"])
    deeds.withdraw(desk.context, number)  # offers alone: the result stays as it is
    settle(qtbot, desk)
    assert page.state == "content" and len(page._tables["members"]) == before
    deeds.objection(desk.context, number, "profiling")
    qtbot.waitUntil(lambda: page.state == "stale", timeout=20_000)
    settle(qtbot, desk)
    assert page._band.text.startswith("1 customer left this result since it was made")
    assert number not in set(page._tables["members"]["customer"].astype(str))
    assert page.tabs.tabText(page.tabs.currentIndex()) == "Customers"
    desk.shelf.go("home", {})
    desk.shelf.go("result", {"run": run})
    settle(qtbot, desk)
    assert page.state == "stale"  # as it was left


def test_the_menu_withdraws_for_the_customer_in_front(desk: Frame, qtbot: QtBot) -> None:
    app, actor = desk.context.app, desk.context.actor
    desk.act("customer.withdraw")
    assert desk.foot.notice.text() == deeds.NOBODY  # Home is in front
    people = contactable(desk, qtbot)
    number = numbers(desk, people)[0]
    desk.shelf.go("customer", {"number": number})
    settle(qtbot, desk)
    desk.act("customer.object")
    qtbot.waitUntil(lambda: permissions.grid(app, actor, number).rows[0][0].decision.state == "objected")
    settle(qtbot, desk)
    assert number in desk.foot.notice.text() and number not in numbers(desk, people)
