"""A form made from an analysis's parameters: one field per row, with its help line and its fault beside it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QCheckBox,
    QGridLayout,
    QLabel,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from crmdesk.desk.mine.fields import ChoicesField, Field, make_field
from crmdesk.desk.widgets import button, label
from crmdesk.desk.zoom import px

ONE_LINE = 32  # px: the words stand beside the first line of a tall field


class Row:
    """One field of the form: its words at the left; field, help line and fault in a column beside them."""

    def __init__(self, title: str, help_line: str, field: Field) -> None:
        self.field = field
        # A check box carries its own words.
        self.words = label("" if isinstance(field.widget, QCheckBox) else title)
        self.words.setBuddy(field.widget.focusProxy() or field.widget)
        self.words.setMinimumHeight(min(field.widget.sizeHint().height(), px(ONE_LINE)))
        parts = () if isinstance(field, ChoicesField) else (*field.widget.findChildren(QAbstractSpinBox),
                                                            *field.widget.findChildren(QLineEdit))  # fmt: skip
        for widget in (field.widget, *parts):
            widget.setAccessibleName(title)
            widget.setToolTip(help_line)
        self.fault: QLabel = label("", "fault", wrap=True)
        self.fault.setVisible(False)
        self.column = QWidget()
        rows = QVBoxLayout(self.column)
        rows.setContentsMargins(0, 0, 0, 6)
        rows.setSpacing(4)
        rows.addWidget(field.widget)
        rows.addWidget(label(help_line, "muted", wrap=True))
        rows.addWidget(self.fault)

    def show_fault(self, sentence: str) -> None:
        self.fault.setText(sentence)
        self.fault.setVisible(bool(sentence))

    def place(self, grid: QGridLayout) -> None:
        at = grid.rowCount()
        grid.addWidget(self.words, at, 0, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(self.column, at, 1)

    def set_visible(self, on: bool) -> None:
        self.words.setVisible(on)
        self.column.setVisible(on)


class ParamForm(QWidget):
    """All parameters of an analysis; `values()` are what `services.mining.run` takes.

    Rows of `AnalysisInfo.params` with "advanced" lie under More settings, folded; rows with "when" are shown only while
    the parameters named there have one of the values, and count as their default while they are not.
    """

    changed = Signal()

    def __init__(self, rows: tuple[Mapping[str, Any], ...]) -> None:
        super().__init__()
        self._told = {row["name"]: row for row in rows}
        self.fields: dict[str, Field] = {}
        self.rows: dict[str, Row] = {}
        self._advanced: set[str] = set()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        self._first, self._more = QGridLayout(), QWidget()
        self._rest = QGridLayout(self._more)
        for grid in (self._first, self._rest):
            grid.setContentsMargins(0, 0, 0, 0)
            grid.setHorizontalSpacing(16)
            grid.setVerticalSpacing(4)
            grid.setColumnStretch(1, 1)
        self.fold = button("", self.unfold, "quiet", "Settings that seldom need a change")
        column.addLayout(self._first)
        column.addWidget(self.fold, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self._more)
        column.addStretch(1)
        self._more.setVisible(False)
        for row in rows:
            self.add(row["name"], row["title"], row["description"], make_field(row), advanced=bool(row.get("advanced")))
            if row["default"] is not None:
                self.fields[row["name"]].put(row["default"])

    def add(self, name: str, title: str, help_line: str, field: Field, *, advanced: bool = False) -> None:
        """One more field; the host adds its own (as of, seed) this way."""
        made = Row(title, help_line, field)
        made.place(self._rest if advanced else self._first)
        self.fields[name], self.rows[name] = field, made
        if advanced:
            self._advanced.add(name)
        wide = max(row.words.sizeHint().width() for row in self.rows.values())
        for grid in (self._first, self._rest):
            grid.setColumnMinimumWidth(0, wide)  # both parts of the form stand on the same line
        self._arrange()
        field.told(self._changed)

    def _changed(self) -> None:
        self._arrange()
        self.changed.emit()

    # What is shown ---------------------------------------------------------------------------------------------

    @property
    def folds(self) -> bool:
        """Whether there is anything under More settings."""
        return bool(self._advanced)

    @property
    def unfolded(self) -> bool:
        return not self._more.isHidden()

    def unfold(self, on: bool | None = None) -> None:
        """Show or hide More settings; without a word the other way round."""
        self._more.setVisible(not self.unfolded if on is None else on)
        self._arrange()

    def _arrange(self) -> None:
        """Each row as `when` says, and how many lie under the fold."""
        for name, row in self.rows.items():
            row.set_visible(self.applies(name) or bool(row.fault.text()))
        number = sum(self.applies(name) for name in self._advanced)
        words = "Fewer settings" if self.unfolded else f"More settings ({number})"
        self.fold.setText(f"{'▾' if self.unfolded else '▸'}  {words}")
        self.fold.setAccessibleName(words)
        self.fold.setVisible(self.folds)

    def applies(self, name: str) -> bool:
        """Whether a parameter counts, as the others are now."""
        wanted = self._told.get(name, {}).get("when", {})
        return all(self.fields[other].value() in values for other, values in wanted.items() if other in self.fields)

    # What is typed ---------------------------------------------------------------------------------------------

    def values(self) -> dict[str, Any]:
        return {name: self.fields[name].value() if self.applies(name) else row["default"]
                for name, row in self._told.items()}  # fmt: skip

    def put(self, values: Mapping[str, Any]) -> None:
        """Show these values, also what of them lies under the fold and is not as it was made."""
        for name, value in values.items():
            if name in self.fields:
                self.fields[name].put(value)
                if name in self._advanced and name in self._told and value != self._told[name]["default"]:
                    self.unfold(True)

    def show_fault(self, sentence: str) -> bool:
        """Put a refusal beside the field it names; False where it names none."""
        found = [name for name in self.rows if self._named(name, sentence)]
        for name, row in self.rows.items():
            row.show_fault(sentence if name in found else "")
        if self._advanced & set(found):
            self.unfold(True)
        self._arrange()
        return bool(found)

    def _named(self, name: str, sentence: str) -> bool:
        title = self._told[name]["title"] if name in self._told else name
        return any(re.search(rf"\b{re.escape(word)}\b", sentence) for word in (name, title))

    def clear_faults(self) -> None:
        for row in self.rows.values():
            row.show_fault("")
        self._arrange()
