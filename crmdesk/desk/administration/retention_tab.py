"""Administration > Retention: how long each kind of record is kept, and what is past its time now."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QSpinBox, QVBoxLayout, QWidget

from crmdesk.desk import words
from crmdesk.desk.context import DeskContext
from crmdesk.desk.form_dialog import FormDialog, buddy
from crmdesk.desk.plain_table import PlainTable, under_deeds
from crmdesk.desk.widgets import button, label
from crmdesk.desk.zoom import px, size_dialog
from crmdesk.domain.change import Change
from crmdesk.domain.rights import Right, may
from crmdesk.services import retention
from crmdesk.services.retention import DueRow, Policy

TITLES: Final = ("What", "Kept", "Past its time", "Oldest", "Then")
WIDTHS: Final = (0, 130, 120, 130, 0)


class RetentionTab(QWidget):
    """One row per kind of record; the deeds are about the chosen one."""

    def __init__(self, context: DeskContext) -> None:
        super().__init__()
        self.context = context
        self._found: list[Policy] = []
        self.table = PlainTable("How long records are kept", TITLES, WIDTHS, frozenset({2}))
        self.table.selectionModel().currentRowChanged.connect(lambda *_: self._fit())
        self.table.activated.connect(lambda *_: self.due())
        self.due_button = button("Show what is due", self.due, "primary", "Whom and what, since when (Enter)")
        self.months_button = button("Change period...", self.months, tip="How many months this is kept")
        self.remove_button = button("Remove raw text", self.remove, tip="The raw lines of imports past their time")
        column = under_deeds(self, self.table, self.due_button, self.months_button, self.remove_button)
        foot = (
            "Raw lines of imports are removed here. Customers are never removed by a clock: where nothing keeps "
            "somebody any more, a person decides."
        )
        column.addWidget(label(foot, "muted", wrap=True))

    def ask(self) -> list[Policy]:
        """In a thread."""
        return retention.policies(self.context.app, self.context.actor)

    def show_found(self, found: list[Policy]) -> str:
        """Fill the table; the sentence for the top of the page."""
        here = one.code if (one := self.chosen()) else ""
        self._found = found
        self.table.show_rows([
            (p.title, kept(p), f"{p.due_count:,}", words.on(p.oldest), "removed here" if p.removable else "told here")
            for p in found
        ])  # fmt: skip
        wanted = here or next((p.code for p in found if p.due_count), "")
        self.table.selectRow(next((i for i, p in enumerate(found) if p.code == wanted), 0))
        self._fit()
        due = [p for p in found if p.due_count]
        if not due:
            return "Nothing is kept longer than this bank has decided."
        return f"{len(due)} of {len(found)} kinds of records hold something past its time."

    def chosen(self) -> Policy | None:
        row = self.table.currentIndex().row()
        return self._found[row] if 0 <= row < len(self._found) else None

    def _fit(self) -> None:
        one = self.chosen()
        self.due_button.setEnabled(one is not None and one.due_count > 0)
        self.months_button.setEnabled(one is not None and one.days is None)
        self.months_button.setToolTip(
            "How many months this is kept" if self.months_button.isEnabled() else "This period is fixed"
        )
        self.remove_button.setVisible(one is not None and one.removable)
        self.remove_button.setEnabled(one is not None and one.due_count > 0)

    def due(self) -> None:
        one, app, actor = self.chosen(), self.context.app, self.context.actor
        if one is None or not one.due_count:
            return
        self.context.background(
            lambda: retention.due(app, actor, one.code), lambda rows: DueDialog(self.context, self, one, rows).open(),
            None, self,
        )  # fmt: skip

    def months(self) -> None:
        one = self.chosen()
        if one is not None and one.days is None:
            MonthsDialog(self.context, self, one).open()

    def remove(self) -> None:
        one, app, actor = self.chosen(), self.context.app, self.context.actor
        if one is None or not one.removable:
            return

        def done(change: Change) -> None:
            self.context.changed(change)
            self.context.notify("The raw lines past their time are removed.")

        self.context.background(lambda: retention.run(app, actor, one.code), done, None, self)


def kept(one: Policy) -> str:
    if one.days is not None:
        return f"{one.days} days"
    years, months = divmod(one.months, 12)
    return f"{years} years" if years > 1 and not months else f"{one.months} months"


class MonthsDialog(FormDialog):
    """How many months a kind of record is kept."""

    def __init__(self, context: DeskContext, parent: QWidget, one: Policy) -> None:
        super().__init__(context, parent, "Change period", "Save period", f"{one.title}: what is older counts as due.")
        self._one = one
        self.field = QSpinBox()
        self.field.setRange(1, 600)
        self.field.setValue(one.months)
        self.field.setSuffix(" months")
        self.field.setAccessibleName("Months kept")
        self.fields.addWidget(buddy("&Kept for", self.field))
        self.fields.addWidget(self.field)
        self.resize(px(380), self.sizeHint().height())

    def work(self) -> Callable[[], Any]:
        app, actor, code, months = self.context.app, self.context.actor, self._one.code, self.field.value()
        return lambda: retention.set_months(app, actor, code, months)


class DueDialog(QDialog):
    """Whom and what a period is past for; Enter opens the customer of a row."""

    def __init__(self, context: DeskContext, parent: QWidget, one: Policy, rows: list[DueRow]) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Past its time")
        self._context, self._rows = context, rows
        self.table = PlainTable(one.title, ("What", "Customer", "Since", "Rows"), (0, 130, 130, 80), frozenset({3}))
        self.table.show_rows([
            (row.what, row.number or words.NOTHING, words.on(row.since), f"{row.count:,}") for row in rows
        ])  # fmt: skip
        self.table.activated.connect(lambda index: self._go(index.row()))
        shown = f"{len(rows):,} shown of {one.due_count:,}." if len(rows) < one.due_count else f"{len(rows):,} in all."
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 16, 20, 16)
        column.setSpacing(12)
        column.addWidget(label(f"{one.title}, kept {kept(one)}: {shown}", wrap=True))
        column.addWidget(self.table, 1)
        column.addWidget(button("Close", self.accept, "primary", "Close (Esc)"), 0, Qt.AlignmentFlag.AlignRight)
        size_dialog(self, 640, 420)

    def _go(self, row: int) -> None:
        number = self._rows[row].number if 0 <= row < len(self._rows) else ""
        if number and may(self._context.actor, Right.READ_CUSTOMER):
            self.accept()
            self._context.open_page("customer", number=number)
