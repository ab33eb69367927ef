"""Home: the bank in one sentence, the last runs, and where to go from here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from PySide6.QtCore import QLocale, Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from crmdesk.desk.context import DeskContext
from crmdesk.desk.page import Page
from crmdesk.desk.results.picture import Picture
from crmdesk.desk.results.segments import OVERVIEW, overview
from crmdesk.desk.results.twin import PictureWidget
from crmdesk.desk.widgets import Card, button, clear, label, scrolled
from crmdesk.domain.rights import Right, may
from crmdesk.mining.record import RunRecord
from crmdesk.services import customers, mining

LAST = 5
TALL = 290  # px of the map: at 1024 x 700 the first runs still show beneath


@dataclass(frozen=True)
class Facts:
    """What Home says: customers, the last invented day, the last runs, the analyses at hand, the last segmentation."""

    customers: int
    invented_until: date | None
    runs: tuple[RunRecord, ...]
    analyses: int
    segments: tuple[RunRecord, Picture] | None = None


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
        self._map = Card()
        self._map_rows = QVBoxLayout()
        self._map.rows.addLayout(self._map_rows)
        self._map.setVisible(False)
        inner = QWidget()
        grid = QGridLayout(inner)
        grid.setContentsMargins(0, 8, 0, 0)
        grid.setSpacing(16)
        grid.addWidget(self._map, 0, 0, 1, 2)
        grid.addWidget(self._runs, 1, 0, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(self._go, 1, 1, Qt.AlignmentFlag.AlignTop)
        grid.setColumnStretch(0, 3)
        grid.setColumnStretch(1, 2)
        grid.setRowStretch(2, 1)
        whole = QVBoxLayout(self.body)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(scrolled(inner))

    def refresh(self) -> None:
        self.load(self._ask, self._show)

    def _ask(self) -> Facts:
        app, actor = self.context.app, self.context.actor
        assert app is not None
        seen = may(actor, Right.READ_CUSTOMER)
        count = customers.count(app, actor) if seen else 0
        runs = tuple(mining.runs(app, actor)[:LAST]) if may(actor, Right.READ_RUNS) else ()
        until = app.store.state().invented_until
        return Facts(count, until, runs, len(mining.analyses(app)), self._last_segments(runs))

    def _last_segments(self, runs: tuple[RunRecord, ...]) -> tuple[RunRecord, Picture] | None:
        """The newest run with segments among `runs`, and its picture."""
        if not may(self.context.actor, Right.READ_RESULTS):
            return None
        for run in runs:
            if run.outcome == "done" and run.gives == "Segments":
                found = mining.get_run(self.context.app, self.context.actor, run.uuid, tables=OVERVIEW)
                picture = overview(found.result.tables) if found.result is not None else None
                return (run, picture) if picture is not None else None
        return None

    def _show(self, facts: Facts) -> None:
        number = QLocale().toString
        name = self.context.app.path.stem  # type: ignore[union-attr]
        people = "no customers yet" if not facts.customers else f"{number(facts.customers)} customers"
        until = f", invented data to {facts.invented_until:%d %b %Y}" if facts.invented_until else ""
        self.say(f"{name} holds {people}{until}.")
        self._tag.setVisible(facts.invented_until is not None)
        self._show_map(facts.segments)
        self._show_runs(facts.runs)
        self._show_ways(facts)

    def _show_map(self, found: tuple[RunRecord, Picture] | None) -> None:
        clear(self._map_rows)
        self._map.setVisible(found is not None)
        if found is not None:
            run, picture = found
            shown = PictureWidget(picture, self.context, run.verdict)
            shown.setFixedHeight(TALL)
            self._map_rows.addWidget(shown)
            row = QHBoxLayout()
            row.addWidget(button("See the segment map", lambda: self.context.open_page("result", run=run.uuid)))
            row.addStretch(1)
            self._map_rows.addLayout(row)

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
