"""The further products of the invented banks, and the rules, orders and decoys planted among them."""

from __future__ import annotations

from typing import Final

from crmdesk.synthetic.spec import ProductSpec, RuleSpec, SequenceSpec

# In the order of drawing: what a rule or an order starts from comes first. Bases are the shares of the null bank.
SHELF: Final = (
    ProductSpec("TXT", "Text alerts", "other", 200, 0.30),
    ProductSpec("EST", "Online statements", "other", 300, 0.68),
    ProductSpec("HOM", "Contents insurance", "insurance", 5_500, 0.16),
    ProductSpec("LIF", "Life insurance", "insurance", 9_000, 0.38),
    ProductSpec("PEN", "Pension plan", "investment", 12_000, 0.09),
    ProductSpec("GLD", "Gold card", "card", 8_500, 0.38),
    ProductSpec("TRV", "Travel insurance", "insurance", 3_000, 0.09),
    ProductSpec("CLS", "Car lease", "other", 30_000, 0.16),
    ProductSpec("CAR", "Car insurance", "insurance", 7_500, 0.20),
    ProductSpec("LEG", "Legal insurance", "insurance", 4_000, 0.20),
    ProductSpec("TRM", "Term deposit", "savings", 6_000, 0.20),
    ProductSpec("BRK", "Brokerage account", "investment", 15_000, 0.08),
    ProductSpec("SLN", "Securities loan", "other", 22_000, 0.04),
    ProductSpec("BOX", "Safe deposit box", "other", 4_500, 0.10),
    ProductSpec("STU", "Student card", "card", 500, 0.04),
)
RULES: Final = (
    RuleSpec("association", ("MOR",), "HOM", 0.42),
    RuleSpec("association", ("LIF",), "PEN", 0.46),  # this and the next have no order in time
    RuleSpec("association", ("GLD",), "TRV", 0.46),
    RuleSpec("association", ("LIF", "GLD"), "LEG", 0.24),
    RuleSpec("attribute", ("occupation=student",), "STU", 0.45),
    RuleSpec("decoy", ("TXT",), "EST", 0.0),  # popular, and so of high confidence
    RuleSpec("decoy", ("MOR", "EST"), "HOM", 0.0),  # says no more than its shorter rule
)
SEQUENCES: Final = (
    SequenceSpec("CLS", "CAR", 60, 0.60),
    SequenceSpec("TRM", "BRK", 120, 0.50),
    SequenceSpec("BRK", "SLN", 180, 0.55),
)
