"""The customer list as a file: what for, which way, how many and what is personal stand there before it is written."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import QCheckBox, QComboBox, QFileDialog, QGridLayout, QHBoxLayout, QWidget

from crmdesk.desk import words
from crmdesk.desk.asking import SEE, way_on
from crmdesk.desk.background import Ticket
from crmdesk.desk.context import DeskContext, sentence
from crmdesk.desk.form_dialog import FormDialog, buddy
from crmdesk.desk.widgets import Deed, label
from crmdesk.desk.zoom import px
from crmdesk.domain.errors import NeedsSecond
from crmdesk.domain.permission import CONSENT_PURPOSES, MARKETING_CHANNELS
from crmdesk.domain.rights import Right, clear, may
from crmdesk.services import customer_export
from crmdesk.services.customer_export import PURPOSES, ExportDone, ExportPlan
from crmdesk.services.customers import Chosen
from crmdesk.services.list_fields import ListColumn

if TYPE_CHECKING:
    from crmdesk.desk.frame import Frame

FORMATS: Final = ((".csv", "CSV, for any program", "Tables (*.csv)"), (".xlsx", "Excel", "Excel (*.xlsx)"))
PURPOSE_WORDS: Final = {"service": "Service of these customers", **words.PURPOSES}
NOT_CHOSEN: Final = "Choose what it is for"


def export_page(frame: Frame) -> None:
    """File > Export, Ctrl+E: what the page in front has to export."""
    deed: Callable[[], Any] | None = getattr(frame.shelf.page, "export", None)
    if deed is None:
        frame.notice("This page has nothing to export; customers, lists and results can be exported.")
    else:
        deed()


class PurposeField(QWidget):
    """What personal data is used for, and by which channel where that counts; nothing is chosen at first."""

    def __init__(self, context: DeskContext, changed: Callable[[], Any]) -> None:
        super().__init__()
        self.purpose, self.channel = QComboBox(), QComboBox()
        self.purpose.addItem(NOT_CHOSEN, "")
        for purpose in PURPOSES:
            if purpose != "service" or may(context.actor, Right.READ_CONTACT):
                self.purpose.addItem(PURPOSE_WORDS[purpose], purpose)
        for channel in MARKETING_CHANNELS:
            self.channel.addItem(words.BY[channel], channel)
        self.purpose.setAccessibleName("What it is for")
        self.channel.setAccessibleName("By which channel they will be contacted")
        self.channel.setToolTip("Only those who permit this channel now are written")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.purpose, 2)
        row.addWidget(self.channel, 1)
        self.setFocusProxy(self.purpose)
        self.channel.setVisible(False)
        self.purpose.currentIndexChanged.connect(lambda *_: self._show())
        for box in (self.purpose, self.channel):
            box.currentIndexChanged.connect(lambda *_: changed())

    def _show(self) -> None:
        self.channel.setVisible(self.value() in CONSENT_PURPOSES)

    def value(self) -> str:
        """The purpose, "" while none is chosen."""
        return str(self.purpose.currentData())

    def way(self) -> str:
        """The channel, "" where the purpose has none."""
        return str(self.channel.currentData()) if self.value() in CONSENT_PURPOSES else ""

    def put(self, purpose: str, channel: str = "") -> None:
        self.purpose.setCurrentIndex(max(0, self.purpose.findData(purpose)))
        if channel:
            self.channel.setCurrentIndex(self.channel.findData(channel))


class ExportDialog(FormDialog):
    """`number` customers as `columns` show them; whoever did not permit the purpose is left out and counted."""

    def __init__(self, context: DeskContext, parent: QWidget, chosen: Chosen, number: int,
                 columns: Sequence[str]) -> None:  # fmt: skip
        self._many = "1 customer" if number == 1 else f"{words.count(number)} customers"
        super().__init__(context, parent, "Export customers", "Export...", f"{self._many}, as the list shows them.")
        self.setMinimumWidth(px(560))
        self._chosen, self._columns, self._ticket = chosen, tuple(columns), None
        self._way_on: Deed | None = None  # to a second person, whose word is needed first
        self.boxes: dict[str, QCheckBox] = {}
        self.purpose = PurposeField(context, self._reach)
        self._addresses: dict[str, tuple[str, ...]] = {}
        self._ticked: set[str] = set()  # ticked for a channel, not by hand
        self.format = QComboBox()
        for ending, text, _ in FORMATS:
            self.format.addItem(text, ending)
        self._more = QHBoxLayout()
        self.told, self.left_out = label("", wrap=True), label("", "muted", wrap=True)
        self._lay_out()
        self.save_button.setEnabled(False)
        self.purpose.setFocus()
        app, actor = context.app, context.actor
        context.background(
            lambda: (
                customer_export.export_columns(app, actor),
                {way: customer_export.address_columns(app, actor, way) for way in MARKETING_CHANNELS},
            ),
            self._offer, self.refused, self,
        )  # fmt: skip
        self._tell_wait()

    def _lay_out(self) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(8)
        grid.setColumnStretch(1, 1)
        self.more_label = label("Also write", "muted")
        for at, (name, part) in enumerate(((buddy("&For", self.purpose), self.purpose),
                                           (buddy("&As", self.format), self.format))):  # fmt: skip
            grid.addWidget(name, at, 0)
            grid.addWidget(part, at, 1)
        grid.addWidget(self.more_label, 2, 0)
        grid.addLayout(self._more, 2, 1)
        self.fields.addLayout(grid)
        self.fields.addWidget(self.told)
        self.fields.addWidget(self.left_out)

    def _offer(self, found: tuple[list[ListColumn], dict[str, tuple[str, ...]]]) -> None:
        """Columns that a list never shows: contact data, for whoever may read it; and a channel's address."""
        columns, self._addresses = found
        addresses = {key for keys in self._addresses.values() for key in keys}
        for column in columns:
            if column.key in addresses and column.key not in self._columns:
                box = self.boxes[column.key] = QCheckBox(column.title)
                box.toggled.connect(lambda *_: self._ask())
                self._more.addWidget(box)
        self._more.addStretch(1)
        self.more_label.setVisible(bool(self.boxes))
        self._reach()

    def _reach(self) -> None:
        """Tick the address of the chosen channel: without it nobody on the list can be reached."""
        wanted = {key for key in self._addresses.get(self.purpose.way(), ()) if key in self.boxes}
        fresh = {key for key in wanted if not self.boxes[key].isChecked()}
        for key in fresh | (self._ticked - wanted):  # what the person ticked stays
            with QSignalBlocker(self.boxes[key]):
                self.boxes[key].setChecked(key in wanted)
        self._ticked = (self._ticked & wanted) | fresh
        self._ask()

    @property
    def keys(self) -> tuple[str, ...]:
        """What the list shows and what is ticked; who only writes to lists takes the address of this channel alone."""
        hidden: frozenset[str] = frozenset()
        if not clear(self.context.actor, Right.READ_CONTACT):
            hidden = frozenset().union(*self._addresses.values()) - {*self._addresses.get(self.purpose.way(), ())}
        ticked = [key for key, box in self.boxes.items() if box.isChecked()]
        return tuple(key for key in (*self._columns, *ticked) if key not in hidden)

    def _tell_wait(self) -> None:
        self.told.setText("Choose what it is for: only customers whose data may be used for that are written.")
        self.left_out.setText("The export is written into the bank's audit.")

    def _ask(self) -> None:
        """Count again who may be written; an older question is forgotten."""
        self.save_button.setEnabled(False)
        self._way_on = None
        self.tell("")
        ticket: Ticket | None = self._ticket
        if ticket is not None:
            ticket.drop()
        if not self.purpose.value():
            self._tell_wait()
            return
        app, actor, chosen, keys = self.context.app, self.context.actor, self._chosen, self.keys
        purpose, way = self.purpose.value(), self.purpose.way()
        self._ticket = self.context.background(
            lambda: customer_export.plan(app, actor, chosen, keys, purpose, way), self._planned, self._cannot, self
        )

    def _planned(self, plan: ExportPlan) -> None:
        people = "1 customer" if plan.rows == 1 else f"{words.count(plan.rows)} customers"
        self.told.setText(f"{people} will be written. Personal columns: {', '.join(plan.personal) or 'none'}.")
        out = [f"{words.count(number)} {reason}" for reason, number in plan.left_out.items()]
        self.left_out.setText(f"Left out: {', '.join(out)}." if out else "Nobody is left out.")
        verb = f"Export {people}..."
        if plan.second is not None:
            self._way_on = self._way_of(plan.second)
            verb = self._way_on[0]
            self.tell(sentence(plan.second))
        self.save_button.setText(verb)
        self.save_button.setAccessibleName(verb.removesuffix("..."))
        self.save_button.setToolTip(f"{verb.removesuffix('...')} (Enter)")
        self.save_button.setEnabled(plan.rows > 0)
        self.grow()

    def _way_of(self, missing: NeedsSecond) -> Deed:
        """To ask for exactly what was counted just now."""
        app, actor, chosen, keys = self.context.app, self.context.actor, self._chosen, self.keys
        purpose, way = self.purpose.value(), self.purpose.way()

        def ask(reason: str) -> int:
            return customer_export.ask(app, actor, chosen, keys, purpose, way, reason=reason)

        return way_on(self.context, self, missing, ask, self.accept)

    def _cannot(self, error: Exception) -> None:
        self.told.setText("")
        self.left_out.setText("")
        self.refused(error)
        self.save_button.setEnabled(False)

    def save(self) -> None:
        """Ask for the file, then write it in a job; the dialog stays where no file was named."""
        if not self.save_button.isEnabled():
            return
        if self._way_on is not None:
            text, deed = self._way_on
            if text == SEE:  # it stands on a page, which the dialog would cover
                self.accept()
            deed()
            return
        _, _, kind = FORMATS[self.format.currentIndex()]
        ending = self.format.currentData()
        chosen, _ = QFileDialog.getSaveFileName(self, "Export customers", f"customers{ending}", kind)
        if not chosen:
            return
        file = Path(chosen)
        self.write(file if file.suffix.lower() == ending else file.with_name(f"{file.name}{ending}"))

    def write(self, file: Path) -> None:
        """The job that writes; its end is told wherever the person is by then."""
        context, app, actor = self.context, self.context.app, self.context.actor
        people, keys, purpose, way = self._chosen, self.keys, self.purpose.value(), self.purpose.way()

        def work(progress: Any) -> ExportDone:
            return customer_export.write(app, actor, people, keys, file, purpose=purpose, channel=way,
                                         progress=progress, cancel=progress.stopped)  # fmt: skip

        def done(made: ExportDone) -> None:
            rows = "1 customer" if made.rows == 1 else f"{words.count(made.rows)} customers"
            left = sum(made.left_out.values())
            context.notify(f"{rows} written to {made.file}" + (f", {words.count(left)} left out." if left else "."))

        self.accept()
        context.job("Export customers", work, done)
