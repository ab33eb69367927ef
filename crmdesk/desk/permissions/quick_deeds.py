"""The buttons beside a customer's permissions: record an answer, withdraw, object; the last two act on one press."""

from __future__ import annotations

from PySide6.QtGui import QMoveEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLayout, QPushButton, QWidget

from crmdesk.desk import words
from crmdesk.desk.context import DeskContext
from crmdesk.desk.flow import FlowLayout
from crmdesk.desk.permissions import deeds
from crmdesk.desk.widgets import button
from crmdesk.desk.zoom import px
from crmdesk.domain.rights import Right, may
from crmdesk.services.permissions import Cell, Grid

NARROW = 1100  # px of window under which a header has no room for long words
_CLOSED = ("withdrawn", "objected", "erased")


class QuickDeeds(QWidget):
    """`show_customer` names whom they act on; `choose` a cell of the grid, offers on all channels without one.

    `brief`: for a page's header, where only withdrawing and objecting stand.
    """

    def __init__(self, context: DeskContext, *, brief: bool = False) -> None:
        super().__init__()
        self._context, self._brief = context, brief
        self._number = ""
        self._grid: Grid | None = None
        self._place: tuple[str, tuple[str, ...]] = ("marketing", ())
        self.record_button: QPushButton = button(
            "Record permission...", self.record, tip="What the customer said, with its proof (P)"
        )
        self.withdraw_button: QPushButton = button("Withdraw offers", self.withdraw)
        self.object_button: QPushButton = button("Object to offers", self.objection)
        recorder, objector = (may(context.actor, right) for right in (Right.RECORD_PERMISSION, Right.RECORD_OBJECTION))
        row: QLayout = QHBoxLayout(self) if brief else FlowLayout(self, 8)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        for made in (self.record_button, self.withdraw_button, self.object_button):
            row.addWidget(made)
        # Once they have a place: what is shown without one flashes up as a window of its own.
        self.record_button.setVisible(recorder and not brief)
        self.withdraw_button.setVisible(recorder)
        self.object_button.setVisible(objector)
        if not (recorder or objector):
            self.setVisible(False)
        self._show()

    def show_customer(self, grid: Grid) -> None:
        """The customer of this grid, and what is permitted now."""
        if grid.number != self._number:
            self._place = ("marketing", ())
        self._number, self._grid = grid.number, grid
        self._show()

    def choose(self, purpose: str, channels: tuple[str, ...] = ()) -> None:
        """The purpose and channels that the buttons are about; () = all channels."""
        self._place = (purpose, channels)
        self._show()

    # Deeds --------------------------------------------------------------------------------------------------------

    def record(self) -> None:
        if self._number and not self.record_button.isHidden():
            deeds.record(self._context, self._number, self.window(), self._place[0])

    def withdraw(self) -> None:
        """Withdraw what is chosen, unless that was done before."""
        if self._number and self.withdraw_button.isEnabled() and not self.withdraw_button.isHidden():
            self.withdraw_button.setEnabled(False)  # until the grid shows it; a second press must not record it twice
            deeds.withdraw(self._context, self._number, *self._place, owner=self, failed=self._show)

    def objection(self) -> None:
        if self._number and self.object_button.isEnabled():
            self.object_button.setEnabled(False)
            deeds.objection(self._context, self._number, self._place[0], owner=self, failed=self._show)

    # Showing ------------------------------------------------------------------------------------------------------

    def _cells(self) -> list[Cell]:
        """The cells of the grid that the buttons are about."""
        purpose, channels = self._place
        rows = self._grid.rows if self._grid is not None else ()
        mine = next((row for row in rows if row[0].purpose == purpose), ())
        return [cell for cell in mine if not channels or cell.channel in channels]

    def _show(self) -> None:
        purpose, channels = self._place
        what = words.PURPOSES[purpose].lower()
        where = f" {words.listed([words.BY[c] for c in channels])}" if channels else ""
        states = [cell.decision.state for cell in self._cells()]
        known = bool(states)
        withdrawn = known and all(state in _CLOSED for state in states)
        objected = known and all(state in ("objected", "erased") for state in states)
        everywhere = "" if channels or purpose in ("profiling", "targeting") else " on all channels"
        _dress(self.withdraw_button, f"Withdraw {what}{where}", known and not withdrawn, (
            f"{words.PURPOSES[purpose]}{where} are withdrawn already" if withdrawn else
            f"Takes back {what}{where or everywhere} at once; no reason is needed (Delete in the grid)"
        ))  # fmt: skip
        _dress(self.object_button, f"Object to {what}", known and not objected, (
            "The customer has objected already" if objected else
            f"No {what} on any channel, until the customer grants them again; no reason is needed"
        ))  # fmt: skip
        self._fit()

    def _fit(self) -> None:
        """In a header the purpose goes where the window has no room for it; name and tooltip keep it."""
        if self._brief:
            self.object_button.setText("Object")
            tight = self.window().width() < px(NARROW)
            self.withdraw_button.setText("Withdraw" if tight else self.withdraw_button.accessibleName())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def moveEvent(self, event: QMoveEvent) -> None:
        super().moveEvent(event)
        self._fit()


def _dress(made: QPushButton, text: str, enabled: bool, tip: str) -> None:
    made.setText(text)
    made.setAccessibleName(text)
    made.setToolTip(tip)
    made.setEnabled(enabled)
