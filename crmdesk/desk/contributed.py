"""Menu entries that come with the bank: its analyses and the plugins' actions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from crmdesk.contributions import Action, resolve
from crmdesk.desk.context import DeskContext
from crmdesk.desk.menus import Entry, analysis_entries
from crmdesk.domain.change import Change
from crmdesk.domain.rights import Right, may
from crmdesk.services import mining


class BoundActions:
    """What an action is lent: `services` bound to this bank and person, and a way to tell."""

    def __init__(self, context: DeskContext) -> None:
        self._context = context
        self.services = mining

    def notify(self, text: str) -> None:
        self._context.notify(text)


def contributed_entries(context: DeskContext) -> list[Entry]:
    """Mine's analyses and every allowed action; a plugin whose hook raises is left out by the host."""
    app = context.app
    assert app is not None
    entries: list[Entry] = []
    if may(context.actor, Right.READ_RESULTS) and any(one.offer for one in app.plugins.analyses.values()):
        entries.append(Entry("campaign.offers", "Cross-selling list...", "Campaign",
                             lambda: context.open_page("offers"), "1_lists", 10, "", True,
                             "Whom to offer what next, by the newest run of rules"))  # fmt: skip
    if may(context.actor, Right.RUN_ANALYSIS):
        entries += analysis_entries(mining.analyses(app), context.open_page)
    for action in app.plugins.actions().values():
        if action.may is None or may(context.actor, action.may):
            entries.append(_entry(context, action))
    return entries


def _entry(context: DeskContext, action: Action) -> Entry:
    return Entry(action.id, action.title, action.menu, _run(context, action), action.group, action.order,
                 action.shortcut, True, action.description)  # fmt: skip


def _run(context: DeskContext, action: Action) -> Callable[[], Any]:
    """Run a plugin's action in a thread; what it changed is told to the pages."""

    def work() -> Change | None:
        done: Change | None = resolve(action.run)(BoundActions(context), (), None)
        return done

    def done(change: Change | None) -> None:
        if change is not None:
            context.changed(change)

    return lambda: context.background(work, done)
