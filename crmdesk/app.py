"""The composition root: one open bank with its plugins, engine and runner."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from crmdesk.analytics.embedded import EmbeddedEngine
from crmdesk.analytics.engine import AnalyticsEngine
from crmdesk.jobs.runner import Runner, WorkerRunner
from crmdesk.plugin_host import Host
from crmdesk.store import Store, open_bank
from crmdesk.store.keyfile import Keys


@dataclass(frozen=True)
class App:
    """What every service call gets first; `close` lets go of the worker, the engine and the file."""

    store: Store
    plugins: Host
    engine: AnalyticsEngine
    runner: Runner
    path: Path

    def close(self) -> None:
        self.runner.close()
        self.engine.close()
        self.store.close()

    def __enter__(self) -> App:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def build_app(path: Path, *, keys: Keys | None = None, safe_mode: bool = False) -> App:
    """Open the bank at `path` with every enabled plugin; CrmdeskError with one sentence where it cannot be opened.

    The worker starts with the first analysis. `keys` open an encrypted bank (`services.sign_in.enter` has them from
    the passphrase); `safe_mode` loads no plugin.
    """
    store = open_bank(path, keys)
    try:
        return App(store, Host.load(safe_mode=safe_mode), EmbeddedEngine(store), WorkerRunner(), path)
    except BaseException:
        store.close()
        raise
