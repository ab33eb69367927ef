"""Loads one plugin and collects what it declares, every step guarded, so that a broken one harms nobody else.

Each plugin gets a pluggy manager of its own: pluggy aborts a call for all when one implementation raises.
"""

from __future__ import annotations

import functools
import logging
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from importlib.metadata import EntryPoint
from typing import Any, Final, TypeVar

import pluggy

from crmdesk import hookspecs
from crmdesk.contributions import Action, Analysis, Column, Events, Features, Panel, View
from crmdesk.contributions.columns import columns_of
from crmdesk.contributions.records import COLUMN_KINDS, one_per_id
from crmdesk.plugin_host.manifest import KINDS, Manifest

RECORDS: Final[dict[str, tuple[type, ...]]] = {
    "features": (Features, Events), "analyses": (Analysis,), "views": (View,), "actions": (Action,), "panels": (Panel,),
    "columns": (Column,),
}  # fmt: skip
_DOTTED = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+")
_log = logging.getLogger(__name__)
T = TypeVar("T")


class PluginFault(Exception):
    """The plugin is at fault; the text is one sentence for people."""


@dataclass(frozen=True)
class Loaded:
    """A plugin that is imported and registered, with what it declared at load."""

    manifest: Manifest
    manager: pluggy.PluginManager
    features: dict[str, Features | Events]
    analyses: dict[str, Analysis]


def guarded(what: str, call: Callable[[], T]) -> T:
    """What `call` gives; whatever it raises, sys.exit too, becomes a PluginFault. Ctrl-C stays the person's."""
    try:
        return call()
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        _log.debug("%s", what, exc_info=True)
        text = " ".join(str(error).split())[:200]
        raise PluginFault(f"{what}: {type(error).__name__}{': ' if text else ''}{text}.".replace("..", ".")) from error


def load(entry: EntryPoint, manifest: Manifest) -> Loaded:
    """Import, register and ask the load-time hooks; PluginFault where any of it goes wrong."""
    manager = register(entry)
    check_declared_kinds(manager, manifest)
    features = collect(manager, manifest, "features")
    analyses = collect(manager, manifest, "analyses")
    check_choices(analyses.values())
    check_wants(manifest, features.values(), analyses.values())
    return Loaded(manifest, manager, features, analyses)


def register(entry: EntryPoint) -> pluggy.PluginManager:
    """The plugin's module in a manager of its own; a misspelt hook or argument is a PluginFault."""
    module = guarded("It could not be imported", entry.load)
    manager = pluggy.PluginManager("crmdesk")
    manager.add_hookspecs(hookspecs)
    guarded("One of its hooks does not fit", lambda: manager.register(module))
    guarded("One of its hooks is unknown or misspelt", manager.check_pending)
    return manager


def hooks(manager: pluggy.PluginManager, kind: str) -> list[Callable[[], Iterable[Any]]]:
    """The plugin's own implementations of `crmdesk_<kind>`."""
    return [impl.function for impl in getattr(manager.hook, f"crmdesk_{kind}").get_hookimpls()]


def collect(manager: pluggy.PluginManager, manifest: Manifest, kind: str) -> dict[str, Any]:
    """Every record of one kind by id, sorted; the hook's whole body runs inside the guard, for it may yield."""
    found: list[Any] = []
    for hook in hooks(manager, kind):
        found += guarded(f"Its hook crmdesk_{kind} failed", functools.partial(_all_of, hook))
    for record in found:
        check_record(record, manifest, kind)
        if isinstance(record, Column):
            check_column(record, manifest)
    try:
        return dict(sorted(one_per_id(found).items()))
    except ValueError as error:
        raise PluginFault(f"Its hook crmdesk_{kind} repeats itself: {error}.") from None


def _all_of(hook: Callable[[], Iterable[Any]]) -> list[Any]:
    return list(hook())


def check_record(record: object, manifest: Manifest, kind: str) -> None:
    """A record must be of the hook's kind and carry a dotted id that begins with the plugin's own."""
    if not isinstance(record, RECORDS[kind]):
        words = " or ".join(t.__name__ for t in RECORDS[kind])
        raise PluginFault(f"Its hook crmdesk_{kind} gave {type(record).__name__} instead of {words}.")
    own = getattr(record, "id", None)
    if not isinstance(own, str) or not _DOTTED.fullmatch(own) or not own.startswith(f"{manifest.id}."):
        raise PluginFault(f"Its id '{own}' must be dotted and begin with '{manifest.id}.'.")


def check_column(column: Column, manifest: Manifest) -> None:
    """A column shows what the plugin's own analyses found, or features that its card wants."""
    try:
        what, source, _ = column.parts()
    except (TypeError, ValueError) as error:
        raise PluginFault(f"Its column {column.id} leads nowhere: {error}.") from None
    own = source.startswith(f"{manifest.id}.")
    if not own and (what == "result" or source not in manifest.wants.features):
        remedy = "add it to [wants]" if what == "feature" else "show results of its own analyses only"
        raise PluginFault(f"Its column {column.id} shows {source}, which its card does not want; {remedy}.")
    if column.kind not in COLUMN_KINDS:
        raise PluginFault(f"Its column {column.id} is of kind '{column.kind}', not one of {', '.join(COLUMN_KINDS)}.")


def check_declared_kinds(manager: pluggy.PluginManager, manifest: Manifest) -> None:
    """A plugin contributes only the kinds its card names: that is what a person agrees to."""
    silent = [kind for kind in KINDS if hooks(manager, kind) and kind not in manifest.contributions]
    if silent:
        raise PluginFault(f"It contributes {', '.join(silent)}, which its card does not name under contributions.")


def check_choices(analyses: Iterable[Analysis]) -> None:
    """Needs that hang on a parameter must name one and all its words: what is wrong there would fail in every list."""
    wrong = guarded("Its needs could not be read", lambda: [words for a in analyses for words in a.bad_choices()])
    if wrong:
        raise PluginFault(" ".join(wrong))


def check_wants(manifest: Manifest, features: Iterable[Features | Events], analyses: Iterable[Analysis]) -> None:
    """What the analyses need and the plugin's own features read must be on its card."""
    missing = sorted(set(undeclared(manifest, features, analyses)))
    if missing:
        raise PluginFault(f"It uses what its card does not want: {', '.join(missing)}; add it to [wants].")


def undeclared(
    manifest: Manifest, features: Iterable[Features | Events], analyses: Iterable[Analysis]
) -> Iterator[str]:
    """Feature ids, columns and purposes that are used but not on the card."""
    wants = manifest.wants
    for analysis in analyses:
        for need in analysis.every_need:
            if not need.startswith(f"{manifest.id}.") and need not in wants.features:
                yield need
        if analysis.purpose not in wants.purposes:
            yield f"purpose {analysis.purpose}"
        if analysis.offer is not None and "targeting" not in wants.purposes:
            yield "purpose targeting"  # offers are made from the data of people who may be targeted
    for feature in features:
        for column in columns_of(feature):
            if f"{feature.over}.{column}" not in wants.columns:
                yield f"{feature.over}.{column}"
