"""The rules as a table: filters above, the chosen rule in words beneath, and from a rule to a list in two clicks."""

from __future__ import annotations

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QComboBox, QDoubleSpinBox, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from crmdesk.api import Rules, ViewContext
from crmdesk_association.view import say
from crmdesk_association.view.parts import PAD, label
from crmdesk_association.view.rule_columns import RuleColumns, items_named, matching
from crmdesk_association.view.rule_table import RulePanel

AFTER = 150  # ms after the last key


class RulesView(QWidget):
    """`table`, `card` and the filters of one run's rules."""

    def __init__(self, rules: RuleColumns, result: Rules, context: ViewContext) -> None:
        super().__init__()
        self._rules = rules
        self.setAccessibleName(f"Rules. {result.verdict}")
        self.text, self.item, self.where = QLineEdit(), QComboBox(), QComboBox()
        self.lift, self.confidence = QDoubleSpinBox(), QDoubleSpinBox()
        self.which = QComboBox()
        self.told = label("", "muted")
        self.panel = RulePanel(rules, result, context)
        self._fill(items_named(rules, result.tables))
        self._lay_out()
        self._soon = QTimer(self, singleShot=True, interval=AFTER)
        self._soon.timeout.connect(self.refresh)
        self._listen()
        self.refresh()

    def _fill(self, items: list[str]) -> None:
        self.text.setPlaceholderText("Search rules")
        self.text.setAccessibleName("Search rules")
        self.text.setClearButtonEnabled(True)
        self.item.addItem("Any item", "")
        for name in items:
            self.item.addItem(name, name)
        for words, value in (("on either side", "either"), ("as if", "if"), ("as then", "then")):
            self.where.addItem(words, value)
        for box, prefix, suffix, step, most in ((self.lift, "Lift from ", "", 0.1, 1000.0),
                                                (self.confidence, "Confidence from ", " %", 5.0, 100.0)):  # fmt: skip
            box.setPrefix(prefix)
            box.setSuffix(suffix)
            box.setSingleStep(step)
            box.setRange(0.0, most)
            box.setDecimals(1 if not suffix else 0)
            box.setAccessibleName("Least " + prefix.split()[0].lower())
            box.lineEdit().setTextMargins(6, 0, 0, 0)
            box.setFixedWidth(124 if box is self.lift else 172)
        shown = int(self._rules.shown.sum())
        self.which.addItem(f"Shown ({say.count(shown)})", True)
        self.which.addItem(f"All ({say.count(len(self._rules))})", False)
        self.which.setToolTip("Shown: what stood up to every test; all: every rule above the least support")
        for choice, name in ((self.item, "Item"), (self.where, "Side of the item"), (self.which, "Shown or all rules")):
            choice.setAccessibleName(name)
        self.item.setMaximumWidth(164)
        self.text.setMinimumWidth(120)

    def _lay_out(self) -> None:
        filters = QHBoxLayout()
        filters.setSpacing(PAD)
        filters.addWidget(self.text, 1)
        for part in (self.item, self.where, self.lift, self.confidence, self.which):
            filters.addWidget(part)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, PAD, 0, 0)
        column.setSpacing(PAD)
        column.addLayout(filters)
        column.addWidget(self.told)
        column.addWidget(self.panel, 1)

    def _listen(self) -> None:
        self.text.textChanged.connect(lambda *_: self._soon.start())
        for box in (self.lift, self.confidence):
            box.valueChanged.connect(lambda *_: self._soon.start())
        for choice in (self.item, self.where, self.which):
            choice.currentIndexChanged.connect(self.refresh)

    def refresh(self) -> None:
        """Show the rules that pass the filters, and how many they are."""
        rows = matching(
            self._rules, self.text.text(), str(self.item.currentData()), self.where.currentData(), self.lift.value(),
            self.confidence.value() / 100, bool(self.which.currentData()),
        )  # fmt: skip
        self.panel.show_rows(rows)
        number = f"{say.count(len(rows))} {'rule' if len(rows) == 1 else 'rules'}"
        whole = say.count(len(self._rules))
        if not len(rows):
            self.told.setText("No rule matches these filters." if self._filtered else
                              "No rule stood up to the tests; choose All to see what was found.")  # fmt: skip
        else:
            way = " Enter on a rule makes its list." if self.panel.card.listable and self.which.currentData() else ""
            self.told.setText(f"{number} of {whole}.{way}")

    @property
    def _filtered(self) -> bool:
        return bool(self.text.text() or self.item.currentData() or self.lift.value() or self.confidence.value())
