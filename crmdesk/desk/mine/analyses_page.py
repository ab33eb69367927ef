"""Every analysis that can be run here, by family, plugins included."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Any, ClassVar

from PySide6.QtWidgets import QHBoxLayout

from crmdesk.desk.context import DeskContext
from crmdesk.desk.page import Page
from crmdesk.desk.widgets import Card, button, card_column, clear, label
from crmdesk.domain.change import Change
from crmdesk.domain.filter import Chip
from crmdesk.services import mining
from crmdesk.services.mining import AnalysisInfo


class AnalysesPage(Page):
    """Cards by family; each opens its form."""

    name: ClassVar[str] = "analyses"

    def __init__(self, context: DeskContext) -> None:
        super().__init__(context, "Analyses")
        self._column = card_column(self.body)
        self._population: Sequence[Chip] | None = None  # of the list that somebody came from

    def arrive(self, population: Sequence[Chip] | None = None, **args: Any) -> None:
        self._population = population
        self.refresh()

    def refresh(self) -> None:
        self.load(lambda: mining.analyses(self.context.app), self._show)

    def cares_about(self, change: Change) -> bool:
        return change.kind == "plugins"

    def _show(self, found: list[AnalysisInfo]) -> None:
        clear(self._column)
        if not found:
            self.say("")
            self.show_empty("No analysis is here: every one comes with a plugin, and none is turned on.",
                            "Open the plugins", lambda: self.context.open_page("plugins"))  # fmt: skip
            return
        said = f"{len(found)} {'analysis' if len(found) == 1 else 'analyses'} can be run on this bank"
        self.say(f"{said}, with the customers of your filter." if self._population else f"{said}.")
        for family, group in groupby(sorted(found, key=lambda a: a.id), key=lambda a: a.id.partition(".")[0]):
            self._column.addWidget(label(family.replace("_", " ").capitalize(), "heading"))
            for one in group:
                self._column.addWidget(self._card(one))
            self._column.addSpacing(8)

    def _card(self, one: AnalysisInfo) -> Card:
        card = Card(one.title)
        card.rows.addWidget(label(one.summary, wrap=True))
        row = QHBoxLayout()
        row.addWidget(label(f"{one.id}   from {one.plugin}   gives {one.gives}   for {one.purpose}", "muted"), 1)
        go = button("Set up...", lambda: self._set_up(one.id), tip=f"Set up {one.title}")
        go.setAccessibleName(f"Set up {one.title}")
        row.addWidget(go)
        card.rows.addLayout(row)
        return card

    def _set_up(self, analysis: str) -> None:
        more = {"population": tuple(self._population)} if self._population is not None else {}
        self.context.open_page("analysis", analysis=analysis, **more)
