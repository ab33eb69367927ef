"""Saved lists: the menu that opens one, the dialog that keeps the filter under a name, the one that sorts them out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QDialog, QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from crmdesk.desk.context import DeskContext, sentence
from crmdesk.desk.customers.list_tools import fill_menu
from crmdesk.desk.form_dialog import FormDialog, buddy
from crmdesk.desk.plain_table import PlainTable
from crmdesk.desk.widgets import button, label
from crmdesk.desk.zoom import px, size_dialog
from crmdesk.domain.change import Change
from crmdesk.services import saved
from crmdesk.services.customers import CustomerQuery
from crmdesk.services.saved import SavedList


class SaveListDialog(FormDialog):
    """Name and sharing of a list; what is kept is the filter, never the people."""

    def __init__(self, context: DeskContext, parent: QWidget, told: str, query: CustomerQuery,
                 columns: tuple[str, ...], now: SavedList | None, done: Callable[[str], None]) -> None:  # fmt: skip
        super().__init__(context, parent, "Save this list", "Save list", told)
        self._query, self._columns, self._done = query, columns, done
        self.name = QLineEdit(now.name if now else "")
        self.name.setMinimumWidth(px(360))
        self.shared = QCheckBox("&Others may open it too")
        self.shared.setChecked(now.shared if now else False)
        self.shared.setToolTip("They see the customers that they may see themselves")
        self.fields.addWidget(buddy("&Name of the list", self.name, "A list of yours with this name is replaced"))
        self.fields.addWidget(self.name)
        self.fields.addWidget(self.shared)
        self.name.selectAll()
        self.name.setFocus()

    def work(self) -> Callable[[], Any]:
        app, actor, name, shared = self.context.app, self.context.actor, self.name.text(), self.shared.isChecked()
        query, columns = self._query, self._columns
        return lambda: saved.save(app, actor, name, query, columns, shared)

    def saved(self, value: Any) -> None:
        self._done(" ".join(self.name.text().split()))
        super().saved(value)

    def done_words(self, saved: Any) -> str:
        return f"The list “{' '.join(self.name.text().split())}” is saved. Undo: Ctrl+Z."


class SavedListsDialog(QDialog):
    """All lists one may open; rename and delete one's own. What is deleted comes back with Undo."""

    def __init__(self, context: DeskContext, parent: QWidget, lists: Sequence[SavedList],
                 opened: Callable[[SavedList], None]) -> None:  # fmt: skip
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Saved lists")
        size_dialog(self, 560, 400)
        self.context, self._opened, self._lists = context, opened, list(lists)
        self.table = PlainTable("Saved lists", ("Name", "Whose", "Shared"), (0, 140, 80))
        self.name = QLineEdit()
        self.fault = label("", "fault", wrap=True)
        self.fault.setVisible(False)
        self.rename_button = button("&Rename list", self.rename, tip="Give the list the name typed beside")
        self.delete_button = button("&Delete list", self.delete, tip="Forget the filter; the people stay. Undo: Ctrl+Z")
        self.open_button = button("Open list", self.open_list, "primary", "Show the customers of this list (Enter)")
        self._lay_out()
        self.table.activated.connect(lambda *_: self.open_list())
        self.table.selectionModel().currentRowChanged.connect(lambda *_: self._chosen())
        self.show_lists(lists)

    def _lay_out(self) -> None:
        for one in (self.rename_button, self.delete_button):
            one.setAutoDefault(False)
        self.open_button.setDefault(True)
        line = QHBoxLayout()
        line.addWidget(buddy("&Name", self.name))
        line.addWidget(self.name, 1)
        line.addWidget(self.rename_button)
        foot = QHBoxLayout()
        foot.addWidget(self.delete_button)
        foot.addStretch(1)
        close = button("Close", self.reject, tip="Close (Esc)")
        close.setAutoDefault(False)
        foot.addWidget(close)
        foot.addWidget(self.open_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 16, 20, 16)
        column.setSpacing(12)
        column.addWidget(self.table, 1)
        column.addLayout(line)
        column.addWidget(self.fault)
        column.addLayout(foot)

    def show_lists(self, lists: Sequence[SavedList]) -> None:
        """The lists as they are now; the same row stays in hand."""
        here = self.table.currentIndex().row()
        self._lists = list(lists)
        mine = self.context.actor.login
        self.table.show_rows([(one.name, "yours" if one.owner == mine else one.owner, "yes" if one.shared else "no")
                              for one in lists])  # fmt: skip
        self.table.selectRow(min(max(0, here), len(lists) - 1))
        self._chosen()

    @property
    def chosen(self) -> SavedList | None:
        row = self.table.currentIndex().row()
        return self._lists[row] if 0 <= row < len(self._lists) else None

    def _chosen(self) -> None:
        one = self.chosen
        mine = one is not None and one.owner == self.context.actor.login
        self.name.setText(one.name if one else "")
        self.open_button.setEnabled(one is not None)
        for part in (self.name, self.rename_button, self.delete_button):
            part.setEnabled(mine)
            part.setToolTip("" if mine else "Only its owner can change this list")

    def open_list(self) -> None:
        if self.chosen is not None:
            one = self.chosen
            self.accept()
            self._opened(one)

    def rename(self) -> None:
        one, name = self.chosen, self.name.text()
        if one is not None:
            self._do(lambda app, actor: saved.rename(app, actor, one.id, name), "The list has its new name.")

    def delete(self) -> None:
        one = self.chosen
        if one is not None:
            self._do(lambda app, actor: saved.delete(app, actor, one.id),
                     f"The list “{one.name}” is deleted. Undo: Ctrl+Z.")  # fmt: skip

    def _do(self, deed: Callable[[Any, Any], Change], told: str) -> None:
        app, actor = self.context.app, self.context.actor

        def done(found: tuple[Change, list[SavedList]]) -> None:
            self.fault.setVisible(False)
            self.show_lists(found[1])
            self.context.changed(found[0])
            self.context.notify(told)

        self.context.background(lambda: (deed(app, actor), saved.lists(app, actor)), done, self._failed, self)

    def _failed(self, error: Exception) -> None:
        self.fault.setText(sentence(error))
        self.fault.setVisible(True)


def fill_saved_menu(owner: QPushButton, lists: Sequence[SavedList], login: str, opened: Callable[[SavedList], None],
                    save: Callable[[], Any], sort_out: Callable[[], Any]) -> None:  # fmt: skip
    """The lists, one's own first; then saving and sorting out."""
    own = [(one.name, lambda o=one: opened(o), "") for one in lists if one.owner == login]
    others = [(f"{one.name} ({one.owner})", lambda o=one: opened(o), "") for one in lists if one.owner != login]
    deeds: list[Any] = [*own, *([None] if own and others else []), *others]
    more: list[Any] = [("Save this list...", save, "")]
    if lists:
        more.append(("Rename or delete lists...", sort_out, ""))
    fill_menu(owner, [*deeds, *([None] if deeds else []), *more])
