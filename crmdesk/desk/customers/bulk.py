"""Dialogs that act on many customers: one field changed, counted before; or a permission withdrawn, never granted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QCheckBox, QComboBox, QGridLayout, QVBoxLayout, QWidget

from crmdesk.desk import words
from crmdesk.desk.background import Ticket
from crmdesk.desk.context import DeskContext
from crmdesk.desk.customers.field_edit import FieldEdit
from crmdesk.desk.form_dialog import FormDialog, buddy
from crmdesk.desk.widgets import label
from crmdesk.desk.zoom import px
from crmdesk.domain.permission import CONSENT_PURPOSES, MARKETING_CHANNELS, MINING_PURPOSES
from crmdesk.jobs.progress import Progress
from crmdesk.services import bulk, permission_bulk
from crmdesk.services.bulk import BulkDone, BulkField, BulkPreview
from crmdesk.services.customer_edit import FieldInfo
from crmdesk.services.customers import Chosen

COUNT_AFTER: Final = 250  # ms after the last key
IN_THE_TRAY: Final = 2_000  # more customers than this take long enough to be a job
_NEEDED: Final = frozenset({"branch"})  # fields that no customer is without


def people(number: int) -> str:
    return "1 customer" if number == 1 else f"{words.count(number)} customers"


class ManyDialog(FormDialog):
    """A FormDialog whose work goes into the tray where there are many; `number` customers were chosen."""

    def __init__(self, context: DeskContext, parent: QWidget, title: str, verb: str, chosen: Chosen,
                 number: int) -> None:  # fmt: skip
        super().__init__(context, parent, title, verb)
        self.chosen, self.number = chosen, number
        self.setMinimumWidth(px(520))

    def job(self) -> Callable[[Progress | None, Callable[[], bool]], Any]:
        """What changes the bank: takes the progress to tell and whether it was cancelled."""
        raise NotImplementedError

    def work(self) -> Callable[[], Any]:
        deed = self.job()
        return lambda: deed(None, lambda: False)

    def save(self) -> None:
        if self.number <= IN_THE_TRAY or not self.save_button.isEnabled():
            super().save()
            return
        context, deed, told = self.context, self.job(), self.done_words

        def done(value: Any) -> None:
            context.changed(value.change if isinstance(value, BulkDone) else value)
            context.notify(told(value))

        self.accept()
        context.job(self.windowTitle(), lambda progress: deed(progress, progress.stopped), done)


class BulkDialog(ManyDialog):
    """A field and its new value; how many would change stands there before the button does it."""

    def __init__(self, context: DeskContext, parent: QWidget, chosen: Chosen, number: int) -> None:
        super().__init__(context, parent, f"Change a field for {people(number)}", "Change customers", chosen, number)
        self._ticket: Ticket | None = None
        self._fields: list[BulkField] = []
        self.field = QComboBox()
        self.field.setPlaceholderText("Choose a field")
        self.holder = QVBoxLayout()
        self.edit: FieldEdit | None = None
        self.value_label = buddy("&New value", self.field)
        self.told = label("", wrap=True)
        self.left_out = label("", "muted", wrap=True)
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(8)
        grid.addWidget(buddy("&Field", self.field), 0, 0)
        grid.addWidget(self.field, 0, 1)
        grid.addWidget(self.value_label, 1, 0)
        grid.addLayout(self.holder, 1, 1)
        grid.setColumnStretch(1, 1)
        self.fields.addLayout(grid)
        self.fields.addWidget(self.told)
        self.fields.addWidget(self.left_out)
        self.fields.addWidget(label("It can be undone as one deed with Ctrl+Z.", "muted"))
        self.save_button.setEnabled(False)
        self._timer = QTimer(self, singleShot=True, interval=COUNT_AFTER)
        self._timer.timeout.connect(self.count)
        self.field.currentIndexChanged.connect(lambda *_: self._show_field())
        app, actor = context.app, context.actor
        context.background(lambda: bulk.fields(app, actor), self._offer, self.refused, self)

    def _offer(self, fields: list[BulkField]) -> None:
        # A choice without choices, such as a manager in a bank without staff, cannot be made.
        self._fields = [field for field in fields if field.kind != "choice" or field.choices]
        self.field.blockSignals(True)
        for field in self._fields:
            self.field.addItem(field.title, field.name)
        self.field.setCurrentIndex(-1)  # nobody's first field is what many customers are changed by
        self.field.blockSignals(False)
        self._wait("Choose the field to change.")
        self.field.setFocus()

    def _show_field(self) -> None:
        """The control that suits the field; nothing is counted until a value is given."""
        if self.edit is not None:
            self.edit.setParent(None)
            self.edit.deleteLater()
            self.edit = None
        if self.field.currentIndex() < 0:
            return
        one = self._fields[self.field.currentIndex()]
        info = FieldInfo(one.name, one.title, one.kind, "bank", one.choices, one.name in _NEEDED, one.hint)
        self.edit = FieldEdit(info, "")
        self.holder.addWidget(self.edit)
        self.value_label.setBuddy(self.edit.control)
        self.edit.control.setAccessibleName(f"New value of {one.title}")
        self.edit.edited.connect(lambda *_: self._edited())
        if isinstance(self.edit.control, QComboBox):
            self.edit.control.setPlaceholderText("Choose a value")
            self.edit.control.setCurrentIndex(-1)
            self._wait("Choose the new value.")
        else:
            self._wait(f"Type the new value; empty clears it for {people(self.number)}.")
            self._timer.start()

    def _wait(self, text: str) -> None:
        self.save_button.setEnabled(False)
        self.told.setText(text)
        self.left_out.setText("")

    def _edited(self) -> None:
        self._wait("Counting who would change.")
        self._timer.start()

    def count(self) -> None:
        """Ask what the change would do; an older question is forgotten."""
        if self.edit is None:
            return
        if self._ticket is not None:
            self._ticket.drop()
        app, actor, chosen = self.context.app, self.context.actor, self.chosen
        name, value = self.field.currentData(), self.edit.value()
        self._ticket = self.context.background(
            lambda: bulk.preview(app, actor, chosen, name, value), self._counted, self._cannot, self
        )

    def _counted(self, found: BulkPreview) -> None:
        self.tell("")
        self.told.setText(f"{found.title}.")
        out = [f"{words.count(n)} {reason}" for reason, n in found.left_out.items() if n]
        self.left_out.setText(f"Left out: {', '.join(out)}." if out else "Nobody is left out.")
        self.save_button.setText(f"Change {people(found.count)}")
        self.save_button.setAccessibleName(self.save_button.text())
        self.save_button.setEnabled(found.count > 0)

    def _cannot(self, error: Exception) -> None:
        self._wait("")
        self.refused(error)
        self.save_button.setEnabled(False)

    def job(self) -> Callable[[Progress | None, Callable[[], bool]], Any]:
        assert self.edit is not None
        app, actor, chosen = self.context.app, self.context.actor, self.chosen
        name, value = self.field.currentData(), self.edit.value()
        return lambda progress, cancel: bulk.apply(app, actor, chosen, name, value, progress=progress, cancel=cancel)

    def done_words(self, saved: Any) -> str:
        return f"{people(saved.count)} changed. Undo: Ctrl+Z."


class WithdrawDialog(ManyDialog):
    """Takes a purpose back for many, at once and without a reason; there is no such dialog for grants."""

    def __init__(self, context: DeskContext, parent: QWidget, chosen: Chosen, number: int) -> None:
        verb = f"Withdraw for {people(number)}"
        super().__init__(context, parent, f"Withdraw a permission for {people(number)}", verb, chosen, number)
        self.purpose = QComboBox()
        for purpose in (*CONSENT_PURPOSES, *MINING_PURPOSES):
            self.purpose.addItem(words.PURPOSES[purpose], purpose)
        self.boxes = {channel: QCheckBox(words.CHANNELS[channel]) for channel in MARKETING_CHANNELS}
        self._ways = QWidget()
        ways = QGridLayout(self._ways)
        ways.setContentsMargins(0, 0, 0, 0)
        for at, box in enumerate(self.boxes.values()):
            ways.addWidget(box, *divmod(at, 3))
            box.toggled.connect(lambda *_: self._tell())
        self.told = label("", wrap=True)
        self.fields.addWidget(buddy("&Purpose", self.purpose))
        self.fields.addWidget(self.purpose)
        self.ways_label = label("Channels; none ticked means all of them", "muted")
        self.fields.addWidget(self.ways_label)
        self.fields.addWidget(self._ways)
        self.fields.addWidget(self.told)
        self.fields.addWidget(label("A withdrawal counts at once and is not undone: a mistake is corrected on the "
                                    "customer's page, with a reason.", "muted", wrap=True))  # fmt: skip
        self.purpose.currentIndexChanged.connect(lambda *_: self._tell())
        self._tell()

    @property
    def channels(self) -> tuple[str, ...]:
        if self.purpose.currentData() in MINING_PURPOSES:
            return ()
        return tuple(channel for channel, box in self.boxes.items() if box.isChecked())

    def _tell(self) -> None:
        has_ways = self.purpose.currentData() in CONSENT_PURPOSES
        self._ways.setVisible(has_ways)
        self.ways_label.setVisible(has_ways)
        way = " or ".join(words.CHANNELS[c] for c in self.channels)
        where = f" by {way}" if way else " by any channel" if has_ways else ""
        self.told.setText(f"Withdraws {self.purpose.currentText().lower()}{where} for {people(self.number)}; whoever "
                          "withdrew or objected already stays as they are.")  # fmt: skip

    def job(self) -> Callable[[Progress | None, Callable[[], bool]], Any]:
        app, actor, chosen = self.context.app, self.context.actor, self.chosen
        purpose, channels = self.purpose.currentData(), self.channels
        return lambda progress, cancel: permission_bulk.withdraw_many(
            app, actor, chosen, purpose, channels, progress=progress, cancel=cancel
        )

    def done_words(self, saved: Any) -> str:
        touched = saved.touched.get("customer", ())
        if isinstance(touched, str):
            return "The permission is withdrawn for all of them; open lists let go of them now."
        return f"The permission is withdrawn for {people(len(touched))}; open lists let go of them now."
