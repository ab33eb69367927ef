"""The cards of a customer's page: identity with masked contact data and the bank's own fields, and the segment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from crmdesk.desk import words
from crmdesk.desk.context import DeskContext
from crmdesk.desk.customers.reason import ReasonDialog, asks_reason, offer
from crmdesk.desk.widgets import Card, Elided, button, day_words, label
from crmdesk.desk.zoom import px
from crmdesk.domain.rights import Right, may
from crmdesk.services import customers
from crmdesk.services.customers import CustomerCard, SegmentCard
from crmdesk.services.own_values import HIDDEN, OwnValue

NARROWEST = 176  # px inside the narrowest card
BIRTH = "birth_date"
TITLES = {**words.CHANNELS, BIRTH: "Birth date"}
NOTHING_SHUT: Mapping[Right, str] = {}
REVEALED_FOR = 60_000  # ms until revealed contact data is hidden again


class Facts(QGridLayout):
    """Pairs of a muted name and its value, packed to the top."""

    def __init__(self, *, wrap: bool = True) -> None:
        super().__init__()
        self._wrap = wrap
        self.setHorizontalSpacing(12)
        self.setVerticalSpacing(6)
        self.setColumnStretch(1, 1)

    def add(self, name: str, value: str | QWidget) -> None:
        shown = _text(value, self._wrap) if isinstance(value, str) else value
        row = self.rowCount()
        side = Qt.AlignmentFlag.AlignTop if isinstance(value, str) else Qt.AlignmentFlag.AlignVCenter
        self.addWidget(label(name, "muted"), row, 0, side)
        self.addWidget(shown, row, 1)


class Masked(QWidget):
    """A value that looks masked and is spoken so; Reveal asks the service, which writes it into the audit.

    Where the role must give a reason it is asked first, and stands under the value. `why_not`: out of reach.
    """

    def __init__(self, context: DeskContext, number: str, field: str, masked: str, why_not: str = "") -> None:
        super().__init__()
        self._context, self._number, self._field, self._masked = context, number, field, masked
        right = Right.READ_PROTECTED if field == BIRTH else Right.READ_CONTACT
        self._asks = asks_reason(context.actor, right)
        self.shown = Elided()
        self.purpose = label("", "muted", wrap=True)
        tip = "Asks what it is for; shows" if self._asks else "Show"
        self.button: QPushButton = button("", self.toggle, "quiet")
        self.button.setStyleSheet("QPushButton { min-height: 16px; padding: 2px 7px; }")
        offer(self.button, why_not or self._why_never(right), f"{tip} for one minute; each look is audited")
        row = QHBoxLayout()
        row.setSpacing(4)
        row.addWidget(self.shown, 1)
        row.addWidget(self.button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(row)
        column.addWidget(self.purpose)
        self._timer = QTimer(self, singleShot=True, interval=REVEALED_FOR)
        self._timer.timeout.connect(self.hide_again)
        self.hide_again()

    def _why_never(self, right: Right) -> str:
        held = may(self._context.actor, right)
        return "" if held else "Your role sees contact data masked; a teller or relationship manager can help"

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        if self._timer.isActive():
            self.hide_again()

    def hide_again(self) -> None:
        self._timer.stop()
        self.shown.setText(self._masked)
        self.shown.setToolTip(self._masked)
        self.shown.setAccessibleName(self._spoken())
        self.purpose.setVisible(False)
        self._name_button("Reveal..." if self._asks else "Reveal")

    def _spoken(self) -> str:
        """What is left of a masked value, in words; of some nothing is left."""
        name = TITLES[self._field]
        if self._field == BIRTH:
            return f"{name} hidden, in {self._masked}"
        ending = self._masked.rpartition(" ")[2] if self._field == "phone" else self._masked.rpartition("@")[2]
        return f"{name} hidden, ends {ending}" if any(map(str.isalnum, ending)) else f"{name} hidden"

    def _name_button(self, text: str) -> None:
        self.button.setText(text)
        self.button.setAccessibleName(f"{text.removesuffix('...')} {TITLES[self._field].lower()}")

    def toggle(self) -> None:
        if self._timer.isActive():
            self.hide_again()
            return
        app, actor, number, field = self._context.app, self._context.actor, self._number, self._field

        def reveal(reason: str = "") -> str:
            return customers.reveal(app, actor, number, field, reason)

        if self._asks:
            what = f"the {TITLES[field].lower()} of {number}"
            ReasonDialog(self._context, self, what, reveal, self._show).open()
        else:
            self._context.background(reveal, self._show, owner=self)

    def _show(self, value: str, reason: str = "") -> None:
        told = words.on(date.fromisoformat(value)) if self._field == BIRTH and value else value or "Not recorded"
        self.shown.setText(told)
        self.shown.setToolTip(told)
        self.shown.setAccessibleName(told)
        self.purpose.setText(f"Shown for: {reason}")
        self.purpose.setVisible(bool(reason))
        self._name_button("Hide")
        self._timer.start()


class IdentityCard(Card):
    """Who the customer is, and how to reach them, masked."""

    def __init__(self, context: DeskContext) -> None:
        super().__init__("Identity")
        self._context = context
        self.masked: list[Masked] = []
        self._holder = QWidget()
        self.rows.addWidget(self._holder)

    def show_card(self, card: CustomerCard, own: Sequence[OwnValue] = (), shut: Mapping[Right, str] = NOTHING_SHUT,
                  *, opened: bool = False) -> None:  # fmt: skip
        """`shut`: what is out of reach, and who can help; `opened`: the card was read in clear, with a reason."""
        self._holder.deleteLater()
        self._holder = QWidget()
        self.rows.addWidget(self._holder)
        column = QVBoxLayout(self._holder)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(self._standard(card, shut, opened))
        filled = [one for one in own if one.text]
        if filled:
            facts = Facts(wrap=False)
            for one in filled:
                facts.add(one.title, own_words(one))
            column.addWidget(rule())
            column.addLayout(facts)

    def _standard(self, card: CustomerCard, shut: Mapping[Right, str], opened: bool) -> Facts:
        facts = Facts(wrap=False)
        self.masked = []

        def masked(title: str, field: str, value: str, right: Right) -> None:
            self.masked.append(Masked(self._context, card.number, field, value, shut.get(right, "")))
            facts.add(title, self.masked[-1])

        for field, value in (("phone", card.phone), ("email", card.email)):
            if value and not opened:
                masked(words.CHANNELS[field], field, value, Right.READ_CONTACT)
            else:
                facts.add(words.CHANNELS[field], value or "Not recorded")
        if card.city:
            facts.add("City", card.city)
        if card.born and may(self._context.actor, Right.READ_PROTECTED) and not opened:
            masked("Born", BIRTH, card.born, Right.READ_PROTECTED)
        elif card.born:
            facts.add("Born", day_words(card.born))
        for name, text in (("Work", card.occupation.replace("_", " ")), ("Branch", card.branch),
                           ("Manager", card.manager)):  # fmt: skip
            if text:
                facts.add(name, text)
        if card.joined_on:
            facts.add("Joined", words.on(card.joined_on))
        if card.left_on:
            facts.add("Left", words.on(card.left_on))
        return facts


class SegmentView(Card):
    """The segment with its strength, the runner-up, and the run that found it."""

    def __init__(self, context: DeskContext) -> None:
        super().__init__("Segment")
        self._context = context
        self._holder = QWidget()
        self.rows.addWidget(self._holder)

    def show_segment(self, card: SegmentCard | None) -> None:
        self._holder.deleteLater()
        self._holder = QWidget()
        self.rows.addWidget(self._holder)
        facts = Facts()
        facts.setContentsMargins(0, 0, 0, 0)
        self._holder.setLayout(facts)
        if card is None:
            why = "In no segment: no segmentation yet, or the latest one left this customer out."
            told = label(why, "muted", wrap=True)
            facts.addWidget(told, 0, 0, 1, 2)
            told.ensurePolished()  # its letters count, not those of a label that stands nowhere yet
            told.setMinimumHeight(told.heightForWidth(px(NARROWEST)))  # a nested layout asks no label how high it wraps
            return
        facts.addWidget(label(card.name, "heading", wrap=True), 0, 0, 1, 2)
        if card.provisional:
            tag = label("Provisional: under 10 interactions", "tag")
            facts.addWidget(tag, 1, 0, 1, 2, Qt.AlignmentFlag.AlignLeft)
        for name, text in self._lines(card):
            facts.add(name, text)
        run = card.run
        see = button("See run", lambda: self._context.open_page("result", run=run), tip="Open this run's result")
        facts.addWidget(see, facts.rowCount(), 0, 1, 2, Qt.AlignmentFlag.AlignLeft)

    @staticmethod
    def _lines(card: SegmentCard) -> list[tuple[str, str]]:
        group, _, level = card.name.partition(", ")  # the tiers themselves may be codes
        lines = [("Channel group", group), ("Value level", level.capitalize() or words.NOTHING)]
        if card.strength is not None:
            lines.append(("Strength", f"{card.strength:.0%}".replace("%", " %")))
        if card.runner_up:
            lines.append(("Next", card.runner_up))
        if card.distance_pct is not None and card.distance_pct > 99:  # a percentile, 0 to 100
            lines.append(("Fit", "Unlike most customers seen"))
        share = f"{card.size / card.mined:.0%}".replace("%", " %") if card.mined else words.NOTHING
        people = "1 customer" if card.size == 1 else f"{words.count(card.size)} customers"
        lines.append(("Size", f"{people}, {share}"))
        if card.stability is not None:
            lines.append(("Stability", f"{card.stability:.2f}"))
        lines.append(("Run", f"{words.on(card.run_on)}, data to {words.on(date.fromisoformat(card.as_of[:10]))}"))
        return lines


def own_words(one: OwnValue) -> str:
    """The value of an own field for reading: days with the month in letters, yes and no with a capital."""
    if one.text == HIDDEN:
        return "••••"
    return one.text.capitalize() if one.kind == "yes_no" else day_words(one.text) if one.kind == "date" else one.text


def _text(text: str, wrap: bool) -> QLabel:
    """A value that wraps, or stands on one line with the whole of it in the tooltip."""
    if wrap:
        return label(text, wrap=True)
    made = Elided(text)
    made.setToolTip(text)
    return made


def rule() -> QFrame:
    made = QFrame()
    made.setProperty("role", "rule")
    return made
