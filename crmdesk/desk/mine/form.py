"""A form made from an analysis's parameters: one field per row, with its help line and its fault beside it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from PySide6.QtCore import QDate, Qt, Signal
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QCheckBox,
    QComboBox,
    QDateEdit,
    QDoubleSpinBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QSpinBox,
    QWidget,
)

from crmdesk.desk.widgets import label

INT_LIMIT = 2**31 - 1
NUMBER = 200  # px: a field as wide as the page makes a number look like a sentence


class Field(Protocol):
    """A field's value as plain JSON; `put` shows one; `told` calls back on every change."""

    widget: QWidget

    def value(self) -> Any: ...
    def put(self, value: Any) -> None: ...
    def told(self, deed: Callable[[], None]) -> None: ...


class SimpleField:
    """One Qt field behind three functions."""

    def __init__(self, widget: QWidget, get: Callable[[], Any], put: Callable[[Any], Any], signal: Any) -> None:
        self.widget, self.value, self.put, self._signal = widget, get, put, signal

    def told(self, deed: Callable[[], None]) -> None:
        self._signal.connect(lambda *_: deed())


class OptionalField:
    """A number that may be left to the program: "choose for me", or exactly so many."""

    def __init__(self, inner: SimpleField, title: str, first: Any) -> None:
        self._inner = inner
        self._auto = QCheckBox("Choose for me")
        self._auto.setAccessibleName(f"{title}: choose for me")
        self._auto.toggled.connect(lambda on: inner.widget.setEnabled(not on))
        self.widget = QWidget()
        row = QHBoxLayout(self.widget)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(inner.widget)
        row.addWidget(self._auto)
        row.addStretch(1)
        self.widget.setFocusProxy(self._auto)
        inner.put(first)
        self.put(None)

    def value(self) -> Any:
        return None if self._auto.isChecked() else self._inner.value()

    def put(self, value: Any) -> None:
        self._auto.setChecked(value is None)
        self._inner.widget.setEnabled(value is not None)
        if value is not None:
            self._inner.put(value)

    def told(self, deed: Callable[[], None]) -> None:
        self._inner.told(deed)
        self._auto.toggled.connect(lambda *_: deed())


def whole(low: float | None, high: float | None) -> SimpleField:
    box = QSpinBox()
    box.setRange(int(low if low is not None else -INT_LIMIT), int(high if high is not None else INT_LIMIT))
    return SimpleField(_padded(box), box.value, lambda v: box.setValue(int(v)), box.valueChanged)


def decimal(low: float | None, high: float | None) -> SimpleField:
    box = QDoubleSpinBox()
    box.setDecimals(4)
    box.setRange(low if low is not None else -1e12, high if high is not None else 1e12)
    box.setSingleStep(0.05)
    return SimpleField(_padded(box), box.value, lambda v: box.setValue(float(v)), box.valueChanged)


def _padded(box: QAbstractSpinBox) -> QAbstractSpinBox:
    """Wide enough for its buttons; the sheet's padding does not reach the text inside a spin box."""
    box.setMinimumWidth(110)
    box.setMaximumWidth(NUMBER)
    box.lineEdit().setTextMargins(7, 0, 0, 0)
    return box


def choice(choices: list[Any]) -> SimpleField:
    box = QComboBox()
    for one in choices:
        box.addItem(str(one).replace("_", " "), one)
    return SimpleField(box, box.currentData, lambda v: box.setCurrentIndex(max(0, box.findData(v))),
                       box.currentIndexChanged)  # fmt: skip


def day() -> SimpleField:
    box = QDateEdit()
    box.setCalendarPopup(True)
    box.setDisplayFormat("d MMM yyyy")
    box.setMaximumWidth(NUMBER)
    iso = Qt.DateFormat.ISODate
    return SimpleField(box, lambda: box.date().toString(iso), lambda v: box.setDate(QDate.fromString(str(v), iso)),
                       box.dateChanged)  # fmt: skip


def tick(title: str) -> SimpleField:
    box = QCheckBox(title)
    return SimpleField(box, box.isChecked, lambda v: box.setChecked(bool(v)), box.toggled)


def words() -> SimpleField:
    box = QLineEdit()
    return SimpleField(box, box.text, lambda v: box.setText(str(v or "")), box.textChanged)


def make_field(row: Mapping[str, Any]) -> Field:
    """The field of one parameter (a row of `AnalysisInfo.params`)."""
    low, high, kind = row["minimum"], row["maximum"], row["type"]
    if row["choices"]:
        return choice(list(row["choices"]))
    if kind in ("int", "float"):
        made = whole(low, high) if kind == "int" else decimal(low, high)
        if row["default"] is None:
            return OptionalField(made, row["title"], max(4 if kind == "int" else 0, low or 0))
        return made
    return day() if kind == "date" else tick(row["title"]) if kind == "bool" else words()


class ParamForm(QWidget):
    """All parameters of an analysis; `values()` are what `services.mining.run` takes."""

    changed = Signal()

    def __init__(self, rows: tuple[Mapping[str, Any], ...]) -> None:
        super().__init__()
        self._rows = {row["name"]: row for row in rows}
        self.fields: dict[str, Field] = {}
        self._faults: dict[str, QLabel] = {}
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(16)
        self._grid.setVerticalSpacing(4)
        self._grid.setColumnStretch(1, 1)
        for row in rows:
            self.add(row["name"], row["title"], row["description"], make_field(row))
            if row["default"] is not None:
                self.fields[row["name"]].put(row["default"])

    def add(self, name: str, title: str, help_line: str, field: Field) -> None:
        """One more field; the host adds its own (as of, seed) this way."""
        at = self._grid.rowCount()
        # A check box carries its own words.
        words_ = label("" if isinstance(field.widget, QCheckBox) else title)
        target = field.widget.focusProxy() or field.widget
        words_.setBuddy(target)
        for widget in (field.widget, *field.widget.findChildren(QSpinBox), *field.widget.findChildren(QDoubleSpinBox)):
            widget.setAccessibleName(title)
            widget.setToolTip(help_line)
        fault = label("", "fault", wrap=True)
        fault.setVisible(False)
        self._grid.addWidget(words_, at, 0, Qt.AlignmentFlag.AlignVCenter)
        self._grid.addWidget(field.widget, at, 1)
        self._grid.addWidget(label(help_line, "muted", wrap=True), at + 1, 1)
        self._grid.addWidget(fault, at + 2, 1)
        self._grid.setRowMinimumHeight(at + 3, 6)
        self.fields[name], self._faults[name] = field, fault
        field.told(self.changed.emit)

    def values(self) -> dict[str, Any]:
        return {name: self.fields[name].value() for name in self._rows}

    def put(self, values: Mapping[str, Any]) -> None:
        for name, value in values.items():
            if name in self.fields:
                self.fields[name].put(value)

    def show_fault(self, sentence: str) -> bool:
        """Put a refusal beside the field it names; False where it names none."""
        found = False
        for name, fault in self._faults.items():
            mine = name in sentence or (name in self._rows and self._rows[name]["title"] in sentence)
            fault.setText(sentence if mine else "")
            fault.setVisible(mine)
            found = found or mine
        return found

    def clear_faults(self) -> None:
        for fault in self._faults.values():
            fault.setVisible(False)
