"""File > Restore a backup: for a bank that is gone or damaged, before any bank is open."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtWidgets import QFileDialog

from crmdesk.desk import start

if TYPE_CHECKING:
    from crmdesk.desk.frame import Frame

BACKUPS: Final = "Backups and banks (*.crmdesk *.crmdesk.*);;All files (*)"
BANKS: Final = "Banks (*.crmdesk)"


def choose(frame: Frame) -> None:
    """Ask for the backup and for the place of the bank; what lies there now is kept beside it."""
    source, _ = QFileDialog.getOpenFileName(frame, "Choose a backup", "", BACKUPS)
    if not source:
        return
    offered = str(home_of(Path(source)))
    target, _ = QFileDialog.getSaveFileName(frame, "Restore it as", offered, BANKS,
                                            options=QFileDialog.Option.DontConfirmOverwrite)  # fmt: skip
    if target:
        restore(frame, Path(source), Path(target))


def home_of(backup: Path) -> Path:
    """Where the bank of a backup lies: beside the folder of its automatic copies, else the backup's own name freed
    of its ending.
    """
    folder = backup.parent
    if folder.name.endswith(".crmdesk.backups"):
        return folder.with_name(folder.name.removesuffix(".backups"))
    name, found, _ = backup.name.partition(".crmdesk")
    return backup.with_name(f"{name}{found or '.crmdesk'}")


def restore(frame: Frame, source: Path, target: Path) -> None:
    """Check the backup, put it in its place and open it; an open bank is exchanged on the page Backups only."""
    context = frame.context
    if context.app is not None and context.app.path.resolve() == target.resolve():
        frame.notice(f"{target.stem} is open here: restore it under Tools > Backups, or close it first.")
        return

    def work() -> tuple[dict[str, Any], str]:
        from crmdesk.services import backup  # brings the store: in a thread

        report = backup.restore(context.actor, source, target)
        return report, backup.carried_words(report)

    def done(found: tuple[dict[str, Any], str]) -> None:
        report, carried = found
        kept = f" What was there is kept as {Path(report['kept']).name}." if report["kept"] else ""
        start.open_bank(frame, target, then=lambda opened: opened.notice(f"{target.stem} is restored.{kept} {carried}"))

    def failed(error: Exception) -> None:
        if context.app is None:
            frame.start.show_error(error, lambda: restore(frame, source, target))
        else:
            context.notice_error(error)

    if context.app is None:
        frame.start.show_busy(f"Restoring {target.stem}...")
    frame.notice(f"Restoring {target.stem}...")
    context.open_file(work, done, failed)
