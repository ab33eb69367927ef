"""One customer: who it is, what is permitted, what happened, what is held, what is to be done, who is around."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any, ClassVar

from PySide6.QtGui import QHideEvent, QResizeEvent
from PySide6.QtWidgets import QVBoxLayout

from crmdesk.desk.context import DeskContext, sentence
from crmdesk.desk.customers.answer import Answer, ask
from crmdesk.desk.customers.customer_deeds import Header
from crmdesk.desk.customers.customer_tabs import CustomerTabs
from crmdesk.desk.customers.documents import DocumentsTab
from crmdesk.desk.customers.overview import Overview
from crmdesk.desk.customers.permissions_tab import PermissionsTab
from crmdesk.desk.customers.reason import ReasonDialog
from crmdesk.desk.customers.timeline_tab import TimelineTab
from crmdesk.desk.page import Page
from crmdesk.desk.widgets import Elided, scrolled
from crmdesk.desk.zoom import px
from crmdesk.domain.change import ALL, Change
from crmdesk.domain.errors import BadInput
from crmdesk.domain.rights import Right, may
from crmdesk.services import customers, permissions
from crmdesk.services.customers import Timeline, TimelineFilter

TABLES = frozenset({
    "customer", "interaction", "permission_event", "holding", "balance_month", "contact", "segment",
    "recommended_action", "household", "household_member", "relation", "interest", "life_event", "document",
    "custom_field", "task", "opportunity",
})  # fmt: skip


TIGHT = 800  # px of page under which the subtitle stands under the title


class CustomerPage(Page):
    """`arrive(number=)` opens a customer, once more audited."""

    name: ClassVar[str] = "customer"
    tables: ClassVar[frozenset[str]] = TABLES

    def __init__(self, context: DeskContext) -> None:
        super().__init__(context, "Customer")
        self.number = self._shown = self._reason = self._unnoted = ""
        self._masked: Answer | None = None  # as it was before a reason was given
        self.now = datetime.now(UTC)  # by the bank's clock once a customer is shown
        self.subtitle = Elided()
        self.subtitle.setProperty("role", "muted")
        self._head: Any = self.layout().itemAt(0).layout()  # type: ignore[union-attr] - the title's row
        self._head.insertWidget(1, self.subtitle, 1)
        self.overview = Overview(context, lambda: self.tabs.go("money"), lambda: self.tabs.go("tasks"))
        self.overview.grid.evidence_asked.connect(self._show_evidence)
        self.tabs = CustomerTabs(context, scrolled(self.overview), self._narrow)
        self.header = Header(self)
        self.clear_button = self.add_deed("Show with a reason...", self.show_clear, "",
                                          "Everything in clear, until you leave this page; audited")  # fmt: skip
        self.clear_button.setVisible(False)
        self.tabs.currentChanged.connect(lambda at: self.header.beside_grid(at == 0))
        column = QVBoxLayout(self.body)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.tabs)
        self.overview.arrange(self.width())

    @property
    def timeline_tab(self) -> TimelineTab:
        return self.tabs.timeline

    @property
    def permissions_tab(self) -> PermissionsTab:
        return self.tabs.permissions

    @property
    def documents_tab(self) -> DocumentsTab:
        return self.tabs.documents

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.overview.arrange(event.size().width())
        self._fit_subtitle(event.size().width() < px(TIGHT))

    def _fit_subtitle(self, tight: bool) -> None:
        """Beside the title, or where the buttons leave no room for a number under it."""
        whole: Any = self.layout()
        if tight == (whole.indexOf(self.subtitle) < 0):
            (self._head if tight else whole).removeWidget(self.subtitle)
            if tight:
                whole.insertWidget(1, self.subtitle)
            else:
                self._head.insertWidget(1, self.subtitle, 1)

    def place(self) -> dict[str, Any]:
        return {"number": self.number, "tab": self.tabs.currentIndex()} if self.number else {}

    def arrive(self, **args: Any) -> None:
        number = args.get("number", self.number)
        if number != self.number:
            self.mask()
            self.number = number
            self.tabs.setCurrentIndex(args.get("tab", 0))
        self._unnoted = number
        self.refresh()

    def _note(self) -> None:
        """The look leaves its row once there is something to see: nobody waits for the disk; a failure is told."""
        number, self._unnoted = self._unnoted, ""
        app, actor = self.context.app, self.context.actor
        if number:
            self.context.background(lambda: customers.note_opened(app, actor, number), lambda _: None)

    def cares_about(self, change: Change) -> bool:
        """A plugin turned on or off brings its panels or takes them away."""
        return bool(self.number) and (super().cares_about(change) or change.kind == "plugins"
                                      or ALL in change.touched)  # fmt: skip

    def show_error(self, error: Exception, again: Callable[[], Any] | None = None) -> None:
        """Nothing of another customer may stand under the sentence, and nothing of one who is unknown."""
        if not isinstance(error, BadInput) and self._shown == self.number:
            super().show_error(error, again)
            return
        self.title.setText("Customer")
        self.subtitle.setText("")
        self.say("")
        self.header.show(False)
        self.clear_button.setVisible(False)
        again_deed = [] if isinstance(error, BadInput) else [("Try again", again or self.refresh)]
        ways = [*again_deed, ("See customers", lambda: self.context.open_page("customers"))]
        self.show_no_match(sentence(error), *ways)

    def refresh(self) -> None:
        self.header.show(bool(self.number))
        if not self.number:
            self.show_empty("No customer is chosen.", "See customers", lambda: self.context.open_page("customers"))
            return
        app, actor, number, reason = self.context.app, self.context.actor, self.number, self._reason
        self.load(lambda: ask(app, actor, number, reason), self._show)

    # Read in clear, with a reason -------------------------------------------------------------------------------

    def show_clear(self) -> None:
        """Ask what it is for, then show everything of this customer in clear."""
        app, actor, number = self.context.app, self.context.actor, self.number

        def shown(found: Answer, reason: str) -> None:
            if number == self.number and self.isVisible():
                self._reason = reason
                self._show(found)

        ReasonDialog(self.context, self, f"{number} in clear", lambda why: ask(app, actor, number, why), shown).open()

    def mask(self) -> None:
        """As it was before; at once, for somebody else may look at the window next."""
        if self._reason:
            self._reason = ""
            self.show_content()
            if self._masked is not None:
                self._show(self._masked)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.mask()

    def _show(self, found: Answer) -> None:
        if found.card.number != self.number:
            return  # another customer was opened meanwhile
        if found.reason != self._reason:
            return  # hidden again meanwhile
        card, parts, self.now = found.card, self.overview, found.now
        self._shown = card.number
        self._note()
        self.title.setText(card.name)
        self.subtitle.setText(found.subtitle())
        self.subtitle.setToolTip(self.subtitle.text())
        self.say(permissions.sentence(found.grid.rows[0]) if found.grid else next(iter(found.shut.values()), ""))
        self.header.shut(found.shut)
        parts.identity.show_card(card, found.own, found.shut, opened=bool(found.reason))
        parts.around.show_all(card.number, found.around, self.now, found.shut.get(Right.EDIT_CUSTOMER, ""))
        parts.products.show_card(card)
        parts.products.setVisible(self._reads(found, Right.READ_ACCOUNTS))
        self.header.show_permissions(found.grid)
        if found.grid is not None:
            parts.permissions_card.show_now(found.grid)
        parts.permissions_card.setVisible(found.grid is not None)
        parts.segment.show_segment(found.segment)
        parts.segment.setVisible(self._reads(found, Right.READ_RESULTS))
        parts.recommended.show_all(found.offers)
        parts.tasks.show_all(card.number, found.tasks, self.now, found.shut.get(Right.EDIT_WORK, ""))
        year_ago = date(found.today.year - 1, found.today.month, 1)
        if found.line is not None:
            parts.picture.show_line(found.line, year_ago, found.today)
        parts.timeline_card.setVisible(found.line is not None)
        self.tabs.fill(found)
        parts.read_in_order()
        self.clear_button.setVisible(card.masked and card.reason)
        if found.reason:
            told = f"Shown for: {found.reason}. It hides again when you leave this page."
            self._band.fill("note", told, [("Hide again", self.mask)])
        else:
            self._masked = found

    def _reads(self, found: Answer, right: Right) -> bool:
        """Whether the person holds the right, and for this customer."""
        return may(self.context.actor, right) and right not in found.shut

    def _narrow(self, wanted: TimelineFilter) -> None:
        app, actor, number = self.context.app, self.context.actor, self.number

        def show(line: Timeline) -> None:
            if number == self.number and wanted == self.timeline_tab.wanted():  # else a newer question is on its way
                self.timeline_tab.show_line(line, self.now.date())

        self.context.background(lambda: customers.timeline(app, actor, number, wanted), show, self.show_error, self)

    def _show_evidence(self, seq: int | None) -> None:
        self.tabs.go("permissions")
        self.permissions_tab.point_to(seq)

    def toggle_twin(self) -> None:
        """Key T: from the timeline's picture to its list, and back."""
        if not may(self.context.actor, Right.READ_INTERACTIONS):
            return
        if self.tabs.currentWidget() is self.timeline_tab:
            self.tabs.setCurrentIndex(0)
            self.overview.picture.setFocus()
        else:
            self.tabs.go("timeline")
            self.timeline_tab.list.setFocus()
