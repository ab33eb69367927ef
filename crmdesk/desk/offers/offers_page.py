"""The cross-selling list of a run: channel, rule and number chosen, the gates as bars, the people in order of value."""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

from PySide6.QtCore import QSignalBlocker
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QComboBox, QFileDialog, QHBoxLayout, QPushButton, QSpinBox, QVBoxLayout

from crmdesk.desk import words
from crmdesk.desk.asking import told_on_page
from crmdesk.desk.context import DeskContext
from crmdesk.desk.mine.words import reason
from crmdesk.desk.offers import setup
from crmdesk.desk.offers.funnel import Funnel
from crmdesk.desk.offers.offer_table import OfferTable
from crmdesk.desk.offers.setup import Rule, Setup
from crmdesk.desk.page import Page
from crmdesk.desk.widgets import Card, button, day_words, label
from crmdesk.desk.zoom import px
from crmdesk.domain.change import Change
from crmdesk.domain.errors import BadInput
from crmdesk.domain.permission import MARKETING_CHANNELS
from crmdesk.domain.rights import Right, may
from crmdesk.services import offer_export, offers
from crmdesk.services.export import ExportReport
from crmdesk.services.offers import OfferList, OfferRow

WAYS = {"email": "by e-mail", "phone": "by phone", "sms": "by SMS", "post": "by post", "in_person": "in the branch",
        "in_app": "in the app"}  # fmt: skip
MOST = 100_000


