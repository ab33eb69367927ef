"""Find or do (Ctrl+K): customers, saved lists, pages, actions and analyses by their words."""

from __future__ import annotations

import pkgutil
from collections.abc import Callable
from threading import Event
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QDialog, QLineEdit, QListWidget, QListWidgetItem, QVBoxLayout

from crmdesk.desk.menus import Entry
from crmdesk.desk.zoom import size_dialog

if TYPE_CHECKING:
    from crmdesk.desk.background import Ticket
    from crmdesk.desk.frame import Frame

QUICK: Final = "crmdesk.desk.quick:ask"  # loads the services, so only once a bank is open
NOTES: Final = "crmdesk.desk.customers.search_notes:SearchNotes"
DEBOUNCE: Final = 120  # ms after the last key
DEED: Final = Qt.ItemDataRole.UserRole
# The groups in their order; an entry belongs to the one its menu place says.
GROUPS: Final = ("Customers", "Saved lists", "Pages", "Actions", "Analyses", "Help")


def group_of(entry: Entry) -> str:
    if entry.group == "1_pages":
        return "Pages"
    return {"Mine": "Analyses", "Help": "Help"}.get(entry.menu, "Actions")


class FindDialog(QDialog):
    """Type, choose with the arrows, Enter does it."""

    def __init__(self, frame: Frame) -> None:
        super().__init__(frame)
        self.setWindowTitle("Find or do")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        size_dialog(self, 600, 460)
        self._frame, self._stop, self._ticket = frame, Event(), None
        self._notes: Any = None  # what the audit is told of a search, made with the first answer
        self.field = QLineEdit()
        self.field.setPlaceholderText("A customer, a page, an action or an analysis")
        self.field.setAccessibleName("Find a customer, a page, an action or an analysis")
        self.list = QListWidget()
        self.list.setAccessibleName("What was found")
        column = QVBoxLayout(self)
        column.addWidget(self.field)
        column.addWidget(self.list)
        self._timer = QTimer(self, singleShot=True, interval=DEBOUNCE)
        self._timer.timeout.connect(self._ask)
        self.field.textChanged.connect(self.show_matches)
        self.field.returnPressed.connect(self.do_chosen)
        self.list.itemActivated.connect(lambda *_: self.do_chosen())
        self.finished.connect(self._over)
        self.field.installEventFilter(self)
        self.show_matches("")

    def show_matches(self, text: str) -> None:
        """Entries that hold every typed word, by group; what the bank holds comes on top when it arrives."""
        self._stop.set()
        if self._ticket is not None:
            self._ticket.drop()
        self._fill([])
        self._timer.start()

    def _fill(self, found: list[Any]) -> None:
        words = self.field.text().lower().split()
        shown = [(group, title, "", self._opener(page, args), True) for group, title, page, args in found]
        for entry in self._frame.entries:
            name = entry.title if group_of(entry) in ("Pages", "Analyses") else f"{entry.menu}  ›  {entry.title}"
            if all(word in f"{entry.menu} {entry.title}".lower() for word in words):
                closed = entry.needs_bank and self._frame.context.app is None
                after = "open a bank first" if closed else entry.shortcut
                shown.append((group_of(entry), name, after, lambda e=entry: self._frame.act(e.id), not closed))
        self.list.clear()
        group = ""
        for part in sorted(shown, key=lambda one: GROUPS.index(one[0])):
            if part[0] != group:
                group = part[0]
                self._heading(group)
            self._line(*part[1:])
        self._step(1, -1)
        if not shown:
            self._heading("Nothing is called that")

    def _heading(self, text: str) -> None:
        item = QListWidgetItem(text)
        item.setFlags(Qt.ItemFlag.NoItemFlags)
        font = item.font()
        font.setBold(True)
        item.setFont(font)
        self.list.addItem(item)

    def _line(self, title: str, after: str, deed: Callable[[], Any], enabled: bool) -> None:
        item = QListWidgetItem(f"    {title}" + (f"     {after}" if after else ""))
        item.setData(DEED, deed)
        item.setToolTip(f"{title} ({after})" if after else title)
        if not enabled:
            item.setFlags(item.flags() & ~Qt.ItemFlag.ItemIsEnabled)
        self.list.addItem(item)

    def _opener(self, page: str, args: dict[str, Any]) -> Callable[[], Any]:
        return lambda: self._frame.context.open_page(page, **args)

    def _ask(self) -> None:
        """Customers and saved lists, once the typing rests; a newer question cancels the older."""
        context, text = self._frame.context, self.field.text()
        if context.app is None or not text.strip():
            return
        self._stop = stop = Event()
        self._ticket: Ticket | None = context.background(
            lambda: pkgutil.resolve_name(QUICK)(context, text, stop.is_set), lambda found: self._show(text, found),
            self._silent, self,
        )  # fmt: skip

    def _show(self, text: str, found: list[Any]) -> None:
        if self._notes is None:
            self._notes = pkgutil.resolve_name(NOTES)(self._frame.context, self)
        self._notes.shown(text, sum(page == "customer" for _, _, page, _ in found))
        self._fill(found)

    def _over(self) -> None:
        """What was found was seen, however soon the dialog is left."""
        self._stop.set()
        if self._notes is not None:
            self._notes.commit()

    def _silent(self, error: Exception) -> None:
        """A question that was overtaken says nothing; any other failure is a notice, the entries stay."""
        if not self._stop.is_set():
            self._frame.context.notice_error(error)

    def do_chosen(self) -> None:
        item = self.list.currentItem()
        if item is not None and item.flags() & Qt.ItemFlag.ItemIsEnabled and item.data(DEED) is not None:
            self.accept()
            item.data(DEED)()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        # Up and down walk the list while the cursor stays in the field.
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()))
            if step:
                self._step(step, self.list.currentRow())
                return True
        return super().eventFilter(watched, event)

    def _step(self, step: int, here: int) -> None:
        """To the next line that can be done, over headings."""
        at = here + step
        while 0 <= at < self.list.count():
            if self.list.item(at).flags() & Qt.ItemFlag.ItemIsEnabled:
                self.list.setCurrentRow(at)
                return
            at += step
