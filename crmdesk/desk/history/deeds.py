"""Edit > Undo and Redo: the newest own deed is taken back, and what others edited since is named."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from crmdesk.desk.context import DeskContext
from crmdesk.services import history
from crmdesk.services.history import UndoReport

if TYPE_CHECKING:
    from crmdesk.desk.frame import Frame

NAMED: Final = 2  # sentences of what was kept that the status bar has room for


def undo(frame: Frame) -> None:
    """Take the newest own deed back that is not taken back yet."""
    take_back(frame.context)


def redo(frame: Frame) -> None:
    """Do again what was taken back last."""
    app, actor = frame.context.app, frame.context.actor
    _do(frame.context, lambda: history.redo(app, actor), "Done again")


def show_history(frame: Frame) -> None:
    frame.context.open_page("history")


def take_back(context: DeskContext, deed: int | None = None) -> None:
    """Undo one deed, or the newest; every page that shows what it touched refreshes."""
    app, actor = context.app, context.actor
    _do(context, lambda: history.undo(app, actor, deed), "Taken back")


def _do(context: DeskContext, work: Callable[[], UndoReport], words: str) -> None:
    def done(report: UndoReport) -> None:
        context.changed(report.change)
        context.notify(told(report, words))

    context.background(work, done)


def told(report: UndoReport, words: str) -> str:
    """What was restored, and what was left because somebody edited it since."""
    text = f"{words}: {(report.what or report.title).rstrip('.')}."
    if report.kept:
        shown = " ".join(report.kept[:NAMED])
        further = len(report.kept) - NAMED
        text += f" Left as it is: {shown}" + (f" And {further} more." if further > 0 else "")
    return text
