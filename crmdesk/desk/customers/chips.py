"""The filter as chips: one button each, a menu to add or change them, Delete to remove one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QPushButton, QWidget

from crmdesk.desk import words
from crmdesk.desk.widgets import button, clear
from crmdesk.domain.filter import DATE, Chip

TITLES: Final = {"kind": "Kind", "branch": "Branch", "segment": "Segment", "marketing": "May be contacted by",
                 "product": "Has", "joined": "Joined", "active": "Last active"}  # fmt: skip
_FIXED: Final = {
    "kind": [("person", "Person"), ("company", "Company")],
    "marketing": list(words.CHANNELS.items()),
    "product": list(words.FAMILIES.items()),
}
_SPANS: Final = ((30, "the last 30 days"), (90, "the last 90 days"), (365, "the last year"))
Options = dict[str, list[tuple[str, str]]]


class ChipButton(QPushButton):
    """One condition; Enter or a click edits it, Delete or Backspace removes it."""

    removed = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.removed.emit()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)


class ChipBar(QWidget):
    """The chips in a row, with [Add filter]; `changed` tells of every edit."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._chips: list[Chip] = []
        self._options: Options = dict(_FIXED)
        self.today = date.today()
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(6)
        self._show()

    @property
    def chips(self) -> tuple[Chip, ...]:
        return tuple(self._chips)

    def offer(self, options: Options, today: date) -> None:
        """Branches and segments of the bank, and the day from which spans are counted."""
        self._options = {**_FIXED, **options}
        self.today = today
        self._show()

    def put(self, chip: Chip) -> None:
        """Add a chip, or replace the one of its field."""
        places = [i for i, c in enumerate(self._chips) if c.field == chip.field]
        if places:
            self._chips[places[0]] = chip
        else:
            self._chips.append(chip)
        self._changed()

    def drop(self, field: str) -> None:
        self._chips = [c for c in self._chips if c.field != field]
        self._changed()

    def drop_last(self) -> None:
        self._chips = self._chips[:-1]
        self._changed()

    def clear(self) -> None:
        if self._chips:
            self._chips = []
            self._changed()

    def words(self, chip: Chip) -> str:
        """A chip as people read it: "May be contacted by: E-mail or Phone"."""
        if chip.op in DATE:
            on = words.on(date.fromisoformat(chip.values[0]))
            return f"{TITLES[chip.field]} {'since' if chip.op == 'from' else 'before'} {on}"
        names = dict(self._options.get(chip.field, []))
        values = " or ".join(names.get(v, v) for v in chip.values)
        return f"{TITLES[chip.field]}{' not' if chip.op == 'is_not' else ''}: {values}"

    def _changed(self) -> None:
        self._show()
        self.changed.emit()

    def _show(self) -> None:
        clear(self._row)
        for chip in self._chips:
            self._row.addWidget(self._button(chip))
        add = button("Add &filter", lambda: None, tip="Show only customers who ...")
        add.setMenu(self.menu(add))
        self._row.addWidget(add)
        self._row.addStretch(1)

    def _button(self, chip: Chip) -> QWidget:
        made = ChipButton(f"{self.words(chip)}   ×".replace("&", "&&"))
        made.setProperty("role", "chip")
        made.setCheckable(True)
        made.setChecked(True)
        made.setAccessibleName(f"Filter: {self.words(chip)}")
        made.setToolTip("Enter edits this filter, Delete removes it")
        made.clicked.connect(lambda *_: self._edit(made, chip))
        made.removed.connect(lambda: self.drop(chip.field))
        return made

    def _edit(self, made: ChipButton, chip: Chip) -> None:
        made.setChecked(True)
        menu = QMenu(made)
        self._fill(menu, chip.field)
        menu.addSeparator()
        _add(menu, "Remove this filter", lambda: self.drop(chip.field))
        menu.popup(made.mapToGlobal(made.rect().bottomLeft()))

    def menu(self, parent: QWidget) -> QMenu:
        """One submenu per field; ticking adds a value to its chip."""
        top = QMenu(parent)
        for field, title in TITLES.items():
            inner = top.addMenu(title)
            self._fill(inner, field)
            inner.setEnabled(not inner.isEmpty())
        return top

    def _fill(self, menu: QMenu, field: str) -> None:
        now = next((c for c in self._chips if c.field == field), None)
        if field in ("joined", "active"):
            for days, text in _SPANS:
                since = (self.today - timedelta(days=days)).isoformat()
                _add(menu, f"In {text}", lambda s=since: self.put(Chip(field, "from", (s,))))
                _add(menu, f"Not in {text}", lambda s=since: self.put(Chip(field, "before", (s,))))
            return
        for value, text in self._options.get(field, []):
            ticked = bool(now and value in now.values)
            _add(menu, text, lambda v=value: self._toggle(field, v), ticked)
        if now:
            menu.addSeparator()
            other = "is" if now.op == "is_not" else "is_not"
            _add(menu, "Not these", lambda: self.put(Chip(field, other, now.values)), now.op == "is_not")

    def _toggle(self, field: str, value: str) -> None:
        now = next((c for c in self._chips if c.field == field), None)
        values = now.values if now else ()
        values = tuple(v for v in values if v != value) if value in values else (*values, value)
        if values:
            self.put(Chip(field, now.op if now else "is", values))
        else:
            self.drop(field)


def _add(menu: QMenu, text: str, deed: Callable[[], None], ticked: bool | None = None) -> None:
    action = QAction(text.replace("&", "&&"), menu)
    if ticked is not None:
        action.setCheckable(True)
        action.setChecked(ticked)
    # The deed rebuilds the menu that is still closing, so it waits until that is done.
    action.triggered.connect(lambda *_: deed(), Qt.ConnectionType.QueuedConnection)
    menu.addAction(action)
