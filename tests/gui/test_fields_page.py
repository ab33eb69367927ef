"""The page of a bank's own fields: added, changed, put in order, retired and brought back."""

from typing import Any

from gui.window import settle
from PySide6.QtWidgets import QDialog
from pytestqt.qtbot import QtBot

from crmdesk.desk.frame import Frame
from crmdesk.services import custom_fields


def opened(desk: Frame, qtbot: QtBot) -> Any:
    desk.actions["tools.fields"].trigger()
    settle(qtbot, desk)
    return desk.shelf.page


def dialog_of(desk: Frame, qtbot: QtBot) -> Any:
    qtbot.waitUntil(lambda: any(d.isVisible() for d in desk.findChildren(QDialog)))
    return next(d for d in desk.findChildren(QDialog) if d.isVisible())


def column(page: Any, at: int) -> list[str]:
    model = page.table.model()
    return [str(model.index(row, at).data()) for row in range(model.rowCount())]


def test_an_empty_page_leads_to_the_first_field(desk: Frame, qtbot: QtBot) -> None:
    page = opened(desk, qtbot)
    assert page.state == "empty"
    page.add()
    dialog = dialog_of(desk, qtbot)
    qtbot.keyClicks(dialog.title, "Next review")
    assert dialog.code.text() == "next_review"  # proposed from the title
    dialog.kind.setCurrentIndex(dialog.kind.findData("date"))
    dialog.save()
    settle(qtbot, desk)
    assert column(page, 0) == ["Next review"] and column(page, 2) == ["Date"]
    assert page.answer.text() == "1 field of this bank's own in use."


def test_a_choice_needs_its_choices_and_says_so_beside_them(desk: Frame, qtbot: QtBot) -> None:
    page = opened(desk, qtbot)
    page.add()
    dialog = dialog_of(desk, qtbot)
    dialog.title.setText("Shoe")
    dialog.code.setText("shoe")
    assert dialog.choices.isHidden()
    dialog.kind.setCurrentIndex(dialog.kind.findData("choice"))
    assert not dialog.choices.isHidden()
    dialog.save()
    qtbot.waitUntil(lambda: not dialog.faults["choices"].isHidden())
    assert dialog.isVisible() and dialog.title.text() == "Shoe"
    dialog.choices.setPlainText("40\n41")
    dialog.save()
    settle(qtbot, desk)
    assert column(page, 3) == ["40, 41"]


def test_fields_change_places_are_retired_and_come_back(desk: Frame, qtbot: QtBot) -> None:
    app, actor = desk.context.app, desk.context.actor
    custom_fields.add(app, actor, code="vip", title="Private banking", kind="yes_no")
    custom_fields.add(app, actor, code="shoe", title="Shoe", kind="whole")
    page = opened(desk, qtbot)
    assert column(page, 0) == ["Private banking", "Shoe"] and not page.up_button.isEnabled()
    page.down_button.click()
    settle(qtbot, desk)
    assert column(page, 0) == ["Shoe", "Private banking"] and page.chosen().code == "vip"
    page.retire_button.click()
    settle(qtbot, desk)
    assert column(page, 5)[1].startswith("Retired") and page.retire_button.text() == "Bring back field"
    assert not page.change_button.isEnabled()
    page.retire_button.click()
    settle(qtbot, desk)
    assert column(page, 5) == ["In use", "In use"]


def test_a_title_is_changed_where_the_code_and_kind_stay(desk: Frame, qtbot: QtBot) -> None:
    custom_fields.add(desk.context.app, desk.context.actor, code="vip", title="Private banking", kind="yes_no")
    page = opened(desk, qtbot)
    page.change()
    dialog = dialog_of(desk, qtbot)
    assert not dialog.code.isEnabled() and not dialog.kind.isEnabled()
    dialog.title.setText("")
    dialog.save()
    assert "no title yet" in dialog.fault.text() and dialog.isVisible()
    dialog.title.setText("Private bank")
    dialog.save()
    settle(qtbot, desk)
    assert column(page, 0) == ["Private bank"]
