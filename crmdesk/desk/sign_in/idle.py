"""Nobody at the desk: how long no key and no mouse was touched, also while the computer slept."""

from __future__ import annotations

import time
from typing import Final

from PySide6.QtCore import QEvent, QObject, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QWindow

LOOK: Final = 5_000  # ms
TOUCHES: Final = frozenset(
    {QEvent.Type.KeyPress, QEvent.Type.MouseButtonPress, QEvent.Type.MouseMove, QEvent.Type.Wheel,
     QEvent.Type.TouchBegin, QEvent.Type.TouchUpdate, QEvent.Type.TabletMove, QEvent.Type.InputMethod}
)  # fmt: skip


class IdleWatch(QObject):
    """`idle` is emitted once, `seconds` after the last touch of any window of this program.

    It listens at the windows, where keys and mouse arrive once, and not at every event of every widget.
    """

    idle = Signal()

    def __init__(self, seconds: float, look: int = LOOK) -> None:
        super().__init__()
        self.seconds = seconds
        self._touched = self._now()
        self._timer = QTimer(self, interval=look)
        self._timer.timeout.connect(self.look)
        app = QGuiApplication.instance()
        assert isinstance(app, QGuiApplication)
        app.focusWindowChanged.connect(self.listen)

    @staticmethod
    def _now() -> tuple[float, float]:
        # The first stands still while the computer sleeps; the second can be set back: the longer wait counts.
        return time.monotonic(), time.time()

    def listen(self, window: QWindow | None) -> None:
        """A window has come to the front: from now on its keys and mouse count."""
        if window is not None:
            window.removeEventFilter(self)
            window.installEventFilter(self)
            self.touch()

    def start(self) -> None:
        self.touch()
        self._timer.start()

    def stop(self) -> None:
        self._timer.stop()

    def touch(self) -> None:
        self._touched = self._now()

    def look(self) -> None:
        """Tell, and stop, where nobody has touched anything for long enough."""
        waited = max(now - then for now, then in zip(self._now(), self._touched, strict=True))
        if self._timer.isActive() and waited >= self.seconds:
            self.stop()
            self.idle.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in TOUCHES:
            self.touch()
        return False
