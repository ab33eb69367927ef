"""The page of one customer: the sentence, masking, the grid, the timeline, and what fits on the first screen."""

from typing import Any

import pytest
from PySide6.QtCore import QDate, QPoint, Qt
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from crmdesk.desk.context import DeskContext
from crmdesk.desk.customers.customer_page import CustomerPage
from crmdesk.desk.customers.permission_grid import CHANGED, HEIGHT


@pytest.fixture
def page(qtbot: QtBot, context: DeskContext) -> CustomerPage:
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


def texts(widget: QWidget) -> str:
    return "\n".join(f"{w.text()} {w.accessibleName()} {w.toolTip()}" for w in widget.findChildren(QLabel))


def cell(page: CustomerPage, row: int, column: int) -> str:
    return str(page.overview.grid.model().index(row, column).data())


def test_the_page_opens_with_the_sentence(page: CustomerPage) -> None:
    assert page.title.text() == "Ada Yılmaz"
    assert page.subtitle.text().split("   ") == ["C-000001", "Online, high", "person"]
    sentence = "May be contacted today about offers by e-mail and in branch. Not by phone (withdrawn 12 Mar 2026)."
    assert page.answer.text() == sentence


def test_contact_data_is_masked_until_revealed_and_then_hidden_again(qtbot: QtBot, page: CustomerPage) -> None:
    assert "532" not in texts(page) and "ada_y" not in texts(page)
    phone = page.overview.identity.masked[0]
    assert phone.shown.accessibleName() == "Phone hidden, ends 1234"
    qtbot.mouseClick(phone.button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: phone.shown.text() == "+90 532 111 1234")
    phone._timer.timeout.emit()
    assert "532" not in texts(page)


def test_opening_is_audited_and_a_refresh_is_not(qtbot: QtBot, page: CustomerPage, context: DeskContext) -> None:
    page.refresh()
    settled(qtbot, page)
    with context.app.store.reader() as raw:  # type: ignore[union-attr]
        assert raw.execute("SELECT act, object FROM audit_event").fetchall() == [("read customer", "C-000001")]


def test_the_grid_is_a_good_model_in_words(qtmodeltester: ModelTester, page: CustomerPage) -> None:
    qtmodeltester.check(page.overview.grid.model())
    assert [cell(page, 0, c) for c in range(3)] == ["✓ Yes", "✕ Withdrawn", "· Not asked"]
    assert cell(page, 2, 0) == "⊘ Objected, all channels"
    assert page.overview.grid.columnSpan(2, 0) == 6 and page.overview.grid.columnSpan(0, 0) == 1
    spoken = page.overview.grid.model().index(0, 1).data(Qt.ItemDataRole.AccessibleTextRole)
    assert spoken == "Offers, Phone: Withdrawn. Withdrawn 2026-03-12."


def test_enter_on_a_cell_leads_to_its_event(qtbot: QtBot, page: CustomerPage) -> None:
    page.overview.grid.setCurrentIndex(page.overview.grid.model().index(0, 1))
    qtbot.keyClick(page.overview.grid, Qt.Key.Key_Return)
    history = page.permissions_tab.history
    assert page.tabs.currentWidget() is page.permissions_tab
    chosen = history.currentIndex().row()
    assert [history.model().index(chosen, c).data() for c in (0, 3)] == ["12 Mar 2026", "Withdrawn"]


def test_as_of_an_earlier_day_outlines_what_differs(qtbot: QtBot, page: CustomerPage) -> None:
    tab = page.permissions_tab
    tab.as_of.setDate(QDate(2026, 3, 1))
    qtbot.waitUntil(lambda: "outlined" in tab.note.text())
    model = tab.grid.model()
    assert model.index(0, 1).data() == "✓ Yes" and model.index(0, 1).data(CHANGED)
    assert not model.index(0, 0).data(CHANGED)
    tab.as_of.setDate(tab.as_of.maximumDate())
    assert model.index(0, 1).data() == "✕ Withdrawn" and tab.note.text() == "Today"


def test_the_timeline_is_named_by_its_verdict_and_walked_by_arrows(qtbot: QtBot, page: CustomerPage) -> None:
    assert page.overview.picture.accessibleName().startswith(
        "3 events from 1 Oct 2025 to 31 Oct 2026, most through ATM"
    )
    qtbot.keyClick(page.overview.picture, Qt.Key.Key_Left)
    assert page.overview.picture.accessibleDescription() == "28 Oct 2026, ATM, withdrawal, EUR −50.00"
    qtbot.keyClick(page.overview.picture, Qt.Key.Key_Left)
    assert page.overview.picture.accessibleDescription().startswith("2 Oct 2026")


def test_the_twin_lists_every_event_and_filters_narrow_it(qtbot: QtBot, page: CustomerPage) -> None:
    page.toggle_twin()
    tab = page.timeline_tab
    assert page.tabs.currentWidget() is tab and tab.list.model().rowCount() == 3
    tab.channel.setCurrentIndex(tab.channel.findData("atm"))
    tab.channel.activated.emit(tab.channel.currentIndex())
    qtbot.waitUntil(lambda: tab.list.model().rowCount() == 1)
    tab.channel.setCurrentIndex(tab.channel.findData("system"))
    tab.channel.activated.emit(tab.channel.currentIndex())
    qtbot.waitUntil(lambda: tab.list.model().index(0, 1).data() == "By the bank")
    page.toggle_twin()
    assert page.tabs.currentIndex() == 0


