"""The tab History of a customer's page: who changed which field from what to what."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from PySide6.QtWidgets import QVBoxLayout, QWidget

from crmdesk.desk import words
from crmdesk.desk.background import Ticket
from crmdesk.desk.context import DeskContext, sentence
from crmdesk.desk.plain_table import PlainTable
from crmdesk.desk.widgets import day_words, label
from crmdesk.services import custom_fields, history
from crmdesk.services.custom_fields import OwnField
from crmdesk.services.history import FieldEntry

DAY: Final = 10  # letters of an ISO day


class HistoryTab(QWidget):
    """Asked for when it is first looked at; newest first, what was taken back says so."""

    def __init__(self, context: DeskContext) -> None:
        super().__init__()
        self._context = context
        self._number = self._reason = ""
        self._call: Ticket | None = None
        self._stale = True
        self._own: dict[str, str] = {}
        self.note = label("", "muted", wrap=True)
        self.table = PlainTable(
            "Changes of this customer", ("When", "By", "What", "Field", "Before", "After"),
            (142, 80, 0, 112, 0, 0),
        )  # fmt: skip
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 12, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.note)
        column.addWidget(self.table, 1)

    def show_customer(self, number: str, reason: str = "") -> None:
        """Called at each refresh of the page; the rows are read when somebody looks, for the `reason` given."""
        self._number, self._stale, self._reason = number, True, reason
        if self.isVisible():
            self._ask()

    def showEvent(self, event: Any) -> None:
        super().showEvent(event)
        if self._stale and self._number:  # else the page will say whom this is about
            self._ask()

    def _ask(self) -> None:
        self._stale = False
        app, actor, number, reason = self._context.app, self._context.actor, self._number, self._reason

        def ask() -> tuple[list[FieldEntry], list[OwnField]]:
            return history.of_customer(app, actor, number, reason), custom_fields.fields(app, actor, retired=True)

        def show(found: tuple[list[FieldEntry], list[OwnField]]) -> None:
            if (number, reason) == (self._number, self._reason):
                self._own = {one.code: one.title for one in found[1]}
                self._show(found[0])

        if self._call is not None:
            self._call.drop()
        self._call = self._context.background(ask, show, self._failed, self)

    def _failed(self, error: Exception) -> None:
        self.table.show_rows(())
        self.note.setText(sentence(error))

    def _show(self, found: list[FieldEntry]) -> None:
        people = {one.by for one in found}
        many = "1 change" if len(found) == 1 else f"{words.count(len(found))} changes"
        by = f"by {people.pop()}" if len(people) == 1 else f"by {len(people)} people"
        self.note.setText(f"{many}, {by}, newest first." if found else
                          "Nothing was changed since this bank keeps a history of its fields.")  # fmt: skip
        self.table.show_rows([
            (when(one), one.by, f"{one.title} (taken back)" if one.undone else one.title, field(one, self._own),
             value(one.before), value(one.after))
            for one in found
        ])  # fmt: skip


def when(one: FieldEntry) -> str:
    local = one.at.astimezone()
    return f"{words.on(local.date())}, {local:%H:%M}"


def field(one: FieldEntry, own: Mapping[str, str]) -> str:
    """The field in words; a row that was made or removed is told by what it is."""
    if one.field == "*":
        return one.table.replace("_", " ").capitalize()
    code = one.field.removeprefix("custom.")
    if code != one.field:
        return own.get(code, code)
    return one.field.removesuffix("_id").replace("_", " ").capitalize()


def value(one: Any) -> str:
    """What stood there: a value, the parts of a whole row, or a dash for nothing."""
    if one is None or one == "":
        return words.NOTHING
    if isinstance(one, bool):
        return "Yes" if one else "No"
    if isinstance(one, dict):
        parts = [f"{name.replace('_', ' ')} {value(kept)}" for name, kept in one.items()
                 if kept not in (None, "", [], {}) and name != "id" and not name.endswith("_id")]  # fmt: skip
        return ", ".join(parts) or "Recorded"
    return day(str(one))


def day(text: str) -> str:
    """A day or moment as JSON keeps it, with its month in letters; other text as it is."""
    date_part, at, _ = text.partition("T")
    return day_words(date_part) if not at or len(date_part) == DAY else text
