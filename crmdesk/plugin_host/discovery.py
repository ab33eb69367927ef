"""Finds installed plugins by entry point and reads their cards; none of their code runs here."""

from __future__ import annotations

import importlib.metadata
import importlib.util
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from crmdesk.plugin_host import manifest as card
from crmdesk.plugin_host.manifest import Manifest, ManifestError

GROUP: Final = "crmdesk.plugins"


@dataclass(frozen=True)
class Found:
    """One entry point with its card; `reason` says why the card is missing or cannot be used."""

    id: str
    entry: importlib.metadata.EntryPoint
    distribution: str
    version: str
    manifest: Manifest | None
    reason: str

    @property
    def usable(self) -> bool:
        return self.manifest is not None and not self.reason


def discover(entries: Iterable[importlib.metadata.EntryPoint] | None = None) -> list[Found]:
    """Every installed plugin, sorted by id; of two with one id, a good card, then `crmdesk-<id>` goes first."""
    if entries is None:
        entries = importlib.metadata.entry_points(group=GROUP)
    found = [_look(entry) for entry in entries]
    return sorted(found, key=_order)


def _order(found: Found) -> tuple[str, bool, bool, str, str]:
    own = found.distribution == f"crmdesk-{found.id}"
    return found.id, not found.usable, not own, found.distribution, found.entry.name


def _look(entry: importlib.metadata.EntryPoint) -> Found:
    name, version = _distribution(entry)
    manifest: Manifest | None = None
    reason = ""
    try:
        manifest = card.read(card_path(entry.value))
        card.check_api(manifest)
    except ManifestError as error:
        reason = str(error)
    return Found(manifest.id if manifest else entry.name, entry, name, version, manifest, reason)


def _distribution(entry: importlib.metadata.EntryPoint) -> tuple[str, str]:
    try:
        return (entry.dist.name, entry.dist.version) if entry.dist else ("", "")
    except Exception:  # a damaged METADATA file must not hide the plugin
        return "", ""


def card_path(value: str) -> Path:
    """The card of an entry point's package, by the spec of its top-level name.

    Only the top-level name is asked for: finding a dotted name would import, and so run, its parent.
    """
    top = value.partition(":")[0].partition(".")[0].strip()
    try:
        spec = importlib.util.find_spec(top)
    except (ImportError, ValueError, AttributeError):
        spec = None
    if spec is None:
        raise ManifestError(f"Its package {top} is not installed; install the plugin again.")
    for folder in spec.submodule_search_locations or ():
        path = Path(folder) / card.FILE_NAME
        if path.is_file():
            return path
    raise ManifestError(f"Its package {top} holds no {card.FILE_NAME}; ask its author to add one.")
