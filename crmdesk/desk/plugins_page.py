"""The plugins: what each brings, whether it runs, why not, and turning it on or off."""

from __future__ import annotations

from typing import Any, ClassVar

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QWidget

from crmdesk.desk.context import DeskContext
from crmdesk.desk.page import Page
from crmdesk.desk.widgets import Card, button, card_column, clear, label
from crmdesk.domain.change import ALL, Change
from crmdesk.domain.rights import Right, may
from crmdesk.services import plugins

STATES = {
    "ready": ("granted", "✓", "Ready"), "disabled": ("none", "·", "Off"),
    "quarantined": ("refused", "✕", "Set aside"), "not_loaded": ("refused", "✕", "Not loaded"),
}  # fmt: skip


class PluginsPage(Page):
    """A missing or broken plugin is always listed, with its reason."""

    name: ClassVar[str] = "plugins"

    def __init__(self, context: DeskContext) -> None:
        super().__init__(context, "Plugins")
        self._column = card_column(self.body)

    def refresh(self) -> None:
        self.load(lambda: plugins.list_plugins(self.context.app), self._show)

    def cares_about(self, change: Change) -> bool:
        return change.kind == "plugins"

    def _show(self, found: list[dict[str, Any]]) -> None:
        clear(self._column)
        if not found:
            self.say("")
            self.show_empty(
                "No plugin is installed. Analyses come with plugins; install one, then start crmdesk again."
            )
            return
        ready = sum(p["state"] == "ready" for p in found)
        many = f"{ready} of {len(found)} plugins {'is' if ready == 1 else 'are'} ready."
        self.say(many if len(found) > 1 else f"1 plugin, {'ready' if ready else 'not ready'}.")
        for one in found:
            self._column.addWidget(self._card(one))

    def _card(self, plugin: dict[str, Any]) -> Card:
        card = Card()
        state, reason = plugin["state"], plugin["reason"]
        role, glyph, words = STATES.get(state, STATES["not_loaded"])
        row = QHBoxLayout()
        row.addWidget(label(f"{plugin['title'] or plugin['id']} {plugin['version']}".strip(), "heading"))
        tag = label(f"{glyph} {words}", "tag")
        tag.setProperty("state", role)  # the sheet colours it, in either theme
        row.addWidget(tag, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addStretch(1)
        if may(self.context.actor, Right.MANAGE_PLUGINS):
            row.addWidget(self._switch(plugin, state))
        card.rows.addLayout(row)
        if reason:
            card.rows.addWidget(label(str(reason), "fault" if role == "refused" else "muted", wrap=True))
        for title, key in (("Brings", "contributions"), ("Wants", "wants")):
            text = _words(plugin[key])
            if text:
                card.rows.addWidget(label(f"{title}: {text}", "muted", wrap=True))
        return card

    def _switch(self, plugin: dict[str, Any], state: str) -> QWidget:
        which, off = plugin["id"], state == "disabled"
        words = "Turn on" if off else "Turn off"
        made = button(words, lambda: self._turn(which, off), tip=f"{words} {which}")
        made.setAccessibleName(f"{words} {which}")
        return made

    def _turn(self, which: str, on: bool) -> None:
        app, actor = self.context.app, self.context.actor

        def done(_: object) -> None:
            self.context.changed(Change("plugins", {"plugin": ALL}))
            self.context.notify(f"{which} is {'on' if on else 'off'}.")

        deed = plugins.enable if on else plugins.disable
        self.context.background(lambda: deed(app, actor, which), done, self.show_error, self)


def _words(value: Any) -> str:
    """A list or mapping of ids as one line."""
    if isinstance(value, dict):
        return "; ".join(f"{name} {_words(ids)}" for name, ids in value.items() if ids)
    return ", ".join(str(v) for v in value) if isinstance(value, list | tuple | set | frozenset) else str(value or "")
