"""The fields that a form is made of: each shows, gives and takes one parameter as plain JSON."""

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
    QFileDialog,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QSpinBox,
    QWidget,
)

from crmdesk.desk.widgets import button
from crmdesk.desk.zoom import px

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


class ChoicesField(QWidget):
    """A comma list as check boxes, in the order of the choices; a name that is no choice gets a box of its own."""

    toggled = Signal()
    ACROSS = 4

    def __init__(self, choices: list[str]) -> None:
        super().__init__()
        self.widget = self
        self._boxes: dict[str, QCheckBox] = {}
        self._written = ""  # the list as it was put: shown the same, it is given back the same
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 4, 0, 4)
        self._grid.setHorizontalSpacing(16)
        self._grid.setColumnStretch(self.ACROSS, 1)
        for name in choices:
            self._add(name)
        if self._boxes:
            self.setFocusProxy(next(iter(self._boxes.values())))

    def _add(self, name: str) -> None:
        box = QCheckBox(name.replace("_", " "))
        box.toggled.connect(lambda *_: self.toggled.emit())
        self._grid.addWidget(box, *divmod(len(self._boxes), self.ACROSS))
        self._boxes[name] = box

    def value(self) -> str:
        ticked = [name for name, box in self._boxes.items() if box.isChecked()]
        return self._written if set(ticked) == set(_names(self._written)) else ", ".join(ticked)

    def put(self, value: Any) -> None:
        self._written = str(value or "")
        wanted = _names(self._written)
        for name in wanted:
            if name not in self._boxes:
                self._add(name)
        for name, box in self._boxes.items():
            box.setChecked(name in wanted)

    def told(self, deed: Callable[[], None]) -> None:
        self.toggled.connect(deed)


def _names(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


class FileField(QWidget):
    """The path of a file, typed or chosen; nothing typed is no file."""

    def __init__(self, title: str) -> None:
        super().__init__()
        self.widget = self
        self._path = QLineEdit()
        self._title = title
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self._path, 1)
        row.addWidget(button("Choose...", self.choose, tip=f"Choose the file: {title}"))
        self.setFocusProxy(self._path)

    def choose(self) -> None:
        found, _ = QFileDialog.getOpenFileName(self, self._title, self._path.text())
        if found:
            self._path.setText(found)

    def value(self) -> str | None:
        return self._path.text().strip() or None

    def put(self, value: Any) -> None:
        self._path.setText(str(value or ""))

    def told(self, deed: Callable[[], None]) -> None:
        self._path.textChanged.connect(lambda *_: deed())


class Decimal(QDoubleSpinBox):
    """A number without the zeros at its end: 0.01, not 0.0100; an arrow moves its second digit."""

    def __init__(self) -> None:
        super().__init__()
        self.setDecimals(4)
        self.setStepType(QDoubleSpinBox.StepType.AdaptiveDecimalStepType)

    def textFromValue(self, value: float) -> str:
        text = str(super().textFromValue(value))
        return text.rstrip("0").rstrip(self.locale().decimalPoint()) if self.locale().decimalPoint() in text else text


def whole(low: float | None, high: float | None) -> SimpleField:
    box = QSpinBox()
    box.setRange(int(low if low is not None else -INT_LIMIT), int(high if high is not None else INT_LIMIT))
    return SimpleField(_padded(box), box.value, lambda v: box.setValue(int(v)), box.valueChanged)


def decimal(low: float | None, high: float | None) -> SimpleField:
    box = Decimal()
    box.setRange(low if low is not None else -1e12, high if high is not None else 1e12)
    return SimpleField(_padded(box), box.value, lambda v: box.setValue(float(v)), box.valueChanged)


def _padded(box: QAbstractSpinBox) -> QAbstractSpinBox:
    """Wide enough for its buttons; the sheet's padding does not reach the text inside a spin box."""
    box.setMinimumWidth(px(110))
    box.setMaximumWidth(px(NUMBER))
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
    box.setMaximumWidth(px(NUMBER))
    iso = Qt.DateFormat.ISODate
    return SimpleField(box, lambda: box.date().toString(iso), lambda v: box.setDate(QDate.fromString(str(v), iso)),
                       box.dateChanged)  # fmt: skip


def tick(title: str) -> SimpleField:
    box = QCheckBox(title)
    return SimpleField(box, box.isChecked, lambda v: box.setChecked(bool(v)), box.toggled)


def words(empty: str | None = "") -> SimpleField:
    """A line of text; `empty` is its value where nothing is typed."""
    box = QLineEdit()
    return SimpleField(box, lambda: box.text() or empty, lambda v: box.setText(str(v or "")), box.textChanged)


def make_field(row: Mapping[str, Any]) -> Field:
    """The field of one parameter (a row of `AnalysisInfo.params`)."""
    low, high, kind = row["minimum"], row["maximum"], row["type"]
    if row.get("kind") == "file":
        return FileField(row["title"])
    if row.get("kind") == "choices":
        return ChoicesField(list(row["choices"]))
    if row["choices"]:
        return choice(list(row["choices"]))
    if kind in ("int", "float"):
        made = whole(low, high) if kind == "int" else decimal(low, high)
        if row["default"] is None:
            return OptionalField(made, row["title"], max(4 if kind == "int" else 0, low or 0))
        return made
    return day() if kind == "date" else tick(row["title"]) if kind == "bool" else (
        words(None if row["default"] is None else ""))  # fmt: skip
