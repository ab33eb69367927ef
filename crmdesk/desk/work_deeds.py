"""What the menu entries about work do; each takes the frame."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmdesk.desk.work.opportunity_dialog import OpportunityDialog
from crmdesk.desk.work.task_dialog import TaskDialog

if TYPE_CHECKING:
    from crmdesk.desk.frame import Frame


def new_task(frame: Frame) -> None:
    """A task, about the customer whose page is in front if one is."""
    context = frame.context
    app = context.app
    assert app is not None
    number = _number(frame)

    def ask(now: Any) -> None:
        TaskDialog(context, frame, now=now, number=number).open()

    context.background(app.store.clock, ask, owner=frame)


def new_opportunity(frame: Frame) -> None:
    OpportunityDialog(frame.context, frame, number=_number(frame)).open()


def backups(frame: Frame) -> None:
    frame.shelf.go("backups", {})


def _number(frame: Frame) -> str:
    """The customer in front; "" on any other page."""
    return str(getattr(frame.shelf.page, "number", "") or "")
