"""The customers page: search, order, chips, states and keys."""

from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from crmdesk.desk.context import DeskContext
from crmdesk.desk.customers.delegates import matches
from crmdesk.desk.customers.list_model import COLUMNS, MAY_CONTACT
from crmdesk.desk.customers.list_page import CustomersPage
from crmdesk.domain.errors import CrmdeskError
from crmdesk.domain.filter import Chip
from crmdesk.services import customers


@pytest.fixture
def page(qtbot: QtBot, context: DeskContext) -> CustomersPage:
    made = CustomersPage(context)
    qtbot.addWidget(made)
    made.resize(1200, 700)
    made.show()
    made.arrive()
    settled(qtbot, made)
    return made


def settled(qtbot: QtBot, page: CustomersPage) -> None:
    """No answer is under way, and the rows in sight have arrived."""
    qtbot.waitUntil(lambda: page.state != "loading" and not page.tools.timer.isActive())
    qtbot.waitUntil(lambda: not page.context._background.busy)
    page.table.grab()
    qtbot.waitUntil(lambda: not page.context._background.busy)


def shown(page: CustomersPage, column: int = 0) -> list[str]:
    return [page.model.index(r, column).data() for r in range(page.model.rowCount())]


def test_everyone_is_shown_by_name_first(page: CustomersPage) -> None:
    assert page.answer.text() == "5 customers."
    assert shown(page) == ["Ada Yılmaz", "Bo Ek", "Çetin Okçün", "Gemstone Works", "Ida Ström"]
    assert shown(page, MAY_CONTACT)[0] == "May be contacted by E-mail, Branch"


