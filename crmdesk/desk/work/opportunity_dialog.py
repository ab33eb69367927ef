"""The dialogs of opportunities: a new one or a changed one with the moves it made, and why one was lost."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from PySide6.QtCore import QDate
from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QLineEdit, QWidget

from crmdesk.desk import words
from crmdesk.desk.context import DeskContext, sentence
from crmdesk.desk.form_dialog import FormDialog, buddy
from crmdesk.desk.widgets import label
from crmdesk.desk.work import stages
from crmdesk.desk.work.fields import CustomerField, day_field
from crmdesk.desk.work.task_dialog import WIDE, StaffField, form_rows
from crmdesk.desk.zoom import px
from crmdesk.domain.errors import BadInput, Conflict
from crmdesk.domain.money import parse_minor, plain
from crmdesk.services import opportunities
from crmdesk.services.opportunities import Move, OpportunityRow


class OpportunityDialog(FormDialog):
    """A new opportunity of a customer, or a change of `row`; on a conflict everything typed stays."""

    def __init__(self, context: DeskContext, parent: QWidget | None, *, row: OpportunityRow | None = None,
                 number: str = "", product: str = "") -> None:  # fmt: skip
        title = "Change the opportunity" if row else "New opportunity"
        super().__init__(context, parent, title, "Save opportunity")
        self._row, self._version = row, row.version if row else 0
        self._product = row.product if row else product
        self.setMinimumWidth(px(WIDE))
        self.customer = CustomerField(context, row.number if row else number, needed=True)
        self.customer.setEnabled(row is None)
        self.product = QComboBox()
        self.product.addItem("No product yet", "")
        self.named = QLineEdit(row.title if row else "")
        self.named.setPlaceholderText("Left empty: the product's name")
        self.value = QLineEdit(plain(row.value, row.currency) if row and row.value is not None else "")
        self.value.setPlaceholderText("Not known yet")
        self.currency = QLineEdit(row.currency if row else "")
        self.currency.setMaxLength(3)
        self.currency.setMaximumWidth(px(70))
        self.currency.setAccessibleName("Currency")
        self.step = QLineEdit(row.next_step if row else "")
        self.step.setPlaceholderText("Send the offer")
        self.dated = QCheckBox("by")
        self.dated.setAccessibleName("The next step has a day")
        self.on = day_field("Day of the next step")
        self.owner = StaffField(context, row.owner if row else None)
        self.moves = label("", "muted", wrap=True)
        self._lay_out()
        self._ask()

    def _lay_out(self) -> None:
        row = self._row
        if row is not None and row.next_on is not None:
            self.dated.setChecked(True)
            self.on.setDate(QDate(row.next_on.year, row.next_on.month, row.next_on.day))
        self.on.setEnabled(self.dated.isChecked())
        self.dated.toggled.connect(self.on.setEnabled)
        rows = form_rows()
        rows.addRow(buddy("&Customer", self.customer), self.customer)
        self.customer.number.setAccessibleName("Customer")
        value, step = self._beside(self.value, self.currency), self._beside(self.step, self.dated, self.on)
        for title, field in (("&Product", self.product), ("&Title", self.named), ("&Value", value),
                             ("&Next step", step), ("&Owner", self.owner)):  # fmt: skip
            rows.addRow(buddy(title, field), field)
        for title, inner in (("Value", self.value), ("Next step", self.step)):
            inner.setAccessibleName(title)
        self.fields.addLayout(rows)
        self.fields.addWidget(self.moves)
        (self.product if row is not None or self.customer.number.text() else self.customer).setFocus()

    @staticmethod
    def _beside(*parts: QWidget) -> QWidget:
        made = QWidget()
        across = QHBoxLayout(made)
        across.setContentsMargins(0, 0, 0, 0)
        across.setSpacing(8)
        for place, part in enumerate(parts):
            across.addWidget(part, 0 if place else 1)
        made.setFocusProxy(parts[0])
        return made

    def _ask(self) -> None:
        app, actor, row = self.context.app, self.context.actor, self._row

        def ask() -> tuple[list[tuple[str, str]], str, list[Move], date]:
            moves = opportunities.moves(app, actor, row.id) if row is not None else []
            today = app.store.clock().date()
            return opportunities.products(app, actor), opportunities.currency(app, actor), moves, today

        self.context.background(ask, self._fill, self.refused, self)

    def _fill(self, found: tuple[list[tuple[str, str]], str, list[Move], date]) -> None:
        products, currency, moves, today = found
        if not self.dated.isChecked():
            self.on.setDate(QDate(today.year, today.month, today.day))
        for code, name in products:
            self.product.addItem(name, code)
        self.product.setCurrentIndex(max(0, self.product.findData(self._product)))
        if not self.currency.text():
            self.currency.setText(currency)
        told = [f"{stages.TITLES[move.after]} {words.on(move.at.date())} by {move.by}" for move in moves]
        self.moves.setText(f"Moved: {'; '.join(told)}." if told else "")
        self.moves.setVisible(bool(told))

    def work(self) -> Callable[[], Any]:
        app, actor, row, version = self.context.app, self.context.actor, self._row, self._version
        typed, currency = self.value.text().strip(), self.currency.text().strip().upper() or "EUR"
        try:
            value = parse_minor(typed.replace(" ", ""), currency) if typed else None
        except ValueError:
            self.value.setFocus()
            raise BadInput(f"'{typed}' is not an amount; write it like 12000 or 12000.50.") from None
        on = self.on.date()
        day = on.toPython() if self.dated.isChecked() else None
        step = {"next_step": self.step.text(), "next_on": day}
        what = {"product": self.product.currentData(), "value": value, "currency": currency}
        fields: dict[str, Any] = {**what, **step, "owner": self.owner.login()}
        title, number = self.named.text(), self.customer.value()
        if row is None:
            return lambda: opportunities.add(app, actor, number, title, **fields)
        return lambda: opportunities.edit(app, actor, row.id, version, title=title, **fields)

    def refused(self, error: Exception) -> None:
        super().refused(error)
        if isinstance(error, Conflict):
            named = ", ".join(dict.fromkeys(change["title"] for change in error.changes)) or "the opportunity"
            self._version = error.version
            self.tell(f"{sentence(error)} Changed meanwhile: {named}. Saving again keeps what stands here.")

    def done_words(self, saved: Any) -> str:
        return "The opportunity is saved. Ctrl+Z takes it back."


class LostDialog(FormDialog):
    """Why an opportunity was lost: the reason is part of the move."""

    def __init__(self, context: DeskContext, parent: QWidget | None, row: OpportunityRow) -> None:
        super().__init__(context, parent, "Lost", "Mark as lost", f"{row.title}, {row.name}")
        self._row = row
        self.setMinimumWidth(px(WIDE))
        self.reason = QComboBox()
        self.reason.setEditable(True)
        self.reason.addItems(["", "Went to another bank", "Price", "Needs it no more", "No answer"])
        rows = form_rows()
        rows.addRow(buddy("&Why", self.reason, "Choose a reason or write one"), self.reason)
        self.fields.addLayout(rows)
        self.reason.setFocus()

    def work(self) -> Callable[[], Any]:
        app, actor, reason = self.context.app, self.context.actor, self.reason.currentText()
        return lambda: opportunities.move(app, actor, self._row.id, self._row.version, "lost", reason)

    def done_words(self, saved: Any) -> str:
        return f"Lost: {self._row.title}. Ctrl+Z takes it back."