class OffersPage(Page):
    """`arrive(run=uuid, rule=number|None)`; without a run the newest one that can make a list."""

    name: ClassVar[str] = "offers"

    def __init__(self, context: DeskContext) -> None:
        super().__init__(context, "Cross-selling list")
        self.setup: Setup | None = None
        self.found: OfferList | None = None
        self._run, self._wanted, self._question = "", None, 0
        self.keep_button: QPushButton = self.add_deed(
            "Keep as recommendations", self.keep, tip="They stand on the customers' pages until somebody decides"
        )
        self.export_button: QPushButton = self.add_deed("Export...", self.export, tip="The list as CSV (Ctrl+E)")
        self.keep_button.setVisible(may(context.actor, Right.MAKE_OFFERS))
        self.export_button.setVisible(may(context.actor, Right.EXPORT))
        self.channel, self.rule, self.top = QComboBox(), QComboBox(), QSpinBox()
        self.make_button = button("Make the list", self.make, "primary", "Make the list (Ctrl+Enter)")
        self.facts = label("", "muted", wrap=True)
        self.funnel = Funnel(context)
        self.table = OfferTable()
        self._lay_out_body()
        self.table.grid.asked.connect(self._open)
        context.hub.changed.connect(self._changed)
        for keys in ("Ctrl+Return", "Ctrl+Enter"):  # Ctrl+E is in the menu File
            QShortcut(QKeySequence(keys), self, activated=self.make)

    def _lay_out_body(self) -> None:
        for channel in MARKETING_CHANNELS:
            self.channel.addItem(words.CHANNELS[channel], channel)
        self.top.setRange(0, MOST)
        self.top.setSpecialValueText("everybody")
        self.top.setFixedWidth(px(116))
        self.top.lineEdit().setTextMargins(7, 0, 0, 0)
        line = QHBoxLayout()
        line.setSpacing(8)
        for text, control, stretch in (("&Channel", self.channel, 0), ("&Rule", self.rule, 1),
                                       ("At &most", self.top, 0)):  # fmt: skip
            name = label(text)
            name.setBuddy(control)
            control.setAccessibleName(text.replace("&", ""))
            line.addWidget(name)
            line.addWidget(control, stretch)
        self.rule.setMinimumContentsLength(16)
        self.rule.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        line.addWidget(self.make_button)
        card = Card()
        card.rows.addWidget(self.funnel)
        card.rows.addWidget(self.facts)
        self._bars = card
        column = QVBoxLayout(self.body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(line)
        column.addWidget(card)
        column.addWidget(self.table, 1)
        column.addStretch(0)  # keeps the bars at the top of a list without rows
        self._show_nothing()

    # Asking ----------------------------------------------------------------------------------------------------

    def arrive(self, run: str = "", rule: int | None = None, **args: Any) -> None:
        if self.setup is not None and self.found is not None and (run, rule) == (self._run, self._wanted):
            return  # back from a customer: the list as it was
        self._run, self._wanted = run, rule
        self.found = None
        self._show_nothing()
        app, actor = self.context.app, self.context.actor
        self.load(lambda: setup.ask(app, actor, run), self._prepare)

    def refresh(self) -> None:
        """F5: the same list anew."""
        if self.setup is None:
            self.arrive(run=self._run, rule=self._wanted)
        else:
            self.make()

    def show_error(self, error: Exception, again: Any = None) -> None:
        if self.setup is None and isinstance(error, BadInput):
            deed = ("Choose an analysis", lambda: self.context.open_page("analyses"))
            self.show_empty(str(error), *(deed if may(self.context.actor, Right.RUN_ANALYSIS) else ()))
            return
        super().show_error(error, again)

    def _prepare(self, found: Setup) -> None:
        """The choices as they are in this run; then the list, so that a rule is a list in two clicks."""
        chosen = self.channel.currentData() if self.setup is not None else None
        self.setup = found
        with QSignalBlocker(self.channel), QSignalBlocker(self.rule):
            for at, channel in enumerate(MARKETING_CHANNELS):
                reached = f"   {words.count(found.reach[channel])} may be reached" if found.reach else ""
                self.channel.setItemText(at, words.CHANNELS[channel] + reached)
            best = max(found.reach, key=lambda c: found.reach[c]) if found.reach else MARKETING_CHANNELS[0]
            self.channel.setCurrentIndex(self.channel.findData(chosen or best))
            self.rule.clear()
            self.rule.addItem(f"All {len(found.rules)} rules shown", None)
            for rule in found.rules:
                self.rule.addItem(f"{rule.antecedent} → {rule.consequent}", rule.number)
            self.rule.setCurrentIndex(max(0, self.rule.findData(self._wanted)))
        self.make()

    def make(self) -> None:
        """Make the list in a job; an older question still under way is no longer wanted."""
        if self.setup is None:
            return
        self._question += 1
        app, actor, question, run = self.context.app, self.context.actor, self._question, self.setup.record.uuid
        channel, rule, top = self.channel.currentData(), self.rule.currentData(), self.top.value() or None

        def work(progress: Any) -> OfferList:
            return offers.candidates(app, actor, run, channel=channel, rule=rule, top=top, progress=progress,
                                     cancel=progress.stopped)  # fmt: skip

        def failed(error: Exception) -> None:
            if question == self._question:
                self.make_button.setEnabled(True)
                self.show_error(error, self.make)

        self.show_loading()
        self.make_button.setEnabled(False)
        self.context.job("Cross-selling list", work, lambda made: self._made(question, made), failed,
                         lambda: self._cancelled(question), self)  # fmt: skip

    def _cancelled(self, question: int) -> None:
        if question == self._question:
            self.make_button.setEnabled(True)
            self.show_content(filled=self.found is not None)
            if self.found is None:
                self.say("The list was not made: it was cancelled.")

    # Showing ---------------------------------------------------------------------------------------------------

    @property
    def chosen(self) -> Rule | None:
        """The one rule of the list shown; None for all of them."""
        number = self.found.rule if self.found is not None else None
        return next((rule for rule in self.setup.rules if rule.number == number), None) if self.setup else None

    def _made(self, question: int, found: OfferList) -> None:
        if question != self._question:
            return
        self.found = found
        self.make_button.setEnabled(True)
        self.show_content()
        self._tell(found)
        if found.rows:
            self.table.grid.setFocus()

    def _tell(self, found: OfferList) -> None:
        """The list in a sentence, as gates and as rows."""
        self.say(self._sentence(found))
        steps = found.funnel()
        if self.chosen is not None:
            steps = ((f"have {self.chosen.antecedent}, no {self.chosen.consequent}", steps[0][1]), *steps[1:])
        self.funnel.show_steps(steps)
        self.facts.setText(_facts(found))
        self.table.show_list(found)
        self.table.setVisible(bool(found.rows))
        self._bars.setVisible(True)
        for deed in (self.keep_button, self.export_button):
            deed.setEnabled(bool(found.rows))

    def _show_nothing(self) -> None:
        self.say("")
        self._bars.setVisible(False)
        self.table.setVisible(False)
        for deed in (self.keep_button, self.export_button):
            deed.setEnabled(False)

    def _sentence(self, found: OfferList) -> str:
        what = self.chosen.consequent if self.chosen is not None else "their next product"
        way, day = WAYS[found.channel], f"on {day_words(found.at.date().isoformat())}"
        if not found.considered:
            return "Nobody whose data may be used has the if side of these rules and lacks the then side."
        if not found.rows:
            return f"Nobody may be offered {what} {way} {day}; the bars say where each one fell."
        number = "1 customer" if len(found.rows) == 1 else f"{words.count(len(found.rows))} customers"
        return f"{number} may be offered {what} {way} {day}."

    def _changed(self, change: Change) -> None:
        """Permissions or people changed: who may no longer be offered this leaves the list at once."""
        if {"permission_event", "customer"} & set(change.touched):
            self._ask_again()

    def _ask_again(self) -> None:
        app, actor, found = self.context.app, self.context.actor, self.found
        if app is None or found is None:
            return

        def asked(standing: OfferList) -> None:
            if self.found is found:
                self._thin(standing)
            else:  # thinned meanwhile by an answer to an older question
                self._ask_again()

        self.context.background(lambda: offers.standing(app, actor, found), asked, self.show_error, self)

    def _thin(self, standing: OfferList) -> None:
        """Show what is left of the list; somebody may have come to belong to it, so it can be made again."""
        before, left = self.found, len(self.found.rows) - len(standing.rows) if self.found else 0
        self.found = standing
        if left or standing.rejected != (before.rejected if before else {}):
            self._tell(standing)
        gone = "" if not left else "1 customer left this list. " if left == 1 else f"{left} customers left this list. "
        self.show_stale(f"{gone}Permissions or customers changed since it was made.", "Make it again", self.make)

    # Deeds -----------------------------------------------------------------------------------------------------

    def _open(self, row: OfferRow) -> None:
        if row.number:
            self.context.open_page("customer", number=row.number)
        else:
            self.context.notify("Your role sees this list without numbers; a relationship manager can open customers.")

    def keep(self) -> None:
        """Store the list as recommendations; the gates are asked once more."""
        app, actor, found = self.context.app, self.context.actor, self.found
        if found is None or not found.rows:
            return

        def done(change: Change) -> None:
            number = len(change.touched.get("recommended_action", ()))
            stand = "1 recommendation stands" if number == 1 else f"{words.count(number)} recommendations stand"
            self.keep_button.setEnabled(False)
            self.context.changed(change)
            self.context.notify(f"{stand} on the customers' pages now.")

        self.context.background(lambda: offers.keep(app, actor, found), done, self.show_error, self)

    def export(self) -> None:
        if self.found is None or not self.found.rows or not self.export_button.isVisibleTo(self):
            return
        chosen, _ = QFileDialog.getSaveFileName(self, "Export the list", "offers.csv", "Tables (*.csv)")
        if chosen:
            app, actor, found = self.context.app, self.context.actor, self.found
            path = Path(chosen).with_suffix(".csv")
            self.context.background(
                lambda: offers.export_csv(app, actor, found, path), self._exported,
                told_on_page(self, lambda why: offer_export.ask(app, actor, found, why)), self,
            )  # fmt: skip

    def _exported(self, report: ExportReport) -> None:
        self.context.notify(" ".join(["The list was written.", *report.warnings]))


def _facts(found: OfferList) -> str:
    lost = [f"{words.count(n)} {reason(name)}" for name, n in found.excluded.items() if n]
    parts = [f"Run {found.run[:8]}, data to {day_words(found.as_of)}; permission as of "
             f"{day_words(found.at.date().isoformat())}."]  # fmt: skip
    if lost:
        parts.append(f"Not looked at: {', '.join(lost)}.")
    if found.rows and not any(row.margin is not None for row in found.rows):
        parts.append("The bank gives no margins, so the order is by chance.")
    return " ".join(parts)
