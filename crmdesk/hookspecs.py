"""The hooks: each yields declarations, none does work. Permission is not a hook."""

from __future__ import annotations

from collections.abc import Iterable

import pluggy

from crmdesk.contributions import Action, Analysis, Column, Events, Features, Panel, View

hookspec = pluggy.HookspecMarker("crmdesk")


@hookspec
def crmdesk_features() -> Iterable[Features | Events]:  # type: ignore[empty-body]
    """Features and events that this plugin's analyses need; called at load."""


@hookspec
def crmdesk_analyses() -> Iterable[Analysis]:  # type: ignore[empty-body]
    """Analyses for the Mine menu, `crmdesk mine` and the run history; called at load."""


@hookspec
def crmdesk_views() -> Iterable[View]:  # type: ignore[empty-body]
    """Pictures of results; called by the desk after its first paint, never by the command line."""


@hookspec
def crmdesk_actions() -> Iterable[Action]:  # type: ignore[empty-body]
    """Menu entries; called by the desk after its first paint, never by the command line."""


@hookspec
def crmdesk_panels() -> Iterable[Panel]:  # type: ignore[empty-body]
    """Parts of a customer's page; called by the desk after its first paint, never by the command line."""


@hookspec
def crmdesk_columns() -> Iterable[Column]:  # type: ignore[empty-body]
    """Further columns of the customer list and its export; called when a list is first opened."""
