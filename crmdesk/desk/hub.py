"""One signal for the whole window: what a service call changed; each page asks whether it cares."""

from PySide6.QtCore import QObject, Signal

from crmdesk.domain.change import Change


class Hub(QObject):
    """`changed(Change)`: emitted on the GUI thread after a commit; no view connects to another."""

    changed = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._held: list[Change] | None = None

    def tell(self, change: Change) -> None:
        if self._held is None:
            self.changed.emit(change)
        else:
            self._held.append(change)

    def hold(self) -> None:
        """Tell nobody for now: a locked window asks the services nothing."""
        self._held = self._held or []

    def release(self) -> None:
        """Tell what was held back, in its order."""
        held, self._held = self._held or [], None
        for change in held:
            self.changed.emit(change)
