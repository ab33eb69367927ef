"""The garbage collector on the window's own thread: a widget that dies in a worker thread takes the program with it."""

from __future__ import annotations

import gc
import time
from typing import ClassVar, Final

from PySide6.QtCore import QObject, QTimer

EVERY: Final = 250  # ms
WHOLE_AFTER: Final = 10.0  # seconds between two looks through everything


class Sweeper(QObject):
    """While one is there, cycles are collected by its timer only, in the steps Python itself would take.

    Closed pages and dialogs hang in cycles of Python and Qt. Python collects wherever its counter runs over, which is
    mostly a thread that reads the bank; there a QWidget must not be deleted.
    """

    _at_work: ClassVar[int] = 0

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._last = time.monotonic()
        self._timer = QTimer(self, interval=EVERY)
        self._timer.timeout.connect(self.sweep)

    def start(self) -> None:
        if not self._timer.isActive():
            Sweeper._at_work += 1
            gc.disable()
            self._timer.start()

    def stop(self) -> None:
        """The last one gives the collector back to Python."""
        if self._timer.isActive():
            self._timer.stop()
            Sweeper._at_work -= 1
            if not Sweeper._at_work:
                gc.enable()

    def sweep(self) -> None:
        """One look, as far back as the counters ask for; rarely through everything, for that takes longest."""
        young, middle, old = (count > limit for count, limit in zip(gc.get_count(), gc.get_threshold(), strict=True))
        if not young:
            return
        if old and middle and time.monotonic() - self._last > WHOLE_AFTER:
            gc.collect()
            self._last = time.monotonic()
        else:
            gc.collect(1 if middle else 0)
