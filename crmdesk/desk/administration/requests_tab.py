"""Administration > Requests: what people asked about their data, by when the bank must answer, what became of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from PySide6.QtWidgets import QCheckBox, QComboBox, QPlainTextEdit, QWidget

from crmdesk.desk import words
from crmdesk.desk.context import DeskContext
from crmdesk.desk.form_dialog import FormDialog, buddy
from crmdesk.desk.plain_table import PlainTable, under_deeds
from crmdesk.desk.widgets import button
from crmdesk.desk.zoom import px
from crmdesk.domain.rights import Right, may
from crmdesk.services import privacy_requests
from crmdesk.services.privacy_requests import RequestRow

TITLES: Final = ("Customer", "Asked for", "Received", "Due", "Left", "State", "Note or outcome")
WIDTHS: Final = (110, 190, 110, 110, 110, 120, 0)
KINDS: Final = {
    "access": "A copy of the data (15)", "portability": "Data to take along (20)", "rectify": "Correction (16)",
    "restrict": "Restriction (18)", "erase": "Erasure (17)", "object": "Objection (21)",
}  # fmt: skip
STATES: Final = {"open": "Open", "done": "Done", "refused": "Refused"}
NONE: Final = (
    "No request is open. What a customer asks about the own data is recorded on the customer's page and stands here "
    "with the day by which the bank must have answered."
)


class RequestsTab(QWidget):
    """Open requests, the most urgent first; with the box ticked those of the last year too."""

    def __init__(self, context: DeskContext) -> None:
        super().__init__()
        self.context = context
        self._rows: list[RequestRow] = []
        self._manages = may(context.actor, Right.MANAGE_REQUESTS)
        self.table = PlainTable("Requests about personal data", TITLES, WIDTHS)
        self.table.selectionModel().currentRowChanged.connect(lambda *_: self._fit())
        self.table.activated.connect(lambda *_: self.open_customer())
        self.open_button = button("Open customer", self.open_customer, tip="The customer's page (Enter)")
        self.close_button = button("Close request...", self.close_one, "primary", "Done, or refused with the reason")
        self.extend_button = button("Extend...", self.extend, tip="By two months, once; the person is told why")
        self.past_box = QCheckBox("Show &ended ones")
        self.past_box.toggled.connect(lambda *_: context.background(self.ask, self.show_found, None, self))
        column = under_deeds(self, self.table, self.close_button, self.extend_button, self.open_button, self.past_box)
        column.addStretch(0)

    def ask(self) -> list[RequestRow]:
        """In a thread."""
        app, actor = self.context.app, self.context.actor
        past = privacy_requests.ended(app, actor) if self.past_box.isChecked() else []
        return [*privacy_requests.open_ones(app, actor), *past]

    def show_found(self, found: list[RequestRow]) -> str:
        """Fill the table; the sentence for the top of the page."""
        here = one.id if (one := self.chosen()) else None
        self._rows = found
        self.table.setVisible(bool(found))
        self.table.show_rows([
            (r.number, KINDS.get(r.kind, r.kind), words.on(r.received_on), words.on(r.due_on), left(r),
             STATES.get(r.state, r.state), r.outcome or r.note or words.NOTHING) for r in found
        ])  # fmt: skip
        if found:
            self.table.selectRow(next((i for i, r in enumerate(found) if r.id == here), 0))
        self._fit()
        waiting = [r for r in found if r.state == "open"]
        if not waiting:
            return NONE
        late = sum(r.days_left < 0 for r in waiting)
        many = "1 request is open" if len(waiting) == 1 else f"{len(waiting)} requests are open"
        first = min(waiting, key=lambda r: r.due_on)
        return f"{many}, {late} past the due day; the next is due {words.on(first.due_on)}." if late else \
            f"{many}; the next is due {words.on(first.due_on)}."  # fmt: skip

    def chosen(self) -> RequestRow | None:
        row = self.table.currentIndex().row()
        return self._rows[row] if 0 <= row < len(self._rows) else None

    def _fit(self) -> None:
        one = self.chosen()
        waits = one is not None and one.state == "open"
        for made in (self.close_button, self.extend_button):
            made.setVisible(self._manages and bool(self._rows))
            made.setEnabled(waits)
        self.extend_button.setEnabled(waits and one is not None and not one.extended_because)
        self.open_button.setVisible(bool(self._rows) and may(self.context.actor, Right.READ_CUSTOMER))

    def open_customer(self) -> None:
        one = self.chosen()
        if one is not None and one.number and may(self.context.actor, Right.READ_CUSTOMER):
            self.context.open_page("customer", number=one.number)

    def close_one(self) -> None:
        one = self.chosen()
        if one is not None and one.state == "open" and self._manages:
            CloseDialog(self.context, self, one).open()

    def extend(self) -> None:
        one = self.chosen()
        if one is not None and one.state == "open" and self._manages:
            ExtendDialog(self.context, self, one).open()


def left(row: RequestRow) -> str:
    """How long there is until the due day, in words."""
    if row.state != "open":
        return words.NOTHING
    if row.days_left < 0:
        return f"{-row.days_left} days late"
    return "today" if row.days_left == 0 else "1 day" if row.days_left == 1 else f"{row.days_left} days"


def _text(field: QPlainTextEdit) -> QPlainTextEdit:
    field.setTabChangesFocus(True)
    field.setFixedHeight(px(84))
    return field


class CloseDialog(FormDialog):
    """What was answered, and whether the wish was met."""

    def __init__(self, context: DeskContext, parent: QWidget, one: RequestRow) -> None:
        asked = KINDS.get(one.kind, one.kind)
        super().__init__(context, parent, f"Close the request of {one.number}", "Close request", f"{asked}.")
        self._one = one
        self.state = QComboBox()
        self.state.addItem("Done", "done")
        self.state.addItem("Refused", "refused")
        self.outcome = _text(QPlainTextEdit())
        for text, field in (("&Result", self.state), ("&What was answered, and why", self.outcome)):
            self.fields.addWidget(buddy(text, field))
            self.fields.addWidget(field)
        self.resize(px(440), self.sizeHint().height())

    def work(self) -> Callable[[], Any]:
        app, actor, one = self.context.app, self.context.actor, self._one
        state, outcome = self.state.currentData(), self.outcome.toPlainText()
        return lambda: privacy_requests.close(app, actor, one.id, one.version, state, outcome)

    def done_words(self, saved: Any) -> str:
        return "The request is closed."


class ExtendDialog(FormDialog):
    """Two more months, with the reason that the person is told."""

    def __init__(self, context: DeskContext, parent: QWidget, one: RequestRow) -> None:
        why = f"Due {words.on(one.due_on)}. It can be extended once, by two months; the person must be told, and why."
        super().__init__(context, parent, f"Extend the request of {one.number}", "Extend request", why)
        self._one = one
        self.because = _text(QPlainTextEdit())
        self.fields.addWidget(buddy("&Why", self.because))
        self.fields.addWidget(self.because)
        self.resize(px(440), self.sizeHint().height())

    def work(self) -> Callable[[], Any]:
        app, actor, one, because = self.context.app, self.context.actor, self._one, self.because.toPlainText()
        return lambda: privacy_requests.extend(app, actor, one.id, one.version, because)

    def done_words(self, saved: Any) -> str:
        return "The request is extended."
