"""The pictures of rules, sequences and changes: with the modules beside it, all of this plugin that knows Qt."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from crmdesk.api import Rules, ViewContext
from crmdesk_association.view.parts import nothing
from crmdesk_association.view.rule_columns import rule_columns
from crmdesk_association.view.rules_view import RulesView

NO_RULES = "No rule reached the least support and confidence; run again with lower ones to see more."


def rules(result: Rules, context: ViewContext) -> QWidget:
    """The table of rules with filters, words and the way to a list."""
    found = rule_columns(result.tables)
    return nothing(NO_RULES) if found is None else RulesView(found, result, context)
