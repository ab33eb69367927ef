"""Home: the bank in one sentence, the last runs, and where to go from here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from PySide6.QtCore import QLocale, Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from crmdesk.desk.context import DeskContext
from crmdesk.desk.page import Page
from crmdesk.desk.widgets import Card, button, clear, label
from crmdesk.domain.rights import Right, may
from crmdesk.mining.record import RunRecord
from crmdesk.services import customers, mining

LAST = 5


@dataclass(frozen=True)
class Facts:
    """What Home says: customers in the bank, the last invented day, the last runs and the analyses at hand."""

    customers: int
    invented_until: date | None
    runs: tuple[RunRecord, ...]
    analyses: int


class HomePage(Page):
    """A small page: every number on it opens its rows."""

    name: ClassVar[str] = "home"
    tables: ClassVar[frozenset[str]] = frozenset({"run", "customer"})

    def __init__(self, context: DeskContext) -> None:
        super().__init__(context, "Home")
        self._tag = label("Invented data", "tag")
        self._tag.setVisible(False)
        self.deeds.addWidget(self._tag)
        self._runs, self._go = Card("Last runs"), Card("Start here")
        self._run_rows, self._go_rows = QVBoxLayout(), QVBoxLayout()
        for card, rows in ((self._runs, self._run_rows), (self._go, self._go_rows)):
            rows.setSpacing(4)
            card.rows.addLayout(rows)
        across = QHBoxLayout(self.body)
        across.setContentsMargins(0, 8, 0, 0)
        across.setSpacing(16)
        across.addWidget(self._runs, 3, Qt.AlignmentFlag.AlignTop)
        across.addWidget(self._go, 2, Qt.AlignmentFlag.AlignTop)

    def refresh(self) -> None:
        self.load(self._ask, self._show)

    def _ask(self) -> Facts:
        app, actor = self.context.app, self.context.actor
        assert app is not None
        seen = may(actor, Right.READ_CUSTOMER)
        count = len(customers.find(app, actor, customers.CustomerQuery())) if seen else 0
        runs = tuple(mining.runs(app, actor)[:LAST]) if may(actor, Right.READ_RUNS) else ()
        return Facts(count, app.store.state().invented_until, runs, len(mining.analyses(app)))

    def _show(self, facts: Facts) -> None:
        number = QLocale().toString
        name = self.context.app.path.stem  # type: ignore[union-attr]
        people = "no customers yet" if not facts.customers else f"{number(facts.customers)} customers"
        until = f", invented data to {facts.invented_until:%d %b %Y}" if facts.invented_until else ""
        self.say(f"{name} holds {people}{until}.")
        self._tag.setVisible(facts.invented_until is not None)
        self._show_runs(facts.runs)
        self._show_ways(facts)

    def _show_runs(self, runs: tuple[RunRecord, ...]) -> None:
        clear(self._run_rows)
        if not runs:
            self._run_rows.addWidget(label("Nothing was analysed in this bank yet.", "muted", wrap=True))
        for run in runs:
            self._run_rows.addWidget(self._run_row(run))

    def _run_row(self, run: RunRecord) -> QWidget:
        row = QWidget()
        column = QVBoxLayout(row)
        column.setContentsMargins(0, 0, 0, 4)
        column.setSpacing(0)
        opens = button(f"{run.title or run.analysis}   {run.began_at:%d %b %Y %H:%M}",
                       lambda: self.context.open_page("result", run=run.uuid), "row", "Open this result")  # fmt: skip
        words = label(run.verdict, "muted", wrap=True)
        words.setContentsMargins(12, 0, 8, 0)
        column.addWidget(opens)
        column.addWidget(words)
        return row

    def _show_ways(self, facts: Facts) -> None:
        clear(self._go_rows)
        ways = []
        if facts.customers:
            ways.append((f"Look at the {QLocale().toString(facts.customers)} customers", "customers"))
        if facts.analyses:
            ways.append(("Choose an analysis", "analyses"))
        ways += [("Read the results", "runs"), ("See the plugins", "plugins")]
        if not facts.customers:
            words = f"Import customers first: crmdesk import {self.context.app.path} FOLDER"  # type: ignore[union-attr]
            self._go_rows.addWidget(label(words, wrap=True))
        for at, (title, page) in enumerate(ways):
            self._go_rows.addWidget(button(title, lambda p=page: self.context.open_page(p), "" if at else "primary"))
