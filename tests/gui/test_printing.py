"""Printing to PDF: pages of the right size, in the light theme, with what may be printed and no more."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from gui.window import settle
from PySide6.QtGui import QImage, QPageSize
from pytestqt.qtbot import QtBot

from crmdesk.desk import printing
from crmdesk.desk.customers.customer_paper import paper as customer_paper
from crmdesk.desk.customers.list_paper import paper as list_paper
from crmdesk.desk.frame import Frame
from crmdesk.desk.paper import SIZES, Pages, Paper, Part, Table
from crmdesk.desk.printing import PrintDialog
from crmdesk.domain.errors import CrmdeskError
from crmdesk.services import mining, prints
from crmdesk.services.customers import Chosen, CustomerQuery
from crmdesk.services.prints import ROWS_AT_MOST

A4, LETTER = SIZES[0][1], SIZES[1][1]


def sheet(rows: int, wide: bool = False) -> Paper:
    table = Table(("Name", "City"), [(f"Ada {n}", "Moda") for n in range(rows)])
    return Paper("Customers", f"{rows} customers.", [Part("All", [table])], "Bank, today", wide)


def open_print(qtbot: QtBot, desk: Frame, page: str, **args: Any) -> PrintDialog:
    desk.shelf.go(page, args)
    settle(qtbot, desk)
    dialog = printing.print_page(desk)
    assert dialog is not None
    settle(qtbot, desk)
    return dialog


def dark(image: QImage, left: float, top: float, right: float, bottom: float) -> int:
    """Marked pixels in a part of the page, given as shares of it."""
    across = range(int(left * image.width()), int(right * image.width()), 2)
    down = range(int(top * image.height()), int(bottom * image.height()), 2)
    return sum(image.pixelColor(x, y).lightness() < 140 for x in across for y in down)


def audited(desk: Frame, act: str) -> int:
    with desk.context.app.store.reader() as raw:
        return int(raw.execute("SELECT count(*) FROM audit_event WHERE act = ?", (act,)).fetchone()[0])


@pytest.mark.parametrize(("size", "wide", "points"), [
    (A4, False, (595, 842)), (A4, True, (842, 595)), (LETTER, False, (612, 792)),
])  # fmt: skip
def test_pages_have_the_size_of_the_paper(
    qtbot: QtBot, size: QPageSize.PageSizeId, wide: bool, points: tuple[int, int]
) -> None:
    pages = Pages(sheet(3, wide), size)
    whole = pages.layout.fullRectPoints()
    assert (whole.width(), whole.height()) == points
    assert pages.count == 1


def test_a_long_table_goes_on_with_its_heads_and_a_foot_on_every_page(qtbot: QtBot, tmp_path: Path) -> None:
    pages = Pages(sheet(150), A4)
    assert pages.count > 2
    first, second = pages.image(0, 600), pages.image(1, 600)
    assert dark(second, 0.05, 0.06, 0.95, 0.1)  # the heads again, at the top
    assert dark(first, 0.05, 0.9, 0.95, 0.98) and dark(second, 0.05, 0.9, 0.95, 0.98)
    pages.write(tmp_path / "t.pdf")
    written = (tmp_path / "t.pdf").read_bytes()
    assert written.startswith(b"%PDF") and written.count(b"/Type /Page\n") == pages.count


def test_the_paper_is_light_in_a_dark_window(qtbot: QtBot, desk: Frame) -> None:
    desk.wear("dark")
    image = Pages(sheet(3), A4).image(0, 400)
    desk.wear("light")
    assert image.pixelColor(2, 2).lightness() == 255
    assert dark(image, 0.05, 0.04, 0.6, 0.1)


def test_the_customer_page_is_printed_masked_and_audited(qtbot: QtBot, desk: Frame, tmp_path: Path) -> None:
    desk.shelf.go("customers", {})
    settle(qtbot, desk)
    number = desk.shelf.page.model.row(0).number
    dialog = open_print(qtbot, desk, "customer", number=number)
    assert dialog.save_button.isEnabled() and not audited(desk, "print customer")
    dialog.write(tmp_path / "one.pdf")
    settle(qtbot, desk)
    assert (tmp_path / "one.pdf").read_bytes().startswith(b"%PDF")
    assert audited(desk, "print customer") == 1
    app, actor = desk.context.app, desk.context.actor
    found = prints.customer(app, actor, number, kept=False)
    with app.store.reader() as raw:
        phone, email = raw.execute("SELECT phone, email FROM customer WHERE number = ?", (number,)).fetchone()
    texts = str(customer_paper("b", found))
    assert number in texts and found.card.name in texts
    assert phone not in texts and email not in texts


def test_a_list_says_what_it_is_for_and_how_many_there_are(qtbot: QtBot, desk: Frame, tmp_path: Path) -> None:
    dialog = open_print(qtbot, desk, "customers")
    assert not dialog.save_button.isEnabled() and "what it is for" in dialog.sheet.text()
    dialog.purpose.put("service")
    settle(qtbot, desk)
    assert dialog.save_button.isEnabled() and dialog._pages is not None and dialog._pages.count >= 1
    before = audited(desk, "print customers")
    dialog.write(tmp_path / "list.pdf")
    settle(qtbot, desk)
    assert audited(desk, "print customers") == before + 1


def test_a_list_for_offers_leaves_out_who_did_not_permit_them(qtbot: QtBot, desk: Frame) -> None:
    app, actor = desk.context.app, desk.context.actor
    everyone = Chosen(CustomerQuery())
    found = prints.customer_list(app, actor, everyone, ("name", "number"), "marketing", "email", kept=False)
    total = prints.customer_list(app, actor, everyone, ("name", "number"), "service", kept=False).plan.rows
    assert 0 < found.plan.rows < total
    assert len(found.rows) == min(found.plan.rows, ROWS_AT_MOST)
    made = list_paper("b", "Customers", found)
    assert "Left out" in " ".join(made.facts)


def test_only_the_first_rows_are_printed_and_the_count_is_said(
    qtbot: QtBot, desk: Frame, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(prints, "ROWS_AT_MOST", 7)
    app, actor = desk.context.app, desk.context.actor
    found = prints.customer_list(app, actor, Chosen(CustomerQuery()), ("name",), "service", kept=False)
    assert len(found.rows) == 7
    assert list_paper("b", "Customers", found).sentence.startswith("The first 7 of ")


def test_a_result_is_printed_without_its_persons(qtbot: QtBot, desk: Frame, tmp_path: Path) -> None:
    record = mining.run(desk.context.app, desk.context.actor, "sample.groups", {})
    assert any("customer" in table.columns for table in record.tables.values())
    dialog = open_print(qtbot, desk, "result", run=record.uuid)
    _, tables = prints.result(desk.context.app, desk.context.actor, record.uuid, kept=False)
    assert tables and not any("customer" in table.columns for table in tables.values())
    dialog.write(tmp_path / "result.pdf")
    settle(qtbot, desk)
    assert audited(desk, "print result") == 1 and (tmp_path / "result.pdf").exists()


def test_a_page_that_cannot_be_printed_says_so(qtbot: QtBot, desk: Frame, monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    monkeypatch.setattr(desk, "notice", said.append)
    desk.shelf.go("plugins", {})
    settle(qtbot, desk)
    assert printing.print_page(desk) is None
    assert len(said) == 1 and "cannot be printed" in said[0]


def test_a_folder_that_cannot_be_written_leaves_no_part_of_a_file(qtbot: QtBot, tmp_path: Path) -> None:
    with pytest.raises(CrmdeskError, match="choose another folder"):
        printing.put(Pages(sheet(1), A4), tmp_path / "none" / "t.pdf")
    assert not list(tmp_path.iterdir())


def test_the_preview_turns_its_pages(qtbot: QtBot, desk: Frame) -> None:
    dialog = open_print(qtbot, desk, "customers")
    dialog.purpose.put("service")
    settle(qtbot, desk)
    assert dialog._pages is not None
    last = dialog._pages.count - 1
    assert last > 0 and not dialog.back.isEnabled()
    for _ in range(last):
        dialog.forth.click()
    assert dialog.told.text() == f"Page {last + 1} of {last + 1}" and not dialog.forth.isEnabled()
    dialog.size_box.setCurrentIndex(1 - dialog.size_box.currentIndex())
    settle(qtbot, desk)
    assert dialog.told.text().startswith("Page 1 of ")
    dialog.reject()
