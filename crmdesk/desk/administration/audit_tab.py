"""Administration > Audit: who did what, when, about whom and why; the chain checked; taken out as a file."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from PySide6.QtCore import QDate, Qt
from PySide6.QtWidgets import (
    QComboBox,
    QDateEdit,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from crmdesk.desk import words
from crmdesk.desk.context import DeskContext
from crmdesk.desk.flow import flowing
from crmdesk.desk.plain_table import PlainTable
from crmdesk.desk.widgets import button, label
from crmdesk.desk.zoom import px
from crmdesk.domain.rights import Right, may
from crmdesk.services import audit_log
from crmdesk.services.audit_log import AuditFilter, AuditPage, AuditRow, ChainCheck, Choices

TITLES: Final = ("Row", "When", "Who", "As", "Did", "What", "Customer", "Fields", "Why")
WIDTHS: Final = (70, 150, 110, 150, 150, 0, 100, 110, 0)
ANCHORS: Final = "Kept anchors (*.json *.txt);;All files (*)"
LONG_AGO: Final = QDate(2000, 1, 1)  # shown as "any day"


class AuditTab(QWidget):
    """A filter, the rows newest first, and a sentence of what the last check of the chain found."""

    def __init__(self, context: DeskContext) -> None:
        super().__init__()
        self.context = context
        self._rows: list[AuditRow] = []
        self.who, self.act = QComboBox(), QComboBox()
        self.number = QLineEdit()
        self.number.setPlaceholderText("C-004711")
        self.number.setFixedWidth(px(120))
        self.since, self.until = _day("From", LONG_AGO), _day("Until", QDate.currentDate())
        self.table = PlainTable("Audit", TITLES, WIDTHS, frozenset({0}))
        self.table.activated.connect(lambda index: self._open(index.row()))
        self.table.setToolTip("Enter opens the customer of a row")
        self.more_button = button("Show older rows", self._older, tip="200 more")
        self.check_button = button("Check the chain", self._check, "primary", "Reads every row and every kept anchor")
        tip = "A manifest of a backup, or the file beside an export, kept elsewhere"
        self.compare_button = button("Compare with a kept anchor...", self._compare, tip=tip)
        self.save_button = button("Save as CSV...", self._save, tip="The rows that match, with the head as an anchor")
        self.verdict = label("", wrap=True)
        self.verdict.setVisible(False)
        self._lay_out()
        for box in (self.who, self.act):
            box.setMinimumWidth(px(130))
            box.activated.connect(lambda *_: self._ask_again())
        for day in (self.since, self.until):
            day.dateChanged.connect(lambda *_: self._ask_again())
        self.number.returnPressed.connect(self._ask_again)

    def _lay_out(self) -> None:
        bar, row = flowing()
        for text, field in (("W&ho", self.who), ("&Did", self.act), ("C&ustomer", self.number), ("&From", self.since),
                            ("&Until", self.until)):  # fmt: skip
            row.addWidget(_pair(text, field))
        deeds = QHBoxLayout()
        deeds.setSpacing(8)
        deeds.addWidget(self.check_button)
        deeds.addWidget(self.compare_button)
        deeds.addWidget(self.save_button)
        deeds.addStretch(1)
        deeds.addWidget(self.more_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 12, 0, 0)
        column.setSpacing(8)
        column.addWidget(bar)
        column.addWidget(self.verdict)
        column.addWidget(self.table, 1)
        column.addLayout(deeds)
        for one in (self.check_button, self.compare_button):  # they have a place now, else they flash up as windows
            one.setVisible(may(self.context.actor, Right.VERIFY))

    @property
    def wanted(self) -> AuditFilter:
        first = self.since.date()
        return AuditFilter(
            self.who.currentData() or "", self.act.currentData() or "", self.number.text().strip(),
            None if first == LONG_AGO else first.toPython(), self.until.date().toPython(),
        )  # fmt: skip

    # Asking and showing ----------------------------------------------------------------------------------------

    def ask(self) -> tuple[AuditPage, Choices]:
        """In a thread."""
        app, actor = self.context.app, self.context.actor
        return audit_log.events(app, actor, self.wanted), audit_log.choices(app, actor)

    def show_found(self, found: tuple[AuditPage, Choices]) -> str:
        """Fill the table; the sentence for the top of the page."""
        page, choices = found
        _fill(self.who, "Everybody", choices.people)
        _fill(self.act, "Everything", choices.acts)
        self._show(page, [])
        newest = f"The newest row is {self._rows[0].seq:,}. " if self._rows else "No row matches. "
        return f"{newest}Every write, opened page, search, revealed value, export and run is one row."

    def _show(self, page: AuditPage, before: list[AuditRow]) -> None:
        self._rows = [*before, *page.rows]
        self.table.show_rows([_texts(row) for row in self._rows])
        self.more_button.setVisible(page.more)

    def _ask_again(self) -> None:
        self.context.background(self.ask, self.show_found, None, self)

    def _older(self) -> None:
        app, actor, wanted, before = self.context.app, self.context.actor, self.wanted, self._rows
        self.context.background(
            lambda: audit_log.events(app, actor, wanted, before[-1].seq), lambda page: self._show(page, before),
            None, self,
        )  # fmt: skip

    def _open(self, row: int) -> None:
        number = self._rows[row].number if 0 <= row < len(self._rows) else ""
        if number and may(self.context.actor, Right.READ_CUSTOMER):
            self.context.open_page("customer", number=number)

    # Deeds -----------------------------------------------------------------------------------------------------

    def _check(self, *anchors: Path) -> None:
        app, actor = self.context.app, self.context.actor
        self._wait(True)

        def failed(error: Exception) -> None:
            self._wait(False)
            self.context.notice_error(error)

        self.context.job("Check the chain", lambda progress: audit_log.check(app, actor, progress, anchors),
                         self._checked, failed, lambda: self._wait(False), self)  # fmt: skip

    def _compare(self) -> None:
        """Check, against heads that somebody kept where this computer's administrators cannot write."""
        chosen, _ = QFileDialog.getOpenFileNames(self, "Compare with a kept anchor", "", ANCHORS)
        if chosen:
            self._check(*map(Path, chosen))

    def _wait(self, waiting: bool) -> None:
        for one in (self.check_button, self.compare_button):
            one.setEnabled(not waiting)

    def _checked(self, found: ChainCheck) -> None:
        self._wait(False)
        self.verdict.setText(verdict(found))
        self.verdict.setProperty("role", "" if found.ok else "fault")
        self.verdict.style().polish(self.verdict)
        self.verdict.setVisible(True)

    def _save(self) -> None:
        name, _ = QFileDialog.getSaveFileName(self, "Save the audit as CSV", "audit.csv", "CSV (*.csv)")
        if not name:
            return
        file = Path(name if name.lower().endswith(".csv") else f"{name}.csv")
        app, actor, wanted = self.context.app, self.context.actor, self.wanted
        self.context.job(
            "Save the audit", lambda _: audit_log.export(app, actor, wanted, file),
            lambda count: self.context.notify(f"{count:,} rows are in {file.name}; the file beside it holds the head."),
        )  # fmt: skip


