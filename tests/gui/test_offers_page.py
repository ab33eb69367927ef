"""The page of a cross-selling list: made on arrival, gates add up, kept, exported, stale when permissions change."""

from __future__ import annotations

import csv
import threading
from pathlib import Path
from typing import Any

import pytest
from crmdesk_association import crmdesk_views
from gui import rule_sample
from gui.window import app_on, settle
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QFileDialog, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from crmdesk.api import Analysis, Rules
from crmdesk.desk.frame import Frame
from crmdesk.desk.offers.offer_model import OfferModel
from crmdesk.domain.change import ALL, Change
from crmdesk.services import mining, offers

RULES = Analysis("association.rules", "What goes together", "Rules.", ("usage.cells",), rule_sample.Empty,
                 "gui.rule_sample:run_rules", Rules, offer="gui.rule_sample:make_offers")  # fmt: skip


@pytest.fixture
def desk(open_on: Any, bank: Path) -> Frame:
    views = {one.id: one for one in crmdesk_views()}
    frame: Frame = open_on(app_on(bank, analyses=(RULES,), views=views))
    return frame


def run_rules(desk: Frame) -> str:
    return str(mining.run(desk.context.app, desk.context.actor, RULES.id, {}).uuid)


def arrive(desk: Frame, qtbot: QtBot, **args: Any) -> Any:
    desk.shelf.go("offers", args)
    settle(qtbot, desk)
    page = desk.shelf.page
    qtbot.waitUntil(lambda: page.state != "loading" and not desk.tray.running, timeout=20_000)
    settle(qtbot, desk)
    return page


@pytest.fixture
def page(desk: Frame, qtbot: QtBot) -> Any:
    return arrive(desk, qtbot, run=run_rules(desk))


def test_the_list_is_made_on_arrival_by_the_channel_that_reaches_most(page: Any) -> None:
    reach = page.setup.reach
    assert (
        page.found.channel == max(reach, key=reach.get)
        and f"{max(reach.values())} may be" in page.channel.currentText()
    )
    assert page.answer.text().startswith(f"{len(page.found.rows)} customers may be offered their next product ")
    assert page.rule.count() == 41 and page.rule.currentText() == "All 40 rules shown"
    assert page.table.grid.offers.rowCount() == len(page.found.rows) > 3


def test_the_gates_add_up_and_are_heard(page: Any) -> None:
    steps = page.found.funnel()
    assert sum(number for _, number in steps[:-1]) == steps[-1][1] == len(page.found.rows)
    name = page.funnel.accessibleName()
    assert all(words in name for words, _ in steps) and f"= {len(page.found.rows)} on the list" in name
    assert "Not looked at" in page.facts.text()
    assert not page.grab().isNull()


def test_one_rule_names_who_has_and_lacks(desk: Frame, qtbot: QtBot) -> None:
    page = arrive(desk, qtbot, run=run_rules(desk), rule=2)
    rule = page.setup.rules[1]
    assert page.rule.currentData() == page.found.rule == 2 and {row.rule for row in page.found.rows} == {2}
    assert page.funnel.accessibleName().startswith(
        f"Gates of the list. {page.found.considered} have {rule.antecedent}, no {rule.consequent}"
    )
    assert rule.consequent in page.answer.text()


def test_at_most_and_channel_are_asked_of_the_service(page: Any, desk: Frame, qtbot: QtBot) -> None:
    page.top.setValue(2)
    page.channel.setCurrentIndex(page.channel.findData("in_person"))
    qtbot.mouseClick(page.make_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: page.found.top == 2, timeout=20_000)
    assert page.found.channel == "in_person" and len(page.found.rows) == 2 and page.found.rejected["capacity"] > 0


def test_the_table_is_ranked_sorts_and_opens_the_customer(page: Any, desk: Frame, qtbot: QtBot) -> None:
    grid = page.table.grid
    QAbstractItemModelTester(grid.offers, QAbstractItemModelTester.FailureReportingMode.Fatal)
    values = [row.value for row in grid.offers.rows]
    assert values == sorted(values, reverse=True)
    assert "of 100 such customers" in page.table.why.text()
    grid.sortByColumn(1, Qt.SortOrder.AscendingOrder)
    numbers = [row.number for row in grid.offers.rows]
    assert numbers == sorted(numbers)
    grid.setCurrentIndex(grid.offers.index(1, 0))
    qtbot.keyClick(grid, Qt.Key.Key_Return)
    settle(qtbot, desk)
    assert desk.shelf.page.name == "customer" and desk.shelf.page.number == numbers[1]
    desk.shelf.back()
    settle(qtbot, desk)
    assert desk.shelf.page is page and page.state == "content"  # the list as it was, not made again


def test_what_is_kept_stands_on_the_customers_page_until_decided(page: Any, desk: Frame, qtbot: QtBot) -> None:
    first = page.found.rows[0]
    qtbot.mouseClick(page.keep_button, Qt.MouseButton.LeftButton)
    settle(qtbot, desk)
    assert not page.keep_button.isEnabled()
    app, actor = desk.context.app, desk.context.actor
    (kept,) = offers.of_customer(app, actor, first.number)
    assert kept.product == first.product and kept.decision == "open"
    desk.shelf.go("customer", {"number": first.number})
    settle(qtbot, desk)
    card = desk.shelf.page.overview.recommended
    taken = next(b for b in card.findChildren(QPushButton) if b.accessibleName() == f"Taken: {first.product_name}")
    qtbot.mouseClick(taken, Qt.MouseButton.LeftButton)
    settle(qtbot, desk)
    assert offers.of_customer(app, actor, first.number)[0].decision == "taken"
    assert not card.findChildren(QPushButton)


