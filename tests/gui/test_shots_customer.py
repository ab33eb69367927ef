"""Shots of a customer's page, its tabs and its dialogs, for a person to look at: `pytest tests/gui -m shots`."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from gui.window import settle
from PySide6.QtWidgets import QApplication, QDialog
from pytestqt.qtbot import QtBot

from crmdesk.app import build_app
from crmdesk.desk.frame import Frame
from crmdesk.domain.errors import CrmdeskError
from crmdesk.services import (
    banks,
    custom_fields,
    customer_edit,
    customers,
    documents,
    interactions,
    surroundings,
    tasks,
)
from crmdesk.services.customers import CustomerQuery

pytestmark = pytest.mark.shots
OUT = Path(os.environ.get("CRMDESK_SHOTS", Path(__file__).parents[2] / "out" / "shots"))
SIZES = ((1440, 900), (1024, 700))


@pytest.fixture
def lived_in(tmp_path: Path) -> Path:
    given = os.environ.get("CRMDESK_SHOTS_BANK")
    if given:
        return Path(given)
    path = tmp_path / "Gemstone.crmdesk"
    banks.create(path, preset="gemstone", customers=2_000, seed=7)
    return path


@pytest.fixture
def desk(open_on: Callable[[Any], Frame], lived_in: Path) -> Iterator[Frame]:
    yield open_on(build_app(lived_in))


def enrich(desk: Frame, number: str, others: list[str], folder: Path) -> None:
    """What a branch knows of a customer after some years; what is there already is left."""
    app, actor = desk.context.app, desk.context.actor
    now = app.store.clock()
    form = folder / "consent form.pdf"
    form.write_bytes(b"%PDF-1.4\n%%EOF\n")
    for deed in (
        lambda: custom_fields.add(app, actor, code="vip", title="Private banking", kind="yes_no"),
        lambda: custom_fields.add(app, actor, code="review_on", title="Next review", kind="date"),
        lambda: customer_edit.edit(app, actor, number, customer_edit.draft(app, actor, number).version,
                                   {"custom.vip": "yes", "custom.review_on": "2027-01-15", "city": "Karşıyaka"}),
        lambda: surroundings.join_household(app, actor, number, name="Sea house", role="head", with_number=others[0]),
        lambda: surroundings.relate(app, actor, others[1], number, "guarantor"),
        lambda: surroundings.add_life_event(app, actor, number, "marriage", date(2025, 6, 14)),
        lambda: surroundings.add_interest(app, actor, number, "insurance"),
        lambda: tasks.add(app, actor, "Call about the mortgage", now + timedelta(hours=2), number=number),
        lambda: tasks.add(app, actor, "Send the new card terms", now - timedelta(days=3), number=number),
        lambda: documents.add(app, actor, number, form, "form"),
        lambda: interactions.record(app, actor, number, "branch.transaction.deposit", amount="250", note="for a trip"),
    ):  # fmt: skip
        try:
            deed()
        except CrmdeskError as error:
            print(error)


def keep(widget: Any, name: str) -> None:
    OUT.mkdir(parents=True, exist_ok=True)
    assert widget.grab().save(str(OUT / f"{name}.png"))


def shoot(qtbot: QtBot, desk: Frame, name: str) -> None:
    for theme in ("light", "dark"):
        desk.wear(theme)
        for width, height in SIZES:
            desk.resize(width, height)
            settle(qtbot, desk)
            keep(desk, f"{name}-{width}x{height}-{theme}")
    desk.wear("light")


def dialog_of(qtbot: QtBot, desk: Frame) -> QDialog:
    qtbot.waitUntil(lambda: any(d.isVisible() for d in desk.findChildren(QDialog)))
    settle(qtbot, desk)
    return next(d for d in desk.findChildren(QDialog) if d.isVisible())


def shoot_dialog(qtbot: QtBot, desk: Frame, name: str) -> QDialog:
    dialog = dialog_of(qtbot, desk)
    for theme in ("light", "dark"):
        desk.wear(theme)
        qtbot.wait(30)
        keep(dialog, f"{name}-{theme}")
    desk.wear("light")
    return dialog


def test_customer(desk: Frame, qtbot: QtBot, tmp_path: Path) -> None:
    app, actor = desk.context.app, desk.context.actor
    ids = [int(i) for i in customers.find(app, actor, CustomerQuery())[:400]]
    rows = [row for start in (0, 200) for row in customers.rows(app, actor, ids[start : start + 200])]
    rich = max(rows, key=lambda row: (bool(row.segment), row.value or 0))
    poor = min(rows, key=lambda row: (bool(row.segment), row.value or 0))
    enrich(desk, rich.number, [r.number for r in rows if r is not rich][:2], tmp_path)
    desk.shelf.go("customer", {"number": rich.number})
    settle(qtbot, desk)
    tabs = desk.shelf.page.tabs
    for at in range(tabs.count()):
        if tabs.isTabVisible(at):
            tabs.setCurrentIndex(at)
            shoot(qtbot, desk, f"customer-{at}-{tabs.tabText(at).lower()}")
    desk.shelf.go("customer", {"number": poor.number})
    shoot(qtbot, desk, "customer-poor")


def test_dialogs(desk: Frame, qtbot: QtBot, tmp_path: Path) -> None:
    app, actor = desk.context.app, desk.context.actor
    first = customers.rows(app, actor, [int(i) for i in customers.find(app, actor, CustomerQuery())[:3]])
    desk.resize(1440, 900)
    desk.shelf.go("customer", {"number": first[0].number})
    settle(qtbot, desk)
    page = desk.shelf.page
    page.header.interaction()
    shoot_dialog(qtbot, desk, "dialog-interaction").reject()
    settle(qtbot, desk)
    page.header.edit()
    editor = shoot_dialog(qtbot, desk, "dialog-edit")
    editor.edits["phone"].put("12")  # type: ignore[attr-defined]
    editor.edits["birth_date"].put("03/04/1971")  # type: ignore[attr-defined]
    editor.save()  # type: ignore[attr-defined]
    shoot_dialog(qtbot, desk, "dialog-edit-faults")
    other = customer_edit.draft(app, actor, first[0].number)
    customer_edit.edit(
        app, actor, first[0].number, other.version, {"city": f"{other.values['city']}n", "street": "Harbour 1"}
    )
    for name in ("phone", "birth_date"):
        editor.edits[name].put(other.values[name])  # type: ignore[attr-defined]
    editor.edits["city"].put("Bergama")  # type: ignore[attr-defined]
    editor.save()  # type: ignore[attr-defined]
    settle(qtbot, desk)
    conflict = next(d for d in editor.findChildren(QDialog) if d.isVisible())
    keep(conflict, "dialog-conflict-light")
    conflict.reject()
    editor.reject()
    for kind in page.overview.around.add_button.menu().actions():
        kind.trigger()
        shoot_dialog(qtbot, desk, f"dialog-{kind.text().strip('.').replace(' ', '-').lower()}").reject()
        settle(qtbot, desk)
    desk.act("customer.new")
    shoot_dialog(qtbot, desk, "dialog-new").reject()
    for name in ("history", "fields"):
        desk.shelf.go(name, {})
        shoot(qtbot, desk, name)
    desk.shelf.page.add()
    shoot_dialog(qtbot, desk, "dialog-field").reject()
    QApplication.processEvents()
