"""One customer: who it is, what is permitted, what happened, what is held, what is to be done, who is around."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, ClassVar

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QTabWidget, QVBoxLayout, QWidget

from crmdesk.desk import words
from crmdesk.desk.context import DeskContext
from crmdesk.desk.customers.cards import SegmentView
from crmdesk.desk.customers.customer_deeds import Header
from crmdesk.desk.customers.documents import DocumentsTab
from crmdesk.desk.customers.history import HistoryTab
from crmdesk.desk.customers.money_tab import MoneyTab
from crmdesk.desk.customers.overview import Overview
from crmdesk.desk.customers.panels import PanelsTab
from crmdesk.desk.customers.permissions_tab import PermissionsTab
from crmdesk.desk.customers.timeline_tab import TimelineTab
from crmdesk.desk.page import Page
from crmdesk.desk.widgets import Elided, scrolled
from crmdesk.desk.work.customer_tasks import CustomerTasks
from crmdesk.desk.zoom import px
from crmdesk.domain.change import ALL, Change
from crmdesk.domain.errors import BadInput
from crmdesk.domain.rights import Right, may
from crmdesk.services import customers, offers, own_values, permissions, surroundings, tasks
from crmdesk.services.customers import CustomerCard, SegmentCard, Timeline, TimelineFilter
from crmdesk.services.offers import Recommendation
from crmdesk.services.own_values import OwnValue
from crmdesk.services.permissions import Grid
from crmdesk.services.surroundings import Surroundings
from crmdesk.services.tasks import TaskRow

WIDE = 1080  # px of page from which what to do gets a column of its own
TABLES = frozenset({
    "customer", "interaction", "permission_event", "holding", "balance_month", "contact", "segment",
    "recommended_action", "household", "household_member", "relation", "interest", "life_event", "document",
    "custom_field", "task", "opportunity",
})  # fmt: skip


@dataclass(frozen=True)
class _Answer:
    """What the page shows; None where the person has no right to read it."""

    card: CustomerCard
    own: list[OwnValue]
    grid: Grid
    line: Timeline
    around: Surroundings
    segment: SegmentCard | None
    offers: list[Recommendation] | None
    tasks: list[TaskRow] | None
    today: date


class CustomerPage(Page):
    """`arrive(number=)` opens a customer, once more audited."""

    name: ClassVar[str] = "customer"
    tables: ClassVar[frozenset[str]] = TABLES

    def __init__(self, context: DeskContext) -> None:
        super().__init__(context, "Customer")
        self.number = ""
        self._today, self.now = date.today(), datetime.now(UTC)  # by the bank's clock once a customer is shown
        self.subtitle = Elided()
        self.subtitle.setProperty("role", "muted")
        head: Any = self.layout().itemAt(0).layout()  # type: ignore[union-attr] - the title's row
        head.insertWidget(1, self.subtitle, 1)
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self.tabs.setUsesScrollButtons(True)
        self.tabs.setAccessibleName("Parts of the customer's page")
        self.overview = Overview(context, lambda: self.tabs.setCurrentWidget(self.money_tab),
                                 lambda: self.tabs.setCurrentWidget(self.tasks_tab))  # fmt: skip
        self.overview.grid.evidence_asked.connect(self._show_evidence)
        self._make_tabs()
        self.header = Header(self)
        column = QVBoxLayout(self.body)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.tabs)
        self.overview.arrange(self.width() >= px(WIDE))

    def _make_tabs(self) -> None:
        context, actor = self.context, self.context.actor
        self.timeline_tab, self.permissions_tab = TimelineTab(context), PermissionsTab(context)
        self.money_tab, self.analysis = MoneyTab(), SegmentView(context)
        self.tasks_tab, self.documents_tab = CustomerTasks(context), DocumentsTab(context)
        self.history_tab, self.panels_tab = HistoryTab(context), PanelsTab(context)
        self.timeline_tab.asked.connect(self._narrow)
        for tab, title, right in (
            (scrolled(self.overview), "Overview", None), (self.timeline_tab, "Timeline", Right.READ_INTERACTIONS),
            (self.permissions_tab, "Permissions", None), (self.money_tab, "Money", Right.READ_ACCOUNTS),
            (self._analysis(), "Analysis", Right.READ_RESULTS), (self.tasks_tab, "Tasks", Right.READ_WORK),
            (self.documents_tab, "Documents", None), (self.history_tab, "History", Right.READ_HISTORY),
            (self.panels_tab, "Panels", None),
        ):  # fmt: skip
            if right is None or may(actor, right):
                self.tabs.addTab(tab, title)
            else:
                tab.setParent(self)  # kept out of sight: without the right the tab is absent
                tab.setVisible(False)

    def _analysis(self) -> QWidget:
        tab = QWidget()
        column = QVBoxLayout(tab)
        column.setContentsMargins(0, 12, 0, 0)
        row = QHBoxLayout()
        self.analysis.setMaximumWidth(px(560))
        row.addWidget(self.analysis, 1)
        row.addStretch(1)
        column.addLayout(row)
        column.addStretch(1)
        return tab

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if (event.size().width() >= px(WIDE)) != (event.oldSize().width() >= px(WIDE)):
            self.overview.arrange(event.size().width() >= px(WIDE))

    def arrive(self, **args: Any) -> None:
        number = args.get("number", self.number)
        if number != self.number:
            self.number = number
            self.tabs.setCurrentIndex(0)
        app, actor = self.context.app, self.context.actor
        if number:
            self.context.background(lambda: customers.note_opened(app, actor, number), lambda _: None,
                                    lambda _: None, self)  # fmt: skip
        self.refresh()

    def cares_about(self, change: Change) -> bool:
        """A plugin turned on or off brings its panels or takes them away."""
        return bool(self.number) and (super().cares_about(change) or change.kind == "plugins"
                                      or ALL in change.touched)  # fmt: skip

    def show_error(self, error: Exception, again: Callable[[], Any] | None = None) -> None:
        """An unknown number empties the page: nothing of another customer may stand under the sentence."""
        if not isinstance(error, BadInput):
            super().show_error(error, again)
            return
        self.title.setText("Customer")
        self.subtitle.setText("")
        self.say("")
        self.header.show(False)
        self.show_no_match(str(error), ("See customers", lambda: self.context.open_page("customers")))

    def refresh(self) -> None:
        self.header.show(bool(self.number))
        if not self.number:
            self.show_empty("No customer is chosen.", "See customers", lambda: self.context.open_page("customers"))
            return
        number = self.number
        self.load(lambda: self._ask(number), self._show)

    def _ask(self, number: str) -> _Answer:
        """Everything that the first look needs, in one go; called in a thread."""
        app, actor = self.context.app, self.context.actor
        mined = may(actor, Right.READ_RESULTS)
        found = customers.segment(app, actor, number) if mined else None
        made = offers.of_customer(app, actor, number) if mined else None
        grid = permissions.grid(app, actor, number)
        todo = tasks.of_customer(app, actor, number) if may(actor, Right.READ_WORK) else None
        return _Answer(
            customers.get(app, actor, number), own_values.of_customer(app, actor, number), grid,
            customers.timeline(app, actor, number), surroundings.of_customer(app, actor, number), found, made, todo,
            grid.at.date(),
        )  # fmt: skip

    def _show(self, found: _Answer) -> None:
        if found.card.number != self.number:
            return  # another customer was opened meanwhile
        card, parts, self._today, self.now = found.card, self.overview, found.today, found.grid.at
        self.title.setText(card.name)
        self.subtitle.setText("   ".join(self._subtitle(found)))
        self.subtitle.setToolTip(self.subtitle.text())
        self.say(permissions.sentence(found.grid.rows[0]))
        parts.identity.show_card(card, found.own)
        parts.around.show_all(card.number, found.around, self.now)
        parts.products.show_card(card)
        self.header.show_permissions(found.grid)
        parts.permissions_card.show_now(found.grid)
        parts.segment.show_segment(found.segment)
        parts.segment.setVisible(may(self.context.actor, Right.READ_RESULTS))
        parts.recommended.show_all(found.offers)
        parts.tasks.show_all(card.number, found.tasks, found.grid.at)
        year_ago = date(found.today.year - 1, found.today.month, 1)
        parts.picture.show_line(found.line, year_ago, found.today)
        self._fill_tabs(found)

    def _fill_tabs(self, found: _Answer) -> None:
        number = found.card.number
        self.money_tab.show_card(found.card)
        self.permissions_tab.show_now(found.grid)
        self.analysis.show_segment(found.segment)
        self.timeline_tab.show_all(found.line, found.today)
        self.tasks_tab.show_customer(number)
        self.documents_tab.show_customer(number)
        self.history_tab.show_customer(number)
        self.tabs.setTabVisible(self.tabs.indexOf(self.panels_tab), self.panels_tab.show_customer(number))

    @staticmethod
    def _subtitle(found: _Answer) -> list[str]:
        card = found.card
        parts = [card.number, "company" if card.kind == "company" else "person"]
        if found.segment:
            parts.append(found.segment.name)
        if card.left_on:
            parts.append(f"left {words.on(card.left_on)}")
        if card.restricted:
            parts.append("restricted")
        return parts

    def _narrow(self, wanted: TimelineFilter) -> None:
        app, actor, number = self.context.app, self.context.actor, self.number
        self.context.background(
            lambda: customers.timeline(app, actor, number, wanted),
            lambda line: self.timeline_tab.show_line(line, self._today), self.show_error, self,
        )  # fmt: skip

    def _show_evidence(self, seq: int | None) -> None:
        self.tabs.setCurrentWidget(self.permissions_tab)
        self.permissions_tab.point_to(seq)

    def toggle_twin(self) -> None:
        """Key T: from the timeline's picture to its list, and back."""
        if self.tabs.currentWidget() is self.timeline_tab:
            self.tabs.setCurrentIndex(0)
            self.overview.picture.setFocus()
        else:
            self.tabs.setCurrentWidget(self.timeline_tab)
            self.timeline_tab.list.setFocus()
