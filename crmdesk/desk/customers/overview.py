"""The first tab of a customer's page: cards packed to the top, in as many columns as there is room for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from crmdesk.desk.context import DeskContext
from crmdesk.desk.customers.cards import IdentityCard, SegmentView
from crmdesk.desk.customers.permissions_card import PermissionsCard
from crmdesk.desk.customers.products import ProductsCard
from crmdesk.desk.customers.recommended import RecommendedCard
from crmdesk.desk.customers.surroundings import AroundCard
from crmdesk.desk.customers.tasks_card import TasksCard
from crmdesk.desk.customers.timeline import TimelinePicture
from crmdesk.desk.widgets import Card
from crmdesk.desk.zoom import px

LEFT, NARROW_LEFT, RIGHT = 280, 232, 272
WIDE, BESIDE = 1080, 740  # px of page from which there are three columns, and two
MOST: Final = 16_777_215  # Qt's word for a width without limit
GAP: Final = 12
SETTLED: Final = 30  # ms after which what was filled has its place
LINE: Final = 12  # px within which two controls stand on one line


class Overview(QWidget):
    """`arrange(width)` puts the cards where they belong; the page fills them."""

    def __init__(self, context: DeskContext, see_money: Callable[[], Any], see_tasks: Callable[[], Any]) -> None:
        super().__init__()
        self.identity = IdentityCard(context)
        self.around = AroundCard(context)
        self.products = ProductsCard(context, see_money)
        self.segment = SegmentView(context)
        self.recommended = RecommendedCard(context)
        self.tasks = TasksCard(context, see_tasks)
        self.permissions_card = PermissionsCard(context, "Permissions now")
        self.grid = self.permissions_card.grid
        self.picture = TimelinePicture(context, "Last 13 months")
        self.timeline_card = Card()
        self.timeline_card.rows.addWidget(self.picture)
        self._cards = (self.identity, self.around, self.products, self.segment, self.recommended, self.tasks,
                       self.permissions_card, self.timeline_card)  # fmt: skip
        self._placed: list[Card] = []
        self._number = 0  # of columns
        self._order_timer = QTimer(self, singleShot=True, interval=SETTLED)
        self._order_timer.timeout.connect(self._order)
        self._columns = (QVBoxLayout(), QVBoxLayout(), QVBoxLayout())
        row = QHBoxLayout(self)
        row.setContentsMargins(0, GAP, 0, 0)
        row.setSpacing(GAP)
        for place, column in enumerate(self._columns):
            column.setSpacing(GAP)
            column.addStretch(1)
            row.addLayout(column, int(place == 1))

    def arrange(self, width: int) -> None:
        """For a page of so many px: what to do and what is held in a column of their own, or first of two or one."""
        number = 1 + (width >= px(BESIDE)) + (width >= px(WIDE))
        if number != self._number:
            self._number = number
            self._place(number)

    def _place(self, number: int) -> None:
        for column in self._columns:
            for card in self._cards:
                column.removeWidget(card)
        middle: tuple[Card, ...] = (self.permissions_card, self.timeline_card, self.tasks)
        placed: tuple[tuple[Card, ...], ...]
        if number == 3:
            placed = (self.identity, self.around), middle, (self.recommended, self.products, self.segment)
        elif number == 2:
            placed = (self.identity, self.products, self.around, self.segment), (self.recommended, *middle), ()
        else:
            placed = (), (self.recommended, self.identity, *middle, self.products, self.around, self.segment), ()
        self._placed = [card for cards in placed for card in cards]
        for column, cards in zip(self._columns, placed, strict=True):
            for place, card in enumerate(cards):
                column.insertWidget(place, card)
        for cards, wide in zip(placed, (LEFT if number == 3 else NARROW_LEFT, 0, RIGHT), strict=True):
            for card in cards:
                card.setMinimumWidth(px(wide))
                card.setMaximumWidth(px(wide) or MOST)
        self.recommended.spread(number < 3, px(RIGHT))
        self.read_in_order()

    def read_in_order(self) -> None:
        """Tab walks the cards as they are read, once they are laid out: lines made anew would come last."""
        self._order_timer.start()

    def _order(self) -> None:
        def place(one: QWidget) -> tuple[int, int]:
            middle = one.mapTo(self, QPoint(0, one.height() // 2))
            return middle.y() // px(LINE), middle.x()

        before: QWidget | None = None
        for card in self._placed:
            found = [  # a button's menu is a window of its own
                one
                for one in card.findChildren(QWidget)
                if one.focusPolicy().value & Qt.FocusPolicy.TabFocus.value and one.window() is self.window()
            ]
            for one in sorted(found, key=place):
                if before is not None:
                    QWidget.setTabOrder(before, one)
                before = one
