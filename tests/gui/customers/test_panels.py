"""Panels of plugins on a customer's page: made when looked at, held to rights, and no harm where they stop."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from crmdesk.api import Panel
from crmdesk.contributions import PanelContext
from crmdesk.desk.context import DeskContext
from crmdesk.desk.customers.customer_page import CustomerPage
from crmdesk.desk.customers.panels import Sideways
from crmdesk.domain.change import ALL, Change
from crmdesk.domain.rights import Actor, Right, Role

MADE: list[str] = []


def make(context: PanelContext, number: str) -> QWidget:
    MADE.append(number)
    shown = QLabel("...")
    context.background(context.card, lambda card: shown.setText(f"{card.name} {card.phone}"))
    return shown


def stops(context: PanelContext, number: str) -> QWidget:
    raise SystemExit(3)


def late(context: PanelContext, number: str) -> QWidget:
    def done(value: Any) -> None:
        raise RuntimeError("a fault of the plugin")

    context.background(lambda: 1, done)
    return QLabel("later")


def wide(context: PanelContext, number: str) -> QWidget:
    return QLabel("x" * 2_000)


def long(context: PanelContext, number: str) -> QWidget:
    shown = QLabel("many words " * 200)
    shown.setWordWrap(True)
    return shown


VISITS = Panel("sample.visits", "Visits", "test_panels:make", order=10)
BROKEN = Panel("sample.broken", "Broken", "test_panels:stops", order=20)
ADMIN = Panel("sample.admin", "For admins", "test_panels:make", order=30, may=Right.BACKUP)


class Plugins:
    def __init__(self, *panels: Panel) -> None:
        self.shown = {one.id: one for one in panels}

    def panels(self) -> dict[str, Panel]:
        return self.shown


@pytest.fixture
def page(qtbot: QtBot, context: DeskContext) -> CustomerPage:
    MADE.clear()
    context.app = replace(context.app, plugins=Plugins(VISITS, BROKEN, ADMIN))  # type: ignore[type-var]
    made = CustomerPage(context)
    qtbot.addWidget(made)
    made.resize(1240, 800)
    made.show()
    go(qtbot, made, "C-000001")
    return made


def go(qtbot: QtBot, page: CustomerPage, number: str) -> None:
    page.arrive(number=number)
    settled(qtbot, page)


def settled(qtbot: QtBot, page: CustomerPage) -> None:
    qtbot.waitUntil(lambda: not page.context._background.busy and page.state != "loading")


def texts(page: CustomerPage) -> str:
    return "\n".join(one.text() for one in page.tabs.panels.findChildren(QLabel))


def test_a_panel_is_made_when_its_tab_is_looked_at_and_anew_for_each_customer(qtbot: QtBot, page: CustomerPage) -> None:
    assert not MADE and page.tabs.isTabVisible(page.tabs.indexOf(page.tabs.panels))
    page.tabs.setCurrentWidget(page.tabs.panels)
    qtbot.waitUntil(lambda: "Ada Yılmaz •••• 1234" in texts(page))  # masked as everywhere
    go(qtbot, page, "C-000002")
    page.tabs.setCurrentWidget(page.tabs.panels)
    qtbot.waitUntil(lambda: "Çetin" in texts(page))
    assert set(MADE) == {"C-000001", "C-000002"} and "Ada" not in texts(page)


def test_a_panel_that_stops_gives_way_to_a_line_and_the_others_stay(qtbot: QtBot, page: CustomerPage) -> None:
    page.tabs.setCurrentWidget(page.tabs.panels)
    settled(qtbot, page)
    assert "This panel stopped" in texts(page) and "Visits" in texts(page)
    assert page.isVisible() and page.state == "content"


def test_what_a_panel_raises_later_reaches_nobody(qtbot: QtBot, page: CustomerPage) -> None:
    told: list[str] = []
    page.context.noticed.connect(told.append)
    page.context.app.plugins.shown = {"sample.late": Panel("sample.late", "Late", "test_panels:late")}  # type: ignore
    page.refresh()
    settled(qtbot, page)
    page.tabs.setCurrentWidget(page.tabs.panels)
    qtbot.waitUntil(lambda: any("panel" in one for one in told))


def test_a_wide_panel_scrolls_inside_its_card_and_a_long_one_wraps(qtbot: QtBot, page: CustomerPage) -> None:
    wide = Panel("sample.wide", "Wide", "test_panels:wide", order=10)
    long = Panel("sample.long", "Long", "test_panels:long", order=20)
    page.context.app.plugins.shown = {one.id: one for one in (wide, long)}  # type: ignore[union-attr]
    page.refresh()
    settled(qtbot, page)
    page.tabs.setCurrentWidget(page.tabs.panels)
    settled(qtbot, page)
    first, second = page.tabs.panels.findChildren(Sideways)
    qtbot.waitUntil(lambda: first.horizontalScrollBar().maximum() > 0)
    assert second.horizontalScrollBar().maximum() == 0
    label = second.findChild(QLabel)
    assert label is not None
    qtbot.waitUntil(lambda: second.height() >= label.height() >= label.heightForWidth(label.width()))
    assert label.height() > 2 * label.fontMetrics().height() and first.width() < 3_000


def test_the_example_of_the_help_has_a_panel(qtbot: QtBot, page: CustomerPage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(Path(__file__).parents[2] / "third_party" / "crmdesk-hello"))
    hello = Panel("hello.channels", "Channels", "crmdesk_hello.panel:make")
    page.context.app.plugins.shown = {hello.id: hello}  # type: ignore[union-attr]
    page.refresh()
    settled(qtbot, page)
    page.tabs.setCurrentWidget(page.tabs.panels)
    qtbot.waitUntil(lambda: " times: " in texts(page))


def test_a_panel_needs_its_right(qtbot: QtBot, page: CustomerPage) -> None:
    assert [one.id for one in page.tabs.panels.panels] == ["sample.visits", "sample.broken", "sample.admin"]
    page.context.actor = Actor("t", frozenset({Role.TELLER}))
    page.refresh()
    settled(qtbot, page)
    assert [one.id for one in page.tabs.panels.panels] == ["sample.visits", "sample.broken"]


def test_without_panels_there_is_no_tab_and_it_follows_the_plugins(qtbot: QtBot, page: CustomerPage) -> None:
    page.context.app.plugins.shown = {}  # type: ignore[union-attr]
    assert page.cares_about(Change("plugins", {"plugin": ALL}))
    page.refresh()
    settled(qtbot, page)
    assert not page.tabs.isTabVisible(page.tabs.indexOf(page.tabs.panels))
