"""Putting a backup in the bank's place: checked first, then the bank is closed, exchanged and opened again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QWidget

from crmdesk.desk import start
from crmdesk.desk.asking import SEE, way_on
from crmdesk.desk.context import DeskContext
from crmdesk.desk.form_dialog import FormDialog
from crmdesk.desk.widgets import Deed, label
from crmdesk.desk.work import moments
from crmdesk.desk.zoom import px
from crmdesk.domain.errors import NeedsSecond
from crmdesk.services import autobackup, backup, restoring
from crmdesk.services.autobackup import Copy

if TYPE_CHECKING:
    from crmdesk.desk.frame import Frame


class RestoreDialog(FormDialog):
    """Restoring cannot be undone by Ctrl+Z, so this says what goes and what stays."""

    def __init__(self, context: DeskContext, page: QWidget, one: Copy) -> None:
        now = datetime.now(UTC)
        answer = (
            f"The bank goes back to how it was {moments.moment(one.made_at, now)}. "
            "What was written since is not in it. "
            "The bank as it is now is kept beside it, as a file whose name ends in before-restore."
        )
        super().__init__(context, page, "Restore a backup", "Restore backup", answer)
        self.setMinimumWidth(px(480))
        self._page, self._copy = page, one
        self._way_on: Deed | None = None  # to a second person, whose word is needed first
        self.since = label("Looking for permissions that were taken back since...", "muted", wrap=True)
        self.fields.addWidget(self.since)
        self._count()
        # Enter must not do what cannot be undone before it was read.
        self.save_button.setDefault(False)
        self.save_button.setAutoDefault(False)
        self.cancel_button.setAutoDefault(True)
        self.cancel_button.setDefault(True)
        self.cancel_button.setFocus()

    def _count(self) -> None:
        """Say how much of what people took back since the backup goes into the restored bank."""
        app, actor = self.context.app, self.context.actor

        def told(many: int) -> None:
            if many == 0:
                self.since.setText("Nobody took a permission back since then. Grants given since are not in it.")
                return
            what = "1 withdrawal, refusal, objection or restriction" if many == 1 else \
                f"{many:,} withdrawals, refusals, objections and restrictions"  # fmt: skip
            self.since.setText(f"{what} recorded since then will be carried over. Grants given since will not.")

        def failed(error: Exception) -> None:
            self.since.setText("Withdrawals since then could not be counted: look at the backup with Check backup.")

        self.context.background(lambda: backup.to_carry_over(app, actor, self._copy.file), told, failed, self)

    def work(self) -> Callable[[], Any]:
        app, actor = self.context.app, self.context.actor
        return lambda: autobackup.restorable(app, actor, self._copy.file)

    def refused(self, error: Exception) -> None:
        """Where a second person has to agree first, the button asks for that."""
        super().refused(error)
        self._way_on = None
        if isinstance(error, NeedsSecond):
            app, actor, file = self.context.app, self.context.actor, self._copy.file
            ask = partial(restoring.ask, app, actor, file)
            self._way_on = way_on(self.context, self, error, ask, self.accept)
            self.save_button.setText(self._way_on[0])
            self.save_button.setAccessibleName(self._way_on[0].removesuffix("..."))
            self.save_button.setToolTip(self._way_on[0].removesuffix("..."))
            self.save_button.setFocus()

    def save(self) -> None:
        if self._way_on is None:
            super().save()
            return
        text, deed = self._way_on
        if text == SEE:  # it stands on a page, which the dialog would cover
            self.accept()
        deed()

    def saved(self, value: Any) -> None:
        """The copy passed its check: now the window lets go of the bank."""
        frame: Frame = self._page.window()  # type: ignore[assignment]
        self.accept()
        restore(frame, value)


def restore(frame: Frame, source: Path) -> None:
    """Close the open bank, put `source` in its place, open it; on a failure the bank is opened as it was."""
    context = frame.context
    assert context.app is not None
    target, actor, keys = context.app.path, context.actor, context.app.store.keys

    def exchanged(report: dict[str, Any]) -> None:
        kept = Path(report["kept"]).name if report["kept"] else ""
        told = f"{target.stem} is restored. The bank as it was is kept: {kept}. {backup.carried_words(report)}"
        start.open_bank(frame, target, then=lambda opened: opened.notice(told))

    def failed(error: Exception) -> None:
        start.open_bank(frame, target, then=lambda _: context.notice_error(error))

    words = f"Restoring {target.stem}..."
    frame.start.show_busy(words)
    frame.notice(words)
    frame.hide_bank(lambda: context.open_file(lambda: backup.restore(actor, source, target, keys), exchanged, failed))