def verdict(found: ChainCheck) -> str:
    """What a check found, with what it cannot know."""
    if found.first_bad is not None:
        table, row, why = found.first_bad
        where = "audit" if table == "audit_event" else "permission ledger" if table == "permission_event" else table
        return f"The {where} does not hold from row {row:,}: {why}. Keep the file as it is; compare it with a backup."
    wrong = [one for one in found.anchors if not one.ok]
    if wrong:
        return (
            f"The rows hold together, but {wrong[0].where} knows row {wrong[0].seq:,} with another head: rows were "
            "cut off or rewritten since."
        )
    if not found.anchors:
        kept = "No anchor lies beside this bank, so a cut end would not show: compare with one kept elsewhere."
    else:
        newest = max(found.anchors, key=lambda one: one.seq)
        which = "the anchor" if len(found.anchors) == 1 else f"the last of {len(found.anchors)} anchors"
        kept = f"It is certain back to {which} kept elsewhere, row {newest.seq:,}."
    back = f" The clock was set back {len(found.set_back)} times." if found.set_back else ""
    return f"All {found.rows:,} rows of audit and ledger hold together. {kept}{back}"


def _texts(row: AuditRow) -> tuple[str, ...]:
    why = "; ".join(part for part in (row.purpose, row.reason) if part)
    run = f"run {row.run[:8]}" if row.run else ""
    return (f"{row.seq:,}", f"{row.at.astimezone():%Y-%m-%d %H:%M:%S}", row.actor, row.role.replace("_", " "), row.act,
            row.object or run, row.number, row.fields, why or words.NOTHING)  # fmt: skip


class Day(QDateEdit):
    """A day, or "any day"; there Qt looks for a part of the date to edit and would keep Tab from leaving."""

    def focusNextPrevChild(self, forward: bool) -> bool:
        if self.date() == self.minimumDate():
            return QWidget.focusNextPrevChild(self, forward)
        return super().focusNextPrevChild(forward)


def _day(name: str, at: QDate) -> QDateEdit:
    made = Day(at)
    made.setCalendarPopup(True)
    made.setDisplayFormat("d MMM yyyy")
    made.setMinimumDate(LONG_AGO)
    made.setSpecialValueText("any day")
    made.setAccessibleName(name)
    return made


def _pair(text: str, field: QWidget) -> QWidget:
    both = QWidget()
    row = QHBoxLayout(both)
    row.setContentsMargins(0, 0, 8, 0)
    name = QLabel(text)
    name.setTextFormat(Qt.TextFormat.PlainText)
    name.setBuddy(field)
    field.setAccessibleName(text.replace("&", ""))
    row.addWidget(name)
    row.addWidget(field)
    return both


def _fill(box: QComboBox, every: str, values: tuple[str, ...]) -> None:
    """The choices anew; what was chosen stays so where it is still there."""
    chosen = box.currentData()
    box.blockSignals(True)
    box.clear()
    box.addItem(every, "")
    for value in values:
        box.addItem(value, value)
    box.setCurrentIndex(max(0, box.findData(chosen)))
    box.blockSignals(False)
