"""One dialog to add a customer and to edit one: checked while it is typed, nothing lost when saving fails."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from crmdesk.desk.context import DeskContext
from crmdesk.desk.customers.conflict import ConflictDialog
from crmdesk.desk.customers.field_edit import FieldEdit, place
from crmdesk.desk.form_dialog import FormDialog
from crmdesk.desk.widgets import Band, label, scrolled
from crmdesk.desk.zoom import px, size_dialog
from crmdesk.domain.errors import BadFields, BadInput, Conflict
from crmdesk.services import customer_edit
from crmdesk.services.customer_edit import Draft, Similar

CHECK_AFTER: Final = 250  # ms after the last key
OPENED: Final = "* must be filled in. Contact data stands here in clear: that you opened it is written down."
GROUPS: Final = (("identity", "Identity", 0), ("contact", "Contact", 0), ("address", "Address", 0),
                 ("bank", "At the bank", 1), ("own", "Own fields", 1))  # fmt: skip


class EditorDialog(FormDialog):
    """`draft` as the service gives it; with a version it is edited, without one a customer is added."""

    def __init__(self, context: DeskContext, parent: QWidget | None, draft: Draft, new: bool) -> None:
        title, verb = ("New customer", "Add customer") if new else (f"Edit {draft.number}", "Save customer")
        super().__init__(context, parent, title, verb)
        self._new, self._draft, self._version = new, draft, draft.version
        self.base = dict(draft.values)  # what the bank holds, as far as this dialog knows
        self._touched: set[str] = set()
        self._tried = False
        self._refused_for: frozenset[str] = frozenset()  # fields that the last saving was refused for
        self.edits = {info.name: FieldEdit(info, draft.values.get(info.name, "")) for info in draft.fields}
        self.similar = Band()
        self.fields.addWidget(self.similar)
        self.fields.addWidget(scrolled(self._form()), 1)
        self.foot.insertWidget(0, label("* must be filled in" if new else OPENED, "muted"))
        if "joined_on" in self.edits:
            self.edits["joined_on"].explain("Empty: a prospect, not yet a customer")
        if not new and "number" in self.edits:
            self.edits["number"].setEnabled(False)  # a number stays with its customer
        self._timer = QTimer(self, singleShot=True, interval=CHECK_AFTER)
        self._timer.timeout.connect(self._check)
        for edit in self.edits.values():
            edit.edited.connect(self._edited)
        size_dialog(self, 940, 620)
        if "family_name" in self.edits:
            self.edits["given_name" if "given_name" in self.edits else "family_name"].setFocus()

    def _form(self) -> QWidget:
        form = QWidget()
        row = QHBoxLayout(form)
        row.setContentsMargins(0, 0, 12, 0)
        row.setSpacing(32)
        columns = (QVBoxLayout(), QVBoxLayout())
        for one in columns:
            one.setSpacing(6)  # else they take the row's
        for group, title, column in GROUPS:
            inside = [edit for edit in self.edits.values() if edit.info.group == group]
            if inside:
                columns[column].addWidget(label(title, "heading"))
                columns[column].addLayout(self._grid(inside))
                columns[column].addSpacing(12)
        for one in columns:
            one.addStretch(1)
            row.addLayout(one, 1)
        return form

    @staticmethod
    def _grid(inside: list[FieldEdit]) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(6)
        grid.setColumnMinimumWidth(0, px(128))
        grid.setColumnStretch(1, 1)
        for row, edit in enumerate(inside):
            place(grid, row, edit)
        return grid

    # Checking --------------------------------------------------------------------------------------------------

    def values(self) -> dict[str, str]:
        return {name: edit.value() for name, edit in self.edits.items()}

    def changed_values(self) -> dict[str, str]:
        """What differs from what the bank holds."""
        return {name: value for name, value in self.values().items() if value != self.base.get(name, "")}

    def _edited(self, name: str) -> None:
        self._touched.add(name)
        if name == "kind" and self._new:
            self._switch(self.edits["kind"].value())
        else:
            self._timer.start()

    def _switch(self, kind: str) -> None:
        """A company has other fields than a person: the same dialog anew, with what both have kept."""
        typed, place, parent = self.values(), self.pos(), self.parentWidget()

        def again(draft: Draft) -> None:
            made = EditorDialog(self.context, parent, draft, new=True)
            for name, edit in made.edits.items():
                if name in typed and name != "kind":
                    edit.put(typed[name])
            made.move(place)
            made.open()
            self.reject()

        app, actor = self.context.app, self.context.actor
        self.context.background(lambda: customer_edit.draft(app, actor, None, kind), again, owner=self)

    def _check(self) -> None:
        app, actor, values = self.context.app, self.context.actor, self.values()
        number = None if self._new else self._draft.number

        def ask() -> tuple[dict[str, str], list[Similar]]:
            found = customer_edit.similar(app, actor, values) if self._new else []
            return customer_edit.check(app, actor, values, number), found

        def show(answer: tuple[dict[str, str], list[Similar]]) -> None:
            if values == self.values():  # else a newer check is on its way
                self.show_faults(answer[0])
                self.show_similar(answer[1])

        self.context.background(ask, show, owner=self)

    def show_faults(self, faults: Mapping[str, str]) -> None:
        """Sentences beside the fields that were touched, or beside all once saving was tried, and there only.

        What cannot be shown beside a field stays at the foot; the sentence there goes once its fields are mended.
        """
        if self._refused_for and not self._refused_for & set(faults):
            self._refused_for = frozenset()
            self.tell("")
        for name, edit in self.edits.items():
            edit.show_fault(faults.get(name, "") if self._tried or name in self._touched else "")

    def show_similar(self, found: list[Similar]) -> None:
        """Customers who may be the same person, before they are added twice."""
        self.similar.setVisible(bool(found))
        if found:
            one = found[0]
            more = f" and {len(found) - 1} more" if len(found) > 1 else ""
            who = f"{one.name}, {one.number}," if one.number else one.name
            ways = [(f"Open {one.number}", lambda: self._open(one.number))] if one.number else []
            self.similar.fill("stale", f"{who} is here already: {one.why}{more}.", ways)

    def _open(self, number: str) -> None:
        self.reject()
        self.context.open_page("customer", number=number)

    # Saving ----------------------------------------------------------------------------------------------------

    def work(self) -> Callable[[], Any]:
        app, actor, number, version = self.context.app, self.context.actor, self._draft.number, self._version
        self._tried = True
        if self._new:
            values = self.values()
            return lambda: customer_edit.create(app, actor, values)
        changes = self.changed_values()
        if not changes:
            raise BadInput("Nothing is changed yet. Change a field, or press Esc to close.")
        return lambda: customer_edit.edit(app, actor, number, version, changes)

    def refused(self, error: Exception) -> None:
        super().refused(error)
        if isinstance(error, BadFields):
            self._refused_for = frozenset(error.fields)
            if self._refused_for <= set(self.edits):
                self.tell("")  # said once, beside the field
            self.show_faults(error.fields)
            wrong = next((self.edits[name] for name in error.fields if name in self.edits), None)
            if wrong is not None:
                wrong.setFocus()
        elif isinstance(error, Conflict):
            self._settle(error)

    def _settle(self, conflict: Conflict) -> None:
        """Ask field by field where both changed one; what only the other changed is taken as it is."""
        mine = self.changed_values()
        dialog = ConflictDialog(self, conflict, mine, self.edits)

        def accepted() -> None:
            for name, value in dialog.theirs.items():
                self.base[name] = value
                if name in self.edits and dialog.choice.get(name, "theirs") == "theirs":
                    self.edits[name].put(value)
            self._version = conflict.version
            if self.changed_values():
                self.save()
            else:
                self.reject()
                self.context.notify("Nothing of yours was left to save; the customer is as the other person left it.")

        dialog.accepted.connect(accepted)
        dialog.open()

    def done_words(self, saved: Any) -> str:
        return f"Added {saved.number}." if self._new else f"Saved {saved.number}. Ctrl+Z takes it back."

    def saved(self, value: Any) -> None:
        super().saved(value)
        if self._new:
            self.context.open_page("customer", number=value.number)


def edit_customer(context: DeskContext, parent: QWidget, number: str) -> None:
    """Read the customer anew, then open the dialog."""
    _open(context, parent, number)


def new_customer(context: DeskContext, parent: QWidget, kind: str = "person") -> None:
    """An empty form with the next free number."""
    _open(context, parent, None, kind)


def _open(context: DeskContext, parent: QWidget, number: str | None, kind: str = "person") -> None:
    app, actor = context.app, context.actor
    context.background(
        lambda: customer_edit.draft(app, actor, number, kind),
        lambda draft: EditorDialog(context, parent, draft, new=number is None).open(), owner=parent,
    )  # fmt: skip
