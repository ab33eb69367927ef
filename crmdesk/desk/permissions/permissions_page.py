"""The permissions of the whole bank: who may be reached, whom to ask again, who objected, notices and corrections."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, ClassVar

from PySide6.QtWidgets import QPushButton, QTabWidget, QVBoxLayout

from crmdesk.desk import words
from crmdesk.desk.context import DeskContext
from crmdesk.desk.page import Page
from crmdesk.desk.permissions.ask_again import AskAgainTab
from crmdesk.desk.permissions.bank_grid import percent
from crmdesk.desk.permissions.notice_dialog import NewNoticeDialog, NoticeDialog
from crmdesk.desk.permissions.people_tab import PeopleTab
from crmdesk.desk.permissions.state_tab import StateTab
from crmdesk.desk.widgets import button
from crmdesk.domain.change import Change
from crmdesk.domain.rights import Right, may
from crmdesk.services import notices, permission_bank, permission_record
from crmdesk.services.notices import NoticeInfo
from crmdesk.services.permission_bank import SHOWN_AT_MOST, Overview, Queue, Saying
from crmdesk.services.permission_correct import Proposal

_SAYINGS = ("Number", "Name", "Purpose", "Channel", "What", "Since", "Recorded")
_SAYING_WIDTHS = (104, 0, 104, 112, 104, 112, 112)


@dataclass(frozen=True)
class _Answer:
    overview: Overview
    now: datetime
    queue: Queue
    objections: list[Saying]
    news: list[Saying]
    notices: list[NoticeInfo]
    waiting: list[Proposal]


class PermissionsPage(Page):
    """`arrive()` asks for today; another day is asked for in the first tab and left again on arrival."""

    name: ClassVar[str] = "permissions"
    tables: ClassVar[frozenset[str]] = frozenset({"permission_event", "customer", "notice"})

    def __init__(self, context: DeskContext) -> None:
        super().__init__(context, "Permissions")
        self._moment: tuple[datetime | None, datetime | None] = (None, None)
        self._found: _Answer | None = None
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self.state_tab = StateTab(context)
        self.state_tab.asked.connect(self._ask_moment)
        self.due_tab = AskAgainTab(context, self.refresh)
        self.days = self.due_tab.days
        self.objections_tab = PeopleTab(context, "Objections", _SAYINGS, _SAYING_WIDTHS)
        self.news_tab = PeopleTab(context, "Withdrawals of the last seven days", _SAYINGS, _SAYING_WIDTHS)
        self.notices_tab = PeopleTab(context, "Notices", ("Notice", "Version", "Language", "Words"), (160, 72, 88, 0))
        self.waiting_tab = PeopleTab(context, "Corrections that wait",
                                     ("Number", "Purpose", "Channel", "Event", "Reason", "By", "On"),
                                     (104, 104, 112, 104, 0, 104, 112))  # fmt: skip
        self._add_tools()
        for tab, title in ((self.state_tab, "State"), (self.due_tab, "Ask again"), (self.objections_tab, "Objections"),
                           (self.news_tab, "Withdrawals"), (self.notices_tab, "Notices"),
                           (self.waiting_tab, "Corrections")):  # fmt: skip
            self.tabs.addTab(tab, title)
        self.tabs.setTabVisible(self.tabs.indexOf(self.waiting_tab), may(context.actor, Right.READ_EVIDENCE))
        column = QVBoxLayout(self.body)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.tabs)

    def _add_tools(self) -> None:
        self.read_button: QPushButton = button("Read notice", self.read_notice, tip="The words of this notice (Enter)")
        self.new_button: QPushButton = button("New notice...", self.new_notice, tip="Or a further version of this one")
        self.confirm_button: QPushButton = button(
            "Confirm correction", self.confirm, tip="The event counts no more from now on"
        )
        self.notices_tab.add_tool(self.read_button)
        self.notices_tab.add_tool(self.new_button)
        self.new_button.setVisible(may(self.context.actor, Right.MANAGE_NOTICES))
        self.waiting_tab.add_tool(self.confirm_button)
        self.notices_tab.table.setToolTip("Enter reads the notice")
        self.notices_tab.table.activated.connect(lambda *_: self.read_notice())

    # Asking -------------------------------------------------------------------------------------------------------

    def arrive(self, **args: Any) -> None:
        self._moment = (None, None)
        super().arrive(**args)

    def cares_about(self, change: Change) -> bool:
        """Only in front: behind other pages a count of the whole bank can wait until somebody comes back."""
        return self.isVisible() and super().cares_about(change)

    def refresh(self) -> None:
        app, actor, (at, known_at), days = self.context.app, self.context.actor, self._moment, self.days.value()
        assert app is not None
        proofs = may(actor, Right.READ_EVIDENCE)

        def ask() -> _Answer:
            return _Answer(
                permission_bank.overview(app, actor, at, known_at), app.store.clock(),
                permission_bank.queue(app, actor, days), permission_bank.objections(app, actor),
                permission_bank.changed_since(app, actor), notices.every(app, actor),
                permission_record.pending(app, actor) if proofs else [],
            )  # fmt: skip

        self.load(ask, self._show)

    def _ask_moment(self, at: datetime | None, known_at: datetime | None) -> None:
        self._moment = (at, known_at)
        self.refresh()

    # Showing ------------------------------------------------------------------------------------------------------

    def _show(self, found: _Answer) -> None:
        self._found = found
        self.say(_sentence(found.overview, found.now.date()))
        self.state_tab.show_overview(found.overview, found.now.date())
        self.due_tab.show_queue(found.queue, found.now)
        self._show_sayings(
            self.objections_tab, found.objections, "1 objection stands", "{} objections stand", "Nobody has objected."
        )
        week = "in the last seven days"
        self._show_sayings(
            self.news_tab, found.news, f"1 withdrawal {week}", f"{{}} withdrawals {week}", f"Nobody withdrew {week}."
        )
        self._show_notices(found.notices)
        self._show_waiting(found.waiting)
        for tab, title, number in ((self.due_tab, "Ask again", found.queue.total),
                                   (self.objections_tab, "Objections", len(found.objections)),
                                   (self.news_tab, "Withdrawals", len(found.news)),
                                   (self.waiting_tab, "Corrections", len(found.waiting))):  # fmt: skip
            many = f"{words.count(number)}{'+' if number == SHOWN_AT_MOST and tab is not self.due_tab else ''}"
            self.tabs.setTabText(self.tabs.indexOf(tab), f"{title} ({many})" if number else title)

    @staticmethod
    def _show_sayings(tab: PeopleTab, rows: list[Saying], one: str, many: str, none: str) -> None:
        number = words.count(len(rows))
        told = none if not rows else f"{one if len(rows) == 1 else many.format(number)}. Enter opens the customer."
        tab.show_all(told, [
            (s.number, s.name, words.PURPOSES.get(s.purpose, s.purpose), _channel(s.channel), s.status.capitalize(),
             words.on(s.at.date()), words.on(s.recorded_at.date()))
            for s in rows
        ], [s.number for s in rows])  # fmt: skip

    def _show_notices(self, found: list[NoticeInfo]) -> None:
        told = ("This bank has no notice yet; a grant needs one." if not found else
                "What customers are shown before they say yes. A version never changes.")  # fmt: skip
        rows = [(n.code, str(n.version), n.language, " ".join(n.text.split())) for n in found]
        self.notices_tab.show_all(told, rows, [])
        self.read_button.setEnabled(bool(found))
        if found and self.notices_tab.row < 0:
            self.notices_tab.table.selectRow(len(found) - 1)

    def _show_waiting(self, found: list[Proposal]) -> None:
        one = len(found) == 1
        told = "No correction waits." if not found else (
            f"{'1 correction' if one else f'{words.count(len(found))} corrections'} would permit more than now; the "
            f"stricter state holds until {'it is' if one else 'they are'} confirmed."
        )  # fmt: skip
        self.waiting_tab.show_all(told, [
            (p.number, words.PURPOSES.get(p.purpose, p.purpose), _channel(p.channel), p.status.capitalize(), p.reason,
             p.by, words.on(p.at.date()))
            for p in found
        ], [p.number for p in found])  # fmt: skip
        self.confirm_button.setVisible(bool(found) and may(self.context.actor, Right.CONFIRM_CORRECTION))

    # Deeds --------------------------------------------------------------------------------------------------------

    def read_notice(self) -> None:
        found, row = self._found, self.notices_tab.row
        if found is not None and 0 <= row < len(found.notices):
            NoticeDialog(found.notices[row], self).open()

    def new_notice(self) -> None:
        """A version after the chosen notice, or the bank's first."""
        found, row = self._found, self.notices_tab.row
        like = found.notices[row] if found is not None and 0 <= row < len(found.notices) else None
        NewNoticeDialog(self.context, self, like).open()

    def confirm(self) -> None:
        """Confirm the chosen correction, the oldest where none is chosen."""
        found = self._found
        if found is None or not found.waiting or self.confirm_button.isHidden():
            return
        one = found.waiting[max(0, self.waiting_tab.row)]
        app, actor = self.context.app, self.context.actor

        def done(change: Change) -> None:
            self.context.changed(change)
            self.context.notify(f"The correction for {one.number} was confirmed.")

        self.context.background(
            lambda: permission_record.confirm(app, actor, one.number, one.seq), done, self.show_error, self
        )


def _channel(channel: str | None) -> str:
    return words.CHANNELS[channel] if channel else "All channels"


def _sentence(overview: Overview, today: date) -> str:
    """Whom offers reach best: "4,680 of 15,000 customers (31 %) may be sent offers by e-mail, ..."."""
    if not overview.customers:
        return "This bank has no customers yet, so nobody has permitted anything."
    reach = {channel: n for (purpose, channel), n in overview.allowed.items() if purpose == "marketing" and channel}
    best = max(reach, key=lambda c: reach[c], default=None)
    if best is None or not reach[best]:
        return f"None of {words.count(overview.customers)} customers may be contacted about offers."
    share = percent(reach[best], overview.customers)
    now = overview.known_at is None and overview.at.date() == today
    when = "permit it today" if now else f"permitted it on {words.on(overview.at.date())}"
    known = f", as known on {words.on(overview.known_at.date())}" if overview.known_at else ""
    people = f"{words.count(reach[best])} of {words.count(overview.customers)} ({share})"
    return f"Offers reach most customers {words.BY[best]}: {people} {when}{known}."
