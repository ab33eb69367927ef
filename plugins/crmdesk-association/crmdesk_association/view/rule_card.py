"""The chosen rule in words: its sentence, its interval against the base rate, and the way to a list of people."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout

from crmdesk.api import Rules, ViewContext
from crmdesk_association.view import say
from crmdesk_association.view.axes import line, ticks
from crmdesk_association.view.look import Look
from crmdesk_association.view.marked import MIDDLE, Marked, write
from crmdesk_association.view.parts import PAD, Card, button, label
from crmdesk_association.view.rule_columns import RuleColumns

CHOOSE = "Choose a rule: what it says, and how sure that is, is told here."
NO_MODEL = "This run stored no model to make a list from: its baskets belong to nobody, or too little was bought."
NOT_SHOWN = "Only a shown rule, which stood up to the tests, makes a list; this one is among all that were found."
CHECKED = "Permission is checked in the list"
BAR, TICK = 10.0, 7.0


class IntervalBar(Marked):
    """A confidence with its 95 % interval and, as a line, the share among all: three figures on one scale."""

    def __init__(self, context: ViewContext, rules: RuleColumns) -> None:
        super().__init__(context, "Confidence against the share among all")
        self._rules = rules
        self._row = -1
        self.setMinimumWidth(260)
        self.setFixedHeight(46)

    def sizeHint(self) -> QSize:
        return QSize(360, 46)

    def show_rule(self, row: int) -> None:
        self._row = row
        if row >= 0:
            rules = self._rules
            words = say.interval(rules["confidence"][row], rules["low"][row], rules["high"][row])
            self.setAccessibleDescription(f"{words}; among all {say.share(rules.base[row])}")
        self.update()

    def paint(self, painter: QPainter, colours: Look) -> None:
        if self._row < 0:
            return
        rules, row = self._rules, self._row
        value, low, high, base = (float(v) for v in (rules["confidence"][row], rules["low"][row], rules["high"][row],
                                                     rules.base[row]))  # fmt: skip
        box = QRectF(20, 16, self.width() - 40, BAR)

        def across(share: float) -> float:
            return box.left() + share * box.width()  # always the whole of 0 to 100 %, so that rules can be compared

        painter.fillRect(box, QColor(colours.hover))
        for tick in ticks(0.0, 1.0, 4):
            write(painter, QRectF(across(tick) - 30, box.bottom() + 3, 60, 16), say.tick(tick), colours.muted, MIDDLE)
            line(painter, QPointF(across(tick), box.bottom()), QPointF(across(tick), box.bottom() + 3), colours.border)
        if not (say.missing(low) or say.missing(high)):
            painter.fillRect(QRectF(across(low), box.top(), max(across(high) - across(low), 2), BAR),
                             QColor(colours.lift[5]))  # fmt: skip
        line(painter, QPointF(across(value), box.top() - 2), QPointF(across(value), box.bottom() + 2), colours.text, 2)
        if not say.missing(base):
            self._base(painter, colours, across(base), box)

    def _base(self, painter: QPainter, colours: Look, place: float, box: QRectF) -> None:
        words = "all"
        wide = QFontMetrics(self.font()).horizontalAdvance(words) + 4
        line(painter, QPointF(place, box.top() - 3), QPointF(place, box.bottom() + 3), colours.series[1], 3)
        left = min(max(place - wide / 2, 0), self.width() - wide)
        write(painter, QRectF(left, 0, wide, 14), words, colours.text, MIDDLE)


class RuleCard(Card):
    """`show_rule(row)` tells one rule; [Make list...] opens the cross-selling list of it."""

    def __init__(self, rules: RuleColumns, result: Rules, context: ViewContext) -> None:
        super().__init__()
        self._rules, self._context = rules, context
        self.listable = result.model is not None and rules.unit == "customers"
        self.row = -1
        self.text = label(CHOOSE, wrap=True)
        self.text.setMinimumHeight(2 * QFontMetrics(self.text.font()).lineSpacing())
        self.facts = label("", "muted")
        self.bar = IntervalBar(context, rules)
        self.make = button("Make list...", self.make_list, "primary")
        left = QVBoxLayout()
        left.setSpacing(4)
        left.addWidget(self.text)
        under = QHBoxLayout()
        under.setSpacing(PAD)
        under.addWidget(self.bar, 1)
        under.addWidget(self.facts)
        left.addLayout(under)
        self.checked = label("", "muted")
        self.checked.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        right = QVBoxLayout()
        right.setSpacing(4)
        right.addStretch(1)
        right.addWidget(self.make, 0, Qt.AlignmentFlag.AlignRight)
        right.addWidget(self.checked)
        right.addStretch(1)
        across = QHBoxLayout()
        across.setSpacing(16)
        across.addLayout(left, 1)
        across.addLayout(right)
        self.rows.addLayout(across)
        self.show_rule(-1)

    def show_rule(self, row: int) -> None:
        """The rule at place `row`; -1 asks to choose one."""
        self.row = row
        rules = self._rules
        self.bar.show_rule(row)
        self.make.setEnabled(row >= 0 and self.listable and bool(rules.shown[row]))
        self.make.setToolTip(self._why(row))
        self.checked.setText(CHECKED if self.make.isEnabled() else "")
        if row < 0:
            self.text.setText(CHOOSE)
            self.facts.setText("")
            return
        self.text.setText(str(rules.text[row]))
        hold, whole = say.count(rules["count"][row]), say.count(rules["antecedent_count"][row])
        self.facts.setText(f"{hold} of {whole} {rules.unit}, lift {say.decimal(rules['lift'][row])}, "
                           f"q {say.q(rules['q'][row])}")  # fmt: skip

    def _why(self, row: int) -> str:
        if not self.listable:
            return NO_MODEL
        if row >= 0 and not self._rules.shown[row]:
            return NOT_SHOWN
        return "The people who have the if side and lack the then side, and may be asked (Enter)"

    def make_list(self) -> None:
        """Open the list of the rule told here."""
        if self.make.isEnabled():
            self._context.offers(int(self._rules.rule[self.row]))
