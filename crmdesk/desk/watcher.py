"""The eye on the bank file: what another window or command changed reaches every open page in under a second."""

from __future__ import annotations

from threading import Event
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QObject, QTimer

from crmdesk.desk.background import Background, Ticket
from crmdesk.desk.context import DeskContext
from crmdesk.domain.change import Change

if TYPE_CHECKING:
    from crmdesk.services.elsewhere import Pulse

EVERY: Final = 300  # ms: a withdrawal must reach open lists in under a second, painting included
KIND: Final = "elsewhere"


class Watcher(QObject):
    """Asks the store a few times a second how far it has come, in a thread of its own, and tells the hub.

    What this window wrote itself was told by the page that wrote it and is not told twice.
    """

    def __init__(self, context: DeskContext, every: int = EVERY) -> None:
        super().__init__()
        self._context = context
        self._ask = Background(threads=1)  # never behind a page's long question
        self._before: Pulse | None = None
        self._own: set[int] = set()
        self._call: Ticket | None = None
        self._timer = QTimer(self, interval=every)
        self._timer.timeout.connect(self.look)
        context.hub.changed.connect(self._note)

    def start(self) -> None:
        """Watch the bank that is open now."""
        self._before, self._call = None, None
        self._own.clear()
        self.look()
        self._timer.start()

    def stop(self) -> list[Event]:
        """Watch no more; gives the end of the call under way, for which a closing bank has to wait."""
        self._timer.stop()
        self._call = None
        return self._ask.drop_all()

    def look(self) -> None:
        """Ask now, unless the last answer is still awaited."""
        app, before = self._context.app, self._before
        if app is None or self._call is not None:
            return

        def ask() -> Any:
            from crmdesk.services import elsewhere  # brings the store: in a thread, after the first frame

            return (elsewhere.pulse(app), None) if before is None else elsewhere.since(app, before)

        self._call = self._ask(ask, self._answered, self._failed, self)

    def _answered(self, found: tuple[Pulse, Change | None]) -> None:
        self._call = None
        now, change = found
        before, self._before = self._before, now
        if before is None or change is None or not change.touched:
            return
        ours = set(range(before.change_no + 1, now.change_no + 1)) <= self._own
        self._own = {number for number in self._own if number > now.change_no}
        if not ours:
            self._context.changed(change)

    def _failed(self, _: Exception) -> None:
        self._call = None  # a bank that is busy or gone for a moment is asked again at the next turn

    def _note(self, change: Change) -> None:
        if change.kind != KIND and change.change_no:
            self._own.add(change.change_no)
