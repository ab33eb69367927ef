"""The job tray: long work with its step in words, rows done and a cancel; it never takes the focus."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, QRunnable, Qt, QThreadPool, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QProgressBar, QPushButton, QVBoxLayout, QWidget

from crmdesk.desk.background import failure
from crmdesk.desk.context import JobWork, sentence
from crmdesk.desk.widgets import button, label
from crmdesk.jobs.progress import Cancelled

TOLD_EVERY = 0.05  # seconds between two signals of one job: a fast loop must not flood the window


class Job(QObject):
    """One piece of work in a thread; it is the `progress` that the work steps."""

    stepped = Signal(float, str)
    ended = Signal(object, object)  # value, error

    def __init__(self, title: str, work: JobWork) -> None:
        super().__init__()
        self.title = title
        self._work = work
        self._stop = threading.Event()
        self._told = 0.0
        self.dropped = False  # the bank it ran on is gone: its answer is for nobody
        self.over = threading.Event()  # set once the work runs no more

    def step(self, fraction: float, text: str = "") -> None:
        if self._stop.is_set():
            raise Cancelled
        now = time.monotonic()
        if now - self._told >= TOLD_EVERY or fraction >= 1:
            self._told = now
            self.stepped.emit(fraction, text)

    def stopped(self) -> bool:
        """Whether the person cancelled: what services take as `cancel`."""
        return self._stop.is_set()

    def cancel(self) -> None:
        self._stop.set()

    def run(self) -> None:
        value, error = None, None
        try:
            if self._stop.is_set():
                raise Cancelled  # before its turn came
            value = self._work(self)
        except BaseException as caught:  # the tray tells every end
            error = failure(caught)
        self.ended.emit(value, error)
        self.over.set()


class _Runnable(QRunnable):
    def __init__(self, job: Job) -> None:
        super().__init__()
        self._job = job

    def run(self) -> None:
        self._job.run()


class JobRow(QFrame):
    """One job: title, step, bar, Cancel; a failure stays until it is closed."""

    closed = Signal()

    def __init__(self, job: Job) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self.job = job
        self.title = label(job.title, "heading")
        self.step = label("Waiting for its turn", "muted")
        self.bar = QProgressBar()
        self.bar.setRange(0, 1000)
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(f"Progress of {job.title}")
        self.stop: QPushButton = button("Cancel", self.cancel, tip=f"Stop: {job.title}")
        self.stop.setAccessibleName(f"Cancel {job.title}")
        grid = QGridLayout(self)
        grid.setContentsMargins(12, 8, 12, 8)
        grid.setVerticalSpacing(4)
        grid.addWidget(self.title, 0, 0)
        grid.addWidget(self.step, 0, 1)
        grid.addWidget(self.stop, 0, 2, 2, 1, Qt.AlignmentFlag.AlignVCenter)
        grid.addWidget(self.bar, 1, 0, 1, 2)
        grid.setColumnStretch(1, 1)
        job.stepped.connect(self._show)

    def _show(self, fraction: float, text: str) -> None:
        self.bar.setValue(int(fraction * 1000))
        self.step.setText(f"{text}  {fraction:.0%}" if text else f"{fraction:.0%}")

    def cancel(self) -> None:
        self.job.cancel()
        self.stop.setEnabled(False)
        self.step.setText("Stopping...")

    def fail(self, text: str) -> None:
        self.bar.setVisible(False)
        self.step.setProperty("role", "fault")
        self.step.style().polish(self.step)
        self.step.setWordWrap(True)
        self.step.setText(text)
        self.stop.setText("Close")
        self.stop.setAccessibleName(f"Close the notice of {self.job.title}")
        self.stop.setEnabled(True)
        self.stop.clicked.disconnect()
        self.stop.clicked.connect(lambda *_: self.closed.emit())


class Tray(QWidget):
    """All jobs of this window; `summary` is the status bar's "1 job 42 %"."""

    summary = Signal(str)
    noticed = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._pool = QThreadPool()
        self._pool.setMaxThreadCount(2)
        self._rows: list[JobRow] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(16, 0, 16, 8)
        self._column.setSpacing(6)
        self.setVisible(False)

    @property
    def running(self) -> list[Job]:
        return [row.job for row in self._rows if row.bar.isVisibleTo(row)]

    def start(self, title: str, work: JobWork, done: Callable[[Any], None], failed: Callable[[Exception], None],
              cancelled: Callable[[], Any] | None = None) -> Job:  # fmt: skip
        job = Job(title, work)
        row = JobRow(job)
        self._rows.append(row)
        self._column.addWidget(row)
        self.setVisible(True)
        job.stepped.connect(self._tell)
        job.ended.connect(lambda value, error: self._end(row, value, error, done, failed, cancelled))
        row.closed.connect(lambda: self._remove(row))
        self._pool.start(_Runnable(job))
        self._tell()
        return job

    def _end(self, row: JobRow, value: Any, error: BaseException | None, done: Callable[[Any], None],
             failed: Callable[[Exception], None], cancelled: Callable[[], Any] | None) -> None:  # fmt: skip
        if isinstance(error, Cancelled):
            self._remove(row)
            self.noticed.emit(f"{row.job.title}: cancelled; nothing half done was kept.")
            if cancelled is not None and not row.job.dropped:
                cancelled()
        elif isinstance(error, Exception):
            row.fail(sentence(error))
            self._tell()
            if not row.job.dropped:
                failed(error)
        else:
            self._remove(row)
            self.noticed.emit(f"{row.job.title}: done.")
            if not row.job.dropped:
                done(value)

    def _remove(self, row: JobRow) -> None:
        self._rows.remove(row)
        row.setParent(None)
        row.deleteLater()
        self.setVisible(bool(self._rows))
        self._tell()

    def _tell(self, *_: Any) -> None:
        jobs = [row for row in self._rows if row.bar.isVisibleTo(row)]
        share = sum(row.bar.value() for row in jobs) / (10 * len(jobs)) if jobs else 0
        self.summary.emit(f"{len(jobs)} {'job' if len(jobs) == 1 else 'jobs'} {share:.0f} %" if jobs else "No jobs")

    def drop_all(self) -> list[threading.Event]:
        """Cancel every job and forget its answer; gives the ends of those still under way."""
        under_way = [row for row in self._rows if row.bar.isVisibleTo(row)]
        for row in under_way:
            row.cancel()
            row.job.dropped = True
        return [row.job.over for row in under_way]
