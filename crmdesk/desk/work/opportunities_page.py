"""The page of opportunities: what is under way and worth in one sentence, as a board and as a list."""

from __future__ import annotations

from typing import ClassVar

from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QPushButton, QStackedWidget, QVBoxLayout

from crmdesk.desk import words
from crmdesk.desk.context import DeskContext
from crmdesk.desk.page import Page
from crmdesk.desk.plain_table import PlainTable
from crmdesk.desk.widgets import button
from crmdesk.desk.work import stages
from crmdesk.desk.work.board import Board
from crmdesk.desk.work.opportunity_dialog import LostDialog, OpportunityDialog
from crmdesk.domain.change import Change
from crmdesk.domain.rights import Right, may
from crmdesk.domain.work import OPEN_STAGES, STAGES
from crmdesk.services import opportunities
from crmdesk.services.opportunities import OpportunityRow

TITLES = ("Stage", "What", "Customer", "Value", "Next step", "Owner")
WIDTHS = (84, 0, 170, 100, 200, 90)


class OpportunitiesPage(Page):
    """Key T changes between board and list."""

    name: ClassVar[str] = "opportunities"
    tables: ClassVar[frozenset[str]] = frozenset({"opportunity"})

    def __init__(self, context: DeskContext) -> None:
        super().__init__(context, "Opportunities")
        self._may = may(context.actor, Right.EDIT_WORK)
        self._rows: list[OpportunityRow] = []
        self.board = Board(context)
        self.board.asked.connect(self.do)
        self.board.chosen_changed.connect(self._follow)
        self.list = PlainTable("Opportunities", TITLES, WIDTHS, frozenset({3}))
        self.list.doubleClicked.connect(lambda *_: self._do_chosen("edit"))
        self.list.activated.connect(lambda *_: self._do_chosen("edit"))
        self.list.selectionModel().selectionChanged.connect(lambda *_: self._follow())
        self.all = QCheckBox("Those of colleagues too")
        self.all.toggled.connect(lambda *_: self.refresh())
        self.shape = button("Show as a list", self.toggle_twin, "", "Board or list (T)")
        if self._may:
            self.new_button = self.add_deed("New opportunity", self.new, "primary", "Write down an opportunity")
        self._ways = QStackedWidget()
        self._ways.addWidget(self.board)
        self._ways.addWidget(self.list)
        column = QVBoxLayout(self.body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        top = QHBoxLayout()
        top.setSpacing(8)
        top.addWidget(self.shape)
        top.addWidget(self.all)
        top.addStretch(1)
        column.addLayout(top)
        column.addWidget(self._ways, 1)
        self._buttons: dict[str, QPushButton] = {}
        column.addLayout(self._deeds())

    def _deeds(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        ways = (("back", "Move back", "Ctrl+Shift+Left"), ("on", "Move on", "Ctrl+Shift+Right"),
                ("lost", "Mark as lost...", ""), ("edit", "Change opportunity...", "Enter"),
                ("open", "Open customer", "O"))  # fmt: skip
        for key, title, shortcut in ways:
            if self._may or key == "open":
                tip = f"{title.rstrip('.')} ({shortcut})" if shortcut else title.rstrip(".")
                self._buttons[key] = button(title, lambda k=key: self._do_chosen(k), "", tip)
                row.addWidget(self._buttons[key])
        row.addStretch(1)
        return row

    def refresh(self) -> None:
        app, actor, mine = self.context.app, self.context.actor, not self.all.isChecked()
        self.load(lambda: opportunities.board(app, actor, mine), self._show)

    def toggle_twin(self) -> None:
        self._ways.setCurrentIndex(1 - self._ways.currentIndex())
        self.shape.setText("Show as a list" if self._ways.currentIndex() == 0 else "Show as a board")
        self.shape.setAccessibleName(self.shape.text())
        if self._rows and self._ways.currentIndex() == 1 and not self.list.currentIndex().isValid():
            chosen = self.board.current()
            self.list.selectRow(next((at for at, row in enumerate(self._rows) if chosen and row.id == chosen.id), 0))
        self._follow()

    def find(self) -> None:
        self._ways.currentWidget().setFocus()

    def _show(self, board: dict[str, list[OpportunityRow]]) -> None:
        self.say(sentence(board))
        self._rows = [row for stage in STAGES for row in board[stage]]
        self.board.show_board(board)
        chosen = self.list.currentIndex().row()
        self.list.show_rows([
            (stages.TITLES[row.stage], row.title, f"{row.name}  {row.number}" if row.name != row.number else row.number,
             words.money(row.value, row.currency), stages.next_words(row), row.owner_name)
            for row in self._rows
        ])  # fmt: skip
        if 0 <= chosen < len(self._rows):
            self.list.selectRow(chosen)
        self._follow()
        if self._may:
            self.new_button.setVisible(bool(self._rows))  # one filled button in a view: the empty page has its own
        if not self._rows:
            ways = [("Write down an opportunity", self.new)] if self._may else []
            ways += [("See those of colleagues", lambda: self.all.setChecked(True))] if not self.all.isChecked() else []
            self.show_no_match("No opportunity was written down yet.", *ways)

    def _chosen(self) -> OpportunityRow | None:
        if self._ways.currentIndex() == 0:
            return self.board.current()
        at = self.list.currentIndex().row()
        return self._rows[at] if 0 <= at < len(self._rows) else None

    def _follow(self) -> None:
        row = self._chosen()
        can = dict.fromkeys(self._buttons, row is not None)
        if row is not None:
            can |= {"back": row.stage != STAGES[0], "on": row.stage in OPEN_STAGES, "lost": row.stage != "lost"}
        for key, made in self._buttons.items():
            made.setEnabled(can[key])

    def new(self, number: str = "") -> None:
        OpportunityDialog(self.context, self, number=number).open()

    def _do_chosen(self, key: str) -> None:
        row = self._chosen()
        if row is None or not self._buttons.get(key, self.shape).isEnabled():
            return
        if key in ("back", "on"):
            at = STAGES.index(row.stage)
            # Back from lost is to follow-up: it was never won.
            to = "follow_up" if row.stage == "lost" else STAGES[at - 1 if key == "back" else at + 1]
            self.do("move", row, to)
        else:
            self.do("move" if key == "lost" else key, row, "lost" if key == "lost" else "")

    def do(self, deed: str, row: OpportunityRow, stage: str) -> None:
        """Edit an opportunity, open its customer, or move it; a lost one is asked why."""
        if deed == "open":
            self.context.open_page("customer", number=row.number)
        elif self._may and deed == "edit":
            OpportunityDialog(self.context, self, row=row).open()
        elif self._may and deed == "move" and stage == "lost":
            LostDialog(self.context, self, row).open()
        elif self._may and deed == "move":
            self._move(row, stage)

    def _move(self, row: OpportunityRow, stage: str) -> None:
        app, actor = self.context.app, self.context.actor

        def moved(change: Change) -> None:
            self.context.changed(change)
            self.context.notify(f"{row.title}: {stages.TITLES[stage].lower()}. Ctrl+Z takes it back.")

        def failed(error: Exception) -> None:
            self.refresh()
            self.context.notice_error(error)

        self.context.background(lambda: opportunities.move(app, actor, row.id, row.version, stage), moved, failed, self)


def sentence(board: dict[str, list[OpportunityRow]]) -> str:
    """The head: "7 opportunities are under way, worth EUR 41,000; 2 have no next step."."""
    under_way = [row for stage in OPEN_STAGES for row in board[stage]]
    if not under_way:
        return "No opportunity is under way." if any(board.values()) else ""
    many = "1 opportunity is" if len(under_way) == 1 else f"{len(under_way)} opportunities are"
    together = stages.worth(under_way)
    idle = sum(not row.next_step and row.next_on is None for row in under_way)
    tail = f"; {idle} {'has' if idle == 1 else 'have'} no next step" if idle else ""
    return f"{many} under way{f', worth {together}' if together else ''}{tail}."
