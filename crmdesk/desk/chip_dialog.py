"""One condition of the filter as a dialog: for texts, numbers, days, and choices too many for a menu."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from PySide6.QtCore import QDate, QSize, Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDateEdit,
    QDialog,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from crmdesk.desk.chip_words import SIDES, FieldLike, choices_of
from crmdesk.desk.context import sentence
from crmdesk.desk.form_dialog import buddy
from crmdesk.desk.widgets import button, label
from crmdesk.desk.zoom import px
from crmdesk.domain.customer import fold
from crmdesk.domain.errors import BadInput
from crmdesk.domain.filter import OPERATORS, Chip

LINE = 26  # px of a row that is ticked by hand
VALUE = Qt.ItemDataRole.UserRole


class ChipDialog(QDialog):
    """Asks for operator and values of one field; `taken(chip)` gets the condition, Esc leaves it as it was."""

    def __init__(self, parent: QWidget, field: FieldLike, now: Chip | None, today: date,
                 taken: Callable[[Chip], None]) -> None:  # fmt: skip
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(f"Filter by {field.title.lower()}")
        self._field, self._taken = field, taken
        self.fault = label("", "fault", wrap=True)
        self.fault.setVisible(False)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 16, 20, 16)
        column.setSpacing(12)
        self.setMinimumWidth(px(360))
        {"choice": self._choices, "yes_no": self._choices}.get(field.kind, self._line)(column, now, today)
        column.addWidget(self.fault)
        foot = QHBoxLayout()
        foot.addStretch(1)
        cancel = button("Cancel", self.reject, tip="Leave the filter as it was (Esc)")
        cancel.setAutoDefault(False)
        self.apply_button = button("Apply filter", self.apply, "primary", "Apply the filter (Enter)")
        self.apply_button.setDefault(True)
        foot.addWidget(cancel)
        foot.addWidget(self.apply_button)
        column.addLayout(foot)

    def _choices(self, column: QVBoxLayout, now: Chip | None, today: date) -> None:
        """A list with boxes, narrowed as you type."""
        self.narrow = QLineEdit(placeholderText="Type to narrow the list")
        self.narrow.setClearButtonEnabled(True)
        self.list = QListWidget()
        self.list.setAccessibleName(self._field.title)
        self.list.setMinimumHeight(px(240))
        for value, text in choices_of(self._field):
            item = QListWidgetItem(text)
            item.setData(VALUE, value)
            item.setSizeHint(QSize(0, px(LINE)))
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            ticked = now is not None and value in now.values
            item.setCheckState(Qt.CheckState.Checked if ticked else Qt.CheckState.Unchecked)
            self.list.addItem(item)
        self.other = QCheckBox("&Not these")
        self.other.setToolTip("Show everybody else")
        self.other.setChecked(now is not None and now.op == "is_not")
        self.other.setVisible(self._field.kind == "choice")
        column.addWidget(buddy("&Search", self.narrow))
        column.addWidget(self.narrow)
        column.addWidget(self.list, 1)
        column.addWidget(self.other)
        self.narrow.textChanged.connect(self._narrow)

    def _narrow(self, text: str) -> None:
        wanted = fold(text)
        for place in range(self.list.count()):
            item = self.list.item(place)
            item.setHidden(wanted not in fold(item.text()))

    def _line(self, column: QVBoxLayout, now: Chip | None, today: date) -> None:
        """An operator where there is more than one, and a field for the value."""
        kind = self._field.kind
        self.op = QComboBox()
        for op in OPERATORS[kind]:
            self.op.addItem(SIDES.get((kind, op), op), op)
        if now is not None:
            self.op.setCurrentIndex(self.op.findData(now.op))
        self.op.setVisible(self.op.count() > 1)
        self.value: QLineEdit | QDateEdit
        if kind == "date":
            self.value = QDateEdit(calendarPopup=True, displayFormat="d MMM yyyy")
            day = date.fromisoformat(now.values[0]) if now else today
            self.value.setDate(QDate(day.year, day.month, day.day))
        else:
            self.value = QLineEdit(", ".join(now.values) if now else "")
        ask = {"text": f"{self._field.title} &contains", "number": f"{self._field.title} is &from or below"}
        name = buddy(ask.get(kind, f"{self._field.title} since or before &day"), self.value)
        self.op.setAccessibleName(f"{self._field.title}: from or before")
        row = QHBoxLayout()
        row.addWidget(self.op)
        row.addWidget(self.value, 1)
        column.addWidget(name)
        column.addLayout(row)
        self.value.setFocus()

    def chip(self) -> Chip | None:
        """The condition as typed, None where nothing is chosen; BadInput where the value does not suit."""
        if self._field.kind in ("choice", "yes_no"):
            items = [self.list.item(place) for place in range(self.list.count())]
            values = tuple(i.data(VALUE) for i in items if i.checkState() == Qt.CheckState.Checked)
            return Chip(self._field.name, "is_not" if self.other.isChecked() else "is", values) if values else None
        if isinstance(self.value, QDateEdit):
            values = (self.value.date().toString(Qt.DateFormat.ISODate),)
        else:
            values = (self.value.text().strip(),)
        chip = Chip(self._field.name, self.op.currentData(), values)
        chip.check_kind(self._field.kind, self._field.title)
        return chip

    def apply(self) -> None:
        try:
            chip = self.chip()
            if chip is None:
                raise BadInput("Nothing is ticked; tick at least one, or press Esc to leave the filter as it was.")
        except BadInput as error:
            self.fault.setText(sentence(error))
            self.fault.setVisible(True)
            return
        self.accept()
        self._taken(chip)
