"""Plugins as people manage them: list, check, turn on, turn off."""

from __future__ import annotations

import json
from typing import Any, Final

from crmdesk.analytics.catalogue import HOST_FEATURES
from crmdesk.domain.errors import CrmdeskError
from crmdesk.domain.rights import Actor, Right
from crmdesk.jobs.runner import Runner, WorkerRunner
from crmdesk.plugin_host import Host
from crmdesk.plugin_host.checkup import CHECKS
from crmdesk.services.context import App
from crmdesk.services.guard import service

SECONDS: Final = 60.0  # for the checks of one plugin


def list_plugins(app: App | Host) -> list[dict[str, Any]]:
    """Every installed plugin, sorted by id: id, title, version, distribution, state, reason, contributions, wants."""
    return [plugin.as_dict() for plugin in host_of(app).plugins]


def doctor(app: App | Host, runner: Runner | None = None) -> list[dict[str, Any]]:
    """`list_plugins` with `checks` {NAME: bool} and `problems` (sentences) for each, disabled ones too.

    Each plugin is loaded and examined in a worker (`runner`, or one of its own), so no check can end this process.
    """
    host = host_of(app)
    found = []
    own = runner or WorkerRunner(seconds=SECONDS)
    try:
        for plugin in host.installed():
            report = _examine(own, plugin.entry.name, plugin.entry.value, sorted(HOST_FEATURES))
            report["checks"]["id_free"] = plugin.id_free
            found.append({**plugin.info.as_dict(), **report})
    finally:
        if runner is None:
            own.close()
    return found


@service(Right.MANAGE_PLUGINS)
def enable(app: App | Host, actor: Actor, plugin_id: str) -> dict[str, Any]:
    """Turn a plugin on; Refused without the right, BadInput for an unknown id."""
    return host_of(app).enable(plugin_id).as_dict()


@service(Right.MANAGE_PLUGINS)
def disable(app: App | Host, actor: Actor, plugin_id: str) -> dict[str, Any]:
    """Turn a plugin off, now and at later starts; Refused without the right, BadInput for an unknown id."""
    return host_of(app).disable(plugin_id).as_dict()


def _examine(runner: Runner, name: str, value: str, host_features: list[str]) -> dict[str, Any]:
    asked = json.dumps({"name": name, "value": value, "host_features": host_features}).encode()
    try:
        answer: dict[str, Any] = json.loads(runner.call("crmdesk.plugin_host.checkup:examine", asked))
    except CrmdeskError as error:
        answer = {"checks": dict.fromkeys(CHECKS, False), "problems": [str(error)]}
    return answer


def host_of(app: App | Host) -> Host:
    """The plugin host of an app, or the host itself where no bank is open."""
    if isinstance(app, Host):
        return app
    host: Host = app.plugins
    return host