def test_typing_searches_after_a_pause_and_only_once(
    qtbot: QtBot, page: CustomersPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    real = customers.find
    monkeypatch.setattr(customers, "find", lambda a, b, q, **k: (asked.append(q.text), real(a, b, q, **k))[1])
    qtbot.keyClicks(page.search, "moda")
    settled(qtbot, page)
    assert asked == ["moda"]
    assert shown(page) == ["Ada Yılmaz", "Bo Ek"]
    assert page.answer.text() == "2 customers match."


@pytest.mark.parametrize(("column", "first"), [(1, "C-000001"), (2, "Gemstone Works")])
def test_a_click_on_a_header_sorts_and_a_second_turns_it(
    qtbot: QtBot, page: CustomersPage, column: int, first: str
) -> None:
    header = page.table.horizontalHeader()
    header.sectionClicked.emit(column)
    settled(qtbot, page)
    up = shown(page)
    header.sectionClicked.emit(column)
    settled(qtbot, page)
    assert shown(page) == up[::-1]
    assert COLUMNS[column].title in page.sorter.text() and "descending" in page.sorter.text()
    assert header.sortIndicatorSection() == column


def test_every_order_can_be_chosen_by_keyboard(page: CustomersPage) -> None:
    assert [a.text() for a in page.sorter.menu().actions()] == [c.title for c in COLUMNS if c.sort]


def test_chips_narrow_the_list_and_delete_removes_them(qtbot: QtBot, page: CustomersPage) -> None:
    page.chips.put(Chip("marketing", "is", ("email",)))
    settled(qtbot, page)
    assert shown(page) == ["Ada Yılmaz"]
    chip = next(b for b in page.chips.findChildren(type(page.sorter)) if "E-mail" in b.text() and b.isVisible())
    qtbot.keyClick(chip, Qt.Key.Key_Delete)
    settled(qtbot, page)
    assert page.chips.chips == () and len(shown(page)) == 5


def test_the_filter_menu_offers_what_the_bank_has(page: CustomersPage) -> None:
    menus = {a.text(): [b.text() for b in a.menu().actions()] for a in page.chips.menu(page).actions() if a.menu()}
    assert menus["Branch"] == ["Harbour", "Head office"]
    assert menus["Segment"] == ["Online, high", "Branch, middle"]
    assert menus["May be contacted by"][0] == "E-mail"


def test_no_match_names_the_filter_and_offers_a_way_back(qtbot: QtBot, page: CustomersPage) -> None:
    page.chips.put(Chip("kind", "is", ("company",)))
    page.search.setText("ada")
    settled(qtbot, page)
    assert page.state == "no match"
    assert page._blank.text == "No customer matches “ada” and 1 filter."
    assert page.search.isVisible()  # the search stays in reach
    page.chips.drop_last()
    settled(qtbot, page)
    assert page.state == "content" and shown(page) == ["Ada Yılmaz"]


def test_an_empty_bank_says_so(qtbot: QtBot, page: CustomersPage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(customers, "find", lambda *a, **k: [])
    page.refresh()
    settled(qtbot, page)
    assert page.state == "empty"
    assert "no customers yet" in page._blank.text


def test_a_failure_shows_its_sentence_and_a_second_try_works(
    qtbot: QtBot, page: CustomersPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any, **__: Any) -> Any:
        raise CrmdeskError("The bank is in use by another program; close it there, then try again.")

    with monkeypatch.context() as broke:
        broke.setattr(customers, "find", broken)
        page.refresh()
        settled(qtbot, page)
        assert page.state == "error" and "close it there" in page._band.text
    page.refresh()
    settled(qtbot, page)
    assert page.state == "content"


def test_keys_lead_from_search_to_the_customer(
    qtbot: QtBot, page: CustomersPage, opened: list[tuple[str, dict[str, Any]]]
) -> None:
    qtbot.keyClicks(page.search, "okcun")
    settled(qtbot, page)
    qtbot.keyClick(page.search, Qt.Key.Key_Return)
    qtbot.keyClick(page.table, Qt.Key.Key_Return)
    assert opened == [("customer", {"number": "C-000002"})]


def test_escape_clears_search_and_chips(qtbot: QtBot, page: CustomersPage) -> None:
    page.chips.put(Chip("kind", "is", ("company",)))
    page.search.setText("gem")
    settled(qtbot, page)
    qtbot.keyClick(page.search, Qt.Key.Key_Escape)
    settled(qtbot, page)
    assert (page.search.text(), page.chips.chips, len(shown(page))) == ("", (), 5)


def test_letters_in_the_table_go_to_the_search(qtbot: QtBot, page: CustomersPage) -> None:
    page.table.setFocus()
    qtbot.keyClick(page.table, Qt.Key.Key_G)
    assert page.search.text() == "g"


@pytest.mark.parametrize(("text", "words", "spans"), [
    ("Ada Yılmaz", ("yil",), [(4, 3)]), ("Çetin Okçün", ("cet", "kcu"), [(0, 3), (7, 3)]),
    ("Straße", ("stra",), []), ("Ada", ("xyz",), []),
])  # fmt: skip
def test_the_searched_part_is_found_in_what_is_shown(
    text: str, words: tuple[str, ...], spans: list[tuple[int, int]]
) -> None:
    assert matches(text, words) == spans


def test_a_row_found_by_its_phone_says_so(qtbot: QtBot, page: CustomersPage) -> None:
    page.search.setText("5678")
    settled(qtbot, page)
    assert shown(page) == ["Çetin Okçün   phone ends 5678"]
    page.search.setText("okcun")
    settled(qtbot, page)
    assert shown(page) == ["Çetin Okçün"]


def test_a_misspelled_name_is_offered_as_it_is_written(qtbot: QtBot, page: CustomersPage) -> None:
    page.search.setText("ylmaz")
    settled(qtbot, page)
    qtbot.waitUntil(lambda: "Near" in page._blank.text)
    assert page._blank.text == "No customer matches “ylmaz”. Near: Yılmaz."
    (nearest,) = (b for b in page.findChildren(QPushButton) if b.text() == "Search Yılmaz")
    qtbot.waitUntil(nearest.isVisible)
    nearest.click()
    settled(qtbot, page)
    assert shown(page) == ["Ada Yılmaz"]
