"""One customer: who it is, what is permitted, what happened, what is held, and where the mining puts them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, ClassVar

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QTabWidget, QVBoxLayout, QWidget

from crmdesk.desk import words
from crmdesk.desk.context import DeskContext
from crmdesk.desk.customers.cards import IdentityCard, ProductsCard, SegmentView
from crmdesk.desk.customers.permission_grid import PermissionGrid
from crmdesk.desk.customers.permissions_tab import PermissionsTab
from crmdesk.desk.customers.recommended import RecommendedCard
from crmdesk.desk.customers.tabs import MoneyTab, TimelineTab
from crmdesk.desk.customers.timeline import TimelinePicture
from crmdesk.desk.page import Page
from crmdesk.desk.widgets import Card, label, scrolled
from crmdesk.domain.errors import BadInput
from crmdesk.domain.rights import Right, may
from crmdesk.services import customers, offers, permissions
from crmdesk.services.customers import CustomerCard, SegmentCard, Timeline, TimelineFilter
from crmdesk.services.offers import Recommendation
from crmdesk.services.permissions import Grid

WIDE = 1080  # px of page from which the segment gets a column of its own
LEFT, NARROW_LEFT, RIGHT = 280, 232, 272


@dataclass(frozen=True)
class _Answer:
    card: CustomerCard
    grid: Grid
    line: Timeline
    segment: SegmentCard | None
    offers: list[Recommendation] | None  # None: no right to read what was mined
    today: date


class CustomerPage(Page):
    """`arrive(number=)` opens a customer, once more audited."""

    name: ClassVar[str] = "customer"
    tables: ClassVar[frozenset[str]] = frozenset(
        {
            "customer",
            "interaction",
            "permission_event",
            "holding",
            "balance_month",
            "contact",
            "segment",
            "recommended_action",
        }
    )

    def __init__(self, context: DeskContext) -> None:
        super().__init__(context, "Customer")
        self.number = ""
        self._today = date.today()
        self.subtitle = label("", "muted")
        head: Any = self.layout().itemAt(0).layout()  # type: ignore[union-attr] - the title's row
        head.insertWidget(1, self.subtitle)
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self.timeline_tab, self.permissions_tab = TimelineTab(context), PermissionsTab(context)
        self.money_tab = MoneyTab(context)
        self.analysis = SegmentView(context)
        self.timeline_tab.asked.connect(self._narrow)
        self.permissions_tab.asked.connect(self._as_of)
        self.tabs.addTab(scrolled(self._overview()), "Overview")
        self.tabs.addTab(self.timeline_tab, "Timeline")
        self.tabs.addTab(self.permissions_tab, "Permissions")
        self.tabs.addTab(self.money_tab, "Money")
        self.tabs.addTab(self._analysis(), "Analysis")
        column = QVBoxLayout(self.body)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.tabs)

    def _overview(self) -> QWidget:
        self.identity = IdentityCard(self.context)
        self.products = ProductsCard(self.context, lambda: self.tabs.setCurrentWidget(self.money_tab))
        self.segment = SegmentView(self.context)
        self.recommended = RecommendedCard(self.context)
        self.grid = PermissionGrid(self.context)
        self.grid.evidence_asked.connect(self._show_evidence)
        self.picture = TimelinePicture(self.context)
        self.permissions_card, self.timeline_card = Card("Permissions now"), Card("Last 13 months")
        self.permissions_card.rows.setContentsMargins(12, 12, 4, 12)  # the grid needs every pixel at 1024
        self.permissions_card.rows.addWidget(self.grid)
        self.timeline_card.rows.addWidget(self.picture)
        overview = QWidget()
        row = QHBoxLayout(overview)
        row.setContentsMargins(0, 12, 0, 0)
        row.setSpacing(12)
        self._left, self._middle, self._right = QVBoxLayout(), QVBoxLayout(), QVBoxLayout()
        for column, parts in ((self._left, (self.identity, self.products)),
                              (self._middle, (self.permissions_card, self.timeline_card)),
                              (self._right, (self.segment,))):  # fmt: skip
            column.setSpacing(12)
            for part in parts:
                column.addWidget(part)
            column.addStretch(1)
        row.addLayout(self._left)
        row.addLayout(self._middle, 1)
        row.addLayout(self._right)
        self._place_segment()
        return overview

    def _analysis(self) -> QWidget:
        tab = QWidget()
        column = QVBoxLayout(tab)
        column.setContentsMargins(0, 12, 0, 0)
        self.analysis.setMaximumWidth(560)
        column.addWidget(self.analysis)
        column.addStretch(1)
        return tab

    def _place_segment(self) -> None:
        """A column of their own where there is room, else what to do comes first and the segment last."""
        wide = self.width() >= WIDE
        for column in (self._left, self._middle, self._right):
            column.removeWidget(self.segment)
            column.removeWidget(self.recommended)
        if wide:
            self._right.insertWidget(0, self.recommended)
            self._right.insertWidget(1, self.segment)
        else:
            self._middle.insertWidget(0, self.recommended)
            self._left.insertWidget(2, self.segment)
        self.recommended.spread(not wide, RIGHT)
        left = LEFT if wide else NARROW_LEFT
        self.identity.setFixedWidth(left)
        self.products.setFixedWidth(left)
        self.segment.setFixedWidth(RIGHT if wide else left)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if (event.size().width() >= WIDE) != (event.oldSize().width() >= WIDE):
            self._place_segment()

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

    def show_error(self, error: Exception, again: Callable[[], Any] | None = None) -> None:
        """An unknown number empties the page: nothing of another customer may stand under the sentence."""
        if not isinstance(error, BadInput):
            super().show_error(error, again)
            return
        self.title.setText("Customer")
        self.subtitle.setText("")
        self.say("")
        self.show_no_match(str(error), ("See customers", lambda: self.context.open_page("customers")))

    def refresh(self) -> None:
        if not self.number:
            self.show_empty("No customer is chosen.", "See customers", lambda: self.context.open_page("customers"))
            return
        app, actor, number = self.context.app, self.context.actor, self.number

        def ask() -> _Answer:
            mined = may(actor, Right.READ_RESULTS)
            found = customers.segment(app, actor, number) if mined else None
            made = offers.of_customer(app, actor, number) if mined else None
            grid = permissions.grid(app, actor, number)
            line = customers.timeline(app, actor, number)
            return _Answer(customers.get(app, actor, number), grid, line, found, made,
                           grid.at.date())  # fmt: skip

        self.load(ask, self._show)

    def _show(self, found: _Answer) -> None:
        if found.card.number != self.number:
            return  # another customer was opened meanwhile
        card, self._today = found.card, found.today
        self.title.setText(card.name)
        self.subtitle.setText("   ".join(self._subtitle(found)))
        self.say(permissions.sentence(found.grid.rows[0]))
        self.identity.show_card(card)
        self.products.show_card(card)
        self.money_tab.show_card(card)
        self.grid.show_grid(found.grid)
        self.permissions_tab.show_now(found.grid)
        self.segment.show_segment(found.segment)
        self.analysis.show_segment(found.segment)
        self.recommended.show_all(found.offers)
        year_ago = date(found.today.year - 1, found.today.month, 1)
        self.picture.show_line(found.line, year_ago, found.today)
        self.timeline_tab.show_all(found.line, found.today)

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

    def _as_of(self, at: datetime) -> None:
        app, actor, number = self.context.app, self.context.actor, self.number
        self.context.background(
            lambda: permissions.grid(app, actor, number, at), self.permissions_tab.show_then, self.show_error, self
        )

    def _show_evidence(self, seq: int | None) -> None:
        self.tabs.setCurrentWidget(self.permissions_tab)
        self.permissions_tab.point_to(seq)

    def toggle_twin(self) -> None:
        """Key T: from the timeline's picture to its list, and back."""
        if self.tabs.currentWidget() is self.timeline_tab:
            self.tabs.setCurrentIndex(0)
            self.picture.setFocus()
        else:
            self.tabs.setCurrentWidget(self.timeline_tab)
            self.timeline_tab.list.setFocus()
