"""Shots of tasks, opportunities, Home and backups, for a person to look at."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from gui.window import settle
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from crmdesk.app import build_app
from crmdesk.desk.frame import Frame
from crmdesk.services import autobackup, banks, customers, opportunities, staff, tasks
from crmdesk.services.customers import CustomerQuery

pytestmark = pytest.mark.shots
OUT = Path(os.environ.get("CRMDESK_SHOTS", Path(__file__).parents[2] / "out" / "shots"))
SIZES = ((1440, 900), (1024, 700))
Shoot = Callable[[Frame, str], None]


@pytest.fixture
def shoot(qtbot: QtBot) -> Shoot:
    """NAME-WIDTHxHEIGHT-THEME.png in both sizes and themes; of a dialog in front too."""

    def take(frame: Frame, name: str) -> None:
        OUT.mkdir(parents=True, exist_ok=True)
        for theme in ("light", "dark"):
            frame.wear(theme)
            for width, height in SIZES:
                frame.resize(width, height)
                settle(qtbot, frame)
                assert frame.grab().save(str(OUT / f"{name}-{width}x{height}-{theme}.png"))
            dialog = QApplication.activeModalWidget() or QApplication.activePopupWidget()
            if dialog is not None:
                assert dialog.grab().save(str(OUT / f"{name}-dialog-{theme}.png"))
        frame.wear("light")

    return take


@pytest.fixture
def gemstone(tmp_path: Path) -> Path:
    given = os.environ.get("CRMDESK_SHOTS_BANK")
    if given:
        return Path(given)
    path = tmp_path / "Gemstone.crmdesk"
    banks.create(path, preset="gemstone", customers=500, seed=7)
    return path


def fill(app: Any, actor: Any) -> None:
    """A working day: tasks late, due and to come, opportunities at each stage, two colleagues."""
    if tasks.due(app, actor, mine=False):
        return
    now = app.store.clock()
    found = customers.find(app, actor, CustomerQuery())[:12]
    numbers = [row.number for row in customers.rows(app, actor, found)]
    for login, name in (("e.kaya", "Elif Kaya"), ("m.berg", "Mats Berg")):
        staff.add(app, actor, login, name)
    plan = (("Call about the mortgage offer", -3, 0), ("Send the form for the new address", -1, 1),
            ("Ask for the salary slip", 0, 2), ("Prepare the yearly talk", 0, 3), ("Renew permission by e-mail", 0, 4),
            ("Visit the shop at the harbour about the card terminal and the new account for the daughter", 2, 5),
            ("Check whether the loan was paid out", 5, 6), ("Look after the household", 30, 7))  # fmt: skip
    for at, (title, days, who) in enumerate(plan):
        day = (now + timedelta(days=days)).replace(hour=9 + at, minute=30 * (at % 2), second=0, microsecond=0)
        owner = "e.kaya" if at == 7 else None
        tasks.add(app, actor, title, day, number=numbers[who], remind_at=day if days == 0 else None, owner=owner)
    tasks.add(app, actor, "Order coffee", now + timedelta(days=1))
    tasks.done(app, actor, tasks.due(app, actor)[-1].id)
    products = [code for code, _ in opportunities.products(app, actor)] or [""]
    chances = (("identified", 12_000_00, "", None), ("identified", None, "Ask what she needs", now.date()),
               ("details", 250_000_00, "Send the offer", date(2026, 11, 6)), ("details", 8_000_00, "", None),
               ("follow_up", 31_000_00, "Meet in branch", date(2026, 11, 3)))  # fmt: skip
    for at, (stage, value, step, on) in enumerate(chances):
        opportunities.add(app, actor, numbers[at], "" if products[0] else "Home insurance", stage=stage, value=value,
                          product=products[at % len(products)], next_step=step, next_on=on)  # fmt: skip
    for stage, reason, at in (("won", "", 6), ("lost", "Went to another bank", 7)):
        opportunities.add(app, actor, numbers[at], "", product=products[at % len(products)], value=5_000_00)
        made = next(r for r in opportunities.of_customer(app, actor, numbers[at]))
        opportunities.move(app, actor, made.id, made.version, stage, reason)


def test_work(open_on: Callable[[Any], Frame], gemstone: Path, shoot: Shoot, qtbot: QtBot) -> None:
    desk = open_on(build_app(gemstone))
    app, actor = desk.context.app, desk.context.actor
    desk.shelf.go("tasks", {})
    settle(qtbot, desk)
    if not tasks.due(app, actor, mine=False):
        shoot(desk, "tasks-empty")
        desk.shelf.go("opportunities", {})
        shoot(desk, "opportunities-empty")
        desk.shelf.go("backups", {})
        shoot(desk, "backups-empty")
    fill(app, actor)
    autobackup.make(app, actor)
    desk.shelf.go("tasks", {})
    desk.reminders.look()
    shoot(desk, "tasks")
    desk.shelf.page.do("edit")
    shoot(desk, "task-change")
    QApplication.activeModalWidget().close()
    desk.shelf.page.do("hand_over")
    shoot(desk, "task-hand-over")
    QApplication.activeModalWidget().close()
    desk.shelf.page.do("snooze")
    shoot(desk, "task-snooze")
    QApplication.activePopupWidget().close()
    desk.shelf.page.shows.setCurrentIndex(2)
    shoot(desk, "tasks-ended")
    desk.shelf.go("opportunities", {})
    settle(qtbot, desk)
    desk.shelf.page.board.lists["details"].setCurrentRow(0)
    desk.shelf.page.board.lists["details"].setFocus()
    shoot(desk, "opportunities-board")
    desk.shelf.page._do_chosen("edit")
    shoot(desk, "opportunity-change")
    QApplication.activeModalWidget().close()
    desk.shelf.page._do_chosen("lost")
    shoot(desk, "opportunity-lost")
    QApplication.activeModalWidget().close()
    desk.shelf.page.toggle_twin()
    shoot(desk, "opportunities-list")
    desk.shelf.go("home", {})
    shoot(desk, "home-work")
    desk.shelf.go("backups", {})
    settle(qtbot, desk)
    shoot(desk, "backups")
    desk.shelf.page.restore()
    shoot(desk, "backup-restore")
    QApplication.activeModalWidget().close()
    number = next(row.number for row in tasks.due(app, actor) if row.number)
    desk.shelf.go("customer", {"number": number})
    settle(qtbot, desk)
    tabs = desk.shelf.page.tabs
    for at in range(tabs.count()):
        if tabs.tabText(at).startswith("Tasks"):
            tabs.setCurrentIndex(at)
            shoot(desk, "customer-tasks")
