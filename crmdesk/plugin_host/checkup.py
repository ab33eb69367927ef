"""The doctor's look at one plugin: every step of loading it, done in the worker, where a hang or an exit does no harm.

The worker refuses Qt, so a plugin that loads Qt outside its view modules is found out here.
"""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Callable, Iterable, Iterator
from importlib.metadata import EntryPoint
from typing import Any

from crmdesk.contributions import Analysis, Params, resolve
from crmdesk.jobs import Progress
from crmdesk.plugin_host import loading
from crmdesk.plugin_host.discovery import GROUP, card_path
from crmdesk.plugin_host.loading import PluginFault
from crmdesk.plugin_host.manifest import KINDS, Manifest, ManifestError, check_api, read

CHECKS = ("manifest", "loads", "hooks", "ids", "params", "pointers", "wants", "no_qt")


class Checkup:
    """Checks of one plugin in order; a check whose forerunner failed has failed too."""

    def __init__(self) -> None:
        self.passed = dict.fromkeys(CHECKS, False)
        self.problems: list[str] = []

    def run(self, name: str, check: Callable[[], Any]) -> Any:
        """What the check gives, or None with its sentence noted."""
        try:
            found = loading.guarded(f"The check '{name}' failed", check)
        except PluginFault as fault:
            cause = fault.__cause__
            self.problems.append(str(cause if isinstance(cause, PluginFault | ManifestError) else fault))
            return None
        self.passed[name] = True
        return found


def examine(payload: bytes, progress: Progress) -> bytes:
    """Target of a runner: the entry point as JSON in, `{"checks": {NAME: bool}, "problems": [SENTENCE]}` out."""
    asked = json.loads(payload)
    found = look(EntryPoint(asked["name"], asked["value"], GROUP), frozenset(asked["host_features"]))
    return json.dumps({"checks": found.passed, "problems": found.problems}).encode()


def look(entry: EntryPoint, host_features: frozenset[str]) -> Checkup:
    """Every check of one plugin; `host_features` are the ids the host itself offers."""
    checkup = Checkup()
    manifest: Manifest | None = checkup.run("manifest", lambda: _card(entry))
    if manifest is not None:
        _look_inside(checkup, entry, manifest, host_features)
        # The worker refuses Qt by its name, so whatever asked for it has failed with that name.
        checkup.passed["no_qt"] = not any("PySide6" in text or "pyqtgraph" in text for text in checkup.problems)
    return checkup


def _look_inside(checkup: Checkup, entry: EntryPoint, manifest: Manifest, host_features: frozenset[str]) -> None:
    manager = checkup.run("loads", lambda: loading.register(entry))
    if manager is None:
        return
    checkup.run("hooks", lambda: _hooks(manager, manifest))
    records: dict[str, dict[str, Any]] | None = checkup.run(
        "ids", lambda: {kind: loading.collect(manager, manifest, kind) for kind in KINDS}
    )
    if records is None:
        return
    analyses: list[Analysis] = list(records["analyses"].values())
    checkup.run("params", lambda: _refuse(_bad_params(analyses, records["actions"].values())))
    checkup.run("pointers", lambda: _refuse(_bad_pointers(records)))
    features = records["features"].values()
    checkup.run("wants", lambda: loading.check_wants(manifest, features, analyses))
    offered = host_features | set(records["features"])
    unknown = sorted({n for a in analyses for n in a.every_need if n not in {*offered, *a.optional}})
    if unknown and checkup.passed["wants"]:
        checkup.passed["wants"] = False
        checkup.problems.append(f"It needs {', '.join(unknown)}, which nobody offers.")


def _card(entry: EntryPoint) -> Manifest:
    manifest = read(card_path(entry.value))
    check_api(manifest)
    return manifest


def _hooks(manager: Any, manifest: Manifest) -> None:
    loading.check_declared_kinds(manager, manifest)
    absent = [kind for kind in manifest.contributions if not loading.hooks(manager, kind)]
    if absent:
        raise PluginFault(f"Its card names {', '.join(absent)}, but it has no such hook.")


def _refuse(problems: Iterable[str]) -> None:
    found = list(problems)
    if found:
        raise PluginFault(" ".join(found))


def _bad_params(analyses: Iterable[Analysis], actions: Iterable[Any]) -> Iterator[str]:
    """Parameters that a form or a command line could not show: no default, no title, or no values at all."""
    for record in (*analyses, *actions):
        params = record.params
        if params is None:
            continue
        if not (isinstance(params, type) and issubclass(params, Params)):
            yield f"The params of {record.id} are no subclass of Params."
            continue
        bare = [name for name, field in params.own_fields().items() if field.is_required() or not field.title]
        if bare:
            yield f"Parameters of {record.id} lack a default or a title: {', '.join(bare)}."
        else:
            params.model_validate({}).own()
            params.model_json_schema()
        if isinstance(record, Analysis):
            yield from record.bad_choices()


def _bad_pointers(records: dict[str, dict[str, Any]]) -> Iterator[str]:
    """Pointers that lead nowhere; the module of a view or panel is only looked for, since it may load Qt."""
    pointed = [(r.id, r.run) for kind in ("analyses", "actions") for r in records[kind].values()]
    pointed += [(a.id, p) for a in records["analyses"].values() for p in (a.score, a.offer) if p is not None]
    pointed += [(f.id, f.finish) for f in records["features"].values() if getattr(f, "finish", None) is not None]
    for owner, pointer in pointed:
        if not callable(resolve(pointer)):
            yield f"The code of {owner}, {pointer}, cannot be called."
    for view in (*records["views"].values(), *records["panels"].values()):
        module, _, name = view.widget.partition(":")
        if not name or importlib.util.find_spec(module) is None:
            yield f"The widget of {view.id}, {view.widget}, was not found."
