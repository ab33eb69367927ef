"""Two people edited one customer: who changed what meanwhile, and mine or theirs for each field both changed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QButtonGroup, QDialog, QGridLayout, QHBoxLayout, QRadioButton, QVBoxLayout, QWidget

from crmdesk.desk import words
from crmdesk.desk.customers.field_edit import FieldEdit
from crmdesk.desk.widgets import button, label
from crmdesk.desk.zoom import px
from crmdesk.domain.errors import Conflict

MINE, THEIRS = "mine", "theirs"
_WIDE: Final = 560


class ConflictDialog(QDialog):
    """Accepted once somebody has chosen: `choice` by field, and `theirs`, what the bank holds now, as typed text."""

    def __init__(
        self, parent: QWidget, conflict: Conflict, mine: Mapping[str, str], edits: Mapping[str, FieldEdit]
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Changed meanwhile")
        self.theirs = {str(row["field"]): typed(row["theirs"]) for row in conflict.changes}
        self.choice: dict[str, str] = {}
        self._groups: dict[str, QButtonGroup] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 16, 20, 16)
        column.setSpacing(12)
        told = label(str(conflict), wrap=True)
        told.setMinimumWidth(px(_WIDE))
        column.addWidget(told)
        both = [
            row for row in conflict.changes if row["field"] in mine and self.theirs[row["field"]] != mine[row["field"]]
        ]
        only = [row for row in conflict.changes if row["field"] not in mine]
        if both:
            column.addWidget(label("Both of you changed these. Whose value stays?", "heading"))
            column.addLayout(self._choices(both, mine, edits))
        if only:
            column.addWidget(label("Changed by the other person alone, and kept:", "heading"))
            for row in only:
                column.addWidget(label(self._line(row, edits), wrap=True))
        column.addLayout(self._buttons(bool(both)))

    @staticmethod
    def _line(row: Mapping[str, Any], edits: Mapping[str, FieldEdit]) -> str:
        before, after = (_shown(row["field"], typed(row[side]), edits) for side in ("before", "theirs"))
        return f"{row['title']}: {before} became {after}, {who(row)}."

    def _choices(
        self, both: list[dict[str, Any]], mine: Mapping[str, str], edits: Mapping[str, FieldEdit]
    ) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(20)
        grid.setVerticalSpacing(8)
        for line, row in enumerate(both):
            field = row["field"]
            group = self._groups[field] = QButtonGroup(self)
            grid.addWidget(label(row["title"], "muted"), line, 0)
            for column, (side, value, by) in enumerate(
                ((MINE, mine[field], "Mine"), (THEIRS, self.theirs[field], _capital(who(row)))), 1
            ):
                box = QRadioButton(f"{by}: {_shown(field, value, edits)}".replace("&", "&&"))
                box.setAccessibleName(f"{row['title']}, {by}: {_shown(field, value, edits)}")
                box.setProperty("side", side)
                group.addButton(box)
                grid.addWidget(box, line, column)
            group.buttonClicked.connect(lambda *_: self._fit())
        return grid

    def _buttons(self, ask: bool) -> QHBoxLayout:
        self.back_button = button("Back to editing", self.reject, tip="Nothing is saved; what you typed stays (Esc)")
        self.save_button = button("Save what is chosen" if ask else "Save mine with it", self._take, "primary",
                                  "Save on top of what was changed meanwhile (Enter)")  # fmt: skip
        self.back_button.setAutoDefault(False)
        self.save_button.setDefault(True)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(self.back_button)
        row.addWidget(self.save_button)
        self._fit()
        return row

    def _fit(self) -> None:
        """Nothing is chosen in advance, so nothing of either is overwritten by an Enter too many."""
        self.save_button.setEnabled(all(group.checkedButton() is not None for group in self._groups.values()))

    def _take(self) -> None:
        self.choice = {field: str(group.checkedButton().property("side")) for field, group in self._groups.items()}
        self.accept()


def typed(value: Any) -> str:
    """A value as the service reads it, as a form's text."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value.isoformat() if isinstance(value, date) else str(value)


def who(row: Mapping[str, Any]) -> str:
    """By whom and when: "by kemal on 3 Nov 2026, 14:02"."""
    at = row.get("at")
    if isinstance(at, datetime):
        local = at.astimezone()
        return f"by {row['by']} on {words.on(local.date())}, {local:%H:%M}"
    return f"by {row['by']}"


def _shown(field: str, value: str, edits: Mapping[str, FieldEdit]) -> str:
    return edits[field].words(value) if field in edits else value or "empty"


def _capital(text: str) -> str:
    """With a capital first letter, the rest as it is."""
    return text[:1].upper() + text[1:]
