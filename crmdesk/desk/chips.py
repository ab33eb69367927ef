"""The filter as chips: one button each, a menu to add or change them, Delete to remove one."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, timedelta
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import QMenu, QPushButton, QSizePolicy, QWidget

from crmdesk.desk.chip_dialog import ChipDialog
from crmdesk.desk.chip_words import FieldLike, Fields, chip_words, choices_of
from crmdesk.desk.flow import FlowLayout
from crmdesk.desk.widgets import button, clear
from crmdesk.domain.filter import Chip

IN_A_MENU: Final = 14  # more choices than this are looked up in a dialog
_SPANS: Final = ((30, "the last 30 days"), (90, "the last 90 days"), (365, "the last year"))
_SIDED: Final = ("from", "before")  # a field may have both: a range


class ChipButton(QPushButton):
    """One condition; Enter or a click edits it, Delete or Backspace removes it."""

    removed = Signal(str, str)  # field and operator of its chip

    def __init__(self, text: str, chip: Chip) -> None:
        super().__init__(text)
        self._chip = chip

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.removed.emit(self._chip.field, self._chip.op)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)


class ChipBar(QWidget):
    """The chips in as many lines as they need, with [Add filter]; `changed` tells of every edit."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._chips: list[Chip] = []
        self._fields: Fields = {}
        self.today = date.today()
        self._row = FlowLayout(self)
        tall = self.sizePolicy()
        tall.setHeightForWidth(True)
        tall.setVerticalPolicy(QSizePolicy.Policy.Minimum)
        self.setSizePolicy(tall)
        self.add = button("Add &filter", lambda: None, tip="Show only customers who ...")
        menu = QMenu(self.add)
        menu.aboutToShow.connect(lambda: self._entries(menu))  # some hundred actions: made when they are looked at
        self.add.setMenu(menu)
        self._row.addWidget(self.add)

    @property
    def chips(self) -> tuple[Chip, ...]:
        return tuple(self._chips)

    def offer(self, fields: Iterable[FieldLike], today: date) -> None:
        """The fields of the bank, and the day from which spans are counted."""
        self._fields = {field.name: field for field in fields}
        self.today = today
        self._show()

    def put(self, chip: Chip) -> None:
        """Add a chip, or replace the one it stands for: of its field, or of its side of a range."""
        places = [i for i, c in enumerate(self._chips) if _slot(c) == _slot(chip)]
        if places:
            self._chips[places[0]] = chip
        else:
            self._chips.append(chip)
        self._changed()

    def put_all(self, chips: Iterable[Chip]) -> None:
        """These chips and no others."""
        self._chips = list(chips)
        self._changed()

    def drop(self, field: str, op: str = "") -> None:
        """Remove the chips of a field, or only the one with this operator."""
        self._chips = [c for c in self._chips if c.field != field or (op and c.op != op)]
        self._changed()

    def drop_last(self) -> None:
        self._chips = self._chips[:-1]
        self._changed()

    def clear(self) -> None:
        if self._chips:
            self.put_all(())

    def words(self, chip: Chip) -> str:
        """A chip as people read it: "May be contacted by: E-mail or Phone"."""
        return chip_words(self._fields, chip)

    def _changed(self) -> None:
        self._show()
        self.changed.emit()

    def _show(self) -> None:
        """The chips anew; whoever pressed a key on one goes on at its neighbour or at [Add filter]."""
        old = self.findChildren(ChipButton, options=Qt.FindChildOption.FindDirectChildrenOnly)
        held = next((at for at, chip in enumerate(old) if chip.hasFocus()), -1)
        self._row.removeWidget(self.add)
        clear(self._row)
        made = [self._button(chip) for chip in self._chips]
        for part in (*made, self.add):
            self._row.addWidget(part)
        if held >= 0:
            goes_on: QPushButton = made[min(held, len(made) - 1)] if made else self.add
            goes_on.show()  # the layout would, but later, and only what is shown takes the focus
            goes_on.setFocus()
        self.updateGeometry()

    def _button(self, chip: Chip) -> ChipButton:
        made = ChipButton(f"{self.words(chip)}   ×".replace("&", "&&"), chip)
        made.setProperty("role", "chip")
        made.setCheckable(True)
        made.setChecked(True)
        made.setAccessibleName(f"Filter: {self.words(chip)}")
        made.setToolTip("Enter edits this filter, Delete removes it")
        made.clicked.connect(lambda *_: self._edit(made, chip))
        made.removed.connect(self.drop)  # a method: Qt lets go of it with this bar, which a key may outlive
        return made

    # Menus -----------------------------------------------------------------------------------------------------

    def _edit(self, made: ChipButton, chip: Chip) -> None:
        made.setChecked(True)
        if chip.field not in self._fields:
            self.drop(chip.field, chip.op)  # its field is gone from the bank: all that can be done with it
            return
        menu = QMenu(made)
        self._fill(menu, self._fields[chip.field], chip)
        menu.addSeparator()
        _add(menu, "Remove this filter", lambda: self.drop(chip.field, chip.op))
        menu.popup(made.mapToGlobal(made.rect().bottomLeft()))

    def menu(self, parent: QWidget) -> QMenu:
        """One entry per field, the bank's own last; ticking adds a value to its chip."""
        top = QMenu(parent)
        self._entries(top)
        return top

    def _entries(self, top: QMenu) -> None:
        top.clear()
        for own in (False, True):
            fields = [field for field in self._fields.values() if field.own is own]
            if own and fields:
                top.addSeparator()
            for field in fields:
                self._entry(top, field)

    def _entry(self, top: QMenu, field: FieldLike) -> None:
        short = field.kind == "date" or (field.kind in ("choice", "yes_no") and len(choices_of(field)) <= IN_A_MENU)
        if not short:
            _add(top, f"{field.title}...", lambda: self.ask(field))
            return
        inner = top.addMenu(field.title.replace("&", "&&"))
        self._fill(inner, field, _of(self._chips, field.name))
        inner.setEnabled(not inner.isEmpty())

    def ask(self, field: FieldLike, now: Chip | None = None) -> ChipDialog:
        """The dialog of one field, as its chip is now."""
        made = ChipDialog(self, field, now or _of(self._chips, field.name), self.today, self.put)
        made.open()
        return made

    def _fill(self, menu: QMenu, field: FieldLike, now: Chip | None) -> None:
        if field.kind == "date":
            if field.name != "born":
                _add_spans(menu, field.name, self.today, self.put)
            _add(menu, "Choose a day...", lambda: self.ask(field, now))
        elif field.kind not in ("choice", "yes_no") or len(choices_of(field)) > IN_A_MENU:
            _add(menu, "Change...", lambda: self.ask(field, now))
        else:
            self._ticks(menu, field, now)

    def _ticks(self, menu: QMenu, field: FieldLike, now: Chip | None) -> None:
        single = field.kind == "yes_no"
        for value, text in choices_of(field):
            ticked = bool(now and value in now.values)
            _add(menu, text, lambda v=value: self._toggle(field.name, v, single=single), ticked)
        if now and not single:
            menu.addSeparator()
            other = "is" if now.op == "is_not" else "is_not"
            _add(menu, "Not these", lambda: self.put(Chip(field.name, other, now.values)), now.op == "is_not")

    def _toggle(self, field: str, value: str, *, single: bool) -> None:
        now = _of(self._chips, field)
        had = now.values if now else ()
        values = tuple(v for v in had if v != value) if value in had else (value,) if single else (*had, value)
        if values:
            self.put(Chip(field, now.op if now else "is", values))
        else:
            self.drop(field)


def _of(chips: list[Chip], field: str) -> Chip | None:
    return next((chip for chip in chips if chip.field == field), None)


def _slot(chip: Chip) -> tuple[str, str]:
    return (chip.field, chip.op if chip.op in _SIDED else "")


def _add_spans(menu: QMenu, field: str, today: date, put: Callable[[Chip], None]) -> None:
    for days, text in _SPANS:
        since = (today - timedelta(days=days)).isoformat()
        _add(menu, f"In {text}", lambda s=since: put(Chip(field, "from", (s,))))
        _add(menu, f"Not in {text}", lambda s=since: put(Chip(field, "before", (s,))))
    menu.addSeparator()


def _add(menu: QMenu, text: str, deed: Callable[[], object], ticked: bool | None = None) -> None:
    action = QAction(text.replace("&", "&&"), menu)
    if ticked is not None:
        action.setCheckable(True)
        action.setChecked(ticked)
    # The deed rebuilds the menu that is still closing, so it waits until that is done.
    action.triggered.connect(lambda *_: deed(), Qt.ConnectionType.QueuedConnection)
    menu.addAction(action)
