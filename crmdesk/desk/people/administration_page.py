"""Administration: a tab for each part of it, and only those that the person has a right to."""

from __future__ import annotations

import pkgutil
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from PySide6.QtWidgets import QVBoxLayout, QWidget

from crmdesk.desk.context import DeskContext
from crmdesk.desk.lazy_tabs import LazyTabs
from crmdesk.desk.page import Page
from crmdesk.domain.change import Change
from crmdesk.domain.rights import Actor, Right, may


@dataclass(frozen=True)
class Section:
    """A tab; `widget` points to a class that takes the context and has `ask()` (in a thread) and `show_found()`.

    `tables` are the store tables whose change makes it ask again.
    """

    key: str
    title: str
    widget: str
    may: Right | tuple[Right, ...]
    tables: frozenset[str] = frozenset()

    def open_to(self, actor: Actor) -> bool:
        wanted = self.may if isinstance(self.may, tuple) else (self.may,)
        return any(may(actor, right) for right in wanted)

    def make(self, context: DeskContext) -> QWidget:
        made: QWidget = pkgutil.resolve_name(self.widget)(context)
        return made


_HERE: Final = "crmdesk.desk.administration"
SECTIONS: Final = (
    Section("users", "Users and roles", "crmdesk.desk.people.users_tab:UsersTab", Right.READ_USERS,
            frozenset({"staff", "staff_role", "bank_state"})),
    Section("second", "Second person", f"{_HERE}.second_tab:SecondTab", (Right.APPROVE, Right.IMPORT, Right.EXPORT),
            frozenset({"proposal"})),
    Section("requests", "Requests", f"{_HERE}.requests_tab:RequestsTab", Right.READ_REQUESTS,
            frozenset({"privacy_request"})),
    Section("audit", "Audit", f"{_HERE}.audit_tab:AuditTab", Right.READ_AUDIT),
    Section("retention", "Retention", f"{_HERE}.retention_tab:RetentionTab", Right.MANAGE_RETENTION,
            frozenset({"setting", "quarantine"})),
)  # fmt: skip


class AdministrationPage(Page):
    """The answer sentence is that of the tab in front."""

    name: ClassVar[str] = "administration"
    tables: ClassVar[frozenset[str]] = frozenset().union(*(section.tables for section in SECTIONS))

    def __init__(self, context: DeskContext) -> None:
        super().__init__(context, "Administration")
        self._sections = [one for one in SECTIONS if one.open_to(context.actor)]
        self.tabs = LazyTabs("Parts of the administration")
        for one in self._sections:
            self.tabs.add(one.key, one.title, lambda made=one: made.make(context), lambda *_: None)
        self.tabs.tabBar().setVisible(len(self._sections) > 1)
        self.tabs.currentChanged.connect(lambda *_: self.refresh())
        column = QVBoxLayout(self.body)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.tabs)

    @property
    def section(self) -> Section | None:
        """The one in front; None where the person may see none."""
        at = self.tabs.currentIndex()
        return self._sections[at] if 0 <= at < len(self._sections) else None

    def arrive(self, **args: Any) -> None:
        if args.get("tab") in [one.key for one in self._sections]:
            self.tabs.go(args["tab"])
        self.refresh()

    def place(self) -> dict[str, Any]:
        return {"tab": self.section.key} if self.section is not None else {}

    def cares_about(self, change: Change) -> bool:
        return self.section is not None and bool(self.section.tables & set(change.touched))

    def refresh(self) -> None:
        if self.section is None:
            self.show_empty("Nothing here is yours to see; an administrator can change that.")
            return
        part = self.tabs.part(self.section.key)

        def found(answer: Any) -> None:
            self.say(part.show_found(answer))

        self.load(part.ask, found)