def test_over_two_thousand_events_become_monthly_bars(qtbot: QtBot, page: CustomerPage, context: DeskContext) -> None:
    import small_bank

    events = [small_bank.interaction(2, f"2026-{1 + i % 9:02d}-{1 + i % 28:02d}", 1 + i % 37) for i in range(2300)]
    with context.app.store.write() as session:  # type: ignore[union-attr]
        small_bank.add(session, "interaction", events)
    assert not page.overview.picture.bars
    go(qtbot, page, "C-000002")
    assert page.overview.picture.bars and page.timeline_tab.list.model().rowCount() == 2000
    assert "2,301 events" in page.overview.picture.accessibleName()
    assert not page.overview.picture.grab().isNull()


def test_products_and_segment_are_told(page: CustomerPage) -> None:
    assert "holds EUR 1,150" in page.overview.products.total.text()
    assert page.overview.products.owed.text() == "Owes EUR 89,850"
    told = texts(page.overview.segment)
    assert "Unlike most customers seen" not in told  # at the 40th percentile
    assert all(part in told for part in ("Online, high", "78 %", "Branch, middle", "1 Nov 2026"))
    assert page.tabs.money.accounts.model().rowCount() == 2 and page.tabs.money.months.model().rowCount() == 13


def test_a_customer_without_anything_still_reads_well(qtbot: QtBot, page: CustomerPage) -> None:
    go(qtbot, page, "C-000005")
    assert page.answer.text() == "May not be contacted about offers today (never asked)."
    assert page.overview.products.total.text() == "No products today."
    assert "In no segment" in texts(page.overview.segment)
    assert page.overview.picture.accessibleName().startswith("Nothing happened")


def test_an_unknown_number_shows_one_sentence(qtbot: QtBot, page: CustomerPage) -> None:
    go(qtbot, page, "C-000002")
    go(qtbot, page, "C-9")
    assert page.state == "no match" and page.title.text() == "Customer"
    assert page._blank.text == "No customer has the number C-9; check it, then try again."
    assert not page.overview.identity.isVisible()  # nothing of the customer before


def test_header_identity_and_whole_grid_fit_the_first_screen_at_1024_by_700(qtbot: QtBot, page: CustomerPage) -> None:
    page.resize(932, 580)  # what the frame leaves of 1024 x 700
    qtbot.wait(20)
    corner = page.overview.grid.mapTo(page, QPoint(page.overview.grid.width(), page.overview.grid.height()))
    assert page.overview.grid.height() >= 5 * HEIGHT
    assert corner.y() <= page.height() and corner.x() <= page.width()
    assert page.overview.identity.mapTo(page, QPoint(0, page.overview.identity.height())).y() <= page.height()
    overview: Any = page.tabs.widget(0)
    assert overview.widget().minimumSizeHint().width() <= overview.viewport().width()  # no sideways scrolling


def test_without_a_number_the_way_to_the_list_is_offered(
    qtbot: QtBot, context: DeskContext, opened: list[tuple[str, dict[str, Any]]]
) -> None:
    page = CustomerPage(context)
    qtbot.addWidget(page)
    page.arrive()
    assert page.state == "empty"


def test_tab_walks_the_overview_as_it_is_read(qtbot: QtBot, page: CustomerPage) -> None:
    qtbot.wait(60)  # until everything has its place
    first = page.overview.identity.masked[0].button
    walked, here = [], first.nextInFocusChain()
    while here is not first and len(walked) < 2000:
        if page.overview.isAncestorOf(here) and here.focusPolicy().value & Qt.FocusPolicy.TabFocus.value:
            walked.append(here)
        here = here.nextInFocusChain()
    deeds = page.overview.permissions_card.deeds
    wanted = [page.overview.identity.masked[1].button, page.overview.around.add_button, page.overview.grid,
              deeds.record_button, page.overview.picture, page.overview.tasks.new_button]  # fmt: skip
    places = [walked.index(one) for one in wanted]
    assert places == sorted(places)


def test_the_filters_of_the_timeline_stay_with_their_customer(qtbot: QtBot, page: CustomerPage) -> None:
    tab = page.timeline_tab
    tab.channel.setCurrentIndex(tab.channel.findData("atm"))
    page.refresh()  # somebody wrote something about this customer
    settled(qtbot, page)
    assert tab.channel.currentData() == "atm" and all(event.channel == "atm" for event in tab.events)
    go(qtbot, page, "C-000002")
    assert tab.channel.currentData() == ""


def test_nothing_of_another_customer_stands_under_an_error(
    qtbot: QtBot, page: CustomerPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> object:
        raise OSError("the disk is gone")

    monkeypatch.setattr("crmdesk.desk.customers.customer_page.ask", broken)
    page.refresh()
    settled(qtbot, page)
    assert page.state == "error" and page.title.text() == "Ada Yılmaz"  # her own page: what is known stays
    go(qtbot, page, "C-000002")
    assert page.state == "no match" and page.title.text() == "Customer" and not page.answer.text()
