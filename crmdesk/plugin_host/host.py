"""The plugin host: every installed plugin with its state, and what the ready ones contribute."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any, Final, Self

from crmdesk import places
from crmdesk.contributions import Action, Analysis, Column, Events, Features, Panel, View
from crmdesk.domain.errors import BadInput
from crmdesk.plugin_host.choices import Choices
from crmdesk.plugin_host.discovery import Found, discover
from crmdesk.plugin_host.loading import Loaded, PluginFault, collect, load

READY: Final = "ready"
DISABLED: Final = "disabled"
QUARANTINED: Final = "quarantined"
NOT_LOADED: Final = "not_loaded"
SLOW_SECONDS: Final = 0.05
SLOW_TIMES: Final = 3
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class PluginInfo:
    """A plugin as lists show it; `reason` says in one sentence why it is not ready."""

    id: str
    title: str
    version: str
    distribution: str
    state: str
    reason: str
    contributions: tuple[str, ...]
    wants: dict[str, list[str]]

    def as_dict(self) -> dict[str, Any]:
        return {**vars(self), "contributions": list(self.contributions)}


@dataclass(frozen=True)
class Installed:
    """A plugin with the entry point to examine it by; `id_free`: no other plugin took its id first."""

    info: PluginInfo
    entry: EntryPoint
    id_free: bool


class _Slot:
    """One entry point's place in the host."""

    def __init__(self, found: Found) -> None:
        self.found = found
        self.state, self.reason = NOT_LOADED, ""
        self.loaded: Loaded | None = None
        self.window: dict[str, dict[str, Any]] = {}  # views, actions, panels and columns, asked once

    def put(self, state: str, reason: str) -> None:
        self.state, self.reason = state, reason
        self.loaded = None
        self.window = {}

    def info(self) -> PluginInfo:
        card = self.found.manifest
        return PluginInfo(
            self.found.id, card.title if card else self.found.id, card.version if card else self.found.version,
            self.found.distribution, self.state, self.reason, card.contributions if card else (),
            card.wants.as_dict() if card else {"features": [], "columns": [], "purposes": []},
        )  # fmt: skip


