"""The tabs of a customer's page, each made when it is first looked at; without the right a tab is absent."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from crmdesk.desk.context import DeskContext
from crmdesk.desk.customers.answer import Answer
from crmdesk.desk.customers.cards import SegmentView
from crmdesk.desk.customers.documents import DocumentsTab
from crmdesk.desk.customers.history import HistoryTab
from crmdesk.desk.customers.money_tab import MoneyTab
from crmdesk.desk.customers.panels import PanelsTab, panels_for
from crmdesk.desk.customers.permissions_tab import PermissionsTab
from crmdesk.desk.customers.timeline_tab import TimelineTab
from crmdesk.desk.lazy_tabs import LazyTabs
from crmdesk.desk.work.customer_tasks import CustomerTasks
from crmdesk.desk.zoom import px
from crmdesk.domain.rights import Right, may
from crmdesk.services.customers import TimelineFilter

ANALYSIS = 560  # px at most: a card as wide as the page is hard to read


class CustomerTabs(LazyTabs):
    """`narrow(filter)` asks for the timeline anew."""

    def __init__(self, context: DeskContext, overview: QWidget, narrow: Callable[[TimelineFilter], None]) -> None:
        super().__init__("Parts of the customer's page")
        self.addTab(overview, "Overview")
        self._context, self._narrow = context, narrow
        self._rights: dict[str, Right] = {}  # what a tab needs, where it needs any
        self._add("timeline", "Timeline", self._timeline, lambda tab, a: tab.show_all(a.card.number, a.line, a.today),
                  Right.READ_INTERACTIONS)  # fmt: skip
        self._add("permissions", "Permissions", lambda: PermissionsTab(context), lambda tab, a: tab.show_now(a.grid),
                  Right.READ_PERMISSIONS)  # fmt: skip
        self._add("money", "Money", MoneyTab, lambda tab, a: tab.show_card(a.card), Right.READ_ACCOUNTS)
        self._add("analysis", "Analysis", lambda: AnalysisTab(context), lambda tab, a: tab.show_segment(a.segment),
                  Right.READ_RESULTS)  # fmt: skip
        self._add("tasks", "Tasks", lambda: CustomerTasks(context), _number, Right.READ_WORK)
        self._add(
            "documents",
            "Documents",
            lambda: DocumentsTab(context),
            lambda tab, a: tab.show_customer(a.card.number, a.reason, a.shut.get(Right.RECORD_PERMISSION, "")),
        )
        self._add("history", "History", lambda: HistoryTab(context),
                  lambda tab, a: tab.show_customer(a.card.number, a.reason), Right.READ_HISTORY)  # fmt: skip
        self._add("panels", "Panels", lambda: PanelsTab(context), _number)

    def _add(self, key: str, title: str, make: Callable[[], QWidget], fill: Callable[[Any, Answer], Any],
             right: Right | None = None) -> None:  # fmt: skip
        if right is not None and not may(self._context.actor, right):
            return
        if right is not None:
            self._rights[key] = right

        def fill_reached(widget: Any, answer: Answer) -> None:
            if right not in answer.shut:
                fill(widget, answer)

        self.add(key, title, make, fill_reached)

    def fill(self, answer: Answer) -> None:
        self.show_tab("panels", bool(panels_for(self._context)))
        for key, right in self._rights.items():
            self.show_tab(key, right not in answer.shut)
        super().fill(answer)

    def _timeline(self) -> TimelineTab:
        made = TimelineTab(self._context)
        made.asked.connect(self._narrow)
        return made

    # What is asked for by name -----------------------------------------------------------------------------------

    @property
    def timeline(self) -> TimelineTab:
        return self.part("timeline")

    @property
    def permissions(self) -> PermissionsTab:
        return self.part("permissions")

    @property
    def money(self) -> MoneyTab:
        return self.part("money")

    @property
    def documents(self) -> DocumentsTab:
        return self.part("documents")

    @property
    def history(self) -> HistoryTab:
        return self.part("history")

    @property
    def panels(self) -> PanelsTab:
        return self.part("panels")


class AnalysisTab(QWidget):
    """The segment once more, with room for every line."""

    def __init__(self, context: DeskContext) -> None:
        super().__init__()
        self.segment = SegmentView(context)
        self.segment.setMaximumWidth(px(ANALYSIS))
        row = QHBoxLayout()
        row.addWidget(self.segment, 1)
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 12, 0, 0)
        column.addLayout(row)
        column.addStretch(1)
        self.show_segment = self.segment.show_segment


def _number(tab: Any, answer: Answer) -> None:
    tab.show_customer(answer.card.number)
