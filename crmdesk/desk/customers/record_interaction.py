"""Record an interaction in three keystrokes: I, a digit or letter, Enter; only combinations that exist are offered."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from PySide6.QtCore import QDateTime, QEvent, QObject, QSize, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDateTimeEdit,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QWidget,
)

from crmdesk.desk import words
from crmdesk.desk.context import DeskContext
from crmdesk.desk.form_dialog import FormDialog, buddy
from crmdesk.desk.widgets import label
from crmdesk.desk.zoom import px, size_dialog
from crmdesk.domain.errors import BadInput
from crmdesk.domain.interaction import RESPONSES
from crmdesk.services import customers, interactions
from crmdesk.services.customers import CustomerCard
from crmdesk.services.interactions import CellChoice

DIGITS: Final = 9  # rows that a digit chooses
LINE: Final = 26  # px of a row
ANSWERS, ASKS = "I3", "I4"  # layouts of the catalogue that ask for an answer, and online for the medium
MEDIA: Final = {"": "Not said", "faq": "Questions and answers", "live_chat": "Live chat"}
_CODE: Final = Qt.ItemDataRole.UserRole


class InteractionDialog(FormDialog):
    """A field to type a digit or words in, the combinations, and only the fields that the chosen one has."""

    def __init__(
        self, context: DeskContext, parent: QWidget | None, card: CustomerCard, choices: Sequence[CellChoice],
        now: datetime,
    ) -> None:  # fmt: skip
        super().__init__(context, parent, f"Record an interaction with {card.name}", "Record interaction")
        self._card, self._choices, self._now = card, list(choices), now
        self.find = QLineEdit()
        self.find.setPlaceholderText("A digit, or words such as deposit")
        self.find.textEdited.connect(self.show_matches)
        self.find.installEventFilter(self)
        self.list = QListWidget()
        self.list.setAccessibleName("Combinations of channel and activity, the most used first")
        self.list.setUniformItemSizes(True)
        self.list.setMinimumHeight(px(200))
        self.list.currentItemChanged.connect(lambda *_: self._fit_fields())
        self.fields.addWidget(buddy("&What happened", self.find, "A digit chooses that row; words narrow the list"))
        self.fields.addWidget(self.find)
        self.fields.addWidget(self.list, 1)
        self._lay_out_fields()
        self.show_matches("")
        size_dialog(self, 560, 620)
        self.find.setFocus()

    def _lay_out_fields(self) -> None:
        self.amount, self.account, self.response, self.medium = QLineEdit(), QComboBox(), QComboBox(), QComboBox()
        self.amount.setPlaceholderText(f"in {self._card.currency}" if self._card.currency else "")
        self.account.addItem("No account", "")
        for one in self._card.accounts:
            if one.closed_on is None:
                self.account.addItem(f"{one.product}  {one.number}", one.number)
        self.response.addItem("No answer yet", "")
        for one in RESPONSES:
            self.response.addItem(one.replace("_", " ").capitalize(), one)
        for value, text in MEDIA.items():
            self.medium.addItem(text, value)
        self.note = QLineEdit()
        self.note.setMaxLength(2000)
        self.by_bank = QCheckBox("The bank began it")
        self.earlier = QCheckBox("&Earlier:")
        now = QDateTime.fromMSecsSinceEpoch(int(self._now.timestamp() * 1000))  # the bank's clock, shown local
        self.when = QDateTimeEdit(now)
        self.when.setCalendarPopup(True)
        self.when.setDisplayFormat("d MMM yyyy HH:mm")
        self.when.setMaximumDateTime(now)
        self.when.setAccessibleName("When it happened")
        self.when.setEnabled(False)
        self.earlier.toggled.connect(self.when.setEnabled)
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(8)
        self._grid.setColumnStretch(1, 1)
        self._labels: dict[QWidget, QLabel] = {}
        named = (("&Amount", self.amount), ("Acc&ount", self.account), ("Ans&wer", self.response),
                 ("&Through", self.medium), ("&Note", self.note))  # fmt: skip
        for row, (name, field) in enumerate(named):
            self._labels[field] = buddy(name, field)
            self._grid.addWidget(self._labels[field], row, 0)
            self._grid.addWidget(field, row, 1)
        self.fields.addLayout(self._grid)
        row = QHBoxLayout()
        row.addWidget(label("It happened now, unless you say so.", "muted"))
        row.addStretch(1)
        for part in (self.earlier, self.when):
            row.addWidget(part)
        self.fields.addLayout(row)
        self.foot.insertWidget(0, self.by_bank)

    # The list --------------------------------------------------------------------------------------------------

    def show_matches(self, text: str) -> None:
        """Combinations that hold every typed word, in the order of use; the first is chosen."""
        typed = text.casefold().split()
        self.list.clear()
        for one in self._choices:
            spoken = f"{one.label} {one.mode}".casefold()
            if all(word in spoken for word in typed):
                self.list.addItem(self._item(one, self.list.count() + 1))
        self.list.setCurrentRow(0)

    @staticmethod
    def _item(one: CellChoice, number: int) -> QListWidgetItem:
        digit = str(number) if number <= DIGITS else " "
        item = QListWidgetItem(f"{digit}   {one.label}   ({words.MODES.get(one.mode, one.mode).lower()})")
        item.setData(_CODE, one.code)
        item.setSizeHint(QSize(0, px(LINE)))
        return item

    @property
    def chosen(self) -> CellChoice | None:
        item = self.list.currentItem()
        code = item.data(_CODE) if item is not None else ""
        return next((one for one in self._choices if one.code == code), None)

    def _fit_fields(self) -> None:
        """An amount where the combination has one, an answer where something was offered."""
        one = self.chosen
        for field, shown in ((self.amount, bool(one and one.sign)), (self.account, bool(one and one.sign)),
                             (self.response, bool(one and one.layout == ANSWERS))):  # fmt: skip
            field.setVisible(shown)
            self._labels[field].setVisible(shown)
        asked = bool(one and one.layout == ASKS and one.channel == "online")
        self.medium.setVisible(asked)
        self._labels[self.medium].setVisible(asked)
        self.by_bank.setChecked(bool(one and one.mode == "promotional"))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """In the empty field a digit chooses its row; up and down walk the list while words are typed."""
        if watched is self.find and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()))
            if step:
                self.list.setCurrentRow(max(0, min(self.list.count() - 1, self.list.currentRow() + step)))
                return True
            if event.text().isdigit() and not self.find.text() and 1 <= int(event.text()) <= self.list.count():
                self.list.setCurrentRow(int(event.text()) - 1)
                (self.note if self.amount.isHidden() else self.amount).setFocus()
                return True
        return super().eventFilter(watched, event)

    # Saving ----------------------------------------------------------------------------------------------------

    def work(self) -> Callable[[], Any]:
        one = self.chosen
        if one is None:
            raise BadInput("Nothing fits these words. Type fewer, or clear the field to see every combination.")
        asked: dict[str, Any] = {"note": self.note.text().strip(),
                                 "initiated_by": "bank" if self.by_bank.isChecked() else "customer"}  # fmt: skip
        if one.sign:
            asked |= {"amount": self.amount.text().strip(), "account": self.account.currentData()}
        if one.layout == ANSWERS:
            asked["response"] = self.response.currentData()
        if not self.medium.isHidden():
            asked["medium"] = self.medium.currentData()
        if self.earlier.isChecked():
            asked["occurred_at"] = datetime.fromtimestamp(self.when.dateTime().toSecsSinceEpoch(), UTC)
        app, actor, number = self.context.app, self.context.actor, self._card.number
        return lambda: interactions.record(app, actor, number, one.code, **asked)

    def done_words(self, saved: Any) -> str:
        one = self.chosen
        return f"Recorded: {one.label if one else 'interaction'}, {self._card.number}."


def record_interaction(context: DeskContext, parent: QWidget, number: str, now: datetime) -> None:
    """Ask what there is to choose from, then open the dialog; `now` by the bank's clock."""
    app, actor = context.app, context.actor

    def opened(found: tuple[CustomerCard, list[CellChoice]]) -> None:
        InteractionDialog(context, parent, *found, now).open()

    context.background(
        lambda: (customers.get(app, actor, number), interactions.choices(app, actor)), opened, owner=parent
    )
