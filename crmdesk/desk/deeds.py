"""What the host's menu entries do; each takes the frame."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QFileDialog, QMessageBox, QWidget

from crmdesk import __version__
from crmdesk.desk import start
from crmdesk.desk.find import FindDialog
from crmdesk.desk.keys import KeysDialog
from crmdesk.domain.change import ALL, Change
from crmdesk.jobs.progress import Progress
from crmdesk.places import demo_file

if TYPE_CHECKING:
    from crmdesk.desk.frame import Frame
    from crmdesk.mining.record import RunRecord

BANKS = "Banks (*.crmdesk)"
DEMO_CUSTOMERS, DEMO_SEED, DEMO_ANALYSIS = 15_000, 7, "segmentation.two_tier"


def new_bank(frame: Frame) -> None:
    chosen, _ = QFileDialog.getSaveFileName(frame, "New empty bank", "bank.crmdesk", BANKS)
    if chosen:
        path = Path(chosen).with_suffix(".crmdesk")
        make_bank(frame, path, "empty", None)


def create_demo(frame: Frame) -> None:
    """The demonstration bank: made in a job, or opened where it exists already."""
    path = demo_file()
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists():
        start.open_bank(frame, path)
    else:
        make_bank(frame, path, "gemstone", DEMO_CUSTOMERS, mine_demo)


def make_bank(
    frame: Frame, path: Path, preset: str, customers: int | None, then: Callable[[Frame], None] | None = None
) -> None:
    """Create a bank in a job, open it when it is there, `then(frame)`."""

    def work(progress: Progress) -> Path:
        from crmdesk.services import banks  # brings the store: in the job's thread

        banks.create(path, preset=preset, customers=customers, seed=DEMO_SEED, progress=progress)
        return path

    def failed(error: Exception) -> None:
        frame.start.show_error(error, lambda: make_bank(frame, path, preset, customers, then))

    frame.context.job(f"Create {path.stem}", work, lambda made: start.open_bank(frame, made, then=then), failed)


def mine_demo(frame: Frame) -> None:
    """Segment the open bank in a job, where a plugin offers that; Home then shows the map."""
    app, actor = frame.context.app, frame.context.actor
    if app is None or DEMO_ANALYSIS not in app.plugins.analyses:
        return

    def work(progress: Any) -> RunRecord:
        from crmdesk.services import mining  # brings the store: in the job's thread

        return mining.run(app, actor, DEMO_ANALYSIS, {}, seed=DEMO_SEED, progress=progress, cancel=progress.stopped)

    def done(record: RunRecord) -> None:
        frame.context.changed(Change("mine", {"run": ALL, "segment": ALL, "segment_membership": ALL}))
        frame.context.notify(f"{record.title}: {record.verdict}")

    frame.context.job(app.plugins.analyses[DEMO_ANALYSIS].title, work, done)


def open_file(frame: Frame) -> None:
    chosen, _ = QFileDialog.getOpenFileName(frame, "Open a bank", "", BANKS)
    if chosen:
        start.open_bank(frame, Path(chosen))


def close_bank(frame: Frame) -> None:
    start.close_bank(frame)


def leave(frame: Frame) -> None:
    frame.close()


def back(frame: Frame) -> None:
    frame.shelf.back()


def forward(frame: Frame) -> None:
    frame.shelf.forward()


def refresh(frame: Frame) -> None:
    frame.shelf.page.refresh()


def next_pane(frame: Frame) -> None:
    """F6: from the rail to the line above, the page, a reminder, the jobs, the status bar, and around."""
    parts = (frame.rail, frame.top, frame.shelf, frame.reminders, frame.tray, frame.foot)
    panes = [p for p in parts if p and p.isVisible()]
    here = QApplication.focusWidget()
    at = next((i for i, pane in enumerate(panes) if here is not None and pane.isAncestorOf(here)), -1)
    for pane in (*panes[at + 1 :], *panes[: at + 1]):
        if _enter(pane):
            return


def _enter(pane: QWidget) -> bool:
    """Put the focus on the first control of a pane that takes it; False where it has none."""
    for part in pane.findChildren(QWidget):
        if part.isVisible() and part.isEnabled() and part.focusPolicy() & Qt.FocusPolicy.TabFocus:
            part.setFocus(Qt.FocusReason.ShortcutFocusReason)
            return True
    return False


def find(frame: Frame) -> None:
    frame.shelf.page.find()


def twin(frame: Frame) -> None:
    frame.shelf.page.toggle_twin()


def light(frame: Frame) -> None:
    frame.wear("light")


def dark(frame: Frame) -> None:
    frame.wear("dark")


def system(frame: Frame) -> None:
    frame.wear("system")


def palette(frame: Frame) -> None:
    """Ctrl+K: every menu entry by its words."""
    FindDialog(frame).open()


def jobs(frame: Frame) -> None:
    """Ctrl+J: to the first control of the tray."""
    if not frame.tray.isVisible() or not _enter(frame.tray):
        frame.notice("No job is running.")


def keys(frame: Frame) -> None:
    KeysDialog(frame).open()


def about(frame: Frame) -> None:
    QMessageBox.about(frame, "About crmdesk", f"crmdesk {__version__}\nA desktop CRM for retail banks, with data "
                      "mining built in: one window, one file.")  # fmt: skip
