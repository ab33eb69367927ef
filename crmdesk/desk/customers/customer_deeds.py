"""What can be done with the customer in front: buttons of the header, single keys, and the menu Customer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, Protocol, cast

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QMenu, QPushButton, QWidget

from crmdesk.desk.context import DeskContext
from crmdesk.desk.customers.add_around import ADDED
from crmdesk.desk.customers.documents import DocumentsTab
from crmdesk.desk.customers.editor import edit_customer, new_customer
from crmdesk.desk.customers.overview import Overview
from crmdesk.desk.customers.reason import offer
from crmdesk.desk.customers.record_interaction import record_interaction
from crmdesk.desk.permissions import deeds as permissions
from crmdesk.desk.permissions.quick_deeds import QuickDeeds
from crmdesk.domain.rights import Right, may
from crmdesk.services.permissions import Grid

if TYPE_CHECKING:
    from crmdesk.desk.frame import Frame

ADD_TIP: Final = "Permission, task, document, household, relation, life event or interest"
NOBODY: Final = "Open a customer first; then press {key}, or choose this again."


class InFront(Protocol):
    """What the deeds need of the customer's page."""

    context: DeskContext
    number: str
    now: datetime
    deeds: QHBoxLayout
    overview: Overview

    @property
    def documents_tab(self) -> DocumentsTab: ...

    def add_deed(self, text: str, deed: Callable[[], Any], role: str = "", tip: str = "") -> QWidget: ...


class Header:
    """Buttons beside the title and single keys; what the person has no right to is absent."""

    def __init__(self, page: InFront) -> None:
        self._page = page
        self._widget = cast(QWidget, page)
        self._buttons: list[Any] = []
        self._shown, self._beside_grid = True, True
        self._needs: list[tuple[Any, Right, str]] = []  # button or menu entry, its right, its own tooltip
        self._shut: Mapping[Right, str] = {}
        self.quick = QuickDeeds(page.context, brief=True)
        page.deeds.addWidget(self.quick)
        add = QPushButton("Add")
        add.setAccessibleName("Add")
        add.setToolTip(ADD_TIP)
        add.setMenu(self._menu(add))
        if add.menu().actions():
            page.deeds.addWidget(add)
            self._buttons.append(add)
        self._add = add
        if self._may(Right.EDIT_CUSTOMER):
            self._button("Edit", self.edit, "", "Edit the customer (E)", Right.EDIT_CUSTOMER)
            self._key("E", self.edit)
        if self._may(Right.ADD_INTERACTION):
            self._button("Record interaction", self.interaction, "primary", "What just happened (I)",
                         Right.ADD_INTERACTION)  # fmt: skip
            self._key("I", self.interaction)
        if self._may(Right.RECORD_PERMISSION):
            self._key("P", self.permission)

    def show(self, shown: bool) -> None:
        """Hidden while no customer is in front."""
        self._shown = shown
        for one in self._buttons:
            one.setVisible(shown)
        self._show_quick()

    def beside_grid(self, beside: bool) -> None:
        """Whether the tab in front has the grid, with the same buttons under it: they do not stand there twice."""
        self._beside_grid = beside
        self._show_quick()

    def _show_quick(self) -> None:
        self.quick.setVisible(self._shown and not self._beside_grid and self._may(Right.RECORD_OBJECTION)
                              and Right.RECORD_OBJECTION not in self._shut)  # fmt: skip

    def show_permissions(self, grid: Grid | None) -> None:
        """What can be withdrawn now; None of somebody out of reach."""
        if grid is not None:
            self.quick.show_customer(grid)

    def shut(self, shut: Mapping[Right, str]) -> None:
        """Deeds that the person may do, but not to this customer: off, and the tooltip says who can help."""
        self._shut = shut
        for one, right, tip in self._needs:
            one.setEnabled(right not in shut)
            one.setToolTip(shut.get(right, tip))
        entries = self._add.menu().actions()
        off = bool(entries) and not any(one.isEnabled() for one in entries)
        offer(self._add, next(iter(shut.values()), "") if off else "", ADD_TIP)
        self._show_quick()

    def _open_to(self, right: Right) -> bool:
        """Whether the deed can be done to the customer in front; says why where it cannot."""
        if right in self._shut:
            self._page.context.notify(self._shut[right])
        return bool(self._page.number) and right not in self._shut

    def _may(self, right: Right) -> bool:
        return may(self._page.context.actor, right)

    def _button(self, text: str, deed: Callable[[], Any], role: str, tip: str, right: Right) -> None:
        made = self._page.add_deed(text, deed, role, tip)
        self._buttons.append(made)
        self._needs.append((made, right, tip))

    def _key(self, key: str, deed: Callable[[], Any]) -> None:
        """A single letter, outside text fields only: those take letters before any shortcut does."""
        made = QShortcut(QKeySequence(key), self._widget)
        made.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        made.activated.connect(deed)

    def _menu(self, owner: QPushButton) -> QMenu:
        menu = QMenu(owner)
        menu.setToolTipsVisible(True)
        page = self._page

        def entry(right: Right, text: str, deed: Callable[[], Any]) -> None:
            if self._may(right):
                self._needs.append((menu.addAction(text, deed), right, ""))

        entry(Right.RECORD_PERMISSION, "Permission...\tP", self.permission)
        entry(Right.EDIT_WORK, "Task...", page.overview.tasks.new)
        entry(Right.RECORD_PERMISSION, "Document...", lambda: page.documents_tab.choose())
        for text, kind in ADDED:
            entry(
                Right.EDIT_CUSTOMER,
                text,
                lambda kind=kind: kind(page.context, self._widget, page.number, page.now).open(),
            )
        return menu

    def edit(self) -> None:
        if self._open_to(Right.EDIT_CUSTOMER):
            edit_customer(self._page.context, self._widget, self._page.number)

    def interaction(self) -> None:
        if self._open_to(Right.ADD_INTERACTION):
            record_interaction(self._page.context, self._widget, self._page.number, self._page.now)

    def permission(self) -> None:
        if self._open_to(Right.RECORD_PERMISSION):
            permissions.record(self._page.context, self._page.number, self._widget)


# Menu entries: they act on the customer in front ------------------------------------------------------------------


def new(frame: Frame) -> None:
    """Customer > New customer: Ctrl+Shift+N, from any page."""
    if may(frame.context.actor, Right.EDIT_CUSTOMER):
        new_customer(frame.context, frame.shelf.page)
    else:
        frame.notice("Your role may not add customers; a relationship manager can.")


def edit(frame: Frame) -> None:
    _on_page(frame, Right.EDIT_CUSTOMER, "E", lambda page: page.header.edit())


def interaction(frame: Frame) -> None:
    _on_page(frame, Right.ADD_INTERACTION, "I", lambda page: page.header.interaction())


def _on_page(frame: Frame, right: Right, key: str, deed: Callable[[Any], None]) -> None:
    page: Any = frame.shelf.page
    if not may(frame.context.actor, right):
        frame.notice("Your role may not do this; a relationship manager can.")
    elif page.name != "customer" or not page.number:
        frame.notice(NOBODY.format(key=key))
    else:
        deed(page)
