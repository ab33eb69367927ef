"""The tab of plugins' panels on a customer's page; a panel that raises gives way to a line that says so."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from crmdesk.contributions import Panel, resolve
from crmdesk.desk.context import DeskContext
from crmdesk.desk.results.view_context import palette_of
from crmdesk.desk.widgets import Card, card_column, clear, label
from crmdesk.domain.rights import may
from crmdesk.services import customers
from crmdesk.services.customers import CustomerCard, Timeline

log = logging.getLogger(__name__)


def panels_for(context: DeskContext) -> list[Panel]:
    """The panels of a customer's page that the signed-in person may see, in their order."""
    app = context.app
    found: Iterable[Panel] = getattr(app.plugins, "panels", dict)().values() if app and app.plugins else ()
    allowed = [one for one in found if one.page == "customer" and (one.may is None or may(context.actor, one.may))]
    return sorted(allowed, key=lambda one: (one.order, one.title))


class LentCustomer:
    """`contributions.PanelContext` for one customer; what it gives is what the signed-in person may see."""

    def __init__(self, context: DeskContext, number: str, owner: QWidget) -> None:
        self._context, self._number, self._owner = context, number, owner

    @property
    def palette(self) -> Mapping[str, Any]:
        return palette_of(self._context.theme)

    def card(self) -> CustomerCard:
        return customers.get(self._context.app, self._context.actor, self._number)

    def timeline(self) -> Timeline:
        return customers.timeline(self._context.app, self._context.actor, self._number)

    def background(self, work: Callable[[], Any], done: Callable[[Any], None]) -> None:
        """What `done` raises is logged: a plugin's fault must not reach the window."""

        def guarded(value: Any) -> None:
            try:
                done(value)
            except Exception:
                log.exception("A panel stopped while it showed its answer")
                self._context.notify("A panel of a plugin stopped; the page goes on.")

        self._context.background(work, guarded, owner=self._owner)

    def open_customer(self, number: str) -> None:
        self._context.open_page("customer", number=number)

    def notify(self, text: str) -> None:
        self._context.notify(text)


class Sideways(QScrollArea):
    """What is wider than its card scrolls sideways in it; downwards the page scrolls."""

    def __init__(self, inner: QWidget) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setWidget(inner)
        for part in (self.viewport(), inner):  # the card's own ground shows through
            part.setAutoFillBackground(False)
        self._fit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.widget() and event.type() == QEvent.Type.LayoutRequest:
            self._fit()
        return super().eventFilter(watched, event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """As tall as what is inside, at the width it gets."""
        inner = self.widget()
        least, room = inner.minimumSizeHint(), self.viewport().width()
        wide = max(room, least.width())
        tall = inner.heightForWidth(wide) if inner.hasHeightForWidth() else inner.sizeHint().height()
        bar = self.horizontalScrollBar().sizeHint().height() if least.width() > room else 0
        tall = max(tall, least.height())
        self.setFixedHeight(tall + bar)
        inner.resize(wide, tall)  # the area would do it later, at the height it had before


class PanelsTab(QWidget):
    """One card per panel; they are made when the tab is first looked at, and anew for each customer."""

    def __init__(self, context: DeskContext) -> None:
        super().__init__()
        self._context = context
        self._number = self._made_for = ""
        self.panels: list[Panel] = []
        self._column = card_column(self)

    def show_customer(self, number: str) -> bool:
        """Whether there is any panel to show."""
        self._number = number
        self.panels = panels_for(self._context)
        if self.isVisible():
            self._make()
        return bool(self.panels)

    def showEvent(self, event: Any) -> None:
        super().showEvent(event)
        if self._made_for != self._number:
            self._make()

    def _make(self) -> None:
        self._made_for = self._number
        clear(self._column)
        for panel in self.panels:
            self._column.addWidget(self._card(panel))

    def _card(self, panel: Panel) -> Card:
        card = Card(panel.title)
        holder = QWidget()
        inside = QVBoxLayout(holder)
        inside.setContentsMargins(0, 0, 0, 0)
        try:
            made = resolve(panel.widget)(LentCustomer(self._context, self._number, holder), self._number)
            inside.addWidget(made)
            card.rows.addWidget(Sideways(holder))
        except KeyboardInterrupt:
            raise
        except BaseException:  # sys.exit of a plugin, too, must not end the desk
            log.exception("The panel %s stopped", panel.id)
            told = "This panel stopped. Turn its plugin off on the page Plugins, or tell its author."
            card.rows.addWidget(label(told, "fault", wrap=True))
        return card
