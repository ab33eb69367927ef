"""The fields that a bank adds to its customers: listed in order, added, changed, taken out of use and brought back."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar, Final

from PySide6.QtWidgets import QComboBox, QLineEdit, QPlainTextEdit, QVBoxLayout, QWidget

from crmdesk.desk import words
from crmdesk.desk.context import DeskContext
from crmdesk.desk.form_dialog import FormDialog, buddy
from crmdesk.desk.page import Page
from crmdesk.desk.plain_table import PlainTable
from crmdesk.desk.widgets import button, label
from crmdesk.desk.zoom import px
from crmdesk.domain.change import Change
from crmdesk.domain.errors import BadFields, BadInput
from crmdesk.domain.rights import Right, may
from crmdesk.services import custom_fields
from crmdesk.services.custom_fields import OwnField

if TYPE_CHECKING:
    from crmdesk.desk.frame import Frame

KINDS: Final = {"text": "Text", "whole": "Whole number", "number": "Number", "date": "Date", "yes_no": "Yes or no",
                "choice": "Choice"}  # fmt: skip
TAGS: Final = {"plain": "Plain", "contact": "Contact data", "protected": "Protected trait", "finance": "Money",
               "behaviour": "Behaviour", "text": "Free text about a person"}  # fmt: skip


def show_fields(frame: Frame) -> None:
    """Tools > Fields of customers."""
    frame.context.open_page("fields")


class FieldsPage(Page):
    """One row per field; what is out of use stands last and can be brought back."""

    name: ClassVar[str] = "fields"
    tables: ClassVar[frozenset[str]] = frozenset({"custom_field"})

    def __init__(self, context: DeskContext) -> None:
        super().__init__(context, "Fields of customers")
        self._found: list[OwnField] = []
        self._may = may(context.actor, Right.MANAGE_FIELDS)
        self.table = PlainTable(
            "Fields that this bank added", ("Title", "Code", "Kind", "Choices", "Protection", "State"),
            (0, 130, 110, 0, 140, 140),
        )  # fmt: skip
        self.table.selectionModel().currentRowChanged.connect(lambda *_: self._fit())
        self.table.doubleClicked.connect(lambda *_: self.change())
        self.table.activated.connect(lambda *_: self.change())
        self.up_button = button("Move up", lambda: self._move(-1), tip="Earlier in editor, list and page")
        self.down_button = button("Move down", lambda: self._move(1), tip="Later in editor, list and page")
        self.retire_button = button("Retire field", self._retire, tip="Out of use; the values stay with the customers")
        self.change_button = button("Change field...", self.change, tip="Title, choices and protection (Enter)")
        self.add_button = button("Add field...", self.add, "primary", "A new field of every customer")
        for one in (self.up_button, self.down_button, self.retire_button, self.change_button, self.add_button):
            self.deeds.addWidget(one)
            one.setVisible(self._may)
        column = QVBoxLayout(self.body)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.table, 1)
        foot = "A field is at once in the editor, the list and its filter, bulk edits, export and import."
        column.addWidget(label(foot, "muted", wrap=True))

    def refresh(self) -> None:
        app, actor = self.context.app, self.context.actor
        self.load(lambda: custom_fields.fields(app, actor, retired=True), self._show)

    def _show(self, found: list[OwnField]) -> None:
        code = one.code if (one := self.chosen()) else ""
        self._found = sorted(found, key=lambda f: (f.retired_on is not None, f.position, f.id))
        for one_button in (self.up_button, self.down_button, self.retire_button, self.change_button):
            one_button.setVisible(bool(found) and self._may)
        if not found:
            self.say("")
            deed = ("Add field...", self.add) if self._may else ("", None)
            self.add_button.setVisible(False)
            self.show_empty("This bank has no field of its own yet. A field you add is filled in for each customer, "
                            "filtered by and imported like any other.", *deed)  # fmt: skip
            return
        self.add_button.setVisible(self._may)
        live = sum(f.retired_on is None for f in found)
        many = "1 field" if live == 1 else f"{live} fields"
        gone = f", {len(found) - live} out of use" if live < len(found) else ""
        self.say(f"{many} of this bank's own in use{gone}.")
        self.table.show_rows([
            (f.title, f.code, KINDS.get(f.kind, f.kind), ", ".join(f.choices), TAGS.get(f.tag, f.tag),
             f"Retired {words.on(f.retired_on)}" if f.retired_on else "In use")
            for f in self._found
        ])  # fmt: skip
        self.table.selectRow(next((i for i, f in enumerate(self._found) if f.code == code), 0))
        self._fit()

    def chosen(self) -> OwnField | None:
        row = self.table.currentIndex().row()
        return self._found[row] if 0 <= row < len(self._found) else None

    def _fit(self) -> None:
        one = self.chosen()
        back = one is not None and one.retired_on is not None
        self.retire_button.setText("Bring back field" if back else "Retire field")
        self.retire_button.setAccessibleName(self.retire_button.text())
        live = [f for f in self._found if f.retired_on is None]
        place = live.index(one) if one in live else -1
        self.up_button.setEnabled(place > 0)
        self.down_button.setEnabled(0 <= place < len(live) - 1)
        self.change_button.setEnabled(one is not None and not back)

    def add(self) -> None:
        FieldDialog(self.context, self).open()

    def change(self) -> None:
        one = self.chosen()
        if one is not None and self._may and one.retired_on is None:
            FieldDialog(self.context, self, one).open()

    def _retire(self) -> None:
        one, app, actor = self.chosen(), self.context.app, self.context.actor
        if one is None:
            return
        if one.retired_on is None:
            self._do(lambda: [custom_fields.retire(app, actor, one.code)], f"{one.title} is out of use")
        else:
            back = lambda: [custom_fields.change(app, actor, one.code, one.version, retired=False)]  # noqa: E731
            self._do(back, f"{one.title} is in use again")

    def _move(self, by: int) -> None:
        """The field stands one place earlier or later, as one deed."""
        one, app, actor = self.chosen(), self.context.app, self.context.actor
        if one is not None and one.retired_on is None:
            self._do(lambda: [custom_fields.move(app, actor, one.code, by)], f"{one.title} moved")

    def _do(self, work: Callable[[], list[Change]], told: str) -> None:
        def done(changes: list[Change]) -> None:
            for change in changes:
                self.context.changed(change)
            self.context.notify(f"{told}. Ctrl+Z takes it back.")

        self.context.background(work, done, self.show_error, self)


class FieldDialog(FormDialog):
    """A new field, or the title, choices and protection of one; its kind stays for good."""

    def __init__(self, context: DeskContext, parent: QWidget | None, field: OwnField | None = None) -> None:
        title, verb = ("Add a field", "Add field") if field is None else (f"Change {field.title}", "Save field")
        super().__init__(context, parent, title, verb)
        self._field = field
        self.title, self.code = QLineEdit(), QLineEdit()
        self.kind, self.tag, self.choices = QComboBox(), QComboBox(), QPlainTextEdit()
        self.faults: dict[str, Any] = {}
        for box, options in ((self.kind, KINDS), (self.tag, TAGS)):
            for value, text in options.items():
                box.addItem(text, value)
        self.choices.setTabChangesFocus(True)
        self.choices.setMaximumHeight(px(110))
        self._rows()
        self.kind.currentIndexChanged.connect(lambda *_: self._fit())
        self.title.textEdited.connect(self._propose)
        if field is not None:
            self._put(field)
        self._fit()
        self.title.setFocus()
        self.setMinimumWidth(px(460))

    def _rows(self) -> None:
        self._labels = {}
        for name, text, control, hint in (
            ("title", "&Title", self.title, "The words people read"),
            ("code", "&Code", self.code, "Small letters, digits and _; import files name the field by it"),
            ("kind", "&Kind", self.kind, "Stays for good"),
            ("choices", "C&hoices, one a line", self.choices, "What can be chosen"),
            ("tag", "&Protection", self.tag, "How its values are masked and exported"),
        ):
            self._labels[name] = buddy(text, control, hint)
            self.faults[name] = label("", "fault", wrap=True)
            self.faults[name].setVisible(False)
            for part in (self._labels[name], control, self.faults[name]):
                self.fields.addWidget(part)

    def _put(self, field: OwnField) -> None:
        self.title.setText(field.title)
        self.code.setText(field.code)
        self.kind.setCurrentIndex(self.kind.findData(field.kind))
        self.tag.setCurrentIndex(self.tag.findData(field.tag))
        self.choices.setPlainText("\n".join(field.choices))
        self.code.setEnabled(False)
        self.kind.setEnabled(False)

    def _fit(self) -> None:
        shown = self.kind.currentData() == "choice"
        self.choices.setVisible(shown)
        self._labels["choices"].setVisible(shown)

    def _propose(self, text: str) -> None:
        """A code made from the title, until somebody types one."""
        if self._field is None and not self.code.isModified():
            made = "".join(c if c.isascii() and c.isalnum() else "_" for c in text.lower()).strip("_")
            self.code.setText("_".join(part for part in made.split("_") if part)[:32])

    def work(self) -> Callable[[], Any]:
        app, actor = self.context.app, self.context.actor
        title = self.title.text().strip()
        if not title:
            self.title.setFocus()
            raise BadInput("The field has no title yet; give it the words that people will read.")
        what: dict[str, Any] = {"title": title, "tag": self.tag.currentData()}
        if self.kind.currentData() == "choice":
            what["choices"] = [line.strip() for line in self.choices.toPlainText().splitlines() if line.strip()]
        if self._field is not None:
            field = self._field
            return lambda: custom_fields.change(app, actor, field.code, field.version, **what)
        kind, code = self.kind.currentData(), self.code.text().strip()
        return lambda: custom_fields.add(app, actor, code=code, kind=kind, **what)

    def refused(self, error: Exception) -> None:
        super().refused(error)
        wrong = error.fields if isinstance(error, BadFields) else {}
        for name, fault in self.faults.items():
            fault.setText(wrong.get(name, ""))
            fault.setVisible(name in wrong)

    def done_words(self, saved: Any) -> str:
        return f"{self.title.text().strip()} is a field of every customer now."
