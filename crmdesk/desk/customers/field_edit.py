"""One field of a customer as a form shows it: label, control, and the sentence beneath it where a value cannot be."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QGridLayout, QLineEdit, QVBoxLayout, QWidget

from crmdesk.desk.form_dialog import buddy
from crmdesk.desk.widgets import label
from crmdesk.services.customer_edit import FieldInfo

YES_NO: Final = (("yes", "Yes"), ("no", "No"))
_SHAPES: Final = {"date": "12 Mar 1971 or 1971-03-12", "phone": "with the country: +90 532 123 45 67",
                  "email": "name@example.com"}  # fmt: skip


class FieldEdit(QWidget):
    """A value as typed text, "" = empty; `edited(name)` tells of each change a person makes."""

    edited = Signal(str)

    def __init__(self, info: FieldInfo, value: str) -> None:
        super().__init__()
        self.info = info
        self._fault = label("", "fault", wrap=True)
        self._fault.setVisible(False)
        self.control: QLineEdit | QComboBox = self._box() if self._choices() else self._line()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(self.control)
        column.addWidget(self._fault)
        self.setFocusProxy(self.control)
        self.put(value)

    def _choices(self) -> Sequence[tuple[str, str]]:
        return YES_NO if self.info.kind == "yes_no" else self.info.choices

    def _line(self) -> QLineEdit:
        line = QLineEdit()
        line.setPlaceholderText(_SHAPES.get(self.info.kind, ""))
        line.textEdited.connect(lambda *_: self.edited.emit(self.info.name))
        return line

    def _box(self) -> QComboBox:
        box = QComboBox()
        box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        box.setMinimumContentsLength(12)
        if not self.info.required and "unknown" not in dict(self._choices()):
            box.addItem("Not recorded", "")
        for value, words in self._choices():
            if value:
                box.addItem(words, value)
        box.activated.connect(lambda *_: self.edited.emit(self.info.name))
        return box

    def value(self) -> str:
        if isinstance(self.control, QComboBox):
            return str(self.control.currentData() or "")
        return self.control.text().strip()

    def put(self, value: str) -> None:
        """Show a value; one that is no choice any more stays choosable, so that saving changes nothing unasked."""
        if isinstance(self.control, QLineEdit):
            self.control.setText(value)
            return
        if value and self.control.findData(value) < 0:
            self.control.addItem(value, value)
        self.control.setCurrentIndex(max(0, self.control.findData(value)))

    def words(self, value: str) -> str:
        """A value as people read it."""
        return dict(self._choices()).get(value, value) or "empty"

    def explain(self, text: str) -> None:
        """A line that always stands under the control."""
        column = self.layout()
        assert isinstance(column, QVBoxLayout)
        column.insertWidget(1, label(text, "muted"))

    def show_fault(self, sentence: str) -> None:
        """The sentence under the control, spoken with it; an empty one hides it."""
        self._fault.setText(sentence)
        self._fault.setVisible(bool(sentence))
        self.control.setAccessibleDescription(sentence or self.info.hint)

    @property
    def fault(self) -> str:
        return self._fault.text()


def place(grid: QGridLayout, row: int, edit: FieldEdit) -> None:
    """The field with its label at the left; what must be filled in says so."""
    title = f"{edit.info.title} *" if edit.info.required else edit.info.title
    name = buddy(title, edit.control, edit.info.hint)
    edit.control.setAccessibleName(f"{edit.info.title}, required" if edit.info.required else edit.info.title)
    name.setMinimumHeight(edit.control.sizeHint().height())
    grid.addWidget(name, row, 0, Qt.AlignmentFlag.AlignTop)
    grid.addWidget(edit, row, 1)
