"""What can be done about a customer's permissions: one press withdraws or objects, dialogs do the rest."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QWidget

from crmdesk.desk import words
from crmdesk.desk.context import DeskContext
from crmdesk.desk.permissions.receipt_dialog import ReceiptDialog
from crmdesk.desk.permissions.record_dialog import RecordDialog
from crmdesk.domain.change import Change
from crmdesk.services import permission_record

if TYPE_CHECKING:
    from crmdesk.desk.frame import Frame

NOBODY = "Open a customer first; then this can be done with one press."


def record(context: DeskContext, number: str, parent: QWidget | None, purpose: str = "marketing") -> RecordDialog:
    """Open the dialog that records an answer of the customer `number`."""
    dialog = RecordDialog(context, number, parent, purpose)
    dialog.open()
    return dialog


def withdraw(
    context: DeskContext, number: str, purpose: str = "marketing", channels: tuple[str, ...] = (),
    owner: QWidget | None = None, failed: Callable[[], Any] | None = None,
) -> None:  # fmt: skip
    """Withdraw at once, on `channels` or on all; every open list lets go of the customer. No question is asked.

    Where that could not be saved the status bar says why, and `failed()` is called.
    """
    where = words.listed([words.BY[c] for c in channels]) if channels else "on all channels"
    _do(context, lambda: permission_record.withdraw(context.app, context.actor, number, purpose, channels),
        f"{number}: {words.PURPOSES[purpose].lower()} {where} withdrawn. Recorded in error? Correct it in the history "
        "of permissions.", owner, failed)  # fmt: skip


def objection(
    context: DeskContext, number: str, purpose: str = "marketing", owner: QWidget | None = None,
    failed: Callable[[], Any] | None = None,
) -> None:  # fmt: skip
    """Record an objection at once, on all channels; `failed` as of `withdraw`."""
    _do(context, lambda: permission_record.objection(context.app, context.actor, number, purpose),
        f"{number}: objection to {words.PURPOSES[purpose].lower()} recorded, on all channels.",
        owner, failed)  # fmt: skip


def _do(context: DeskContext, deed: Callable[[], Change], told: str, owner: QWidget | None,
        failed: Callable[[], Any] | None) -> None:  # fmt: skip
    def done(change: Change) -> None:
        context.changed(change)
        context.notify(told)

    def refused(error: Exception) -> None:
        context.notice_error(error)
        if failed is not None:
            failed()

    context.background(deed, done, refused, owner)


# Menu entries: they act on the customer in front ------------------------------------------------------------------


def _in_front(frame: Frame) -> str:
    """The number of the customer whose page is in front; "" and a notice where there is none."""
    page: Any = frame.shelf.page
    number = str(getattr(page, "number", "")) if page.name == "customer" else ""
    if not number:
        frame.notice(NOBODY)
    return number


def record_here(frame: Frame) -> None:
    if number := _in_front(frame):
        record(frame.context, number, frame.shelf.page)


def withdraw_here(frame: Frame) -> None:
    if number := _in_front(frame):
        withdraw(frame.context, number)


def object_here(frame: Frame) -> None:
    if number := _in_front(frame):
        objection(frame.context, number)


def receipt_here(frame: Frame) -> None:
    if number := _in_front(frame):
        ReceiptDialog(frame.context, number, frame).open()