def test_the_export_holds_the_rows_of_the_list(
    page: Any, desk: Frame, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "list"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(target), ""))
    qtbot.mouseClick(page.export_button, Qt.MouseButton.LeftButton)
    settle(qtbot, desk)
    with target.with_suffix(".csv").open(encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    assert [row["customer"] for row in rows] == [row.number for row in page.found.rows]


def test_a_change_of_permissions_makes_the_list_old(page: Any, desk: Frame, qtbot: QtBot) -> None:
    desk.context.changed(Change("withdraw", {"permission_event": ALL}))
    qtbot.waitUntil(lambda: page.state == "stale", timeout=20_000)
    assert page._band.text.startswith("Permissions or customers changed")  # nobody had to leave
    page.make()
    qtbot.waitUntil(lambda: page.state == "content", timeout=20_000)


def test_a_cancelled_list_leaves_the_page_usable(page: Any, desk: Frame, qtbot: QtBot) -> None:
    page.make()
    desk.tray.running[0].cancel()
    qtbot.waitUntil(lambda: page.state == "content" and page.make_button.isEnabled(), timeout=20_000)


def test_a_list_cancelled_before_its_turn_leaves_the_page_usable(page: Any, desk: Frame, qtbot: QtBot) -> None:
    gate = threading.Event()
    for name in ("One", "Two"):  # as many as run at once
        desk.tray.start(name, lambda progress: gate.wait(20), lambda value: None, lambda error: None)
    page.make()
    assert not page.make_button.isEnabled()
    next(job for job in desk.tray.running if job.title == "Cross-selling list").cancel()
    gate.set()
    qtbot.waitUntil(lambda: page.state == "content" and page.make_button.isEnabled(), timeout=20_000)
    settle(qtbot, desk)


def test_without_a_run_that_offers_the_page_says_what_to_do(desk: Frame, qtbot: QtBot) -> None:
    page = arrive(desk, qtbot)
    assert page.state == "empty" and page._blank.text.startswith("No run of this bank can make a list yet")
    run = run_rules(desk)
    page = arrive(desk, qtbot)
    assert page.setup.record.uuid == run and page.found.rows


def test_the_result_and_the_palette_lead_here(desk: Frame, qtbot: QtBot) -> None:
    run = run_rules(desk)
    assert desk.actions["campaign.offers"].isEnabled()
    desk.shelf.go("result", {"run": run})
    settle(qtbot, desk)
    result = desk.shelf.page
    assert result._list.isVisible() and "290 customers used" in result._facts.text()
    view: QWidget = result.tabs.currentWidget()
    make = next(b for b in view.findChildren(QPushButton) if b.accessibleName() == "Make list...")
    qtbot.mouseClick(make, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: desk.shelf.page.name == "offers" and desk.shelf.page.found is not None, timeout=20_000)
    assert desk.shelf.page.found.rule == 1


def test_columns_without_a_figure_are_left_out(qtbot: QtBot) -> None:
    model = OfferModel()
    row = offers.OfferRow(1, 7, None, None, "X", "Box", 0.05, 0.04, 0.06, None, None, 1, "why")
    model.show_rows((row,), "EUR")
    assert [model.index(0, c).data() for c in (1, 2, 4, 5)] == ["7", "", "5.0 % (4.0-6.0)", "–"]


def test_baskets_from_a_file_read_no_customer_and_the_pages_say_so(desk: Frame, qtbot: QtBot) -> None:
    import dataclasses

    from crmdesk_association.params import RulesParams

    from crmdesk.desk.results.result_page import _makes_offers, _who_was_used

    app = desk.context.app
    stored = mining.get_run(app, desk.context.actor, run_rules(desk))
    table = dataclasses.replace(stored, eligible=0, excluded={})
    assert _who_was_used(table) == "no customer data of this bank used" and not _makes_offers(app, table)
    assert _makes_offers(app, stored)
    by_file = dataclasses.replace(RULES, id="association.file", needs=(), params=RulesParams,
                                  needs_by={"basket": {"products": ("usage.cells",), "visits": ("usage.cells",),
                                                       "days": ("usage.cells",), "table": ()}})  # fmt: skip
    app.plugins.analyses[by_file.id] = by_file
    desk.shelf.go("analysis", {"analysis": by_file.id})
    settle(qtbot, desk)
    page = desk.shelf.page
    said = page._who_rows
    qtbot.waitUntil(lambda: said.count() > 1, timeout=10_000)
    assert said.itemAt(0).widget().text().startswith("300 customers, ")
    page.form.put({"basket": "table"})
    qtbot.waitUntil(lambda: said.count() == 1 and "No customer data" in said.itemAt(0).widget().text(), timeout=10_000)
    assert page.run_button.isEnabled()
