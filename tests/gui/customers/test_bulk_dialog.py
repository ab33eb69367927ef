"""Many customers changed or withdrawn at once from the list: counted before, told after, nothing lost on an error."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QLineEdit
from pytestqt.qtbot import QtBot

from crmdesk.desk.context import DeskContext
from crmdesk.desk.customers import bulk as dialogs
from crmdesk.desk.customers.bulk import BulkDialog, WithdrawDialog
from crmdesk.domain.change import Change
from crmdesk.domain.errors import CrmdeskError
from crmdesk.domain.filter import Chip
from crmdesk.services import bulk, customers, history, permissions
from crmdesk.services.customers import Chosen, CustomerQuery
from crmdesk.services.permission_bulk import withdraw_many

PERSONS = Chosen(CustomerQuery("", (Chip("kind", "is", ("person",)),)))


@pytest.fixture
def told(context: DeskContext) -> list[Change]:
    changes: list[Change] = []
    context.hub.changed.connect(changes.append)
    return changes


def at_rest(qtbot: QtBot, context: DeskContext, dialog: BulkDialog | WithdrawDialog) -> None:
    qtbot.waitUntil(lambda: not context._background.busy)
    if isinstance(dialog, BulkDialog):
        qtbot.waitUntil(lambda: not dialog._timer.isActive())
        qtbot.waitUntil(lambda: not context._background.busy)


@pytest.fixture
def dialog(qtbot: QtBot, context: DeskContext) -> BulkDialog:
    made = BulkDialog(context, None, PERSONS, 4)  # type: ignore[arg-type]
    made.open()
    at_rest(qtbot, context, made)
    return made


def put(qtbot: QtBot, dialog: BulkDialog, field: str, value: str) -> None:
    dialog.field.setCurrentIndex(dialog.field.findData(field))
    assert dialog.edit is not None
    dialog.edit.put(value)
    dialog._edited()
    at_rest(qtbot, dialog.context, dialog)


def occupations(context: DeskContext) -> list[str]:
    found = [customers.get(context.app, context.actor, f"C-00000{n}") for n in range(1, 6)]
    return [card.occupation for card in found]


def test_it_opens_without_a_field_and_each_choice_without_a_value(qtbot: QtBot, dialog: BulkDialog) -> None:
    assert dialog.field.currentIndex() == -1 and dialog.edit is None
    assert dialog.told.text() == "Choose the field to change." and not dialog.save_button.isEnabled()
    dialog.field.setCurrentIndex(dialog.field.findData("branch"))
    at_rest(qtbot, dialog.context, dialog)
    assert dialog.edit is not None and dialog.edit.value() == ""
    assert dialog.told.text() == "Choose the new value." and not dialog.save_button.isEnabled()


def test_it_counts_who_would_change_before_the_button_does_it(qtbot: QtBot, dialog: BulkDialog) -> None:
    put(qtbot, dialog, "branch", "B2")
    found = bulk.preview(dialog.context.app, dialog.context.actor, PERSONS, "branch", "B2")
    assert 0 < found.count < found.total == 4
    assert dialog.told.text() == f"{found.title}."
    people = "1 customer" if found.count == 1 else f"{found.count} customers"
    assert dialog.save_button.text() == f"Change {people}"
    assert all(f"{n} {reason}" in dialog.left_out.text() for reason, n in found.left_out.items())
    dialog.reject()


def test_what_is_changed_is_told_to_every_page_and_comes_back_with_undo(
    qtbot: QtBot, context: DeskContext, dialog: BulkDialog, told: list[Change]
) -> None:
    put(qtbot, dialog, "occupation", "teacher")
    qtbot.keyClick(dialog, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bool(told))
    changed = occupations(context)
    assert changed.count("teacher") >= 2 and changed[4] == ""  # the company is outside the filter
    assert set(told[0].touched) == {"customer"}
    history.undo(context.app, context.actor)
    assert occupations(context) == [""] * 5


def test_a_value_that_cannot_be_keeps_the_dialog_with_its_sentence(qtbot: QtBot, dialog: BulkDialog) -> None:
    put(qtbot, dialog, "source", "x" * 300)
    assert dialog.isVisible() and not dialog.fault.isHidden() and dialog.fault.text()
    assert not dialog.save_button.isEnabled()
    assert isinstance(dialog.edit and dialog.edit.control, QLineEdit) and dialog.edit.value() == "x" * 300
    put(qtbot, dialog, "source", "fair")
    assert dialog.fault.isHidden() and dialog.save_button.isEnabled()
    dialog.reject()


def test_a_failure_while_saving_loses_nothing(
    qtbot: QtBot, dialog: BulkDialog, told: list[Change], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise CrmdeskError("The bank is in use by another program; close it there, then try again.")

    put(qtbot, dialog, "source", "fair")
    monkeypatch.setattr(bulk, "apply", broken)
    dialog.save()
    at_rest(qtbot, dialog.context, dialog)
    assert dialog.isVisible() and "close it there" in dialog.fault.text()
    assert dialog.edit is not None and dialog.edit.value() == "fair" and not told
    dialog.reject()


def test_many_go_into_the_tray(qtbot: QtBot, context: DeskContext, told: list[Change],
                               monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    from crmdesk.desk.tray import Tray

    tray = Tray()
    qtbot.addWidget(tray)
    context.job_asked.connect(tray.start)
    monkeypatch.setattr(dialogs, "IN_THE_TRAY", 1)
    made = BulkDialog(context, None, PERSONS, 4)  # type: ignore[arg-type]
    made.open()
    at_rest(qtbot, context, made)
    put(qtbot, made, "occupation", "teacher")
    made.save()
    qtbot.waitUntil(lambda: bool(told))
    assert occupations(context).count("teacher") >= 2


def test_no_field_of_many_is_a_permission(dialog: BulkDialog) -> None:
    offered = {dialog.field.itemData(at) for at in range(dialog.field.count())}
    assert offered and not any("permission" in name or "marketing" in name for name in offered)
    assert not hasattr(dialogs, "GrantDialog")
    assert all(box.count() for box in dialog.findChildren(QComboBox))
    dialog.reject()


def test_a_withdrawal_reaches_all_of_them_and_nobody_is_granted(
    qtbot: QtBot, context: DeskContext, told: list[Change]
) -> None:
    app, actor = context.app, context.actor
    before = customers.find(app, actor, CustomerQuery("", (Chip("marketing", "is", ("email",)),)))
    assert len(before) == 1
    made = WithdrawDialog(context, None, PERSONS, 4)  # type: ignore[arg-type]
    made.open()
    made.boxes["email"].setChecked(True)
    assert "by E-mail for 4 customers" in made.told.text()
    made.save()
    qtbot.waitUntil(lambda: bool(told))
    assert not len(customers.find(app, actor, CustomerQuery("", (Chip("marketing", "is", ("email",)),))))
    cells = {cell.channel: cell.decision.allowed for cell in permissions.grid(app, actor, "C-000001").rows[0]}
    assert cells["in_person"] and not cells["email"]
    qtbot.waitUntil(lambda: not context._background.busy)


def test_mining_purposes_have_no_channels(qtbot: QtBot, context: DeskContext) -> None:
    made = WithdrawDialog(context, None, PERSONS, 4)  # type: ignore[arg-type]
    made.open()
    made.boxes["email"].setChecked(True)
    made.purpose.setCurrentIndex(made.purpose.findData("profiling"))
    assert made.channels == () and not made._ways.isVisible()
    assert withdraw_many(context.app, context.actor, PERSONS, "profiling", made.channels).touched
    made.reject()
