"""Edit > History: what the signed-in person did, newest first, each with the way back."""

from __future__ import annotations

from typing import ClassVar, Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout

from crmdesk.desk import words
from crmdesk.desk.context import DeskContext
from crmdesk.desk.history.deeds import take_back
from crmdesk.desk.page import Page
from crmdesk.desk.plain_table import PlainTable
from crmdesk.desk.widgets import label
from crmdesk.domain.change import Change
from crmdesk.services import history
from crmdesk.services.history import DeedEntry

SHOWN: Final = 200


class HistoryPage(Page):
    """One row per deed; [Undo this deed] takes the chosen one back, in any order."""

    name: ClassVar[str] = "history"

    def __init__(self, context: DeskContext) -> None:
        super().__init__(context, "History")
        self._deeds: list[DeedEntry] = []
        self.undo_button = self.add_deed("Undo this deed", self.undo_chosen, "primary", "Take the chosen deed back")
        self.table = PlainTable(
            "What you did", ("When", "What", "Rows", "State"), (150, 0, 80, 190), frozenset({2})
        )  # fmt: skip
        self.table.selectionModel().selectionChanged.connect(lambda *_: self._fit())
        self.table.doubleClicked.connect(lambda *_: self.undo_chosen())
        column = QVBoxLayout(self.body)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.table, 1)
        foot = "Ctrl+Z takes back the newest, wherever you are. Fields that others edited since stay as they are."
        column.addWidget(label(foot, "muted", wrap=True))

    def cares_about(self, change: Change) -> bool:
        """Every change may have been a deed of one's own; behind other pages it waits until somebody comes back."""
        return self.isVisible()

    def refresh(self) -> None:
        app, actor = self.context.app, self.context.actor
        self.load(lambda: history.deeds(app, actor, SHOWN), self._show)

    def _show(self, found: list[DeedEntry]) -> None:
        self._deeds = found
        self.undo_button.setVisible(bool(found))
        if not found:
            self.say("")
            self.show_empty("You changed nothing yet. What you change in this bank is listed here, to be taken back.")
            return
        back = sum(one.undone for one in found)
        many = "1 deed" if len(found) == 1 else f"{words.count(len(found))} deeds"
        newest = "the newest " if len(found) == SHOWN else ""
        self.say(f"{newest}{many} of yours, {words.count(back) if back else 'none'} taken back.".capitalize())
        self.table.show_rows([(moment(one), one.title, words.count(one.rows), state(one)) for one in found])
        self.table.selectRow(next((i for i, one in enumerate(found) if can_undo(one)), 0))
        self._fit()

    def chosen(self) -> DeedEntry | None:
        row = self.table.currentIndex().row()
        return self._deeds[row] if 0 <= row < len(self._deeds) else None

    def _fit(self) -> None:
        one = self.chosen()
        self.undo_button.setEnabled(one is not None and can_undo(one))
        why = "Take the chosen deed back" if one and can_undo(one) else "It is taken back already, or is itself an undo"
        self.undo_button.setToolTip(why)

    def undo_chosen(self) -> None:
        one = self.chosen()
        if one is not None and can_undo(one):
            take_back(self.context, one.id)

    def keyPressEvent(self, event: object) -> None:
        key = getattr(event, "key", lambda: None)()
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.undo_chosen()
        else:
            super().keyPressEvent(event)  # type: ignore[arg-type]


def can_undo(one: DeedEntry) -> bool:
    return not one.undone and one.undoes is None


def moment(one: DeedEntry) -> str:
    local = one.at.astimezone()
    return f"{words.on(local.date())}, {local:%H:%M}"


def state(one: DeedEntry) -> str:
    if one.undone:
        return "Taken back"
    return "An undo" if one.undoes is not None else ""
