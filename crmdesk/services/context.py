"""What every service call gets first: the open bank with its engine, plugins and runner."""

from pathlib import Path
from typing import Any, Protocol

from crmdesk.store import Store


class App(Protocol):
    """The composition root as services see it (`crmdesk.app.App`)."""

    @property
    def store(self) -> Store: ...

    @property
    def plugins(self) -> Any: ...  # plugin_host.Host

    @property
    def engine(self) -> Any: ...  # analytics.engine.AnalyticsEngine

    @property
    def runner(self) -> Any: ...  # jobs.runner.Runner

    @property
    def path(self) -> Path: ...
