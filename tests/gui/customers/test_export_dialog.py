"""The export of the list: what it is for comes first, the count and what is personal stand there, the file is whole."""

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from crmdesk.desk.context import DeskContext
from crmdesk.desk.exporting import NOT_CHOSEN, ExportDialog
from crmdesk.desk.tray import Tray
from crmdesk.domain.rights import Actor, Role
from crmdesk.services.customers import Chosen, CustomerQuery

COLUMNS = ("name", "number", "permissions")


@pytest.fixture
def dialog(qtbot: QtBot, context: DeskContext) -> Iterator[ExportDialog]:
    tray = Tray()
    qtbot.addWidget(tray)
    context.job_asked.connect(tray.start)
    yield opened_dialog(qtbot, context)
    qtbot.waitUntil(lambda: not tray.running)


def opened_dialog(qtbot: QtBot, context: DeskContext) -> ExportDialog:
    made = ExportDialog(context, None, Chosen(CustomerQuery()), 5, COLUMNS)  # type: ignore[arg-type]
    made.open()
    at_rest(qtbot, context)
    return made


def at_rest(qtbot: QtBot, context: DeskContext) -> None:
    qtbot.waitUntil(lambda: not context._background.busy)


def rows_of(file: Path) -> list[list[str]]:
    with file.open(encoding="utf-8", newline="") as stream:
        return list(csv.reader(stream))


def test_nothing_is_written_before_it_is_said_what_for(dialog: ExportDialog) -> None:
    assert dialog.purpose.purpose.currentText() == NOT_CHOSEN
    assert not dialog.save_button.isEnabled()
    assert "Choose what it is for" in dialog.told.text()
    dialog.reject()


def test_only_who_permits_the_channel_is_counted_and_written(
    qtbot: QtBot, context: DeskContext, dialog: ExportDialog, tmp_path: Path
) -> None:
    dialog.purpose.put("marketing", "email")
    at_rest(qtbot, context)
    assert dialog.told.text() == "1 customer will be written. Personal columns: Name, Number, E-mail."
    assert "no permission for offers by e-mail" in dialog.left_out.text()
    assert dialog.save_button.text() == "Export 1 customer..."
    file = tmp_path / "list.csv"
    with qtbot.waitSignal(context.noticed) as said:
        dialog.write(file)
    assert said.args[0] == f"1 customer written to {file}, 4 left out."
    rows = rows_of(file)
    assert rows == [["Name", "Number", "May contact", "E-mail"],
                    ["Ada Yılmaz", "C-000001", "E-mail, Branch", "ada_y@mail.example"]]  # fmt: skip
    assert not any("Okçün" in cell for row in rows for cell in row)


def test_contact_data_is_asked_for_and_named_as_personal(
    qtbot: QtBot, context: DeskContext, dialog: ExportDialog, tmp_path: Path
) -> None:
    dialog.purpose.put("service")
    dialog.boxes["phone"].setChecked(True)
    at_rest(qtbot, context)
    assert dialog.keys == (*COLUMNS, "phone") and "Phone" in dialog.told.text()
    with qtbot.waitSignal(context.noticed):
        dialog.write(tmp_path / "all.csv")
    assert rows_of(tmp_path / "all.csv")[0][-1] == "Phone"


def test_who_may_not_read_contact_data_is_not_offered_it(qtbot: QtBot, context: DeskContext) -> None:
    analyst = DeskContext(Actor("ann", frozenset({Role.ANALYST})))
    analyst.app = context.app
    made = opened_dialog(qtbot, analyst)
    offered = {made.purpose.purpose.itemData(at) for at in range(made.purpose.purpose.count())}
    assert not made.boxes and "service" not in offered and "profiling" in offered
    made.reject()


def test_no_name_for_the_file_leaves_the_dialog_as_it_was(
    qtbot: QtBot, context: DeskContext, dialog: ExportDialog, monkeypatch: pytest.MonkeyPatch
) -> None:
    dialog.purpose.put("service")
    at_rest(qtbot, context)
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: ("", ""))
    dialog.save()
    assert dialog.isVisible() and dialog.save_button.isEnabled()
    dialog.reject()


def test_the_ending_follows_the_format(
    qtbot: QtBot, context: DeskContext, dialog: ExportDialog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dialog.purpose.put("service")
    dialog.format.setCurrentIndex(dialog.format.findData(".xlsx"))
    at_rest(qtbot, context)
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "people.v2"), ""))
    with qtbot.waitSignal(context.noticed):
        dialog.save()
    assert [file.name for file in tmp_path.glob("people*")] == ["people.v2.xlsx"]
    assert (tmp_path / "people.v2.xlsx").read_bytes()[:2] == b"PK"


def test_the_address_of_the_channel_is_ticked_and_what_a_person_ticked_stays(
    qtbot: QtBot, context: DeskContext, dialog: ExportDialog
) -> None:
    def ticked() -> set[str]:
        return {key for key, box in dialog.boxes.items() if box.isChecked()}

    dialog.purpose.put("marketing", "email")
    assert ticked() == {"email"}
    dialog.purpose.put("marketing", "post")
    assert ticked() == {"street", "postcode", "city", "country"}
    dialog.boxes["email"].setChecked(True)
    dialog.purpose.put("marketing", "phone")
    assert ticked() == {"email", "phone"}
    dialog.purpose.put("service")
    assert ticked() == {"email"}
    at_rest(qtbot, context)
    dialog.reject()
