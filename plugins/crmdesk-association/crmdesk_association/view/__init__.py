"""The pictures of rules, sequences and changes: with the modules beside it, all of this plugin that knows Qt."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from crmdesk.api import Rules, ViewContext
from crmdesk_association.view.cloud import CloudView
from crmdesk_association.view.grid import GridView
from crmdesk_association.view.net_view import NetView
from crmdesk_association.view.next_view import NextView
from crmdesk_association.view.parts import nothing
from crmdesk_association.view.rule_columns import rule_columns
from crmdesk_association.view.rules_view import RulesView
from crmdesk_association.view.slopes import SlopesView, changed_items
from crmdesk_association.view.timeline_view import TimelineView

NO_RULES = "No rule reached the least support and confidence; run again with lower ones to see more."
NONE_SHOWN = "No rule stood up to the tests. The tab Rules shows, under All, what was found and why it fell."

NOT_EVALUATED = (
    "The next product could not be evaluated: too little was bought within the horizon, "
    "or the baskets are not what customers hold."
)


def rules(result: Rules, context: ViewContext) -> QWidget:
    """The table of rules with filters, words and the way to a list."""
    found = rule_columns(result.tables)
    return nothing(NO_RULES) if found is None else RulesView(found, result, context)


def scatter(result: Rules, context: ViewContext) -> QWidget:
    """Support against confidence."""
    found = rule_columns(result.tables)
    return nothing(NO_RULES) if found is None else CloudView(found, result, context)


def network(result: Rules, context: ViewContext) -> QWidget:
    """The items of the top rules that stood up to the tests, and the arrows between them."""
    found = rule_columns(result.tables)
    if found is None or not found.shown.any():
        return nothing(NO_RULES if found is None else NONE_SHOWN)
    return NetView(found, result, context)


def matrix(result: Rules, context: ViewContext) -> QWidget:
    """If sides against then sides."""
    found = rule_columns(result.tables)
    if found is None or not found.shown.any():
        return nothing(NO_RULES if found is None else NONE_SHOWN)
    return GridView(found, result, context)


def next_product(result: Rules, context: ViewContext) -> QWidget:
    """Whether the list of next products beats popularity, and whether its chances came true."""
    found = result.tables.get("evaluation")
    if found is None or found.empty:
        told = [warning for warning in result.warnings if "evaluat" in warning or "bought" in warning]
        return nothing(" ".join(told) or NOT_EVALUATED)
    return NextView(result, context)


def timeline(result: Rules, context: ViewContext) -> QWidget:
    """The sequences that are no accident, in time."""
    found = result.tables.get("sequences")
    if found is None or found.empty:
        return nothing("No sequence is frequent enough; run again with a lower least support to see more.")
    if not found["shown"].any():
        return nothing("No order is beyond what shuffled orders give. The tab Tables lists every sequence compared.")
    return TimelineView(result, context)


def slopes(result: Rules, context: ViewContext) -> QWidget:
    """The rules that changed beyond chance, before and after, and the single items that did."""
    found = result.tables.get("changes")
    if found is None or not (found["shown"].any() or changed_items(result)):
        return nothing(f"{result.verdict} The tab Tables lists every rule and every item compared.")
    return SlopesView(result, context)
