"""A search that stands is in the audit once, without its words; the letters on the way to it are not."""

from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from crmdesk.desk.context import DeskContext
from crmdesk.desk.customers.list_page import CustomersPage
from crmdesk.domain.filter import Chip
from crmdesk.services import audit_log
from crmdesk.services.audit_log import AuditFilter


@pytest.fixture
def page(qtbot: QtBot, context: DeskContext) -> CustomersPage:
    made = CustomersPage(context)
    qtbot.addWidget(made)
    made.show()
    made.arrive()
    settled(qtbot, made)
    return made


def settled(qtbot: QtBot, page: CustomersPage) -> None:
    qtbot.waitUntil(lambda: page.state != "loading" and not page.tools.timer.isActive())
    qtbot.waitUntil(lambda: not page.context._background.busy)


def noted(page: CustomersPage, word: str = "") -> list[str]:
    """How many each audited search found, the newest first."""
    wanted = AuditFilter(act=audit_log.SEARCH, searched=word)
    return [row.reason for row in audit_log.events(page.context.app, page.context.actor, wanted).rows]


def test_letters_leave_no_trace_and_what_stands_leaves_one(qtbot: QtBot, page: CustomersPage) -> None:
    for text in ("mo", "mod", "moda"):
        page.search.setText(text)
        page.refresh()
        settled(qtbot, page)
    assert noted(page) == []
    qtbot.waitUntil(lambda: noted(page) == ["2 found"], timeout=10_000)
    assert noted(page, "moda") == ["2 found"] and noted(page, "mod") == []
    page.refresh()
    settled(qtbot, page)
    assert not page.notes._timer.isActive()  # the same question again is no new one


def test_going_on_from_an_answer_notes_it_at_once(
    qtbot: QtBot, page: CustomersPage, opened: list[tuple[str, dict[str, Any]]]
) -> None:
    page.search.setText("okçün")
    page.refresh()
    settled(qtbot, page)
    page._open(page.model.index(0, 0))
    settled(qtbot, page)
    assert noted(page, "okcun") == ["1 found"] and not page.notes._timer.isActive()
    page.clear()
    page.refresh()
    settled(qtbot, page)
    assert not page.notes._timer.isActive() and noted(page) == ["1 found"]


def test_the_same_words_under_another_filter_or_order_are_another_search(qtbot: QtBot, page: CustomersPage) -> None:
    def ask() -> None:
        page.refresh()
        settled(qtbot, page)
        page.notes.commit()
        settled(qtbot, page)

    page.search.setText("moda")
    ask()
    page.chips.put_all((Chip("joined", "from", ("1990-01-01",)),))
    ask()
    ask()
    assert len(noted(page, "moda")) == 2
