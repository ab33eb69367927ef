"""What a customer says: purpose, channels, the answer, and how it came; nothing is ticked beforehand."""

from __future__ import annotations

from datetime import date
from typing import Final

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QRadioButton,
    QWidget,
)

from crmdesk.desk import words
from crmdesk.desk.form_dialog import buddy
from crmdesk.desk.widgets import label
from crmdesk.desk.zoom import px
from crmdesk.domain.contact_rules import Unfit, day
from crmdesk.domain.permission import CONSENT_PURPOSES, MARKETING_CHANNELS

STATUSES: Final = {"granted": "&Grants", "refused": "Re&fuses", "withdrawn": "&Withdraws", "objected": "&Objects",
                   "asked": "As&ked, no answer"}  # fmt: skip
SOURCES: Final = {"branch": "In the &branch", "call": "By c&all", "form": "On a fo&rm", "web": "On the w&eb"}
FREE: Final = ("withdrawn", "objected")  # need neither channel, nor how, nor evidence


class Choice(QWidget):
    """Radio buttons in a row of which none is chosen at first; `picked(value)` tells the choice."""

    picked = Signal(str)

    def __init__(self, name: str, options: dict[str, str]) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.buttons: dict[str, QRadioButton] = {}
        self._group = QButtonGroup(self)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        for value, text in options.items():
            made = QRadioButton(text)
            made.setAccessibleName(f"{name}: {text.replace('&', '')}")
            made.clicked.connect(lambda _=False, v=value: self.picked.emit(v))
            self._group.addButton(made)
            self.buttons[value] = made
            row.addWidget(made)
        row.addStretch(1)
        self.setFocusProxy(next(iter(self.buttons.values())))

    @property
    def value(self) -> str:
        return next((value for value, made in self.buttons.items() if made.isChecked()), "")

    def put(self, value: str) -> None:
        self.buttons[value].setChecked(True)
        self.picked.emit(value)


class AnswerForm(QWidget):
    """The first half of the record dialog; `changed` after every edit."""

    changed = Signal()

    def __init__(self, purpose: str) -> None:
        super().__init__()
        self.purpose_box = QComboBox()
        for code, title in words.PURPOSES.items():
            self.purpose_box.addItem(title, code)
        self.purpose_box.setCurrentIndex(max(0, self.purpose_box.findData(purpose)))
        self.ticks = {channel: QCheckBox(words.CHANNELS[channel]) for channel in MARKETING_CHANNELS}
        self.channel_box, self.note = QWidget(), label("", "muted", wrap=True)
        self.status_choice, self.source_choice = Choice("Answer", STATUSES), Choice("How", SOURCES)
        self.said_on = QLineEdit()
        self.said_on.setPlaceholderText("now, where empty")
        self.said_on.setMinimumWidth(px(170))
        self._lay_out()
        self.said_on.textChanged.connect(lambda *_: self.changed.emit())
        self.purpose_box.currentIndexChanged.connect(self._purpose_changed)
        for tick in self.ticks.values():
            tick.toggled.connect(lambda *_: self.changed.emit())
        self.status_choice.picked.connect(self._status_changed)
        self.source_choice.picked.connect(lambda _: self.changed.emit())
        self._show_note()

    def _lay_out(self) -> None:
        ticks = QHBoxLayout(self.channel_box)
        ticks.setContentsMargins(0, 0, 0, 0)
        ticks.setSpacing(4)
        for channel, tick in self.ticks.items():
            tick.setAccessibleName(f"Channel: {words.CHANNELS[channel]}")
            ticks.addWidget(tick)
        ticks.addStretch(1)
        self.channel_box.setFocusProxy(self.ticks["email"])
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(6)
        grid.setColumnStretch(1, 1)
        grid.setColumnMinimumWidth(0, px(88))
        first = QWidget()
        beside = QHBoxLayout(first)
        beside.setContentsMargins(0, 0, 0, 0)
        beside.setSpacing(8)
        beside.addWidget(self.purpose_box, 1)
        beside.addStretch(1)
        beside.addWidget(buddy("&Said on", self.said_on, "The day, where it was said earlier than now"))
        beside.addWidget(self.said_on)
        lines: tuple[tuple[str, QWidget, QWidget], ...] = (
            ("&Purpose", self.purpose_box, first), ("&Channels", self.channel_box, self.channel_box),
            ("", self.note, self.note), ("The c&ustomer", self.status_choice, self.status_choice),
            ("&How", self.source_choice, self.source_choice),
        )  # fmt: skip
        for row, (text, control, line) in enumerate(lines):
            if text:
                grid.addWidget(buddy(text, control), row, 0)
            grid.addWidget(line, row, 1)
        self.purpose_box.setMaximumWidth(px(200))

    # What is chosen ----------------------------------------------------------------------------------------------

    @property
    def purpose(self) -> str:
        return str(self.purpose_box.currentData())

    @property
    def has_channels(self) -> bool:
        return self.purpose in CONSENT_PURPOSES

    @property
    def channels(self) -> tuple[str, ...]:
        return tuple(c for c, tick in self.ticks.items() if tick.isChecked()) if self.has_channels else ()

    @property
    def status(self) -> str:
        return self.status_choice.value

    @property
    def source(self) -> str:
        return self.source_choice.value

    def day(self) -> date | None:
        """The day on which the customer said it, None for now. Raises Unfit."""
        typed = self.said_on.text().strip()
        return day(typed) if typed else None

    def missing(self) -> tuple[str, QWidget] | None:
        """The first thing that has to be chosen, and where."""
        if not self.status:
            return "Choose what the customer says.", self.status_choice
        if self.has_channels and not self.channels and self.status in ("granted", "asked"):
            return "Tick the channels that the answer is about; each tick is one permission.", self.channel_box
        if not self.source and self.status not in FREE:
            return "Choose how the customer answered.", self.source_choice
        try:
            self.day()
        except Unfit as error:
            return str(error), self.said_on
        return None

    # Following ----------------------------------------------------------------------------------------------------

    def _purpose_changed(self) -> None:
        for tick in self.ticks.values():
            with QSignalBlocker(tick):
                tick.setChecked(False)  # a tick was for the purpose before
        self._show_note()
        self.changed.emit()

    def _status_changed(self, _: str) -> None:
        self._show_note()
        self.changed.emit()

    def _show_note(self) -> None:
        self.channel_box.setEnabled(self.has_channels)
        if not self.has_channels:
            self.note.setText(f"{words.PURPOSES[self.purpose]} has no channels: the answer is about all of it.")
        elif self.status in (*FREE, "refused"):
            self.note.setText("No tick: all channels.")
        else:
            self.note.setText("One tick is one permission; nothing is ticked before the customer says so.")