class Host:
    """Plugins by id: found, checked, loaded one by one; a fault puts only its own plugin in quarantine."""

    def __init__(self, found: Iterable[Found], choices: Choices, safe_mode: bool = False) -> None:
        self._choices = choices
        self._safe_mode = safe_mode
        self._slots = [_Slot(f) for f in found]
        taken: dict[str, str] = {}
        for slot in self._slots:
            earlier = taken.setdefault(slot.found.id, slot.found.distribution)
            if not slot.found.usable:
                slot.put(QUARANTINED, slot.found.reason)
            elif slot is not self._slot(slot.found.id):
                slot.put(QUARANTINED, f"Its id '{slot.found.id}' is already taken by {earlier}; remove one of the two.")
            else:
                self._settle(slot)

    @classmethod
    def load(
        cls, safe_mode: bool = False, config: Path | None = None, entries: Iterable[EntryPoint] | None = None
    ) -> Self:
        """Every installed plugin, the enabled ones loaded; `entries` replaces what is installed (tests)."""
        return cls(discover(entries), Choices.read(config or places.config_folder()), safe_mode)

    @property
    def plugins(self) -> list[PluginInfo]:
        """Every plugin found, sorted by id, whatever its state."""
        return [slot.info() for slot in self._slots]

    def installed(self) -> list[Installed]:
        """Every plugin found with its entry point, for the doctor."""
        firsts = {slot.found.id: slot for slot in reversed(self._slots)}
        return [Installed(s.info(), s.found.entry, firsts[s.found.id] is s) for s in self._slots]

    @property
    def features(self) -> dict[str, Features | Events]:
        """The ready plugins' own features and events by id (the host's are in `analytics.catalogue`)."""
        return dict(sorted(item for slot in self._ready() for item in _of(slot).features.items()))

    @property
    def analyses(self) -> dict[str, Analysis]:
        """The ready plugins' analyses by id."""
        return dict(sorted(item for slot in self._ready() for item in _of(slot).analyses.items()))

    def views(self) -> dict[str, View]:
        """The ready plugins' views by id; asked of each plugin once, by the desk alone."""
        return self._window("views")

    def actions(self) -> dict[str, Action]:
        """The ready plugins' actions by id; asked of each plugin once, by the desk alone."""
        return self._window("actions")

    def panels(self) -> dict[str, Panel]:
        """The ready plugins' panels by id; asked of each plugin once, by the desk alone."""
        return self._window("panels")

    def columns(self) -> dict[str, Column]:
        """The ready plugins' columns of the customer list by id; asked of each plugin once."""
        return self._window("columns")

    def plugin_of(self, record_id: str) -> PluginInfo:
        """The ready plugin that contributes this id; BadInput where none does."""
        for slot in self._ready():
            if record_id.startswith(f"{slot.found.id}."):
                return slot.info()
        raise BadInput(f"No plugin that is ready contributes '{record_id}'; `crmdesk plugin list` shows them all.")

    def enable(self, plugin_id: str) -> PluginInfo:
        """Turn a plugin on and load it (not in safe mode); BadInput for an unknown id."""
        slot = self._slot(plugin_id)
        self._choices.enable(plugin_id)
        if slot.state in (DISABLED, QUARANTINED) and slot.found.usable:
            self._settle(slot)
        return slot.info()

    def disable(self, plugin_id: str, reason: str = "You turned it off.") -> PluginInfo:
        """Turn a plugin off now and at later starts; BadInput for an unknown id."""
        slot = self._slot(plugin_id)
        self._choices.disable(plugin_id, reason)
        if slot.found.usable:
            slot.put(DISABLED, reason)
        return slot.info()

    def quarantine(self, plugin_id: str, reason: str) -> PluginInfo:
        """Leave a plugin out until the next start, because of what it did in the window."""
        slot = self._slot(plugin_id)
        slot.put(QUARANTINED, reason)
        _log.warning("plugin %s is quarantined: %s", plugin_id, reason)
        return slot.info()

    def _slot(self, plugin_id: str) -> _Slot:
        for slot in self._slots:
            if slot.found.id == plugin_id:
                return slot
        known = ", ".join(slot.found.id for slot in self._slots) or "none"
        raise BadInput(f"There is no plugin '{plugin_id}'; installed are: {known}.")

    def _ready(self) -> list[_Slot]:
        return [slot for slot in self._slots if slot.loaded is not None]

    def _settle(self, slot: _Slot) -> None:
        """Give a plugin with a good card its state: disabled, left out by safe mode, ready or quarantined."""
        manifest = slot.found.manifest
        assert manifest is not None
        if manifest.id in self._choices.disabled:
            slot.put(DISABLED, self._choices.disabled[manifest.id])
        elif self._safe_mode:
            slot.put(NOT_LOADED, "Safe mode loads no plugin.")
        else:
            try:
                slot.loaded = load(slot.found.entry, manifest)
                slot.state, slot.reason = READY, ""
            except PluginFault as fault:
                slot.put(QUARANTINED, str(fault))
                _log.warning("plugin %s is quarantined: %s", manifest.id, fault)

    def _window(self, kind: str) -> dict[str, Any]:
        for slot in self._ready():
            if kind not in slot.window:
                self._ask(slot, kind)
        return dict(sorted(item for slot in self._ready() for item in slot.window[kind].items()))

    def _ask(self, slot: _Slot, kind: str) -> None:
        """Run a window hook under the guard and the clock."""
        loaded = _of(slot)
        began = time.perf_counter()
        try:
            slot.window[kind] = collect(loaded.manager, loaded.manifest, kind)
        except PluginFault as fault:
            self.quarantine(slot.found.id, str(fault))
            return
        self._note_time(slot.found.id, kind, time.perf_counter() - began)

    def _note_time(self, plugin_id: str, kind: str, seconds: float) -> None:
        """A slow hook is logged; the third in a row, over several starts too, turns the plugin off."""
        key = f"{plugin_id}/{kind}"
        if seconds <= SLOW_SECONDS:
            if self._choices.slow.pop(key, 0):
                _remember(self._choices)
            return
        times = self._choices.slow[key] = self._choices.slow.get(key, 0) + 1
        _log.warning("hook crmdesk_%s of plugin %s took %.0f ms", kind, plugin_id, seconds * 1000)
        _remember(self._choices)
        if times >= SLOW_TIMES:
            self.disable(plugin_id, f"Its hook crmdesk_{kind} took longer than 50 ms for the third time.")


def _of(slot: _Slot) -> Loaded:
    assert slot.loaded is not None
    return slot.loaded


def _remember(choices: Choices) -> None:
    try:
        choices.write()
    except OSError as error:  # a full disk must not stop the window over a count
        _log.warning("the count of slow hooks could not be kept: %s", error)
