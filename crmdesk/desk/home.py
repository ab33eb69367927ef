"""Home: the bank in one sentence, what is due, the last segmentation and runs, and where to go from here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar

from PySide6.QtCore import QLocale
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from crmdesk.desk.context import DeskContext
from crmdesk.desk.home_cards import BackupCard, DueCard, HomeCard, PermissionsCard
from crmdesk.desk.page import Page
from crmdesk.desk.results.picture import Picture
from crmdesk.desk.results.segments import OVERVIEW, overview
from crmdesk.desk.results.twin import PictureWidget
from crmdesk.desk.widgets import button, label, scrolled
from crmdesk.desk.work import moments
from crmdesk.desk.zoom import px
from crmdesk.domain.change import Change
from crmdesk.domain.rights import HOLDERS, Reach, Right, grant, may
from crmdesk.mining.record import RunRecord
from crmdesk.services import customers, mining, tasks
from crmdesk.services.tasks import Agenda

LAST = 5
PLUGIN_READERS = HOLDERS[Right.MANAGE_PLUGINS] | HOLDERS[Right.READ_RUNS]  # as the rail has it
TALL = 290  # px of the map


@dataclass(frozen=True)
class Facts:
    """What Home's sentence says: customers, the last invented day, the tasks due (None: not this person's)."""

    customers: int | None
    invented_until: date | None
    agenda: Agenda | None
    now: datetime


class MapCard(HomeCard):
    """The picture of the newest run with segments; the card is not there without one."""

    def ask(self) -> tuple[RunRecord, Picture] | None:
        app, actor = self.context.app, self.context.actor
        for run in mining.runs(app, actor)[:LAST]:
            if run.outcome == "done" and run.gives == "Segments":
                found = mining.get_run(app, actor, run.uuid, tables=OVERVIEW)
                picture = overview(found.result.tables) if found.result is not None else None
                return (run, picture) if picture is not None else None
        return None

    def show_found(self, found: tuple[RunRecord, Picture] | None) -> None:
        self.setVisible(found is not None)
        if found is not None:
            run, picture = found
            shown = PictureWidget(picture, self.context, run.verdict)
            shown.setFixedHeight(px(TALL))
            self.lines.addWidget(shown)
            self.add_buttons(button("See the segment map", lambda: self.context.open_page("result", run=run.uuid)))


class RunsCard(HomeCard):
    """The last runs with their verdicts."""

    def ask(self) -> list[RunRecord]:
        return mining.runs(self.context.app, self.context.actor)[:LAST]

    def show_found(self, found: list[RunRecord]) -> None:
        if not found:
            self.say("Nothing was analysed in this bank yet.", "muted")
        for run in found:
            self.lines.addWidget(self._line(run))

    def _line(self, run: RunRecord) -> QWidget:
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


class WaysCard(HomeCard):
    """Where to go from here."""

    def ask(self) -> tuple[int | None, int]:
        app, actor = self.context.app, self.context.actor
        seen = may(actor, Right.READ_CUSTOMER)
        runs = may(actor, Right.RUN_ANALYSIS)
        return customers.count(app, actor) if seen else None, len(mining.analyses(app)) if runs else 0

    def show_found(self, found: tuple[int | None, int]) -> None:
        people, analyses = found
        ways = [(f"Look at the {QLocale().toString(people)} customers", "customers")] if people else []
        ways += [("Choose an analysis", "analyses")] if analyses else []
        actor = self.context.actor
        ways += [("Read the results", "runs")] if may(actor, Right.READ_RUNS) else []
        ways += [("See the plugins", "plugins")] if actor.roles & PLUGIN_READERS else []
        ways += [("See users and roles", "administration")] if may(actor, Right.READ_USERS) and not actor.single else []
        if people == 0 and may(actor, Right.IMPORT):
            self.say(f"Import customers first: crmdesk import {self.context.app.path} FOLDER")  # type: ignore[union-attr]
        for at, (title, page) in enumerate(ways):
            self.lines.addWidget(
                button(title, lambda p=page: self.context.open_page(p), "" if at else "primary")  # type: ignore[misc]
            )


class HomePage(Page):
    """Every number opens its rows; a card that a person has no right to see is absent, one that fails fails alone."""

    name: ClassVar[str] = "home"
    tables: ClassVar[frozenset[str]] = frozenset({"run", "customer"})

    def __init__(self, context: DeskContext) -> None:
        super().__init__(context, "Home")
        self._tag = label("Invented data", "tag")
        self._tag.setVisible(False)
        self.deeds.addWidget(self._tag)
        self.cards: list[HomeCard] = []
        self._map = MapCard(context)
        self._map.setVisible(False)
        inner = QWidget()
        grid = QGridLayout(inner)
        grid.setContentsMargins(0, 8, 0, 0)
        grid.setSpacing(16)
        main = self._admit((DueCard(context), Right.READ_WORK), (RunsCard(context, "Last runs"), Right.READ_RUNS))
        side = self._admit((PermissionsCard(context), Right.READ_PERMISSIONS), (BackupCard(context), Right.BACKUP))
        self._lay_out_cards(grid, main, side, WaysCard(context, "Start here"))
        grid.setColumnStretch(0, 3)
        grid.setColumnStretch(1, 2)
        grid.setRowStretch(3, 1)
        whole = QVBoxLayout(self.body)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(scrolled(inner))

    def _lay_out_cards(self, grid: QGridLayout, main: list[HomeCard], side: list[HomeCard], ways: HomeCard) -> None:
        """Two columns, the map across them; where a role has few cards those move up, so that no hole is left."""
        self.cards.append(ways)
        if len(main) > 1:
            grid.addWidget(main[1], 2, 0)
            grid.addWidget(ways, 2, 1)
        else:
            side.append(ways)
        first = main[:1] or [side.pop(0)]
        grid.addWidget(first[0], 0, 0)
        aside = QVBoxLayout()
        aside.setSpacing(16)
        for card in side:
            aside.addWidget(card)
        aside.addStretch(1)
        grid.addLayout(aside, 0, 1)
        if may(self.context.actor, Right.READ_RESULTS) and may(self.context.actor, Right.READ_RUNS):
            self.cards.append(self._map)
            grid.addWidget(self._map, 1, 0, 1, 2)

    def _admit(self, *offered: tuple[HomeCard, Right]) -> list[HomeCard]:
        """Those cards that say what the person may see; the others are never asked."""
        found = []
        for card, right in offered:
            if may(self.context.actor, right):
                found.append(card)
            else:
                card.setParent(self)
                card.setVisible(False)
        self.cards += found
        return found

    def cares_about(self, change: Change) -> bool:
        """Only in front: it is asked anew whenever it is opened."""
        return self.isVisible() and super().cares_about(change)

    def refresh(self) -> None:
        self.load(self._ask, self._show)
        for card in self.cards:
            card.refresh()

    def _ask(self) -> Facts:
        app, actor = self.context.app, self.context.actor
        assert app is not None
        count = customers.count(app, actor) if may(actor, Right.READ_CUSTOMER) else None
        now = app.store.clock()
        works = may(actor, Right.READ_WORK)
        agenda = tasks.agenda(app, actor, moments.end_of_day(now)) if works else None
        return Facts(count, app.store.state().invented_until, agenda, now)

    def _show(self, facts: Facts) -> None:
        number = QLocale().toString
        name = self.context.app.path.stem  # type: ignore[union-attr]
        until = f", invented data to {facts.invented_until:%d %b %Y}" if facts.invented_until else ""
        due = f" {moments.agenda_words(facts.agenda, facts.now)}" if facts.agenda and facts.agenda.due else ""
        people = "no customers yet" if not facts.customers else f"{number(facts.customers)} customers"
        cell = grant(self.context.actor, Right.READ_CUSTOMER)
        holds = "shows you" if cell is not None and cell.reach != Reach.ALL else "holds"
        self.say(f"{name} is open{until}." if facts.customers is None else f"{name} {holds} {people}{until}.{due}")
        self._tag.setVisible(facts.invented_until is not None)
