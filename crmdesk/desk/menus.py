"""Menus as data: entries of the host and of plugins, sorted by menu, group, order and title."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Final

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QMenuBar

from crmdesk.desk.pages import PAGES
from crmdesk.domain.rights import Right

ORDER: Final = ("File", "Edit", "View", "Customer", "Campaign", "Mine", "Data", "Tools", "Help")


@dataclass(frozen=True)
class Entry:
    """One menu place; `run` is a pointer to `deed(frame)` or a callable without arguments."""

    id: str
    title: str
    menu: str
    run: str | Callable[[], Any]
    group: str = "5_more"
    order: int = 50
    shortcut: str = ""
    needs_bank: bool = False
    tip: str = ""
    may: Right | tuple[Right, ...] | None = None  # without this right (or one of these) the entry is absent
    locked: bool = False  # there while the window is locked


_DEEDS = "crmdesk.desk.deeds"
_WORK = "crmdesk.desk.work_deeds"
_PERMIT = "crmdesk.desk.permissions.deeds"
_HISTORY = "crmdesk.desk.history.deeds"
_CUSTOMER = "crmdesk.desk.customers.customer_deeds"
_DOOR = "crmdesk.desk.door_deeds"
HOST: Final = (
    Entry("file.new", "New empty bank...", "File", f"{_DEEDS}:new_bank", "1_open", 10, "Ctrl+N"),
    Entry("file.demo", "Create the demonstration bank", "File", f"{_DEEDS}:create_demo", "1_open", 20),
    Entry("file.open", "Open a bank...", "File", f"{_DEEDS}:open_file", "1_open", 30, "Ctrl+O"),
    Entry("file.restore", "Restore a backup...", "File", "crmdesk.desk.backups.from_file:choose", "1_open", 40,
          tip="For a bank that is gone or damaged", may=Right.RESTORE),
    Entry("file.lock", "Lock the window", "File", f"{_DOOR}:lock", "2_close", 10, "Ctrl+L", True,
          "Cover everything; what is open comes back as it was"),
    Entry("file.password", "Change my password...", "File", f"{_DOOR}:change_password", "2_close", 20, "", True,
          "The one that opens this bank for you"),
    Entry("file.close", "Close the bank", "File", f"{_DEEDS}:close_bank", "2_close", 30, "", True,
          "And sign out, where you signed in", locked=True),
    Entry("file.export", "Export...", "File", "crmdesk.desk.exporting:export_page", "3_out", 10, "Ctrl+E", True,
          "What the page shows, as a file", Right.EXPORT),
    Entry("file.print", "Print...", "File", "crmdesk.desk.printing:print_page", "3_out", 20, "Ctrl+P", True,
          "A customer, a list or a result as PDF", Right.EXPORT),
    Entry("file.quit", "Quit", "File", f"{_DEEDS}:leave", "9_quit", 10, "Ctrl+Q", locked=True),
    Entry("view.back", "Back", "View", f"{_DEEDS}:back", "2_go", 10, "Alt+Left", True),
    Entry("view.forward", "Forward", "View", f"{_DEEDS}:forward", "2_go", 20, "Alt+Right", True),
    Entry("view.refresh", "Refresh", "View", f"{_DEEDS}:refresh", "3_page", 10, "F5", True),
    Entry("view.find", "Search this page", "View", f"{_DEEDS}:find", "3_page", 20, "Ctrl+F", True),
    Entry("view.twin", "Picture as a table (T)", "View", f"{_DEEDS}:twin", "3_page", 30, "", True, "Key T"),
    Entry("view.light", "Light", "View", f"{_DEEDS}:light", "4_look", 10, locked=True),
    Entry("view.dark", "Dark", "View", f"{_DEEDS}:dark", "4_look", 20, locked=True),
    Entry("view.system", "As the system", "View", f"{_DEEDS}:system", "4_look", 30, locked=True),
    Entry("view.larger", "Larger", "View", "crmdesk.desk.zooming:larger", "5_zoom", 10, "Ctrl++"),
    Entry("view.smaller", "Smaller", "View", "crmdesk.desk.zooming:smaller", "5_zoom", 20, "Ctrl+-"),
    Entry("view.usual", "Usual size", "View", "crmdesk.desk.zooming:usual", "5_zoom", 30, "Ctrl+0"),
    Entry("view.pane", "Next pane", "View", f"{_DEEDS}:next_pane", "2_go", 30, "F6"),
    Entry("customer.permission", "Record a permission... (P)", "Customer", f"{_PERMIT}:record_here", "4_permission", 10,
          "", True, "What the customer in front said, with its proof; key P", Right.RECORD_PERMISSION),
    Entry("customer.withdraw", "Withdraw offers", "Customer", f"{_PERMIT}:withdraw_here", "4_permission", 20, "", True,
          "For the customer in front, on all channels, at once", Right.RECORD_PERMISSION),
    Entry("customer.object", "Object to offers", "Customer", f"{_PERMIT}:object_here", "4_permission", 30, "", True,
          "For the customer in front, on all channels, at once", Right.RECORD_OBJECTION),
    Entry("customer.receipt", "Permission receipt...", "Customer", f"{_PERMIT}:receipt_here", "4_permission", 40, "",
          True, "What the customer in front permitted, to take home", Right.READ_EVIDENCE),
    Entry("customer.request", "Record a request about data...", "Customer",
          "crmdesk.desk.administration.request_dialog:record_request", "4_permission", 50, "", True,
          "A copy, a correction, erasure ... for the customer in front", Right.RECORD_REQUEST),
    Entry("customer.task", "New task...", "Customer", f"{_WORK}:new_task", "5_work", 10, "Ctrl+Shift+T", True,
          "Write down what to do and when", Right.EDIT_WORK),
    Entry("customer.opportunity", "New opportunity...", "Customer", f"{_WORK}:new_opportunity", "5_work", 20, "", True,
          "Write down what a customer may take", Right.EDIT_WORK),
    Entry("tools.backups", "Backups", "Tools", f"{_WORK}:backups", "3_bank", 10, "", True,
          "See, check and restore the bank's backups", Right.BACKUP),
    Entry("tools.users", "Users and roles", "Tools", f"{_DOOR}:users", "3_bank", 30, "", True,
          "Who works here, and what each may do", Right.READ_USERS),
    Entry("tools.second", "Acts of two people", "Tools", f"{_DOOR}:second", "3_bank", 35, "", True,
          "What waits for a second person's word, and what became of it", (Right.APPROVE, Right.IMPORT, Right.EXPORT)),
    Entry("tools.encryption", "Encryption...", "Tools", "crmdesk.desk.people.encryption:show_encryption", "3_bank", 40,
          "", True, "Whether the file is of use to a thief, and the recovery key", Right.ENCRYPT),
    Entry("tools.idle", "Lock after...", "Tools", f"{_DOOR}:idle", "3_bank", 50, "", True,
          "How long nobody touches keys or mouse before the window locks itself"),
    Entry("tools.palette", "Find or do...", "Tools", f"{_DEEDS}:palette", "1_find", 10, "Ctrl+K"),
    Entry("tools.jobs", "Jobs", "Tools", f"{_DEEDS}:jobs", "2_jobs", 10, "Ctrl+J"),
    Entry("edit.undo", "Undo", "Edit", f"{_HISTORY}:undo", "1_undo", 10, "Ctrl+Z", True,
          "Take back the newest of your deeds", Right.UNDO),
    Entry("edit.redo", "Redo", "Edit", f"{_HISTORY}:redo", "1_undo", 20, "Ctrl+Shift+Z", True,
          "Do again what was taken back last", Right.UNDO),
    Entry("edit.history", "History", "Edit", f"{_HISTORY}:show_history", "1_undo", 30, "", True,
          "What you did, each with the way back", Right.UNDO),
    Entry("customer.new", "New customer...", "Customer", f"{_CUSTOMER}:new", "1_customer", 10, "Ctrl+Shift+N", True,
          "Add a person or a company", Right.EDIT_CUSTOMER),
    Entry("customer.edit", "Edit customer... (E)", "Customer", f"{_CUSTOMER}:edit", "1_customer", 20, "", True,
          "The customer in front; key E", Right.EDIT_CUSTOMER),
    Entry("customer.interaction", "Record interaction... (I)", "Customer", f"{_CUSTOMER}:interaction", "1_customer",
          30, "", True, "What just happened with the customer in front; key I", Right.ADD_INTERACTION),
    Entry("tools.fields", "Fields of customers", "Tools", "crmdesk.desk.fields_page:show_fields", "3_bank", 20, "",
          True, "The fields that this bank added to its customers", Right.READ_CUSTOMER),
    Entry("help.guide", "Guide", "Help", "crmdesk.desk.help_page:guide", "1_help", 10, "F1"),
    Entry("help.security", "Who may do what", "Help", "crmdesk.desk.help_page:security", "1_help", 15, "", False,
          "Roles, encryption and the audit: what is promised, and what is not"),
    Entry("help.plugins", "Write a plugin", "Help", "crmdesk.desk.help_page:plugins", "1_help", 20),
    Entry("help.commands", "Command line", "Help", "crmdesk.desk.help_page:command_line", "1_help", 30),
    Entry("help.keys", "Shortcuts", "Help", f"{_DEEDS}:keys", "2_keys", 10, "Shift+F1"),
    Entry("help.about", "About crmdesk", "Help", f"{_DEEDS}:about", "9_about", 10),
)  # fmt: skip


def page_entries(open_page: Callable[[str], Any], allowed: Callable[[Any], bool]) -> list[Entry]:
    """View > Home, Customers ...: one entry and Ctrl+number per rail page."""
    rail = [page for page in PAGES if page.rail]
    return [
        Entry(f"view.{page.name}", page.title, "View", lambda name=page.name: open_page(name), "1_pages", number,
              f"Ctrl+{number}", True)
        for number, page in enumerate(rail, 1) if allowed(page.rail_may)
    ]  # fmt: skip


def analysis_entries(analyses: Iterable[Any], open_page: Callable[..., Any]) -> list[Entry]:
    """Mine: every analysis, grouped by its family (the id before the dot), plugins included."""
    return [
        Entry(f"mine.{one.id}", f"{one.title}...", "Mine", lambda name=one.id: open_page("analysis", analysis=name),
              f"2_{one.id.partition('.')[0]}", 50, "", True, one.summary)
        for one in analyses
    ]  # fmt: skip


def _place(entry: Entry) -> tuple[int, str, str, int, str]:
    menu = ORDER.index(entry.menu) if entry.menu in ORDER else len(ORDER) - 2
    return (menu, entry.menu, entry.group, entry.order, entry.title)


def in_order(entries: Iterable[Entry]) -> list[Entry]:
    return sorted(entries, key=_place)


def tree(entries: Iterable[Entry]) -> str:
    """The menus as text, one line per entry, a dash between groups: what the snapshot test keeps."""
    lines: list[str] = []
    for menu, inside in groupby(in_order(entries), key=lambda e: e.menu):
        lines.append(menu)
        for number, (_, group) in enumerate(groupby(inside, key=lambda e: e.group)):
            lines += ["  -"] if number else []
            lines += [f"  {e.title}" + (f"  [{e.shortcut}]" if e.shortcut else "") for e in group]
    return "\n".join(lines) + "\n"


def fill(bar: QMenuBar, entries: Iterable[Entry], do: Callable[[Entry], Any], bank_open: bool) -> dict[str, QAction]:
    """Build the menu bar anew; gives the actions by entry id."""
    bar.clear()
    made: dict[str, QAction] = {}
    for title, inside in groupby(in_order(entries), key=lambda e: e.menu):
        menu = QMenu(f"&{title}", bar)
        menu.setToolTipsVisible(True)
        bar.addMenu(menu)
        for number, (_, group) in enumerate(groupby(inside, key=lambda e: e.group)):
            if number:
                menu.addSeparator()
            for entry in group:
                made[entry.id] = _action(menu, entry, do, bank_open)
    return made


def _action(menu: QMenu, entry: Entry, do: Callable[[Entry], Any], bank_open: bool) -> QAction:
    action = QAction(entry.title, menu)
    action.setObjectName(entry.id)
    if entry.shortcut:
        action.setShortcut(entry.shortcut)
    action.setToolTip(entry.tip or entry.title.rstrip("."))
    action.setEnabled(bank_open or not entry.needs_bank)
    if entry.needs_bank and not bank_open:
        action.setToolTip("Open a bank first.")
    action.triggered.connect(lambda *_: do(entry))
    menu.addAction(action)
    return action
