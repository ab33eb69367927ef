"""What a customer's page and its sheet say: who is a prospect, every cell of a purpose, months at even steps."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from crmdesk.desk.context import DeskContext
from crmdesk.desk.customers.answer import ask
from crmdesk.desk.customers.cards import SegmentView
from crmdesk.desk.customers.customer_paper import paper
from crmdesk.desk.customers.list_tools import ListTools
from crmdesk.desk.customers.timeline import evenly, firsts
from crmdesk.desk.paper import Table
from crmdesk.services import customer_edit, prints


def test_a_customer_who_never_joined_is_called_a_prospect(context: DeskContext) -> None:
    app, actor = context.app, context.actor
    values = {**customer_edit.draft(app, actor).values, "given_name": "Nova", "family_name": "Test", "joined_on": ""}
    made = customer_edit.create(app, actor, values)
    assert ask(app, actor, made.number).subtitle().endswith("person, prospect")
    assert "prospect" not in ask(app, actor, "C-000001").subtitle()


def test_a_purpose_without_channels_fills_its_row_on_paper(context: DeskContext) -> None:
    found = prints.customer(context.app, context.actor, "C-000001", kept=False)
    part = next(part for part in paper("Bank", found).parts if part.heading == "Permissions now")
    table = part.blocks[0]
    assert isinstance(table, Table) and table.rows
    assert all(all(row) for row in table.rows)


def test_the_axis_names_months_at_even_steps() -> None:
    months = firsts(date(2025, 6, 15), date(2026, 6, 30))
    assert months[0] == date(2025, 7, 1) and months[-1] == date(2026, 6, 1) and len(months) == 12
    for room in (20.0, 40.0, 70.0, 200.0):
        named = evenly(months, 66, room)
        steps = {(b.year - a.year) * 12 + b.month - a.month for a, b in pairwise(named)}
        assert len(steps) <= 1 and all(step * room >= 66 for step in steps)
    assert evenly(months, 66, 70.0) == months


def test_the_search_field_names_the_account(qtbot: QtBot) -> None:
    tools = ListTools()
    qtbot.addWidget(tools)
    assert "account" in tools.search.placeholderText()


def test_why_there_is_no_segment_is_never_cut(qtbot: QtBot, context: DeskContext) -> None:
    host = QWidget()
    qtbot.addWidget(host)
    column = QVBoxLayout(host)
    card = SegmentView(context)
    card.setFixedWidth(212)  # as in a small window
    column.addWidget(card)
    column.addStretch(1)
    host.show()
    card.show_segment(None)
    qtbot.wait(50)
    (told,) = [one for one in card.findChildren(QLabel) if one.text().startswith("In no segment")]
    assert told.height() >= told.heightForWidth(told.width())
