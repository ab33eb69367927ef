"""Parts of window tests: an app with the sample analysis, and waiting until the window is at rest."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

from gui import sample
from pytestqt.qtbot import QtBot

from crmdesk.analytics.catalogue import HOST_FEATURES
from crmdesk.analytics.embedded import EmbeddedEngine
from crmdesk.api import Analysis, Segments
from crmdesk.desk.frame import Frame
from crmdesk.jobs.runner import InlineRunner
from crmdesk.plugin_host.host import PluginInfo
from crmdesk.store import open_bank

ANALYSIS = Analysis("sample.groups", "Sample groups", "Puts customers into four groups by turns.", ("usage.cells",),
                    sample.Groups, "gui.sample:run", Segments)  # fmt: skip


WANTS = {"features": ["usage.cells"], "purposes": ["profiling"]}
LISTED = (
    PluginInfo("sample", "Sample", "1.0", "crmdesk-sample", "ready", "", ("sample.groups", "sample.map"), WANTS),
    PluginInfo("churn", "Churn models", "1.2", "crmdesk-churn", "disabled", "You turned it off.", (), WANTS),
    PluginInfo("mood", "Text mood", "2.0", "crmdesk-mood", "not_loaded",
               "It is made for api 2; this is api 1.0. Ask its publisher for a newer one.", (), {}),
)  # fmt: skip


class TestApp(SimpleNamespace):
    __test__ = False

    def close(self) -> None:
        self.runner.close()
        self.engine.close()
        self.store.close()


def app_on(path: Path, *, analyses: tuple[Analysis, ...] = (ANALYSIS,), views: dict[str, Any] | None = None) -> Any:
    """What `build_app` gives, with the sample analysis run in this process."""
    store = open_bank(path)
    shown = sample.VIEWS if views is None else views
    plugins = sample.Plugins(dict(HOST_FEATURES), {a.id: a for a in analyses}, shown, list(LISTED))
    return TestApp(store=store, plugins=plugins, engine=EmbeddedEngine(store), runner=InlineRunner(), path=path)


def settle(qtbot: QtBot, frame: Frame) -> None:
    """Wait until no page asks and no job runs, then until every picture is painted."""
    qtbot.waitUntil(lambda: not frame.context._background.busy and not frame.tray.running, timeout=30_000)
    qtbot.wait(20)
    qtbot.waitUntil(lambda: not frame.context._background.busy, timeout=30_000)
