"""One signal for the whole window: what a service call changed; each page asks whether it cares."""

from PySide6.QtCore import QObject, Signal

from crmdesk.domain.change import Change


class Hub(QObject):
    """`changed(Change)`: emitted on the GUI thread after a commit; no view connects to another."""

    changed = Signal(object)

    def tell(self, change: Change) -> None:
        self.changed.emit(change)
